// SPDX-License-Identifier: Apache-2.0
/// @file
/// One thread a row: utilities, products, predicted labels. All of it is memory traffic.
#pragma once

#include <alx/op/entropy_of_row.hpp>
#include <alx/op/largest_two.hpp>
#include <alx/view.hpp>

#include "device.cuh"
#include <cmath>
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace kernels {

/// Of a value, where it lies: what `for_rows` calls.
template <class Formula>
struct write_score {
  Formula formula;
  vector_view<double, device> out;

  __device__ void operator()(index_t row) const { out[row] = formula(row); }
};

struct divide {
  vector_view<double, device> values;
  double by;

  __device__ void operator()(index_t row) const { values[row] /= by; }
};

struct multiply {
  vector_view<double, device> values;
  vector_view<double const, device> by;

  __device__ void operator()(index_t row) const { values[row] *= by[row]; }
};

struct exclude {
  vector_view<double, device> utility;
  vector_view<index_t const, device> ids;

  __device__ void operator()(index_t i) const { utility[ids[i]] = -HUGE_VAL; }
};

/// 1 − s², or −s.
struct turn_silhouette {
  vector_view<double, device> values;
  bool squared;

  __device__ void operator()(index_t row) const {
    double const s = values[row];
    values[row] = squared ? 1.0 - rounded_product(s, s) : -s;
  }
};

struct label_row {
  matrix_view<double const, device> probability;
  vector_view<label_t, device> out;

  __device__ void operator()(index_t row) const {
    label_t best = 0;
    for (index_t c = 1; c < probability.cols; ++c) {
      if (probability(row, c) > probability(row, best)) best = static_cast<label_t>(c);
    }
    out[row] = best;
  }
};

/// The first value that is not 0 … bound − 1.
struct find_outside {
  std::int32_t const* values;
  int bound;
  word* first;

  __device__ void operator()(index_t i) const {
    bool const inside = values[i] >= 0 && values[i] < bound;
    if (!inside) atomicMin(first, static_cast<word>(i));
  }
};

template <class Work>
__global__ void for_rows(Work work, index_t rows) {
  for (index_t r = thread_number(); r < rows; r += thread_count()) work(r);
}

/// The largest value as ordered bits (at first 0).
template <unsigned Threads>
__global__ void __launch_bounds__(Threads)
    find_largest_value(vector_view<double const, device> values, word* largest) {
  word own = 0;
  for (index_t r = thread_number(); r < values.size; r += thread_count()) {
    word const key = ordered_bits(values[r]);
    own = key > own ? key : own;
  }
  for (int by = 16; by > 0; by /= 2) {
    word const other = __shfl_xor_sync(whole_warp, own, by);
    own = other > own ? other : own;
  }
  if (threadIdx.x % 32 == 0) atomicMax(largest, own);
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
