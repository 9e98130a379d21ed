// SPDX-License-Identifier: Apache-2.0
/// @file
/// Do probabilities mean what they say: of the rows that were given 0.9, are nine of ten right?
#pragma once

#include <alx/concepts/metric.hpp>
#include <alx/error.hpp>
#include <alx/metrics/detail/checked.hpp>
#include <alx/metrics/predicted_labels.hpp>
#include <alx/metrics/proportion.hpp>
#include <alx/numpy/sum.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// Rows whose predicted classes are about as probable.
struct reliability_bin {
  index_t rows = 0;
  index_t right = 0;         ///< rows that are of the predicted class
  double probability = 0.0;  ///< of the predicted class, the mean
  double share = 0.0;        ///< right / rows: near the probability where that means what it says
  interval of_share;         ///< 95 %, Wilson's
};

namespace detail {

/// Of one part: each row's probability of the predicted class, and whether that is right.
inline reliability_bin reliability_of(std::span<std::pair<double, bool> const> rows) {
  reliability_bin bin;
  bin.rows = static_cast<index_t>(rows.size());
  for (auto const& [p, right] : rows) {
    bin.probability += p;
    bin.right += right ? 1 : 0;
  }
  auto const count = static_cast<double>(bin.rows);
  bin.probability /= count;
  bin.share = static_cast<double>(bin.right) / count;
  bin.of_share = wilson(bin.right, bin.rows);
  return bin;
}

}  // namespace detail

/// The rows by the probability of the predicted class, from the least, in up to `bins` parts of
/// about the same number of rows. One rule for any number of classes.
///
/// Not parts of the same width: of a few hundred known rows those leave most parts with none or one
/// or two, of which nothing can be said. Equal probabilities stay together, so there may be fewer
/// parts, never an empty one. The cuts are those of scikit-learn's `calibration_curve` with
/// `strategy="quantile"`.
///
/// **Cost.** Sorts the rows.
///
/// **Throws.** `option_error` for less than one bin; `shape_error` for other than one label a row;
/// `data_error` for no row, and naming the row of a label out of range or of what is no
/// probability.
inline std::vector<reliability_bin> reliability_bins(std::span<label_t const> truth,
                                                     matrix_view<double const> probability,
                                                     index_t bins = 10) {
  if (bins < 1) {
    throw option_error("reliability_bins: bins is " + std::to_string(bins) +
                       ", must be at least 1");
  }
  detail::check_scored("reliability_bins", truth, probability);
  std::vector<label_t> predicted(truth.size());
  predicted_labels(probability, predicted);
  std::vector<std::pair<double, bool>> rows(truth.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    rows[r] = {probability(static_cast<index_t>(r), predicted[r]), predicted[r] == truth[r]};
  }
  std::sort(rows.begin(), rows.end());
  auto const n = std::ssize(rows);
  auto const p = [&](index_t r) { return rows[static_cast<std::size_t>(r)].first; };
  std::vector<reliability_bin> made;
  index_t begin = 0;
  bins = std::min(bins, n);
  for (index_t k = 1; k <= bins; ++k) {
    index_t last = k * (n - 1) / bins;
    if (last < begin) continue;
    while (last + 1 < n && p(last + 1) == p(last)) ++last;
    made.push_back(detail::reliability_of(std::span(rows).subspan(
        static_cast<std::size_t>(begin), static_cast<std::size_t>(last + 1 - begin))));
    begin = last + 1;
  }
  return made;
}

/// Metric: how far are the probabilities of the predicted classes from the shares that are right?
/// Lower is better; 0 too for who always says how often each class occurs.
///
/// **Formula.** Σ rows / n · |probability − share| over `reliability_bins`. Of few rows it is above
/// 0 even where every probability is true: compare models on the same rows, with the same bins.
///
/// **Throws.** As `reliability_bins`.
struct expected_calibration_error {
  index_t bins = 10;

  double operator()(std::span<label_t const> truth, matrix_view<double const> probability) const {
    double sum = 0.0;
    for (auto const& bin : reliability_bins(truth, probability, bins)) {
      sum += static_cast<double>(bin.rows) * std::abs(bin.probability - bin.share);
    }
    return sum / static_cast<double>(truth.size());
  }

  [[nodiscard]] static std::string_view name() { return "expected_calibration_error"; }
};

/// Metric: how far are the probabilities from 1 for the true class and 0 for the others, squared?
/// Lower is better: it rewards being right and being calibrated.
///
/// **Formula.** (1/n) Σ over rows and classes (p − y)², from 0 to 2: of two classes twice what
/// scikit-learn's `brier_score_loss` gives unless it is told `scale_by_half=False`.
///
/// **Throws.** `shape_error` for other than one label a row; `data_error` for no row, and naming
/// the row of a label out of range or of what is no probability.
struct brier {
  double operator()(std::span<label_t const> truth, matrix_view<double const> probability) const {
    detail::check_scored(name(), truth, probability);
    std::vector<double> loss(truth.size());
    for (std::size_t r = 0; r < truth.size(); ++r) {
      for (index_t c = 0; c < probability.cols; ++c) {
        double const off = probability(static_cast<index_t>(r), c) - (c == truth[r] ? 1.0 : 0.0);
        loss[r] += off * off;
      }
    }
    auto const n = static_cast<index_t>(loss.size());
    return numpy::sum({loss.data(), n, 1}) / static_cast<double>(n);
  }

  [[nodiscard]] static std::string_view name() { return "brier"; }
};

static_assert(metric<expected_calibration_error>);
static_assert(metric<brier>);

}  // namespace alx::inline v0
