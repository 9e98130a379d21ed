// SPDX-License-Identifier: Apache-2.0
#include <alx/learners/boosting/random.hpp>

#include <doctest/doctest.h>

#include <vector>

using alx::detail::lightgbm_random;

TEST_CASE("LightGBM's random numbers are drawn as LightGBM does") {
  lightgbm_random small(42);
  for (int const expected : {175, 400, 17869, 30056, 16083}) CHECK(small.int16() == expected);
  lightgbm_random large(42);
  for (int const expected : {11519557, 26255348, 1171099367}) CHECK(large.int32() == expected);
  lightgbm_random real(42);
  for (float const expected : {0.005340576171875F, 0.01220703125F, 0.545318603515625F}) {
    CHECK(real.uniform() == expected);
  }
}

TEST_CASE("LightGBM's samples are drawn by two methods, as LightGBM does") {
  CHECK(lightgbm_random(1).sample(10, 4) == std::vector<int>{2, 3, 8, 9});
  CHECK(lightgbm_random(1).sample(100, 3) == std::vector<int>{37, 42, 44});
  CHECK(lightgbm_random(30056).sample(10, 6) == std::vector<int>{1, 2, 4, 5, 6, 8});
  CHECK(lightgbm_random(1).sample(3, 3) == std::vector<int>{0, 1, 2});
  CHECK(lightgbm_random(1).sample(3, 9) == std::vector<int>{0, 1, 2});
  CHECK(lightgbm_random(1).sample(3, 0).empty());
}
