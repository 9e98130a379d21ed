// SPDX-License-Identifier: Apache-2.0
/// @file
/// The runs of an experiment: every rule with every seed.
#pragma once

#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace alx::inline v0 {

/// One run: a rule and the seed of its repeat.
struct cell {
  std::string rule;
  std::uint64_t seed = 0;

  /// `RULE/SEED`, the run's name in files.
  [[nodiscard]] std::string key() const { return rule + "/" + std::to_string(seed); }
};

/// All rules with all seeds from `first_seed` on. Repeats of different rules share their seeds
/// (paired), and a repeat's rules come one after the other, so that an interrupted experiment has
/// whole repeats.
[[nodiscard]] inline std::vector<cell> cells_of(std::span<std::string const> rules,
                                                index_t repeats,
                                                std::uint64_t first_seed) {
  std::vector<cell> cells;
  for (index_t r = 0; r < repeats; ++r) {
    for (std::string const& rule : rules) {
      cells.push_back({rule, first_seed + static_cast<std::uint64_t>(r)});
    }
  }
  return cells;
}

/// Calls `work(cell)` for each cell, several at once, each on one thread.
///
/// **Throws.** What the first of the failing cells threw, after the others have ended.
template <class Work>
void run_cells(std::span<cell const> cells, int threads, Work&& work) {
  thread_team team(threads);
  team.for_each_chunk(static_cast<index_t>(cells.size()),
                      [&](index_t i) { work(cells[static_cast<std::size_t>(i)]); });
}

}  // namespace alx::inline v0
