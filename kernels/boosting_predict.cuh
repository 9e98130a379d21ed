// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sends rows through all trees of a model: a thread a row, the trees in their order, so that sums
/// have the CPU's bits.
///
/// **Traffic.** rows × columns × 8 bytes; nodes (32 bytes, of 100 trees of 31 leaves 96 KB) come
/// from the caches. The limit is their latency: trees × depth loads a row.
#pragma once

#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/on_gpu.hpp>
#include <alx/view.hpp>

#include "device.cuh"
#include <cmath>
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace kernels {

using detail::gpu_node;

struct forest_problem {
  gpu_node const* nodes;
  std::uint32_t const* sets;
  double const* leaf_values;
  int const* first_node;  ///< of each tree, and one more
  int const* first_leaf;
  int trees;
  int sums;
};

__device__ inline bool goes_left(forest_problem const& forest, gpu_node const& node, double x) {
  bool const is_nan = x != x;
  if (node.set_words > 0) {
    if (is_nan || !(x > -1.0 && x < 32.0 * node.set_words)) return false;
    auto const category = static_cast<unsigned>(x);
    return (forest.sets[node.set_first + static_cast<int>(category / 32)] >> category % 32 & 1U) !=
           0;
  }
  bool const missing = is_nan || (node.zero_is_missing && detail::counts_as_zero(x));
  return missing ? node.missing_left : x <= node.threshold;
}

/// Leaf values of trees `sum`, sum + sums, … added one after the other.
__device__ inline double sum_of_trees(forest_problem const& forest,
                                      vector_view<double const, device> row,
                                      int sum) {
  double total = 0.0;
  for (int t = sum; t < forest.trees; t += forest.sums) {
    gpu_node const* const nodes = forest.nodes + forest.first_node[t];
    bool const leaf_only = forest.first_node[t] == forest.first_node[t + 1];
    int at = leaf_only ? ~0 : 0;
    while (at >= 0) {
      gpu_node const& node = nodes[at];
      at = goes_left(forest, node, row[node.column]) ? node.left : node.right;
    }
    total += forest.leaf_values[forest.first_leaf[t] + ~at];
  }
  return total;
}

template <unsigned Threads>
__global__ void __launch_bounds__(Threads) add_up_trees(forest_problem forest,
                                                        matrix_view<double const, device> rows,
                                                        matrix_view<double, device> out) {
  for (index_t r = thread_number(); r < rows.rows; r += thread_count()) {
    for (int k = 0; k < forest.sums; ++k) out(r, k) = sum_of_trees(forest, rows.row(r), k);
  }
}

/// Of two classes: (1 − p, p) from the log odds.
__device__ inline void write_two(double odds, double sigmoid, vector_view<double, device> out) {
  double const p = 1.0 / (1.0 + exp(-sigmoid * odds));
  out[0] = 1.0 - p;
  out[1] = p;
}

/// As detail::softmax does it, in place.
__device__ inline void apply_softmax(vector_view<double, device> values) {
  double greatest = values[0];
  for (index_t k = 1; k < values.size; ++k) greatest = greatest < values[k] ? values[k] : greatest;
  double total = 0.0;
  for (index_t k = 0; k < values.size; ++k) {
    values[k] = exp(values[k] - greatest);
    total += values[k];
  }
  for (index_t k = 0; k < values.size; ++k) values[k] /= total;
}

/// Probabilities. Of two classes there is one sum, and two columns of `out`.
template <unsigned Threads>
__global__ void __launch_bounds__(Threads)
    find_probabilities(forest_problem forest,
                       double sigmoid,
                       matrix_view<double const, device> rows,
                       matrix_view<double, device> out) {
  for (index_t r = thread_number(); r < rows.rows; r += thread_count()) {
    if (forest.sums == 1) {
      write_two(sum_of_trees(forest, rows.row(r), 0), sigmoid, out.row(r));
      continue;
    }
    for (int k = 0; k < forest.sums; ++k) out(r, k) = sum_of_trees(forest, rows.row(r), k);
    apply_softmax(out.row(r));
  }
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
