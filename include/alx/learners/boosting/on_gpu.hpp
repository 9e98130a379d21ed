// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the target alx::gpu does for gradient boosting. (C++17: nvcc reads it.)
#pragma once

#include <alx/learners/boosting/category_arithmetic.hpp>
#include <alx/learners/boosting/split_arithmetic.hpp>
#include <alx/view.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace alx {
inline namespace v0 {
namespace detail {

/// A column of use.
struct gpu_column {
  std::int32_t bins;
  std::int32_t most_frequent;
  bool missing;
  bool categorical;
  bool tried_alone;  ///< its categories, one by one
};

/// The columns of use, and where their bins end: of each in turn the greatest value of each bin; of
/// categories, ascending, their numbers and their bins.
struct gpu_columns {
  std::vector<gpu_column> column;
  std::vector<double> bounds;
  std::vector<index_t> first_bound;  ///< of each column: in `bounds`, or in `categories`
  std::vector<std::int32_t> categories;
  std::vector<std::int32_t> bin_of_category;
};

struct gpu_tree_options {
  split_limits limits;
  category_limits categories;
  double min_gain;
  std::int32_t num_leaves;
  std::int32_t max_depth;
};

enum class gpu_objective { binary, multiclass, regression };

/// Rows and what is known of them, on the host. `values` are rows × columns of use.
struct gpu_rows {
  gpu_objective objective;
  std::int32_t sums;
  index_t rows;
  double const* features;
  label_t const* labels;  ///< of classes
  float const* values;    ///< else
  float const* weights;   ///< null: none
  double zero_weight;     ///< of two classes
  double one_weight;
};

/// A leaf that was split where it was best.
struct grown_split {
  split_candidate best;
  std::int32_t leaf;
  std::int32_t left_rows;
};

/// A tree, split by split; the sets of categories that went left, `set_words` words of bits a
/// split.
struct grown_tree {
  histogram_cell total;
  index_t rows;
  std::vector<grown_split> splits;
  std::vector<std::uint32_t> sets;
  index_t set_words;
};

/// Rows by position: in the bag (null: all are) and outside of it.
struct gpu_bag {
  std::int32_t const* in;
  index_t in_count;
  std::int32_t const* out;
  index_t out_count;
};

/// A model to be fitted among many: `bias` and `trains` have one value a sum.
struct gpu_fit {
  gpu_rows rows;
  gpu_columns columns;
  std::vector<double> bias;
  std::vector<std::uint8_t> trains;
};

/// A fitted model's trees, iteration after iteration, in each the sums; of sums that were not asked
/// for trees without splits. The last iteration is the one in which nothing was split, if there is
/// one.
using grown_model = std::vector<grown_tree>;

/// A node that asks a column. `left` and `right` are nodes of the tree, or leaves ~number.
/// Categories go left that are in a set of `set_words` words; 0: by the threshold.
struct gpu_node {
  double threshold;
  std::int32_t column;
  std::int32_t left;
  std::int32_t right;
  std::int32_t set_first;
  std::int32_t set_words;
  bool missing_left;
  bool zero_is_missing;
};

/// Trees one after the other; tree i adds to sum i mod `sums`. `first_node` has one entry more than
/// there are trees.
struct gpu_forest {
  std::int32_t sums;
  std::vector<gpu_node> nodes;
  std::vector<std::uint32_t> sets;
  std::vector<double> leaf_values;
  std::vector<std::int32_t> first_node;
  std::vector<std::int32_t> first_leaf;
};

// Defined by alx::gpu. Probabilities are rows × classes, else the sums of the trees' values.
std::shared_ptr<void const> forest_to_gpu(gpu_forest const& forest, int device);
void predict_on_gpu(void const* forest,
                    double sigmoid,
                    bool probabilities,
                    matrix_view<double const, device> rows,
                    matrix_view<double, device> out);

/// Scores, gradients and trees on a GPU, reached through pointers to functions, so that a program
/// that uses no GPU needs no alx::gpu. `self` is what `make` returned.
struct boosting_functions {
  void* (*make)(gpu_rows const& rows,
                gpu_columns const& columns,
                gpu_tree_options const& options,
                int device);
  void (*destroy)(void* self) noexcept;
  /// All scores of sum `k` are `bias`.
  void (*begin)(void* self, std::int32_t k, double bias);
  void (*find_gradients)(void* self);
  /// A tree for sum `k` on the columns whose flag is set (null: all).
  grown_tree (*grow)(void* self, std::int32_t k, gpu_bag const& bag, std::uint8_t const* columns);
  /// Adds the values of the leaves of the tree grown last to the scores of sum `k`.
  void (*add_to_scores)(void* self,
                        std::int32_t k,
                        std::vector<double> const& leaf_values,
                        gpu_bag const& bag);
  /// Fits models on all their rows and columns, at once.
  std::vector<grown_model> (*fit_many)(std::vector<gpu_fit> const& fits,
                                       gpu_tree_options const& options,
                                       std::int32_t iterations,
                                       double learning_rate,
                                       int device);
  std::shared_ptr<void const> (*to_gpu)(gpu_forest const& forest, int device);
  void (*predict)(void const* forest,
                  double sigmoid,
                  bool probabilities,
                  matrix_view<double const, alx::device> rows,
                  matrix_view<double, alx::device> out);
};

/// Defined by alx::gpu.
boosting_functions const* boosting_on_gpu();

std::vector<grown_model> fit_many_on_gpu(std::vector<gpu_fit> const& fits,
                                         gpu_tree_options const& options,
                                         std::int32_t iterations,
                                         double learning_rate,
                                         int device);

}  // namespace detail
}  // namespace v0
}  // namespace alx
