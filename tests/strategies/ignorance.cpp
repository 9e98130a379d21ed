// SPDX-License-Identifier: Apache-2.0
#include <alx/metrics/silhouette.hpp>
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/ignorance.hpp>
#include <alx/strategies/product.hpp>

#include <doctest/doctest.h>

#include "support/round.hpp"
#include <string>
#include <utility>
#include <vector>

namespace {

/// Two pairs on a line, at 0, 1 and 10, 11; the last row is predicted to be of the first class.
support::round two_pairs() {
  support::round round({.9, .1, .8, .2, .1, .9, .6, .4}, 2);
  round.features = alx::matrix<double>({0, 1, 10, 11}, 4, 1);
  return round;
}

}  // namespace

TEST_CASE("ignorance is 1 - s squared and modified ignorance -s, of the predicted classes") {
  auto round = two_pairs();
  auto const s = alx::silhouette_samples(round.features, std::vector<alx::label_t>{0, 0, 1, 0});
  round.candidates = {0, 2, 3};
  auto const plain = support::utilities(alx::ignorance{}, round.view());
  auto const modified = support::utilities(alx::modified_ignorance{}, round.view());
  REQUIRE(plain.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    double const of_row = s[static_cast<std::size_t>(round.candidates[i])];
    CHECK(plain[i] == 1.0 - of_row * of_row);
    CHECK(modified[i] == -of_row);
  }
  CHECK(modified[1] == 0.0);  // alone in its class
  CHECK(modified[2] > 0.9);   // deep inside the other one
}

TEST_CASE("where one class is predicted for all rows nothing separates them") {
  auto round = two_pairs();
  round.probability = alx::matrix<double>({.9, .1, .8, .2, .7, .3, .6, .4}, 4, 2);
  CHECK(support::utilities(alx::ignorance{}, round.view()) == std::vector<double>(4, 1.0));
  CHECK(support::utilities(alx::modified_ignorance{}, round.view()) == std::vector<double>(4, 0.0));
}

TEST_CASE("what ignorance keeps from a round to the next does not change its bits") {
  auto round = two_pairs();
  alx::ignorance kept;
  std::vector<double> out(4);
  kept.score(round.view(), out);
  round.probability(3, 0) = 0.2;
  round.probability(3, 1) = 0.8;
  kept.score(round.view(1), out);
  CHECK(out == support::utilities(alx::ignorance{}, round.view(1)));
  auto other = two_pairs();
  other.features(0, 0) = 5.0;
  kept.score(other.view(2), out);
  CHECK(out == support::utilities(alx::ignorance{}, other.view(2)));
}

TEST_CASE("strategies that share a silhouette leave it as they found it, and their bits alone") {
  alx::silhouette shared;
  auto both = alx::ignorance{shared} * alx::modified_ignorance{shared};
  CHECK_THROWS_AS(static_cast<void>(shared.mean()), alx::state_error);  // nobody has asked yet
  auto round = two_pairs();
  for (double const p : {0.4, 0.8, 0.3}) {
    round.probability(3, 0) = 1.0 - p;
    round.probability(3, 1) = p;
    std::vector<double> out(4);
    both.score(round.view(), out);
    auto const own = support::utilities(alx::ignorance{} * alx::modified_ignorance{}, round.view());
    CHECK(out == own);
    alx::label_t const last = p > 0.5 ? 1 : 0;
    auto const s =
        alx::silhouette_samples(round.features, std::vector<alx::label_t>{0, 0, 1, last});
    CHECK(shared.mean() == (s[0] + s[1] + s[2] + s[3]) / 4.0);
  }
}

TEST_CASE("a pool without features has no ignorance") {
  support::round const round({.5, .5}, 2);
  CHECK_THROWS_WITH_AS(support::utilities(alx::ignorance{}, round.view()),
                       "ignorance: the pool is no table of features, so rows have no distances",
                       alx::shape_error);
}

TEST_CASE("a product multiplies, and tells its factors by name") {
  auto const round = two_pairs();
  auto both = alx::entropy{} * alx::ignorance{} * alx::modified_ignorance{};
  std::vector<double> out(4);
  both.score(round.view(), out);
  auto const e = support::utilities(alx::entropy{}, round.view());
  auto const i = support::utilities(alx::ignorance{}, round.view());
  auto const m = support::utilities(alx::modified_ignorance{}, round.view());
  for (std::size_t r = 0; r < 4; ++r) CHECK(out[r] == e[r] * i[r] * m[r]);
  std::vector<std::pair<std::string, double>> parts;
  alx::visit_parts(
      both, 2, out[2], [&](auto const& name, double value) { parts.emplace_back(name, value); });
  CHECK(parts == std::vector<std::pair<std::string, double>>{
                     {"entropy", e[2]}, {"ignorance", i[2]}, {"modified_ignorance", m[2]}});
}
