// SPDX-License-Identifier: Apache-2.0
/// @file
/// A session as its journal left it.
#pragma once

#include <alx/error.hpp>
#include <alx/journal/entry.hpp>
#include <alx/journal/live_entries.hpp>
#include <alx/query.hpp>
#include <alx/session_state.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace alx::inline v0 {

/// The entry of the answer to one row of a query: what the session knows of it, for a journal.
[[nodiscard]] inline journal_entry entry_of(query const& asked, std::size_t which, answer given) {
  journal_entry entry;
  entry.what = given ? deed::answer : deed::abstain;
  entry.row = asked.ids[which];
  entry.label = given.value_or(-1);
  entry.why = asked.round == 0 ? asked_for::beginning : asked_for::learning;
  entry.ticket = asked.ticket;
  entry.model = asked.round;
  if (!asked.utility.empty()) entry.utility = asked.utility[which];
  for (auto const& part : asked.parts) entry.parts.push_back({part.name, part.value[which]});
  return entry;
}

/// Brings a session that was just begun to where `entries`, all of a journal made with `entry_of`,
/// left it: the next `ask` gives what it would have given then.
///
/// Fits the model once, where a query was answered in part. Entries that answer no query (`ticket`
/// 0, as of an import) become known labels.
///
/// **Throws.** `state_error` where the session asks other rows than were answered: it is of another
/// pool, seed or policies. What `restore` and `ask` throw.
template <class Session>
void replay(Session& session, std::span<journal_entry const> entries) {
  auto const live = live_entries(entries);
  std::uint64_t last = 0;
  for (auto const& entry : live) last = std::max(last, entry.ticket);
  session_state state = session.save();
  std::vector<index_t> ids;
  std::vector<answer> answers;
  for (auto const& entry : live) {
    bool const given = entry.what == deed::answer;
    if (entry.ticket == last && last != 0) {
      ids.push_back(entry.row);
      answers.push_back(given ? answer(entry.label) : abstain);
      state.round = std::max<index_t>(entry.model - 1, 0);
    } else if (given) {
      state.labelled.push_back(entry.row);
      state.labels.push_back(entry.label);
    } else {
      state.set_aside.push_back(entry.row);
    }
  }
  if (last != 0) state.next_ticket = last;
  session.restore(state);
  if (ids.empty()) return;
  auto const again = session.ask();
  for (auto const id : ids) {
    if (again && std::find(again->ids.begin(), again->ids.end(), id) != again->ids.end()) continue;
    throw state_error("replay: row " + std::to_string(id) + " was answered as of query " +
                      std::to_string(last) + ", which asks other rows in this session");
  }
  session.tell(again->ticket, ids, answers);
}

}  // namespace alx::inline v0
