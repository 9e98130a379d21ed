// SPDX-License-Identifier: Apache-2.0
/// @file
/// What sets of categories gain, in LightGBM's arithmetic: for CPU and GPU. (C++17: nvcc reads it.)
#pragma once

#include <alx/config.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/split_arithmetic.hpp>

#include <cstdint>

namespace alx {
inline namespace v0 {
namespace detail {

/// The parameters of these names.
struct category_limits {
  double cat_l2;
  double cat_smooth;
  std::int32_t max_cat_threshold;
  std::int32_t min_data_per_group;
};

/// Of one categorical column in one leaf. `tried_alone`: its categories, one by one; else they are
/// ranked, and sets of the first or the last are tried.
class category_arithmetic {
 public:
  ALX_HOST_DEVICE category_arithmetic(leaf_totals const& leaf,
                                      split_limits const& limits,
                                      category_limits const& categories,
                                      bool tried_alone)
      : leaf_(leaf),
        limits_(limits),
        categories_(categories),
        tried_alone_(tried_alone),
        rows_per_hessian_(leaf.rows_per_hessian()),
        l2_(limits.lambda_l2 + (tried_alone ? 0.0 : categories.cat_l2)) {}

  [[nodiscard]] ALX_HOST_DEVICE leaf_totals const& leaf() const { return leaf_; }

  [[nodiscard]] ALX_HOST_DEVICE bool tried_alone() const { return tried_alone_; }

  /// Whether a split of this gain is worth it, and more than the best so far.
  [[nodiscard]] ALX_HOST_DEVICE bool beats(double gain, double best) const {
    return gain > leaf_.gain_to_beat && gain > best;
  }

  /// Whether a category is ranked.
  [[nodiscard]] ALX_HOST_DEVICE bool has_enough(histogram_cell const& cell) const {
    return !(static_cast<double>(rows_in(cell, rows_per_hessian_)) < categories_.cat_smooth);
  }

  /// The ranking ascends by this, the damped mean gradient.
  [[nodiscard]] ALX_HOST_DEVICE double rank_of(histogram_cell const& cell) const {
    return cell.gradient / (cell.hessian + categories_.cat_smooth);
  }

  /// Calls `offer(gain, left)` where the category alone may go left.
  template <class Offer>
  ALX_HOST_DEVICE void try_alone(histogram_cell const& cell, Offer&& offer) const {
    bin_sums const left{cell.gradient, cell.hessian, rows_in(cell, rows_per_hessian_)};
    if (limits_.too_small(left)) return;
    if (wrapping_difference(leaf_.rows, left.rows) < limits_.min_rows) return;
    double const other_hessian = leaf_.shared_hessian() - cell.hessian - boosting_epsilon;
    if (other_hessian < limits_.min_hessian) return;
    double const own = cell.hessian + boosting_epsilon;
    offer(gain(leaf_.gradient - cell.gradient, other_hessian) + gain(cell.gradient, own),
          bin_sums{cell.gradient, own, left.rows});
  }

  /// Calls `offer(gain, left, i)` for sets of the first i + 1 of `ranked` categories that may go
  /// left; `cell_at(i)` in the order of the ranking, or the other way round.
  template <class Cells, class Offer>
  ALX_HOST_DEVICE void try_sets(std::int32_t ranked, Cells&& cell_at, Offer&& offer) const {
    std::int32_t const half = (ranked + 1) / 2;
    std::int32_t const most =
        categories_.max_cat_threshold < half ? categories_.max_cat_threshold : half;
    bin_sums left{0.0, boosting_epsilon, 0};
    std::int32_t rows_of_group = 0;
    for (std::int32_t i = 0; i < most; ++i) {
      histogram_cell const& cell = cell_at(i);
      std::int32_t const rows = rows_in(cell, rows_per_hessian_);
      left.add({cell.gradient, cell.hessian, rows});
      rows_of_group = wrapping_sum(rows_of_group, rows);
      if (limits_.too_small(left)) continue;
      if (limits_.too_small_beside(left, leaf_)) break;
      if (wrapping_difference(leaf_.rows, left.rows) < categories_.min_data_per_group) break;
      if (rows_of_group < categories_.min_data_per_group) continue;
      rows_of_group = 0;
      double const other_hessian = leaf_.shared_hessian() - left.hessian;
      offer(gain(left.gradient, left.hessian) + gain(leaf_.gradient - left.gradient, other_hessian),
            left,
            i);
    }
  }

 private:
  [[nodiscard]] ALX_HOST_DEVICE double gain(double gradient, double hessian) const {
    double const g = shrunken(gradient, limits_.lambda_l1);
    return g * g / (hessian + l2_);
  }

  leaf_totals const& leaf_;
  split_limits const& limits_;
  category_limits const& categories_;
  bool tried_alone_;
  double rows_per_hessian_;
  double l2_;
};

}  // namespace detail
}  // namespace v0
}  // namespace alx
