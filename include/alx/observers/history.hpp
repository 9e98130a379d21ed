// SPDX-License-Identifier: Apache-2.0
/// @file
/// Observer: keeps every round's report. It is what `run` returns.
#pragma once

#include <alx/concepts/observer.hpp>

#include <string>
#include <vector>

namespace alx::inline v0 {

/// The rounds of a run, in order, and why it ended.
struct history {
  std::vector<round_report> rounds;
  std::string reason;

  void operator()(round_scored const& event) { rounds.push_back(event.report); }

  void operator()(run_finished const& event) { reason = event.reason; }

  [[nodiscard]] auto begin() const { return rounds.begin(); }

  [[nodiscard]] auto end() const { return rounds.end(); }

  [[nodiscard]] round_report const& back() const { return rounds.back(); }
};

static_assert(observer<history>);

}  // namespace alx::inline v0
