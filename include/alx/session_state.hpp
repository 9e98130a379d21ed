// SPDX-License-Identifier: Apache-2.0
/// @file
/// All that must be kept to go on with a session later: who was asked, and what was answered.
/// session_text.hpp writes and reads it.
#pragma once

#include <alx/view.hpp>

#include <cstdint>
#include <vector>

namespace alx::inline v0 {

/// What is known of a session between two calls. Models, distances and random numbers are not in
/// it: they follow from it, so a session that is rebuilt from it asks the same rows.
struct session_state {
  std::uint64_t seed = 0;            ///< of the loop's options
  index_t rows = 0;                  ///< of the pool
  index_t round = 0;                 ///< how often the model was fitted
  std::uint64_t next_ticket = 1;     ///< of the next query
  std::vector<index_t> labelled{};   ///< ids in the order of their answers
  std::vector<label_t> labels{};     ///< one a labelled id
  std::vector<index_t> set_aside{};  ///< ids that nobody wanted to label
  std::uint64_t open_ticket = 0;     ///< of the query that waits for answers; 0: none does
  std::vector<index_t> open{};       ///< its ids that wait, in the order of asking

  friend bool operator==(session_state const&, session_state const&) = default;
};

}  // namespace alx::inline v0
