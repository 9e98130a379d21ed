// SPDX-License-Identifier: Apache-2.0
/// @file
/// Stopping: a number of rounds.
#pragma once

#include <alx/concepts/stopping_criterion.hpp>

namespace alx::inline v0 {

/// Stops when the model has been fitted `count` times.
struct rounds {
  index_t count = 0;

  [[nodiscard]] stop_reason stop(round_view const& round) const {
    if (round.round + 1 < count) return {};
    return std::to_string(round.round + 1) + " rounds done";
  }
};

static_assert(stopping_criterion<rounds>);

}  // namespace alx::inline v0
