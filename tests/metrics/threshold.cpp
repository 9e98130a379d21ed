// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/metrics/threshold.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace {

using labels = std::vector<alx::label_t>;
using numbers = std::vector<double>;

/// fp + balance · fn where class 1 is above `threshold`.
double cost_of(labels const& truth, numbers const& p, double threshold, double balance) {
  double fp = 0.0;
  double fn = 0.0;
  for (std::size_t r = 0; r < truth.size(); ++r) {
    bool const one = p[r] > threshold;
    fp += one && truth[r] == 0 ? 1.0 : 0.0;
    fn += !one && truth[r] == 1 ? 1.0 : 0.0;
  }
  return fp + balance * fn;
}

struct rows {
  labels truth;
  numbers p;
};

/// Of a grid so coarse that there are ties, 0 and 1.
rows some_rows(std::uint32_t seed, std::uint32_t steps) {
  std::mt19937 random(seed);
  rows made{{0, 1}, {}};
  auto const n = 2 + random() % 30;
  while (made.truth.size() < n) made.truth.push_back(static_cast<alx::label_t>(random() % 2));
  for (std::size_t r = 0; r < n; ++r) {
    made.p.push_back(static_cast<double>(random() % (steps + 1)) / steps);
  }
  return made;
}

}  // namespace

TEST_CASE("threshold: no other costs less, and the counts are those at it") {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    auto const [truth, p] = some_rows(seed, seed % 2 == 0 ? 10 : 1000);
    for (double const balance : {0.25, 1.0, 3.0, 1000.0}) {
      CAPTURE(seed);
      CAPTURE(balance);
      auto const best = alx::least_cost_threshold(truth, p, balance);
      CHECK(best.threshold >= 0.0);
      CHECK(best.threshold <= 1.0);
      CHECK(best.cost == cost_of(truth, p, best.threshold, balance));
      CHECK(best.cost == static_cast<double>(best.fp) + balance * static_cast<double>(best.fn));
      CHECK(best.tp + best.fn == std::count(truth.begin(), truth.end(), 1));
      CHECK(best.tn + best.fp == std::count(truth.begin(), truth.end(), 0));
      numbers others = p;  // what divides the rows in other ways lies at them
      others.push_back(0.0);
      for (double const other : others) {
        CHECK(cost_of(truth, p, other, balance) >= best.cost);
        // None that costs the same is nearer to ½ by more than the rows about it leave open.
        if (cost_of(truth, p, other, balance) > best.cost) continue;
        double above = 1.0;
        for (double const one : p) above = one > other ? std::min(above, one) : above;
        double const middle = other <= 0.5 && 0.5 < above ? 0.5 : other + (above - other) / 2.0;
        CHECK(std::abs(middle - 0.5) >= std::abs(best.threshold - 0.5));
      }
    }
  }
}

TEST_CASE("threshold: the order of the rows does not matter, nor rows that are there twice") {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    auto [truth, p] = some_rows(seed, 20);
    auto const before = alx::least_cost_threshold(truth, p, 2.0);
    std::reverse(truth.begin(), truth.end());
    std::reverse(p.begin(), p.end());
    auto const turned = alx::least_cost_threshold(truth, p, 2.0);
    CHECK(turned.threshold == before.threshold);
    CHECK(turned.fp == before.fp);
    auto const n = static_cast<std::ptrdiff_t>(p.size());
    for (std::ptrdiff_t r = 0; r < n; ++r) {
      truth.push_back(truth[static_cast<std::size_t>(r)]);
      p.push_back(p[static_cast<std::size_t>(r)]);
    }
    auto const twice = alx::least_cost_threshold(truth, p, 2.0);
    CHECK(twice.threshold == before.threshold);
    CHECK(twice.fp == 2 * before.fp);
    CHECK(twice.fn == 2 * before.fn);
  }
}

TEST_CASE("threshold: one half where it may be, else the middle; the lower of two as near") {
  auto const at = [](labels const& truth, numbers const& p, double balance = 1.0) {
    return alx::least_cost_threshold(truth, p, balance).threshold;
  };
  CHECK(at({0, 1}, {.25, .75}) == 0.5);
  CHECK(at({0, 1}, {.25, .625}) == 0.5);
  CHECK(at({0, 1}, {.5, .625}) == 0.5);  // not above one half is of class 0
  CHECK(at({0, 1}, {.25, .5}) == 0.375);
  CHECK(at({0, 1}, {.625, .875}) == 0.75);
  CHECK(at({1, 0}, {.25, .5}, 10.0) == 0.125);  // all are of class 1
  CHECK(at({1, 0}, {.5, .75}, 0.1) == 0.875);   // none is
  CHECK(at({1, 0}, {0.0, 1.0}, 0.1) == 1.0);
  CHECK(at({1, 1, 0}, {0.0, .125, .25}, 10.0) == 0.0625);  // 0 is above no threshold
  CHECK(at({0, 1, 0, 1, 0, 1}, {.125, .375, .4375, .5625, .625, .875}) == 0.5);
  // An error on either side of one half: as near, so the lower.
  CHECK(at({0, 1, 1, 0, 0, 1}, {.125, .375, .375, .625, .625, .875}, 1.0) == 0.25);
  double const next = std::nextafter(0.75, 1.0);
  CHECK(at({0, 1}, {0.75, next}) == 0.75);
  CHECK(at({0, 1}, {next, std::nextafter(next, 1.0)}) == next);  // their middle rounds up
}

TEST_CASE("threshold: that of calibrated probabilities costs least where they are") {
  CHECK(alx::calibrated_threshold(1.0) == 0.5);
  CHECK(alx::calibrated_threshold(3.0) == 0.25);
  CHECK(alx::calibrated_threshold(0.25) == 0.8);
  labels truth;
  numbers p;
  for (int tenth = 1; tenth < 20; tenth += 2) {  // .05, .15, … of which so many are of class 1
    for (int i = 0; i < 20; ++i) {
      truth.push_back(i < tenth ? 1 : 0);
      p.push_back(tenth / 20.0);
    }
  }
  for (double const balance : {0.3, 1.0, 4.2}) {
    double const known = alx::least_cost_threshold(truth, p, balance).cost;
    CHECK(cost_of(truth, p, alx::calibrated_threshold(balance), balance) == known);
  }
}

TEST_CASE("threshold refuses what it cannot choose by") {
  auto const of = [](labels const& truth, numbers const& p, double balance = 1.0) {
    return alx::least_cost_threshold(truth, p, balance);
  };
  CHECK_THROWS_WITH_AS(of({}, {}), "threshold: there is no row to score", alx::data_error);
  CHECK_THROWS_WITH_AS(of({0, 1}, {.5}), "threshold: 2 labels for 1 rows", alx::shape_error);
  CHECK_THROWS_WITH_AS(of({0, 0}, {.5, .5}),
                       "threshold: all 2 rows are of class 0, there is nothing to weigh",
                       alx::data_error);
  CHECK_THROWS_WITH_AS(of({1, 1, 1}, {.5, .5, .1}),
                       "threshold: all 3 rows are of class 1, there is nothing to weigh",
                       alx::data_error);
  CHECK_THROWS_WITH_AS(of({0, 2}, {.5, .5}),
                       "threshold: row 1 has the label 2, and there are 2 classes",
                       alx::data_error);
  CHECK_THROWS_WITH_AS(of({0, 1}, {.5, 1.5}),
                       "threshold: row 1 has 1.500000, which is no probability",
                       alx::data_error);
  CHECK_THROWS_AS(of({0, 1}, {.5, std::nan("")}), alx::data_error);
  for (double const wrong : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_AS(of({0, 1}, {.5, .6}, wrong), alx::option_error);
    CHECK_THROWS_AS(alx::calibrated_threshold(wrong), alx::option_error);
  }
}
