// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the rules are held against on the rows that no model learns from: every label, the best
/// possible rule, and the simplest rival.
#pragma once

#include <alx/error.hpp>
#include <alx/learners/logistic_regression.hpp>
#include <alx/matrix.hpp>

#include "data.hpp"
#include "run.hpp"
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace notebook {

/// ROC AUC of hard labels on the rows no model learns from; NaN where unknown.
struct fresh_limits {
  double all_labels = std::numeric_limits<double>::quiet_NaN();     ///< learnt from the whole pool
  double best_possible = std::numeric_limits<double>::quiet_NaN();  ///< by the best rule there is
};

/// What a learner fitted on these pool rows scores on the fresh ones; `room` is fresh rows × 2.
template <class Learner>
[[nodiscard]] double fresh_auc(Learner model,
                               data const& all,
                               known_rows const& rows,
                               alx::matrix<double>& room) {
  model.fit(all.pool.features, {rows.ids, rows.labels});
  model.predict_proba(all.fresh.features, room);
  return hard_auc{}(all.fresh.labels, room);
}

[[nodiscard]] inline fresh_limits limits_on_fresh(data const& all) {
  fresh_limits limits;
  if (all.fresh.labels.empty()) return limits;
  alx::matrix<double> probability(all.fresh.features.rows(), 2);
  known_rows const every(all, std::vector<bool>(all.pool.labels.size(), true));
  limits.all_labels = fresh_auc(learner(), all, every, probability);
  if (all.best_on_fresh.empty()) return limits;
  for (alx::index_t i = 0; i < probability.rows(); ++i) {
    probability(i, 1) = all.best_on_fresh[static_cast<std::size_t>(i)];
    probability(i, 0) = 1.0 - probability(i, 1);
  }
  limits.best_possible = hard_auc{}(all.fresh.labels, probability);
  return limits;
}

[[nodiscard]] inline bool all_finite(alx::matrix<double> const& table) {
  auto const* const end = table.data() + table.rows() * table.cols();
  return std::all_of(table.data(), end, [](double value) { return std::isfinite(value); });
}

/// Logistic regression on the labels that each run of `random` knew, round by round. Nothing where
/// there is no such run or no fresh row, where features are missing, or where their sizes are such
/// that it does not converge.
[[nodiscard]] inline std::vector<std::vector<double>> rival_on_fresh(
    data const& all, std::vector<run_record> const& runs) {
  std::vector<std::vector<double>> repeats;
  if (all.fresh.labels.empty() || !all_finite(all.pool.features) ||
      !all_finite(all.fresh.features)) {
    return repeats;
  }
  alx::matrix<double> probability(all.fresh.features.rows(), 2);
  for (run_record const& run : runs) {
    if (run.rule != "random") continue;
    std::vector<double>& rounds = repeats.emplace_back();
    std::vector<bool> known(all.pool.labels.size());
    for (round_record const& round : run.rounds) {
      add_asked(all, round, known);
      known_rows const rows(all, known);
      try {
        rounds.push_back(fresh_auc(alx::logistic_regression{}, all, rows, probability));
      } catch (alx::numeric_error const&) {
        return {};
      }
      if (!std::isfinite(rounds.back())) return {};
    }
  }
  return repeats;
}

}  // namespace notebook
