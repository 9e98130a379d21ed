// SPDX-License-Identifier: Apache-2.0
/// @file
/// Learner: logistic regression for two classes, the simplest rival that any other must beat.
#pragma once

#include <alx/concepts/learner.hpp>
#include <alx/error.hpp>
#include <alx/view.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <cmath>
#include <string>

namespace alx::inline v0 {

struct logistic_options {
  double c = 1.0;            ///< weight of the data against the penalty, > 0; scikit-learn's C
  int max_iterations = 100;  ///< Newton steps
  double tolerance = 1e-10;  ///< ends when no derivative of the loss is larger, in units of c · n
};

/// A linear border between two classes, with a penalty on its slope.
///
/// **Formula.** P(1 | x) = 1 / (1 + exp(−(w·x + b))), where w, b minimise
/// ½‖w‖² + c Σ_i weight_i · log(1 + exp(−z_i (w·x_i + b))), z_i = ±1: the objective of
/// scikit-learn's `LogisticRegression(C=c)`. The intercept b is not penalised.
///
/// Labels of one class only give a model that is sure of it.
///
/// **Cost.** A Newton step: rows · features² / 2; some ten of them.
///
/// **Throws.** `data_error` where a feature of a labelled row is not finite or a label is not 0 or
/// 1; `option_error` for more than two classes; `numeric_error` where the steps do not converge.
class logistic_regression {
 public:
  explicit logistic_regression(logistic_options options = {}) : options_(options) {
    if (!(options.c > 0.0)) {
      throw option_error("logistic_regression: c " + std::to_string(options.c) +
                         " is not greater than 0");
    }
  }

  void fit(matrix_view<double const> pool, labelled_rows rows) {
    if (rows.classes > 2) {
      throw option_error("logistic_regression: " + std::to_string(rows.classes) +
                         " classes; it is for two");
    }
    auto const data = gather(pool, rows);
    bool const one_class = (data.sign.array() == data.sign(0)).all();
    weight_ = Eigen::VectorXd::Zero(pool.cols + 1);
    if (one_class) {
      weight_(pool.cols) = data.sign(0) * certain;
    } else {
      minimise(data);
    }
  }

  void predict_proba(matrix_view<double const> pool, matrix_view<double> out) const {
    if (pool.cols + 1 != weight_.size()) {
      throw shape_error("logistic_regression: " + std::to_string(pool.cols) +
                        " features, fitted on " + std::to_string(weight_.size() - 1));
    }
    for (index_t i = 0; i < pool.rows; ++i) {
      double sum = weight_(pool.cols);
      for (index_t j = 0; j < pool.cols; ++j) sum += weight_(j) * pool(i, j);
      out(i, 1) = 1.0 / (1.0 + std::exp(-sum));
      out(i, 0) = 1.0 - out(i, 1);
    }
  }

  /// w, and b as the last one.
  [[nodiscard]] Eigen::VectorXd const& weights() const { return weight_; }

 private:
  static constexpr double certain = 40.0;  // 1 / (1 + exp(-40)) rounds to 1

  struct problem {
    Eigen::MatrixXd x;         // rows × (features + 1); the last column is 1
    Eigen::VectorXd sign;      // ±1
    Eigen::VectorXd strength;  // c · weight
  };

  [[nodiscard]] problem gather(matrix_view<double const> pool, labelled_rows const& rows) const {
    auto const n = static_cast<index_t>(rows.ids.size());
    if (n == 0) throw data_error("logistic_regression: no labelled rows to learn from");
    problem data{Eigen::MatrixXd(n, pool.cols + 1), Eigen::VectorXd(n), Eigen::VectorXd(n)};
    for (index_t i = 0; i < n; ++i) {
      auto const at = static_cast<std::size_t>(i);
      for (index_t j = 0; j < pool.cols; ++j) {
        data.x(i, j) = pool(rows.ids[at], j);
        if (!std::isfinite(data.x(i, j))) {
          throw data_error("logistic_regression: row " + std::to_string(rows.ids[at]) +
                           ", column " + std::to_string(j) + " is not finite");
        }
      }
      if (rows.labels[at] != 0 && rows.labels[at] != 1) {
        throw data_error("logistic_regression: row " + std::to_string(rows.ids[at]) +
                         " has label " + std::to_string(rows.labels[at]) + ", not 0 or 1");
      }
      data.x(i, pool.cols) = 1.0;
      data.sign(i) = rows.labels[at] == 1 ? 1.0 : -1.0;
      data.strength(i) = options_.c * (rows.weights.empty() ? 1.0 : double{rows.weights[at]});
    }
    return data;
  }

  /// The penalised loss; log(1 + e^-m) is written so that it overflows for no margin m.
  [[nodiscard]] static double loss(problem const& data, Eigen::VectorXd const& w) {
    Eigen::ArrayXd const margin = data.sign.array() * (data.x * w).array();
    Eigen::ArrayXd const each = (-margin).max(0.0) + (-margin.abs()).exp().log1p();
    return 0.5 * w.head(w.size() - 1).squaredNorm() + (data.strength.array() * each).sum();
  }

  /// Newton's method; a step that does not lower the loss is halved.
  void minimise(problem const& data) {
    index_t const features = weight_.size() - 1;
    double const small = options_.tolerance * data.strength.sum();
    for (int step = 0; step < options_.max_iterations; ++step) {
      Eigen::ArrayXd const p = 1.0 / (1.0 + (-(data.x * weight_).array()).exp());
      Eigen::VectorXd const residual =
          data.strength.array() * (p - (data.sign.array() + 1.0) / 2.0);
      Eigen::VectorXd gradient = data.x.transpose() * residual;
      gradient.head(features) += weight_.head(features);
      if (gradient.cwiseAbs().maxCoeff() <= small) return;
      Eigen::VectorXd const curvature = data.strength.array() * p * (1.0 - p);
      Eigen::MatrixXd hessian = data.x.transpose() * curvature.asDiagonal() * data.x;
      hessian.diagonal().head(features).array() += 1.0;
      Eigen::VectorXd change = hessian.ldlt().solve(gradient);
      double const before = loss(data, weight_);
      double const highest = before + 1e-12 * std::abs(before);  // rounding is no rise
      for (int half = 0; half < 60 && !(loss(data, weight_ - change) <= highest); ++half) {
        change /= 2.0;
      }
      weight_ -= change;
    }
    throw numeric_error("logistic_regression: no convergence in " +
                        std::to_string(options_.max_iterations) +
                        " steps; are the features of "
                        "very different size?");
  }

  logistic_options options_;
  Eigen::VectorXd weight_;
};

static_assert(learner<logistic_regression, matrix_view<double const>>);

}  // namespace alx::inline v0
