// SPDX-License-Identifier: Apache-2.0
#include <alx/journal/journal.hpp>

#include <doctest/doctest.h>

#include "support/scratch_folder.hpp"
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sqlite3.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using alx::asked_for;
using alx::deed;
using alx::journal_entry;
using entries = std::vector<journal_entry>;

alx::journal_heading const spam{100, {"ham", "spam"}, 7, "100 rows, 1234abcd", "holdout 10"};

journal_entry answer(alx::index_t row, alx::label_t label) {
  journal_entry entry;
  entry.row = row;
  entry.label = label;
  entry.user = "ann";
  entry.time = 1'700'000'000'123;
  return entry;
}

journal_entry undo(std::int64_t number) {
  auto entry = answer(0, -1);
  entry.what = deed::undo;
  entry.undone = number;
  return entry;
}

struct file : support::scratch_folder {
  [[nodiscard]] std::filesystem::path name() const { return path() / "a.journal"; }

  /// What a message begins with.
  [[nodiscard]] std::string says(std::string const& rest) const {
    return name().string() + ": " + rest;
  }

  /// The first value that another connection reads or changes.
  [[nodiscard]] std::string sql(std::string const& statement) const {
    alx::detail::sqlite::database const other(name().string());
    return other.text(statement);
  }

  void write(std::string const& bytes) const { std::ofstream(name(), std::ios::binary) << bytes; }

  [[nodiscard]] std::string bytes() const {
    std::ifstream in(name(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

void open(file const& at, alx::journal_heading const& heading = spam) {
  alx::journal const there(at.name(), heading);
}

/// Numbered as the journal numbers them.
entries numbered(entries all) {
  for (std::size_t i = 0; i < all.size(); ++i) all[i].number = static_cast<std::int64_t>(i) + 1;
  return all;
}

entries awkward_entries() {
  using namespace std::string_literals;
  using limits = std::numeric_limits<double>;
  using whole = std::numeric_limits<std::int64_t>;
  entries all;
  for (auto const& text : {""s,
                           "a\0b"s,
                           "'; DROP TABLE entry; --"s,
                           "\"\\\n\r\t\x01\x7f"s,
                           "caf\u00e9 \u4e2d \U0001f600"s,
                           "\xff\xfe"s,
                           std::string(100'000, 'x')}) {
    auto entry = answer(99, 1);
    entry.what = deed::edit;
    entry.user = text;
    entry.text = text;
    all.push_back(entry);
  }
  for (double const value : {0.0,
                             -0.0,
                             0.1,
                             1.0 / 3.0,
                             limits::max(),
                             limits::lowest(),
                             limits::min(),
                             limits::denorm_min(),
                             1e22,
                             4503599627370497.5}) {
    auto entry = answer(0, 0);
    entry.seconds = value;
    entry.utility = -value;
    entry.opinion = {value, 1.0 - value};
    entry.parts = {{"z", value}, {"a \"quoted\"\n\u00e9", -value}, {"", 1.0}};
    all.push_back(entry);
  }
  for (std::size_t w = 0; w < alx::deed_names.size(); ++w) {
    for (std::size_t y = 0; y < alx::asked_for_names.size(); ++y) {
      auto entry = answer(5, static_cast<deed>(w) == deed::answer ? 1 : -1);
      entry.what = static_cast<deed>(w);
      entry.why = static_cast<asked_for>(y);
      if (entry.what == deed::undo) entry.undone = static_cast<std::int64_t>(y) + 1;
      entry.ticket = std::numeric_limits<std::uint64_t>::max() - y;
      entry.model = whole::max();
      entry.next = whole::min();
      entry.time = -1;
      all.push_back(entry);
    }
  }
  return all;
}

}  // namespace

TEST_CASE("a journal gives back what was put into it, also after it was closed") {
  file const at;
  auto const all = awkward_entries();
  {
    alx::journal kept(at.name(), spam);
    for (auto const& entry : all) {
      auto with_number = entry;
      with_number.number = std::ssize(kept.entries()) + 1;
      CHECK(kept.append(entry) == with_number);
    }
  }
  alx::journal const again(at.name());
  CHECK(again.heading() == spam);
  REQUIRE(again.entries().size() == all.size());
  auto const wanted = numbered(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    CHECK(again.entries()[i] == wanted[i]);
  }
}

TEST_CASE("a heading comes back, awkward ones too") {
  alx::journal_heading odd;
  odd.rows = std::numeric_limits<alx::index_t>::max();
  odd.classes = {"", "a,b", "\"q\"", "\u00e9\n", std::string("nul\0", 4)};
  odd.seed = std::numeric_limits<std::uint64_t>::max();
  odd.data = std::string("a\0b'", 4);
  file const at;
  open(at, odd);
  CHECK(alx::journal(at.name()).heading() == odd);
}

TEST_CASE("an entry without a time gets that of now") {
  file const at;
  alx::journal kept(at.name(), spam);
  auto entry = answer(1, 1);
  entry.time = 0;
  auto const time = kept.append(entry).time;
  CHECK(time > 1'700'000'000'000);
  CHECK(time < 5'000'000'000'000);
}

TEST_CASE("what cannot be kept changes nothing, and the next entry can be") {
  file const at;
  alx::journal kept(at.name(), spam);
  kept.append(answer(1, 1));
  auto const refused = [&](entries const& some, std::string const& why) {
    CHECK_THROWS_WITH_AS(kept.append(some), at.says(why).c_str(), alx::data_error);
    CHECK(kept.entries().size() == 1);
    CHECK(at.sql("SELECT count(*) || ' ' || max(number) FROM entry") == "1 1");
  };
  refused({answer(2, 0), answer(100, 0)}, "entry 3 is of row 100, there are 100");
  refused({answer(2, 0), answer(-1, 0)}, "entry 3 is of row -1, there are 100");
  refused({answer(2, 2)}, "entry 2 has label 2, there are 2 classes");
  refused({answer(2, -1)}, "entry 2 has label -1, there are 2 classes");
  auto const endless = std::numeric_limits<double>::infinity();
  auto const finite = "entry 2: seconds, utility, parts and opinion must be finite";
  std::array<journal_entry, 4> odd = {answer(2, 0), answer(2, 0), answer(2, 0), answer(2, 0)};
  odd[0].seconds = endless;
  odd[1].utility = std::numeric_limits<double>::quiet_NaN();
  odd[2].opinion = {0.5, -endless};
  odd[3].parts = {{"entropy", endless}};
  for (auto const& entry : odd) refused({entry}, finite);
  auto name = answer(2, 0);
  name.parts = {{"a\xff", 1.0}};
  refused({answer(3, 0), name}, "cannot keep '{\"a\uFFFD\":1.0}', which is not UTF-8");
  CHECK(kept.append(entries{}).empty());
  auto const added = kept.append(entries{answer(2, 0), answer(2, 1)});
  REQUIRE(added.size() == 2);
  CHECK(added[1].number == 3);
  CHECK(at.sql("SELECT count(*) FROM entry") == "3");
}

TEST_CASE("several entries are written whole or not at all where SQLite stops amid them") {
  file const at;
  alx::journal kept(at.name(), spam);
  kept.append(answer(1, 1));
  (void)at.sql(
      "CREATE TRIGGER full BEFORE INSERT ON entry WHEN new.row = 13 BEGIN SELECT RAISE(ABORT, 'no "
      "room'); END");
  CHECK_THROWS_WITH_AS(kept.append(entries{answer(11, 1), answer(12, 1), answer(13, 1)}),
                       at.says("no room").c_str(),
                       alx::data_error);
  CHECK(kept.entries().size() == 1);
  CHECK(at.sql("SELECT count(*) FROM entry") == "1");
  (void)at.sql("DROP TRIGGER full");
  CHECK(kept.append(entries{answer(11, 1), answer(13, 1)}).back().number == 3);
}

TEST_CASE("an undo takes back one entry that holds, once") {
  file const at;
  alx::journal kept(at.name(), spam);
  kept.append(answer(1, 1));
  kept.append(answer(2, 1));
  kept.append(undo(1));
  auto const refused = [&](std::int64_t number) {
    auto const why =
        "journal: entry 4 takes back entry " + std::to_string(number) + ", which does not hold";
    CHECK_THROWS_WITH_AS(kept.append(undo(number)), why.c_str(), alx::data_error);
    CHECK(kept.entries().size() == 3);
  };
  for (std::int64_t const number : {-1, 0, 1, 3, 4, 5}) refused(number);
  REQUIRE(kept.live().size() == 1);
  CHECK(kept.live().front().number == 2);
  kept.append(entries{answer(3, 0), undo(4)});  // one of the same append
  CHECK(kept.live().size() == 1);
  kept.append(undo(2));
  CHECK(kept.live().empty());
  CHECK(alx::undone_entries(kept.entries()) == std::vector<bool>(6, true));
}

TEST_CASE("numbers that are not 1, 2, ... are refused") {
  entries odd = {answer(1, 1), answer(2, 1)};
  odd[0].number = 1;
  odd[1].number = 3;
  CHECK_THROWS_WITH_AS(
      static_cast<void>(alx::live_entries(odd)), "journal: entry 2 has number 3", alx::data_error);
}

TEST_CASE("the view shows what holds, in words") {
  file const at;
  alx::journal kept(at.name(), spam);
  kept.append(answer(4, 1));
  kept.append(answer(5, 0));
  kept.append(undo(1));
  auto skipped = answer(6, -1);
  skipped.what = deed::skip;
  kept.append(skipped);
  CHECK(at.sql("SELECT group_concat(number || ' ' || what || ' ' || row || ' ' || "
               "ifnull(class, '-') || ' ' || user || ' ' || time, '; ') FROM answers") ==
        "2 answer 6 ham ann 2023-11-14 22:13:20.123; 4 skip 7 - ann 2023-11-14 22:13:20.123");
}

TEST_CASE("the file says what it is, and is written before an append returns") {
  file const at;
  {
    alx::journal kept(at.name(), spam);
    CHECK(at.sql("PRAGMA journal_mode") == "wal");
    CHECK(at.sql("PRAGMA application_id") == std::to_string(0x616c786a));
    CHECK(at.sql("PRAGMA user_version") == "1");
    kept.append(answer(4, 1));
    CHECK(at.sql("SELECT label FROM entry WHERE row = 4") == "1");
  }
  CHECK_FALSE(std::filesystem::exists(at.name().string() + "-wal"));  // one file in the end
  CHECK(at.sql("PRAGMA integrity_check") == "ok");
}

TEST_CASE("a journal of something else is refused, with what differs") {
  file const at;
  alx::journal(at.name(), spam).append(answer(4, 1));
  auto const refused = [&](alx::journal_heading const& other, std::string const& why) {
    CHECK_THROWS_WITH_AS(
        open(at, other), at.says("was begun with " + why).c_str(), alx::state_error);
  };
  auto other = spam;
  other.rows = 101;
  refused(other,
          "other data (100 rows, 100 rows, 1234abcd), these are 101 rows, 100 rows, 1234abcd");
  other = spam;
  other.data = "100 rows, 0";
  refused(other, "other data (100 rows, 100 rows, 1234abcd), these are 100 rows, 100 rows, 0");
  other = spam;
  other.classes = {"spam", "ham"};
  refused(other, R"(classes ["ham","spam"], not ["spam","ham"])");
  other = spam;
  other.seed = 8;
  refused(other, "seed 7, not 8");
  other = spam;
  other.settings = "holdout 11";
  refused(other, "settings holdout 10, not holdout 11");
  open(at);
}

TEST_CASE("a journal without entries takes over another heading") {
  file const at;
  open(at);
  auto other = spam;
  other.classes = {"spam", "ham", "else"};
  other.seed = 8;
  open(at, other);
  CHECK(alx::journal(at.name()).heading() == other);
  CHECK(at.sql("SELECT count(*) FROM heading") == "5");
  alx::journal(at.name(), other).append(answer(4, 2));
  CHECK_THROWS_AS(open(at), alx::state_error);
  CHECK(alx::journal(at.name()).heading() == other);
}

TEST_CASE("a newer version is refused with its number") {
  file const at;
  open(at);
  (void)at.sql("PRAGMA user_version = 99");
  CHECK_THROWS_WITH_AS(
      open(at),
      at.says("is a journal of version 99; this program reads versions up to 1").c_str(),
      alx::data_error);
}

TEST_CASE("what is no journal is left as it was") {
  file const at;
  auto const refused = [&] {
    auto const before = at.bytes();
    CHECK_THROWS_WITH_AS(open(at), at.says("is no journal").c_str(), alx::data_error);
    CHECK(at.bytes() == before);
  };
  at.write("text,label\nhello,1\n");
  refused();
  at.write(std::string(5000, '\x5a'));
  refused();
  std::filesystem::remove(at.name());
  at.write("");
  CHECK_THROWS_WITH_AS(alx::journal(at.name()), at.says("is no journal").c_str(), alx::data_error);
  (void)at.sql("CREATE TABLE people (name TEXT)");
  refused();
}

TEST_CASE("an empty file becomes a journal, none is none") {
  file const at;
  CHECK_THROWS_WITH_AS(alx::journal(at.name()),
                       at.says("cannot be opened: No such file or directory").c_str(),
                       alx::data_error);
  CHECK_FALSE(std::filesystem::exists(at.name()));
  at.write("");
  open(at);
  CHECK(alx::journal(at.name()).heading() == spam);
}

TEST_CASE("a damaged journal is named as one, in one line of letters") {
  file const at;
  auto const damaged = [&](std::string const& change, std::string const& why) {
    std::filesystem::remove(at.name());
    {
      alx::journal kept(at.name(), spam);
      kept.append(answer(4, 1));
    }
    (void)at.sql(change);
    CHECK_THROWS_WITH_AS(open(at), at.says(why).c_str(), alx::data_error);
  };
  damaged("UPDATE entry SET what = 'ans' || char(10, 27)", "is damaged: 'ans ?' is unknown");
  damaged("UPDATE entry SET why = ''", "is damaged: '' is unknown");
  damaged("UPDATE entry SET opinion = '[0.1,'", "is damaged: '[0.1,' cannot be read");
  damaged("UPDATE entry SET opinion = '[null]'", "is damaged: '[null]' cannot be read");
  damaged("UPDATE entry SET parts = '{\"a\":\"b\"}'", "is damaged: '{\"a\":\"b\"}' cannot be read");
  damaged("UPDATE heading SET value = 'ten' WHERE name = 'rows'",
          "is damaged: 'ten' cannot be read");
  damaged("UPDATE heading SET value = '' WHERE name = 'seed'", "is damaged: '' cannot be read");
  damaged("DELETE FROM heading WHERE name = 'seed'", "is damaged: its heading has no seed");
  damaged("UPDATE entry SET row = 100", "entry 1 is of row 100, there are 100");
}

TEST_CASE("a journal cut to fewer pages is damaged") {
  file const at;
  {
    alx::journal kept(at.name(), spam);
    for (int i = 0; i < 60; ++i) kept.append(answer(i, 1));
  }
  auto const whole = at.bytes();
  for (std::size_t size = 4096; size < whole.size(); size += 4096) {
    CAPTURE(size);
    at.write(whole.substr(0, size));
    CHECK_THROWS_WITH_AS(
        open(at), at.says("is damaged: database disk image is malformed").c_str(), alx::data_error);
  }
}

TEST_CASE("one process at a time has a journal, until it ends") {
  file const at;
  std::array<int, 2> ready{};
  std::array<int, 2> leave{};
  REQUIRE(pipe(ready.data()) == 0);
  REQUIRE(pipe(leave.data()) == 0);
  pid_t const child = fork();
  if (child == 0) {
    char byte = 0;
    alx::journal kept(at.name(), spam);
    kept.append(answer(4, 1));
    close(leave[1]);
    (void)!write(ready[1], "r", 1);
    (void)!read(leave[0], &byte, 1);
    _exit(0);  // closes nothing, as a kill
  }
  char byte = 0;
  REQUIRE(read(ready[0], &byte, 1) == 1);
  auto const in_use = at.says("is in use by another process; one at a time may write to a journal");
  CHECK_THROWS_WITH_AS(open(at), in_use.c_str(), alx::state_error);
  CHECK_THROWS_WITH_AS(alx::journal(at.name()), in_use.c_str(), alx::state_error);
  CHECK(at.sql("SELECT count(*) FROM entry") == "1");  // who only reads may
  (void)!write(leave[1], "l", 1);
  waitpid(child, nullptr, 0);
  alx::journal const there(at.name(), spam);
  CHECK(there.entries().size() == 1);
  CHECK_THROWS_AS(open(at), alx::state_error);  // in one process too
  for (int const end : {ready[0], ready[1], leave[0], leave[1]}) close(end);
}
