// SPDX-License-Identifier: Apache-2.0
/// @file
/// Grows a tree best leaf first, on the device alone: the host asks for as many splits as there may
/// be and reads what came of it.
///
/// A split is three steps: rows to their sides, sums of the smaller side's rows, search of both
/// sides. With many rows each step is a launch of many blocks; with few, one block does all steps
/// of a tree, and a launch can grow a tree for each of many models. Which leaf is split is found by
/// each block for itself from the same numbers.
///
/// **Traffic.** rows × (columns + 12) bytes for the rows of smaller sides, rows × 9 for those that
/// are put on their sides; histograms of open leaves, 16 bytes a bin and column, stay in L2.
#pragma once

#include <alx/learners/boosting/open_leaf.hpp>

#include "boosting_split.cuh"
#include "boosting_sums.cuh"
#include "device.cuh"
#include <cstddef>
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace kernels {

using detail::leaf_pair;
using detail::open_leaf;

/// A leaf, in which of two lists its rows are, and what its value is made of: the column it was
/// split off by (-1: it is the root) and the sum of hessians with its epsilon.
struct boosting_leaf {
  open_leaf self;
  int list;
  int column;
  double hessian;
};

/// Leaf `leaf` was split where it was best.
struct boosting_split {
  split_candidate best;
  int leaf;
  int left_rows;
};

/// Where a tree stands. Steps read it, and the last block of a search writes it.
struct tree_state {
  int leaves;
  int finished;
  int splits;
  int histograms;  ///< that leaves have
  int rows_left;   ///< counted while rows are put on their sides
  int rows_right;
  unsigned blocks_done;
  histogram_cell total;
};

/// What a tree grows on, and where. Of one model; `Bin` is a byte or two.
template <class Bin>
struct tree_problem {
  Bin const* bins;  ///< row after row
  index_t stride;   ///< bins between rows, a multiple of `group_columns`
  int columns;
  boosting_column const* column;
  index_t cells;                   ///< of a histogram
  gradient_pair const* gradients;  ///< of all rows
  sum_units const* units;
  std::uint8_t const* usable;  ///< a flag a column; null: all are
  split_limits limits;
  category_limits categories;
  double min_gain;
  int num_leaves;
  int max_depth;
  int set_words;  ///< of a set of categories; 0: there are none

  int* rows[2];                ///< in the order of the leaves, by turns
  boosting_leaf* leaves;       ///< num_leaves
  cell_sums* sums;             ///< one a cell; zero between splits
  histogram_cell* histograms;  ///< num_leaves of them
  std::uint8_t* splittable;    ///< a flag a column, of each histogram
  column_result* results;      ///< 2 a column
  ranked_category* ranked;     ///< 2 a cell
  unsigned* result_sets;       ///< 2 a column
  unsigned* leaf_sets;         ///< of each leaf, where it is best
  unsigned* split_sets;        ///< of each split
  boosting_split* splits;
  tree_state* state;
};

inline constexpr int group_columns = 8;  // whose sums a block has in shared memory
inline constexpr unsigned tree_threads = 256;
inline constexpr int tree_warps = tree_threads / 32;

/// Which block of how many works at a step.
struct block_place {
  unsigned number;
  unsigned count;
};

/// In shared memory. Cells of sums lie where the search has its own, by turns; there may be more of
/// them than it needs.
struct tree_memory {
  int chosen;
  bool last_block;

  union {
    half_warp_memory search[2 * tree_warps];
    shared_cell cells[1];
  };

  /// Bytes with room for so many cells.
  static constexpr std::size_t bytes_for(std::size_t cells) {
    auto const with_cells = offsetof(tree_memory, cells) + cells * sizeof(shared_cell);
    return with_cells > sizeof(tree_memory) ? with_cells : sizeof(tree_memory);
  }
};

// ---- which leaf is split, and what becomes of it ------------------------------------------------

/// The leaf to split next; -1: none. By one block.
template <class Bin>
__device__ int choose_leaf(tree_problem<Bin> const& p, tree_memory& memory) {
  if (threadIdx.x < 32) {
    int const leaves = p.state->leaves;
    int best = -1;
    split_candidate of_best;
    auto const take = [&](int leaf, split_candidate const& candidate) {
      bool const lower = leaf >= 0 && best >= 0 && leaf < best && candidate.gain == of_best.gain &&
                         candidate.column == of_best.column;
      if (leaf < 0 || !(best < 0 || lower || detail::goes_before(candidate, of_best))) return;
      best = leaf;
      of_best = candidate;
    };
    for (int i = static_cast<int>(threadIdx.x); i < leaves; i += 32) {
      take(i, p.leaves[i].self.best);
    }
    for (int by = 16; by > 0; by /= 2) {
      split_candidate other;
      int const leaf = __shfl_xor_sync(whole_warp, best, by);
      other.gain = __shfl_xor_sync(whole_warp, of_best.gain, by);
      other.column = __shfl_xor_sync(whole_warp, of_best.column, by);
      take(leaf, other);
    }
    bool const any = best >= 0 && of_best.gain > 0 && leaves < p.num_leaves;
    if (threadIdx.x == 0) memory.chosen = any && p.state->finished == 0 ? best : -1;
  }
  __syncthreads();
  return memory.chosen;
}

/// The two sides of the leaf that is split, or the root alone.
struct searched_leaves {
  open_leaf smaller;
  open_leaf larger;  ///< no rows: there is none
  double smaller_hessian;
  double larger_hessian;
  int column;
  int list;
  bool searched;
  bool left_is_smaller;
};

template <class Bin>
__device__ searched_leaves sides_of(tree_problem<Bin> const& p, int chosen) {
  tree_state const& state = *p.state;
  searched_leaves sides{};
  if (state.leaves == 0) {  // the root, which is about to be searched
    sides.smaller = p.leaves[0].self;
    sides.column = -1;
    sides.searched = sides.smaller.rows >= 2 * index_t{p.limits.min_rows};
    return sides;
  }
  auto const& leaf = p.leaves[chosen];
  leaf_pair const children = detail::children_of(leaf.self, state.rows_left);
  index_t const least = 2 * index_t{p.limits.min_rows};
  bool const too_small = children.left.rows < least && children.right.rows < least;
  bool const too_deep = p.max_depth > 0 && children.left.depth >= p.max_depth;
  bool const last = state.leaves + 1 >= p.num_leaves;
  sides.left_is_smaller = children.left.rows < children.right.rows;
  sides.smaller = sides.left_is_smaller ? children.left : children.right;
  sides.larger = sides.left_is_smaller ? children.right : children.left;
  sides.smaller_hessian = sides.left_is_smaller ? children.left_hessian : children.right_hessian;
  sides.larger_hessian = sides.left_is_smaller ? children.right_hessian : children.left_hessian;
  sides.column = leaf.self.best.column;
  sides.smaller.histogram = state.histograms;
  sides.list = 1 - leaf.list;
  sides.searched = !too_small && !too_deep && !last;
  return sides;
}

/// Which columns may be split: of the parent's, or of the tree's. Null: all.
template <class Bin>
__device__ std::uint8_t const* flags_of(tree_problem<Bin> const& p, searched_leaves const& sides) {
  if (sides.larger.rows == 0) return p.usable;
  return p.splittable + index_t{sides.larger.histogram} * p.columns;
}

// ---- rows to their sides

/// Whether rows of a bin go left at a split.
struct side_rule {
  int bin;
  int missing_bin;  ///< -1: none
  bool missing_left;
  unsigned const* set;  ///< of categories; null: by `bin`

  [[nodiscard]] __device__ bool goes_left(int of_row) const {
    if (set != nullptr) return (set[of_row / 32] >> (of_row % 32) & 1U) != 0;
    return of_row == missing_bin ? missing_left : of_row <= bin;
  }
};

template <class Bin>
__device__ side_rule rule_of(tree_problem<Bin> const& p,
                             split_candidate const& cut,
                             unsigned const* set) {
  auto const& column = p.column[cut.column];
  return {cut.bin,
          column.missing && !column.categorical ? column.bins - 1 : -1,
          cut.missing_left,
          column.categorical ? set : nullptr};
}

template <class Bin>
__device__ void put_on_sides(tree_problem<Bin> const& p, int chosen, block_place place) {
  auto const& leaf = p.leaves[chosen];
  auto const& cut = leaf.self.best;
  side_rule const rule = rule_of(p, cut, p.leaf_sets + index_t{chosen} * p.set_words);
  int const* const from = p.rows[leaf.list] + leaf.self.begin;
  int* const to = p.rows[1 - leaf.list] + leaf.self.begin;
  auto const rows = static_cast<int>(leaf.self.rows);
  unsigned const lane = threadIdx.x % 32;
  int const step = static_cast<int>(place.count * tree_threads);
  for (int base = static_cast<int>(place.number * tree_threads); base < rows; base += step) {
    int const i = base + static_cast<int>(threadIdx.x);
    bool const there = i < rows;
    int const row = there ? from[i] : 0;
    bool const left = there && rule.goes_left(p.bins[row * p.stride + cut.column]);
    unsigned const lefts = __ballot_sync(whole_warp, left);
    unsigned const rights = __ballot_sync(whole_warp, there && !left);
    int first_left = 0;
    int first_right = 0;
    if (lane == 0) {
      first_left = atomicAdd(&p.state->rows_left, __popc(lefts));
      first_right = atomicAdd(&p.state->rows_right, __popc(rights));
    }
    first_left = __shfl_sync(whole_warp, first_left, 0);
    first_right = __shfl_sync(whole_warp, first_right, 0);
    unsigned const before = (1U << lane) - 1U;
    if (left) to[first_left + __popc(lefts & before)] = row;
    if (there && !left) to[rows - 1 - first_right - __popc(rights & before)] = row;
  }
}

// ---- sums of gradients

/// Columns whose sums a block has in shared memory at once.
struct column_part {
  int first;
  int last;
  index_t first_cell;
  int cells;
};

/// From column `first` on, before `end`, as many columns as `room` cells are there for; one at
/// least.
template <class Bin>
__device__ column_part part_of(tree_problem<Bin> const& p, int first, int end, int room) {
  index_t const first_cell = p.column[first].first_cell;
  auto const cells_up_to = [&](int last) {
    return static_cast<int>((last < p.columns ? p.column[last].first_cell : p.cells) - first_cell);
  };
  int last = first + 1;
  while (last < end && cells_up_to(last + 1) <= room) ++last;
  return {first, last, first_cell, cells_up_to(last)};
}

/// Adds some rows of the smaller side in some columns: in shared memory first, where there is room.
template <class Bin>
__device__ void sum_part(tree_problem<Bin> const& p,
                         searched_leaves const& sides,
                         column_part const& part,
                         block_place place,
                         shared_cell* cells,
                         bool shared) {
  bool const two_words = p.units->two_words();
  int const slots = shared ? part.cells * (two_words ? 2 : 1) : 0;
  auto const thread = static_cast<int>(threadIdx.x);
  constexpr auto threads = static_cast<int>(tree_threads);
  for (int i = thread; i < slots; i += threads) cells[i] = {{0, 0}, {0, 0}};
  __syncthreads();
  auto const* const flags = flags_of(p, sides);
  int const* const rows = p.rows[sides.list] + sides.smaller.begin;
  index_t const first = index_t{place.number} * tree_threads + threadIdx.x;
  for (index_t i = first; i < sides.smaller.rows; i += index_t{place.count} * tree_threads) {
    int const row = rows[i];
    row_share const share(p.gradients[row], *p.units);
    Bin const* const bins = p.bins + row * p.stride;
    for (int c = part.first; c < part.last; ++c) {
      if (flags != nullptr && flags[c] == 0) continue;
      boosting_column const& column = p.column[c];
      if (bins[c] == column.most_frequent) continue;  // made from the others
      index_t const cell = column.first_cell + bins[c];
      if (!shared) {
        share.add_to(p.sums[cell], two_words);
        continue;
      }
      auto* const own = cells + (cell - part.first_cell);
      own->gradient.add(share.gradient.coarse);
      own->hessian.add(share.hessian.coarse);
      if (!two_words) continue;
      own[part.cells].gradient.add(share.gradient.fine);
      own[part.cells].hessian.add(share.hessian.fine);
    }
  }
  __syncthreads();
  for (int i = thread; i < slots; i += threads) {
    auto& to = p.sums[part.first_cell + i % part.cells];
    int const word_at = i < part.cells ? 0 : 2;
    word const g = cells[i].gradient.value();
    word const h = cells[i].hessian.value();
    if (g != 0) atomicAdd(&to.value[word_at], g);
    if (h != 0) atomicAdd(&to.value[word_at + 1], h);
  }
  __syncthreads();
}

/// Adds some rows of the smaller side in a group of columns. There are `room` cells.
template <class Bin>
__device__ void sum_rows(tree_problem<Bin> const& p,
                         searched_leaves const& sides,
                         int group,
                         block_place place,
                         shared_cell* cells,
                         int room) {
  int const begin = group * group_columns;
  int const end = begin + group_columns < p.columns ? begin + group_columns : p.columns;
  int const for_each = p.units->two_words() ? room / 2 : room;
  for (int first = begin; first < end;) {
    column_part const part = part_of(p, first, end, for_each);
    sum_part(p, sides, part, place, cells, part.cells <= for_each);
    first = part.last;
  }
}

// ---- search

/// Makes a column's cells complete, by a warp: those of the smaller side from its sums, which
/// become zero, and those of the larger from the parent's. As detail::complete has it: the cell of
/// the most frequent bin is what the others leave of the total.
template <class Bin>
__device__ void complete(tree_problem<Bin> const& p,
                         boosting_column const& column,
                         searched_leaves const& sides,
                         histogram_cell* smaller,
                         histogram_cell* larger,
                         half_warp_memory& memory) {
  int const lane = static_cast<int>(threadIdx.x % 32);
  histogram_cell rest{sides.smaller.gradient, sides.smaller.hessian};
  for (int first = 0; first < column.bins; first += bins_at_once) {
    int const count = column.bins - first < bins_at_once ? column.bins - first : bins_at_once;
    for (int i = lane; i < count; i += 32) {
      index_t const cell = column.first_cell + first + i;
      bool const made = first + i == column.most_frequent;
      histogram_cell const sum = p.sums[cell].rounded(*p.units);
      p.sums[cell] = {};
      histogram_cell const own{made ? 0.0 : sum.gradient, made ? 0.0 : sum.hessian};
      smaller[first + i] = own;
      memory.sums[i] = {own.gradient, own.hessian, 0};
      if (larger == nullptr) continue;
      larger[first + i].gradient -= own.gradient;
      larger[first + i].hessian -= own.hessian;
    }
    __syncwarp();
    if (lane == 0) {
      for (int i = 0; i < count; ++i) {
        rest.gradient -= memory.sums[i].gradient;
        rest.hessian -= memory.sums[i].hessian;
      }
    }
    __syncwarp();
  }
  if (lane == 0 && column.most_frequent != 0) {
    smaller[column.most_frequent] = rest;
    if (larger != nullptr) {
      larger[column.most_frequent].gradient -= rest.gradient;
      larger[column.most_frequent].hessian -= rest.hessian;
    }
  }
  __syncwarp();
}

/// Searches one column in both sides, by a warp.
template <class Bin>
__device__ void search_column(tree_problem<Bin> const& p,
                              searched_leaves const& sides,
                              int c,
                              half_warp_memory* memory) {
  boosting_column const& column = p.column[c];
  bool const both = sides.larger.rows > 0;
  auto const* const flags = flags_of(p, sides);
  column_result* const results = p.results + 2 * c;
  if (flags != nullptr && flags[c] == 0) {
    if (lane_of_half() == 0) results[threadIdx.x % 32 / half_warp] = {};
    return;
  }
  auto* const smaller = p.histograms + sides.smaller.histogram * p.cells + column.first_cell;
  auto* const larger =
      both ? p.histograms + sides.larger.histogram * p.cells + column.first_cell : nullptr;
  complete(p, column, sides, smaller, larger, *memory);
  int const half = static_cast<int>(threadIdx.x % 32) / half_warp;
  auto const* const cells = half == 0 || !both ? smaller : larger;
  leaf_totals const totals =
      detail::totals_of_leaf(half == 0 ? sides.smaller : sides.larger, p.limits, p.min_gain);
  column_result result;
  if (column.categorical) {
    auto* const ranked = p.ranked + half * p.cells + column.first_cell;
    unsigned* const set = p.result_sets + (index_t{2} * c + half) * p.set_words;
    detail::category_arithmetic const arithmetic(
        totals, p.limits, p.categories, column.tried_alone);
    result = category_search(cells, column.bins, arithmetic, ranked).find(set, p.set_words);
  } else {
    result = column_search(cells, column, totals, p.limits, memory[half]).find();
  }
  result.best.column = result.best.gain > -HUGE_VAL ? c : -1;
  if (lane_of_half() == 0) results[half] = result;
}

/// Takes over what was found in the columns for one side: the greatest gain, the lowest column
/// among equals. By a warp.
template <class Bin>
__device__ void take_results(tree_problem<Bin> const& p, open_leaf& leaf, int side, unsigned* set) {
  split_candidate best;
  std::uint8_t* const flags = p.splittable + index_t{leaf.histogram} * p.columns;
  for (int c = static_cast<int>(threadIdx.x % 32); c < p.columns; c += 32) {
    auto const& result = p.results[2 * c + side];
    flags[c] = result.splittable ? 1 : 0;
    if (result.best.gain > best.gain) best = result.best;
  }
  for (int by = 16; by > 0; by /= 2) {
    split_candidate other;
    other.gain = __shfl_xor_sync(whole_warp, best.gain, by);
    other.left_gradient = __shfl_xor_sync(whole_warp, best.left_gradient, by);
    other.left_hessian = __shfl_xor_sync(whole_warp, best.left_hessian, by);
    other.column = __shfl_xor_sync(whole_warp, best.column, by);
    other.bin = __shfl_xor_sync(whole_warp, best.bin, by);
    other.missing_left = __shfl_xor_sync(whole_warp, best.missing_left ? 1 : 0, by) != 0;
    if (detail::goes_before(other, best)) best = other;
  }
  leaf.best = best;
  if (best.column < 0) return;
  unsigned const* const from = p.result_sets + (index_t{2} * best.column + side) * p.set_words;
  for (int w = static_cast<int>(threadIdx.x % 32); w < p.set_words; w += 32) set[w] = from[w];
}

/// Writes down what became of a split, and makes ready for the next. By one block, the last of a
/// step.
template <class Bin>
__device__ void commit(tree_problem<Bin> const& p, searched_leaves sides, int chosen) {
  tree_state& state = *p.state;
  bool const root = state.leaves == 0;
  int const added = state.leaves;
  int const smaller = root || sides.left_is_smaller ? chosen : added;
  int const larger = sides.left_is_smaller ? added : chosen;
  boosting_leaf const before = p.leaves[chosen];
  int const left_rows = state.rows_left;
  int const splits = state.splits;
  if (!root && threadIdx.x < 32) {
    for (int w = static_cast<int>(threadIdx.x); w < p.set_words; w += 32) {
      p.split_sets[index_t{splits} * p.set_words + w] =
          p.leaf_sets[index_t{chosen} * p.set_words + w];
    }
  }
  __syncthreads();
  if (threadIdx.x < 32 && sides.searched) {
    take_results(p, sides.smaller, 0, p.leaf_sets + index_t{smaller} * p.set_words);
  } else if (threadIdx.x >= 32 && threadIdx.x < 64 && sides.searched && !root) {
    take_results(p, sides.larger, 1, p.leaf_sets + index_t{larger} * p.set_words);
    if (threadIdx.x == 32)
      p.leaves[larger] = {sides.larger, sides.list, sides.column, sides.larger_hessian};
  } else if (threadIdx.x == 32 && !root) {
    p.leaves[larger] = {sides.larger, sides.list, sides.column, sides.larger_hessian};
  }
  if (threadIdx.x != 0) return;
  p.leaves[smaller] = {sides.smaller, sides.list, sides.column, sides.smaller_hessian};
  if (!root) {
    p.splits[splits] = {before.self.best, chosen, left_rows};
    state.splits = splits + 1;
    bool const emptied = left_rows == 0 || left_rows == before.self.rows;
    state.finished = emptied ? 1 : 0;
  }
  state.histograms += sides.searched ? 1 : 0;
  state.leaves = added + 1;
  state.rows_left = 0;
  state.rows_right = 0;
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
