// SPDX-License-Identifier: Apache-2.0
/// @file
/// Gradient-boosted trees for classes and values, the models of LightGBM to the bit.
#pragma once

#include <alx/backend.hpp>
#include <alx/concepts/learner.hpp>
#include <alx/detail/shortest.hpp>
#include <alx/error.hpp>
#include <alx/learners/boosting/engine_on_gpu.hpp>
#include <alx/learners/boosting/forest_on_gpu.hpp>
#include <alx/learners/boosting/many.hpp>
#include <alx/learners/boosting/model_check.hpp>
#include <alx/learners/boosting/model_parse.hpp>
#include <alx/learners/boosting/model_text.hpp>
#include <alx/learners/boosting/objective.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/predict.hpp>
#include <alx/learners/boosting/rows_check.hpp>
#include <alx/learners/boosting/trainer.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <memory>
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
/// Two classes are told apart by log odds, more by one tree a class and iteration and softmax; real
/// values are fitted by least squares (`fit_regression`). With validation rows the loss on them is
/// recorded after each iteration, and `early_stopping_round` cuts the model where it was least.
///
/// **Cost.** Training: rows × columns × about half the depth of a tree per iteration, in memory two
/// bytes per row and column, 48 per row, and 16 per open leaf, column and bin. Prediction: rows ×
/// (columns used + nodes / 64); trees of more than 256 leaves: rows × depth of each. Threads share
/// out columns in training and rows in prediction; the bits do not depend on them.
///
/// **Reference.** Ke et al.: LightGBM, a highly efficient gradient boosting decision tree (2017).
class gradient_boosting {
 public:
  /// **Throws.** `option_error` where an option is outside its range.
  explicit gradient_boosting(boosting_parameters parameters = {}, cpu backend = {})
      : parameters_(std::move(parameters)), backend_(backend) {
    detail::check(parameters_);
  }

  /// Trains on a GPU, and predicts on the host with all its threads.
  ///
  /// The trees are those of the CPU: to the bit where no more than 65,536 rows are trained on (of
  /// more, the sum over all rows is exact where the CPU's is rounded row by row) and no gradient is
  /// closer to a float's rounding than the GPU's exponential is to the host's, which befalls one of
  /// about 10^8. Categories with cat_smooth = 0 are left to the CPU.
  explicit gradient_boosting(boosting_parameters parameters, gpu where)
      : gradient_boosting(std::move(parameters), cpu{.threads = 0}) {
    on_gpu_ = {detail::boosting_on_gpu(), where.device};
  }

  explicit gradient_boosting(gpu where) : gradient_boosting(boosting_parameters{}, where) {}

  /// A model that was trained before, ready to predict.
  ///
  /// **Throws.** `data_error` where a model made by hand is none.
  explicit gradient_boosting(boosting_model model,
                             boosting_parameters parameters = {},
                             cpu backend = {})
      : gradient_boosting(std::move(parameters), backend) {
    detail::check(model, "gradient_boosting");
    adopt(std::move(model));
  }

  /// The same, to predict on a GPU too.
  gradient_boosting(boosting_model model, boosting_parameters parameters, gpu where)
      : gradient_boosting(std::move(parameters), where) {
    detail::check(model, "gradient_boosting");
    adopt(std::move(model));
  }

  /// Trains from scratch. Weights count as LightGBM's sample weights do.
  ///
  /// **Throws.** `data_error`: no rows or columns, an id outside the pool, a label that is not in
  /// 0 … classes - 1, a weight that is negative, not finite, or all of them 0. `shape_error`: not
  /// one label (or weight) an id. `option_error`: a categorical column that the pool has not, early
  /// stopping without validation rows. `numeric_error`: a leaf without rows, which only
  /// min_data_in_leaf = 0 or rows of no weight can lead to.
  void fit(matrix_view<double const> pool, labelled_rows rows) {
    train_on(checked(pool, rows, rows.classes), nullptr);
  }

  /// The same, with rows to record the loss on (binary_logloss or multi_logloss).
  void fit(matrix_view<double const> pool,
           labelled_rows rows,
           matrix_view<double const> validation_pool,
           labelled_rows validation) {
    check_columns(pool.cols, validation_pool.cols);
    auto const others = checked(validation_pool, validation, rows.classes);
    train_on(checked(pool, rows, rows.classes), &others);
  }

  /// A copy of this learner for each set of rows, fitted on it: a committee, repeats, folds.
  ///
  /// The models are those of `fit`. Threads share out the sets; a GPU fits all models at once,
  /// unless rows or columns are drawn for each tree, which it does one model after the other.
  ///
  /// **Throws.** As `fit` does.
  [[nodiscard]] std::vector<gradient_boosting> fit_each(matrix_view<double const> pool,
                                                        std::span<labelled_rows const> sets) const {
    std::vector<gradient_boosting> learners(sets.size(), *this);
    thread_team team(backend_.threads);
    if (fits_on_gpu() && detail::draws_nothing(parameters_)) {
      std::vector<detail::boosting_rows> checked_sets;
      for (auto const& rows : sets) checked_sets.push_back(checked_to_train(pool, rows));
      auto models = detail::train_many(checked_sets, parameters_, on_gpu_, team);
      for (std::size_t i = 0; i < sets.size(); ++i) learners[i].adopt(std::move(models[i]));
    } else if (on_gpu_.functions != nullptr) {
      for (std::size_t i = 0; i < sets.size(); ++i) learners[i].fit(pool, sets[i]);
    } else {
      team.for_each_chunk(static_cast<index_t>(sets.size()), [&](index_t i) {
        auto& learner = learners[static_cast<std::size_t>(i)];
        learner.backend_.threads = 1;
        learner.fit(pool, sets[static_cast<std::size_t>(i)]);
        learner.backend_ = backend_;
      });
    }
    return learners;
  }

  /// Trains on real values instead of classes.
  ///
  /// **Throws.** As `fit` does; `data_error` for a value that is not finite.
  void fit_regression(matrix_view<double const> pool, regression_rows rows) {
    train_on(checked(pool, rows), nullptr);
  }

  /// The same, with rows to record the loss on (l2, the mean of squared differences).
  void fit_regression(matrix_view<double const> pool,
                      regression_rows rows,
                      matrix_view<double const> validation_pool,
                      regression_rows validation) {
    check_columns(pool.cols, validation_pool.cols);
    auto const others = checked(validation_pool, validation);
    train_on(checked(pool, rows), &others);
  }

  /// The loss on the validation rows after each iteration of the last fit; none without such rows.
  [[nodiscard]] std::span<double const> validation_losses() const { return losses_; }

  /// Probabilities, rows × classes. For two classes columns (1 - p, p), p that of class 1.
  ///
  /// **Throws.** `state_error` where the model was trained on values.
  void predict_proba(matrix_view<double const> pool, matrix_view<double> out) const {
    require_probabilities();
    bool const two = model().objective == boosting_objective::binary;
    check_out(pool.rows, two ? 2 : model().num_class, out.rows, out.cols);
    double const sigmoid = model().sigmoid;
    sum_trees(pool, [&](index_t row, std::span<double> sums) {
      if (two) {
        double const p = 1.0 / (1.0 + std::exp(-sigmoid * sums[0]));
        out(row, 0) = 1.0 - p;
        out(row, 1) = p;
        return;
      }
      detail::softmax(sums);
      write(sums, out, row);
    });
  }

  /// The sums of the trees' values, rows × classes: of two classes one sum, the log odds of class 1
  /// where sigmoid is 1; of a model of values one, the value.
  void predict_raw(matrix_view<double const> pool, matrix_view<double> out) const {
    check_out(pool.rows, model().num_class, out.rows, out.cols);
    sum_trees(pool, [&](index_t row, std::span<double> sums) { write(sums, out, row); });
  }

  /// The same for models of one sum a row.
  void predict_raw(matrix_view<double const> pool, std::span<double> out) const {
    predict_raw(pool, matrix_view<double>(out.data(), static_cast<index_t>(out.size()), 1));
  }

  /// Probabilities of a pool on the learner's GPU, into memory that is there. They are the host's
  /// but for the last bits of an exponential.
  ///
  /// **Throws.** `state_error` besides, where the learner has no GPU.
  void predict_proba(matrix_view<double const, device> pool,
                     matrix_view<double, device> out) const {
    bool const two = model().objective == boosting_objective::binary;
    require_probabilities();
    check_out(pool.rows, two ? 2 : model().num_class, out.rows, out.cols);
    predict_there(pool, out, true);
  }

  /// Sums of the trees' values, likewise; these have the host's bits.
  void predict_raw(matrix_view<double const, device> pool, matrix_view<double, device> out) const {
    check_out(pool.rows, model().num_class, out.rows, out.cols);
    predict_there(pool, out, false);
  }

  /// The leaf that each row reaches in each tree; `out` is rows × trees.
  void predict_leaf(matrix_view<double const> pool, matrix_view<std::int32_t> out) const {
    check_out(pool.rows, static_cast<index_t>(model().trees.size()), out.rows, out.cols);
    for_row_blocks(pool, [&](matrix_view<double const> block, index_t first) {
      forest_.find_leaves(block,
                          {out.data + first * out.row_stride,
                           block.rows,
                           out.cols,
                           out.row_stride,
                           out.col_stride});
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
    return gradient_boosting(parse_model(text.str(), path), std::move(parameters), backend);
  }

 private:
  void adopt(boosting_model model) {
    forest_ = detail::flat_forest(model);
    if (on_gpu_.functions != nullptr) {
      forest_there_ = on_gpu_.functions->to_gpu(detail::forest_for_gpu(model), on_gpu_.device);
    }
    model_ = std::move(model);
  }

  void require_probabilities() const {
    if (model().objective == boosting_objective::regression) {
      throw state_error("gradient_boosting: a model of values has no probabilities");
    }
  }

  /// Without `cat_smooth` a category's rank may be 0 / 0, and what the host's sort makes of those
  /// is its own.
  [[nodiscard]] bool fits_on_gpu() const {
    bool const ranks = parameters_.categorical_feature.empty() || parameters_.cat_smooth > 0;
    return on_gpu_.functions != nullptr && ranks;
  }

  void check_features(index_t cols) const {
    if (cols == model().features()) return;
    throw shape_error("gradient_boosting: the model knows " + std::to_string(model().features()) +
                      " columns, the pool has " + std::to_string(cols));
  }

  void predict_there(matrix_view<double const, device> pool,
                     matrix_view<double, device> out,
                     bool probabilities) const {
    check_features(pool.cols);
    if (forest_there_ == nullptr) {
      throw state_error("gradient_boosting: a pool on a GPU needs a learner on one");
    }
    on_gpu_.functions->predict(forest_there_.get(), model().sigmoid, probabilities, pool, out);
  }

  [[nodiscard]] detail::boosting_rows checked(matrix_view<double const> pool,
                                              labelled_rows rows,
                                              label_t classes) const {
    rows.classes = classes;
    detail::rows_check(pool, rows.ids).run(rows);
    bool const many = classes > 2;
    return {pool,
            rows.ids,
            {.objective = many ? boosting_objective::multiclass : boosting_objective::binary,
             .sums = many ? classes : 1,
             .labels = rows.labels,
             .weights = rows.weights}};
  }

  [[nodiscard]] static detail::boosting_rows checked(matrix_view<double const> pool,
                                                     regression_rows rows) {
    detail::rows_check(pool, rows.ids).run(rows);
    return {pool,
            rows.ids,
            {.objective = boosting_objective::regression,
             .values = rows.values,
             .weights = rows.weights}};
  }

  [[nodiscard]] detail::boosting_rows checked_to_train(matrix_view<double const> pool,
                                                       labelled_rows rows) const {
    auto const made = checked(pool, rows, rows.classes);
    check_to_train(made, nullptr);
    return made;
  }

  void check_to_train(detail::boosting_rows const& rows,
                      detail::boosting_rows const* validation) const {
    detail::rows_check(rows.pool, rows.ids).categories(parameters_);
    if (parameters_.early_stopping_round > 0 && validation == nullptr) {
      throw option_error("gradient_boosting: early_stopping_round = " +
                         std::to_string(parameters_.early_stopping_round) +
                         " needs validation rows");
    }
  }

  void train_on(detail::boosting_rows const& rows, detail::boosting_rows const* validation) {
    check_to_train(rows, validation);
    auto const cells = static_cast<double>(rows.ids.size()) * static_cast<double>(rows.pool.cols);
    thread_team team(cells < 40000 ? 1 : backend_.threads);
    auto trained = fits_on_gpu() ? train_on_gpu(rows, validation, team)
                                 : detail::train(rows, validation, parameters_, team);
    adopt(std::move(trained.model));
    losses_ = std::move(trained.losses);
  }

  [[nodiscard]] detail::trained_model train_on_gpu(detail::boosting_rows const& rows,
                                                   detail::boosting_rows const* validation,
                                                   thread_team& team) const {
    detail::used_columns const columns(rows.pool, rows.ids, parameters_, team);
    return detail::train(columns, rows, validation, parameters_, team, [&](auto const& loss) {
      return std::make_unique<detail::gpu_engine>(columns, rows, loss, parameters_, on_gpu_);
    });
  }

  static void check_columns(index_t cols, index_t validation_cols) {
    if (cols == validation_cols) return;
    throw shape_error("gradient_boosting: " + std::to_string(cols) + " columns to train on, " +
                      std::to_string(validation_cols) + " to validate on");
  }

  static void write(std::span<double const> sums, matrix_view<double> out, index_t row) {
    for (index_t k = 0; k < out.cols; ++k) out(row, k) = sums[static_cast<std::size_t>(k)];
  }

  static void check_out(index_t rows, index_t cols, index_t out_rows, index_t out_cols) {
    if (rows == out_rows && cols == out_cols) return;
    throw shape_error("gradient_boosting: the result is " + std::to_string(rows) + " x " +
                      std::to_string(cols) + ", the place for it " + std::to_string(out_rows) +
                      " x " + std::to_string(out_cols));
  }

  /// Calls `use(row, sums)` with every row's sums of leaf values, in the trees' order; `use` may
  /// change them.
  template <class F>
  void sum_trees(matrix_view<double const> pool, F&& use) const {
    auto const count = static_cast<std::size_t>(model().num_class);
    for_row_blocks(pool, [&](matrix_view<double const> block, index_t first) {
      auto const rows = static_cast<std::size_t>(block.rows);
      std::vector<double> sums(rows * count);
      std::vector<double> row(count);
      forest_.add_values(block, {sums.data(), block.rows, forest_.sums(), 1, block.rows});
      for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t k = 0; k < count; ++k) row[k] = sums[k * rows + r];
        use(first + static_cast<index_t>(r), std::span(row));
      }
    });
  }

  /// Calls `work(block, id of its first row)` for blocks of rows.
  template <class F>
  void for_row_blocks(matrix_view<double const> pool, F&& work) const {
    constexpr index_t block_rows = detail::flat_forest::block_rows;
    check_features(pool.cols);
    thread_team team(pool.rows * forest_.trees() < 200000 ? 1 : backend_.threads);
    team.for_each_chunk((pool.rows + block_rows - 1) / block_rows, [&](index_t number) {
      index_t const first = number * block_rows;
      matrix_view<double const> block = pool;
      block.data += first * pool.row_stride;
      block.rows = std::min(block_rows, pool.rows - first);
      work(block, first);
    });
  }

  boosting_parameters parameters_;
  cpu backend_;
  detail::boosting_gpu on_gpu_;
  std::optional<boosting_model> model_;
  std::vector<double> losses_;
  detail::flat_forest forest_;
  std::shared_ptr<void const> forest_there_;  // on the GPU, if there is one; never changed
};

static_assert(learner<gradient_boosting, matrix_view<double const>>);

}  // namespace alx::inline v0
