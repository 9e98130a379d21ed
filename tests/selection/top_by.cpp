// SPDX-License-Identifier: Apache-2.0
#include <alx/matrix.hpp>
#include <alx/random.hpp>
#include <alx/selection/top.hpp>
#include <alx/selection/top_by.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace {

using alx::index_t;

template <class T>
alx::matrix<double> widened(alx::matrix<T> const& p) {
  alx::matrix<double> wide(p.rows(), p.cols());
  for (index_t r = 0; r < p.rows(); ++r) {
    for (index_t c = 0; c < p.cols(); ++c) wide(r, c) = static_cast<double>(p(r, c));
  }
  return wide;
}

/// Every utility by the strategy in double, and all sorted.
template <class Strategy>
alx::ranking by_definition(Strategy strategy, alx::matrix<double> const& p, index_t count) {
  std::vector<index_t> ids(static_cast<std::size_t>(p.rows()));
  std::iota(ids.begin(), ids.end(), 0);
  alx::round_view round;
  round.candidates = ids;
  round.probability = p;
  std::vector<double> utility(ids.size());
  strategy.score(round, utility);
  alx::ranking all;
  std::stable_sort(ids.begin(), ids.end(), [&](index_t a, index_t b) {
    return utility[static_cast<std::size_t>(a)] > utility[static_cast<std::size_t>(b)];
  });
  ids.resize(static_cast<std::size_t>(std::min(count, p.rows())));
  for (index_t const id : ids) all.utility.push_back(utility[static_cast<std::size_t>(id)]);
  all.ids = ids;
  return all;
}

template <class T, class Strategy>
void check_strategy(Strategy const& strategy, alx::matrix<T> const& p, index_t count) {
  auto const expected = by_definition(strategy, widened(p), count);
  for (int const threads : {1, 2, 4}) {
    auto const found = alx::top_by(strategy, p, count, {.threads = threads});
    CHECK(found.ids == expected.ids);
    CHECK(found.utility == expected.utility);
  }
}

template <class T>
void check_all(alx::matrix<T> const& p) {
  for (index_t const count : {1, 10, 700}) {
    CAPTURE(count);
    check_strategy(alx::margin{}, p, count);
    check_strategy(alx::least_confident{}, p, count);
    check_strategy(alx::entropy{}, p, count);
    check_strategy(alx::entropy{1e-6}, p, count);
    check_strategy(alx::entropy{0.0, alx::entropy_scale::log_classes}, p, count);
    check_strategy(alx::entropy{1e-6, alx::entropy_scale::pool_maximum}, p, count);
  }
}

/// Rows of all kinds; `spread` says how far from uniform.
template <class T>
alx::matrix<T> random_rows(index_t rows, index_t classes, double spread, double off_1 = 1.9e-3) {
  alx::philox random{7, static_cast<std::uint32_t>(classes), 0};
  alx::matrix<T> p(rows, classes);
  for (index_t r = 0; r < rows; ++r) {
    double sum = 0.0;
    std::vector<double> row;
    for (index_t c = 0; c < classes; ++c) {
      row.push_back(std::exp(spread * (random.uniform() - 0.5)));
      sum += row.back();
    }
    double const off = 1.0 + off_1 * (random.uniform() - 0.5);  // sums need not be 1
    for (index_t c = 0; c < classes; ++c) {
      p(r, c) = static_cast<T>(row[static_cast<std::size_t>(c)] / sum * (r % 2 == 0 ? 1.0 : off));
    }
  }
  return p;
}

template <class T>
std::string message_of(alx::matrix<T> const& p, int threads) {
  try {
    static_cast<void>(alx::top_by(alx::entropy{}, p, 5, {.threads = threads}));
  } catch (alx::data_error const& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE_TEMPLATE("top_by is the sort of every row's utility: random rows", T, float, double) {
  for (index_t const classes : {2, 3, 10}) {
    for (double const spread : {8.0, 1e-2, 1e-5, 1e-7, 1e-9}) {  // most: entropies that are equal
      CAPTURE(classes);
      CAPTURE(spread);
      check_all(random_rows<T>(9'001, classes, spread));
      check_all(random_rows<T>(9'001, classes, spread, 1e-6));  // closer than ceilings in float
    }
  }
}

TEST_CASE_TEMPLATE("top_by is the sort of every row's utility: two classes, none close to even",
                   T,
                   float,
                   double) {
  alx::philox random{5, 0, 0};
  for (double const least_apart : {0.02, 0.3, 0.9}) {
    CAPTURE(least_apart);
    alx::matrix<T> p(20'000, 2);
    for (index_t r = 0; r < p.rows(); ++r) {
      auto const larger = static_cast<T>(0.5 + 0.5 * (least_apart + 0.02 * random.uniform()));
      p(r, r % 2) = larger;
      p(r, 1 - r % 2) = T(1) - larger;
    }
    check_all(p);
  }
}

TEST_CASE_TEMPLATE("top_by is the sort of every row's utility: few values, many ties",
                   T,
                   float,
                   double) {
  alx::philox random{3, 0, 0};
  T const tiny = std::numeric_limits<T>::denorm_min();
  T const next = std::nextafter(T(0.5), T(0));
  std::vector<std::vector<T>> const kinds{{T(0.5), T(0.5)},
                                          {next, T(1) - next},
                                          {T(1) - next, next},
                                          {T(0), T(1)},
                                          {T(1), T(0)},
                                          {tiny, T(1)},
                                          {T(-0.0), T(1)},
                                          {T(0.25), T(0.75)},
                                          {T(0.5004), T(0.5004)},
                                          {T(0.4996), T(0.4996)}};
  for (index_t const kinds_used : {1, 3, 10}) {
    alx::matrix<T> two(70'000, 2);
    alx::matrix<T> three(5'000, 3);
    for (index_t r = 0; r < two.rows(); ++r) {
      auto const& kind =
          kinds[static_cast<std::size_t>(random.below(static_cast<std::uint32_t>(kinds_used)))];
      for (index_t c = 0; c < 2; ++c) {
        two(r, c) = kind[static_cast<std::size_t>(c)];
        if (r < three.rows()) three(r, 2 - c) = kind[static_cast<std::size_t>(c)];
      }
    }
    check_all(two);
    check_all(three);
  }
}

TEST_CASE("one class, columns first, more wanted than there is, nothing wanted, nothing there") {
  check_strategy(alx::entropy{}, alx::matrix<double>(std::vector<double>(300, 1.0), 300, 1), 7);
  check_strategy(alx::margin{}, alx::matrix<float>(std::vector<float>(300, 1.0F), 300, 1), 7);
  auto const p = random_rows<float>(1000, 3, 1.0);
  alx::matrix<float> turned(3, 1000);
  for (index_t r = 0; r < 1000; ++r) {
    for (index_t c = 0; c < 3; ++c) turned(c, r) = p(r, c);
  }
  alx::matrix_view<float const> const columns_first(turned.data(), 1000, 3, 1, 1000);
  CHECK(alx::top_by(alx::margin{}, columns_first, 9).ids == alx::top_by(alx::margin{}, p, 9).ids);
  check_strategy(alx::margin{}, p, 2000);
  check_strategy(alx::entropy{-1e-3}, p, 20);  // entropies above ln 3
  CHECK(alx::top_by(alx::margin{}, p, 0).ids.empty());
  CHECK(alx::top_by(alx::margin{}, alx::matrix<double>(0, 2), 3).ids.empty());
}

TEST_CASE_TEMPLATE("top_by names the lowest row that cannot be", T, float, double) {
  T const nan = std::numeric_limits<T>::quiet_NaN();
  T const infinity = std::numeric_limits<T>::infinity();
  for (index_t const classes : {2, 3}) {
    auto const good = random_rows<T>(100'000, classes, 1.0);
    CHECK(message_of(good, 2) == "none");
    for (index_t const at : {0, 70'001, 99'999}) {
      for (int const threads : {1, 2, 4}) {
        std::string const row = "top_by: row " + std::to_string(at) + " has probabilities that ";
        auto wrong = good;
        if (at < 99'999) wrong(99'999, 0) = nan;
        auto const with = [&](T first, T second) {
          wrong(at, 0) = first;
          wrong(at, 1) = second;
          if (classes == 3) wrong(at, 2) = 0;
          return message_of(wrong, threads);
        };
        CHECK(with(nan, T(0.5)) == row + "are not finite");
        CHECK(with(T(0.5), infinity) == row + "are not finite");
        CHECK(with(T(1.25), T(-0.25)) == row + "are negative");
        CHECK(with(T(0.5), T(0.25)) == row + "sum to 0.750000");
        CHECK(with(T(0.5), T(0.50105)) == row + "sum to 1.001050");
        CHECK(with(T(0.5), T(0.501953125)) == row + "sum to 1.001953");
        std::string const fine =
            at < 99'999 ? "top_by: row 99999 has probabilities that are not finite" : "none";
        CHECK(with(T(0.5), T(0.5009765625)) == fine);  // as close as 1e-3 allows
        CHECK(with(T(0.5), T(0.4990234375)) == fine);
      }
    }
  }
}

TEST_CASE("a utility that is not finite is refused, as in the loop") {
  alx::matrix<double> const p(std::vector<double>(3, 1.0), 3, 1);
  alx::entropy const over_ln_1{0.0, alx::entropy_scale::log_classes};
  CHECK_THROWS_WITH_AS(static_cast<void>(alx::top_by(over_ln_1, p, 1)),
                       "top_by: row 0 has a utility that is not finite",
                       alx::data_error);
}
