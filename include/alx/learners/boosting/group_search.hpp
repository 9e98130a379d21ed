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
#include <bit>
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
  std::array<bool, group_columns>
      usable{};  ///< columns that may be split; the others have no cells
};

/// What was found per column and leaf: all of it where it is the leaf's best; a column that another
/// one of the group surpasses may have less than its own best, or nothing.
using group_result = std::array<std::array<column_result, 2>, group_columns>;

/// The cell of a column's most frequent bin in a group.
inline std::size_t made_cell(column_group const& group, std::size_t column) {
  return static_cast<std::size_t>(group.shape[column].most_frequent) * group_columns + column;
}

/// Makes the cells of a group complete. LightGBM never adds up the rows of a column's most frequent
/// bin: its cell is what the others leave of the total, and the difference decides between splits
/// of equal gain (most frequent bin 0 is not needed). The larger leaf's cells (null: there is no
/// larger leaf), which are its parent's, become its own.
inline void complete(column_group const& group, searched_pair const& leaves) {
  auto* const smaller = leaves.cells[0];
  auto* const larger = leaves.cells[1];
  for (std::size_t c = 0; c < group.columns; ++c) smaller[made_cell(group, c)] = {0, 0};
  real_lanes rest{};
  for (std::size_t i = 0; i < lane_count<double>; i += 2) {
    rest[i] = leaves.totals[0].gradient;
    rest[i + 1] = leaves.totals[0].hessian;
  }
  auto const cells = static_cast<std::size_t>(group.bins) * group_columns;
  for (std::size_t i = 0; i < cells; i += group_columns) {
    auto const sums = load_lanes<real_lanes>(smaller + i);
    rest -= sums;
    if (larger == nullptr) continue;
    store_lanes(larger + i, real_lanes(load_lanes<real_lanes>(larger + i) - sums));
  }
  for (std::size_t c = 0; c < group.columns; ++c) {
    if (group.shape[c].most_frequent == 0) continue;
    smaller[made_cell(group, c)] = {rest[2 * c], rest[2 * c + 1]};
    if (larger == nullptr) continue;
    larger[made_cell(group, c)].gradient -= rest[2 * c];
    larger[made_cell(group, c)].hessian -= rest[2 * c + 1];
  }
}

/// Some bins of a column that has no more than `most`.
class bin_set {
 public:
  static constexpr std::size_t most = 256;

  void insert(std::size_t bin) {
    words_[bin / 64] |= std::uint64_t{1} << bin % 64;
    last_ = std::max(last_, bin / 64);
  }

  /// Calls `use` with the bins, ascending.
  template <class F>
  void for_each(F&& use) const {
    for (std::size_t w = 0; w <= last_; ++w) {
      for (std::uint64_t left = words_[w]; left != 0; left &= left - 1) {
        use(w * 64 + static_cast<std::size_t>(std::countr_zero(left)));
      }
    }
  }

 private:
  std::array<std::uint64_t, most / 64> words_{};
  std::size_t last_ = 0;
};

/// The same for one column and a smaller leaf of a few rows, whose cells are not needed afterwards:
/// they become zeros again. `bins` are those of its rows.
inline void take_away(column_group const& group,
                      std::size_t column,
                      bin_set const& bins,
                      searched_pair const& leaves) {
  auto const total = leaves.totals[0];
  cell_lanes rest{total.gradient, total.hessian};
  auto const most_frequent = static_cast<std::size_t>(group.shape[column].most_frequent);
  bins.for_each([&](std::size_t bin) {
    auto const at = bin * group_columns + column;
    auto* const from = leaves.cells[0] + at;
    if (bin != most_frequent) {
      auto const sums = load_lanes<cell_lanes>(from);
      rest -= sums;
      auto* const to = leaves.cells[1] + at;
      store_lanes(to, cell_lanes(load_lanes<cell_lanes>(to) - sums));
    }
    store_lanes(from, cell_lanes{});
  });
  if (group.shape[column].most_frequent == 0) return;
  auto* const made = leaves.cells[1] + made_cell(group, column);
  store_lanes(made, cell_lanes(load_lanes<cell_lanes>(made) - rest));
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
    lane_mask unsure = ~lane_mask{};
    if (all_ordinary(leaves, heaviest)) {
      unsure = limits_.lambda_l1 == 0 ? scan<false>(group, leaves, results)
                                      : scan<true>(group, leaves, results);
    }
    for (std::size_t i = 0; i < 2 * group.columns; ++i) {
      auto const& leaf = leaves.totals[i % 2];
      if (leaf.rows == 0 || !leaves.usable[i / 2]) continue;
      auto& result = results[i / 2][i % 2];
      column_scan column(leaves.cells[i % 2] + i / 2, group.shape[i / 2], leaf, limits_);
      if (holds(unsure, i)) {
        result = {};
        column.from_right(result);
      }
      if (group.shape[i / 2].two_passes()) column.from_left(result);
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

  /// The lanes of columns that have no thresholds to try.
  static lane_mask idle(column_group const& group, searched_pair const& leaves) {
    real_lanes idle{};
    for (std::size_t i = 0; i < lane_count<double>; ++i) {
      idle[i] = leaves.usable[i / 2] && group.shape[i / 2].bins > 1 ? 0.0 : 1.0;
    }
    return not_zero(idle);
  }

  template <bool Shrunken>
  static real_lanes squared_size(real_lanes g, real_lanes lambda_l1) {
    if constexpr (!Shrunken) return g * g;
    g = select(greater(real_lanes{}, g), -g, g) - lambda_l1;
    g = select(greater(g, real_lanes{}), g, real_lanes{});
    return g * g;
  }

  /// What the thresholds of a pass are compared with, for all lanes.
  struct pass_totals {
    pass_totals(searched_pair const& leaves, split_limits const& limits)
        : rows_per_hessian(
              by_turns(leaves.totals[0].rows_per_hessian(), leaves.totals[1].rows_per_hessian())),
          gradient(by_turns(leaves.totals[0].gradient, leaves.totals[1].gradient)),
          hessian(by_turns(leaves.totals[0].shared_hessian(), leaves.totals[1].shared_hessian())),
          min_rows(by_turns(limits.min_rows, limits.min_rows)),
          max_rows(by_turns(leaves.totals[0].rows, leaves.totals[1].rows) - min_rows),
          min_hessian(by_turns(limits.min_hessian, limits.min_hessian)),
          lambda_l1(by_turns(limits.lambda_l1, limits.lambda_l1)),
          lambda_l2(by_turns(limits.lambda_l2, limits.lambda_l2)) {}

    real_lanes rows_per_hessian, gradient, hessian, min_rows, max_rows, min_hessian, lambda_l1,
        lambda_l2;
  };

  /// The greatest of the lanes of the same leaf, in all of them.
  template <std::size_t... I>
  static real_lanes greatest_of_leaf(real_lanes v, std::index_sequence<I...> /*lanes*/) {
    for (std::size_t step = 2; step < lane_count<double>; step *= 2) {
      real_lanes const other =
          step == 2 ? __builtin_shufflevector(v, v, (I ^ 2U) % lane_count<double>...)
                    : __builtin_shufflevector(v, v, (I ^ 4U) % lane_count<double>...);
      v = select(greater(other, v), other, v);
    }
    return v;
  }

  /// The best thresholds of a pass so far. A gain above `least` is greater for sure than all of the
  /// leaf's, in whichever column; one below `most` is not.
  struct pass_best {
    explicit pass_best(real_lanes gain_to_beat)
        : sure(gain_to_beat * (1 + margin)), least(sure), most(gain_to_beat * (1 - margin)) {}

    void take(lane_mask near, real_lanes gain, real_lanes g, real_lanes h, real_lanes at) {
      using all = std::make_index_sequence<lane_count<double>>;
      lane_mask const better = near & greater(gain, least);
      real_lanes const before = least;
      least = greatest_of_leaf(select(better, gain * (1 + margin), least), all{});
      most = greatest_of_leaf(select(better, gain * (1 - margin), most), all{});
      unsure = ((unsure & ~greater(least, before)) | (near & ~better)) & ~better;
      gradient = select(better, g, gradient);
      hessian = select(better, h, hessian);
      bin = select(better, at, bin);
      found = found | better;
    }

    static constexpr double margin = 4e-15;  // more than the rounding errors of two gains
    real_lanes sure;                         // a gain that is worth a split
    real_lanes least;
    real_lanes most;
    real_lanes gradient{};
    real_lanes hessian{};
    real_lanes bin{};
    lane_mask found{};       // something in these
    lane_mask unsure{};      // perhaps something better
    lane_mask tried{};       // a threshold was allowed
    lane_mask splittable{};  // one was worth a split
  };

  /// Leaves the best of the pass from the right in `results`. Returns where that is not sure.
  template <bool Shrunken>
  lane_mask scan(column_group const& group,
                 searched_pair const& leaves,
                 group_result& results) const {
    using all = std::make_index_sequence<lane_count<double>>;
    pass_totals const total(leaves, limits_);
    pass_best best(by_turns(leaves.totals[0].gain_to_beat, leaves.totals[1].gain_to_beat));
    real_lanes g{};
    real_lanes h = real_lanes{} + boosting_epsilon;
    real_lanes rows{};
    lane_mask ended = greater(total.min_rows, total.max_rows) | idle(group, leaves);
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
      rows += truncated(rounded_lanes(real_lanes(bin_h * total.rows_per_hessian)) + 0.5);
      real_lanes const other_h = total.hessian - h;
      lane_mask const enough = not_less(rows, total.min_rows) & not_less(h, total.min_hessian);
      lane_mask const enough_left =
          not_less(total.max_rows, rows) & not_less(other_h, total.min_hessian);
      ended = ended | (enough & ~enough_left);
      if (!any(~ended)) break;
      // (That no lane has anything to try is too hard to guess for a branch.) An empty bin's
      // threshold has the gain of its neighbour, which was met before and wins.
      lane_mask const tried = enough & ~ended & (not_zero(bin_g) | not_zero(bin_h));
      real_lanes const d = h + total.lambda_l2;
      real_lanes const e = other_h + total.lambda_l2;
      real_lanes const over = squared_size<Shrunken>(g, total.lambda_l1) * e +
                              squared_size<Shrunken>(total.gradient - g, total.lambda_l1) * d;
      real_lanes const under = d * e;
      best.tried = best.tried | tried;
      best.splittable = best.splittable | (tried & greater(over, best.sure * under));
      lane_mask const near = tried & not_less(over, best.most * under);
      if (any(near)) best.take(near, over / under, g, h, bin);  // one time out of five
    }
    write(group, leaves, best, results);
    return best.unsure | (best.tried & ~best.splittable);
  }

  void write(column_group const& group,
             searched_pair const& leaves,
             pass_best const& best,
             group_result& results) const {
    for (std::size_t i = 0; i < 2 * group.columns; ++i) {
      auto& result = results[i / 2][i % 2];
      result = {};
      result.splittable = holds(best.splittable, i);
      if (!holds(best.found, i)) continue;
      auto const& leaf = leaves.totals[i % 2];
      double const g = best.gradient[i];
      double const h = best.hessian[i];
      split_candidate const split{.bin = static_cast<std::int32_t>(best.bin[i])};
      result.offer(leaf, split_gain(g, h, leaf, limits_), split, g, h);
      auto const& shape = group.shape[i / 2];
      if (shape.missing && !shape.two_passes()) result.best.missing_left = false;
    }
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
