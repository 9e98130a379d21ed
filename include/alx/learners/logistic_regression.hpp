// SPDX-License-Identifier: Apache-2.0
/// @file
/// Learner: logistic regression on tables and on sparse rows, the simplest rival that any other
/// must beat, and on texts often the best.
#pragma once

#include <alx/concepts/learner.hpp>
#include <alx/error.hpp>
#include <alx/learners/logistic/newton.hpp>
#include <alx/learners/logistic/objective.hpp>
#include <alx/learners/logistic/rows.hpp>
#include <alx/sparse.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// Where the minimiser begins. The optimum is one and the same; the last digits are not.
enum class logistic_start {
  cold,  ///< at 0: the same rows give the same bits, whatever was fitted before
  warm,  ///< at the weights of the last fit, if it knew the same classes
};

struct logistic_options {
  double c = 1.0;            ///< weight of the data against the penalty, > 0; scikit-learn's C
  int max_iterations = 100;  ///< Newton steps, ≥ 1
  double tolerance = 1e-10;  ///< of the derivatives at the end, relative to the largest weight
  logistic_start start = logistic_start::cold;
};

/// Linear borders between classes, with a penalty on their slopes.
///
/// **Formula.** Two classes: P(1 | x) = 1 / (1 + exp(−(w·x + b))), where w, b minimise
/// ½ ‖w‖² + c Σ_i weight_i · (−log P(label_i | x_i)). More classes: P(k | x) ∝ exp(w_k·x + b_k),
/// ½ Σ_k ‖w_k‖² in front. That is the objective of scikit-learn's `LogisticRegression(C=c)`. The
/// intercepts b are not penalised; with more than two classes they sum to 0.
///
/// **Semantics.** Classes that no labelled row has get probability 0: the model is that of the
/// classes it has seen, and of one class alone it is sure. Warm and cold starts agree to 1e-8 in
/// probabilities, not in every bit: a run that must repeat itself exactly after an interruption
/// starts cold, the default.
///
/// **Cost.** Some 50 passes over the labelled rows, warm 20, one thread; memory twice the labelled
/// rows. Prediction: one pass. Columns that no labelled row has cost nothing but their zeros.
///
/// **Throws.** `data_error` where a value of a labelled row is not finite, a label is no class or a
/// weight is negative; `shape_error` for another number of columns than was fitted on;
/// `state_error` before the first fit; `numeric_error` where the steps do not converge. A fit that
/// throws leaves the model as it was.
class logistic_regression {
 public:
  explicit logistic_regression(logistic_options options = {}) : options_(options) {
    auto const at_least = [](char const* name, double value, char const* range, bool right) {
      if (right) return;
      throw option_error("logistic_regression: " + std::string(name) + " " + std::to_string(value) +
                         " is not " + range);
    };
    at_least("c", options.c, "greater than 0", options.c > 0.0 && std::isfinite(options.c));
    at_least("max_iterations", options.max_iterations, "1 or more", options.max_iterations >= 1);
    at_least("tolerance", options.tolerance, "greater than 0", options.tolerance > 0.0);
  }

  /// The model of classes 0 and 1 with these weights: w, one a feature, and b.
  ///
  /// **Throws.** `data_error` where a weight is not finite, `shape_error` where w is empty.
  logistic_regression(std::span<double const> w, double b, logistic_options options = {})
      : logistic_regression(zero_and_one, {w.data(), 1, std::ssize(w)}, {&b, 1}, options) {}

  /// The model that has seen these classes, with w and b as `coefficients()` and `intercept()` give
  /// them: the same probabilities to the bit.
  ///
  /// **Throws.** The same; `data_error` where the classes do not ascend from 0 or more,
  /// `shape_error` where the three do not fit.
  logistic_regression(std::span<label_t const> seen,
                      matrix_view<double const> w,
                      std::span<double const> b,
                      logistic_options options = {})
      : logistic_regression(options) {
    check_weights(seen, w, b);
    model_ = {std::vector<label_t>(seen.begin(), seen.end()), w.cols, w.rows, {}};
    model_.weight.assign(b.begin(), b.end());
    for (index_t j = 0; j < w.cols; ++j) {
      for (index_t k = 0; k < w.rows; ++k) model_.weight.push_back(w(k, j));
    }
  }

  void fit(matrix_view<double const> pool, labelled_rows rows) {
    learn(pool.cols, detail::logistic::dense_rows(pool, rows.ids), rows);
  }

  void fit(sparse_view<float> pool, labelled_rows rows) { fit_sparse(pool, rows); }

  void fit(sparse_view<double> pool, labelled_rows rows) { fit_sparse(pool, rows); }

  void predict_proba(matrix_view<double const> pool, matrix_view<double> out) const {
    predict(pool, out, [&](index_t row, auto const& visit) {
      for (index_t j = 0; j < pool.cols; ++j) visit(j, pool(row, j));
    });
  }

  void predict_proba(sparse_view<float> pool, matrix_view<double> out) const {
    predict_sparse(pool, out);
  }

  void predict_proba(sparse_view<double> pool, matrix_view<double> out) const {
    predict_sparse(pool, out);
  }

  /// The classes that the labelled rows had, ascending; none before the first fit.
  [[nodiscard]] std::span<label_t const> classes() const { return model_.seen; }

  /// w: of two classes one row, for the higher one; of more a row each, as `classes()`. One class
  /// alone: one row of zeros.
  [[nodiscard]] matrix_view<double const> coefficients() const {
    return {
        model_.weight.data() + model_.outputs, model_.outputs, model_.features, 1, model_.outputs};
  }

  /// b, as many as `coefficients()` has rows.
  [[nodiscard]] std::span<double const> intercept() const {
    return std::span(model_.weight).first(static_cast<std::size_t>(model_.outputs));
  }

 private:
  static constexpr std::array<label_t, 2> zero_and_one = {0, 1};

  struct fitted {
    std::vector<label_t> seen;
    index_t features = 0;
    index_t outputs = 0;
    std::vector<double> weight;  // (1 + features) × outputs, the intercepts first
  };

  static void check_weights(std::span<label_t const> seen,
                            matrix_view<double const> w,
                            std::span<double const> b) {
    std::string const name = "logistic_regression: ";
    if (w.cols < 1) throw shape_error(name + "weights of no feature");
    auto const outputs = seen.size() > 2 ? std::ssize(seen) : index_t{1};
    if (seen.empty() || w.rows != outputs || std::ssize(b) != outputs) {
      throw shape_error(name + std::to_string(w.rows) + " rows of weights and " +
                        std::to_string(b.size()) + " intercepts are not those of " +
                        std::to_string(seen.size()) + " classes");
    }
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (seen[i] > (i == 0 ? -1 : seen[i - 1])) continue;
      throw data_error(name + "class " + std::to_string(seen[i]) + " at place " +
                       std::to_string(i) + ": classes ascend, from 0 or more");
    }
    auto const of_row = [&](index_t k) {
      return outputs == 1 ? "" : " of class " + std::to_string(seen[static_cast<std::size_t>(k)]);
    };
    for (index_t k = 0; k < outputs; ++k) {
      if (!std::isfinite(b[static_cast<std::size_t>(k)])) {
        throw data_error(name + "the intercept" + of_row(k) + " is not finite");
      }
      for (index_t j = 0; j < w.cols; ++j) {
        if (std::isfinite(w(k, j))) continue;
        throw data_error(name + "weight " + std::to_string(j) + of_row(k) + " is not finite");
      }
    }
  }

  template <class T>
  void fit_sparse(sparse_view<T> pool, labelled_rows const& rows) {
    learn(pool.cols, detail::logistic::sparse_rows<T>(pool, rows.ids), rows);
  }

  template <class Rows>
  void learn(index_t features, Rows const& x, labelled_rows const& rows) {
    if (rows.ids.empty()) throw data_error("logistic_regression: no labelled rows to learn from");
    auto const targets = detail::logistic::targets_of(rows, options_.c);
    detail::logistic::objective<Rows> loss(x, targets);
    fitted next{targets.seen, features, loss.outputs(), {}};
    next.weight.resize(static_cast<std::size_t>((1 + features) * next.outputs));
    if (targets.seen.size() > 1) {
      bool const goes_on = options_.start == logistic_start::warm && model_.seen == next.seen &&
                           model_.features == features;
      std::vector<double> w(loss.size());
      if (goes_on) exchange(x, next.outputs, w, model_.weight, copy_to::rows);
      detail::logistic::newton<Rows>(loss).minimise(w, options_.max_iterations, options_.tolerance);
      detail::logistic::centre_intercepts(w, next.outputs);
      exchange(x, next.outputs, w, next.weight, copy_to::pool);
    }
    model_ = std::move(next);
  }

  enum class copy_to { rows, pool };

  /// Between the weights of the columns that the labelled rows have and those of the pool's.
  template <class Rows, class Weights>
  static void exchange(
      Rows const& x, index_t outputs, std::vector<double>& w, Weights& all, copy_to direction) {
    for (index_t c = 0; c < x.columns(); ++c) {
      index_t const there = c == 0 ? 0 : 1 + x.feature_of(c);
      for (index_t k = 0; k < outputs; ++k) {
        auto const from = static_cast<std::size_t>(c * outputs + k);
        auto const to = static_cast<std::size_t>(there * outputs + k);
        if (direction == copy_to::rows) w[from] = all[to];
        if (direction == copy_to::pool) all[to] = w[from];
      }
    }
  }

  template <class T>
  void predict_sparse(sparse_view<T> pool, matrix_view<double> out) const {
    predict(pool, out, [&](index_t row, auto const& visit) {
      auto const x = pool.row(row);
      for (std::size_t i = 0; i < x.columns.size(); ++i) {
        visit(index_t{x.columns[i]}, static_cast<double>(x.values[i]));
      }
    });
  }

  template <class Pool, class Visit>
  void predict(Pool const& pool, matrix_view<double> out, Visit const& for_each) const {
    check_shapes(pool.rows, pool.cols, out);
    std::vector<double> z(static_cast<std::size_t>(model_.outputs));
    for (index_t i = 0; i < pool.rows; ++i) {
      if (model_.outputs == 1) {
        double const* const w = model_.weight.data() + 1;
        double sum = model_.weight[0];
        for_each(i, [&](index_t j, double x) { sum += x * w[j]; });
        z[0] = sum;
      } else {
        std::copy_n(model_.weight.begin(), model_.outputs, z.begin());
        for_each(i, [&](index_t j, double x) {
          double const* const w = model_.weight.data() + (1 + j) * model_.outputs;
          for (std::size_t k = 0; k < z.size(); ++k) z[k] += x * w[k];
        });
      }
      write_row(z, out, i);
    }
  }

  void check_shapes(index_t rows, index_t cols, matrix_view<double> out) const {
    if (model_.seen.empty()) throw state_error("logistic_regression: not fitted yet");
    if (cols != model_.features) {
      throw shape_error("logistic_regression: " + std::to_string(cols) + " features, fitted on " +
                        std::to_string(model_.features));
    }
    if (out.rows != rows || out.cols <= model_.seen.back()) {
      throw shape_error("logistic_regression: room for " + std::to_string(out.rows) + " x " +
                        std::to_string(out.cols) + " probabilities of " + std::to_string(rows) +
                        " rows and class " + std::to_string(model_.seen.back()));
    }
  }

  /// The probabilities of one row from its scores; changes the scores.
  void write_row(std::vector<double>& z, matrix_view<double> out, index_t row) const {
    if (out.cols > static_cast<index_t>(model_.seen.size())) {
      for (index_t k = 0; k < out.cols; ++k) out(row, k) = 0.0;
    }
    if (model_.seen.size() == 1) {
      out(row, model_.seen[0]) = 1.0;
    } else if (model_.outputs == 1) {
      double const p = 1.0 / (1.0 + std::exp(-z[0]));
      out(row, model_.seen[1]) = p;
      out(row, model_.seen[0]) = 1.0 - p;
    } else {
      double const highest = *std::max_element(z.begin(), z.end());
      double sum = 0.0;
      for (double& each : z) sum += each = std::exp(each - highest);
      for (std::size_t k = 0; k < z.size(); ++k) out(row, model_.seen[k]) = z[k] / sum;
    }
  }

  logistic_options options_;
  fitted model_;
};

static_assert(learner<logistic_regression, matrix_view<double const>>);
static_assert(learner<logistic_regression, sparse_view<float>>);
static_assert(learner<logistic_regression, sparse_view<double>>);

}  // namespace alx::inline v0
