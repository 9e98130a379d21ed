// SPDX-License-Identifier: Apache-2.0
#include <alx/learners/boosting/leaf_order.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

TEST_CASE("a partition is stable, keeps gradients beside rows, and does not depend on threads") {
  for (int const rows : {1, 100, 16384, 100003}) {
    std::mt19937 random(1);
    std::vector<std::uint8_t> column(static_cast<std::size_t>(rows));
    for (auto& bin : column) bin = static_cast<std::uint8_t>(random() % 7);
    std::vector<alx::detail::gradient_pair> gradients(column.size());
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      gradients[i] = {static_cast<float>(i), 1.0F};
    }
    std::vector<std::uint8_t> const goes_left{1, 0, 0, 1, 0, 1, 0};
    std::vector<std::int32_t> expected(column.size());
    std::iota(expected.begin(), expected.end(), 0);
    auto const middle =
        std::stable_partition(expected.begin(), expected.end(), [&](std::int32_t row) {
          return goes_left[column[static_cast<std::size_t>(row)]] != 0;
        });
    for (int const threads : {1, 3}) {
      alx::thread_team team(threads);
      alx::detail::leaf_order order(rows, team);
      order.begin_tree(gradients, {});
      CHECK(order.partition(0, rows, column.data(), goes_left.data()) == middle - expected.begin());
      auto const part = order.part(0, rows);
      for (std::size_t i = 0; i < part.size(); ++i) {
        REQUIRE(part[i].row == expected[i]);
        REQUIRE(part[i].pair.gradient == static_cast<float>(expected[i]));
      }
    }
  }
}

TEST_CASE("a tree begins with the rows of its bag and the sums of their gradients") {
  alx::thread_team team(1);
  alx::detail::leaf_order order(4, team);
  std::vector<alx::detail::gradient_pair> const gradients{{1, 10}, {2, 20}, {4, 40}, {8, 80}};
  auto const all = order.begin_tree(gradients, {});
  CHECK(all.gradient == 15);
  CHECK(all.hessian == 150);
  std::vector<std::int32_t> const bag{1, 3};
  auto const some = order.begin_tree(gradients, bag);
  CHECK(some.gradient == 10);
  CHECK(order.part(0, 2)[1].row == 3);
}
