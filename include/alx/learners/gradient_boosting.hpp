// SPDX-License-Identifier: Apache-2.0
/// @file
/// Gradient-boosted trees for two classes, the models of LightGBM to the bit.
#pragma once

#include <alx/backend.hpp>
#include <alx/concepts/learner.hpp>
#include <alx/detail/shortest.hpp>
#include <alx/error.hpp>
#include <alx/learners/boosting/model_check.hpp>
#include <alx/learners/boosting/model_parse.hpp>
#include <alx/learners/boosting/model_text.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/predict.hpp>
#include <alx/learners/boosting/trainer.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// Trees grown best leaf first on histograms, each on the gradients the trees before it left.
///
/// Given the same rows, options and no bundling of columns (`enable_bundle=false`), the model is
/// LightGBM 4.7's: the text agrees byte for byte, and either program reads the other's. NaN is a
/// missing value, ±inf and -0 are ordinary ones. Labels of one class give a model that is sure of
/// it; rows too few to be split (below 2 · min_data_in_leaf) one that knows the classes' shares.
///
/// **Cost.** Training: rows × columns × about half the depth of a tree per iteration, in memory one
/// byte per row and column and 16 per open leaf, column and bin. Prediction: rows × trees × depth.
/// Threads share out columns in training and rows in prediction; the bits do not depend on them.
///
/// **Reference.** Ke et al.: LightGBM, a highly efficient gradient boosting decision tree (2017).
class gradient_boosting {
 public:
  /// **Throws.** `option_error` where an option is outside its range.
  explicit gradient_boosting(boosting_parameters parameters = {}, cpu backend = {})
      : parameters_(parameters), backend_(backend) {
    detail::check(parameters_);
  }

  /// A model that was trained before, ready to predict.
  ///
  /// **Throws.** `data_error` where a model made by hand is none.
  explicit gradient_boosting(boosting_model model,
                             boosting_parameters parameters = {},
                             cpu backend = {})
      : gradient_boosting(parameters, backend) {
    detail::check(model, "gradient_boosting");
    adopt(std::move(model));
  }

  /// Trains from scratch. Weights count as LightGBM's sample weights do.
  ///
  /// **Throws.** `data_error`: no rows or columns, an id outside the pool, a label that is not 0 or
  /// 1, a weight that is negative, not finite, or all of them 0. `shape_error`: not one label (or
  /// weight) an id. `option_error`: more than two classes. `numeric_error`: a leaf without rows,
  /// which only min_data_in_leaf = 0 or rows of no weight can lead to.
  void fit(matrix_view<double const> pool, labelled_rows rows) {
    check_rows(pool, rows);
    auto const cells = static_cast<double>(rows.ids.size()) * static_cast<double>(pool.cols);
    thread_team team(cells < 40000 ? 1 : backend_.threads);
    adopt(detail::train(pool, rows.ids, {rows.labels, rows.weights}, parameters_, team));
  }

  /// Columns (1 - p, p) of `out`, p the probability of class 1.
  void predict_proba(matrix_view<double const> pool, matrix_view<double> out) const {
    double const sigmoid = model().sigmoid;
    check_out(pool.rows, 2, out.rows, out.cols);
    sum_trees(pool, [&](index_t row, double sum) {
      double const p = 1.0 / (1.0 + std::exp(-sigmoid * sum));
      out(row, 0) = 1.0 - p;
      out(row, 1) = p;
    });
  }

  /// The sums of the trees' values: log odds of class 1, where sigmoid is 1.
  void predict_raw(matrix_view<double const> pool, std::span<double> out) const {
    check_out(pool.rows, 1, static_cast<index_t>(out.size()), 1);
    sum_trees(pool, [&](index_t row, double sum) { out[static_cast<std::size_t>(row)] = sum; });
  }

  /// The leaf that each row reaches in each tree; `out` is rows × trees.
  void predict_leaf(matrix_view<double const> pool, matrix_view<std::int32_t> out) const {
    check_out(pool.rows, static_cast<index_t>(model().trees.size()), out.rows, out.cols);
    for_row_blocks(pool, [&](matrix_view<double const> block, index_t first) {
      forest_.visit(block, [&](index_t row, index_t tree, std::int32_t node) {
        out(first + row, tree) = forest_.leaf(node);
      });
    });
  }

  [[nodiscard]] bool fitted() const { return model_.has_value(); }

  /// **Throws.** `state_error` before anything was fitted or loaded.
  [[nodiscard]] boosting_model const& model() const {
    if (!model_) throw state_error("gradient_boosting: there is no model yet; call fit first");
    return *model_;
  }

  [[nodiscard]] boosting_parameters const& parameters() const { return parameters_; }

  /// Writes the model as LightGBM's text.
  ///
  /// **Throws.** `state_error` before fitting, `data_error` where the file cannot be written.
  void save(std::string const& path) const {
    std::string const text = model_text(model());
    std::ofstream file(path, std::ios::binary);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (!file) throw data_error(path + ": cannot be written");
  }

  /// Reads a model that this class or LightGBM wrote.
  ///
  /// **Throws.** `data_error`: the file cannot be read, is damaged, or holds what is not supported.
  [[nodiscard]] static gradient_boosting load(std::string const& path,
                                              boosting_parameters parameters = {},
                                              cpu backend = {}) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file.is_open() || text.fail()) throw data_error(path + ": cannot be read, or is empty");
    return gradient_boosting(parse_model(text.str(), path), parameters, backend);
  }

 private:
  static constexpr index_t block_rows = 128;

  void adopt(boosting_model model) {
    forest_ = detail::flat_forest(model);
    model_ = std::move(model);
  }

  static void check_rows(matrix_view<double const> pool, labelled_rows const& rows) {
    std::string const who = "gradient_boosting: ";
    if (rows.classes > 2) {
      throw option_error(who + std::to_string(rows.classes) +
                         " classes; more than two are not offered yet");
    }
    if (rows.ids.empty()) throw data_error(who + "no labelled rows to learn from");
    if (pool.cols < 1) throw data_error(who + "the pool has no columns");
    if (rows.ids.size() > std::size_t{std::numeric_limits<std::int32_t>::max()}) {
      throw data_error(who + std::to_string(rows.ids.size()) + " rows, at most 2147483647");
    }
    check_length("labels", rows.labels.size(), rows.ids.size());
    if (!rows.weights.empty()) check_length("weights", rows.weights.size(), rows.ids.size());
    for (std::size_t i = 0; i < rows.ids.size(); ++i) {
      index_t const id = rows.ids[i];
      if (id < 0 || id >= pool.rows) {
        throw data_error(who + "row " + std::to_string(id) + " is not in the pool of " +
                         std::to_string(pool.rows) + " rows");
      }
      if (rows.labels[i] != 0 && rows.labels[i] != 1) {
        throw data_error(who + "row " + std::to_string(id) + " has label " +
                         std::to_string(rows.labels[i]) + ", not 0 or 1");
      }
    }
    check_weights(rows);
  }

  static void check_length(char const* what, std::size_t given, std::size_t rows) {
    if (given == rows) return;
    throw shape_error("gradient_boosting: " + std::to_string(given) + " " + what + " for " +
                      std::to_string(rows) + " rows");
  }

  static void check_weights(labelled_rows const& rows) {
    double sum = 0;
    for (std::size_t i = 0; i < rows.weights.size(); ++i) {
      auto const weight = static_cast<double>(rows.weights[i]);
      if (!(weight >= 0 && std::isfinite(weight))) {
        throw data_error("gradient_boosting: row " + std::to_string(rows.ids[i]) + " has weight " +
                         detail::shortest(weight) + ", not a finite number from 0 on");
      }
      sum += weight;
    }
    if (!rows.weights.empty() && sum == 0) {
      throw data_error("gradient_boosting: all " + std::to_string(rows.weights.size()) +
                       " weights are 0");
    }
  }

  static void check_out(index_t rows, index_t cols, index_t out_rows, index_t out_cols) {
    if (rows == out_rows && cols == out_cols) return;
    throw shape_error("gradient_boosting: the result is " + std::to_string(rows) + " x " +
                      std::to_string(cols) + ", the place for it " + std::to_string(out_rows) +
                      " x " + std::to_string(out_cols));
  }

  /// Calls `use(row, sum)` with every row's sum of leaf values, in the trees' order.
  template <class F>
  void sum_trees(matrix_view<double const> pool, F&& use) const {
    for_row_blocks(pool, [&](matrix_view<double const> block, index_t first) {
      std::array<double, block_rows> sums{};
      forest_.visit(block, [&](index_t row, index_t /*tree*/, std::int32_t node) {
        sums[static_cast<std::size_t>(row)] += forest_.value(node);
      });
      for (index_t r = 0; r < block.rows; ++r) use(first + r, sums[static_cast<std::size_t>(r)]);
    });
  }

  /// Calls `work(block, id of its first row)` for blocks of rows that are contiguous in each row.
  template <class F>
  void for_row_blocks(matrix_view<double const> pool, F&& work) const {
    if (pool.cols != model().features()) {
      throw shape_error("gradient_boosting: the model knows " + std::to_string(model().features()) +
                        " columns, the pool has " + std::to_string(pool.cols));
    }
    thread_team team(pool.rows * forest_.trees() < 100000 ? 1 : backend_.threads);
    team.for_each_chunk((pool.rows + block_rows - 1) / block_rows, [&](index_t number) {
      index_t const first = number * block_rows;
      matrix_view<double const> block = pool;
      block.data += first * pool.row_stride;
      block.rows = std::min(block_rows, pool.rows - first);
      if (pool.col_stride == 1) {
        work(block, first);
      } else {
        auto const copy = contiguous(block);
        work(copy.view(), first);
      }
    });
  }

  static matrix<double> contiguous(matrix_view<double const> rows) {
    matrix<double> copy(rows.rows, rows.cols);
    for (index_t c = 0; c < rows.cols; ++c) {
      for (index_t r = 0; r < rows.rows; ++r) copy(r, c) = rows(r, c);
    }
    return copy;
  }

  boosting_parameters parameters_;
  cpu backend_;
  std::optional<boosting_model> model_;
  detail::flat_forest forest_;
};

static_assert(learner<gradient_boosting, matrix_view<double const>>);

}  // namespace alx::inline v0
