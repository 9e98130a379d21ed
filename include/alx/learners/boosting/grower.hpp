// SPDX-License-Identifier: Apache-2.0
/// @file
/// Grows one tree after the other, best leaf first, from the gradients of the rows.
#pragma once

#include <alx/error.hpp>
#include <alx/learners/boosting/categorical.hpp>
#include <alx/learners/boosting/dataset.hpp>
#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/leaf_order.hpp>
#include <alx/learners/boosting/split.hpp>
#include <alx/learners/boosting/split_finder.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// What a fit needs for all its trees, allocated once.
class tree_grower {
 public:
  tree_grower(binned_rows const& data, boosting_parameters const& parameters, thread_team& team)
      : data_(data),
        parameters_(parameters),
        order_(data.rows(), team),
        finder_(data, parameters, team) {}

  /// A tree whose leaf values are not yet shrunken; of one leaf where nothing could be split.
  ///
  /// `total` is the sum of the gradients. It is grown on the rows (positions) in `bag`, ascending,
  /// and the columns of use whose flag in `columns` is set; none of them: on all.
  boosting_tree grow(gradient_pair const* gradients,
                     histogram_cell total,
                     std::span<std::int32_t const> bag = {},
                     std::span<std::uint8_t const> columns = {}) {
    gradients_ = gradients;
    begin_tree(total, bag, columns);
    if (leaf(0).rows >= 2 * index_t{parameters_.min_data_in_leaf}) search(0, -1);
    while (static_cast<std::int32_t>(leaves_.size()) < parameters_.num_leaves) {
      std::int32_t const chosen = best_leaf();
      if (!(leaf(chosen).best.gain > 0)) break;
      split(chosen);
    }
    return std::move(tree_);
  }

  /// The rows (positions) of a leaf of the tree grown last.
  [[nodiscard]] std::span<std::int32_t const> rows_of_leaf(index_t number) const {
    auto const& l = leaves_[static_cast<std::size_t>(number)];
    return order_.part(l.begin, l.rows);
  }

 private:
  open_leaf& leaf(std::int32_t number) { return leaves_[static_cast<std::size_t>(number)]; }

  void begin_tree(histogram_cell total,
                  std::span<std::int32_t const> bag,
                  std::span<std::uint8_t const> columns) {
    order_.begin_tree(bag);
    open_leaf root{.begin = 0, .rows = bag.empty() ? data_.rows() : std::ssize(bag)};
    root.gradient = total.gradient;
    root.hessian = total.hessian;
    leaves_.assign(1, root);
    finder_.begin_tree(root.hessian, columns);
    tree_ = {};
    reserve(tree_, static_cast<std::size_t>(parameters_.num_leaves));
    tree_.leaf_value = {output(root.gradient, root.hessian, parameters_.lambda_l2)};
    tree_.leaf_weight = {0.0};
    tree_.leaf_count = {root.rows};
  }

  [[nodiscard]] double output(double gradient, double hessian, double l2) const {
    return -shrunken(gradient, parameters_.lambda_l1) / (hessian + l2);
  }

  /// The leaf of the greatest gain; among equals the lowest column, then the lowest leaf.
  [[nodiscard]] std::int32_t best_leaf() const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < leaves_.size(); ++i) {
      auto const& a = leaves_[i].best;
      auto const& b = leaves_[best].best;
      bool const lower_column = a.gain == b.gain && a.column >= 0 && a.column < b.column;
      if (a.gain > b.gain || lower_column) best = i;
    }
    return static_cast<std::int32_t>(best);
  }

  void split(std::int32_t number) {
    auto const cut = leaf(number).best;
    auto const new_number = static_cast<std::int32_t>(leaves_.size());
    open_leaf const before = leaf(number);
    double const total_hessian = before.hessian + 2 * boosting_epsilon;
    auto const categories = finder_.left_categories(before);
    index_t const left_rows = partition(before, categories);
    if (left_rows == 0 || left_rows == before.rows) {
      throw numeric_error("gradient_boosting: a split of " + std::to_string(before.rows) +
                          " rows would leave a leaf without rows; raise min_data_in_leaf or "
                          "min_sum_hessian_in_leaf");
    }
    open_leaf left = before;
    left.rows = left_rows;
    left.gradient = cut.left_gradient;
    left.hessian = cut.left_hessian - boosting_epsilon;
    left.depth = before.depth + 1;
    left.best = {};
    open_leaf right = left;
    right.begin = before.begin + left_rows;
    right.rows = before.rows - left_rows;
    right.gradient = before.gradient - cut.left_gradient;
    double const right_hessian = total_hessian - cut.left_hessian;
    right.hessian = right_hessian - boosting_epsilon;
    leaf(number) = left;
    leaves_.push_back(right);
    record(number, cut, left, right);
    if (!categories.empty()) record_categories(tree_, data_.bins(cut.column), categories);
    double const l2 = leaf_l2(data_.bins(cut.column), parameters_);
    tree_.leaf_value[static_cast<std::size_t>(number)] =
        output(left.gradient, cut.left_hessian, l2);
    tree_.leaf_value.push_back(output(right.gradient, right_hessian, l2));
    search_children(number, new_number);
  }

  /// Writes the new node and its two leaves.
  void record(std::int32_t number,
              split_candidate const& cut,
              open_leaf const& left,
              open_leaf const& right) {
    auto const node = static_cast<std::int32_t>(tree_.nodes());
    auto const& bins = data_.bins(cut.column);
    for (auto* children : {&tree_.left_child, &tree_.right_child}) {
      std::replace(children->begin(), children->end(), ~number, node);
    }
    auto const at = static_cast<std::size_t>(number);
    double const gain = cut.gain + parameters_.min_gain_to_split;
    tree_.split_feature.push_back(data_.pool_column(cut.column));
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

  /// Orders the rows of a leaf: those that go left first, each side ascending. Returns how many do.
  index_t partition(open_leaf const& l, std::vector<std::int32_t> const& categories) {
    auto const& bins = data_.bins(l.best.column);
    goes_left_.assign(static_cast<std::size_t>(std::max(bins.bins(), 256)), 0);
    if (bins.categorical()) {
      for (auto const bin : categories) goes_left_[static_cast<std::size_t>(bin)] = 1;
    } else {
      std::fill_n(goes_left_.begin(), l.best.bin + 1, std::uint8_t{1});
      if (bins.missing) {
        goes_left_[static_cast<std::size_t>(bins.bins()) - 1] = l.best.missing_left ? 1 : 0;
      }
    }
    index_t lefts = 0;
    data_.with_column(l.best.column, [&](auto const* column) {
      lefts = order_.partition(l.begin, l.rows, column, goes_left_.data());
    });
    return lefts;
  }

  void search_children(std::int32_t left, std::int32_t right) {
    index_t const least = 2 * index_t{parameters_.min_data_in_leaf};
    bool const too_small = leaf(left).rows < least && leaf(right).rows < least;
    bool const too_deep = parameters_.max_depth > 0 && leaf(left).depth >= parameters_.max_depth;
    bool const last = static_cast<std::int32_t>(leaves_.size()) >= parameters_.num_leaves;
    if (too_small || too_deep || last) {
      finder_.release(leaf(left));
      return;
    }
    bool const left_smaller = leaf(left).rows < leaf(right).rows;
    search(left_smaller ? left : right, left_smaller ? right : left);
  }

  void search(std::int32_t smaller, std::int32_t larger) {
    auto& small = leaf(smaller);
    finder_.find(small,
                 larger < 0 ? nullptr : &leaf(larger),
                 {order_.part(small.begin, small.rows), gradients_});
  }

  binned_rows const& data_;
  boosting_parameters const& parameters_;
  gradient_pair const* gradients_ = nullptr;  // of all rows, for the tree at hand
  leaf_order order_;
  split_finder finder_;
  std::vector<open_leaf> leaves_;
  std::vector<std::uint8_t> goes_left_;  // of each bin of the column at hand
  boosting_tree tree_;
};

}  // namespace alx::inline v0::detail
