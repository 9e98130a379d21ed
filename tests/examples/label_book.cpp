// SPDX-License-Identifier: Apache-2.0
// What a journal's entries amount to, and which row is asked next.
#include <alx/journal/entry.hpp>

#include <doctest/doctest.h>

#include "label/book.hpp"
#include "label/commands.hpp"
#include "label/lesson.hpp"
#include "label/plan.hpp"
#include "label/question.hpp"
#include "label/spread.hpp"
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace {

using alx::asked_for;
using alx::deed;

/// Entries, numbered as they are written.
class pen {
 public:
  pen& add(deed what,
           alx::index_t row,
           alx::label_t label = -1,
           asked_for why = asked_for::learning) {
    alx::journal_entry entry;
    entry.number = std::ssize(entries_) + 1;
    entry.what = what;
    entry.row = row;
    entry.label = label;
    entry.user = user;
    entry.why = why;
    entries_.push_back(entry);
    return *this;
  }

  pen& undo(std::int64_t number) {
    add(deed::undo, entries_[static_cast<std::size_t>(number) - 1].row);
    entries_.back().undone = number;
    return *this;
  }

  [[nodiscard]] std::vector<alx::journal_entry> const& entries() const { return entries_; }

  std::string user = "ann";

 private:
  std::vector<alx::journal_entry> entries_;
};

label::plan plan_of(alx::index_t rows, std::vector<std::string> classes = {"a", "b"}) {
  label::plan made;
  made.rows = rows;
  made.classes = std::move(classes);
  made.holdout = 0;
  return made;
}

/// On a line: row i lies at i.
label::spread_rows on_a_line(alx::index_t rows) {
  return {rows, [](alx::index_t from, std::span<double> out) {
            for (std::size_t i = 0; i < out.size(); ++i) {
              out[i] = std::pow(static_cast<double>(i) - static_cast<double>(from), 2);
            }
          }};
}

label::lesson lesson_of(std::vector<alx::index_t> ids, std::int64_t model) {
  label::lesson said;
  said.model = model;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    said.ranking.utility.push_back(1.0 / static_cast<double>(i + 1));
  }
  said.ranking.parts = {{"entropy", said.ranking.utility}};
  said.ranking.ids = std::move(ids);
  return said;
}

}  // namespace

TEST_CASE("a book: answers, what was set aside, and rows kept apart") {
  auto const settled = plan_of(10);
  std::vector<alx::index_t> const reserved = {3, 7};
  pen p;
  p.add(deed::answer, 2, 1).add(deed::answer, 3, 0, asked_for::estimation).add(deed::abstain, 4);
  p.add(deed::discard, 2).add(deed::skip, 5).add(deed::answer, 5, 0).add(deed::skip, 6);
  p.add(deed::answer, 7, 1, asked_for::estimation);
  label::book const known(settled, reserved, p.entries());
  CHECK(known.learnt().ids == std::vector<alx::index_t>{5});
  CHECK(known.scored().ids == std::vector<alx::index_t>{3, 7});
  CHECK(known.scored().labels == std::vector<alx::label_t>{0, 1});
  CHECK(known.state(2) == label::row_state::discarded);
  CHECK(known.state(4) == label::row_state::abstained);
  CHECK(known.state(5) == label::row_state::labelled);
  CHECK(known.state(6) == label::row_state::skipped);
  CHECK(known.state(0) == label::row_state::unknown);
  CHECK(known.turns() == 8);
  CHECK(known.first_turns() == 0);
  CHECK_FALSE(known.can_learn());
}

TEST_CASE("a book: what is taken back waits, the earliest first, until it is answered") {
  auto const settled = plan_of(10);
  std::vector<alx::index_t> const none;
  pen p;
  p.add(deed::answer, 1, 1).add(deed::answer, 2, 1).add(deed::answer, 3, 0);
  p.undo(3).undo(2);
  auto spread = on_a_line(10);
  auto const next = [&] {
    return label::next_question(label::book(settled, none, p.entries()), nullptr, "ann", spread);
  };
  CHECK(label::book(settled, none, p.entries()).learnt().ids == std::vector<alx::index_t>{1});
  CHECK(next()->row == 2);
  p.add(deed::answer, 2, 0);
  CHECK(next()->row == 3);
  p.add(deed::skip, 3);
  CHECK(label::book(settled, none, p.entries()).undone().empty());
  CHECK(next()->why == asked_for::beginning);
}

TEST_CASE("a book: an edited row stays open, also when the edit is taken back") {
  auto const settled = plan_of(10);
  std::vector<alx::index_t> const none;
  pen p;
  p.add(deed::answer, 1, 1).add(deed::edit, 4);
  auto spread = on_a_line(10);
  auto const next = [&] {
    return label::next_question(label::book(settled, none, p.entries()), nullptr, "ann", spread);
  };
  CHECK(next()->row == 4);
  label::book const edited(settled, none, p.entries());
  CHECK(edited.edits().count(4) == 1);
  CHECK(edited.state(4) == label::row_state::unknown);
  CHECK(edited.turns() == 1);
  p.undo(2);
  CHECK(next()->row == 4);
  CHECK(label::book(settled, none, p.entries()).edits().empty());
}

TEST_CASE("a book: answers that differ are no label until they are decided") {
  auto settled = plan_of(10);
  std::vector<alx::index_t> const none;
  pen p;
  p.add(deed::answer, 1, 1).add(deed::answer, 2, 1);
  p.user = "bob";
  p.add(deed::answer, 1, 0, asked_for::repetition).add(deed::answer, 2, 1, asked_for::repetition);
  label::book const two(settled, none, p.entries());
  CHECK(two.disagreements() == std::vector<alx::index_t>{1});
  CHECK(two.state(1) == label::row_state::open);
  CHECK(two.learnt().ids == std::vector<alx::index_t>{2});
  CHECK(two.people() == std::vector<std::string>{"ann", "bob"});
  p.user = "cho";
  p.add(deed::answer, 1, 0, asked_for::repetition);
  CHECK(label::book(settled, none, p.entries()).learnt().labels == std::vector<alx::label_t>{0, 1});
  p.add(deed::answer, 1, 1, asked_for::adjudication);
  label::book const decided(settled, none, p.entries());
  CHECK(decided.learnt().labels == std::vector<alx::label_t>{1, 1});
  CHECK(decided.disagreements().empty());
  CHECK(decided.ratings().size() == 5);
  settled.how = label::resolution::weighted;
  CHECK(label::book(settled, none, p.entries()).learnt().labels == std::vector<alx::label_t>{1, 1});
}

TEST_CASE(
    "a book: what somebody decides holds, also where nobody else answered or nobody can tell") {
  auto const settled = plan_of(10);
  std::vector<alx::index_t> const none;
  pen p;
  p.add(deed::answer, 1, 1, asked_for::adjudication);
  p.add(deed::answer, 2, 1).add(deed::answer, 2, 0).add(deed::answer, 3, 1).add(deed::answer, 3, 0);
  p.add(deed::abstain, 2, -1, asked_for::adjudication).add(deed::discard, 3);
  p.add(deed::abstain, 4).add(deed::answer, 4, 1);  // an answer counts more than a shrug
  label::book const known(settled, none, p.entries());
  CHECK(known.learnt().ids == std::vector<alx::index_t>{1, 4});
  CHECK(known.state(2) == label::row_state::abstained);
  CHECK(known.state(3) == label::row_state::discarded);
  CHECK(known.disagreements().empty());
}

TEST_CASE("a book: a reserved row whose label comes from a file is learnt from, not scored") {
  auto const settled = plan_of(10);
  std::vector<alx::index_t> const reserved = {1, 2};
  pen p;
  p.add(deed::answer, 1, 0, asked_for::import).add(deed::answer, 2, 1, asked_for::estimation);
  label::book const known(settled, reserved, p.entries());
  CHECK(known.learnt().ids == std::vector<alx::index_t>{1});
  CHECK(known.scored().ids == std::vector<alx::index_t>{2});
  CHECK(known.first_turns() == 1);
}

TEST_CASE("a book's content changes with labels, rows and texts, and comes back with them") {
  auto const settled = plan_of(10);
  std::vector<alx::index_t> const none;
  pen p;
  std::set<std::uint64_t> seen;
  auto const content = [&] { return label::book(settled, none, p.entries()).content(); };
  auto const begin = content();
  CHECK(seen.insert(begin).second);
  CHECK(seen.insert((p.add(deed::answer, 1, 0), content())).second);
  CHECK(seen.insert((p.undo(1).add(deed::answer, 1, 1), content())).second);
  CHECK(seen.insert((p.undo(3).add(deed::answer, 2, 1), content())).second);
  CHECK(seen.insert((p.add(deed::edit, 3), content())).second);
  CHECK((p.undo(6).undo(5), content()) == begin);
}

TEST_CASE("a model may choose after ten rows and all classes, or ten a class and two") {
  auto const settled = plan_of(100, {"a", "b", "c"});
  std::vector<alx::index_t> const none;
  pen p;
  auto const begun = [&] { return label::book(settled, none, p.entries()).has_begun(); };
  for (int i = 0; i < 8; ++i) p.add(deed::answer, i, i % 2, asked_for::beginning);
  p.add(deed::answer, 8, 2, asked_for::beginning);
  CHECK_FALSE(begun());
  p.add(deed::skip, 9, -1, asked_for::beginning);
  CHECK(begun());
  p.undo(9);
  CHECK_FALSE(begun());
  for (int i = 10; i < 30; ++i) p.add(deed::answer, i, 0, asked_for::beginning);
  CHECK_FALSE(begun());
  p.add(deed::answer, 30, 1, asked_for::beginning);
  CHECK(begun());
}

TEST_CASE("questions: one in four is a reserved row, in their order, and a model's ranking else") {
  auto const settled = plan_of(40);
  std::vector<alx::index_t> const reserved = {30, 20};
  pen p;
  for (int i = 0; i < 10; ++i) p.add(deed::answer, i, i % 2, asked_for::beginning);
  auto const said = lesson_of({12, 9, 13, 14, 15, 16, 17, 18, 19}, 10);
  auto spread = on_a_line(40);
  std::vector<alx::index_t> rows;
  for (int i = 0; i < 10; ++i) {
    label::book const known(settled, reserved, p.entries());
    auto const next = label::next_question(known, &said, "ann", spread);
    REQUIRE(next);
    rows.push_back(next->row);
    if (next->why == asked_for::learning) {
      CHECK(next->model == 10);
      CHECK(next->parts.front().value == next->utility);
    }
    p.add(deed::answer, next->row, 0, next->why);
  }
  CHECK(rows == std::vector<alx::index_t>{12, 13, 14, 30, 15, 16, 17, 20, 18, 19});
  label::book const known(settled, reserved, p.entries());
  CHECK_FALSE(label::next_question(known, &said, "ann", spread));
}

TEST_CASE("questions: what was skipped comes again at the end, the first skipped first") {
  auto const settled = plan_of(14);
  std::vector<alx::index_t> const none;
  pen p;
  for (int i = 0; i < 10; ++i) p.add(deed::answer, i, i % 2, asked_for::beginning);
  p.add(deed::skip, 12).add(deed::skip, 11).add(deed::abstain, 10).add(deed::discard, 13);
  auto const said = lesson_of({}, 10);
  auto spread = on_a_line(14);
  auto const next = [&] {
    return label::next_question(label::book(settled, none, p.entries()), &said, "ann", spread);
  };
  CHECK(next()->row == 12);
  p.add(deed::skip, 12);
  CHECK(next()->row == 11);
  p.add(deed::skip, 11);
  CHECK(next()->row == 12);
  p.add(deed::answer, 12, 0);
  CHECK(next()->row == 11);
  p.add(deed::answer, 11, 0);
  CHECK_FALSE(next());
}

TEST_CASE("repetitions: others' rows, once each before twice; one's own only after ten others") {
  auto settled = plan_of(100);
  settled.repeat = 0.5;
  std::vector<alx::index_t> const none;
  pen p;
  for (int i = 0; i < 14; ++i) p.add(deed::answer, i, i % 2, asked_for::beginning);
  auto const again = [&](std::string const& user) {
    return label::ask_again(label::book(settled, none, p.entries()), user);
  };
  std::set<alx::index_t> drawn;
  for (settled.seed = 0; settled.seed < 40; ++settled.seed) drawn.insert(again("ann")->row);
  CHECK(drawn == std::set<alx::index_t>{0, 1, 2, 3});
  settled.seed = 0;
  p.user = "bob";
  std::set<alx::index_t> rows;
  for (int i = 0; i < 14; ++i) {
    auto const next = again("bob");
    REQUIRE(next);
    CHECK(next->why == asked_for::repetition);
    CHECK(rows.insert(next->row).second);
    p.add(deed::answer, next->row, 0, next->why);
  }
  CHECK_FALSE(again("bob"));
  auto spread = on_a_line(14);
  settled.rows = 14;
  label::book const all(settled, none, p.entries());
  CHECK(label::next_question(all, nullptr, "cho", spread)->why == asked_for::repetition);
  for (int turn = 0, due = 0; turn < 100; ++turn) {
    due += label::is_due(turn, 0.3) ? 1 : 0;
    CHECK(due == static_cast<int>(std::floor((turn + 1) * 0.3)));
  }
}

TEST_CASE("repetitions take no question from the estimate") {
  auto settled = plan_of(400);
  settled.holdout = 60;
  auto const reserved = label::estimation_rows(settled);
  std::vector<alx::index_t> all(400);
  std::iota(all.begin(), all.end(), 0);
  auto const said = lesson_of(all, 10);
  auto spread = on_a_line(400);
  for (double const repeat : {0.1, 0.25, 0.5, 0.75}) {
    settled.repeat = repeat;
    pen p;
    for (int i = 0; i < 10; ++i) p.add(deed::answer, i, i % 2, asked_for::beginning);
    std::map<asked_for, int> times;
    for (int i = 0; i < 80; ++i) {
      label::book const known(settled, reserved, p.entries());
      auto const next = label::next_question(known, &said, i % 2 == 0 ? "bob" : "cho", spread);
      REQUIRE(next);
      ++times[next->why];
      p.user = i % 2 == 0 ? "bob" : "cho";
      p.add(deed::answer, next->row, static_cast<int>(next->row % 2), next->why);
    }
    CAPTURE(repeat);
    CHECK(times[asked_for::repetition] >= std::lround(80 * repeat * 0.5));
    if (repeat <= 0.25) CHECK(std::abs(times[asked_for::repetition] - 80 * repeat) <= 1.0);
    int const others = 80 - times[asked_for::repetition];
    CHECK(times[asked_for::estimation] == others / 4);
  }
}

TEST_CASE("keys: a class that is called as a digit has it; 0 makes way") {
  label::vocabulary const digits({"0", "1", "2"});
  CHECK(digits.of_key("1")->label == 1);
  CHECK(digits.of_key("0")->label == 0);
  CHECK(digits.of_line("2")->label == 2);
  CHECK(digits.unclear_key() == "-");
  CHECK(digits.of_key("-")->what == label::action::abstain);
  label::vocabulary const turned({"2", "1"});
  CHECK(turned.of_key("1")->label == 1);
  CHECK(turned.of_key("2")->label == 0);
  label::vocabulary const mixed({"7", "other"});
  CHECK(mixed.of_key("7")->label == 0);
  CHECK_FALSE(mixed.of_key("1"));
  CHECK(mixed.of_key("o")->label == 1);
  label::vocabulary const words({"upper", "lower"});
  CHECK(words.of_key("u")->what == label::action::undo);
  CHECK(words.of_key("1")->label == 0);
  CHECK(words.of_key("L")->label == 1);
  CHECK(words.unclear_key() == "0");
}

TEST_CASE("first rows are spread: far from those before, never one twice, a function of the book") {
  auto settled = plan_of(1000);
  std::vector<alx::index_t> const none;
  double spread_gap = 0.0;
  double random_gap = 0.0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    settled.seed = seed;
    auto spread = on_a_line(1000);
    pen p;
    std::vector<double> rows;
    std::vector<double> drawn;
    for (int i = 0; i < 6; ++i) {
      label::book const known(settled, none, p.entries());
      auto const row = spread.next(known);
      auto fresh = on_a_line(1000);
      CHECK(fresh.next(known) == row);
      rows.push_back(static_cast<double>(*row));
      alx::philox random(seed, static_cast<std::uint32_t>(i), 7);
      drawn.push_back(static_cast<double>(random.below(1000)));
      p.add(deed::answer, *row, 0, asked_for::beginning);
    }
    auto const least_gap = [](std::vector<double> all) {
      std::sort(all.begin(), all.end());
      double least = 1000.0;
      for (std::size_t i = 1; i < all.size(); ++i) least = std::min(least, all[i] - all[i - 1]);
      return least;
    };
    spread_gap += least_gap(rows);
    random_gap += least_gap(drawn);
  }
  CHECK(spread_gap > 1.5 * random_gap);
}

TEST_CASE("first rows: equal rows are drawn too, until none is left, without reserved ones") {
  auto settled = plan_of(6);
  std::vector<alx::index_t> const reserved = {4};
  label::spread_rows spread(
      6, [](alx::index_t, std::span<double> out) { std::fill(out.begin(), out.end(), 0.0); });
  pen p;
  std::set<alx::index_t> seen;
  for (int i = 0; i < 5; ++i) {
    auto const row = spread.next(label::book(settled, reserved, p.entries()));
    REQUIRE(row);
    CHECK(*row != 4);
    CHECK(seen.insert(*row).second);
    p.add(deed::answer, *row, 0, asked_for::beginning);
  }
  CHECK_FALSE(spread.next(label::book(settled, reserved, p.entries())));
}

TEST_CASE("rows to estimate on are drawn by the seed alone, at most a fifth") {
  auto settled = plan_of(50);
  settled.holdout = 100;
  auto const rows = label::estimation_rows(settled);
  CHECK(rows.size() == 10);
  CHECK(label::estimation_rows(settled) == rows);
  settled.seed = 1;
  CHECK(label::estimation_rows(settled) != rows);
  settled.rows = 4;
  CHECK(label::estimation_rows(settled).empty());
}
