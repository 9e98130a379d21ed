// SPDX-License-Identifier: Apache-2.0
#include <alx/detail/lanes.hpp>
#include <alx/learners/boosting/logistic.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

TEST_CASE("gradients in lanes are those of std::exp, at small and at large scores") {
  std::mt19937 random(7);
  std::vector<double> signs;
  std::vector<double> scores;
  auto const add = [&](double sign, double score) {
    signs.push_back(sign);
    scores.push_back(score);
  };
  // Two neighbouring doubles between which the float of `part` steps, and those around them.
  auto const add_step = [&](double sign, double low, auto part) {
    auto const at = [&](double score) { return part(alx::detail::logistic_pair(sign, score)); };
    double high = low + 1e-6 * (1 + std::abs(low));
    if (at(low) == at(high)) return;
    for (double middle = low + (high - low) / 2; middle > low && middle < high;
         middle = low + (high - low) / 2) {
      (at(middle) == at(low) ? low : high) = middle;
    }
    for (int i = 0; i < 6; ++i) low = std::nextafter(low, -1e300);
    for (int i = 0; i < 12; ++i) add(sign, low = std::nextafter(low, 1e300));
  };
  for (double const scale : {0.1, 1.0, 5.0, 40.0, 400.0}) {
    for (int i = 0; i < 1003; ++i) {
      double const score = scale * std::normal_distribution<>{}(random);
      double const sign = i % 2 == 0 ? 1.0 : -1.0;
      add(sign, score);
      add_step(sign, score, [](auto pair) { return pair.gradient; });
      add_step(sign, score, [](auto pair) { return pair.hessian; });
    }
  }
  std::vector<alx::detail::gradient_pair> pairs(signs.size());
  alx::detail::logistic_pairs(signs, scores, pairs.data());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    auto const expected = alx::detail::logistic_pair(signs[i], scores[i]);
    INFO("score " << scores[i]);
    REQUIRE(std::bit_cast<std::uint32_t>(pairs[i].gradient) ==
            std::bit_cast<std::uint32_t>(expected.gradient));
    REQUIRE(std::bit_cast<std::uint32_t>(pairs[i].hessian) ==
            std::bit_cast<std::uint32_t>(expected.hessian));
  }
}

TEST_CASE("the exponential in lanes is right to three units in the last place") {
  std::mt19937 random(8);
  for (int i = 0; i < 100000; ++i) {
    double const x = std::uniform_real_distribution<>(-700, 700)(random) / (i % 2 == 0 ? 1 : 100);
    double const expected = std::exp(x);
    alx::detail::real_lanes const all = alx::detail::real_lanes{} + x;
    double const value = alx::detail::about_exp(all)[0];
    REQUIRE(std::abs(value - expected) <= 6.7e-16 * expected);
  }
}
