// SPDX-License-Identifier: Apache-2.0
#include <alx/matrix.hpp>
#include <alx/metrics/predicted_labels.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

TEST_CASE("predicted_labels takes the largest probability, of equal ones the lowest class") {
  alx::matrix<double> const p({.2, .3, .5, .4, .4, .2, .1, .45, .45, 1, 0, 0}, 4, 3);
  std::vector<alx::label_t> labels(4);
  alx::predicted_labels(p, labels);
  CHECK(labels == std::vector<alx::label_t>{2, 0, 1, 0});
}

TEST_CASE("predicted_labels says what does not fit") {
  alx::matrix<double> p({.5, .5, .5, .5}, 2, 2);
  std::vector<alx::label_t> labels(3);
  CHECK_THROWS_WITH_AS(alx::predicted_labels(p, labels),
                       "predicted_labels: 3 labels for 2 rows and 2 classes",
                       alx::shape_error);
  labels.resize(2);
  CHECK_THROWS_AS(alx::predicted_labels(alx::matrix<double>(2, 0), labels), alx::shape_error);
  p(1, 0) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(alx::predicted_labels(p, labels),
                       "predicted_labels: row 1 has a probability that is not finite",
                       alx::data_error);
}
