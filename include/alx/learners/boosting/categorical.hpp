// SPDX-License-Identifier: Apache-2.0
/// @file
/// The best set of categories of one column to send left in one leaf, with LightGBM's arithmetic.
#pragma once

#include <alx/learners/boosting/binning.hpp>
#include <alx/learners/boosting/category_arithmetic.hpp>
#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/split_arithmetic.hpp>
#include <alx/learners/boosting/tree.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
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

inline category_limits category_limits_of(boosting_parameters const& parameters) {
  return {parameters.cat_l2,
          parameters.cat_smooth,
          parameters.max_cat_threshold,
          parameters.min_data_per_group};
}

/// Searches one column in one leaf; the cells of neighbouring bins are `group_columns` apart. Bin 0
/// (missing, rare, unknown) always goes right.
///
/// In the candidate, `bin` is the category's bin where each is tried alone; else the first
/// `bin + 1` categories of the ranking go left, or the last where `missing_left` is false.
class category_search {
 public:
  category_search(histogram_cell const* cells, std::int32_t bins, category_arithmetic arithmetic)
      : cells_(cells), bins_(bins), arithmetic_(arithmetic) {}

  /// Sets `splittable` to whether any set passed all tests.
  split_candidate find(bool& splittable) {
    if (arithmetic_.tried_alone()) {
      try_each();
    } else {
      auto const ranked = ranking();
      try_sets(ranked, true);
      try_sets(ranked, false);
    }
    splittable = best_.gain > arithmetic_.leaf().gain_to_beat;
    if (!splittable) return {};
    best_.gain -= arithmetic_.leaf().gain_to_beat;
    return best_;
  }

  /// The bins that go left, for a candidate found in the same leaf.
  [[nodiscard]] std::vector<std::int32_t> left_bins(split_candidate const& found) const {
    if (arithmetic_.tried_alone()) return {found.bin};
    auto ranked = ranking();
    if (!found.missing_left) std::reverse(ranked.begin(), ranked.end());
    ranked.resize(static_cast<std::size_t>(found.bin) + 1);
    return ranked;
  }

 private:
  [[nodiscard]] histogram_cell const& cell(std::int32_t bin) const {
    return cells_[static_cast<std::size_t>(bin) * group_columns];
  }

  void offer(double gain, bin_sums const& left, std::int32_t bin, bool first) {
    if (!arithmetic_.beats(gain, best_.gain)) return;
    best_ = {gain, left.gradient, left.hessian, -1, bin, first};
  }

  void try_each() {
    for (std::int32_t bin = 1; bin < bins_; ++bin) {
      arithmetic_.try_alone(
          cell(bin), [&](double gain, bin_sums const& left) { offer(gain, left, bin, true); });
    }
  }

  /// Bins of enough rows, ascending by their rank.
  [[nodiscard]] std::vector<std::int32_t> ranking() const {
    std::vector<double> rank(static_cast<std::size_t>(bins_));
    std::vector<std::int32_t> ranked;
    for (std::int32_t bin = 1; bin < bins_; ++bin) {
      if (!arithmetic_.has_enough(cell(bin))) continue;
      ranked.push_back(bin);
      rank[static_cast<std::size_t>(bin)] = arithmetic_.rank_of(cell(bin));
    }
    std::stable_sort(ranked.begin(), ranked.end(), [&](std::int32_t a, std::int32_t b) {
      return rank[static_cast<std::size_t>(a)] < rank[static_cast<std::size_t>(b)];
    });
    return ranked;
  }

  /// Sets of the first categories of the ranking, or the last.
  void try_sets(std::vector<std::int32_t> const& ranked, bool first) {
    auto const count = static_cast<std::int32_t>(ranked.size());
    arithmetic_.try_sets(
        count,
        [&](std::int32_t i) -> histogram_cell const& {
          return cell(ranked[static_cast<std::size_t>(first ? i : count - 1 - i)]);
        },
        [&](double gain, bin_sums const& left, std::int32_t i) { offer(gain, left, i, first); });
  }

  histogram_cell const* cells_;
  std::int32_t bins_;
  category_arithmetic arithmetic_;
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
