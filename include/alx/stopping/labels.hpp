// SPDX-License-Identifier: Apache-2.0
/// @file
/// Stopping: a budget of labels.
#pragma once

#include <alx/concepts/stopping_criterion.hpp>

namespace alx::inline v0 {

/// Stops when at least `count` labels are known. The last batch is asked whole, so up to batch − 1
/// more may be known then.
struct labels {
  index_t count = 0;

  [[nodiscard]] stop_reason stop(round_view const& round) const {
    auto const known = static_cast<index_t>(round.labelled.size());
    if (known < count) return {};
    return std::to_string(known) + " labels known, " + std::to_string(count) + " wanted";
  }
};

static_assert(stopping_criterion<labels>);

}  // namespace alx::inline v0
