// SPDX-License-Identifier: Apache-2.0
/// @file
/// The loss on rows that are not trained on, and when to stop because of it.
#pragma once

#include <alx/learners/boosting/objective.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/route.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

/// Rows of a pool and what is known of them.
struct boosting_rows {
  matrix_view<double const> pool;
  std::span<index_t const> ids;
  boosting_targets targets;
};

/// Scores of the validation rows, grown with the model.
class validation_scores {
 public:
  validation_scores(boosting_rows const& rows,
                    std::span<double const> bias,
                    boosting_parameters const& parameters,
                    thread_team& team)
      : rows_(rows), loss_(rows.targets, parameters), team_(team) {
    for (double const value : bias) scores_.insert(scores_.end(), rows.ids.size(), value);
  }

  /// Adds a tree of sum `k`, whose values are shrunken and without bias.
  void add(boosting_tree const& tree, std::size_t k) {
    std::size_t const rows = rows_.ids.size();
    pool_scores const own{rows_.pool, rows_.ids, std::span(scores_).subspan(k * rows, rows)};
    add_tree(
        tree, own, static_cast<index_t>(rows), [](index_t i) { return i; }, team_);
  }

  [[nodiscard]] double loss() const { return loss_.mean(scores_); }

 private:
  boosting_rows const& rows_;
  boosting_loss loss_;
  thread_team& team_;
  std::vector<double> scores_;
};

/// Ends training when the loss has not been lower for so many iterations.
class early_stopping {
 public:
  /// `patience` ≤ 0: never.
  explicit early_stopping(std::int32_t patience) : patience_(patience) {}

  [[nodiscard]] bool active() const { return patience_ > 0; }

  /// Whether to stop after `iteration`.
  bool after(std::int32_t iteration, double loss) {
    if (best_ < 0 || loss < least_) {
      best_ = iteration;
      least_ = loss;
    }
    return active() && iteration - best_ >= patience_;
  }

  /// The iteration of the least loss, the first among equals; -1 before any.
  [[nodiscard]] std::int32_t best() const { return best_; }

 private:
  std::int32_t patience_;
  std::int32_t best_ = -1;
  double least_ = 0;
};

}  // namespace alx::inline v0::detail
