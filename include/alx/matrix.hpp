// SPDX-License-Identifier: Apache-2.0
/// @file
/// A table that owns its values, row after row.
#pragma once

#include <alx/error.hpp>
#include <alx/view.hpp>

#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// `rows` × `cols` values of type `T` in one block, rows one after the other.
///
/// Converts to a `matrix_view` wherever one is asked for; the view lives as long as the matrix.
template <class T>
class matrix {
 public:
  matrix() = default;

  /// All values `T{}`.
  matrix(index_t rows, index_t cols)
      : values_(static_cast<std::size_t>(rows * cols)), rows_(rows), cols_(cols) {}

  /// **Throws.** `shape_error` where `values` does not hold rows × cols of them.
  matrix(std::vector<T> values, index_t rows, index_t cols)
      : values_(std::move(values)), rows_(rows), cols_(cols) {
    if (static_cast<index_t>(values_.size()) != rows * cols) {
      throw shape_error("matrix: " + std::to_string(values_.size()) + " values do not make " +
                        std::to_string(rows) + " x " + std::to_string(cols));
    }
  }

  [[nodiscard]] index_t rows() const { return rows_; }

  [[nodiscard]] index_t cols() const { return cols_; }

  [[nodiscard]] T* data() { return values_.data(); }

  [[nodiscard]] T const* data() const { return values_.data(); }

  [[nodiscard]] T& operator()(index_t r, index_t c) {
    return values_[static_cast<std::size_t>(r * cols_ + c)];
  }

  [[nodiscard]] T const& operator()(index_t r, index_t c) const {
    return values_[static_cast<std::size_t>(r * cols_ + c)];
  }

  [[nodiscard]] matrix_view<T> view() { return {values_.data(), rows_, cols_}; }

  [[nodiscard]] matrix_view<T const> view() const { return {values_.data(), rows_, cols_}; }

  operator matrix_view<T>() { return view(); }  // NOLINT(google-explicit-constructor)

  operator matrix_view<T const>() const { return view(); }  // NOLINT(google-explicit-constructor)

 private:
  std::vector<T> values_;
  index_t rows_ = 0;
  index_t cols_ = 0;
};

}  // namespace alx::inline v0
