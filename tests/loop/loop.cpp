// SPDX-License-Identifier: Apache-2.0
#include <alx/loop.hpp>
#include <alx/oracles/callback.hpp>
#include <alx/stopping/certainty.hpp>
#include <alx/stopping/pool_empty.hpp>
#include <alx/stopping/rounds.hpp>
#include <alx/stopping/target_score.hpp>
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/random.hpp>

#include <doctest/doctest.h>

#include "support/toy.hpp"
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace {

using ids = std::vector<alx::index_t>;

support::line const hundred(100, 62.0);

/// The share of rows whose more probable class is the true one.
struct share_right {
  double operator()(std::span<alx::label_t const> truth,
                    alx::matrix_view<double const> probability) const {
    double right = 0.0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      auto const row = static_cast<alx::index_t>(i);
      right += (probability(row, 1) > 0.5) == (truth[i] == 1) ? 1.0 : 0.0;
    }
    return right / static_cast<double>(truth.size());
  }

  [[nodiscard]] std::string_view name() const { return "share_right"; }
};

/// Gives whatever it was told to, for all rows alike.
struct fixed_learner {
  double first = 0.5;
  double second = 0.5;

  void fit(alx::matrix_view<double const> /*pool*/, alx::labelled_rows /*rows*/) {}

  void predict_proba(alx::matrix_view<double const> pool, alx::matrix_view<double> out) const {
    for (alx::index_t i = 0; i < pool.rows; ++i) {
      out(i, 0) = first;
      out(i, 1) = second;
    }
  }
};

struct infinite_strategy {
  void score(alx::round_view const& /*round*/, std::span<double> utility) const {
    for (double& value : utility) value = 0.0;
    utility[1] = std::numeric_limits<double>::infinity();
  }
};

struct selects {
  ids chosen;

  std::vector<alx::index_t> select(alx::round_view const& /*round*/,
                                   std::span<double const> /*utility*/,
                                   alx::index_t /*count*/) const {
    return chosen;
  }
};

template <class Learner, class Strategy = alx::entropy, class Selection = alx::top>
auto two_rounds(Learner learner, Strategy strategy = {}, Selection selection = {}) {
  alx::loop_options options{.batch = 2};
  options.first = {0, 99};
  return alx::loop{learner, strategy, alx::rounds{2}, options, selection}.run(
      hundred.features, alx::truth{hundred.labels});
}

}  // namespace

TEST_CASE("run and a session that is asked and told are the same") {
  alx::loop const loop{support::toy_learner{},
                       alx::entropy{},
                       alx::labels{20},
                       {.initial = 4, .batch = 3, .seed = 1}};
  auto const rounds = loop.run(hundred.features, alx::truth{hundred.labels});
  auto session = loop.begin(hundred.features);
  ids asked;
  while (auto query = session.ask()) {
    asked.insert(asked.end(), query->ids.begin(), query->ids.end());
    session.tell(*query, alx::truth{hundred.labels}(*query));
  }
  ids added;
  for (auto const& round : rounds)
    added.insert(added.end(), round.added.begin(), round.added.end());
  CHECK(added == asked);
  CHECK(rounds.reason == "22 labels known, 20 wanted");
  CHECK(rounds.reason == session.reason());
  CHECK(rounds.rounds.size() == 7);
  CHECK(rounds.back().labelled == 22);
  CHECK(rounds.back().round == 6);
  CHECK(std::isnan(rounds.back().score));
}

TEST_CASE("uncertainty finds the border by halving") {
  alx::loop_options options{.batch = 1};
  options.first = {0, 99};
  alx::loop const loop{support::toy_learner{}, alx::entropy{}, alx::rounds{10}, options};
  auto const rounds = loop.run(
      hundred.features,
      alx::truth{hundred.labels},
      alx::evaluate{hundred.features, hundred.labels, share_right{}, alx::metric_archetype{}});
  CHECK(rounds.rounds[0].score < 0.9);
  CHECK(rounds.rounds[8].score == 1.0);  // log2(98) < 7 labels later
  REQUIRE(rounds.back().scores.size() == 2);
  CHECK(rounds.back().scores[0].metric == "share_right");
  CHECK(rounds.back().scores[1].metric == "archetype");
}

TEST_CASE("a table can be evaluated as one, and several parts give their scores in order") {
  struct table {
    alx::matrix<double> features = hundred.features;
    std::vector<alx::label_t> labels = hundred.labels;
  } const test;

  alx::loop const loop{support::toy_learner{}, alx::random{}, alx::rounds{1}, {.initial = 30}};
  auto const rounds = loop.run(hundred.features,
                               alx::truth{hundred.labels},
                               alx::evaluate{test, alx::metric_archetype{}},
                               alx::evaluate{test, share_right{}});
  REQUIRE(rounds.back().scores.size() == 2);
  CHECK(rounds.back().score == 0.0);
  CHECK(rounds.back().scores[1].value > 0.9);
}

TEST_CASE("the validation part steers, the evaluated one cannot") {
  alx::loop_options options{.batch = 1};
  options.first = {0, 99};
  alx::loop const loop{support::toy_learner{}, alx::entropy{}, alx::target_score{0.97}, options};
  auto const rounds = loop.run(hundred.features,
                               alx::truth{hundred.labels},
                               alx::validate{hundred.features, hundred.labels, share_right{}});
  CHECK(rounds.rounds.size() < 9);
  CHECK(rounds.reason.substr(0, 16) == "validation score");
  CHECK_THROWS_AS(loop.run(hundred.features,
                           alx::truth{hundred.labels},
                           alx::evaluate{hundred.features, hundred.labels, share_right{}}),
                  alx::state_error);
}

TEST_CASE("observers hear of everything in order and change nothing") {
  std::string heard;
  auto const listen = [&](auto const& event) {
    using type = std::remove_cvref_t<decltype(event)>;
    if constexpr (std::is_same_v<type, alx::round_begun>) heard += 'b';
    if constexpr (std::is_same_v<type, alx::model_fitted>) heard += 'f';
    if constexpr (std::is_same_v<type, alx::round_scored>) heard += 's';
    if constexpr (std::is_same_v<type, alx::batch_chosen>) heard += 'c';
    if constexpr (std::is_same_v<type, alx::run_finished>) heard += 'e';
  };
  alx::loop const loop{
      support::toy_learner{}, alx::random{}, alx::rounds{2}, {.initial = 2, .batch = 2}};
  alx::history copy;
  auto const rounds = loop.run(hundred.features, alx::truth{hundred.labels}, listen, copy);
  CHECK(heard == "cbfscbfse");
  auto const silent = loop.run(hundred.features, alx::truth{hundred.labels});
  CHECK(rounds.back().added == silent.back().added);
  CHECK(copy.rounds.size() == 2);
  CHECK(copy.reason == "2 rounds done");
}

TEST_CASE("the loop asks every row once and then stops by itself") {
  alx::loop const loop{support::toy_learner{},
                       alx::random{},
                       alx::stopping_archetype{},
                       {.initial = 7, .batch = 11, .seed = 3}};
  auto const rounds = loop.run(hundred.features, alx::truth{hundred.labels});
  ids all;
  for (auto const& round : rounds) all.insert(all.end(), round.added.begin(), round.added.end());
  std::sort(all.begin(), all.end());
  ids expected(100);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(all == expected);
  CHECK(rounds.reason == "no row is left to ask");
  CHECK(rounds.back().added.size() == 5);
}

TEST_CASE("numbers that are none are refused and the row is named") {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(two_rounds(fixed_learner{nan, 0.5}),
                       "learner: row 0 has probabilities that are not finite",
                       alx::data_error);
  CHECK_THROWS_WITH_AS(two_rounds(fixed_learner{0.5, 0.502}),
                       "learner: row 0 has probabilities that sum to 1.002000",
                       alx::data_error);
  CHECK_THROWS_WITH_AS(two_rounds(fixed_learner{1.5, -0.5}),
                       "learner: row 0 has probabilities that are negative",
                       alx::data_error);
  CHECK_NOTHROW(two_rounds(fixed_learner{0.5, 0.5009}));
  CHECK_THROWS_WITH_AS(two_rounds(fixed_learner{}, infinite_strategy{}),
                       "strategy: row 2 has a utility that is not finite",
                       alx::data_error);
}

TEST_CASE("a selection may only choose candidates, each once") {
  CHECK_THROWS_WITH_AS(two_rounds(fixed_learner{}, alx::entropy{}, selects{{5, 99}}),
                       "selection: row 99 may not be asked",
                       alx::state_error);
  CHECK_THROWS_WITH_AS(two_rounds(fixed_learner{}, alx::entropy{}, selects{{5, 5}}),
                       "selection: row 5 was chosen twice",
                       alx::state_error);
  CHECK(two_rounds(fixed_learner{}, alx::entropy{}, selects{{}}).reason == "no row is left to ask");
}

TEST_CASE("options out of range are named") {
  auto const begin = [](alx::loop_options const& options) {
    static_cast<void>(
        alx::loop{support::toy_learner{}, alx::entropy{}, alx::rounds{1}, options}.begin(
            hundred.features));
  };
  CHECK_THROWS_WITH_AS(begin({.initial = 0}), "loop: initial 0 is below 1", alx::option_error);
  CHECK_THROWS_WITH_AS(begin({.batch = 0}), "loop: batch 0 is below 1", alx::option_error);
  CHECK_THROWS_WITH_AS(begin({.classes = 0}), "loop: classes 0 is below 1", alx::option_error);
  alx::matrix<double> const empty;
  alx::loop const loop{support::toy_learner{}, alx::entropy{}, alx::rounds{1}};
  CHECK_THROWS_WITH_AS(
      static_cast<void>(loop.begin(empty)), "loop: the pool has no row", alx::data_error);
  CHECK_THROWS_AS((alx::evaluate{hundred.features, std::vector<alx::label_t>(3), share_right{}}),
                  alx::shape_error);
}

TEST_CASE("an oracle that never answers does not hang the run") {
  alx::loop const loop{support::toy_learner{}, alx::entropy{}, alx::rounds{1}, {.initial = 3}};
  CHECK_THROWS_WITH_AS(loop.run(hundred.features, alx::oracle_archetype{}),
                       "run: the oracle gave no answer to query 1",
                       alx::state_error);
}

TEST_CASE("an oracle may answer one row at a time") {
  alx::loop const loop{support::toy_learner{},
                       alx::entropy{},
                       alx::rounds{3},
                       {.initial = 5, .batch = 3, .seed = 9}};
  auto const slow = [](alx::query const& asked) {
    return std::vector<alx::answer>{hundred.labels[static_cast<std::size_t>(asked.ids[0])]};
  };
  auto const one = loop.run(hundred.features, slow);
  auto const all = loop.run(hundred.features, alx::truth{hundred.labels});
  for (std::size_t r = 0; r < 3; ++r) CHECK(one.rounds[r].added == all.rounds[r].added);
}

TEST_CASE("archetypes are enough for every policy") {
  using pool = alx::matrix_view<double const>;
  alx::loop const loop{alx::learner_archetype<pool>{},
                       alx::strategy_archetype{},
                       alx::stopping_archetype{} || alx::stopping_archetype{},
                       alx::loop_options{},
                       alx::selection_archetype{}};
  alx::observer_archetype watching;
  CHECK_THROWS_AS(loop.run(hundred.features, alx::oracle_archetype{}, watching), alx::error);
}
