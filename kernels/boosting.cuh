// SPDX-License-Identifier: Apache-2.0
/// @file
/// The steps of a tree as launches: three of many blocks a split, or one of one block a tree.
#pragma once

#include "boosting_rows.cuh"
#include "boosting_tree.cuh"
#include "device.cuh"

namespace alx {
inline namespace v0 {
namespace kernels {

/// Puts the rows of the leaf that is split on their sides.
template <class Bin>
__global__ void __launch_bounds__(tree_threads) divide_leaf(tree_problem<Bin> p) {
  int const chosen = choose_leaf(p, shared_memory<tree_memory>());
  if (chosen >= 0) put_on_sides(p, chosen, {blockIdx.x, gridDim.x});
}

/// The leaf that this step is about; -1: none is left. The root has no leaves before it.
template <class Bin>
__device__ int leaf_of_step(tree_problem<Bin> const& p, tree_memory& memory) {
  return p.state->leaves == 0 ? 0 : choose_leaf(p, memory);
}

/// Sums of the smaller side, of groups blockIdx.y, blockIdx.y + gridDim.y, … of the columns. There
/// is room for `room` cells.
template <class Bin>
__global__ void __launch_bounds__(tree_threads, 4) sum_side(tree_problem<Bin> p, int room) {
  auto& memory = shared_memory<tree_memory>();
  int const chosen = leaf_of_step(p, memory);
  if (chosen < 0) return;
  auto const sides = sides_of(p, chosen);
  if (!sides.searched) return;
  int const groups = (p.columns + group_columns - 1) / group_columns;
  for (auto group = static_cast<int>(blockIdx.y); group < groups;
       group += static_cast<int>(gridDim.y)) {
    sum_rows(p, sides, group, {blockIdx.x, gridDim.x}, memory.cells, room);
  }
}

/// Searches the columns, a warp each; the last block to do so writes down what came of it.
template <class Bin>
__global__ void __launch_bounds__(tree_threads, 1) search_sides(tree_problem<Bin> p) {
  auto& memory = shared_memory<tree_memory>();
  int const chosen = leaf_of_step(p, memory);
  if (chosen < 0) return;
  auto const sides = sides_of(p, chosen);
  int const warp = static_cast<int>(threadIdx.x) / 32;
  int const c = static_cast<int>(blockIdx.x) * tree_warps + warp;
  if (sides.searched && c < p.columns) search_column(p, sides, c, memory.search + 2 * warp);
  __syncthreads();
  if (threadIdx.x == 0) {
    __threadfence();  // what the block has written is there before it is counted
    memory.last_block = atomicAdd(&p.state->blocks_done, 1U) == gridDim.x - 1;
    if (memory.last_block) p.state->blocks_done = 0;
    __threadfence();
  }
  __syncthreads();
  if (!memory.last_block) return;
  commit(p, sides, chosen);
}

/// All steps of a tree that has begun, by one block.
template <class Bin>
__device__ void grow_tree_of(tree_problem<Bin> const& p, tree_memory& memory, int room) {
  int const groups = (p.columns + group_columns - 1) / group_columns;
  for (;;) {
    int const chosen = leaf_of_step(p, memory);
    if (chosen < 0) return;
    bool const root = p.state->leaves == 0;
    if (!root) put_on_sides(p, chosen, {0, 1});
    __syncthreads();
    auto const sides = sides_of(p, chosen);
    for (int group = 0; sides.searched && group < groups; ++group) {
      sum_rows(p, sides, group, {0, 1}, memory.cells, room);
    }
    int const warp = static_cast<int>(threadIdx.x) / 32;
    for (int c = warp; sides.searched && c < p.columns; c += tree_warps) {
      search_column(p, sides, c, memory.search + 2 * warp);
    }
    commit(p, sides, chosen);
    __syncthreads();
  }
}

template <class Bin>
__global__ void __launch_bounds__(tree_threads, 1) grow_tree(tree_problem<Bin> p, int room) {
  grow_tree_of(p, shared_memory<tree_memory>(), room);
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
