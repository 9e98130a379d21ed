// SPDX-License-Identifier: Apache-2.0
/// @file
/// Non-owning views that host and device code share: a pointer, sizes, strides, and the memory the
/// pointer belongs to. (C++17: nvcc reads it.)
#pragma once

#include <alx/config.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace alx {
inline namespace v0 {

/// A row, a column or a count: signed, so that loops and differences are plain.
using index_t = std::ptrdiff_t;

/// A class, numbered from 0.
using label_t = std::int32_t;

/// Memory the host reads.
struct host {};

/// Memory a GPU reads: a view of it is another type, so the host cannot read it by mistake.
struct device {};

/// `size` values, `stride` apart.
template <class T, class Space = host>
struct vector_view {
  T* data = nullptr;
  index_t size = 0;
  index_t stride = 1;

  ALX_HOST_DEVICE constexpr T& operator[](index_t i) const { return data[i * stride]; }
};

/// `rows` × `cols` values; both strides are kept, so that either storage order passes without a
/// copy.
template <class T, class Space = host>
struct matrix_view {
  T* data = nullptr;
  index_t rows = 0;
  index_t cols = 0;
  index_t row_stride = 0;
  index_t col_stride = 1;

  constexpr matrix_view() = default;

  /// Rows one after the other, without gaps.
  ALX_HOST_DEVICE constexpr matrix_view(T* values, index_t n_rows, index_t n_cols)
      : data(values), rows(n_rows), cols(n_cols), row_stride(n_cols) {}

  ALX_HOST_DEVICE constexpr matrix_view(
      T* values, index_t n_rows, index_t n_cols, index_t between_rows, index_t between_cols)
      : data(values),
        rows(n_rows),
        cols(n_cols),
        row_stride(between_rows),
        col_stride(between_cols) {}

  /// A view to read is made from a view to write.
  template <class U, class = std::enable_if_t<std::is_same_v<U const, T>>>
  ALX_HOST_DEVICE constexpr matrix_view(matrix_view<U, Space> other)
      : matrix_view(other.data, other.rows, other.cols, other.row_stride, other.col_stride) {}

  ALX_HOST_DEVICE constexpr vector_view<T, Space> row(index_t r) const {
    return {data + r * row_stride, cols, col_stride};
  }

  ALX_HOST_DEVICE constexpr vector_view<T, Space> col(index_t c) const {
    return {data + c * col_stride, rows, row_stride};
  }

  ALX_HOST_DEVICE constexpr T& operator()(index_t r, index_t c) const {
    return data[r * row_stride + c * col_stride];
  }
};

}  // namespace v0
}  // namespace alx
