// SPDX-License-Identifier: Apache-2.0
/// @file
/// Strategy: ask rows by chance. The baseline that every other one must beat.
#pragma once

#include <alx/concepts/strategy.hpp>

#include <span>
#include <string_view>

namespace alx::inline v0 {

/// A uniform number per row, from the run's seed, the round and the row's id alone: which other
/// rows may be asked does not change it.
///
/// **When.** Always, beside whatever else is tried; and as a first factor where ties should fall at
/// random.
///
/// **Cost.** About ten multiplications per row; no memory.
struct random {
  void score(round_view const& round, std::span<double> utility) const {
    for (std::size_t i = 0; i < utility.size(); ++i) {
      utility[i] = round.stream_of_row(purpose::strategy, round.candidates[i]).uniform();
    }
  }

  [[nodiscard]] static std::string_view name() { return "random"; }
};

static_assert(strategy<random>);

}  // namespace alx::inline v0
