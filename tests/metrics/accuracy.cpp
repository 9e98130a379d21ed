// SPDX-License-Identifier: Apache-2.0
#include <alx/metrics/accuracy.hpp>

#include <doctest/doctest.h>

#include "golden_scores.hpp"
#include <limits>

TEST_CASE("accuracy is scikit-learn's, to the bit") {
  CHECK(golden::compare(alx::accuracy{}, "accuracy") == 17);
}

TEST_CASE("accuracy says which label, row or probability is wrong") {
  std::vector<alx::label_t> const truth{0, 1, 0};
  auto const two = golden::two_classes({.1, .9});
  auto three = golden::two_classes({.1, .9, .2});
  CHECK(alx::accuracy{}(truth, three) == 1.0);
  CHECK_THROWS_WITH_AS(
      alx::accuracy{}(truth, two), "confusion: 3 labels for 2 rows", alx::shape_error);
  CHECK_THROWS_WITH_AS(alx::accuracy{}({}, alx::matrix<double>(0, 2)),
                       "confusion: there is no row to score",
                       alx::data_error);
  for (alx::label_t const wrong : {-1, 2}) {
    std::vector<alx::label_t> const labels{0, wrong, 0};
    CHECK_THROWS_AS(alx::accuracy{}(labels, three), alx::data_error);
  }
  three(2, 0) = 0.9;
  CHECK_THROWS_WITH_AS(alx::accuracy{}(truth, three),
                       "confusion: the probabilities of row 2 sum to 1.100000",
                       alx::data_error);
  for (double const wrong : {std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity(),
                             -0.1,
                             1.1}) {
    three(2, 0) = wrong;
    three(2, 1) = 1.0 - wrong;
    CHECK_THROWS_AS(alx::accuracy{}(truth, three), alx::data_error);
  }
}

TEST_CASE(
    "probabilities may be 1e-3 outside 0 to 1, and their sum off by as much, of any classes") {
  std::vector<alx::label_t> const truth{0, 1};
  auto const scored = [&](double a, double b, double c) {
    return alx::accuracy{}(truth, alx::matrix<double>({.2, .3, .5, a, b, c}, 2, 3));
  };
  CHECK(scored(.1, .8, .1) == 0.5);
  CHECK(scored(-0.0009, 1.0, 0.0) == 0.5);
  CHECK(scored(.1, .8, .1009) == 0.5);
  CHECK(alx::accuracy{}(truth, alx::matrix<double>({.9, .1, -.0009, 1.0009}, 2, 2)) == 1.0);
  for (double const wrong : {-0.0011, 0.2, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_AS(scored(wrong, 1.0, 0.0), alx::data_error);
    CHECK_THROWS_AS(scored(1.0, 0.0, wrong), alx::data_error);
  }
  CHECK_THROWS_WITH_AS(scored(-0.5, 1.0, 0.5),
                       "confusion: row 1 has -0.500000 for class 0, which is no probability",
                       alx::data_error);
}
