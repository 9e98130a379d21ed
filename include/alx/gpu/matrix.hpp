// SPDX-License-Identifier: Apache-2.0
/// @file
/// A table in the memory of a GPU.
#pragma once

#include <alx/backend.hpp>
#include <alx/gpu/buffer.hpp>
#include <alx/view.hpp>

#include <cstddef>
#include <vector>

namespace alx::inline v0 {

/// `rows` × `cols` values of type `T`, rows one after the other, copied to the GPU once: a pool
/// that stays there from round to round.
///
/// What takes a view in the memory space `device` takes one; it lives as long as the matrix.
///
/// **Throws.** `gpu_error` where there is no such GPU or no room on it.
template <class T>
class gpu_matrix {
 public:
  gpu_matrix() = default;

  gpu_matrix(index_t rows, index_t cols, gpu where) : rows_(rows), cols_(cols) {
    detail::use_gpu(where.device);
    values_ = gpu_buffer<T>(rows * cols);
  }

  gpu_matrix(matrix_view<T const> from, gpu where) : gpu_matrix(from.rows, from.cols, where) {
    if (from.col_stride == 1 && from.row_stride == from.cols) {
      values_.upload(from.data, rows_ * cols_);
      return;
    }
    std::vector<T> side_by_side;
    side_by_side.reserve(static_cast<std::size_t>(rows_ * cols_));
    for (index_t r = 0; r < rows_; ++r) {
      for (index_t c = 0; c < cols_; ++c) side_by_side.push_back(from(r, c));
    }
    values_.upload(side_by_side.data(), rows_ * cols_);
  }

  [[nodiscard]] index_t rows() const { return rows_; }

  [[nodiscard]] index_t cols() const { return cols_; }

  [[nodiscard]] matrix_view<T, device> view() { return {values_.data(), rows_, cols_}; }

  [[nodiscard]] matrix_view<T const, device> view() const { return {values_.data(), rows_, cols_}; }

  operator matrix_view<T const, device>() const { return view(); }  // NOLINT(google-explicit-*)

  /// All values, rows one after the other.
  [[nodiscard]] std::vector<T> to_host() const { return values_.to_host(); }

 private:
  gpu_buffer<T> values_;
  index_t rows_ = 0;
  index_t cols_ = 0;
};

}  // namespace alx::inline v0
