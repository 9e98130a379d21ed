// SPDX-License-Identifier: Apache-2.0
/// @file
/// Rows in clusters that change, and the silhouettes that follow from sums of distances: what both
/// kinds of sums, over pairs and without, need around them. One thread a row or value: memory
/// traffic.
#pragma once

#include <alx/op/silhouette.hpp>
#include <alx/view.hpp>

#include "device.cuh"
#include <cmath>
#include <type_traits>

namespace alx {
inline namespace v0 {
namespace kernels {

/// Of each column the least and the greatest value as ordered bits (at first ~0 and 0), and the
/// first value that is not finite.
template <class Real>
__global__ void find_ranges(matrix_view<Real const, device> rows,
                            word* least,
                            word* greatest,
                            word* not_finite) {
  for (index_t i = thread_number(); i < rows.rows * rows.cols; i += thread_count()) {
    index_t const c = i % rows.cols;
    double const value = rows(i / rows.cols, c);
    if (!(fabs(value) <= 1.7976931348623157e308)) {
      atomicMin(not_finite, static_cast<word>(i));
      continue;
    }
    // What is read may be older than what is there: then the atomic operation changes nothing.
    word const key = ordered_bits(value);
    if (key < least[c]) atomicMin(&least[c], key);
    if (key > greatest[c]) atomicMax(&greatest[c], key);
  }
}

template <class Real>
__global__ void copy_rows(matrix_view<Real const, device> rows, Real* out) {
  for (index_t i = thread_number(); i < rows.rows * rows.cols; i += thread_count()) {
    out[i] = rows(i / rows.cols, i % rows.cols);
  }
}

/// Sets `differ` where a value is another one.
template <class Real>
__global__ void compare_rows(matrix_view<Real const, device> rows,
                             Real const* values,
                             int* differ) {
  for (index_t i = thread_number(); i < rows.rows * rows.cols; i += thread_count()) {
    if (rows(i / rows.cols, i % rows.cols) != values[i]) *differ = 1;  // whoever comes last
  }
}

/// Sums that a block makes in shared memory, where there is room, before they go to those of all.
template <class T>
class block_sums {
 public:
  using cell = std::conditional_t<sizeof(T) == sizeof(word), shared_sum, T>;

  struct memory {
    static constexpr unsigned most = 32768 / sizeof(cell);
    cell sums[most];
  };

  __device__ block_sums(T* all, index_t count) : all_(all), count_(count) {
    if (count_ <= memory::most) own_ = shared_memory<memory>().sums;
    for (index_t i = threadIdx.x; own_ != nullptr && i < count_; i += blockDim.x) own_[i] = {};
    __syncthreads();
  }

  __device__ void add(index_t at, T value) {
    if (own_ == nullptr) {
      atomicAdd(&all_[at], value);
    } else if constexpr (std::is_same_v<cell, shared_sum>) {
      own_[at].add(value);
    } else {
      atomicAdd(&own_[at], value);
    }
  }

  /// When all threads have added what they have.
  __device__ void give() {
    __syncthreads();
    for (index_t i = threadIdx.x; own_ != nullptr && i < count_; i += blockDim.x) {
      T const sum = value_of(own_[i]);
      if (sum != 0) atomicAdd(&all_[i], sum);
    }
  }

 private:
  __device__ static T value_of(shared_sum const& sum) { return sum.value(); }

  __device__ static T value_of(int sum) { return sum; }

  T* all_;
  index_t count_;
  cell* own_ = nullptr;  // in shared memory
};

/// How many rows each cluster has (`before` is null), or move from one to another: `counts` of
/// clusters², on its diagonal the rows that stay. Then how many are in no cluster that there is.
template <class Slot>
__global__ void count_moves(
    Slot const* before, Slot const* after, index_t rows, int clusters, int* counts) {
  int const kinds = before == nullptr ? clusters : clusters * clusters;
  block_sums<int> sums(counts, kinds + 1);
  for (index_t r = thread_number(); r < rows; r += thread_count()) {
    int const from = before == nullptr ? 0 : before[r] * clusters;
    bool const known = after[r] >= 0 && after[r] < clusters;
    sums.add(known ? from + after[r] : kinds, 1);
  }
  sums.give();
}

/// `sums(row, slot, rows, own)`: of the distances from a row to the rows of a cluster, `rows` many
/// and maybe its own.
template <class Sums>
struct silhouette_problem {
  Sums sums;
  int const* slot_of_row;
  int const* counts;  ///< rows of each cluster
  int clusters;
  bool several;  ///< more than one has rows
  index_t rows;
  double* values;
  word* smallest;  ///< mean that was divided by, as ordered bits (at first ~0)
};

/// The mean distances of a row, cluster by cluster.
template <class Sums>
__device__ op::silhouette_of_means means_of(silhouette_problem<Sums> const& p, index_t row) {
  int const own = p.slot_of_row[row];
  op::silhouette_of_means means{0.0, HUGE_VAL};
  if (!p.several || p.counts[own] < 2) return {0.0, 0.0};
  for (int s = 0; s < p.clusters; ++s) {
    int const others = s == own ? p.counts[s] - 1 : p.counts[s];
    if (others == 0) continue;
    double const mean = p.sums(row, s, p.counts[s], s == own) / others;
    double const nearest = mean < means.nearest_other ? mean : means.nearest_other;
    means.own = s == own ? mean : means.own;
    means.nearest_other = s == own ? means.nearest_other : nearest;
  }
  return means;
}

template <unsigned Threads, class Sums>
__global__ void __launch_bounds__(Threads) find_silhouettes(silhouette_problem<Sums> p) {
  word smallest = ~word{0};
  for (index_t r = thread_number(); r < p.rows; r += thread_count()) {
    auto const means = means_of(p, r);
    p.values[r] = means.value();
    if (!(means.larger() > 0.0)) continue;
    word const key = ordered_bits(means.larger());
    smallest = key < smallest ? key : smallest;
  }
  for (int by = 16; by > 0; by /= 2) {
    word const other = __shfl_xor_sync(whole_warp, smallest, by);
    smallest = other < smallest ? other : smallest;
  }
  if (threadIdx.x % 32 == 0) atomicMin(p.smallest, smallest);
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
