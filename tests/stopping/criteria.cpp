// SPDX-License-Identifier: Apache-2.0
#include <alx/stopping/certainty.hpp>
#include <alx/stopping/combine.hpp>
#include <alx/stopping/labels.hpp>
#include <alx/stopping/pool_empty.hpp>
#include <alx/stopping/rounds.hpp>
#include <alx/stopping/stable_predictions.hpp>
#include <alx/stopping/stop_now.hpp>
#include <alx/stopping/target_score.hpp>
#include <alx/stopping/wall_time.hpp>
#include <alx/stopping/when.hpp>

#include <doctest/doctest.h>

#include "support/round.hpp"
#include <chrono>
#include <string>
#include <thread>
#include <utility>

namespace {

/// Two rows: entropies ln 2 and 0.
support::round half_certain() {
  return {{.5, .5, 0, 1}, 2};
}

}  // namespace

TEST_CASE("labels stops when the budget is reached or passed") {
  auto round = half_certain();
  round.labelled = {0};
  CHECK(!alx::labels{2}.stop(round.view()));
  round.labelled = {0, 1};
  CHECK(alx::labels{2}.stop(round.view()) == "2 labels known, 2 wanted");
  CHECK(alx::labels{1}.stop(round.view()));
}

TEST_CASE("rounds counts fits") {
  auto const round = half_certain();
  CHECK(!alx::rounds{3}.stop(round.view(1)));
  CHECK(alx::rounds{3}.stop(round.view(2)) == "3 rounds done");
  CHECK(alx::rounds{1}.stop(round.view(0)));
}

TEST_CASE("pool_empty stops when no row may be asked") {
  auto round = half_certain();
  CHECK(!alx::pool_empty{}.stop(round.view()));
  round.candidates.clear();
  CHECK(alx::pool_empty{}.stop(round.view()) == "no row is left to ask");
}

TEST_CASE("certainty looks at the rows that may be asked, and below is below") {
  auto round = half_certain();
  double const ln2 = std::log(2.0);
  CHECK(!alx::mean_entropy_below{ln2 / 2}.stop(round.view()));
  CHECK(alx::mean_entropy_below{ln2 / 2 + 1e-9}.stop(round.view()));
  CHECK(!alx::max_entropy_below{ln2}.stop(round.view()));
  CHECK(alx::max_entropy_below{ln2 + 1e-9}.stop(round.view()));
  round.candidates = {1};
  CHECK(alx::mean_entropy_below{1e-9}.stop(round.view()));
  CHECK(alx::max_entropy_below{1e-9}.stop(round.view()));
  round.candidates.clear();
  CHECK(alx::mean_entropy_below{1e-9}.stop(round.view()));
}

TEST_CASE("stable_predictions wants so many pairs of rounds that agree beyond chance") {
  support::round const as_before{{.9, .1, .2, .8, .7, .3, .4, .6}, 2};
  support::round const one_differs{{.9, .1, .2, .8, .3, .7, .4, .6}, 2};
  alx::stable_predictions stable(0.99, 2);
  CHECK(!stable.stop(as_before.view(0)));
  CHECK(!stable.stop(as_before.view(1)));
  CHECK(stable.stop(as_before.view(2)) == "predictions agree from round to round, kappa 1.000000");
  CHECK(!stable.stop(one_differs.view(3)));
  CHECK(!stable.stop(one_differs.view(4)));
  CHECK(stable.stop(one_differs.view(5)));
  // 3 of 4 agree, by chance 2: kappa 1/2, and with the 1 before it 3/4.
  CHECK(!alx::stable_predictions(stable).stop(as_before.view(6)));
  alx::stable_predictions laxer(0.75, 2);
  for (int i = 0; i < 2; ++i) CHECK(!laxer.stop(as_before.view(i)));
  CHECK(laxer.stop(one_differs.view(2)));
}

TEST_CASE("stable_predictions: a model that says one class of all rows has settled nothing") {
  support::round const constant{{.9, .1, .9, .1}, 2};
  alx::stable_predictions stable(0.5, 1);
  for (int i = 0; i < 5; ++i) CHECK(!stable.stop(constant.view(i)));
  CHECK_THROWS_AS(alx::stable_predictions(.99, 0), alx::option_error);
}

TEST_CASE("target_score reads the validation score, and says so where there is none") {
  auto const round = half_certain();
  auto view = round.view();
  CHECK_THROWS_WITH_AS(static_cast<void>(alx::target_score{.9}.stop(view)),
                       "target_score: there is no validation part; give validate{X, y, metric}",
                       alx::state_error);
  view.validation_score = 0.89;
  CHECK(!alx::target_score{.9}.stop(view));
  view.validation_score = 0.9;
  CHECK(alx::target_score{.9}.stop(view) == "validation score 0.900000 reached 0.900000");
}

TEST_CASE("wall_time runs from when it was made, through copies") {
  auto const round = half_certain();
  alx::wall_time const soon(std::chrono::milliseconds(20));
  alx::wall_time const late(std::chrono::hours(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(25));
  auto const copy = soon;
  CHECK(copy.stop(round.view()));
  CHECK(!late.stop(round.view()));
}

TEST_CASE("when asks the caller") {
  auto const round = half_certain();
  alx::when second([](alx::round_view const& seen) { return seen.round == 1; }, "second");
  CHECK(!second.stop(round.view(0)));
  CHECK(second.stop(round.view(1)) == "second");
}

TEST_CASE("a stop can be requested on any copy") {
  auto const round = half_certain();
  alx::stop_now const button;
  auto const in_the_loop = button;
  CHECK(!in_the_loop.stop(round.view()));
  button.request();
  CHECK(in_the_loop.stop(round.view()) == "a stop was requested");
  CHECK(!alx::stop_now{}.stop(round.view()));
}

TEST_CASE("&& and || combine as the words say, and both sides are always asked") {
  auto const round = half_certain();
  int asked = 0;
  auto const says = [&](bool yes, std::string reason) {
    auto answer = [&asked, yes](alx::round_view const&) {
      ++asked;
      return yes;
    };
    return alx::when(answer, std::move(reason));
  };
  CHECK((says(false, "a") || says(true, "b")).stop(round.view()) == "b");
  CHECK((says(true, "a") || says(true, "b")).stop(round.view()) == "a");
  CHECK(!(says(false, "a") || says(false, "b")).stop(round.view()));
  CHECK(!(says(true, "a") && says(false, "b")).stop(round.view()));
  CHECK(!(says(false, "a") && says(true, "b")).stop(round.view()));
  CHECK((says(true, "a") && says(true, "b")).stop(round.view()) == "a, and b");
  CHECK(asked == 12);
}
