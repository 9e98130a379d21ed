// SPDX-License-Identifier: Apache-2.0
/// @file
/// What a split is and gains, in LightGBM's arithmetic: for CPU and GPU. (C++17: nvcc reads it.)
#pragma once

#include <alx/config.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/rounding.hpp>

#include <cmath>
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace detail {

/// Of one row. Float, as LightGBM has it: most sums of floats in double are exact, so that rows may
/// be added in any order.
struct gradient_pair {
  float gradient;
  float hessian;
};

/// Of the rows of a leaf that fall into one bin.
struct histogram_cell {
  double gradient;
  double hessian;
};

/// Sums that wrap around instead of being undefined: estimates from a leaf of no weight may be
/// anything.
ALX_HOST_DEVICE inline std::int32_t wrapping_sum(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

ALX_HOST_DEVICE inline std::int32_t wrapping_difference(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
}

/// Rows are not counted: those of a bin are estimated from its share of the leaf's hessian.
ALX_HOST_DEVICE inline std::int32_t rows_in(histogram_cell const& cell, double rows_per_hessian) {
  return to_int32(rounded_product(cell.hessian, rows_per_hessian) + 0.5);
}

/// The sums of one bin of one leaf, or of several.
struct bin_sums {
  double gradient;
  double hessian;
  std::int32_t rows;

  ALX_HOST_DEVICE void add(bin_sums const& bin) {
    gradient += bin.gradient;
    hessian += bin.hessian;
    rows = wrapping_sum(rows, bin.rows);
  }

  ALX_HOST_DEVICE void take_away(bin_sums const& bin) {
    gradient -= bin.gradient;
    hessian -= bin.hessian;
    rows = wrapping_difference(rows, bin.rows);
  }
};

/// What the search needs to know of a column.
struct column_shape {
  std::int32_t bins = 0;
  std::int32_t most_frequent = 0;
  bool missing = false;

  /// Missing values are tried on both sides.
  [[nodiscard]] ALX_HOST_DEVICE bool two_passes() const { return missing && bins > 2; }
};

/// What it needs to know of a leaf.
struct leaf_totals {
  double gradient = 0;
  double hessian = 0;
  std::int32_t rows = 0;
  double gain_to_beat = 0;  ///< of the leaf unsplit, and min_gain_to_split

  /// What the two sides of a split share: the sum of each begins with an epsilon.
  [[nodiscard]] ALX_HOST_DEVICE double shared_hessian() const {
    return hessian + 2 * boosting_epsilon;
  }

  [[nodiscard]] ALX_HOST_DEVICE double rows_per_hessian() const { return rows / shared_hessian(); }
};

struct split_limits {
  std::int32_t min_rows = 0;
  double min_hessian = 0;
  double lambda_l1 = 0;
  double lambda_l2 = 0;

  [[nodiscard]] ALX_HOST_DEVICE bool too_small(bin_sums const& side) const {
    return side.rows < min_rows || side.hessian < min_hessian;
  }

  /// Whether what the leaf has besides a side is.
  [[nodiscard]] ALX_HOST_DEVICE bool too_small_beside(bin_sums const& side,
                                                      leaf_totals const& leaf) const {
    return wrapping_difference(leaf.rows, side.rows) < min_rows ||
           leaf.shared_hessian() - side.hessian < min_hessian;
  }
};

/// A split, better the greater `gain` is; `gain` ≤ 0: there is none.
struct split_candidate {
  double gain = -HUGE_VAL;
  double left_gradient = 0;
  double left_hessian = 0;
  std::int32_t column = -1;
  std::int32_t bin = 0;  ///< the last that goes left
  bool missing_left = true;
};

struct column_result {
  split_candidate best{};
  bool splittable = false;  ///< some threshold passed all tests
  bool sure = true;         ///< there is nothing to be gone through again

  /// Takes a threshold at which one side has these sums, if its gain is greater than the best.
  ALX_HOST_DEVICE void offer(
      leaf_totals const& leaf, double gain, split_candidate split, double g, double h) {
    splittable = splittable || !(gain <= leaf.gain_to_beat);
    if (!(gain > leaf.gain_to_beat && gain > best.gain + leaf.gain_to_beat)) return;
    split.gain = gain - leaf.gain_to_beat;
    split.left_gradient = split.missing_left ? leaf.gradient - g : g;
    split.left_hessian = split.missing_left ? leaf.shared_hessian() - h : h;
    best = split;
  }
};

/// What a split gains whose one side has these sums.
ALX_HOST_DEVICE inline double split_gain(double g,
                                         double h,
                                         leaf_totals const& leaf,
                                         split_limits const& limits) {
  double const a = shrunken(g, limits.lambda_l1);
  double const b = shrunken(leaf.gradient - g, limits.lambda_l1);
  double const other_h = (leaf.shared_hessian() - h) + limits.lambda_l2;
  return a * a / (h + limits.lambda_l2) + b * b / other_h;
}

/// The value of a leaf with these sums, before it is shrunken.
ALX_HOST_DEVICE inline double leaf_output(double gradient, double hessian, double l1, double l2) {
  return -shrunken(gradient, l1) / (hessian + l2);
}

/// The same, shrunken.
ALX_HOST_DEVICE inline double learnt_value(double value, double learning_rate) {
  return without_tiny(rounded_product(value, learning_rate));
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
