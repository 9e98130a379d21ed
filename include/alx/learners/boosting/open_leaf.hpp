// SPDX-License-Identifier: Apache-2.0
/// @file
/// A leaf of a tree that grows: for CPU and GPU. (C++17: nvcc reads it.)
#pragma once

#include <alx/learners/boosting/split_arithmetic.hpp>
#include <alx/view.hpp>

#include <cstdint>

namespace alx {
inline namespace v0 {
namespace detail {

/// A leaf that may yet be split.
struct open_leaf {
  index_t begin = 0;  ///< of its rows, in the order of the leaves
  index_t rows = 0;
  double gradient = 0;
  double hessian = 0;
  std::int32_t depth = 0;
  std::int32_t histogram = -1;
  split_candidate best{};
};

/// Two leaves, and their sums of hessians with the epsilon that they began with: the values of
/// leaves are made of those.
struct leaf_pair {
  open_leaf left;
  open_leaf right;
  double left_hessian;
  double right_hessian;
};

/// What a leaf becomes that is split where it is best, `left_rows` of its rows going left. They
/// have its histogram.
ALX_HOST_DEVICE inline leaf_pair children_of(open_leaf const& leaf, index_t left_rows) {
  auto const& cut = leaf.best;
  double const right_hessian = leaf.hessian + 2 * boosting_epsilon - cut.left_hessian;
  open_leaf left = leaf;
  left.rows = left_rows;
  left.gradient = cut.left_gradient;
  left.hessian = cut.left_hessian - boosting_epsilon;
  left.depth = leaf.depth + 1;
  left.best = {};
  open_leaf right = left;
  right.begin = leaf.begin + left_rows;
  right.rows = leaf.rows - left_rows;
  right.gradient = leaf.gradient - cut.left_gradient;
  right.hessian = right_hessian - boosting_epsilon;
  return {left, right, cut.left_hessian, right_hessian};
}

ALX_HOST_DEVICE inline leaf_totals totals_of_leaf(open_leaf const& leaf,
                                                  split_limits const& limits,
                                                  double min_gain) {
  leaf_totals totals{leaf.gradient, leaf.hessian, static_cast<std::int32_t>(leaf.rows), 0};
  double const g = shrunken(leaf.gradient, limits.lambda_l1);
  totals.gain_to_beat = g * g / (totals.shared_hessian() + limits.lambda_l2) + min_gain;
  return totals;
}

/// Whether leaf `a` is to be split before leaf `b`, which has a lower number: the greater gain;
/// among equals the lower column.
ALX_HOST_DEVICE inline bool goes_before(split_candidate const& a, split_candidate const& b) {
  bool const lower_column = a.gain == b.gain && a.column >= 0 && a.column < b.column;
  return a.gain > b.gain || lower_column;
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
