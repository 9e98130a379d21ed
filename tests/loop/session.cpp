// SPDX-License-Identifier: Apache-2.0
#include <alx/loop.hpp>
#include <alx/session_text.hpp>
#include <alx/stopping/rounds.hpp>
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/product.hpp>
#include <alx/strategies/random.hpp>

#include <doctest/doctest.h>

#include "support/toy.hpp"
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace {

using ids = std::vector<alx::index_t>;
using answers = std::vector<alx::answer>;

support::line const hundred(100, 62.0);

auto entropy_loop(alx::loop_options options = {.initial = 4, .batch = 3, .seed = 1}) {
  return alx::loop{support::toy_learner{}, alx::entropy{}, alx::rounds{100}, options};
}

answers true_answers(alx::query const& asked) {
  return alx::truth{hundred.labels}(asked);
}

/// The next `count` batches, answered truly.
template <class Session>
std::vector<ids> go_on(Session& session, int count) {
  std::vector<ids> batches;
  for (int i = 0; i < count; ++i) {
    auto const asked = session.ask();
    if (!asked) break;
    batches.push_back(asked->ids);
    session.tell(*asked, true_answers(*asked));
  }
  return batches;
}

}  // namespace

TEST_CASE("the first query is random, the next ones are where the model is unsure") {
  auto session = entropy_loop().begin(hundred.features);
  auto const first = session.ask();
  REQUIRE(first);
  CHECK(first->ids.size() == 4);
  CHECK(first->utility.empty());
  CHECK(session.round() == 0);
  session.tell(*first, true_answers(*first));
  auto const second = session.ask();
  REQUIRE(second);
  CHECK(session.round() == 1);
  CHECK(second->ids.size() == 3);
  CHECK(second->utility.size() == 3);
  CHECK(std::is_sorted(second->utility.rbegin(), second->utility.rend()));
  double const middle = (session.model().below + session.model().above) / 2.0;
  CHECK(std::abs(static_cast<double>(second->ids[0]) - middle) <= 0.5);
  REQUIRE(second->parts.size() == 1);
  CHECK(second->parts[0].name == "entropy");
  CHECK(second->parts[0].value == second->utility);
}

TEST_CASE("the learner gets each labelled row once, in ascending order") {
  auto session = entropy_loop().begin(hundred.features);
  go_on(session, 5);
  session.ask();
  auto expected = ids(session.labelled().begin(), session.labelled().end());
  std::sort(expected.begin(), expected.end());
  CHECK(session.model().last_ids == expected);
  CHECK(session.model().fits == 5);
  CHECK(std::adjacent_find(expected.begin(), expected.end()) == expected.end());
}

TEST_CASE("the same seed asks the same rows, another seed others") {
  auto one = entropy_loop().begin(hundred.features);
  auto two = entropy_loop().begin(hundred.features);
  auto other = entropy_loop({.initial = 4, .batch = 3, .seed = 2}).begin(hundred.features);
  auto const asked = go_on(one, 8);
  CHECK(asked == go_on(two, 8));
  CHECK(asked != go_on(other, 8));
}

TEST_CASE("ids of the first query can be given") {
  alx::loop_options options{.batch = 1};
  options.first = {70, 3};
  auto session = entropy_loop(options).begin(hundred.features);
  CHECK(session.ask()->ids == ids{70, 3});
  options.first = {70, 100};
  CHECK_THROWS_WITH_AS(static_cast<void>(entropy_loop(options).begin(hundred.features)),
                       "loop: first names row 100, the pool has 100",
                       alx::option_error);
  options.first = {70, 3, 70};
  CHECK_THROWS_WITH_AS(static_cast<void>(entropy_loop(options).begin(hundred.features)),
                       "loop: first names row 70 twice",
                       alx::option_error);
}

TEST_CASE("an open query is asked again until all of its rows are answered") {
  auto session = entropy_loop().begin(hundred.features);
  go_on(session, 1);
  auto const whole = session.ask();
  session.tell(*whole, answers{0});
  auto const rest = session.ask();
  REQUIRE(rest);
  CHECK(rest->ticket == whole->ticket);
  CHECK(rest->ids == ids{whole->ids[1], whole->ids[2]});
  CHECK(rest->utility == std::vector<double>{whole->utility[1], whole->utility[2]});
  CHECK(rest->parts[0].value == rest->utility);
  CHECK(session.model().fits == 1);
  session.tell(rest->ticket, ids{rest->ids[1]}, answers{1});
  CHECK(session.ask()->ids == ids{rest->ids[0]});
  session.tell(rest->ticket, ids{rest->ids[0]}, answers{0});
  CHECK(session.ask()->ticket == whole->ticket + 1);
  CHECK(session.model().fits == 2);
}

TEST_CASE("who abstains sets the row aside") {
  auto session = entropy_loop({.initial = 100, .batch = 3, .seed = 1}).begin(hundred.features);
  auto const first = session.ask();
  answers given = true_answers(*first);
  given[17] = alx::abstain;
  session.tell(*first, given);
  CHECK(session.labelled().size() == 99);
  CHECK(!session.ask());  // nothing else is left
  CHECK(session.reason() == "no row is left to ask");
  CHECK(session.save().set_aside == ids{first->ids[17]});
}

TEST_CASE("where all abstain the next first query is of other rows") {
  auto session = entropy_loop({.initial = 4, .batch = 3, .seed = 1}).begin(hundred.features);
  auto const first = session.ask();
  session.tell(*first, answers(4, alx::abstain));
  auto const second = session.ask();
  REQUIRE(second);
  CHECK(session.round() == 0);
  for (auto const id : second->ids) {
    CHECK(std::find(first->ids.begin(), first->ids.end(), id) == first->ids.end());
  }
}

TEST_CASE("an answer that fits no question is an error and changes nothing") {
  auto session = entropy_loop().begin(hundred.features);
  alx::query const none;
  CHECK_THROWS_WITH_AS(session.tell(none, {}), "tell: query 0 is not open", alx::state_error);
  auto const asked = session.ask();
  auto const before = session.save();
  CHECK_THROWS_WITH_AS(session.tell(7, asked->ids, answers(4, 0)),
                       "tell: query 7 is not open; 1 is",
                       alx::state_error);
  CHECK_THROWS_WITH_AS(
      session.tell(*asked, answers(5, 0)), "tell: 5 answers to 4 rows", alx::shape_error);
  CHECK_THROWS_AS(session.tell(1, ids{asked->ids[0]}, answers(2, 0)), alx::shape_error);
  CHECK_THROWS_AS(session.tell(1, ids{asked->ids[0], asked->ids[0]}, answers(2, 0)),
                  alx::state_error);
  CHECK_THROWS_AS(session.tell(1, ids{asked->ids[0], 1000}, answers(2, 0)), alx::state_error);
  CHECK_THROWS_WITH_AS(
      session.tell(*asked, answers{0, 1, 2, 0}),
      ("tell: label 2 of row " + std::to_string(asked->ids[2]) + " is not one of 0 … 1").c_str(),
      alx::data_error);
  CHECK_THROWS_AS(session.tell(*asked, answers{0, 1, -1, 0}), alx::data_error);
  CHECK(session.save() == before);
  session.tell(*asked, answers(4, 0));
  CHECK_THROWS_WITH_AS(
      session.tell(*asked, answers(4, 0)), "tell: query 1 is not open", alx::state_error);
}

TEST_CASE("labels known from elsewhere are not asked") {
  auto session = entropy_loop().begin(hundred.features);
  session.know(ids{10, 90}, std::vector<alx::label_t>{0, 1});
  auto const asked = session.ask();
  CHECK(session.round() == 1);  // there is something to learn from already
  CHECK(asked->ids[0] == 50);
  session.know(ids{asked->ids[1]}, std::vector<alx::label_t>{0});
  CHECK(session.ask()->ids == ids{asked->ids[0], asked->ids[2]});
  CHECK_THROWS_WITH_AS(session.know(ids{10}, std::vector<alx::label_t>{0}),
                       "know: row 10 is labelled or set aside already",
                       alx::data_error);
  CHECK_THROWS_AS(session.know(ids{11, 11}, std::vector<alx::label_t>{0, 0}), alx::data_error);
  CHECK_THROWS_AS(session.know(ids{100}, std::vector<alx::label_t>{0}), alx::shape_error);
  CHECK_THROWS_AS(session.know(ids{11}, std::vector<alx::label_t>{0, 1}), alx::shape_error);
  CHECK_THROWS_AS(session.know(ids{11}, std::vector<alx::label_t>{2}), alx::data_error);
}

TEST_CASE("a saved session goes on to ask the same rows, saved between rounds or within a query") {
  alx::loop const loop{support::toy_learner{},
                       alx::entropy{} * alx::random{},
                       alx::rounds{9},
                       {.initial = 4, .batch = 3, .seed = 1}};
  auto whole = loop.begin(hundred.features);
  auto const all = go_on(whole, 100);
  REQUIRE(all.size() == 9);
  for (int const stop : {0, 1, 4}) {
    auto part = loop.begin(hundred.features);
    auto asked = go_on(part, stop);
    std::string const text = alx::to_text(part.save());
    auto resumed = loop.resume(hundred.features, alx::parse_session_state(text, "memory"));
    auto const rest = go_on(resumed, 100);
    asked.insert(asked.end(), rest.begin(), rest.end());
    CHECK(asked == all);
    CHECK(resumed.reason() == whole.reason());
  }
  auto open = loop.begin(hundred.features);
  go_on(open, 3);
  auto const asked = open.ask();
  open.tell(*asked, answers{0});
  auto resumed = loop.resume(hundred.features, open.save());
  auto const rest = resumed.ask();
  REQUIRE(rest);
  CHECK(rest->ticket == asked->ticket);
  CHECK(rest->ids == ids{asked->ids[1], asked->ids[2]});
  CHECK(resumed.save() == open.save());
}

TEST_CASE("a state of another pool or seed, or one that contradicts itself, is refused") {
  auto const loop = entropy_loop();
  auto session = loop.begin(hundred.features);
  go_on(session, 2);
  auto const good = session.save();
  auto const refuse = [&](auto const& damage) {
    auto bad = good;
    damage(bad);
    CHECK_THROWS_AS(static_cast<void>(loop.resume(hundred.features, bad)), alx::error);
  };
  refuse([](alx::session_state& s) { s.rows = 99; });
  refuse([](alx::session_state& s) { s.seed = 5; });
  refuse([](alx::session_state& s) { s.labels.pop_back(); });
  refuse([](alx::session_state& s) { s.labels[0] = 2; });
  refuse([](alx::session_state& s) { s.labelled[1] = s.labelled[0]; });
  refuse([](alx::session_state& s) { s.labelled[1] = 100; });
  refuse([](alx::session_state& s) { s.set_aside = {s.labelled[0]}; });
  refuse([](alx::session_state& s) { s.open = {s.labelled[0]}; });
  refuse([](alx::session_state& s) { s.open_ticket = 3; });
  refuse([](alx::session_state& s) { s.open_ticket = 3, s.open = {s.labelled[0]}; });
  CHECK(loop.resume(hundred.features, good).save() == good);
}

TEST_CASE("a damaged state text names its line") {
  auto const text = alx::to_text(alx::session_state{.seed = 3, .rows = 5, .labelled = {1, 2}});
  CHECK(alx::parse_session_state(text, "f").labelled == ids{1, 2});
  auto const fails = [&](std::string const& from, std::string const& to, char const* message) {
    auto bad = text;
    bad.replace(bad.find(from), from.size(), to);
    CHECK_THROWS_WITH_AS(
        static_cast<void>(alx::parse_session_state(bad, "f")), message, alx::data_error);
  };
  auto const no_number = [](std::string const& line, std::string const& word) {
    return "f: line " + line + ": \"" + word + "\" is not a number that can stand here";
  };
  fails("session 1", "session 2", "f: line 1: expected 'alx session 1'");
  fails("seed 3", "seed", no_number("2", "").c_str());
  fails("seed 3", "seed 3 4", "f: line 2: 'seed' is not one number");
  fails("rows 5", "rows x", no_number("3", "x").c_str());
  fails("round 0", "rond 0", "f: line 4: expected 'round'");
  fails("rows 5", "rows 5 ", "f: line 3: ends with a blank");
  fails("labelled 1 2", "labelled 1 2 ", "f: line 6: ends with a blank");
  fails("labelled 1 2", "labelled 1,2", no_number("6", "1,2").c_str());
  CHECK_THROWS_WITH_AS(
      static_cast<void>(alx::parse_session_state(text.substr(0, text.size() - 3), "f")),
      "f: line 10: has no end: the file was cut short",
      alx::data_error);
}
