// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sends rows through all trees of a model, several at a time.
#pragma once

#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace alx::inline v0::detail {

/// The trees laid out for walking: siblings beside each other, level by level, a leaf its own
/// child. A step is a compare and an addition, without a branch to guess.
class flat_forest {
 public:
  flat_forest() = default;

  explicit flat_forest(boosting_model const& model) {
    for (auto const& tree : model.trees) add(tree);
  }

  [[nodiscard]] index_t trees() const { return static_cast<index_t>(first_node_.size()); }

  /// Calls `use(row, tree, node)` with the leaf node of every row and tree; a row's trees come in
  /// order. `rows` are contiguous in each row.
  template <class F>
  void visit(matrix_view<double const> rows, F&& use) const {
    bool const careful = zero_is_missing_ || has_nan(rows);
    for (std::size_t t = 0; t < first_node_.size(); ++t) {
      if (careful) {
        walk_rows<true>(rows, t, use);
      } else {
        walk_rows<false>(rows, t, use);
      }
    }
  }

  [[nodiscard]] double value(std::int32_t node) const {
    return value_[static_cast<std::size_t>(node)];
  }

  /// The number, in its tree, of the leaf at a node.
  [[nodiscard]] std::int32_t leaf(std::int32_t node) const {
    return leaf_[static_cast<std::size_t>(node)];
  }

 private:
  static constexpr index_t lanes = 8;  // rows that walk together

  struct flat_node {
    double threshold;
    std::int32_t feature;
    std::int32_t left;  ///< the right child comes after it
  };

  /// Where a value goes that is no ordinary number at a node.
  struct missing_rule {
    bool nan_left;
    bool zero_apart;  ///< zeros go where NaN goes
  };

  static bool has_nan(matrix_view<double const> rows) {
    for (index_t r = 0; r < rows.rows; ++r) {
      bool found = false;
      double const* const row = rows.data + r * rows.row_stride;
      for (index_t c = 0; c < rows.cols; ++c) found |= row[c] != row[c];
      if (found) return true;
    }
    return false;
  }

  void add(boosting_tree const& tree) {
    auto const first = static_cast<std::int32_t>(nodes_.size());
    first_node_.push_back(first);
    std::vector<std::int32_t> child{tree.leaves() == 1 ? ~0 : 0};  // level by level
    for (std::size_t i = 0; i < child.size(); ++i) {
      if (child[i] < 0) {
        add_leaf(tree, ~child[i], first + static_cast<std::int32_t>(i));
        continue;
      }
      auto const at = static_cast<std::size_t>(child[i]);
      nodes_.push_back({tree.threshold[at],
                        tree.split_feature[at],
                        first + static_cast<std::int32_t>(child.size())});
      value_.push_back(0);
      leaf_.push_back(-1);
      auto const missing = tree.missing(at);
      bool const as_zero = missing == missing_values::none;
      missing_.push_back({as_zero ? 0.0 <= tree.threshold[at] : tree.default_left(at),
                          missing == missing_values::zero});
      zero_is_missing_ = zero_is_missing_ || missing == missing_values::zero;
      child.push_back(tree.left_child[at]);
      child.push_back(tree.right_child[at]);
    }
  }

  void add_leaf(boosting_tree const& tree, std::int32_t number, std::int32_t itself) {
    nodes_.push_back({std::numeric_limits<double>::infinity(), 0, itself});
    missing_.push_back({true, false});
    value_.push_back(tree.leaf_value[static_cast<std::size_t>(number)]);
    leaf_.push_back(number);
  }

  template <bool Careful>
  [[nodiscard]] std::int32_t step(std::int32_t at, double const* row) const {
    flat_node const& node = nodes_[static_cast<std::size_t>(at)];
    double const x = row[node.feature];
    bool left = x <= node.threshold;
    if constexpr (Careful) {
      missing_rule const rule = missing_[static_cast<std::size_t>(at)];
      bool const apart = (x != x) | (rule.zero_apart & counts_as_zero(x));
      left = apart ? rule.nan_left : left;
    }
    return node.left + (left ? 0 : 1);
  }

  template <bool Careful, class F>
  void walk_rows(matrix_view<double const> rows, std::size_t tree, F& use) const {
    std::int32_t const root = first_node_[tree];
    auto const number = static_cast<index_t>(tree);
    index_t r = 0;
    for (; r + lanes <= rows.rows; r += lanes) {
      double const* const first = rows.data + r * rows.row_stride;
      std::array<std::int32_t, lanes> at{};
      at.fill(root);
      std::int32_t moved = 0;
      do {
        moved = 0;
        for (std::size_t i = 0; i < at.size(); ++i) {
          auto const* const row = first + static_cast<index_t>(i) * rows.row_stride;
          std::int32_t const next = step<Careful>(at[i], row);
          moved |= next ^ at[i];
          at[i] = next;
        }
      } while (moved != 0);
      for (std::size_t i = 0; i < at.size(); ++i) use(r + static_cast<index_t>(i), number, at[i]);
    }
    for (; r < rows.rows; ++r) {
      double const* const row = rows.data + r * rows.row_stride;
      std::int32_t at = root;
      for (auto next = step<Careful>(at, row); next != at; next = step<Careful>(at, row)) at = next;
      use(r, number, at);
    }
  }

  std::vector<flat_node> nodes_;
  std::vector<missing_rule> missing_;
  std::vector<double> value_;
  std::vector<std::int32_t> leaf_;
  std::vector<std::int32_t> first_node_;
  bool zero_is_missing_ = false;
};

}  // namespace alx::inline v0::detail
