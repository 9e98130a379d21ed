// SPDX-License-Identifier: Apache-2.0
#include <alx/metrics/confusion.hpp>

#include <doctest/doctest.h>

#include "golden_scores.hpp"

TEST_CASE("confusion counts as scikit-learn does") {
  int compared = 0;
  for (auto const& one : golden::scores()) {
    CAPTURE(one.name);
    alx::confusion const counted(one.truth, one.probability);
    alx::index_t const classes = counted.classes();
    auto const& expected = one.expected.at("confusion");
    for (alx::index_t t = 0; t < classes; ++t) {
      for (alx::index_t p = 0; p < classes; ++p) {
        CHECK(counted(t, p) == expected.at(static_cast<std::size_t>(t * classes + p)));
        ++compared;
      }
    }
  }
  CHECK(compared == 15 * 4 + 9 + 25);
}

TEST_CASE("confusion names the four counts of two classes") {
  std::vector<alx::label_t> const truth{0, 0, 0, 1, 1, 1, 1, 1, 1, 1};
  std::vector<alx::label_t> const predicted{0, 1, 1, 0, 0, 0, 1, 1, 1, 1};
  alx::confusion const counted(truth, predicted, 2);
  CHECK(counted.tn() == 1);
  CHECK(counted.fp() == 2);
  CHECK(counted.fn() == 3);
  CHECK(counted.tp() == 4);
  CHECK(counted.correct() == 5);
  CHECK(counted.of_class(0) == 3);
  CHECK(counted.taken_for(0) == 4);
  CHECK_THROWS_WITH_AS(static_cast<void>(alx::confusion(truth, predicted, 3).fp()),
                       "confusion: positives and negatives are for two classes, there are 3",
                       alx::data_error);
  CHECK_THROWS_WITH_AS(alx::confusion(truth, std::vector<alx::label_t>(10, 2), 2),
                       "confusion, predicted: row 0 has the label 2, and there are 2 classes",
                       alx::data_error);
  CHECK_THROWS_AS(alx::confusion(truth, std::vector<alx::label_t>(9, 0), 2), alx::shape_error);
}
