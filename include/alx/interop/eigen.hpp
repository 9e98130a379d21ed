// SPDX-License-Identifier: Apache-2.0
/// @file
/// Eigen's matrices where the library takes views, and views where Eigen takes matrices. Nothing is
/// copied. Needs Eigen 3.4 or later: link `alx::eigen`.
#pragma once

#include <alx/view.hpp>

#include <Eigen/Core>

#include <span>
#include <type_traits>

namespace alx::inline v0 {

namespace detail {

template <class Derived>
concept writes_directly = !std::is_const_v<Derived> && (Derived::Flags & Eigen::LvalueBit) != 0;

/// What a view of it may do: write what can be written.
template <class Derived>
using eigen_value = std::conditional_t<writes_directly<Derived>,
                                       typename Derived::Scalar,
                                       typename Derived::Scalar const>;

template <class Value, class Matrix>
matrix_view<Value> view_of(Matrix& m) {
  bool const by_rows = Matrix::IsRowMajor != 0;
  return {m.data(),
          m.rows(),
          m.cols(),
          by_rows ? m.outerStride() : m.innerStride(),
          by_rows ? m.innerStride() : m.outerStride()};
}

}  // namespace detail

/// A view of a matrix, map or block, of whatever storage order. It lives as long as the values.
///
/// **Example.** `loop.run(alx::view(features), oracle)` with an `Eigen::MatrixXd features`.
template <class Derived>

requires(Derived::IsVectorAtCompileTime == 0)
    [[nodiscard]] matrix_view<detail::eigen_value<Derived>> view(
        Eigen::DenseBase<Derived>& values) {
  return detail::view_of<detail::eigen_value<Derived>>(values.derived());
}

/// The same, to read.
template <class Derived>

requires(Derived::IsVectorAtCompileTime == 0)
    [[nodiscard]] matrix_view<typename Derived::Scalar const> view(
        Eigen::DenseBase<Derived> const& values) {
  return detail::view_of<typename Derived::Scalar const>(values.derived());
}

/// What would be gone before it is looked at is not accepted.
template <class Derived>
void view(Eigen::DenseBase<Derived>&& values) = delete;

/// Labels, weights: a vector whose values lie side by side.
template <class Derived>

requires(Derived::IsVectorAtCompileTime != 0 && Derived::InnerStrideAtCompileTime == 1)
    [[nodiscard]] std::span<typename Derived::Scalar const> span(
        Eigen::DenseBase<Derived> const& values) {
  auto const& v = values.derived();
  return {v.data(), static_cast<std::size_t>(v.size())};
}

/// A view as a matrix of Eigen's, with its strides.
template <class T>
[[nodiscard]] auto as_eigen(matrix_view<T> values) {
  using plain =
      Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using matrix = std::conditional_t<std::is_const_v<T>, plain const, plain>;
  using strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  return Eigen::Map<matrix, Eigen::Unaligned, strides>(
      values.data, values.rows, values.cols, strides(values.row_stride, values.col_stride));
}

}  // namespace alx::inline v0
