// SPDX-License-Identifier: Apache-2.0
/// @file
/// A boosted model as LightGBM's text format has it, field by field.
#pragma once

#include <alx/view.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alx::inline v0 {

/// What a node does with a missing value.
enum class missing_values : std::uint8_t {
  none = 0,  ///< there are none: NaN counts as 0
  zero = 1,  ///< 0 and NaN go where `default_left` says
  nan = 2,   ///< NaN goes where `default_left` says
};

/// One tree. Node 0 is the root; a child ≥ 0 is a node, any other the leaf `~child`. With one leaf
/// there are no nodes.
struct boosting_tree {
  std::vector<std::int32_t> split_feature;  ///< column
  std::vector<double> split_gain;
  std::vector<double> threshold;  ///< values up to it go left; categorical: which set of categories
  std::vector<std::int32_t> decision_type;  ///< bit 0: categorical, 1: default left, 2–3: missing
  std::vector<std::int32_t> left_child;
  std::vector<std::int32_t> right_child;
  std::vector<double> leaf_value;
  std::vector<double> leaf_weight;  ///< sums of hessians; none in a tree of one leaf
  std::vector<std::int64_t> leaf_count;
  std::vector<double> internal_value;
  std::vector<double> internal_weight;
  std::vector<std::int64_t> internal_count;
  std::vector<std::int32_t> cat_boundaries;  ///< words of set i: from [i] up to [i + 1]
  std::vector<std::uint32_t> cat_threshold;  ///< one bit a category that goes left
  double shrinkage = 1;

  [[nodiscard]] index_t leaves() const { return static_cast<index_t>(leaf_value.size()); }

  [[nodiscard]] index_t nodes() const { return static_cast<index_t>(threshold.size()); }

  /// Sets of categories that nodes ask for.
  [[nodiscard]] index_t category_sets() const {
    return cat_boundaries.empty() ? 0 : static_cast<index_t>(cat_boundaries.size()) - 1;
  }

  [[nodiscard]] bool categorical(std::size_t node) const {
    return (static_cast<std::uint32_t>(decision_type[node]) & 1U) != 0;
  }

  [[nodiscard]] bool default_left(std::size_t node) const {
    return (static_cast<std::uint32_t>(decision_type[node]) & 2U) != 0;
  }

  [[nodiscard]] missing_values missing(std::size_t node) const {
    return static_cast<missing_values>((static_cast<std::uint32_t>(decision_type[node]) >> 2U) &
                                       3U);
  }
};

namespace detail {

inline void reserve(boosting_tree& tree, std::size_t leaves) {
  for (auto* values :
       {&tree.split_feature, &tree.decision_type, &tree.left_child, &tree.right_child}) {
    values->reserve(leaves);
  }
  for (auto* values : {&tree.split_gain,
                       &tree.threshold,
                       &tree.leaf_value,
                       &tree.leaf_weight,
                       &tree.internal_value,
                       &tree.internal_weight}) {
    values->reserve(leaves);
  }
  for (auto* values : {&tree.leaf_count, &tree.internal_count}) values->reserve(leaves);
}

}  // namespace detail

/// What the sum of the trees means.
enum class boosting_objective : std::uint8_t {
  binary,      ///< log odds of class 1
  multiclass,  ///< one sum a class, turned into probabilities by softmax
  regression,  ///< the value itself
};

namespace detail {

/// What LightGBM calls it.
[[nodiscard]] constexpr std::string_view name_of(boosting_objective objective) {
  switch (objective) {
    case boosting_objective::multiclass:
      return "multiclass";
    case boosting_objective::regression:
      return "regression";
    default:
      return "binary";
  }
}

}  // namespace detail

/// Trees whose values are added up, and what is known of the columns they ask for.
struct boosting_model {
  boosting_objective objective = boosting_objective::binary;
  std::int32_t num_class = 1;  ///< sums a row; tree i adds to sum i mod num_class
  std::vector<std::string> feature_names;
  std::vector<std::string> feature_infos;  ///< `[least:greatest]`, categories between `:`, or
                                           ///< `none`: not used
  std::string version = "v4";
  std::string label_index = "0";
  std::string monotone_constraints;  ///< of a model that was read; empty: none
  double sigmoid = 1;                ///< p = 1 / (1 + exp(-sigmoid · sum))
  std::vector<boosting_tree> trees;
  std::string parameters;  ///< what it was trained with, one `[name: value]` a line
  /// What LightGBM's Python package notes about tables of pandas: a JSON list of the categories of
  /// each categorical column, in their order. Empty: nothing is noted.
  std::string pandas_categorical;

  [[nodiscard]] index_t features() const { return static_cast<index_t>(feature_names.size()); }
};

namespace detail {

/// The categories that go left at a node, one bit each.
inline std::span<std::uint32_t const> category_set(boosting_tree const& tree, std::size_t node) {
  auto const set = static_cast<std::size_t>(tree.threshold[node]);
  auto const first = static_cast<std::size_t>(tree.cat_boundaries[set]);
  auto const last = static_cast<std::size_t>(tree.cat_boundaries[set + 1]);
  return std::span(tree.cat_threshold).subspan(first, last - first);
}

}  // namespace detail

}  // namespace alx::inline v0
