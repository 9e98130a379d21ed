// SPDX-License-Identifier: Apache-2.0
#include <alx/journal/journal.hpp>
#include <alx/journal/replay.hpp>
#include <alx/loop.hpp>
#include <alx/stopping/rounds.hpp>
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/random.hpp>

#include <doctest/doctest.h>

#include "support/scratch_folder.hpp"
#include "support/toy.hpp"
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace {

using entries = std::vector<alx::journal_entry>;
using ids = std::vector<alx::index_t>;

support::line const ninety(90, 62.0);

template <class Strategy>
auto begin(alx::index_t batch, std::uint64_t seed = 3) {
  alx::loop_options const options{.initial = 4, .batch = batch, .seed = seed};
  return alx::loop{support::toy_learner{}, Strategy{}, alx::rounds{1000}, options}.begin(
      ninety.features);
}

/// The truth, but that nobody can tell every seventh row.
alx::answer answer_to(alx::index_t row) {
  if (row % 7 == 3) return alx::abstain;
  return ninety.labels[static_cast<std::size_t>(row)];
}

/// Answers row by row, from the end of each query where `backwards`, until `kept` has so many
/// entries or no row is left.
template <class Session>
void go_on(Session& session, entries& kept, std::size_t size, bool backwards = false) {
  while (kept.size() < size) {
    auto const asked = session.ask();
    if (!asked) return;
    for (std::size_t i = 0; i < asked->ids.size() && kept.size() < size; ++i) {
      auto const which = backwards ? asked->ids.size() - 1 - i : i;
      auto const given = answer_to(asked->ids[which]);
      kept.push_back(entry_of(*asked, which, given));
      kept.back().number = static_cast<std::int64_t>(kept.size());
      session.tell(asked->ticket, ids{asked->ids[which]}, std::vector<alx::answer>{given});
    }
  }
}

template <class Strategy>
void check_breaks(alx::index_t batch, bool backwards) {
  CAPTURE(batch);
  CAPTURE(backwards);
  auto whole = begin<Strategy>(batch);
  entries unbroken;
  go_on(whole, unbroken, 1000, backwards);
  REQUIRE(unbroken.size() == 90);
  for (std::size_t at = 0; at <= unbroken.size(); ++at) {
    CAPTURE(at);
    entries kept(unbroken.begin(), unbroken.begin() + static_cast<std::ptrdiff_t>(at));
    auto session = begin<Strategy>(batch);
    alx::replay(session, kept);
    CHECK(session.model().fits <= 1);
    go_on(session, kept, 1000, backwards);
    CHECK(kept == unbroken);
    CHECK(session.save() == whole.save());
  }
}

alx::journal_entry import_of(alx::index_t row) {
  alx::journal_entry entry;
  entry.row = row;
  entry.label = ninety.labels[static_cast<std::size_t>(row)];
  entry.why = alx::asked_for::import;
  return entry;
}

void number(entries& all) {
  for (std::size_t i = 0; i < all.size(); ++i) all[i].number = static_cast<std::int64_t>(i) + 1;
}

}  // namespace

TEST_CASE("an entry says what its query said of the row") {
  alx::query asked;
  asked.ticket = 9;
  asked.round = 4;
  asked.ids = {17, 5};
  asked.utility = {0.5, 0.25};
  asked.parts = {{"entropy", {0.75, 0.125}}, {"density", {1.0, 2.0}}};
  auto entry = alx::entry_of(asked, 1, 1);
  alx::journal_entry wanted;
  wanted.row = 5;
  wanted.label = 1;
  wanted.ticket = 9;
  wanted.model = 4;
  wanted.utility = 0.25;
  wanted.parts = {{"entropy", 0.125}, {"density", 2.0}};
  CHECK(entry == wanted);
  asked.round = 0;
  asked.utility.clear();
  asked.parts.clear();
  entry = alx::entry_of(asked, 0, alx::abstain);
  CHECK(entry.what == alx::deed::abstain);
  CHECK(entry.label == -1);
  CHECK(entry.row == 17);
  CHECK(entry.why == alx::asked_for::beginning);
  CHECK(entry.utility == 0.0);
}

TEST_CASE("a session goes on from any entry as if it had never stopped") {
  for (alx::index_t const batch : {1, 3, 8}) {
    check_breaks<alx::entropy>(batch, false);
    check_breaks<alx::entropy>(batch, true);
    check_breaks<alx::random>(batch, false);
  }
}

TEST_CASE("from a journal's file too") {
  support::scratch_folder const folder;
  auto const file = folder.path() / "a.journal";
  entries unbroken;
  auto whole = begin<alx::entropy>(3);
  go_on(whole, unbroken, 30);
  for (auto& entry : unbroken) entry.time = 1;
  {
    alx::journal kept(file, {90, {"a", "b"}, 3, {}, {}});
    kept.append(std::span<alx::journal_entry const>(unbroken).first(17));
  }
  alx::journal kept(file);
  auto session = begin<alx::entropy>(3);
  alx::replay(session, kept.entries());
  auto rest = kept.entries();
  go_on(session, rest, 30);
  for (auto& entry : rest) entry.time = 1;
  CHECK(rest == unbroken);
}

TEST_CASE("an answer that was taken back is asked for again") {
  entries kept;
  auto whole = begin<alx::entropy>(3);
  go_on(whole, kept, 12);
  auto undo = kept.back();
  undo.what = alx::deed::undo;
  undo.undone = undo.number;
  undo.number = 13;
  kept.push_back(undo);
  auto session = begin<alx::entropy>(3);
  alx::replay(session, kept);
  auto const again = session.ask();
  REQUIRE(again);
  CHECK(again->ticket == undo.ticket);
  CHECK(std::count(again->ids.begin(), again->ids.end(), undo.row) == 1);
  entries other(kept.begin(), kept.begin() + 11);
  auto before = begin<alx::entropy>(3);
  alx::replay(before, other);
  CHECK(session.save() == before.save());
}

TEST_CASE("imported answers are known labels, and the first question is a model's") {
  entries imported;
  for (alx::index_t const row : {3, 80, 10}) imported.push_back(import_of(row));
  number(imported);
  auto session = begin<alx::entropy>(3);
  alx::replay(session, imported);
  auto const known = session.labelled();
  CHECK(ids(known.begin(), known.end()) == ids{3, 80, 10});
  auto const asked = session.ask();
  REQUIRE(asked);
  CHECK(asked->round == 1);
  CHECK(asked->ticket == 1);
  for (auto const& entry : imported) {
    CHECK(std::count(asked->ids.begin(), asked->ids.end(), entry.row) == 0);
  }
}

TEST_CASE("a session that began with imports goes on from any entry") {
  entries imported;
  for (alx::index_t const row : {4, 80, 11}) imported.push_back(import_of(row));
  number(imported);
  auto whole = begin<alx::entropy>(3);
  alx::replay(whole, imported);
  auto unbroken = imported;
  go_on(whole, unbroken, 1000);
  REQUIRE(unbroken.size() == 90);
  for (std::size_t at = 3; at <= unbroken.size(); ++at) {
    CAPTURE(at);
    entries kept(unbroken.begin(), unbroken.begin() + static_cast<std::ptrdiff_t>(at));
    auto session = begin<alx::entropy>(3);
    alx::replay(session, kept);
    go_on(session, kept, 1000);
    CHECK(kept == unbroken);
  }
}

TEST_CASE("answers of another session are refused") {
  entries kept;
  auto whole = begin<alx::entropy>(3);
  go_on(whole, kept, 2);
  auto other = begin<alx::entropy>(3, 4);
  auto const row = std::to_string(kept[0].row);
  auto const why =
      "replay: row " + row + " was answered as of query 1, which asks other rows in this session";
  CHECK_THROWS_WITH_AS(alx::replay(other, kept), why.c_str(), alx::state_error);
  auto gap = kept;
  gap[1].number = 3;
  auto session = begin<alx::entropy>(3);
  CHECK_THROWS_WITH_AS(alx::replay(session, gap), "journal: entry 2 has number 3", alx::data_error);
}
