// SPDX-License-Identifier: Apache-2.0
/// @file
/// Two classes: above which probability is a row of class 1, if the two kinds of errors do not
/// weigh the same?
#pragma once

#include <alx/error.hpp>
#include <alx/metrics/detail/checked.hpp>
#include <alx/rounding.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alx::inline v0 {

/// A row is of class 1 where its probability is **more** than the threshold, as in `text_model`.
struct threshold_choice {
  double threshold = 0.5;
  double cost = 0.0;  ///< in false positives: fp + balance · fn
  index_t tp = 0;
  index_t tn = 0;
  index_t fp = 0;
  index_t fn = 0;
};

namespace detail {

inline void check_balance(std::string_view name, double balance) {
  if (balance > 0.0 && std::isfinite(balance)) return;
  throw option_error(std::string(name) + ": balance is " + std::to_string(balance) +
                     ", must be above 0 and finite");
}

struct known_row {
  double probability = 0.0;
  label_t label = 0;
};

/// The rows by probability, ascending.
inline std::vector<known_row> known_rows(std::span<label_t const> truth,
                                         std::span<double const> probability) {
  check_labels("threshold", truth, static_cast<index_t>(probability.size()), 2);
  std::vector<known_row> rows(truth.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (!(probability[r] >= 0.0 && probability[r] <= 1.0)) {
      throw data_error("threshold: row " + std::to_string(r) + " has " +
                       std::to_string(probability[r]) + ", which is no probability");
    }
    rows[r] = {probability[r], truth[r]};
  }
  std::sort(rows.begin(), rows.end(), [](known_row const& a, known_row const& b) {
    return a.probability < b.probability;
  });
  return rows;
}

/// ½ where it lies in [low, high), else the middle of the two.
inline double between(double low, double high) {
  if (low <= 0.5 && 0.5 < high) return 0.5;
  double const middle = low + (high - low) / 2.0;
  return middle < high ? middle : low;
}

/// Whether `a` is to be taken rather than `b`.
inline bool is_better(threshold_choice const& a, threshold_choice const& b) {
  if (a.cost != b.cost) return a.cost < b.cost;
  double const far_a = std::abs(a.threshold - 0.5);
  double const far_b = std::abs(b.threshold - 0.5);
  return far_a != far_b ? far_a < far_b : a.threshold < b.threshold;
}

}  // namespace detail

/// The threshold under which the errors on known rows cost least, where a false negative costs as
/// much as `balance` false positives. Of equal ones the nearest to ½, then the lower.
///
/// Thresholds that divide the rows alike differ for rows to come alone: ½ stands for those around
/// it, the middle for those between other two probabilities (or one of them and 0 or 1). The rows
/// are no test of the result: other rows must say what it is worth.
///
/// **Cost.** Sorts the rows.
///
/// **Throws.** `option_error` for a balance that is not above 0; `shape_error` for other than one
/// label a row; `data_error` for no row, where only one class occurs, and naming the row of a label
/// that is not 0 or 1 or of what is no probability.
inline threshold_choice least_cost_threshold(std::span<label_t const> truth,
                                             std::span<double const> probability_of_1,
                                             double balance) {
  detail::check_balance("threshold", balance);
  auto const rows = detail::known_rows(truth, probability_of_1);
  threshold_choice now;  // all rows are above it, until they are passed one by one
  for (auto const& row : rows) ++(row.label == 1 ? now.tp : now.fp);
  if (now.tp == 0 || now.fp == 0) {
    throw data_error("threshold: all " + std::to_string(rows.size()) + " rows are of class " +
                     std::to_string(now.tp == 0 ? 0 : 1) + ", there is nothing to weigh");
  }
  threshold_choice best;
  best.cost = best.threshold = std::numeric_limits<double>::infinity();
  auto const look = [&](double low, double high) {
    now.threshold = detail::between(low, high);
    now.cost = static_cast<double>(now.fp) + rounded_product(balance, static_cast<double>(now.fn));
    if (detail::is_better(now, best)) best = now;
  };
  if (rows.front().probability > 0.0) look(0.0, rows.front().probability);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    bool const one = rows[r].label == 1;
    --(one ? now.tp : now.fp);
    ++(one ? now.fn : now.tn);
    double const next = r + 1 < rows.size() ? rows[r + 1].probability : 1.0;
    bool const last = r + 1 == rows.size();
    if (last || next > rows[r].probability) look(rows[r].probability, next);
  }
  return best;
}

/// The same for probabilities that mean what they say (`reliability_bins` tells): no row needed.
///
/// **Formula.** 1 / (1 + balance). **Throws.** `option_error` for a balance that is not above 0.
inline double calibrated_threshold(double balance) {
  detail::check_balance("threshold", balance);
  return 1.0 / (1.0 + balance);
}

}  // namespace alx::inline v0
