// SPDX-License-Identifier: Apache-2.0
#include <alx/matrix.hpp>
#include <alx/metrics/predicted_labels.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

TEST_CASE("predicted_labels takes the largest probability, of equal ones the lowest class") {
  alx::matrix<double> const p({.2, .3, .5, .4, .4, .2, .1, .45, .45, 1, 0, 0}, 4, 3);
  std::vector<alx::label_t> labels(4);
  alx::predicted_labels(p, labels);
  CHECK(labels == std::vector<alx::label_t>{2, 0, 1, 0});
}

TEST_CASE("of two classes the second needs more than the first, in any memory") {
  constexpr double most = std::numeric_limits<double>::max();
  std::vector<double> const zero{.5, .4, .6, 1, 0, .5, most};
  std::vector<double> const one{.5, .6, .4, 0, 1, .5000001, .9 * most};
  std::vector<alx::label_t> const expected{0, 1, 0, 0, 1, 1, 0};
  for (std::size_t const rows : {6U, 7U}) {  // without and with a sum that is not finite
    std::vector<double> side_by_side;
    for (std::size_t i = 0; i < rows; ++i) {
      side_by_side.push_back(zero[i]);
      side_by_side.push_back(one[i]);
    }
    std::vector<double> columns = zero;
    columns.insert(columns.end(), one.begin(), one.end());
    auto const n = static_cast<alx::index_t>(rows);
    for (alx::matrix_view<double const> const p :
         {alx::matrix_view<double const>{side_by_side.data(), n, 2},
          alx::matrix_view<double const>{columns.data(), n, 2, 1, 7}}) {
      std::vector<alx::label_t> labels(rows, 5);
      alx::predicted_labels(p, labels);
      CHECK(std::equal(labels.begin(), labels.end(), expected.begin()));
    }
  }
}

TEST_CASE("predicted_labels says what does not fit") {
  alx::matrix<double> p({.5, .5, .5, .5}, 2, 2);
  std::vector<alx::label_t> labels(3);
  CHECK_THROWS_WITH_AS(alx::predicted_labels(p, labels),
                       "predicted_labels: 3 labels for 2 rows and 2 classes",
                       alx::shape_error);
  labels.resize(2);
  CHECK_THROWS_AS(alx::predicted_labels(alx::matrix<double>(2, 0), labels), alx::shape_error);
  for (double const wrong : {std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity()}) {
    for (alx::index_t const c : {0, 1}) {
      p = alx::matrix<double>({.5, .5, .5, .5}, 2, 2);
      p(1, c) = wrong;
      CHECK_THROWS_WITH_AS(alx::predicted_labels(p, labels),
                           "predicted_labels: row 1 has a probability that is not finite",
                           alx::data_error);
    }
  }
}
