// SPDX-License-Identifier: Apache-2.0
/// @file
/// What boosting does to every row: bins, gradients at the scores, sums over all rows, new scores.
#pragma once

#include <alx/learners/boosting/derivatives.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/on_gpu.hpp>
#include <alx/view.hpp>

#include "boosting_tree.cuh"
#include "device.cuh"
#include <cmath>
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace kernels {

using detail::gpu_objective;

// ---- bins

/// Where the bins of the columns end, as gpu_columns has it.
struct bin_bounds {
  boosting_column const* column;
  index_t const* first;
  double const* upper;
  int const* categories;
  int const* bin_of_category;
};

/// The bin of a value, as detail::feature_bins::find has it.
__device__ inline int bin_of(bin_bounds const& bounds, int c, double value) {
  auto const& column = bounds.column[c];
  index_t const first = bounds.first[c];
  bool const is_nan = value != value;
  if (column.categorical) {
    int const wanted = is_nan ? -1 : detail::to_int32(value);
    int const count = column.bins - 1;
    int at = 0;
    for (int left = count; left > 0;) {
      int const half = left / 2;
      bool const later = bounds.categories[first + at + half] < wanted;
      at += later ? half + 1 : 0;
      left = later ? left - half - 1 : half;
    }
    bool const known = at < count && bounds.categories[first + at] == wanted;
    return known ? bounds.bin_of_category[first + at] : 0;
  }
  if (is_nan && column.missing) return column.bins - 1;
  double const sought = is_nan ? 0.0 : value;
  double const* const upper = bounds.upper + first;
  int bin = 0;
  for (int count = column.bins - (column.missing ? 1 : 0); count > 1;) {
    int const half = count / 2;
    bin += upper[bin + half - 1] < sought ? half : 0;
    count -= half;
  }
  return bin;
}

/// Bins the values from number `first` on, `step` apart.
template <class Bin>
__device__ void bin_values(matrix_view<double const, device> features,
                           bin_bounds const& bounds,
                           index_t stride,
                           Bin* bins,
                           index_t first,
                           index_t step) {
  for (index_t i = first; i < features.rows * features.cols; i += step) {
    index_t const row = i / features.cols;
    auto const c = static_cast<int>(i % features.cols);
    bins[row * stride + c] = static_cast<Bin>(bin_of(bounds, c, features(row, c)));
  }
}

template <class Bin>
__global__ void bin_rows(matrix_view<double const, device> features,
                         bin_bounds bounds,
                         index_t stride,
                         Bin* bins) {
  bin_values(features, bounds, stride, bins, thread_number(), thread_count());
}

// ---- gradients

/// Rows, and scores and gradients sum after sum: those of sum k are at k · rows, …
struct target_rows {
  gpu_objective objective;
  int sums;
  index_t rows;
  label_t const* labels;
  float const* values;
  float const* weights;
  double zero_weight;
  double one_weight;
  double* scores;
  gradient_pair* gradients;
};

/// e^(score k − the greatest) and their sum, as detail::softmax adds them.
struct softmax_row {
  double greatest;
  double total;

  __device__ softmax_row(target_rows const& t, index_t row) : greatest(t.scores[row]), total(0.0) {
    for (int k = 1; k < t.sums; ++k) {
      double const score = t.scores[k * t.rows + row];
      greatest = greatest < score ? score : greatest;
    }
    for (int k = 0; k < t.sums; ++k) total += exp(t.scores[k * t.rows + row] - greatest);
  }
};

__device__ inline void find_gradients_of(target_rows const& t, index_t row) {
  float const weight = t.weights == nullptr ? 1.0F : t.weights[row];
  if (t.objective == gpu_objective::regression) {
    t.gradients[row] = detail::squared_pair(t.scores[row], t.values[row], weight);
    return;
  }
  if (t.objective == gpu_objective::multiclass) {
    softmax_row const softmax(t, row);
    for (int k = 0; k < t.sums; ++k) {
      double const p = exp(t.scores[k * t.rows + row] - softmax.greatest) / softmax.total;
      t.gradients[k * t.rows + row] = detail::softmax_pair(
          p, t.labels[row] == k, static_cast<double>(t.sums), static_cast<double>(weight));
    }
    return;
  }
  bool const one = t.labels[row] > 0;
  double const sign = one ? 1.0 : -1.0;
  double const class_weight = one ? t.one_weight : t.zero_weight;
  t.gradients[row] = detail::weighted_logistic_pair(
      sign, t.scores[row], class_weight, static_cast<double>(weight));
}

/// Adds what a block's rows have to `range`, of each sum.
__device__ inline void find_range(target_rows const& t, block_place place, gradient_range* range) {
  index_t const first = index_t{place.number} * tree_threads + threadIdx.x;
  for (int k = 0; k < t.sums; ++k) {
    gradient_range own{{0, ~0U}, {0, ~0U}};
    for (index_t i = first; i < t.rows; i += index_t{place.count} * tree_threads) {
      auto const pair = t.gradients[k * t.rows + i];
      own.gradient.take(pair.gradient);
      own.hessian.take(pair.hessian);
    }
    add_range(own.gradient, range[k].gradient);
    add_range(own.hessian, range[k].hessian);
  }
}

/// The gradients of a block's rows, and the largest of them.
__device__ inline void find_gradients_in(target_rows const& t,
                                         block_place place,
                                         gradient_range* range) {
  index_t const first = index_t{place.number} * tree_threads + threadIdx.x;
  for (index_t i = first; i < t.rows; i += index_t{place.count} * tree_threads) {
    find_gradients_of(t, i);
  }
  find_range(t, place, range);
}

template <unsigned Threads>
__global__ void __launch_bounds__(Threads) find_gradients(target_rows t, gradient_range* range) {
  static_assert(Threads == tree_threads);
  find_gradients_in(t, {blockIdx.x, gridDim.x}, range);
}

/// Units of all sums, by one warp; ranges begin again.
template <unsigned Threads>
__global__ void __launch_bounds__(Threads)
    find_units(int sums, index_t rows, gradient_range* range, sum_units* units) {
  for (unsigned k = threadIdx.x; k < static_cast<unsigned>(sums); k += Threads) {
    units[k] = units_for(range[k], rows);
    range[k] = {{0, ~0U}, {0, ~0U}};
  }
}

// ---- the root of a tree

/// Up to so many rows their gradients are added one after the other, as on the CPU; sums of more
/// are made of whole units.
inline constexpr index_t rows_in_turn = 65536;

inline constexpr int pairs_at_once = 512;

struct total_memory {
  gradient_pair pairs[pairs_at_once];
  histogram_cell of_warps[tree_threads / 32];
};

/// The sum of the gradients of `count` rows, row after row, by one block; thread 0 has it.
__device__ inline histogram_cell total_in_turn(gradient_pair const* gradients,
                                               int const* rows,
                                               int count,
                                               total_memory& memory) {
  histogram_cell total{0.0, 0.0};
  for (int first = 0; first < count; first += pairs_at_once) {
    int const here = count - first < pairs_at_once ? count - first : pairs_at_once;
    for (int i = static_cast<int>(threadIdx.x); i < here; i += static_cast<int>(tree_threads)) {
      memory.pairs[i] = gradients[rows[first + i]];
    }
    __syncthreads();
    for (int i = 0; threadIdx.x == 0 && i < here; ++i) {
      total.gradient += static_cast<double>(memory.pairs[i].gradient);
      total.hessian += static_cast<double>(memory.pairs[i].hessian);
    }
    __syncthreads();
  }
  return total;
}

/// The same where no sum is rounded, so that any order gives it.
__device__ inline histogram_cell total_in_any_order(gradient_pair const* gradients,
                                                    int const* rows,
                                                    int count,
                                                    total_memory& memory) {
  histogram_cell own{0.0, 0.0};
  for (int i = static_cast<int>(threadIdx.x); i < count; i += static_cast<int>(tree_threads)) {
    gradient_pair const pair = gradients[rows[i]];
    own.gradient += static_cast<double>(pair.gradient);
    own.hessian += static_cast<double>(pair.hessian);
  }
  for (int by = 16; by > 0; by /= 2) {
    own.gradient += __shfl_xor_sync(whole_warp, own.gradient, by);
    own.hessian += __shfl_xor_sync(whole_warp, own.hessian, by);
  }
  if (threadIdx.x % 32 == 0) memory.of_warps[threadIdx.x / 32] = own;
  __syncthreads();
  for (int w = 1; threadIdx.x == 0 && w < tree_warps; ++w) {
    own.gradient += memory.of_warps[w].gradient;
    own.hessian += memory.of_warps[w].hessian;
  }
  return own;
}

/// Of the first `count` rows of a tree.
template <class Bin>
__device__ histogram_cell total_of_rows(tree_problem<Bin> const& p,
                                        int count,
                                        total_memory& memory) {
  return p.units->exact() ? total_in_any_order(p.gradients, p.rows[0], count, memory)
                          : total_in_turn(p.gradients, p.rows[0], count, memory);
}

/// Adds the gradients of `count` rows, in units.
template <unsigned Threads>
__global__ void __launch_bounds__(Threads) sum_gradients(gradient_pair const* gradients,
                                                         int const* rows,
                                                         index_t count,
                                                         sum_units const* units,
                                                         cell_sums* sums) {
  cell_sums own{};
  for (index_t i = thread_number(); i < count; i += thread_count()) {
    row_share const share(gradients[rows[i]], *units);
    own.value[0] += share.gradient.coarse;
    own.value[1] += share.hessian.coarse;
    own.value[2] += share.gradient.fine;
    own.value[3] += share.hessian.fine;
  }
  for (int w = 0; w < 4; ++w) {
    for (int by = 16; by > 0; by /= 2) {
      own.value[w] += __shfl_xor_sync(whole_warp, own.value[w], by);
    }
    if (threadIdx.x % 32 == 0) atomicAdd(&sums->value[w], own.value[w]);
  }
}

template <class Bin>
__device__ void begin_tree_of(tree_problem<Bin> const& p, histogram_cell total, index_t rows) {
  *p.state = {};
  p.state->total = total;
  open_leaf root;
  root.rows = rows;
  root.gradient = total.gradient;
  root.hessian = total.hessian;
  root.histogram = 0;
  p.leaves[0] = {root, 0, -1, total.hessian};
}

/// The tree is its root. `sums`: of all rows in units; null: they are added here. One block.
template <class Bin>
__global__ void __launch_bounds__(tree_threads)
    begin_tree(tree_problem<Bin> p, index_t rows, cell_sums const* sums) {
  histogram_cell total{0.0, 0.0};
  if (sums == nullptr) {
    total = total_of_rows(p, static_cast<int>(rows), shared_memory<total_memory>());
  } else {
    total = sums->rounded(*p.units);
  }
  if (threadIdx.x == 0) begin_tree_of(p, total, rows);
}

template <unsigned Threads>
__global__ void __launch_bounds__(Threads) number_rows(int* rows, index_t count) {
  for (index_t i = thread_number(); i < count; i += thread_count()) rows[i] = static_cast<int>(i);
}

// ---- new scores

/// Adds each leaf's value to the scores of its rows; `place` is the block's among those of a leaf.
template <class Bin>
__device__ void add_leaf(
    tree_problem<Bin> const& p, int leaf, double value, block_place place, double* scores) {
  auto const& of = p.leaves[leaf];
  int const* const rows = p.rows[of.list] + of.self.begin;
  index_t const step = index_t{place.count} * tree_threads;
  for (index_t i = index_t{place.number} * tree_threads + threadIdx.x; i < of.self.rows;
       i += step) {
    scores[rows[i]] += value;
  }
}

template <class Bin>
__global__ void __launch_bounds__(tree_threads)
    add_to_scores(tree_problem<Bin> p, int leaves, double const* leaf_values, double* scores) {
  for (auto leaf = static_cast<int>(blockIdx.y); leaf < leaves;
       leaf += static_cast<int>(gridDim.y)) {
    add_leaf(p, leaf, leaf_values[leaf], {blockIdx.x, gridDim.x}, scores);
  }
}

/// The leaf of a row that the tree was not grown on: its splits are gone through as they came.
template <class Bin>
__device__ int leaf_of(tree_problem<Bin> const& p, index_t row) {
  int leaf = 0;
  for (int s = 0; s < p.state->splits; ++s) {
    auto const& split = p.splits[s];
    if (split.leaf != leaf) continue;
    auto const& cut = split.best;
    side_rule const rule = rule_of(p, cut, p.split_sets + index_t{s} * p.set_words);
    if (!rule.goes_left(p.bins[row * p.stride + cut.column])) leaf = s + 1;
  }
  return leaf;
}

template <class Bin>
__global__ void __launch_bounds__(tree_threads) add_outside(tree_problem<Bin> p,
                                                            int const* rows,
                                                            index_t count,
                                                            double const* leaf_values,
                                                            double* scores) {
  for (index_t i = thread_number(); i < count; i += thread_count()) {
    scores[rows[i]] += leaf_values[leaf_of(p, rows[i])];
  }
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
