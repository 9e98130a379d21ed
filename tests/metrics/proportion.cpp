// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/metrics/proportion.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <support/golden_lines.hpp>
#include <vector>

namespace {

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

struct covered {
  double mean = 0.0;
  double least = 1.0;
};

/// How often the interval of n rows holds the true share, over shares of .60 to .99, by summing
/// over all outcomes.
covered coverage(int n) {
  std::vector<alx::interval> of;
  for (int x = 0; x <= n; ++x) of.push_back(alx::wilson(x, n));
  covered all;
  int const shares = 781;
  for (int i = 0; i < shares; ++i) {
    double const p = 0.6 + 0.0005 * i;
    double sum = 0.0;
    for (int x = 0; x <= n; ++x) {
      if (!of[static_cast<std::size_t>(x)].contains(p)) continue;
      sum += std::exp(log_choose(n, x) + x * std::log(p) + (n - x) * std::log(1.0 - p));
    }
    all.mean += sum / shares;
    all.least = std::min(all.least, sum);
  }
  return all;
}

/// The same without replacement, from `population` rows.
covered coverage(int n, int population) {
  std::vector<alx::interval> of;
  for (int x = 0; x <= n; ++x) of.push_back(alx::wilson(x, n, 0.95, population));
  covered all;
  int shares = 0;
  for (int ones = population * 6 / 10; ones <= population * 99 / 100; ++ones, ++shares) {
    double sum = 0.0;
    for (int x = std::max(0, n - (population - ones)); x <= std::min(n, ones); ++x) {
      auto const& one = of[static_cast<std::size_t>(x)];
      if (!one.contains(static_cast<double>(ones) / population)) continue;
      sum += std::exp(log_choose(ones, x) + log_choose(population - ones, n - x) -
                      log_choose(population, n));
    }
    all.mean += sum;
    all.least = std::min(all.least, sum);
  }
  all.mean /= shares;
  return all;
}

}  // namespace

TEST_CASE("wilson is statsmodels'") {
  auto const all = golden::lines("labelling/proportion.txt");
  REQUIRE(all.size() == 44);
  for (auto const& one : all) {
    auto const& v = one.values;
    CAPTURE(v[0]);
    CAPTURE(v[1]);
    CAPTURE(v[2]);
    auto const found =
        alx::wilson(static_cast<alx::index_t>(v[1]), static_cast<alx::index_t>(v[2]), v[0]);
    CHECK(std::abs(found.lower - v[3]) < 1e-13);
    CHECK(std::abs(found.upper - v[4]) < 1e-13);
  }
}

TEST_CASE("wilson's 95 % are 95 to 96 % on average over accuracies of .60 to .99") {
  for (int const n : {10, 20, 30, 50, 100, 200}) {
    CAPTURE(n);
    auto const found = coverage(n);
    CHECK(found.mean > 0.9505);
    CHECK(found.mean < 0.9555);
    CHECK(found.least > (n < 20 ? 0.838 : n < 100 ? 0.895 : 0.92));
  }
  CHECK(coverage(10).least < 0.839);
  CHECK(coverage(50).least < 0.896);
  CHECK(coverage(200).least > 0.933);
}

TEST_CASE("wilson of rows drawn without replacement: 95 to 96.5 % on average, narrower") {
  for (int const population : {40, 100, 500, 2000}) {
    for (int const n : {10, 20, 30, 50, 100, 200}) {
      if (n > population / 2) continue;
      CAPTURE(population);
      CAPTURE(n);
      auto const found = coverage(n, population);
      CHECK(found.mean > 0.949);
      CHECK(found.mean < 0.964);
      auto const wide = alx::wilson(n * 8 / 10, n);
      auto const narrow = alx::wilson(n * 8 / 10, n, 0.95, population);
      CHECK(narrow.lower > wide.lower);
      CHECK(narrow.upper < wide.upper);
    }
  }
  auto const all = alx::wilson(3, 4, 0.95, 4);
  CHECK(all.lower == 0.75);
  CHECK(all.upper == 0.75);
  CHECK(alx::wilson(30, 40, 0.95, 1'000'000'000'000).lower ==
        doctest::Approx(alx::wilson(30, 40).lower));
}

TEST_CASE("wilson turned round is that of the failures, and ends at 0 and 1") {
  for (alx::index_t const n : {1, 2, 7, 100, 12345}) {
    for (alx::index_t x = 0; x <= n; x += 1 + n / 9) {
      CAPTURE(n);
      CAPTURE(x);
      auto const a = alx::wilson(x, n);
      auto const b = alx::wilson(n - x, n);
      CHECK(std::abs(a.lower + b.upper - 1.0) < 1e-14);
      CHECK(a.contains(static_cast<double>(x) / static_cast<double>(n)));
      CHECK(a.lower < a.upper);
      CHECK((a.lower == 0.0) == (x == 0));
      CHECK((a.upper == 1.0) == (x == n));
      CHECK(alx::wilson(x, n, 0.99).lower <= a.lower);
      CHECK(alx::wilson(x, n, 0.99).upper >= a.upper);
    }
  }
}

TEST_CASE("wilson refuses what is no count, confidence or population") {
  CHECK_THROWS_WITH_AS(
      alx::wilson(0, 0), "wilson: 0 trials; at least 1 is needed", alx::data_error);
  CHECK_THROWS_WITH_AS(alx::wilson(4, 3), "wilson: 4 successes of 3 trials", alx::data_error);
  CHECK_THROWS_WITH_AS(alx::wilson(-1, 3), "wilson: -1 successes of 3 trials", alx::data_error);
  for (double const wrong : {0.0, 1.0, 95.0, std::nan("")}) {
    CHECK_THROWS_AS(alx::wilson(1, 3, wrong), alx::option_error);
  }
  CHECK_THROWS_WITH_AS(alx::wilson(1, 3, 0.95, 2),
                       "wilson: population is 2, with 3 trials it must be at least that",
                       alx::option_error);
}
