// SPDX-License-Identifier: Apache-2.0
/// @file
/// The best threshold of a column in a leaf, with LightGBM's arithmetic and tie rules.
#pragma once

#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/split_arithmetic.hpp>

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
    begin({0, boosting_epsilon, 0});
    for (std::int32_t b = shape_.bins - (shape_.two_passes() ? 2 : 1); b > 0; --b) {
      side_.add(sums_of(b));
      if (!offer({.bin = b - 1, .missing_left = true})) break;
    }
    take_best(result);
    if (shape_.missing && !shape_.two_passes()) result.best.missing_left = false;
  }

  /// Adds bins 0 to the last but two to the left side; missing values go right.
  void from_left(column_result& result) {
    begin({0, boosting_epsilon, 0});
    std::int32_t b = 0;
    bool more = true;
    if (shape_.most_frequent == 0) {  // whose cell is what the others leave
      begin({leaf_.gradient, leaf_.shared_hessian() - boosting_epsilon, leaf_.rows});
      for (b = 1; b < shape_.bins; ++b) side_.take_away(sums_of(b));
      more = offer({.bin = 0, .missing_left = false});
      b = 1;
    }
    for (; more && b < shape_.bins - 1; ++b) {
      side_.add(sums_of(b));
      more = offer({.bin = b, .missing_left = false});
    }
    take_best(result);
  }

 private:
  void begin(bin_sums side) {
    side_ = side;
    best_gain_ = leaf_.gain_to_beat;
    found_ = false;
  }

  [[nodiscard]] bin_sums sums_of(std::int32_t bin) const {
    auto const& cell = cells_[static_cast<std::size_t>(bin) * group_columns];
    return {cell.gradient, cell.hessian, rows_in(cell, rows_per_hessian_)};
  }

  /// False where the other side is too small and the pass ends.
  bool offer(split_candidate split) {
    if (limits_.too_small(side_)) return true;
    if (limits_.too_small_beside(side_, leaf_)) return false;
    double const gain = split_gain(side_.gradient, side_.hessian, leaf_, limits_);
    if (gain <= leaf_.gain_to_beat) return true;
    found_ = true;
    if (!(gain > best_gain_)) return true;
    best_gain_ = gain;
    best_side_ = side_;
    best_ = split;
    return true;
  }

  void take_best(column_result& result) const {
    result.splittable = result.splittable || found_;
    if (found_) result.offer(leaf_, best_gain_, best_, best_side_.gradient, best_side_.hessian);
  }

  histogram_cell const* cells_;
  column_shape shape_;
  leaf_totals leaf_;
  split_limits limits_;
  double rows_per_hessian_;
  bin_sums side_{};
  double best_gain_ = 0;
  bin_sums best_side_{};
  split_candidate best_{};
  bool found_ = false;
};

}  // namespace alx::inline v0::detail
