// SPDX-License-Identifier: Apache-2.0
/// @file
/// Metric: how well do probabilities, or labels, rank the rows of class 1 above those of class 0?
#pragma once

#include <alx/concepts/metric.hpp>
#include <alx/error.hpp>
#include <alx/metrics/detail/checked.hpp>
#include <alx/metrics/predicted_labels.hpp>
#include <alx/numpy/sum.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alx::inline v0 {

/// What ranks the rows: the probability of class 1, or the predicted label. Published experiments
/// that hand labels to `roc_auc_score` report the second, which is (tpr + 1 − fpr) / 2.
enum class roc_auc_of { probability, hard_labels };

/// The area under the receiver operating characteristic, for two classes. Higher is better.
///
/// **Formula.** The probability that a row of class 1 is ranked above one of class 0, equal ones
/// counting half (mid-ranks). Computed in the order in which scikit-learn does it, so the bits are
/// those of `roc_auc_score`: trapezoids between the corners of the curve, added as NumPy adds.
///
/// **Cost.** Sorts the rows; hard labels are only counted.
///
/// **Throws.** `shape_error` for other than one label a row; `data_error` for more or fewer than
/// two classes, where only one of them occurs, and naming the row of a label out of range or of
/// what is no probability.
struct roc_auc {
  roc_auc_of of = roc_auc_of::probability;

  double operator()(std::span<label_t const> truth, matrix_view<double const> probability) const {
    if (probability.cols != 2) {
      throw data_error("roc_auc: it is not defined here for other than two classes, there are " +
                       std::to_string(probability.cols));
    }
    detail::check_scored("roc_auc", truth, probability);
    if (of == roc_auc_of::probability) return area(curve(ranked(truth, probability)));
    std::vector<label_t> predicted(truth.size());
    predicted_labels(probability, predicted);
    return area(curve_of_labels(truth, predicted));
  }

  /// Of hard labels that are known already; throws as above.
  static double of_labels(std::span<label_t const> truth, std::span<label_t const> predicted) {
    auto const rows = static_cast<index_t>(predicted.size());
    detail::check_labels("roc_auc", truth, rows, 2);
    detail::check_labels("roc_auc, predicted", predicted, rows, 2);
    return area(curve_of_labels(truth, predicted));
  }

  [[nodiscard]] std::string_view name() const {
    return of == roc_auc_of::hard_labels ? "roc_auc_of_labels" : "roc_auc";
  }

 private:
  struct scored_row {
    double score = 0.0;
    label_t label = 0;
  };

  /// Rows of class 0 and 1 with at least some score.
  struct corner {
    index_t fp = 0;
    index_t tp = 0;
  };

  static std::vector<scored_row> ranked(std::span<label_t const> truth,
                                        matrix_view<double const> probability) {
    std::vector<scored_row> rows(truth.size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
      rows[r] = {probability(static_cast<index_t>(r), 1), truth[r]};
    }
    std::sort(
        rows.begin(), rows.end(), [](auto const& a, auto const& b) { return a.score > b.score; });
    return rows;
  }

  /// The curve whose scores are the predicted labels: rows predicted as class 1, then all.
  static std::vector<corner> curve_of_labels(std::span<label_t const> truth,
                                             std::span<label_t const> predicted) {
    corner ones;
    corner all;
    for (std::size_t r = 0; r < truth.size(); ++r) {
      index_t const positive = truth[r] == 1 ? 1 : 0;
      index_t const predicted_positive = predicted[r] == 1 ? 1 : 0;
      all.tp += positive;
      all.fp += 1 - positive;
      ones.tp += positive * predicted_positive;
      ones.fp += (1 - positive) * predicted_positive;
    }
    index_t const ranked_first = ones.tp + ones.fp;
    if (ranked_first == 0 || ranked_first == all.tp + all.fp) return {all};
    return {ones, all};
  }

  /// One corner for each score that occurs, from the highest.
  static std::vector<corner> curve(std::vector<scored_row> const& rows) {
    std::vector<corner> corners;
    corner now;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      ++(rows[r].label == 1 ? now.tp : now.fp);
      if (r + 1 == rows.size() || rows[r + 1].score != rows[r].score) corners.push_back(now);
    }
    return corners;
  }

  /// Without corners that repeat the last step: the area is the same, its rounding is not.
  static std::vector<corner> without_straight(std::vector<corner> const& all) {
    std::vector<corner> kept{{0, 0}};
    for (std::size_t i = 0; i < all.size(); ++i) {
      bool const inside = i > 0 && i + 1 < all.size();
      if (inside && all[i + 1].fp - all[i].fp == all[i].fp - all[i - 1].fp &&
          all[i + 1].tp - all[i].tp == all[i].tp - all[i - 1].tp) {
        continue;
      }
      kept.push_back(all[i]);
    }
    return kept;
  }

  static double area(std::vector<corner> const& curve) {
    auto const corners = without_straight(curve);
    auto const& last = corners.back();
    if (last.fp == 0 || last.tp == 0) {
      throw data_error("roc_auc: all " + std::to_string(last.fp + last.tp) + " rows are of class " +
                       std::to_string(last.tp == 0 ? 0 : 1) + ", there is nothing to rank");
    }
    auto const negatives = static_cast<double>(corners.back().fp);
    auto const positives = static_cast<double>(corners.back().tp);
    std::vector<double> trapezoid;
    double last_x = 0.0;
    double last_y = 0.0;
    for (std::size_t i = 1; i < corners.size(); ++i) {
      double const x = static_cast<double>(corners[i].fp) / negatives;
      double const y = static_cast<double>(corners[i].tp) / positives;
      trapezoid.push_back((x - last_x) * (y + last_y) / 2.0);
      last_x = x;
      last_y = y;
    }
    return numpy::sum({trapezoid.data(), static_cast<index_t>(trapezoid.size()), 1});
  }
};

static_assert(metric<roc_auc>);

}  // namespace alx::inline v0
