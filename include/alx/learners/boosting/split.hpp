// SPDX-License-Identifier: Apache-2.0
/// @file
/// The best threshold of a column in a leaf, with LightGBM's arithmetic and tie rules.
#pragma once

#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/rounding.hpp>
#include <alx/view.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>

namespace alx::inline v0::detail {

/// What the search needs to know of a column.
struct column_shape {
  std::int32_t bins = 0;
  std::int32_t most_frequent = 0;
  bool missing = false;

  /// Missing values are tried on both sides.
  [[nodiscard]] bool two_passes() const { return missing && bins > 2; }
};

/// What it needs to know of a leaf.
struct leaf_totals {
  double gradient = 0;
  double hessian = 0;
  std::int32_t rows = 0;
  double gain_to_beat = 0;  ///< of the leaf unsplit, and min_gain_to_split

  /// What the two sides of a split share: the sum of each begins with an epsilon.
  [[nodiscard]] double shared_hessian() const { return hessian + 2 * boosting_epsilon; }

  /// Rows are not counted: those of a bin are estimated from its share of the hessian.
  [[nodiscard]] double rows_per_hessian() const { return rows / shared_hessian(); }
};

struct split_limits {
  std::int32_t min_rows = 0;
  double min_hessian = 0;
  double lambda_l1 = 0;
  double lambda_l2 = 0;
};

/// A split, better the greater `gain` is; `gain` ≤ 0: there is none.
struct split_candidate {
  double gain = -std::numeric_limits<double>::infinity();
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
  void offer(leaf_totals const& leaf, double gain, split_candidate split, double g, double h) {
    splittable = splittable || !(gain <= leaf.gain_to_beat);
    if (!(gain > leaf.gain_to_beat && gain > best.gain + leaf.gain_to_beat)) return;
    split.gain = gain - leaf.gain_to_beat;
    split.left_gradient = split.missing_left ? leaf.gradient - g : g;
    split.left_hessian = split.missing_left ? leaf.shared_hessian() - h : h;
    best = split;
  }
};

/// What a split gains whose one side has these sums.
inline double split_gain(double g, double h, leaf_totals const& leaf, split_limits const& limits) {
  double const a = shrunken(g, limits.lambda_l1);
  double const b = shrunken(leaf.gradient - g, limits.lambda_l1);
  double const other_h = (leaf.shared_hessian() - h) + limits.lambda_l2;
  return a * a / (h + limits.lambda_l2) + b * b / other_h;
}

/// Sums that wrap around instead of being undefined: estimates from a leaf of no weight may be
/// anything.
inline std::int32_t wrapping_sum(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

inline std::int32_t wrapping_difference(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
}

/// The search as it is specified, threshold by threshold, in one column of a leaf. The cells of
/// neighbouring bins are `group_columns` apart.
class column_scan {
 public:
  column_scan(histogram_cell const* cells,
              column_shape shape,
              leaf_totals const& leaf,
              split_limits const& limits)
      : cells_(cells),
        shape_(shape),
        leaf_(leaf),
        limits_(limits),
        rows_per_hessian_(leaf.rows_per_hessian()) {}

  /// Adds bins from the last (but one of missing values, where there are two passes) to 1 to the
  /// right side; missing values go left.
  void from_right(column_result& result) {
    begin(0, boosting_epsilon, 0);
    for (std::int32_t b = shape_.bins - (shape_.two_passes() ? 2 : 1); b > 0; --b) {
      add(b, 1);
      if (!offer({.bin = b - 1, .missing_left = true})) break;
    }
    take_best(result);
    if (shape_.missing && !shape_.two_passes()) result.best.missing_left = false;
  }

  /// Adds bins 0 to the last but two to the left side; missing values go right.
  void from_left(column_result& result) {
    begin(0, boosting_epsilon, 0);
    std::int32_t b = 0;
    bool more = true;
    if (shape_.most_frequent == 0) {  // whose cell is what the others leave
      begin(leaf_.gradient, leaf_.shared_hessian() - boosting_epsilon, leaf_.rows);
      for (b = 1; b < shape_.bins; ++b) add(b, -1);
      more = offer({.bin = 0, .missing_left = false});
      b = 1;
    }
    for (; more && b < shape_.bins - 1; ++b) {
      add(b, 1);
      more = offer({.bin = b, .missing_left = false});
    }
    take_best(result);
  }

 private:
  void begin(double g, double h, std::int32_t rows) {
    g_ = g;
    h_ = h;
    rows_ = rows;
    best_gain_ = leaf_.gain_to_beat;
    found_ = false;
  }

  void add(std::int32_t bin, int sign) {
    auto const& cell = cells_[static_cast<std::size_t>(bin) * group_columns];
    auto const rows = to_int32(rounded(cell.hessian * rows_per_hessian_) + 0.5);
    if (sign > 0) {
      g_ += cell.gradient;
      h_ += cell.hessian;
      rows_ = wrapping_sum(rows_, rows);
    } else {
      g_ -= cell.gradient;
      h_ -= cell.hessian;
      rows_ = wrapping_difference(rows_, rows);
    }
  }

  /// False where the other side is too small and the pass ends.
  bool offer(split_candidate split) {
    if (rows_ < limits_.min_rows || h_ < limits_.min_hessian) return true;
    if (wrapping_difference(leaf_.rows, rows_) < limits_.min_rows) return false;
    if (leaf_.shared_hessian() - h_ < limits_.min_hessian) return false;
    double const gain = split_gain(g_, h_, leaf_, limits_);
    if (gain <= leaf_.gain_to_beat) return true;
    found_ = true;
    if (!(gain > best_gain_)) return true;
    best_gain_ = gain;
    best_g_ = g_;
    best_h_ = h_;
    best_ = split;
    return true;
  }

  void take_best(column_result& result) const {
    result.splittable = result.splittable || found_;
    if (found_) result.offer(leaf_, best_gain_, best_, best_g_, best_h_);
  }

  histogram_cell const* cells_;
  column_shape shape_;
  leaf_totals leaf_;
  split_limits limits_;
  double rows_per_hessian_;
  double g_ = 0;
  double h_ = 0;
  std::int32_t rows_ = 0;
  double best_gain_ = 0;
  double best_g_ = 0;
  double best_h_ = 0;
  split_candidate best_{};
  bool found_ = false;
};

}  // namespace alx::inline v0::detail
