// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/selection/k_center.hpp>

#include <doctest/doctest.h>

#include "support/round.hpp"
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace {

using ids = std::vector<alx::index_t>;

/// Rows of `features`, of which those in `labelled` are no candidates.
support::round round_of(alx::matrix<double> features, ids labelled) {
  support::round made(std::vector<double>(static_cast<std::size_t>(2 * features.rows()), 0.5), 2);
  made.features = std::move(features);
  made.labels.resize(labelled.size());
  made.labelled = std::move(labelled);
  std::erase_if(made.candidates, [&](alx::index_t id) {
    return std::find(made.labelled.begin(), made.labelled.end(), id) != made.labelled.end();
  });
  return made;
}

/// Whole numbers below `limit`: many rows are equal, many distances too.
alx::matrix<double> grid_rows(alx::index_t rows, alx::index_t cols, alx::index_t limit) {
  alx::matrix<double> m(rows, cols);
  alx::philox random{7, 0, 0};
  for (alx::index_t r = 0; r < rows; ++r) {
    for (alx::index_t c = 0; c < cols; ++c) m(r, c) = static_cast<double>(random.below(limit));
  }
  return m;
}

/// What the formula says, from nothing for each row.
ids by_definition(alx::matrix<double> const& rows, ids candidates, ids centres, int count) {
  ids batch;
  auto const uncovered = [&](alx::index_t id) {
    double least = std::numeric_limits<double>::infinity();
    for (auto const centre : centres) {
      double sum = 0.0;
      for (alx::index_t f = 0; f < rows.cols(); ++f) {
        double const d = rows(id, f) - rows(centre, f);
        sum += d * d;
      }
      least = std::min(least, sum);
    }
    return least;
  };
  while (std::ssize(batch) < count && !candidates.empty()) {
    auto const farthest =
        std::max_element(candidates.begin(), candidates.end(), [&](alx::index_t a, alx::index_t b) {
          return uncovered(a) < uncovered(b);
        });
    batch.push_back(*farthest);
    centres.push_back(*farthest);
    candidates.erase(farthest);
  }
  return batch;
}

alx::matrix<double> five() {
  return {std::vector<double>{0, 0, 0, 1, 3, 0, 3, 4, 10, 0}, 5, 2};
}

}  // namespace

TEST_CASE("the farthest first: a worked example") {
  auto const round = round_of(five(), {0});
  std::vector<double> const utility(4, 0.5);
  CHECK(alx::k_center{}.select(round.view(), utility, 4) == ids{4, 3, 2, 1});
  CHECK(alx::k_center{}.select(round.view(), utility, 9) == ids{4, 3, 2, 1});
  CHECK(alx::k_center{}.select(round.view(), utility, 1) == ids{4});
  CHECK(alx::k_center{}.select(round.view(), utility, 0).empty());
}

TEST_CASE("only the most useful are looked at") {
  auto const round = round_of(five(), {0});
  std::vector<double> const utility{0.9, 0.8, 0.7, 0.1};  // of rows 1, 2, 3, 4
  CHECK(alx::k_center{.among = 1}.select(round.view(), utility, 2) == ids{2, 1});
  CHECK(alx::k_center{.among = 3}.select(round.view(), utility, 1) == ids{3});
  CHECK(alx::k_center{.among = 4}.select(round.view(), utility, 1) == ids{4});
  CHECK(alx::k_center{.among = 1}.select(round.view(), utility, 3) == ids{3, 2, 1});
  CHECK(alx::k_center{.among = 0}.select(round.view(), utility, 1) == ids{4});
}

TEST_CASE("nothing labelled: the most useful row is the first") {
  auto const round = round_of(five(), {});
  CHECK(alx::k_center{.among = 0}.select(
            round.view(), std::vector<double>{0.1, 0.1, 0.9, 0.1, 0.9}, 3) == ids{2, 4, 3});
}

TEST_CASE("as the definition says, with ties, copies and every number of features") {
  for (alx::index_t const cols : {1, 2, 7, 30}) {
    for (alx::index_t const rows : {9, 12, 16, 61}) {
      auto const features = grid_rows(rows, cols, 3);
      auto const round = round_of(features, {2, 5, 6});
      std::vector<double> const utility(round.candidates.size(), 0.5);
      for (int const count : {1, 4, 20, 61}) {
        CHECK(alx::k_center{.among = 0}.select(round.view(), utility, count) ==
              by_definition(features, round.candidates, round.labelled, count));
      }
    }
  }
}

TEST_CASE("a filter of everything is none") {
  auto const round = round_of(grid_rows(40, 3, 50), {1});
  std::vector<double> utility(39);
  for (std::size_t i = 0; i < utility.size(); ++i) utility[i] = static_cast<double>(i * 7 % 39);
  auto const all = alx::k_center{.among = 0}.select(round.view(), utility, 5);
  CHECK(alx::k_center{.among = 8}.select(round.view(), utility, 5) == all);
  CHECK(alx::k_center{.among = std::numeric_limits<alx::index_t>::max()}.select(
            round.view(), utility, 5) == all);
}

TEST_CASE("bad input is named") {
  auto round = round_of(five(), {0});
  std::vector<double> const utility(4, 0.5);
  auto const refused = [&](alx::k_center rule, char const* message, auto kind) {
    CHECK_THROWS_WITH_AS(
        static_cast<void>(rule.select(round.view(), utility, 2)), message, decltype(kind));
  };
  refused({.among = -1}, "k_center: among is -1; it must be 0 or more", alx::option_error(""));
  round.features(3, 1) = std::numeric_limits<double>::quiet_NaN();
  refused({}, "k_center: row 3, column 1 is not finite", alx::data_error(""));
  round.features = {};
  refused({},
          "k_center: the pool is no table of features, so rows have no distances",
          alx::shape_error(""));
}
