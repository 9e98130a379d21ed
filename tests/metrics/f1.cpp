// SPDX-License-Identifier: Apache-2.0
#include <alx/metrics/f1.hpp>

#include <doctest/doctest.h>

#include "golden_scores.hpp"

TEST_CASE("f1 is scikit-learn's") {
  CHECK(golden::compare(alx::f1{}, "f1") == 15);
  CHECK(golden::compare(alx::f1{.of = alx::f1_of::macro}, "f1_macro", 1e-15) == 17);
  CHECK(alx::f1{}.name() != alx::f1{.of = alx::f1_of::macro}.name());
}

TEST_CASE("f1 without a positive row or prediction is 0, of three classes it is refused") {
  CHECK(alx::f1{}(std::vector<alx::label_t>{0, 0}, golden::two_classes({.1, .2})) == 0.0);
  alx::matrix<double> const three({.2, .3, .5}, 1, 3);
  CHECK_THROWS_WITH_AS(
      alx::f1{}(std::vector<alx::label_t>{2}, three),
      "f1: of the positive class is for two classes, there are 3: use f1_of::macro",
      alx::data_error);
}
