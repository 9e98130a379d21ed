// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sums of gradients as whole numbers: exact, in any order.
///
/// A float is a whole multiple of its last bit. The unit is the finest power of two of which no sum
/// over the rows overflows a word; what a gradient has below it, where there is any, is summed in a
/// second word, so that nothing is lost down to 2^-100 of the largest gradient.
#pragma once

#include <alx/learners/boosting/split_arithmetic.hpp>

#include "device.cuh"
#include <cmath>
#include <cstdint>
#include <cstring>

namespace alx {
inline namespace v0 {
namespace kernels {

using detail::gradient_pair;
using detail::histogram_cell;

/// What sums are counted in. `fine` · 2^`bits` = `coarse`; `fine` 0: the coarse unit is fine
/// enough.
struct grid_unit {
  double coarse;
  double fine;
  int bits;
  bool exact;  ///< so alike are the numbers that no sum of them in double is rounded
};

struct sum_units {
  grid_unit gradient;
  grid_unit hessian;

  [[nodiscard]] __device__ bool two_words() const {
    return gradient.fine > 0.0 || hessian.fine > 0.0;
  }

  [[nodiscard]] __device__ bool exact() const { return gradient.exact && hessian.exact; }
};

struct grid_number {
  word coarse;
  word fine;
};

__device__ __forceinline__ word nearest_whole(double value) {
#if defined(__CUDA_ARCH__)
  return static_cast<word>(__double2ll_rn(value));
#else
  return static_cast<word>(std::llrint(value));
#endif
}

__device__ __forceinline__ grid_number in_units(float value, grid_unit const& unit) {
  auto const exact = static_cast<double>(value);
  word const coarse = nearest_whole(exact / unit.coarse);
  if (unit.fine == 0.0) return {coarse, 0};
  double const rest = exact - static_cast<double>(static_cast<long long>(coarse)) * unit.coarse;
  return {coarse, nearest_whole(rest / unit.fine)};
}

/// Rounded once: both products are exact.
__device__ __forceinline__ double from_units(grid_number sum, grid_unit const& unit) {
  auto coarse = static_cast<long long>(sum.coarse);
  if (unit.fine == 0.0) return static_cast<double>(coarse) * unit.coarse;
  auto fine = static_cast<long long>(sum.fine);
  long long const carry = (fine + (1LL << (unit.bits - 1))) >> unit.bits;
  coarse += carry;
  fine -= carry * (1LL << unit.bits);
  return static_cast<double>(coarse) * unit.coarse + static_cast<double>(fine) * unit.fine;
}

/// The largest and the smallest size among numbers but 0, as bits of floats, which are in the same
/// order. At first 0 and ~0.
struct size_range {
  unsigned largest;
  unsigned smallest;

  __device__ void take(float value) {
    unsigned const size = static_cast<unsigned>(bits_of_real(value)) & 0x7fffffffU;
    largest = size > largest ? size : largest;
    smallest = size > 0 && size < smallest ? size : smallest;
  }
};

/// Adds what a warp's threads have to a range in memory.
__device__ inline void add_range(size_range own, size_range& to) {
  for (int by = 16; by > 0; by /= 2) {
    unsigned const largest = __shfl_xor_sync(whole_warp, own.largest, by);
    unsigned const smallest = __shfl_xor_sync(whole_warp, own.smallest, by);
    own.largest = largest > own.largest ? largest : own.largest;
    own.smallest = smallest < own.smallest ? smallest : own.smallest;
  }
  if (threadIdx.x % 32 != 0) return;
  atomicMax(&to.largest, own.largest);
  atomicMin(&to.smallest, own.smallest);
}

struct gradient_range {
  size_range gradient;
  size_range hessian;
};

/// The unit for sums of `rows` numbers of such sizes.
__device__ inline grid_unit unit_for(size_range sizes, index_t rows) {
  if (sizes.largest == 0) return {1.0, 0.0, 0, true};
  int bits_of_rows = 0;
  for (index_t left = rows; left > 0; left /= 2) ++bits_of_rows;
  float largest = 0.0F;
  float smallest = 0.0F;
  memcpy(&largest, &sizes.largest, sizeof largest);
  memcpy(&smallest, &sizes.smallest, sizeof smallest);
  int const end = ilogb(static_cast<double>(largest)) + 1 + bits_of_rows;  // sums are below 2^end
  int const exponent = end - 62;
  int const last_bit = ilogb(static_cast<double>(smallest)) - 23;
  int const bits = 62 - bits_of_rows;
  double const coarse = ldexp(1.0, exponent);
  return {coarse, last_bit < exponent ? ldexp(coarse, -bits) : 0.0, bits, end - last_bit <= 53};
}

__device__ inline sum_units units_for(gradient_range range, index_t rows) {
  return {unit_for(range.gradient, rows), unit_for(range.hessian, rows)};
}

// ---- in shared memory

struct shared_cell {
  shared_sum gradient;
  shared_sum hessian;
};

/// Of a bin, in memory: gradients and hessians in coarse units, then in fine ones.
struct cell_sums {
  word value[4];

  [[nodiscard]] __device__ histogram_cell rounded(sum_units const& units) const {
    return {from_units({value[0], value[2]}, units.gradient),
            from_units({value[1], value[3]}, units.hessian)};
  }
};

/// A row's share of each of the four.
struct row_share {
  grid_number gradient;
  grid_number hessian;

  __device__ row_share(gradient_pair pair, sum_units const& units)
      : gradient(in_units(pair.gradient, units.gradient)),
        hessian(in_units(pair.hessian, units.hessian)) {}

  __device__ void add_to(cell_sums& sums, bool two_words) const {
    atomicAdd(&sums.value[0], gradient.coarse);
    atomicAdd(&sums.value[1], hessian.coarse);
    if (!two_words) return;
    atomicAdd(&sums.value[2], gradient.fine);
    atomicAdd(&sums.value[3], hessian.fine);
  }
};

}  // namespace kernels
}  // namespace v0
}  // namespace alx
