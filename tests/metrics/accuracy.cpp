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
