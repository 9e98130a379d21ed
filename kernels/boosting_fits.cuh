// SPDX-License-Identifier: Apache-2.0
/// @file
/// Many small models in one launch: a block fits a model from its features to its last tree.
///
/// Blocks take models by turns, each with memory of its own to work in; nothing goes to the host
/// between trees. A model of a thousand rows is no faster so than on a CPU; hundreds of them at
/// once are.
#pragma once

#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/split_arithmetic.hpp>

#include "boosting.cuh"
#include "boosting_rows.cuh"
#include "boosting_tree.cuh"
#include "device.cuh"
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace kernels {

/// What came of a tree: the number of its splits, -1: it was not asked for.
struct fitted_tree {
  histogram_cell total;
  int splits;
};

/// One model: its rows, and where its trees go.
struct fit_problem {
  matrix_view<double const, device> features;
  bin_bounds bounds;
  target_rows targets;  ///< without scores and gradients: the block has them
  double const* bias;   ///< of each sum
  std::uint8_t const* trains;
  int columns;
  index_t cells;
  int set_words;
  fitted_tree* trees;  ///< of each iteration the sums
  boosting_split* splits;
  unsigned* split_sets;
};

/// What all models have in common.
struct fit_options {
  split_limits limits;
  category_limits categories;
  double min_gain;
  int num_leaves;
  int max_depth;
  int iterations;
  double learning_rate;
};

/// The largest of each over the models: what a block needs room for.
struct fit_sizes {
  index_t rows;
  index_t scores;  ///< rows × sums
  index_t sums;
  index_t stride;
  index_t columns;
  index_t cells;
  index_t set_words;
  index_t num_leaves;
};

/// Gives one part of a piece of memory after the other.
struct memory_cutter {
  std::uintptr_t begin;
  index_t used;

  template <class T>
  __host__ __device__ void operator()(T*& part, index_t count) {
    part = reinterpret_cast<T*>(begin + static_cast<std::uintptr_t>(used));
    used += (count * static_cast<index_t>(sizeof(T)) + 15) / 16 * 16;
  }
};

/// A block's own memory, cut from one piece.
template <class Bin>
struct fit_room {
  double* scores;
  gradient_pair* gradients;
  gradient_range* range;
  sum_units* units;
  double* leaf_values;
  Bin* bins;
  tree_problem<Bin> tree;

  /// Calls `take(pointer, count)` for every part.
  __host__ __device__ void for_each(fit_sizes const& s, memory_cutter& take) {
    take(tree.histograms, s.num_leaves * s.cells);
    take(scores, s.scores);
    take(leaf_values, s.num_leaves);
    take(units, s.sums);
    take(tree.sums, s.cells);
    take(tree.leaves, s.num_leaves);
    take(tree.results, 2 * s.columns);
    take(tree.ranked, s.set_words > 0 ? 2 * s.cells : 0);
    take(tree.state, index_t{1});
    take(gradients, s.scores);
    take(range, s.sums);
    take(tree.rows[0], s.rows);
    take(tree.rows[1], s.rows);
    take(tree.result_sets, 2 * s.columns * s.set_words);
    take(tree.leaf_sets, s.num_leaves * s.set_words);
    take(bins, s.rows * s.stride);
    take(tree.splittable, s.num_leaves * s.columns);
  }

  /// Cuts the parts from `memory`; returns how many bytes that takes.
  __host__ __device__ index_t cut(fit_sizes const& sizes, unsigned char* memory) {
    memory_cutter cutter{reinterpret_cast<std::uintptr_t>(memory), 0};
    for_each(sizes, cutter);
    return cutter.used;
  }
};

/// What a block makes of a problem and its own memory.
template <class Bin>
__device__ void put_together(fit_problem const& fit,
                             fit_options const& options,
                             fit_room<Bin>& room) {
  auto& p = room.tree;
  p.bins = room.bins;
  p.stride = (fit.columns + group_columns - 1) / group_columns * group_columns;
  p.columns = fit.columns;
  p.column = fit.bounds.column;
  p.cells = fit.cells;
  p.usable = nullptr;
  p.limits = options.limits;
  p.categories = options.categories;
  p.min_gain = options.min_gain;
  p.num_leaves = options.num_leaves;
  p.max_depth = options.max_depth;
  p.set_words = fit.set_words;
}

/// All rows in one leaf, with their sums. One block.
template <class Bin>
__device__ void begin_fit_tree(tree_problem<Bin> const& p, index_t rows, total_memory& memory) {
  for (index_t i = threadIdx.x; i < rows; i += tree_threads) p.rows[0][i] = static_cast<int>(i);
  for (index_t i = threadIdx.x; i < p.cells; i += tree_threads) p.sums[i] = {};
  // Each thread reads the rows that it numbered.
  auto const total = total_of_rows(p, static_cast<int>(rows), memory);
  if (threadIdx.x == 0) begin_tree_of(p, total, rows);
  __syncthreads();
}

/// Adds the shrunken values of the tree's leaves to the scores. One block.
template <class Bin>
__device__ void add_fit_tree(tree_problem<Bin> const& p,
                             fit_options const& options,
                             double* leaf_values,
                             double* scores) {
  int const leaves = p.state->leaves;
  for (int l = static_cast<int>(threadIdx.x); l < leaves; l += static_cast<int>(tree_threads)) {
    auto const& leaf = p.leaves[l];
    bool const ranked =
        leaf.column >= 0 && p.column[leaf.column].categorical && !p.column[leaf.column].tried_alone;
    double const l2 = p.limits.lambda_l2 + (ranked ? p.categories.cat_l2 : 0.0);
    leaf_values[l] = detail::learnt_value(
        detail::leaf_output(leaf.self.gradient, leaf.hessian, p.limits.lambda_l1, l2),
        options.learning_rate);
  }
  __syncthreads();
  for (int l = 0; l < leaves; ++l) add_leaf(p, l, leaf_values[l], {0, 1}, scores);
}

template <class Bin>
struct fit_memory {
  fit_room<Bin> room;
  bool any_split;

  union {
    total_memory total;
    tree_memory tree;  ///< with more cells than it says
  };
};

/// The next tree is that of sum `k`, number `number` of the model.
template <class Bin>
__device__ void point_at_tree(fit_problem const& fit,
                              fit_options const& options,
                              int k,
                              index_t number,
                              fit_room<Bin>& room) {
  room.tree.gradients = room.gradients + k * fit.targets.rows;
  room.tree.units = room.units + k;
  room.tree.splits = fit.splits + number * options.num_leaves;
  room.tree.split_sets = fit.split_sets + number * options.num_leaves * fit.set_words;
}

/// One iteration. Whether anything was split. One block.
template <class Bin>
__device__ bool fit_once(fit_problem const& fit,
                         fit_options const& options,
                         int iteration,
                         fit_memory<Bin>& memory,
                         int cells_room) {
  auto const& room = memory.room;
  auto const& p = room.tree;
  auto t = fit.targets;
  t.scores = room.scores;
  t.gradients = room.gradients;
  if (threadIdx.x == 0) memory.any_split = false;
  for (int k = static_cast<int>(threadIdx.x); k < t.sums; k += static_cast<int>(tree_threads)) {
    room.range[k] = {{0, ~0U}, {0, ~0U}};
  }
  __syncthreads();
  find_gradients_in(t, {0, 1}, room.range);
  __syncthreads();
  for (int k = 0; k < t.sums; ++k) {
    index_t const number = index_t{iteration} * t.sums + k;
    if (threadIdx.x == 0) {
      room.units[k] = units_for(room.range[k], t.rows);
      fit.trees[number] = {{0.0, 0.0}, -1};
    }
    if (fit.trains[k] == 0) continue;
    if (threadIdx.x == 0) point_at_tree(fit, options, k, number, memory.room);
    __syncthreads();
    begin_fit_tree(p, t.rows, memory.total);
    grow_tree_of(p, memory.tree, cells_room);
    if (p.state->splits > 0) {
      add_fit_tree(p, options, room.leaf_values, t.scores + k * t.rows);
    }
    if (threadIdx.x == 0) {
      fit.trees[number] = {p.state->total, p.state->splits};
      memory.any_split = memory.any_split || p.state->splits > 0;
    }
    __syncthreads();
  }
  bool const any = memory.any_split;
  __syncthreads();
  return any;
}

/// Fits models blockIdx.x, blockIdx.x + gridDim.x, … An iteration in which nothing was split is the
/// last.
template <class Bin>
__global__ void __launch_bounds__(tree_threads, 1) fit_models(fit_problem const* fits,
                                                              int count,
                                                              fit_options options,
                                                              fit_sizes sizes,
                                                              unsigned char* rooms,
                                                              index_t room_bytes,
                                                              int cells_room) {
  auto& memory = shared_memory<fit_memory<Bin>>();
  auto const& room = memory.room;
  if (threadIdx.x == 0) memory.room.cut(sizes, rooms + blockIdx.x * room_bytes);
  for (int m = static_cast<int>(blockIdx.x); m < count; m += static_cast<int>(gridDim.x)) {
    auto const& fit = fits[m];
    if (threadIdx.x == 0) put_together(fit, options, memory.room);
    __syncthreads();
    bin_values(fit.features, fit.bounds, room.tree.stride, room.bins, threadIdx.x, tree_threads);
    for (int k = 0; k < fit.targets.sums; ++k) {
      for (index_t i = threadIdx.x; i < fit.targets.rows; i += tree_threads) {
        room.scores[k * fit.targets.rows + i] = fit.bias[k];
      }
    }
    for (int i = 0; i < options.iterations; ++i) {
      if (!fit_once(fit, options, i, memory, cells_room)) break;
    }
  }
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
