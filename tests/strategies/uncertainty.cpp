// SPDX-License-Identifier: Apache-2.0
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/least_confident.hpp>
#include <alx/strategies/margin.hpp>

#include <doctest/doctest.h>

#include "support/round.hpp"
#include <cmath>
#include <vector>

namespace {

support::round golden() {
  return {{.7, .2, .1, .4, .35, .25, 1, 0, 0, 1. / 3, 1. / 3, 1. / 3, .5, .5, 0}, 3};
}

void check_close(std::vector<double> const& values, std::vector<double> const& expected) {
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    CHECK(std::abs(values[i] - expected[i]) < 1e-12);
  }
}

}  // namespace

TEST_CASE("entropy gives the textbook values, a certain row included") {
  check_close(support::utilities(alx::entropy{}, golden().view()),
              {.801818552543, 1.080527626604, 0, 1.098612288668, .693147180560});
}

TEST_CASE("entropy over ln C is 1 where nothing is known") {
  check_close(
      support::utilities(alx::entropy{0.0, alx::entropy_scale::log_classes}, golden().view()),
      {.729846699162, .983538631189, 0, 1, .630929753571});
}

TEST_CASE("entropy over its maximum counts rows that cannot be asked") {
  auto round = golden();
  round.candidates = {0, 4};
  check_close(support::utilities(alx::entropy{0.0, alx::entropy_scale::pool_maximum}, round.view()),
              {.801818552543 / 1.098612288668, .693147180560 / 1.098612288668});
}

TEST_CASE("a pool without a doubt has entropy 0 by every scale") {
  support::round const certain({1, 0, 0, 1}, 2);
  for (auto const scale : {alx::entropy_scale::nats,
                           alx::entropy_scale::log_classes,
                           alx::entropy_scale::pool_maximum}) {
    check_close(support::utilities(alx::entropy{0.0, scale}, certain.view()), {0, 0});
  }
}

TEST_CASE("the published constant inside the logarithm makes a certain row slightly negative") {
  support::round const certain({1, 0}, 2);
  CHECK(support::utilities(alx::entropy{1e-6}, certain.view())[0] == -std::log(1 + 1e-6));
}

TEST_CASE("least confident gives 1 - p1") {
  check_close(support::utilities(alx::least_confident{}, golden().view()), {.3, .6, 0, 2. / 3, .5});
}

TEST_CASE("margin gives p2 - p1") {
  check_close(support::utilities(alx::margin{}, golden().view()), {-.5, -.05, -1, 0, 0});
}

TEST_CASE("the order of the classes does not matter") {
  support::round const one({.5, .3, .2}, 3);
  support::round const other({.2, .5, .3}, 3);
  CHECK(std::abs(support::utilities(alx::entropy{}, one.view())[0] -
                 support::utilities(alx::entropy{}, other.view())[0]) < 1e-15);
  CHECK(support::utilities(alx::margin{}, one.view()) ==
        support::utilities(alx::margin{}, other.view()));
  CHECK(support::utilities(alx::least_confident{}, one.view()) ==
        support::utilities(alx::least_confident{}, other.view()));
}

TEST_CASE("with one class there is no doubt and no runner-up") {
  support::round const single({1, 1}, 1);
  check_close(support::utilities(alx::entropy{}, single.view()), {0, 0});
  check_close(support::utilities(alx::margin{}, single.view()), {-1, -1});
  check_close(support::utilities(alx::least_confident{}, single.view()), {0, 0});
}
