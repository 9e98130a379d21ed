// SPDX-License-Identifier: Apache-2.0
/// @file
/// A model's trees, laid out for a GPU.
#pragma once

#include <alx/learners/boosting/on_gpu.hpp>
#include <alx/learners/boosting/tree.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace alx::inline v0::detail {

/// Node `at` of a tree; `sets` gets its set of categories.
inline gpu_node node_for_gpu(boosting_tree const& tree,
                             std::size_t at,
                             std::vector<std::uint32_t>& sets) {
  auto const missing = tree.missing(at);
  bool const as_zero = missing == missing_values::none;
  gpu_node node{tree.threshold[at],
                tree.split_feature[at],
                tree.left_child[at],
                tree.right_child[at],
                0,
                0,
                as_zero ? 0.0 <= tree.threshold[at] : tree.default_left(at),
                missing == missing_values::zero};
  if (!tree.categorical(at)) return node;
  auto const set = category_set(tree, at);
  node.set_first = static_cast<std::int32_t>(sets.size());
  node.set_words = static_cast<std::int32_t>(set.size());
  sets.insert(sets.end(), set.begin(), set.end());
  if (!set.empty()) return node;
  node.set_words = 1;  // in which there is no category
  sets.push_back(0);
  return node;
}

inline gpu_forest forest_for_gpu(boosting_model const& model) {
  gpu_forest forest;
  forest.sums = model.num_class;
  forest.first_node.push_back(0);
  for (auto const& tree : model.trees) {
    forest.first_leaf.push_back(static_cast<std::int32_t>(forest.leaf_values.size()));
    auto const nodes = static_cast<std::size_t>(tree.nodes());
    for (std::size_t at = 0; at < nodes; ++at) {
      forest.nodes.push_back(node_for_gpu(tree, at, forest.sets));
    }
    forest.leaf_values.insert(
        forest.leaf_values.end(), tree.leaf_value.begin(), tree.leaf_value.end());
    forest.first_node.push_back(static_cast<std::int32_t>(forest.nodes.size()));
  }
  return forest;
}

}  // namespace alx::inline v0::detail
