// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sends rows through one tree while a model is trained: rows outside the bag, validation rows.
#pragma once

#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace alx::inline v0::detail {

/// Whether a value's category is in the node's set. Missing and negative ones are in none.
inline bool in_category_set(boosting_tree const& tree, std::size_t node, double value) {
  std::int32_t const category = std::isnan(value) ? -1 : to_int32(value);
  if (category < 0) return false;
  auto const set = category_set(tree, node);
  auto const word = static_cast<std::size_t>(category) / 32;
  return word < set.size() && (set[word] >> (static_cast<unsigned>(category) % 32U) & 1U) != 0;
}

/// The value of the leaf that row `row` of the pool reaches. Trees just trained have no zero that
/// counts as missing.
inline double tree_value(boosting_tree const& tree, matrix_view<double const> pool, index_t row) {
  std::int32_t at = tree.nodes() == 0 ? ~0 : 0;
  while (at >= 0) {
    auto const node = static_cast<std::size_t>(at);
    double const value = pool(row, tree.split_feature[node]);
    bool left = false;
    if (tree.categorical(node)) {
      left = in_category_set(tree, node, value);
    } else if (!std::isnan(value)) {
      left = value <= tree.threshold[node];
    } else {
      left = tree.missing(node) == missing_values::nan ? tree.default_left(node)
                                                       : 0.0 <= tree.threshold[node];
    }
    at = left ? tree.left_child[node] : tree.right_child[node];
  }
  std::int32_t const leaf = ~at;
  return tree.leaf_value[static_cast<std::size_t>(leaf)];
}

/// Rows of a pool, each with a score to be added to.
struct pool_scores {
  matrix_view<double const> pool;
  std::span<index_t const> ids;  ///< one a score
  std::span<double> scores;
};

/// Adds the tree's value to the scores at the places place(0), … , place(count - 1).
template <class F>
void add_tree(boosting_tree const& tree,
              pool_scores const& rows,
              index_t count,
              F&& place,
              thread_team& team) {
  constexpr index_t rows_a_chunk = 4096;
  team.for_each_chunk((count + rows_a_chunk - 1) / rows_a_chunk, [&](index_t chunk) {
    index_t const end = std::min(count, (chunk + 1) * rows_a_chunk);
    for (index_t i = chunk * rows_a_chunk; i < end; ++i) {
      auto const at = static_cast<std::size_t>(place(i));
      rows.scores[at] += tree_value(tree, rows.pool, rows.ids[at]);
    }
  });
}

}  // namespace alx::inline v0::detail
