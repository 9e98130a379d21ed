// SPDX-License-Identifier: Apache-2.0
/// @file
/// What sums of squared distances without pairs are made of, row by row, for CPU and GPU. (C++17:
/// nvcc reads it.)
#pragma once

#include <alx/config.hpp>
#include <alx/rounding.hpp>
#include <alx/view.hpp>

#include <cmath>
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace detail {

__extension__ typedef __int128 wide_int;  // NOLINT(modernize-use-using): `using` cannot say it

__extension__ typedef unsigned __int128 unsigned_wide_int;  // NOLINT(modernize-use-using)

/// 2^52: from here on a double has no fraction.
inline constexpr double no_fraction = 0x1p52;

/// The nearest integer to `x`, 0 ≤ x < 2^63, halves to even: x + 2^52 lies where doubles are 1
/// apart. From 2^52 on `x` is one already.
ALX_HOST_DEVICE inline std::int64_t nearest(double x) {
  return static_cast<std::int64_t>(x < no_fraction ? (x + no_fraction) - no_fraction : x);
}

/// `value` in grid units.
ALX_HOST_DEVICE inline std::int64_t whole_units(double value, double scale) {
  std::int64_t const size = nearest(fabs(value) * scale);
  return value < 0.0 ? -size : size;
}

/// Writes a row's coordinates z, counted from the box's lower corner so that an offset costs no
/// bits; returns |z|².
template <class Row>
ALX_HOST_DEVICE wide_int
place_row(Row const& row, double const* low, double scale, std::int64_t* z) {
  wide_int square = 0;
  for (index_t f = 0; f < row.size; ++f) {
    z[f] = whole_units(row[f] - low[f], scale);
    square += wide_int{z[f]} * z[f];
  }
  return square;
}

/// The same for the row scaled to length 1; 0 everywhere for a row of zeros, which has no
/// direction.
template <class Row>
ALX_HOST_DEVICE wide_int place_direction(Row const& row, double scale, std::int64_t* z) {
  double largest = 0.0;
  for (index_t f = 0; f < row.size; ++f) largest = fmax(largest, fabs(row[f]));
  int exponent = 0;  // the direction stays the same, and no square leaves the range
  frexp(largest, &exponent);
  double squares = 0.0;
  for (index_t f = 0; f < row.size; ++f) {
    double const x = ldexp(row[f], -exponent);
    squares += rounded_product(x, x);
  }
  double const length = largest > 0.0 ? sqrt(squares) : 1.0;
  wide_int square = 0;
  for (index_t f = 0; f < row.size; ++f) {
    z[f] = whole_units(ldexp(row[f], -exponent) / length, scale);
    square += wide_int{z[f]} * z[f];
  }
  return square;
}

/// The nearest double, halves to even.
ALX_HOST_DEVICE inline double nearest_double(wide_int value) {
  bool const negative = value < 0;
  auto size = static_cast<unsigned_wide_int>(value);
  if (negative) size = 0 - size;
  int exponent = 0;
  for (int by = 32; by > 0; by /= 2) {  // until 64 bits are left, 63 of which count
    if (size >> (63 + by) == 0) continue;
    bool const lost = (size & ((unsigned_wide_int{1} << by) - 1)) != 0;
    size = size >> by | static_cast<unsigned>(lost);  // beyond the bits that a double has
    exponent += by;
  }
  double const nearest = ldexp(static_cast<double>(static_cast<std::uint64_t>(size)), exponent);
  return negative ? -nearest : nearest;
}

/// One row, in grid units.
struct moment_row {
  std::int64_t const* z;
  wide_int square;
};

/// The rows of a cluster.
struct moment_cluster {
  std::int64_t const* sum;  ///< Σ z_j
  wide_int squares;         ///< Σ |z_j|²
  index_t rows;
  index_t without_direction;  ///< of these rows
};

/// What is compared: rows, or their directions.
struct moment_space {
  index_t features = 0;
  wide_int apart = 0;  ///< |z_i − z_j|² where the cosine distance is 1; 0: rows are not directions

  /// With directions, rows have length `scale`.
  static ALX_HOST_DEVICE moment_space of(bool directions, index_t features, double scale) {
    return {features, directions ? static_cast<wide_int>(2.0 * scale * scale) : 0};
  }

  /// Of a row with this |z|².
  [[nodiscard]] ALX_HOST_DEVICE bool has_direction(wide_int square) const {
    return apart == 0 || square != 0;
  }

  /// Σ_{j∈C} |z_i − z_j|² = n_C·|z_i|² + Σ|z_j|² − 2·z_i·Σz_j, a row of the cluster itself
  /// (`own`) adding 0.
  [[nodiscard]] ALX_HOST_DEVICE wide_int squares_to(moment_row const& row,
                                                    moment_cluster const& to,
                                                    bool own) const {
    if (!has_direction(row.square)) return (to.rows - static_cast<index_t>(own)) * apart;
    wide_int product = 0;
    for (index_t f = 0; f < features; ++f) product += wide_int{row.z[f]} * to.sum[f];
    index_t const with_direction = to.rows - to.without_direction;
    return with_direction * row.square + to.squares - 2 * product + to.without_direction * apart;
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace alx
