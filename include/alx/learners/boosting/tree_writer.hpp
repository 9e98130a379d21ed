// SPDX-License-Identifier: Apache-2.0
/// @file
/// Writes down a tree while it grows, split by split.
#pragma once

#include <alx/error.hpp>
#include <alx/learners/boosting/categorical.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/open_leaf.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/split_arithmetic.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/learners/boosting/used_columns.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// **Throws.** `numeric_error` where all rows of a leaf went to one side.
inline void check_sides(index_t rows, index_t left_rows) {
  if (left_rows != 0 && left_rows != rows) return;
  throw numeric_error("gradient_boosting: a split of " + std::to_string(rows) +
                      " rows would leave a leaf without rows; raise min_data_in_leaf or "
                      "min_sum_hessian_in_leaf");
}

/// Leaf values are not yet shrunken.
class tree_writer {
 public:
  tree_writer(used_columns const& columns, boosting_parameters const& parameters)
      : columns_(columns), parameters_(parameters) {}

  /// A tree of one leaf.
  void begin(open_leaf const& root) {
    tree_ = {};
    reserve(tree_, static_cast<std::size_t>(parameters_.num_leaves));
    tree_.leaf_value = {output(root.gradient, root.hessian, parameters_.lambda_l2)};
    tree_.leaf_weight = {0.0};
    tree_.leaf_count = {root.rows};
  }

  /// Leaf `number`, `before` it is split where it is best, becomes a node; its left child, of
  /// `left_rows`, has its number and its right child the next one. `categories`: the bins that go
  /// left; none for a split at a threshold.
  void split(std::int32_t number,
             open_leaf const& before,
             index_t left_rows,
             std::vector<std::int32_t> const& categories) {
    auto const& cut = before.best;
    auto const& bins = columns_.bins(cut.column);
    auto const children = children_of(before, left_rows);
    record(number, cut, children);
    if (!categories.empty()) record_categories(tree_, bins, categories);
    double const l2 = leaf_l2(bins, parameters_);
    tree_.leaf_value[static_cast<std::size_t>(number)] =
        output(children.left.gradient, children.left_hessian, l2);
    tree_.leaf_value.push_back(output(children.right.gradient, children.right_hessian, l2));
  }

  [[nodiscard]] boosting_tree take() { return std::move(tree_); }

 private:
  [[nodiscard]] double output(double gradient, double hessian, double l2) const {
    return leaf_output(gradient, hessian, parameters_.lambda_l1, l2);
  }

  /// The new node and its two leaves.
  void record(std::int32_t number, split_candidate const& cut, leaf_pair const& children) {
    auto const& left = children.left;
    auto const& right = children.right;
    auto const node = static_cast<std::int32_t>(tree_.nodes());
    auto const& bins = columns_.bins(cut.column);
    for (auto* nodes : {&tree_.left_child, &tree_.right_child}) {
      std::replace(nodes->begin(), nodes->end(), ~number, node);
    }
    auto const at = static_cast<std::size_t>(number);
    double const gain = cut.gain + parameters_.min_gain_to_split;
    tree_.split_feature.push_back(columns_.pool_column(cut.column));
    tree_.split_gain.push_back(static_cast<double>(static_cast<float>(gain)));
    tree_.threshold.push_back(bins.categorical() ? 0
                                                 : bins.upper[static_cast<std::size_t>(cut.bin)]);
    std::int32_t const kind = bins.categorical() ? 1 : cut.missing_left ? 2 : 0;
    tree_.decision_type.push_back(kind + (bins.missing ? 8 : 0));
    tree_.left_child.push_back(~number);
    tree_.right_child.push_back(~static_cast<std::int32_t>(tree_.leaves()));
    tree_.internal_value.push_back(tree_.leaf_value[at]);
    tree_.internal_weight.push_back(left.hessian + right.hessian);
    tree_.internal_count.push_back(left.rows + right.rows);
    tree_.leaf_weight[at] = left.hessian;
    tree_.leaf_weight.push_back(right.hessian);
    tree_.leaf_count[at] = left.rows;
    tree_.leaf_count.push_back(right.rows);
  }

  used_columns const& columns_;
  boosting_parameters const& parameters_;
  boosting_tree tree_;
};

}  // namespace alx::inline v0::detail
