// SPDX-License-Identifier: Apache-2.0
/// @file
/// The best threshold of one column in one leaf, with LightGBM's arithmetic and tie rules.
#pragma once

#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/view.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace alx::inline v0::detail {

/// What the search needs to know of a column.
struct column_shape {
  std::int32_t bins;
  std::int32_t most_frequent;
  bool missing;
};

/// What it needs to know of a leaf.
struct leaf_totals {
  double gradient;
  double hessian;  ///< with 2 epsilon
  std::int32_t rows;
  double gain_to_beat;  ///< of the leaf unsplit, and min_gain_to_split
};

struct split_limits {
  std::int32_t min_rows;
  double min_hessian;
  double lambda_l2;
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

/// `value` cut to a whole number the way x86-64 does it: what does not fit is the least one.
inline std::int32_t to_int32(double value) {
  constexpr double least = -2147483648.0;
  return static_cast<std::int32_t>(value > least && value < -least ? value : least);
}

/// Sums that wrap around instead of being undefined: estimates from a leaf of no weight may be
/// anything.
inline std::int32_t wrapping_sum(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

inline std::int32_t wrapping_difference(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
}

/// Searches one column at a time; holds the arrays this needs.
///
/// Rows are not counted: a bin's are estimated from its share of the hessian, as in LightGBM.
/// Per column: the bins that hold something are gathered, added up one after the other from the
/// right (and, with missing values, from the left), the gains of the thresholds the limits allow
/// are computed together, and the best is chosen.
class split_search {
 public:
  split_search(split_limits limits, std::int32_t most_bins) : limits_(limits) {
    auto const n = static_cast<std::size_t>(most_bins) + 1;
    for (auto* values :
         {&gradient_, &hessian_, &count_estimate_, &side_gradient_, &side_hessian_, &gain_}) {
      values->resize(n);
    }
    for (auto* values : {&bin_, &count_, &threshold_}) values->resize(n);
  }

  /// Sets `splittable` to whether any threshold passed all tests.
  split_candidate find(histogram_cell const* cells,
                       column_shape shape,
                       leaf_totals const& leaf,
                       bool& splittable) {
    bool const two_passes = shape.missing && shape.bins > 2;
    gather(cells, shape, leaf);
    split_candidate best;
    collect_from_right(two_passes ? shape.bins - 1 : shape.bins, leaf);
    splittable = choose(leaf, true, best);
    if (two_passes) {
      collect_from_left(shape, leaf);
      splittable = choose(leaf, false, best) || splittable;
    } else if (shape.missing) {
      best.missing_left = false;
    }
    return best;
  }

 private:
  struct side {
    double gradient;
    double hessian;
    std::int32_t rows;
  };

  /// Copies the bins that hold something, with estimated row counts. A threshold beside an empty
  /// bin has the gain of its neighbour, which was met before and wins. The cell of a most frequent
  /// bin 0 is not used.
  void gather(histogram_cell const* cells, column_shape shape, leaf_totals const& leaf) {
    double* const gradient = gradient_.data();
    double* const hessian = hessian_.data();
    std::int32_t* const bin = bin_.data();
    std::size_t n = 0;
    for (std::int32_t b = shape.most_frequent == 0 ? 1 : 0; b < shape.bins; ++b) {
      gradient[n] = cells[b].gradient;
      hessian[n] = cells[b].hessian;
      bin[n] = b;
      auto const bits = std::bit_cast<std::uint64_t>(cells[b].gradient) |
                        std::bit_cast<std::uint64_t>(cells[b].hessian);
      n += bits << 1U == 0 ? 0U : 1U;  // the sign of a zero does not count
    }
    gathered_ = n;
    double const rows_per_hessian = leaf.rows / leaf.hessian;
    double* const product = count_estimate_.data();
    for (std::size_t i = 0; i < n; ++i) product[i] = hessian[i] * rows_per_hessian;
    // The products are in memory now, so that no compiler fuses them with the sums (rounding.hpp
    // would keep both loops from being vectorised).
    asm volatile("" : : "g"(product) : "memory");  // NOLINT(hicpp-no-assembler)
    for (std::size_t i = 0; i < n; ++i) count_[i] = to_int32(product[i] + 0.5);
  }

  /// Adds bins `end - 1`, … , 1 to the right side.
  void collect_from_right(std::int32_t end, leaf_totals const& leaf) {
    candidates_ = 0;
    side right{0.0, boosting_epsilon, 0};
    std::size_t k = gathered_;
    while (k > 0 && bin_[k - 1] >= end) --k;
    for (; k > 0 && bin_[k - 1] > 0; --k) {
      add(right, k - 1);
      if (!offer(right, bin_[k - 1] - 1, leaf)) return;
    }
  }

  /// Adds bins 0, … , `bins - 2` to the left side: missing values stay right.
  void collect_from_left(column_shape shape, leaf_totals const& leaf) {
    candidates_ = 0;
    side left{0.0, boosting_epsilon, 0};
    if (shape.most_frequent == 0) {
      left = {leaf.gradient, leaf.hessian - boosting_epsilon, leaf.rows};
      for (std::size_t k = 0; k < gathered_; ++k) {
        left.gradient -= gradient_[k];
        left.hessian -= hessian_[k];
        left.rows = wrapping_difference(left.rows, count_[k]);
      }
      if (!offer(left, 0, leaf)) return;
    }
    for (std::size_t k = 0; k < gathered_ && bin_[k] < shape.bins - 1; ++k) {
      add(left, k);
      if (!offer(left, bin_[k], leaf)) return;
    }
  }

  void add(side& sums, std::size_t k) const {
    sums.gradient += gradient_[k];
    sums.hessian += hessian_[k];
    sums.rows = wrapping_sum(sums.rows, count_[k]);
  }

  /// Keeps the threshold if both sides are large enough; false where the other side is too small
  /// and the pass ends.
  bool offer(side const& sums, std::int32_t threshold, leaf_totals const& leaf) {
    if (sums.rows < limits_.min_rows || sums.hessian < limits_.min_hessian) return true;
    if (wrapping_difference(leaf.rows, sums.rows) < limits_.min_rows) return false;
    if (leaf.hessian - sums.hessian < limits_.min_hessian) return false;
    side_gradient_[candidates_] = sums.gradient;
    side_hessian_[candidates_] = sums.hessian;
    threshold_[candidates_] = threshold;
    ++candidates_;
    return true;
  }

  /// Replaces `best` by the first greatest gain of this pass if that is greater still. Says whether
  /// any was worth a split.
  bool choose(leaf_totals const& leaf, bool from_right, split_candidate& best) {
    double const l2 = limits_.lambda_l2;
    for (std::size_t i = 0; i < candidates_; ++i) {
      double const g = side_gradient_[i];
      double const other_g = leaf.gradient - g;
      double const h = side_hessian_[i] + l2;
      double const other_h = (leaf.hessian - side_hessian_[i]) + l2;
      gain_[i] = g * g / h + other_g * other_g / other_h;
    }
    bool any = false;
    double greatest = -std::numeric_limits<double>::infinity();
    std::size_t chosen = 0;
    for (std::size_t i = 0; i < candidates_; ++i) {
      if (gain_[i] <= leaf.gain_to_beat) continue;
      any = true;
      if (gain_[i] > greatest) {
        greatest = gain_[i];
        chosen = i;
      }
    }
    if (any && greatest > best.gain + leaf.gain_to_beat) {
      double const g = side_gradient_[chosen];
      double const h = side_hessian_[chosen];
      best.gain = greatest - leaf.gain_to_beat;
      best.left_gradient = from_right ? leaf.gradient - g : g;
      best.left_hessian = from_right ? leaf.hessian - h : h;
      best.bin = threshold_[chosen];
      best.missing_left = from_right;
    }
    return any;
  }

  split_limits limits_;
  std::size_t gathered_ = 0;
  std::size_t candidates_ = 0;
  std::vector<double> gradient_, hessian_, count_estimate_;  // of the bins gathered
  std::vector<double> side_gradient_, side_hessian_, gain_;  // of the thresholds allowed
  std::vector<std::int32_t> bin_, count_, threshold_;
};

}  // namespace alx::inline v0::detail
