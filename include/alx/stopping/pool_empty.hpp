// SPDX-License-Identifier: Apache-2.0
/// @file
/// Stopping: nothing is left to ask.
#pragma once

#include <alx/concepts/stopping_criterion.hpp>

namespace alx::inline v0 {

/// Stops when every row is labelled or set aside. The loop stops then in any case; this is the
/// criterion for those who want no other.
struct pool_empty {
  [[nodiscard]] stop_reason stop(round_view const& round) const {
    if (!round.candidates.empty()) return {};
    return "no row is left to ask";
  }
};

static_assert(stopping_criterion<pool_empty>);

}  // namespace alx::inline v0
