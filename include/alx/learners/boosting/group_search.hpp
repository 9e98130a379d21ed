// SPDX-License-Identifier: Apache-2.0
/// @file
/// The search for thresholds in two sibling leaves and several columns at once, in vector lanes.
#pragma once

#include <alx/detail/lanes.hpp>
#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/split.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

namespace alx::inline v0::detail {

/// The columns of a group: where its cells begin in a histogram, and their shapes.
struct column_group {
  std::size_t first_column = 0;
  std::size_t first_cell = 0;
  std::int32_t bins = 0;  ///< of the column that has most
  std::size_t columns = 0;
  std::array<column_shape, group_columns> shape{};

  [[nodiscard]] bool two_passes() const {
    return std::any_of(shape.begin(), shape.end(), [](auto s) { return s.two_passes(); });
  }
};

/// Two siblings, the smaller first, in one group of columns. Of the root the second is a leaf
/// without rows.
struct searched_pair {
  std::array<leaf_totals, 2> totals{};
  std::array<histogram_cell*, 2> cells{};
};

/// What was found per column and leaf.
using group_result = std::array<std::array<column_result, 2>, group_columns>;

/// Makes the cells of a group complete. LightGBM never adds up the rows of a column's most frequent
/// bin: its cell is what the others leave of the total, and the difference decides between splits
/// of equal gain (most frequent bin 0 is not needed). The larger leaf's cells, which are its
/// parent's, become its own.
inline void complete(column_group const& group, searched_pair const& leaves) {
  auto* const smaller = leaves.cells[0];
  auto* const larger = leaves.cells[1];
  auto const made = [&](std::size_t c) {
    return static_cast<std::size_t>(group.shape[c].most_frequent) * group_columns + c;
  };
  for (std::size_t c = 0; c < group.columns; ++c) smaller[made(c)] = {0, 0};
  real_lanes rest{};
  for (std::size_t i = 0; i < lane_count<double>; i += 2) {
    rest[i] = leaves.totals[0].gradient;
    rest[i + 1] = leaves.totals[0].hessian;
  }
  auto const cells = static_cast<std::size_t>(group.bins) * group_columns;
  for (std::size_t i = 0; i < cells; i += group_columns) {
    auto const sums = load_lanes<real_lanes>(smaller + i);
    rest -= sums;
    store_lanes(larger + i, real_lanes(load_lanes<real_lanes>(larger + i) - sums));
  }
  for (std::size_t c = 0; c < group.columns; ++c) {
    if (group.shape[c].most_frequent == 0) continue;
    smaller[made(c)] = {rest[2 * c], rest[2 * c + 1]};
    larger[made(c)].gradient -= rest[2 * c];
    larger[made(c)].hessian -= rest[2 * c + 1];
  }
}

/// Tries all thresholds of a group in both leaves: lane 2 c + l has column c and leaf l.
///
/// Gains are computed in another order than the specification's. That decides all but near-ties,
/// for which `column_scan` is asked; so it is for a leaf of next to no weight.
class group_search {
 public:
  explicit group_search(split_limits limits) : limits_(limits) {}

  /// The cells are complete. `heaviest`: the tree's sum of hessians.
  void find(column_group const& group,
            searched_pair const& leaves,
            double heaviest,
            group_result& results) const {
    lane_mask unsure{};
    if (all_ordinary(leaves, heaviest)) {
      unsure = limits_.lambda_l1 == 0 ? scan<false>(group, leaves, results)
                                      : scan<true>(group, leaves, results);
    } else {
      unsure = ~unsure;
    }
    for (std::size_t c = 0; c < group.columns; ++c) {
      for (std::size_t l = 0; l < 2; ++l) {
        if (leaves.totals[l].rows == 0) continue;
        auto& result = results[c][l];
        column_scan column(leaves.cells[l] + c, group.shape[c], leaves.totals[l], limits_);
        if (holds(unsure, 2 * c + l)) {
          result = {};
          column.from_right(result);
        }
        if (group.shape[c].two_passes()) column.from_left(result);
      }
    }
  }

 private:
  /// So that no estimate of rows overflows and no fraction is 0 / 0.
  [[nodiscard]] bool all_ordinary(searched_pair const& leaves, double heaviest) const {
    bool ordinary = limits_.min_hessian + limits_.lambda_l2 > 1e-12;
    for (auto const& leaf : leaves.totals) {
      double const most = leaf.hessian + heaviest * 1e-9;  // in a bin, with rounding errors
      ordinary = ordinary && (leaf.rows == 0 || leaf.rows * most < leaf.shared_hessian() * 0x1p30);
    }
    return ordinary;
  }

  /// The same for all columns, the leaves' by turns.
  static real_lanes by_turns(double smaller, double larger) {
    real_lanes v{};
    for (std::size_t i = 0; i < lane_count<double>; ++i) v[i] = i % 2 == 0 ? smaller : larger;
    return v;
  }

  template <std::size_t... I>
  static real_lanes gradients(real_lanes a, real_lanes b, std::index_sequence<I...> /*lanes*/) {
    return __builtin_shufflevector(a, b, (I % 2 == 0 ? I : lane_count<double> + I - 1)...);
  }

  template <std::size_t... I>
  static real_lanes hessians(real_lanes a, real_lanes b, std::index_sequence<I...> /*lanes*/) {
    return __builtin_shufflevector(a, b, (I % 2 == 0 ? I + 1 : lane_count<double> + I)...);
  }

  template <bool Shrunken>
  static real_lanes squared_size(real_lanes g, real_lanes lambda_l1) {
    if constexpr (!Shrunken) return g * g;
    g = select(greater(real_lanes{}, g), -g, g) - lambda_l1;
    g = select(greater(g, real_lanes{}), g, real_lanes{});
    return g * g;
  }

  /// Leaves the best of the pass from the right in `results`. Returns where that is not sure.
  template <bool Shrunken>
  lane_mask scan(column_group const& group,
                 searched_pair const& leaves,
                 group_result& results) const {
    using all = std::make_index_sequence<lane_count<double>>;
    constexpr double margin = 4e-15;  // more than the rounding errors of two gains
    auto const& [s, l] = leaves.totals;
    real_lanes const per_hessian = by_turns(s.rows_per_hessian(), l.rows_per_hessian());
    real_lanes const all_g = by_turns(s.gradient, l.gradient);
    real_lanes const all_h = by_turns(s.shared_hessian(), l.shared_hessian());
    real_lanes const min_rows = by_turns(limits_.min_rows, limits_.min_rows);
    real_lanes const max_rows = by_turns(s.rows, l.rows) - min_rows;
    real_lanes const min_h = by_turns(limits_.min_hessian, limits_.min_hessian);
    real_lanes const l1 = by_turns(limits_.lambda_l1, limits_.lambda_l1);
    real_lanes const l2 = by_turns(limits_.lambda_l2, limits_.lambda_l2);
    real_lanes g{};
    real_lanes h = real_lanes{} + boosting_epsilon;
    real_lanes rows{};
    real_lanes least = real_lanes{} - 1.0;  // what a gain must exceed to be greater for sure
    real_lanes most = real_lanes{} - 1.0;   // what it must stay below to be less for sure
    real_lanes best_g{};
    real_lanes best_h{};
    real_lanes best_bin{};
    lane_mask ended = greater(min_rows, max_rows);
    lane_mask unsure{};
    real_lanes bin = real_lanes{} + static_cast<double>(group.bins - 1);
    missing_apart const apart(group, leaves);
    for (std::int32_t b = group.bins - 1; b > 0; --b) {
      auto const at = static_cast<std::size_t>(b) * group_columns;
      auto const smaller = load_lanes<real_lanes>(leaves.cells[0] + at);
      auto const larger = load_lanes<real_lanes>(leaves.cells[1] + at);
      real_lanes const bin_g = gradients(smaller, larger, all{});
      real_lanes const bin_h = hessians(smaller, larger, all{});
      bin -= 1.0;
      g += bin_g;
      h += bin_h;
      real_lanes const estimate = rounded_lanes(real_lanes(bin_h * per_hessian)) + 0.5;
      rows += truncated(estimate);
      real_lanes const other_h = all_h - h;
      lane_mask const enough = not_less(rows, min_rows) & not_less(h, min_h);
      lane_mask const enough_left = not_less(max_rows, rows) & not_less(other_h, min_h);
      ended = ended | (enough & ~enough_left);
      if (!any(~ended)) break;
      // An empty bin's threshold has the gain of its neighbour, which was met before and wins.
      lane_mask const tried = enough & ~ended & (not_zero(bin_g) | not_zero(bin_h));
      if (!any(tried)) continue;
      real_lanes const d = h + l2;
      real_lanes const e = other_h + l2;
      real_lanes const over =
          squared_size<Shrunken>(g, l1) * e + squared_size<Shrunken>(all_g - g, l1) * d;
      real_lanes const under = d * e;
      lane_mask const near = tried & not_less(over, most * under);
      if (!any(near)) continue;  // four times out of five
      real_lanes const gain = over / under;
      lane_mask const better = near & greater(gain, least);
      unsure = (unsure | near) & ~better;
      least = select(better, gain * (1 + margin), least);
      most = select(better, gain * (1 - margin), most);
      best_g = select(better, g, best_g);
      best_h = select(better, h, best_h);
      best_bin = select(better, bin, best_bin);
    }
    for (std::size_t i = 0; i < 2 * group.columns; ++i) {
      auto& result = results[i / 2][i % 2];
      result = {};
      if (least[i] < 0) continue;
      auto const& leaf = leaves.totals[i % 2];
      double const gain = split_gain(best_g[i], best_h[i], leaf, limits_);
      auto const& shape = group.shape[i / 2];
      result.offer(leaf,
                   gain,
                   {.bin = static_cast<std::int32_t>(best_bin[i]), .missing_left = true},
                   best_g[i],
                   best_h[i]);
      if (shape.missing && !shape.two_passes()) result.best.missing_left = false;
    }
    return unsure;
  }

  /// Takes the cells of missing values out of sight while it lives.
  class missing_apart {
   public:
    missing_apart(column_group const& group, searched_pair const& leaves) {
      for (std::size_t c = 0; c < group.columns; ++c) {
        if (!group.shape[c].two_passes()) continue;
        for (std::size_t l = 0; l < 2; ++l) {
          auto const last = static_cast<std::size_t>(group.shape[c].bins - 1);
          kept_[used_] = {leaves.cells[l] + last * group_columns + c, {0, 0}};
          std::swap(*kept_[used_].first, kept_[used_].second);
          ++used_;
        }
      }
    }

    missing_apart(missing_apart const&) = delete;
    missing_apart& operator=(missing_apart const&) = delete;
    missing_apart(missing_apart&&) = delete;
    missing_apart& operator=(missing_apart&&) = delete;

    ~missing_apart() {
      for (std::size_t i = 0; i < used_; ++i) *kept_[i].first = kept_[i].second;
    }

   private:
    std::array<std::pair<histogram_cell*, histogram_cell>, 2 * group_columns> kept_{};
    std::size_t used_ = 0;
  };

  split_limits limits_;
};

}  // namespace alx::inline v0::detail
