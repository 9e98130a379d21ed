// SPDX-License-Identifier: Apache-2.0
/// @file
/// The best threshold of a column in a leaf, with LightGBM's arithmetic and tie rules.
#pragma once

#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/split_arithmetic.hpp>
#include <alx/rounding.hpp>

#include <cstddef>
#include <cstdint>

namespace alx::inline v0::detail {

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
