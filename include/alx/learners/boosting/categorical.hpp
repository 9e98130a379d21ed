// SPDX-License-Identifier: Apache-2.0
/// @file
/// The best set of categories of one column to send left in one leaf, with LightGBM's arithmetic.
#pragma once

#include <alx/learners/boosting/binning.hpp>
#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/split.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/rounding.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace alx::inline v0::detail {

/// Few categories are tried one by one; more are ranked, and sets of the first or the last tried.
inline bool tried_alone(feature_bins const& bins, boosting_parameters const& parameters) {
  return bins.bins() <= parameters.max_cat_to_onehot;
}

/// The l2 of the leaves that a split of this column makes.
inline double leaf_l2(feature_bins const& bins, boosting_parameters const& parameters) {
  bool const ranked = bins.categorical() && !tried_alone(bins, parameters);
  return parameters.lambda_l2 + (ranked ? parameters.cat_l2 : 0.0);
}

/// Searches one column in one leaf; the cells of neighbouring bins are `group_columns` apart. Bin 0
/// (missing, rare, unknown) always goes right.
///
/// In the candidate, `bin` is the category's bin where each is tried alone; else the first
/// `bin + 1` categories of the ranking go left, or the last where `missing_left` is false.
class category_search {
 public:
  category_search(histogram_cell const* cells,
                  feature_bins const& bins,
                  leaf_totals const& leaf,
                  boosting_parameters const& parameters)
      : cells_(cells),
        bins_(bins),
        leaf_(leaf),
        parameters_(parameters),
        rows_per_hessian_(leaf.rows_per_hessian()),
        l2_(leaf_l2(bins, parameters)) {}

  /// Sets `splittable` to whether any set passed all tests.
  split_candidate find(bool& splittable) {
    if (tried_alone(bins_, parameters_)) {
      try_each();
    } else {
      auto const ranked = ranking();
      try_sets(ranked, true);
      try_sets(ranked, false);
    }
    splittable = best_.gain > leaf_.gain_to_beat;
    if (!splittable) return {};
    best_.gain -= leaf_.gain_to_beat;
    return best_;
  }

  /// The bins that go left, for a candidate found in the same leaf.
  [[nodiscard]] std::vector<std::int32_t> left_bins(split_candidate const& found) const {
    if (tried_alone(bins_, parameters_)) return {found.bin};
    auto ranked = ranking();
    if (!found.missing_left) std::reverse(ranked.begin(), ranked.end());
    ranked.resize(static_cast<std::size_t>(found.bin) + 1);
    return ranked;
  }

 private:
  [[nodiscard]] histogram_cell const& cell(std::int32_t bin) const {
    return cells_[static_cast<std::size_t>(bin) * group_columns];
  }

  [[nodiscard]] std::int32_t rows_of(std::int32_t bin) const {
    return to_int32(rounded(cell(bin).hessian * rows_per_hessian_) + 0.5);
  }

  [[nodiscard]] double gain(double gradient, double hessian) const {
    double const g = shrunken(gradient, parameters_.lambda_l1);
    return g * g / (hessian + l2_);
  }

  void offer(double gain, histogram_cell left, std::int32_t bin, bool first) {
    if (!(gain > leaf_.gain_to_beat && gain > best_.gain)) return;
    best_ = {gain, left.gradient, left.hessian, -1, bin, first};
  }

  void try_each() {
    for (std::int32_t bin = 1; bin < bins_.bins(); ++bin) {
      auto const [gradient, hessian] = cell(bin);
      std::int32_t const rows = rows_of(bin);
      if (rows < parameters_.min_data_in_leaf) continue;
      if (hessian < parameters_.min_sum_hessian_in_leaf) continue;
      if (wrapping_difference(leaf_.rows, rows) < parameters_.min_data_in_leaf) continue;
      double const other_hessian = leaf_.shared_hessian() - hessian - boosting_epsilon;
      if (other_hessian < parameters_.min_sum_hessian_in_leaf) continue;
      double const own = hessian + boosting_epsilon;
      double const total = gain(leaf_.gradient - gradient, other_hessian) + gain(gradient, own);
      offer(total, {gradient, own}, bin, true);
    }
  }

  /// Bins of enough rows, ascending by their (damped) mean gradient.
  [[nodiscard]] std::vector<std::int32_t> ranking() const {
    std::vector<double> rank(static_cast<std::size_t>(bins_.bins()));
    std::vector<std::int32_t> ranked;
    for (std::int32_t bin = 1; bin < bins_.bins(); ++bin) {
      if (static_cast<double>(rows_of(bin)) < parameters_.cat_smooth) continue;
      ranked.push_back(bin);
      rank[static_cast<std::size_t>(bin)] =
          cell(bin).gradient / (cell(bin).hessian + parameters_.cat_smooth);
    }
    std::stable_sort(ranked.begin(), ranked.end(), [&](std::int32_t a, std::int32_t b) {
      return rank[static_cast<std::size_t>(a)] < rank[static_cast<std::size_t>(b)];
    });
    return ranked;
  }

  /// Sets of the first categories of the ranking, or the last.
  void try_sets(std::vector<std::int32_t> const& ranked, bool first) {
    auto const count = static_cast<std::int32_t>(ranked.size());
    std::int32_t const most = std::min(parameters_.max_cat_threshold, (count + 1) / 2);
    histogram_cell left{0.0, boosting_epsilon};
    std::int32_t rows = 0;
    std::int32_t rows_of_group = 0;
    for (std::int32_t i = 0; i < most; ++i) {
      std::int32_t const bin = ranked[static_cast<std::size_t>(first ? i : count - 1 - i)];
      left.gradient += cell(bin).gradient;
      left.hessian += cell(bin).hessian;
      rows = wrapping_sum(rows, rows_of(bin));
      rows_of_group = wrapping_sum(rows_of_group, rows_of(bin));
      if (rows < parameters_.min_data_in_leaf) continue;
      if (left.hessian < parameters_.min_sum_hessian_in_leaf) continue;
      std::int32_t const others = wrapping_difference(leaf_.rows, rows);
      if (others < std::max(parameters_.min_data_in_leaf, parameters_.min_data_per_group)) break;
      double const other_hessian = leaf_.shared_hessian() - left.hessian;
      if (other_hessian < parameters_.min_sum_hessian_in_leaf) break;
      if (rows_of_group < parameters_.min_data_per_group) continue;
      rows_of_group = 0;
      double const total =
          gain(left.gradient, left.hessian) + gain(leaf_.gradient - left.gradient, other_hessian);
      offer(total, left, i, first);
    }
  }

  histogram_cell const* cells_;
  feature_bins const& bins_;
  leaf_totals const& leaf_;
  boosting_parameters const& parameters_;
  double rows_per_hessian_;
  double l2_;
  split_candidate best_;
};

/// Writes the set of categories of the node recorded last.
inline void record_categories(boosting_tree& tree,
                              feature_bins const& bins,
                              std::vector<std::int32_t> const& left_bins) {
  if (tree.cat_boundaries.empty()) tree.cat_boundaries.push_back(0);
  tree.threshold.back() = static_cast<double>(tree.cat_boundaries.size() - 1);
  std::size_t const begin = tree.cat_threshold.size();
  for (auto const bin : left_bins) {
    auto const category =
        static_cast<std::uint32_t>(bins.categories[static_cast<std::size_t>(bin)]);
    std::size_t const word = begin + category / 32;
    if (word >= tree.cat_threshold.size()) tree.cat_threshold.resize(word + 1);
    tree.cat_threshold[word] |= std::uint32_t{1} << category % 32;
  }
  tree.cat_boundaries.push_back(static_cast<std::int32_t>(tree.cat_threshold.size()));
}

}  // namespace alx::inline v0::detail
