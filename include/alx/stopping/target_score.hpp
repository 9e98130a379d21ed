// SPDX-License-Identifier: Apache-2.0
/// @file
/// Stopping: the model is good enough on the validation part.
#pragma once

#include <alx/concepts/stopping_criterion.hpp>
#include <alx/error.hpp>

namespace alx::inline v0 {

/// Stops when the score on the validation part (`validate{X, y, metric}`, given to `run` or
/// `begin`) reaches `score`.
///
/// What is given as `evaluate` cannot be read here: rows that decide when to stop are no test of
/// the result.
///
/// **Throws.** `state_error` where there is no validation part.
struct target_score {
  double score = 1.0;

  [[nodiscard]] stop_reason stop(round_view const& round) const {
    if (!round.validation_score) {
      throw state_error("target_score: there is no validation part; give validate{X, y, metric}");
    }
    if (!(*round.validation_score >= score)) return {};
    return "validation score " + std::to_string(*round.validation_score) + " reached " +
           std::to_string(score);
  }
};

static_assert(stopping_criterion<target_score>);

}  // namespace alx::inline v0
