// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the rounds of boosting have done for them: gradients, trees, scores. Here, on the CPU.
#pragma once

#include <alx/learners/boosting/dataset.hpp>
#include <alx/learners/boosting/early_stopping.hpp>
#include <alx/learners/boosting/grower.hpp>
#include <alx/learners/boosting/objective.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/route.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/learners/boosting/used_columns.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

/// Rows outside and inside of which a tree is grown, by position, ascending; none inside: all are.
struct bagged_rows {
  std::span<std::int32_t const> in;
  std::span<std::int32_t const> out;
};

/// Scores of the training rows, and what grows trees on their gradients. What it is made of
/// outlives it.
class cpu_engine {
 public:
  cpu_engine(used_columns const& columns,
             boosting_rows const& rows,
             boosting_loss const& loss,
             boosting_parameters const& parameters,
             thread_team& team)
      : rows_(rows),
        loss_(loss),
        team_(team),
        data_(rows.pool, rows.ids, columns, team),
        grower_(data_, parameters, team),
        scores_(rows.targets.rows() * static_cast<std::size_t>(rows.targets.sums)),
        gradients_(scores_.size()),
        totals_(static_cast<std::size_t>(rows.targets.sums)) {}

  /// All scores of sum `k` are `bias`.
  void begin(std::size_t k, double bias) { std::ranges::fill(scores_of(k), bias); }

  /// At the scores as they are.
  void find_gradients() { loss_.gradients(scores_, gradients_, totals_); }

  /// A tree for sum `k`, not yet shrunken, on the columns whose flag is set (none: all).
  boosting_tree grow(std::size_t k, bagged_rows bag, std::span<std::uint8_t const> columns) {
    gradient_pair const* const gradients = gradients_.data() + k * rows_.targets.rows();
    auto const total = bag.in.empty() ? totals_[k] : sum_of({bag.in, gradients});
    return grower_.grow(gradients, total, bag.in, columns);
  }

  /// Adds the values of the tree grown last to the scores of sum `k`.
  void add_to_scores(boosting_tree const& tree, std::size_t k, bagged_rows bag) {
    auto const scores = scores_of(k);
    for (index_t l = 0; l < tree.leaves(); ++l) {
      double const value = tree.leaf_value[static_cast<std::size_t>(l)];
      for (auto const row : grower_.rows_of_leaf(l)) {
        scores[static_cast<std::size_t>(row)] += value;
      }
    }
    auto const place = [&bag](index_t i) { return bag.out[static_cast<std::size_t>(i)]; };
    add_tree(
        tree, {rows_.pool, rows_.ids, scores}, static_cast<index_t>(bag.out.size()), place, team_);
  }

 private:
  [[nodiscard]] std::span<double> scores_of(std::size_t k) {
    std::size_t const rows = rows_.targets.rows();
    return std::span(scores_).subspan(k * rows, rows);
  }

  boosting_rows const& rows_;
  boosting_loss const& loss_;
  thread_team& team_;
  binned_rows data_;
  tree_grower grower_;
  std::vector<double> scores_;
  std::vector<gradient_pair> gradients_;
  std::vector<histogram_cell> totals_;  // of the gradients of all rows
};

}  // namespace alx::inline v0::detail
