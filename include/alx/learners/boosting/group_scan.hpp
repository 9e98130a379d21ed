// SPDX-License-Identifier: Apache-2.0
/// @file
/// The best thresholds of several columns in a leaf, or in two siblings, in vector lanes.
#pragma once

#include <alx/detail/lanes.hpp>
#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/split.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace alx::inline v0::detail {

/// The columns of a group: where its cells begin in a histogram, and their shapes.
struct column_group {
  std::size_t first_column = 0;
  std::size_t first_cell = 0;
  std::int32_t bins = 0;  ///< of the column that has most
  std::size_t columns = 0;
  std::array<column_shape, group_columns> shape{};
};

/// Two siblings, the smaller first, in one group of columns. One of them may be a leaf without
/// rows, which is not searched.
struct searched_pair {
  std::array<leaf_totals, 2> totals{};
  std::array<histogram_cell*, 2> cells{};
  std::array<bool, group_columns>
      usable{};  ///< columns that may be split; the others have no cells
};

/// What was found per column and leaf: all of it where it is the leaf's best; a column that another
/// one of the group surpasses may have less than its own best, or nothing.
using group_result = std::array<std::array<column_result, 2>, group_columns>;

/// Which of the regularising terms are not zero.
enum class penalty { none, l2, l1 };

/// One pass from the last bin to the first over the cells of `Leaves` leaves: lane Leaves · column
/// + leaf.
///
/// The pass estimates how much each threshold gains, and keeps the greatest of each block of bins.
/// Then the few blocks that may hold a leaf's best are gone through again with care. Sums are the
/// specification's, bit for bit; gains are computed in another order than its. That decides all but
/// near-ties.
template <penalty Penalty, std::size_t Leaves>
class group_scan {
 public:
  static constexpr std::size_t lane_total = Leaves * group_columns;
  using numbers = lanes<double, lane_total * sizeof(double)>;
  using mask = lane_mask<numbers>;

  /// The leaves from `first` on. `noise`: more than the rounding errors of hessians add up to.
  group_scan(column_group const& group,
             searched_pair const& leaves,
             std::size_t first,
             split_limits const& limits,
             double noise)
      : group_(group),
        leaves_(leaves),
        first_(first),
        limits_(limits),
        noise_(noise),
        rows_per_hessian_(of_leaves([](leaf_totals const& l) { return l.rows_per_hessian(); })),
        gradient_(of_leaves([](leaf_totals const& l) { return l.gradient; })),
        hessian_(of_leaves([](leaf_totals const& l) { return l.shared_hessian(); })),
        both_sides_(hessian_ + 2 * limits.lambda_l2),
        min_rows_(numbers{} + (no_count + limits.min_rows)),
        max_rows_(no_count + of_leaves([&](leaf_totals const& l) {
                    return static_cast<double>(l.rows) - limits.min_rows;
                  })),
        min_hessian_(numbers{} + limits.min_hessian) {}

  /// Leaves the best thresholds in `results`, and where they are not sure.
  void find(group_result& results) {
    survey();
    if (!any(at_limit_)) decide(results);  // else thresholds may be among them that do not count
  }

 private:
  using all = std::make_index_sequence<lane_total>;

  static constexpr std::int32_t least_block = 8;
  static constexpr std::size_t most_blocks = 32;
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  static constexpr double rough = 0x1p-12;  // more than the relative error of two estimates
  static constexpr double margin = 4e-15;   // more than the rounding errors of two gains

  /// Sums of the side a pass adds bins to.
  struct right_side {
    numbers g, h, rows;
  };

  /// The best of a leaf so far. A gain above `least` is greater for sure than all that the leaf was
  /// offered, in whichever column; one below `most` is not greater than what was taken.
  struct best_so_far {
    explicit best_so_far(numbers gain) : least(gain), most(gain) {}

    void take(mask near, numbers gain, right_side const& side, numbers at) {
      mask const better = near & greater(gain, least);
      numbers const before = least;
      numbers const risen = greatest_of_leaf(select(better, gain, before), all{});
      least = greatest_of_leaf(greater_where(near, gain * (1 + margin), before), all{});
      most = greatest_of_leaf(select(better, gain * (1 - margin), most), all{});
      unsure = ((unsure & ~greater(risen, before)) | (near & ~better)) & ~better;
      gradient = select(better, side.g, gradient);
      hessian = select(better, side.h, hessian);
      bin = select(better, at, bin);
      found = found | better;
    }

    numbers least;
    numbers most;
    numbers gradient{};
    numbers hessian{};
    numbers bin{};
    mask found{};   // something in these
    mask unsure{};  // perhaps something better
  };

  [[nodiscard]] leaf_totals const& leaf_of(std::size_t lane) const {
    return leaves_.totals[first_ + lane % Leaves];
  }

  template <class F>
  numbers of_leaves(F&& number) const {
    lanes<double, Leaves * sizeof(double)> one{};
    for (std::size_t i = 0; i < Leaves; ++i) one[i] = number(leaf_of(i));
    return repeated(one, all{});
  }

  template <std::size_t... I>
  static numbers repeated(lanes<double, Leaves * sizeof(double)> v,
                          std::index_sequence<I...> /*lanes*/) {
    return __builtin_shufflevector(v, v, I % Leaves...);
  }

  /// Every other number of the cells of one bin: gradients (`From` 0) or hessians (1).
  template <std::size_t From, std::size_t... I>
  static numbers every_other(numbers a, numbers b, std::index_sequence<I...> /*lanes*/) {
    if constexpr (Leaves == 2) {
      return __builtin_shufflevector(
          a, b, (I % 2 == 0 ? I + From : 2 * group_columns + I - 1 + From)...);
    } else {
      return __builtin_shufflevector(a, b, (2 * I + From)...);
    }
  }

  static numbers greater_of(numbers a, numbers b) { return select(greater(a, b), a, b); }

  /// The greatest of the lanes of the same leaf, in all of them.
  template <std::size_t... I>
  static numbers greatest_of_leaf(numbers v, std::index_sequence<I...> /*lanes*/) {
    if constexpr (lane_total > Leaves) {
      numbers const other = __builtin_shufflevector(v, v, (I ^ Leaves)...);
      v = greater_of(other, v);
    }
    if constexpr (lane_total > 2 * Leaves) {
      numbers const other = __builtin_shufflevector(v, v, (I ^ 2 * Leaves)...);
      v = greater_of(other, v);
    }
    return v;
  }

  /// The lanes that have thresholds to try.
  [[nodiscard]] mask busy() const {
    numbers busy{};
    for (std::size_t i = 0; i < lane_total; ++i) {
      busy[i] = leaves_.usable[i / Leaves] && group_.shape[i / Leaves].bins > 1 ? 1.0 : 0.0;
    }
    return not_zero(busy) & not_less(max_rows_, min_rows_);
  }

  /// Adds a bin. Returns its gradients and hessians.
  std::pair<numbers, numbers> add(std::int32_t bin, right_side& side) const {
    auto const at = static_cast<std::size_t>(bin) * group_columns;
    auto const* const cells = leaves_.cells[first_] + at;
    auto const a = load_lanes<numbers>(cells);
    auto const b =
        load_lanes<numbers>(Leaves == 2 ? leaves_.cells[1] + at : cells + group_columns / 2);
    numbers const g = every_other<0>(a, b, all{});
    numbers const h = every_other<1>(a, b, all{});
    side.g += g;
    side.h += h;
    side.rows = add_whole_part(side.rows, rounded_lanes(numbers(h * rows_per_hessian_)) + 0.5);
    return {g, h};
  }

  /// Calls `use` with the bins of a block and the sums there; returns the sums after it.
  template <class F>
  right_side for_bins(std::size_t block, right_side side, F&& use) const {
    std::int32_t const from = group_.bins - 1 - static_cast<std::int32_t>(block) * block_;
    std::int32_t const last = std::max(from - block_, 0);
    for (std::int32_t bin = from; bin > last; --bin) {
      auto const [g, h] = add(bin, side);
      use(bin, side, g, h);
    }
    return side;
  }

  /// Where the sides are large enough for a split. `other_h`: the other side's hessian.
  [[nodiscard]] mask allowed(right_side const& side, numbers other_h) const {
    return not_less(side.rows, min_rows_) & not_less(side.h, min_hessian_) &
           not_less(max_rows_, side.rows) & not_less(other_h, min_hessian_);
  }

  [[nodiscard]] numbers regularised(numbers h) const {
    if constexpr (Penalty == penalty::none) return h;
    return h + limits_.lambda_l2;
  }

  [[nodiscard]] numbers squared_size(numbers g) const {
    if constexpr (Penalty == penalty::l1) {
      g = select(greater(numbers{}, g), -g, g) - limits_.lambda_l1;
      g = greater_of(g, numbers{});
    }
    return g * g;
  }

  /// The gain of a split, as a fraction.
  [[nodiscard]] std::pair<numbers, numbers> gain(right_side const& side, numbers other_h) const {
    numbers const d = regularised(side.h);
    numbers const e = regularised(other_h);
    return {squared_size(side.g) * e + squared_size(gradient_ - side.g) * d, d * e};
  }

  /// An estimate that grows with the gain: w² / (d e), where the gain is w² / (d e (d + e)) +
  /// gradient² / (d + e); with lambda_l1 the gain itself.
  [[nodiscard]] numbers estimate(right_side const& side, numbers other_h) const {
    if constexpr (Penalty == penalty::l1) {
      auto const [over, under] = gain(side, other_h);
      return over / under;
    }
    numbers const d = regularised(side.h);
    numbers const w = side.g * both_sides_ - gradient_ * d;
    return w * w * about_inverse(d * regularised(other_h));
  }

  void survey() {
    std::int32_t const thresholds = group_.bins - 1;
    constexpr auto most = static_cast<std::int32_t>(most_blocks);
    block_ = std::max(least_block, (thresholds + most - 1) / most);
    // Idle lanes have more rows than are allowed, whatever is in their cells.
    right_side side{numbers{},
                    numbers{} + boosting_epsilon,
                    select(busy(), numbers{} + no_count, numbers{} + infinity)};
    for (std::int32_t from = thresholds; from > 0; from -= block_) {
      begin_[blocks_] = side;
      numbers greatest = nothing();
      side = for_bins(blocks_, side, [&](std::int32_t, right_side const& now, numbers, numbers) {
        numbers const other_h = hessian_ - now.h;
        greatest = greater_where(allowed(now, other_h), estimate(now, other_h), greatest);
      });
      greatest_[blocks_] = greatest;
      of_column_ = greater_of(greatest, of_column_);
      mask const ends = not_less(max_rows_, begin_[blocks_].rows) &
                        ~not_less(hessian_ - side.h, min_hessian_ + noise_);
      if (any(ends)) at_limit_ = at_limit_ | at_limit(blocks_);
      ++blocks_;
    }
  }

  static numbers nothing() { return numbers{} - 1.0; }

  /// Where a block has a threshold that leaves the other side a hessian so close to the least that
  /// is allowed that rounding errors might lift it again: the specification's pass ends there.
  [[nodiscard]] mask at_limit(std::size_t block) const {
    mask found{};
    for_bins(block, begin_[block], [&](std::int32_t, right_side const& now, numbers, numbers) {
      numbers const above = hessian_ - now.h - min_hessian_;
      found = found | (not_less(max_rows_, now.rows) & not_less(above, numbers{} - noise_) &
                       ~not_less(above, numbers{} + noise_));
    });
    return found;
  }

  void decide(group_result& results) const {
    numbers const of_leaf = greatest_of_leaf(of_column_, all{});
    // The gain is estimate · scale + base; below `noise` estimates have lost too many digits.
    numbers scale = numbers{} + 1.0;
    numbers base{};
    numbers noise{};
    if constexpr (Penalty != penalty::l1) {
      scale = 1.0 / both_sides_;
      base = gradient_ * gradient_ * scale;
      double const least_side = limits_.min_hessian + limits_.lambda_l2;
      noise = gradient_ * gradient_ * (1e-10 + both_sides_ * (4e-21 / least_side));
    }
    numbers const to_beat = of_leaves([](leaf_totals const& l) { return l.gain_to_beat; });
    numbers const excess = of_column_ * ((1 - rough) * scale);
    mask const splittable =
        greater(excess, to_beat * (1 + 2 * margin) - base) & greater(of_column_, noise);
    mask const sure = greater(of_leaf, noise);
    numbers const bar = of_leaf * (1 - rough);
    best_so_far best((bar * scale + base) * (1 - margin));
    for (std::size_t k = 0; k < blocks_; ++k) {
      if (any(not_less(greatest_[k], bar) & sure)) go_through(k, best);
    }
    mask const tried = not_less(of_column_, numbers{});
    best.unsure = best.unsure | (tried & ~(splittable & sure));
    write(splittable, best, results);
  }

  /// Looks for the best in a block.
  void go_through(std::size_t block, best_so_far& best) const {
    auto const look = [&](std::int32_t bin, right_side const& now, numbers g, numbers h) {
      // An empty bin's threshold has the gain of its neighbour, which was met before and wins.
      numbers const other_h = hessian_ - now.h;
      mask const tried = allowed(now, other_h) & (not_zero(g) | not_zero(h));
      auto const [over, under] = gain(now, other_h);
      mask const near = tried & not_less(over, best.most * under);
      if (any(near)) best.take(near, over / under, now, numbers{} + static_cast<double>(bin - 1));
    };
    for_bins(block, begin_[block], look);
  }

  void write(mask splittable, best_so_far const& best, group_result& results) const {
    for (std::size_t i = 0; i < Leaves * group_.columns; ++i) {
      auto& result = results[i / Leaves][first_ + i % Leaves];
      result = {.best = {}, .splittable = holds(splittable, i), .sure = !holds(best.unsure, i)};
      if (!holds(best.found, i)) continue;
      double const g = best.gradient[i];
      double const h = best.hessian[i];
      split_candidate const split{.bin = static_cast<std::int32_t>(best.bin[i])};
      result.offer(leaf_of(i), split_gain(g, h, leaf_of(i), limits_), split, g, h);
      auto const& shape = group_.shape[i / Leaves];
      if (shape.missing && !shape.two_passes()) result.best.missing_left = false;
    }
  }

  column_group const& group_;
  searched_pair const& leaves_;
  std::size_t first_;
  split_limits const& limits_;
  double noise_;
  numbers rows_per_hessian_, gradient_, hessian_, both_sides_, min_rows_, max_rows_, min_hessian_;
  std::int32_t block_ = 0;  // bins
  std::size_t blocks_ = 0;
  std::array<right_side, most_blocks> begin_;
  std::array<numbers, most_blocks> greatest_;  // estimate of each block
  numbers of_column_ = nothing();              // the greatest of all
  mask at_limit_{};
};

}  // namespace alx::inline v0::detail
