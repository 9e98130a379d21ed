// SPDX-License-Identifier: Apache-2.0
/// @file
/// What boosting minimises: where the scores begin, gradients and hessians at the scores, the loss.
#pragma once

#include <alx/learners/boosting/derivatives.hpp>
#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/logistic.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/rounding.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

/// What is known of the rows: classes or values, whichever the objective asks for, and a weight
/// each or none.
struct boosting_targets {
  boosting_objective objective = boosting_objective::binary;
  std::int32_t sums = 1;  ///< a row: the classes, where there are more than two
  std::span<label_t const> labels{};
  std::span<float const> values{};
  std::span<float const> weights{};

  [[nodiscard]] std::size_t rows() const {
    return objective == boosting_objective::regression ? values.size() : labels.size();
  }

  [[nodiscard]] double weight(std::size_t row) const {
    return weights.empty() ? 1.0 : static_cast<double>(weights[row]);
  }
};

/// Rows whose label satisfies `condition`, or the sum of their weights.
template <class F>
double share_of(boosting_targets const& targets, F condition) {
  double part = 0;
  double total = 0;
  for (std::size_t i = 0; i < targets.rows(); ++i) {
    double const weight = targets.weight(i);
    part += condition(targets.labels[i]) ? weight : 0.0;
    total += weight;
  }
  return part / total;
}

/// The score all rows begin with in sum `k`: log odds of class 1, log of the share of class k, or
/// the mean.
inline double initial_score(boosting_targets const& targets, std::int32_t k = 0) {
  double score = 0;
  if (targets.objective == boosting_objective::regression) {
    double sum = 0;
    double total = 0;
    for (std::size_t i = 0; i < targets.rows(); ++i) {
      sum += rounded(static_cast<double>(targets.values[i]) * targets.weight(i));
      total += targets.weight(i);
    }
    score = sum / total;
  } else if (targets.objective == boosting_objective::multiclass) {
    double const share = share_of(targets, [k](label_t label) { return label == k; });
    score = std::log(std::max(boosting_epsilon, share));
  } else {
    double share = share_of(targets, [](label_t label) { return label > 0; });
    share = std::max(std::min(share, 1.0 - boosting_epsilon), boosting_epsilon);
    score = std::log(share / (1.0 - share));
  }
  return std::abs(score) > boosting_epsilon ? score : 0.0;
}

/// Turns sums into probabilities.
inline void softmax(std::span<double> values) {
  double const greatest = *std::max_element(values.begin(), values.end());
  double total = 0;
  for (double& value : values) {
    value = std::exp(value - greatest);
    total += value;
  }
  for (double& value : values) value /= total;
}

/// An objective on given rows. Scores and gradients are kept sum after sum: those of sum k are at
/// k · rows, … , k · rows + rows - 1.
class boosting_loss {
 public:
  boosting_loss(boosting_targets const& targets, boosting_parameters const& parameters)
      : targets_(targets) {
    if (targets.objective != boosting_objective::binary) return;
    positives_ = std::count_if(
        targets.labels.begin(), targets.labels.end(), [](label_t label) { return label > 0; });
    auto const ones = static_cast<double>(positives_);
    auto const zeros = static_cast<double>(targets.rows()) - ones;
    if (parameters.is_unbalance && ones > 0 && zeros > 0) {
      (ones > zeros ? class_weight_[0] : class_weight_[1]) =
          ones > zeros ? ones / zeros : zeros / ones;
    }
    class_weight_[1] *= parameters.scale_pos_weight;
    sign_.resize(targets.rows());
    std::transform(targets.labels.begin(), targets.labels.end(), sign_.begin(), [](label_t label) {
      return label > 0 ? 1.0 : -1.0;
    });
  }

  [[nodiscard]] boosting_targets const& targets() const { return targets_; }

  /// By how much rows of class 0 and of class 1 count, of two classes.
  [[nodiscard]] std::array<double, 2> class_weights() const { return class_weight_; }

  /// Rows of class 1; 0 where there are not two classes.
  [[nodiscard]] index_t positives() const { return positives_; }

  /// Whether there is anything to learn for sum `k`: not where all rows, or none, are of class k.
  [[nodiscard]] bool trains(std::int32_t k) const {
    if (targets_.objective == boosting_objective::regression) return true;
    if (targets_.objective == boosting_objective::binary) {
      return positives_ != 0 && positives_ != static_cast<index_t>(targets_.rows());
    }
    double const share = share_of(targets_, [k](label_t label) { return label == k; });
    return share > boosting_epsilon && share < 1.0 - boosting_epsilon;
  }

  /// First and second derivatives at the scores, rounded to float once, and for each sum k their
  /// total over the rows, added row after row.
  void gradients(std::span<double const> scores,
                 std::span<gradient_pair> out,
                 std::span<histogram_cell> totals) const {
    if (targets_.objective == boosting_objective::binary) {
      totals[0] = gradients_of_two(scores, out);
      return;
    }
    if (targets_.objective == boosting_objective::multiclass) {
      gradients_of_many(scores, out);
    } else {
      gradients_of_values(scores, out);
    }
    for (std::size_t k = 0; k < totals.size(); ++k) {
      totals[k] = sum_of(out.subspan(k * targets_.rows(), targets_.rows()));
    }
  }

  /// The weighted mean of binary_logloss, multi_logloss or l2.
  [[nodiscard]] double mean(std::span<double const> scores) const {
    double sum = 0;
    double total = 0;
    std::vector<double> row(static_cast<std::size_t>(targets_.sums));
    for (std::size_t i = 0; i < targets_.rows(); ++i) {
      for (std::size_t k = 0; k < row.size(); ++k) row[k] = scores[k * targets_.rows() + i];
      sum += rounded(loss_of(row, i) * targets_.weight(i));
      total += targets_.weight(i);
    }
    return sum / total;
  }

 private:
  histogram_cell gradients_of_two(std::span<double const> scores,
                                  std::span<gradient_pair> out) const {
    auto const [zero_weight, one_weight] = class_weight_;
    if (targets_.weights.empty() && zero_weight == 1 && one_weight == 1) {
      return logistic_pairs(sign_, scores, out.data());
    }
    for (std::size_t i = 0; i < scores.size(); ++i) {
      double const class_weight = sign_[i] > 0 ? one_weight : zero_weight;
      out[i] = weighted_logistic_pair(sign_[i], scores[i], class_weight, targets_.weight(i));
    }
    return sum_of(out);
  }

  void gradients_of_many(std::span<double const> scores, std::span<gradient_pair> out) const {
    std::size_t const rows = targets_.rows();
    auto const classes = static_cast<std::size_t>(targets_.sums);
    std::vector<double> p(classes);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t k = 0; k < classes; ++k) p[k] = scores[k * rows + i];
      softmax(p);
      double const weight = targets_.weight(i);
      for (std::size_t k = 0; k < classes; ++k) {
        bool const own = targets_.labels[i] == static_cast<label_t>(k);
        out[k * rows + i] = softmax_pair(p[k], own, static_cast<double>(classes), weight);
      }
    }
  }

  void gradients_of_values(std::span<double const> scores, std::span<gradient_pair> out) const {
    for (std::size_t i = 0; i < scores.size(); ++i) {
      float const weight = targets_.weights.empty() ? 1.0F : targets_.weights[i];
      out[i] = squared_pair(scores[i], targets_.values[i], weight);
    }
  }

  [[nodiscard]] double loss_of(std::span<double> scores, std::size_t row) const {
    if (targets_.objective == boosting_objective::regression) {
      double const difference = scores[0] - static_cast<double>(targets_.values[row]);
      return difference * difference;
    }
    double p = 0;
    if (targets_.objective == boosting_objective::binary) {
      p = 1.0 / (1.0 + std::exp(-scores[0]));
      if (targets_.labels[row] <= 0) p = 1.0 - p;
    } else {
      softmax(scores);
      p = scores[static_cast<std::size_t>(targets_.labels[row])];
    }
    constexpr double greatest = 34.538776397705078;  // -log(1e-15) in float, as LightGBM has it
    return p > boosting_epsilon ? -std::log(p) : greatest;
  }

  boosting_targets targets_;
  index_t positives_ = 0;
  std::vector<double> sign_;  // of two classes: 1 or -1
  std::array<double, 2> class_weight_{1.0, 1.0};
};

}  // namespace alx::inline v0::detail
