// SPDX-License-Identifier: Apache-2.0
/// @file
/// The grid that distances between the rows of a table are rounded to.
#pragma once

#include <alx/metrics/detail/fixed_grid.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <limits>

namespace alx::inline v0::detail {

/// By how much a mean distance can be off, both in units: the grid's rounding and what differences,
/// squares, their sum, the root (2^-52) and the division round.
template <class Distance>
double error_of_pairs(index_t features, double mean) {
  double const roundings = static_cast<double>(features) / (Distance::has_squares ? 2.0 : 1.0);
  return 0.5 + (roundings + 5.0) * std::numeric_limits<double>::epsilon() / 2.0 * mean;
}

/// The box around the rows, side after side.
template <class Distance>
class pair_box {
 public:
  void add(double side) {
    widest_ = std::max(widest_, side);
    sum_ += Distance::rounded_term(side);
  }

  /// No distance reaches 2^52 of its units, which rounds it, nor a sum of `rows` of them 2^63:
  /// there is a bit to spare, since a root inside the box can be a rounding above the box's.
  ///
  /// **Throws.** `numeric_error` where distances, or their squares, leave the range of double.
  [[nodiscard]] fixed_grid grid(index_t rows) const {
    return grid(rows, std::min(62, 51 + bits_of(rows - 1)));
  }

  /// The finest grid on which `rows` distances stay below 2^bits units.
  [[nodiscard]] fixed_grid grid(index_t rows, int bits) const {
    double const diagonal = Distance::of_sum(sum_);
    check_extent(widest_, diagonal, smallest_diagonal);
    return grid_for(diagonal, rows, bits);
  }

 private:
  /// Below it, squares of the box's sides could vanish.
  static constexpr double smallest_diagonal = Distance::has_squares ? 0x1p-450 : smallest_extent;

  double widest_ = 0.0;
  double sum_ = 0.0;
};

}  // namespace alx::inline v0::detail
