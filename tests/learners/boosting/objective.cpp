// SPDX-License-Identifier: Apache-2.0
#include <alx/learners/boosting/objective.hpp>

#include <doctest/doctest.h>

#include <vector>

TEST_CASE("the initial score is the log odds, or 0 where they are next to even") {
  using alx::detail::initial_score;
  std::vector<alx::label_t> const labels{1, 0, 0};
  std::vector<float> const uneven{3, 0.5, 0.5};
  std::vector<float> const nearly_even{0x1p26F, 0x1p26F, 0x1p-25F};
  CHECK(initial_score({.labels = labels}) == doctest::Approx(-0.6931471805599453));
  CHECK(initial_score({.labels = labels, .weights = uneven}) ==
        doctest::Approx(1.0986122886681098));
  CHECK(initial_score({.labels = labels, .weights = nearly_even}) == 0.0);
}

TEST_CASE("the initial score of one class is that of LightGBM's smallest share") {
  using alx::detail::initial_score;
  std::vector<alx::label_t> const none(3, 0);
  std::vector<alx::label_t> const all(3, 1);
  CHECK(initial_score({.labels = none}) == doctest::Approx(-34.538776391283).epsilon(1e-14));
  CHECK(initial_score({.labels = all}) == 34.53957599234088);
}
