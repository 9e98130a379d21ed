// SPDX-License-Identifier: Apache-2.0
/// @file
/// Grows one tree after the other, best leaf first, from the gradients of the rows.
#pragma once

#include <alx/learners/boosting/categorical.hpp>
#include <alx/learners/boosting/dataset.hpp>
#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/leaf_order.hpp>
#include <alx/learners/boosting/split.hpp>
#include <alx/learners/boosting/split_finder.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/learners/boosting/tree_writer.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
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
        finder_(data, parameters, team),
        tree_(data.columns_of_use(), parameters) {}

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
    return tree_.take();
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
    tree_.begin(root);
  }

  /// The leaf of the greatest gain; among equals the lowest column, then the lowest leaf.
  [[nodiscard]] std::int32_t best_leaf() const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < leaves_.size(); ++i) {
      if (goes_before(leaves_[i].best, leaves_[best].best)) best = i;
    }
    return static_cast<std::int32_t>(best);
  }

  void split(std::int32_t number) {
    auto const new_number = static_cast<std::int32_t>(leaves_.size());
    open_leaf const before = leaf(number);
    auto const categories = finder_.left_categories(before);
    index_t const left_rows = partition(before, categories);
    check_sides(before.rows, left_rows);
    auto const children = children_of(before, left_rows);
    leaf(number) = children.left;
    leaves_.push_back(children.right);
    tree_.split(number, before, left_rows, categories);
    search_children(number, new_number);
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
  tree_writer tree_;
};

}  // namespace alx::inline v0::detail
