// SPDX-License-Identifier: Apache-2.0
/// @file
/// The host's side of what silhouettes on a GPU know whatever their distance: the rows, which
/// cluster each is in, and how the functions of <alx/metrics/detail/sums_on_gpu.hpp> reach them.
#pragma once

#include <alx/error.hpp>
#include <alx/gpu/buffer.hpp>
#include <alx/metrics/detail/sums_on_gpu.hpp>

#include "silhouette_clusters.cuh"
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace alx {
inline namespace v0 {
namespace kernels {

using detail::clustered_rows;
using detail::column_ranges;
using detail::row_scale;

inline constexpr unsigned plain_threads = 256;

/// For kernels that have `block_sums`: fewer blocks, since each has its own to give.
template <class T>
launch_shape summing_shape(index_t items) {
  auto shape = shape_for(items, plain_threads, 4);
  shape.shared_bytes = sizeof(typename block_sums<T>::memory);
  return shape;
}

class bound_rows {
 public:
  explicit bound_rows(int number) : device_(number) {}

  bound_rows(bound_rows const& other)
      : device_(other.device_),
        rows_(other.rows_),
        features_(other.features_),
        counts_(other.counts_) {
    use();
    table_ = other.table_.copy();
    low_ = other.low_.copy();
    scale_ = other.scale_;
    slots_ = other.slots_.copy();
  }

  bound_rows& operator=(bound_rows const&) = delete;
  bound_rows(bound_rows&&) = delete;
  bound_rows& operator=(bound_rows&&) = delete;
  ~bound_rows() = default;

  void use() const { detail::use_gpu(device_); }

  [[nodiscard]] index_t rows() const { return rows_; }

  [[nodiscard]] index_t features() const { return features_; }

  [[nodiscard]] matrix_view<double const, device> table() const {
    return {table_.data(), rows_, features_};
  }

  [[nodiscard]] double const* low() const { return low_.data(); }

  [[nodiscard]] double scale() const { return scale_; }

  /// The cluster of each row, and the rows of each cluster, as of the last `take`.
  [[nodiscard]] gpu_buffer<int> const& slots() const { return slots_; }

  [[nodiscard]] std::vector<int> const& counts() const { return counts_; }

  [[nodiscard]] index_t clusters() const { return static_cast<index_t>(counts_.size()); }

  column_ranges bind(matrix_view<double const> rows) {
    make_room(rows.rows, rows.cols);
    table_.upload(rows.data, rows_ * features_);
    return ranges();
  }

  column_ranges bind(matrix_view<double const, device> rows) {
    make_room(rows.rows, rows.cols);
    launch(shape_for(rows_ * features_, plain_threads), copy_rows<double>, rows, table_.data());
    return ranges();
  }

  [[nodiscard]] bool hold(matrix_view<double const, device> rows) const {
    use();
    if (rows.rows != rows_ || rows.cols != features_) return false;
    gpu_buffer<int> differ(1);
    differ.fill(0);
    launch(shape_for(rows_ * features_, plain_threads),
           compare_rows<double>,
           rows,
           table_.data(),
           differ.data());
    return differ.to_host().front() == 0;
  }

  void set_scale(row_scale const& scale) {
    use();
    low_ = gpu_buffer<double>(scale.low);
    scale_ = scale.scale;
  }

  /// Rows of each kind: before · clusters + after; with null before, of each cluster.
  ///
  /// **Throws.** `data_error` for rows in no cluster that there is.
  [[nodiscard]] std::vector<int> count(int const* before,
                                       int const* after,
                                       index_t clusters) const {
    gpu_buffer<int> counts((before == nullptr ? clusters : clusters * clusters) + 1);
    counts.fill(0);
    launch(summing_shape<int>(rows_),
           count_moves<int>,
           before,
           after,
           rows_,
           static_cast<int>(clusters),
           counts.data());
    auto found = counts.to_host();
    if (found.back() > 0) {
      throw data_error("silhouette: " + std::to_string(found.back()) +
                       " labels on the GPU are not in 0 … " + std::to_string(clusters - 1));
    }
    found.pop_back();
    return found;
  }

  /// From now on rows are in these clusters.
  void take(gpu_buffer<int> slots, std::vector<int> counts) {
    slots_ = std::move(slots);
    counts_ = std::move(counts);
  }

  /// Writes the rows' silhouettes; returns the smallest mean that was divided by, infinity where
  /// there is none.
  template <class Sums>
  double write_silhouettes(Sums const& sums, double* values) const {
    gpu_buffer<int> const counts(counts_);
    gpu_buffer<word> smallest(1);
    smallest.fill(0xff);
    auto const in_use = [](int rows) { return rows > 0; };
    silhouette_problem<Sums> const problem{
        sums,
        slots_.data(),
        counts.data(),
        static_cast<int>(counts_.size()),
        std::count_if(counts_.begin(), counts_.end(), in_use) > 1,
        rows_,
        values,
        smallest.data()};
    launch(shape_for(rows_, plain_threads), find_silhouettes<plain_threads, Sums>, problem);
    word const key = smallest.to_host().front();
    return key == ~word{0} ? HUGE_VAL : from_ordered_bits(key);
  }

 private:
  void make_room(index_t rows, index_t features) {
    use();
    if (rows > (index_t{1} << 30)) {
      throw shape_error("silhouette: " + std::to_string(rows) +
                        " rows are more than a GPU is asked to compare, 2^30");
    }
    rows_ = rows;
    features_ = features;
    table_ = gpu_buffer<double>(rows_ * features_);
  }

  column_ranges ranges() {
    gpu_buffer<word> least(features_);
    gpu_buffer<word> greatest(features_);
    gpu_buffer<word> not_finite(1);
    least.fill(0xff);
    greatest.fill(0);
    not_finite.fill(0xff);
    launch(shape_for(rows_ * features_, plain_threads),
           find_ranges<double>,
           table(),
           least.data(),
           greatest.data(),
           not_finite.data());
    column_ranges found;
    found.not_finite = static_cast<index_t>(not_finite.to_host().front());
    for (word const key : least.to_host()) found.low.push_back(from_ordered_bits(key));
    for (word const key : greatest.to_host()) found.high.push_back(from_ordered_bits(key));
    return found;
  }

  int device_;
  index_t rows_ = 0;
  index_t features_ = 0;
  gpu_buffer<double> table_;
  gpu_buffer<double> low_;
  double scale_ = 1.0;
  gpu_buffer<int> slots_;
  std::vector<int> counts_;
};

/// An object with `bound` rows, `forget()` of what was known of others, and
/// `follow(slots, clusters, from_nothing, values)`, as the host's functions reach it.
template <class Object>
detail::sums_object make_sums(int number) {
  static constexpr auto of = [](void* self) -> Object& { return *static_cast<Object*>(self); };
  static constexpr auto bind_rows = [](void* self, auto rows) {
    of(self).forget();
    return of(self).bound.bind(rows);
  };
  static constexpr detail::sums_functions functions{
      [](void const* self) -> void* { return new Object(*static_cast<Object const*>(self)); },
      [](void* self) noexcept { delete static_cast<Object*>(self); },
      [](void* self, matrix_view<double const> rows) { return bind_rows(self, rows); },
      [](void* self, row_scale const& scale) { of(self).bound.set_scale(scale); },
      [](void* self, clustered_rows const& rows, bool from_nothing, double* values) {
        bound_rows const& bound = of(self).bound;
        bound.use();
        gpu_buffer<int> after(bound.rows());
        after.upload(rows.slots, bound.rows());
        gpu_buffer<double> found(bound.rows());
        double const smallest =
            of(self).follow(std::move(after), rows.clusters, from_nothing, found.data());
        found.download(values, bound.rows());
        return smallest;
      },
      [](void* self, matrix_view<double const, device> rows) { return of(self).bound.hold(rows); },
      [](void* self, matrix_view<double const, device> rows) { return bind_rows(self, rows); },
      [](void* self,
         vector_view<int const, device> slots,
         index_t clusters,
         vector_view<double, device> values) {
        bound_rows const& bound = of(self).bound;
        bound.use();
        gpu_buffer<int> after(bound.rows());
        after.take(slots.data, bound.rows());
        return of(self).follow(std::move(after), clusters, false, values.data);
      }};
  return {new Object(number), &functions};
}

/// Squared distances between rows, or between rows scaled to length 1 (silhouette_moments.cu).
detail::sums_object make_moments(bool directions, int number);

}  // namespace kernels
}  // namespace v0
}  // namespace alx
