// SPDX-License-Identifier: Apache-2.0
#include <alx/metrics/curves.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace {

std::vector<alx::index_t> const labelled{10, 20, 40};
std::vector<double> const score{0.5, 0.7, 0.9};

}  // namespace

TEST_CASE("area_under_learning_curve is the mean height") {
  CHECK(alx::area_under_learning_curve(labelled, score) ==
        doctest::Approx((10 * 0.6 + 20 * 0.8) / 30).epsilon(1e-15));
  CHECK(alx::area_under_learning_curve(labelled, std::vector<double>(3, 0.25)) == 0.25);
}

TEST_CASE("labels_to_reach is the first measured number of labels") {
  CHECK(alx::labels_to_reach(0.6, labelled, score) == 20);
  CHECK(alx::labels_to_reach(0.7, labelled, score) == 20);
  CHECK(alx::labels_to_reach(0.1, labelled, score) == 10);
  CHECK_FALSE(alx::labels_to_reach(0.91, labelled, score).has_value());
  CHECK_FALSE(alx::labels_to_reach(0.1, {}, {}).has_value());
}

TEST_CASE("learning curves that are none are refused") {
  std::vector<alx::index_t> const twice{10, 10, 40};
  CHECK_THROWS_WITH_AS(alx::area_under_learning_curve(twice, score),
                       "area_under_learning_curve: after 10 labels come 10, they must rise",
                       alx::data_error);
  CHECK_THROWS_AS(alx::area_under_learning_curve(labelled, std::vector<double>{1, 2}),
                  alx::shape_error);
  CHECK_THROWS_AS(alx::area_under_learning_curve(labelled, std::vector<double>{1, 2, std::nan("")}),
                  alx::data_error);
  CHECK_THROWS_AS(
      alx::area_under_learning_curve(std::vector<alx::index_t>{1}, std::vector<double>{1}),
      alx::data_error);
}
