// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sums of squared distances from every row to the rows of every cluster without looking at pairs,
/// with the CPU's bits.
///
/// A row of the table has a row's coordinates in whole grid units and, in columns after them, all
/// else that a cluster is the sum of: the square of its length in four limbs of 32 bits, and
/// whether it has no direction. So clusters are sums of columns, in integers that come in any
/// order.
///
/// **Traffic.** (features + 5) · 8 bytes of each row that comes or goes, to its cluster's sums in
/// shared memory; as many of every row for the values. The limit is memory: 240 MB, 80 µs, for
/// 1,000,000 × 10 of which most move.
#pragma once

#include <alx/metrics/detail/moment_arithmetic.hpp>
#include <alx/view.hpp>

#include "silhouette_clusters.cuh"
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace kernels {

using detail::wide_int;

inline constexpr index_t square_limbs = 4;
inline constexpr index_t columns_after = square_limbs + 1;

/// A number ≥ 0 in limbs, or the sum of several such.
ALX_HOST_DEVICE inline wide_int from_limbs(std::int64_t const* limbs) {
  wide_int value = 0;
  for (index_t i = square_limbs - 1; i >= 0; --i) value = value * (wide_int{1} << 32) + limbs[i];
  return value;
}

ALX_HOST_DEVICE inline void to_limbs(wide_int value, std::int64_t* limbs) {
  for (index_t i = 0; i < square_limbs; ++i) {
    limbs[i] = static_cast<std::int64_t>(value & 0xffffffff);
    value >>= 32;
  }
}

/// Writes the table of coordinates: of rows scaled to length 1 where the space is one of
/// directions.
template <class Real>
__global__ void place_moments(matrix_view<Real const, device> rows,
                              detail::moment_space space,
                              double const* low,
                              double scale,
                              std::int64_t* table) {
  for (index_t r = thread_number(); r < rows.rows; r += thread_count()) {
    std::int64_t* const z = table + r * (rows.cols + columns_after);
    wide_int const square = space.apart == 0 ? detail::place_row(rows.row(r), low, scale, z)
                                             : detail::place_direction(rows.row(r), scale, z);
    to_limbs(square, z + rows.cols);
    z[rows.cols + square_limbs] = space.has_direction(square) ? 0 : 1;
  }
}

/// Adds rows to the sums of their clusters; with `before`, those that moved only, and takes them
/// away from where they were.
template <class Slot>
__global__ void add_moments(matrix_view<std::int64_t const, device> table,
                            Slot const* before,
                            Slot const* after,
                            index_t clusters,
                            word* all) {
  block_sums<word> sums(all, clusters * table.cols);
  for (index_t i = thread_number(); i < table.rows * table.cols; i += thread_count()) {
    index_t const r = i / table.cols;
    index_t const c = i % table.cols;
    if (before != nullptr && before[r] == after[r]) continue;
    auto const value = static_cast<word>(table(r, c));
    if (value == 0) continue;
    if (before != nullptr) sums.add(before[r] * table.cols + c, ~value + 1);
    sums.add(after[r] * table.cols + c, value);
  }
  sums.give();
}

/// The sums of one row.
struct moments_there {
  detail::moment_space space;
  matrix_view<std::int64_t const, device> table;
  std::int64_t const* sums;  ///< cluster · column

  [[nodiscard]] __device__ double operator()(index_t row, int slot, int rows, bool own) const {
    std::int64_t const* const z = table.row(row).data;
    std::int64_t const* const of = sums + slot * table.cols;
    detail::moment_row const from{z, from_limbs(z + space.features)};
    detail::moment_cluster const to{
        of, from_limbs(of + space.features), rows, of[space.features + square_limbs]};
    return detail::nearest_double(space.squares_to(from, to, own));
  }
};

}  // namespace kernels
}  // namespace v0
}  // namespace alx
