// SPDX-License-Identifier: Apache-2.0
#include <alx/learners/boosting/leaf_order.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

TEST_CASE_TEMPLATE("a partition is stable and does not depend on threads",
                   Bin,
                   std::uint8_t,
                   std::uint16_t) {
  for (int const rows : {1, 18, 19, 20, 31, 100, 16384, 100003}) {
    std::mt19937 random(1);
    std::vector<Bin> column(static_cast<std::size_t>(rows));
    for (auto& bin : column) bin = static_cast<Bin>(random() % 256);
    std::vector<std::uint8_t> goes_left(256);
    for (auto& flag : goes_left) flag = random() % 2;
    auto const left = [&](std::int32_t row) {
      return goes_left[column[static_cast<std::size_t>(row)]] != 0;
    };
    std::vector<std::int32_t> expected(column.size());
    std::iota(expected.begin(), expected.end(), 0);
    auto const middle = std::stable_partition(expected.begin(), expected.end(), left);
    for (int const threads : {1, 3}) {
      alx::thread_team team(threads);
      alx::detail::leaf_order order(rows, team);
      order.begin_tree({});
      CHECK(order.partition(0, rows, column.data(), goes_left.data()) == middle - expected.begin());
      auto const part = order.part(0, rows);
      CHECK(std::equal(part.begin(), part.end(), expected.begin(), expected.end()));
    }
  }
}

TEST_CASE("a leaf is partitioned where it lies") {
  alx::thread_team team(1);
  alx::detail::leaf_order order(200, team);
  order.begin_tree({});
  std::vector<std::uint8_t> column(200);
  for (std::size_t i = 0; i < column.size(); ++i) column[i] = static_cast<std::uint8_t>(i % 3);
  std::vector<std::uint8_t> goes_left(256);
  goes_left[1] = 1;
  CHECK(order.partition(50, 95, column.data(), goes_left.data()) == 31);
  auto const rows = order.part(0, 200);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto expected = static_cast<int>(i);
    if (i >= 50 && i < 81) expected = 52 + 3 * (expected - 50);
    if (i >= 81 && i < 145) expected = 50 + (expected - 81) / 2 * 3 + (expected - 81) % 2;
    CHECK(rows[i] == expected);
  }
}

TEST_CASE("a tree begins with the rows of its bag") {
  alx::thread_team team(1);
  alx::detail::leaf_order order(4, team);
  order.begin_tree({});
  CHECK(order.part(0, 4)[3] == 3);
  std::vector<std::int32_t> const bag{1, 3};
  order.begin_tree(bag);
  CHECK(order.part(0, 2)[0] == 1);
  CHECK(order.part(0, 2)[1] == 3);
}
