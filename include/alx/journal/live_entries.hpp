// SPDX-License-Identifier: Apache-2.0
/// @file
/// Which entries of a journal still hold.
#pragma once

#include <alx/error.hpp>
#include <alx/journal/entry.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace alx::inline v0 {

/// For each entry, whether it was taken back or takes one back itself.
///
/// **Throws.** `data_error` where numbers are not 1, 2, … or an undo names no earlier entry, one
/// that is an undo, or one that was taken back before.
[[nodiscard]] inline std::vector<bool> undone_entries(std::span<journal_entry const> entries) {
  std::vector<bool> gone(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto const& entry = entries[i];
    if (entry.number != static_cast<std::int64_t>(i) + 1) {
      throw data_error("journal: entry " + std::to_string(i + 1) + " has number " +
                       std::to_string(entry.number));
    }
    if (entry.what != deed::undo) continue;
    gone[i] = true;
    auto const target = static_cast<std::size_t>(entry.undone) - 1;
    if (entry.undone < 1 || target >= i || gone[target]) {
      throw data_error("journal: entry " + std::to_string(entry.number) + " takes back entry " +
                       std::to_string(entry.undone) + ", which does not hold");
    }
    gone[target] = true;
  }
  return gone;
}

/// The entries without undos and what they took back, in their order.
///
/// **Throws.** Like `undone_entries`.
[[nodiscard]] inline std::vector<journal_entry> live_entries(
    std::span<journal_entry const> entries) {
  auto const gone = undone_entries(entries);
  std::vector<journal_entry> live;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!gone[i]) live.push_back(entries[i]);
  }
  return live;
}

}  // namespace alx::inline v0
