// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the target alx::gpu does for `silhouette`. (C++17: nvcc reads it.)
#pragma once

#include <alx/op/distance.hpp>
#include <alx/view.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace alx {
inline namespace v0 {
namespace detail {

/// Of each column; `not_finite`: row · columns + column of the first value that is not, or -1.
struct column_ranges {
  std::vector<double> low;
  std::vector<double> high;
  index_t not_finite = -1;
};

/// Feature f is (value − low[f]) · scale grid units; for cosine distances, of the row scaled to
/// length 1, (value − 0) · scale.
struct row_scale {
  std::vector<double> low;
  double scale;
};

/// Rows in clusters 0 … clusters - 1, some of which may be empty.
struct clustered_rows {
  std::int32_t const* slots;  ///< one a row, on the host
  index_t clusters;
};

/// Rows and sums on a GPU, reached through pointers to functions, so that a program that uses no
/// GPU needs no alx::gpu. `self` is what `make` returned.
struct sums_functions {
  void* (*copy)(void const* self);
  void (*destroy)(void* self) noexcept;
  /// Copies the rows; what was known of others is forgotten.
  column_ranges (*bind)(void* self, matrix_view<double const> rows);
  void (*set_scale)(void* self, row_scale const& scale);
  /// Brings the sums up to date, from nothing where they cannot follow. Writes the rows'
  /// silhouettes; returns the smallest mean that was divided by, infinity where there is none.
  double (*follow)(void* self, clustered_rows const& rows, bool from_nothing, double* values);
  /// Whether the rows are those that were bound last, value for value.
  bool (*holds)(void* self, matrix_view<double const, device> rows);
  column_ranges (*bind_there)(void* self, matrix_view<double const, device> rows);
  /// As `follow`, of rows whose clusters are on the GPU, where the silhouettes stay.
  double (*follow_there)(void* self,
                         vector_view<std::int32_t const, device> slots,
                         index_t clusters,
                         vector_view<double, device> values);
};

/// An object on a GPU with the functions for it.
struct sums_object {
  void* self;
  sums_functions const* functions;
};

/// Defined by alx::gpu.
sums_object make_sums_on_gpu(distance between, precision digits, int device);

/// Owns one, or none; copies have their own.
class sums_on_gpu {
 public:
  sums_on_gpu() = default;

  explicit sums_on_gpu(sums_object object) : object_(object) {}

  sums_on_gpu(sums_on_gpu const& other)
      : object_{other ? other->copy(other.object_.self) : nullptr, other.object_.functions} {}

  sums_on_gpu(sums_on_gpu&& other) noexcept : object_(std::exchange(other.object_, {})) {}

  sums_on_gpu& operator=(sums_on_gpu other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }

  ~sums_on_gpu() {
    if (object_.self != nullptr) object_.functions->destroy(object_.self);
  }

  explicit operator bool() const { return object_.self != nullptr; }

  sums_functions const* operator->() const { return object_.functions; }

  [[nodiscard]] void* self() const { return object_.self; }

 private:
  sums_object object_{nullptr, nullptr};
};

}  // namespace detail
}  // namespace v0
}  // namespace alx
