// SPDX-License-Identifier: Apache-2.0
// A desk: answers are kept before the next question, and what is asked follows from the journal,
// whoever is faster, the person or the model.
#include "label/desk.hpp"

#include <alx/error.hpp>
#include <alx/journal/journal.hpp>

#include <doctest/doctest.h>

#include "support/scratch_folder.hpp"
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

/// 200 rows on a line, of which those from 100 on are of class 1. The model ranks rows by how near
/// they are to the middle between the classes it knows, after `delay` milliseconds or none.
struct line {
  static constexpr alx::index_t rows = 200;

  label::plan settled;
  label::subject what;
  std::atomic<int> delay{0};
  std::atomic<bool> fails{false};
  std::atomic<bool> says_slow{false};  ///< of a lesson: it took a second
  std::atomic<bool> blocked{false};    ///< nothing is learnt meanwhile
  std::atomic<int> learnt{0};

  line() {
    settled.rows = rows;
    settled.classes = {"low", "high"};
    settled.holdout = 20;
    what.rows = rows;
    what.is_text = true;
    what.distances = [](alx::index_t from, std::span<double> out) {
      for (std::size_t i = 0; i < out.size(); ++i) {
        double const gap = static_cast<double>(i) - static_cast<double>(from);
        out[i] = gap * gap;
      }
    };
    what.learn = [this](label::book const& known) { return learn(known); };
  }

  std::shared_ptr<label::lesson const> learn(label::book const& known) {
    if (delay > 0) std::this_thread::sleep_for(std::chrono::milliseconds(delay));
    while (blocked) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (fails) throw alx::numeric_error("does not converge");
    ++learnt;
    auto said = std::make_shared<label::lesson>();
    said->model = known.size();
    said->labels = std::ssize(known.learnt().ids);
    said->content = known.content();
    said->seconds = says_slow ? 1.0 : delay / 1000.0;
    double low = 0.0;
    double high = 199.0;
    for (std::size_t i = 0; i < known.learnt().ids.size(); ++i) {
      auto const at = static_cast<double>(known.learnt().ids[i]);
      if (known.learnt().labels[i] == 0) low = std::max(low, at);
      if (known.learnt().labels[i] == 1) high = std::min(high, at);
    }
    double const middle = (low + high) / 2.0;
    said->probability = alx::matrix<double>(rows, 2);
    std::vector<std::pair<double, alx::index_t>> order;
    for (alx::index_t r = 0; r < rows; ++r) {
      double const p = 1.0 / (1.0 + std::exp(middle - static_cast<double>(r)));
      said->probability(r, 0) = 1.0 - p;
      said->probability(r, 1) = p;
      auto const& kept = known.reserved();
      bool const apart = std::find(kept.begin(), kept.end(), r) != kept.end();
      if (known.state(r) == label::row_state::unknown && !apart) {
        order.emplace_back(std::abs(static_cast<double>(r) - middle), r);
      }
    }
    std::sort(order.begin(), order.end());
    order.resize(std::min<std::size_t>(order.size(), 8));
    for (auto const& [gap, row] : order) {
      said->ranking.ids.push_back(row);
      said->ranking.utility.push_back(-gap);
    }
    return said;
  }
};

alx::journal open(support::scratch_folder const& at, line const& data) {
  return {at.path() / "a.journal",
          {.rows = line::rows, .classes = data.settled.classes, .data = "a line"}};
}

/// One thing that a person might do, by chance.
void act(label::desk& desk, std::mt19937& chance) {
  auto const dice = chance() % 20;
  auto const label = desk.open()->row >= 100 ? 1 : 0;
  if (dice == 0) {
    desk.undo();
  } else if (dice == 1) {
    desk.decide(alx::deed::skip, -1, 0.5);
  } else if (dice == 2) {
    desk.decide(alx::deed::abstain, -1, 0.5);
  } else if (dice == 3) {
    desk.decide(alx::deed::discard, -1, 0.5);
  } else if (dice == 4) {
    desk.edit("text " + std::to_string(chance() % 3), 0.5);
  } else {
    desk.decide(alx::deed::answer, dice == 5 ? 1 - label : label, 0.5);
  }
}

void check_same(std::optional<label::question> const& a, std::optional<label::question> const& b) {
  REQUIRE(a.has_value() == b.has_value());
  if (!a) return;
  CHECK(a->row == b->row);
  CHECK(a->why == b->why);
  CHECK(a->model == b->model);
  CHECK(a->utility == b->utility);
}

}  // namespace

TEST_CASE("the next question follows from the journal, however slow the model was") {
  for (int const delay : {0, 70}) {
    for (alx::index_t const batch : {1, 3}) {
      support::scratch_folder const at;
      line data;
      data.delay = delay;
      data.settled.batch = batch;
      data.settled.repeat = 0.1;
      auto kept = open(at, data);
      std::mt19937 chance(static_cast<unsigned>(delay + batch));
      label::desk desk(data.what, data.settled, kept, "ann", label::patience::a_while);
      for (int i = 0; i < 60 && desk.open(); ++i) {
        act(desk, chance);
        if (i % 6 != 5) continue;
        line same;
        same.settled = data.settled;
        auto const patience = i % 12 == 5 ? label::patience::always : label::patience::a_while;
        label::desk const again(same.what, same.settled, kept, "ann", patience);
        CAPTURE(i);
        check_same(desk.open(), again.open());
      }
      for (std::size_t i = 0; i < kept.entries().size(); ++i) {
        CHECK(kept.entries()[i].next <= static_cast<std::int64_t>(i) + 1);
      }
    }
  }
}

TEST_CASE("a slow model is not waited for, and learns in the background what is new") {
  support::scratch_folder const at;
  line data;
  auto kept = open(at, data);
  std::atomic<int> rung{0};
  label::desk desk(data.what, data.settled, kept, "ann", label::patience::a_while, [&] { ++rung; });
  auto const answer = [&] { desk.decide(alx::deed::answer, desk.open()->row >= 100 ? 1 : 0, 1.0); };
  for (int i = 0; i < 14; ++i) answer();
  data.says_slow = true;
  answer();  // the last model was quick: this one is waited for
  data.blocked = true;
  for (int i = 0; i < 4; ++i) answer();  // would never return, were it waited for
  CHECK(desk.chooser()->model < kept.entries().back().number);
  data.blocked = false;
  auto const last = desk.finish();
  CHECK(last->model == std::ssize(kept.entries()));
  CHECK(desk.newest() == last);
  CHECK(rung > 0);
}

TEST_CASE("other labels are learnt again, also where there are as many as before") {
  support::scratch_folder const at;
  line data;
  auto kept = open(at, data);
  label::desk desk(data.what, data.settled, kept, "ann", label::patience::always);
  for (int i = 0; i < 16; ++i) {
    desk.decide(alx::deed::answer, desk.open()->row >= 100 ? 1 : 0, 1.0);
  }
  auto const before = desk.chooser()->content;
  CHECK(desk.undo());
  desk.decide(alx::deed::answer, desk.open()->row >= 100 ? 0 : 1, 1.0);
  CHECK(desk.chooser()->content != before);
  CHECK(desk.chooser()->content == desk.known().content());
}

TEST_CASE(
    "an answer that is kept is never called lost, and what cannot be kept leaves all as it was") {
  support::scratch_folder const at;
  line data;
  auto kept = open(at, data);
  label::desk desk(data.what, data.settled, kept, "ann", label::patience::always);
  for (int i = 0; i < 12; ++i) {
    desk.decide(alx::deed::answer, desk.open()->row >= 100 ? 1 : 0, 1.0);
  }
  auto const open_row = desk.open()->row;
  CHECK_THROWS_AS(desk.decide(alx::deed::answer, 7, 1.0), alx::data_error);
  CHECK(kept.entries().size() == 12);
  CHECK(desk.open()->row == open_row);
  data.fails = true;
  CHECK_THROWS_WITH_AS(desk.decide(alx::deed::answer, 1, 1.0),
                       "the answer is kept, but no next row can be found: does not converge",
                       alx::state_error);
  CHECK(kept.entries().size() == 13);
  CHECK_FALSE(desk.open());
  data.fails = false;
  CHECK(desk.finish()->model == 13);
}
