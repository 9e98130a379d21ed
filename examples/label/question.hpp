// SPDX-License-Identifier: Apache-2.0
/// @file
/// Which row is shown next, and why: a function of the book and of the model that the book names.
#pragma once

#include <alx/journal/entry.hpp>
#include <alx/view.hpp>

#include "book.hpp"
#include "lesson.hpp"
#include "spread.hpp"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace label {

struct question {
  alx::index_t row = 0;
  alx::asked_for why = alx::asked_for::learning;
  std::int64_t model = 0;                 ///< that chose it; 0: none
  double utility = 0.0;                   ///< by that model
  std::vector<alx::named_value> parts{};  ///< of the utility
};

/// Every so many of the questions that a model could choose is one of the reserved rows.
inline constexpr std::int64_t turns_an_estimate = 4;

/// Whether the event that comes `rate` times a turn comes in this one.
[[nodiscard]] inline bool is_due(std::int64_t turn, double rate) {
  return std::floor(static_cast<double>(turn + 1) * rate) >
         std::floor(static_cast<double>(turn) * rate);
}

/// The first reserved row that nobody has looked at.
[[nodiscard]] inline std::optional<question> ask_for_estimate(book const& known) {
  for (auto const row : known.reserved()) {
    if (known.state(row) == row_state::unknown) return question{row, alx::asked_for::estimation};
  }
  return std::nullopt;
}

/// A row that somebody else answered and `user` did not; for who is alone, one of their own that
/// ten others have come after. Drawn from those that were asked least.
[[nodiscard]] inline std::optional<question> ask_again(book const& known, std::string const& user) {
  auto const& people = known.people();
  auto const me = std::find(people.begin(), people.end(), user) - people.begin();
  std::map<alx::index_t, std::pair<int, bool>> asked;  // how often, and whether of me
  auto const& ratings = known.ratings();
  bool const alone = people.empty() || (people.size() == 1 && me == 0);
  for (std::size_t i = 0; i < ratings.size(); ++i) {
    auto& [times, mine] = asked[ratings[i].row];
    ++times;
    bool const recent = i + 10 >= ratings.size();
    mine = mine || (alone ? recent : ratings[i].rater == me);
  }
  std::vector<alx::index_t> rows;
  int least = 2;  // asked once or, at most, twice
  for (auto const& [row, how] : asked) {
    auto const state = known.state(row);
    bool const answered = state == row_state::labelled || state == row_state::open;
    if (how.second || how.first > least || !answered) continue;
    if (how.first < least) rows.clear();
    least = how.first;
    rows.push_back(row);
  }
  if (rows.empty()) return std::nullopt;
  auto random = known.settled().stream(draw::repetition, known.size());
  auto const at = static_cast<std::size_t>(random.below(std::ssize(rows)));
  return question{rows[at], alx::asked_for::repetition};
}

/// The first of the model's ranking that is still unknown.
[[nodiscard]] inline std::optional<question> ask_model(book const& known, lesson const& model) {
  auto const& ranking = model.ranking;
  for (std::size_t i = 0; i < ranking.ids.size(); ++i) {
    if (known.state(ranking.ids[i]) != row_state::unknown) continue;
    question next{ranking.ids[i], alx::asked_for::learning, model.model, ranking.utility[i], {}};
    for (auto const& part : ranking.parts) next.parts.push_back({part.name, part.value[i]});
    return next;
  }
  return std::nullopt;
}

/// The question that an entry answered, or whose text it changed.
[[nodiscard]] inline question ask_as_before(alx::journal_entry const& entry) {
  return {entry.row, entry.why, entry.model, entry.utility, entry.parts};
}

/// A reserved row out of turn; then the row whose last skip is longest ago.
[[nodiscard]] inline std::optional<question> ask_what_is_left(book const& known) {
  if (auto next = ask_for_estimate(known)) return next;
  std::map<alx::index_t, alx::journal_entry const*> last;
  for (auto const& entry : known.live()) {
    bool const waits = known.state(entry.row) == row_state::skipped;
    if (waits && entry.what == alx::deed::skip) last[entry.row] = &entry;
  }
  alx::journal_entry const* oldest = nullptr;
  for (auto const& [row, entry] : last) {
    if (oldest == nullptr || entry->number < oldest->number) oldest = entry;
  }
  if (oldest == nullptr) return std::nullopt;
  return ask_as_before(*oldest);
}

/// What is due once a model may choose: a repetition, an estimate, or what the model wants.
[[nodiscard]] inline std::optional<question> ask_in_turn(book const& known,
                                                         lesson const* model,
                                                         std::string const& user) {
  if (is_due(known.turns() + known.repetitions(), known.settled().repeat)) {
    if (auto next = ask_again(known, user)) return next;
  }
  if (is_due(known.turns(), 1.0 / turns_an_estimate)) {
    if (auto next = ask_for_estimate(known)) return next;
  }
  return model == nullptr ? std::nullopt : ask_model(known, *model);
}

/// The next question; nothing where every row was decided. `model` is that of `known.next_model()`
/// and not looked at before `known.has_begun()`.
[[nodiscard]] inline std::optional<question> next_question(book const& known,
                                                           lesson const* model,
                                                           std::string const& user,
                                                           spread_rows& spread) {
  if (!known.undone().empty()) return ask_as_before(known.undone().front());
  bool const was_edited = !known.live().empty() && known.live().back().what == alx::deed::edit;
  if (was_edited) return ask_as_before(known.live().back());
  std::optional<question> next;
  if (known.has_begun()) {
    next = ask_in_turn(known, model, user);
  } else if (auto const row = spread.next(known)) {
    next = question{*row, alx::asked_for::beginning};
  }
  if (!next) next = ask_what_is_left(known);
  if (!next && known.settled().repeat > 0.0) next = ask_again(known, user);
  return next;
}

}  // namespace label
