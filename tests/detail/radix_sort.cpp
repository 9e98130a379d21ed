// SPDX-License-Identifier: Apache-2.0
#include <alx/detail/radix_sort.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

using alx::detail::ordered_key;
using alx::detail::radix_sort;
using alx::detail::value_of_key;

namespace {

/// A key, and where it stood.
using item = std::pair<std::uint64_t, std::size_t>;

void check_sorted(std::vector<std::uint64_t> const& keys) {
  std::vector<item> items(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) items[i] = {keys[i], i};
  auto expected = items;
  std::stable_sort(expected.begin(), expected.end(), [](item const& a, item const& b) {
    return a.first < b.first;
  });
  radix_sort(items, [](item const& i) { return i.first; });
  CHECK(items == expected);
}

/// `draw(i)` makes key i; as many keys as each way of sorting is chosen for.
template <class Draw>
void check_sizes(Draw&& draw) {
  for (unsigned const size : {0U, 1U, 2U, 31U, 32U, 33U, 100U, 1000U, 29999U, 30000U, 40001U}) {
    CAPTURE(size);
    std::vector<std::uint64_t> keys(size);
    for (std::size_t i = 0; i < size; ++i) keys[i] = draw(i);
    check_sorted(keys);
    std::sort(keys.begin(), keys.end());
    check_sorted(keys);
    std::reverse(keys.begin(), keys.end());
    check_sorted(keys);
  }
}

}  // namespace

TEST_CASE("keys are in the order of doubles, neighbours one apart") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> const ascending{
      -infinity, -1.7e308, -2, -1, -1e-300, -5e-324, -0.0, 0.0, 5e-324, 1, 2, 1e300, infinity};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    double const value = ascending[i];
    CAPTURE(value);
    CHECK(std::bit_cast<std::uint64_t>(value_of_key(ordered_key(value))) ==
          std::bit_cast<std::uint64_t>(value));
    if (i > 0) CHECK(ordered_key(ascending[i - 1]) < ordered_key(value));
    if (value == 0 || value == infinity) continue;
    CHECK(ordered_key(std::nextafter(value, infinity)) == ordered_key(value) + 1);
  }
  CHECK(ordered_key(-0.0) + 1 == ordered_key(0.0));
}

TEST_CASE("keys that differ anywhere") {
  std::mt19937_64 random(1);
  check_sizes([&](std::size_t) { return random(); });
  check_sizes([&](std::size_t) { return random() % 5; });
  check_sizes([&](std::size_t) { return random() % 1000 << 50U; });
  check_sizes([&](std::size_t) { return random() >> 40U << 20U | 77U; });
  check_sizes([](std::size_t) { return 42U; });
  check_sizes([](std::size_t i) { return ~std::uint64_t{i}; });
}

TEST_CASE("keys that crowd together but for a few far away") {
  std::mt19937_64 random(2);
  check_sizes([&](std::size_t i) { return random() % 1000000 | std::uint64_t{i % 2} << 63U; });
  check_sizes([&](std::size_t i) { return random() >> 30U << (i % 100 == 0 ? 30U : 0U); });
}

TEST_CASE("doubles of many kinds") {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  check_sizes([&](std::size_t) { return ordered_key(normal(random)); });
  check_sizes([&](std::size_t) { return ordered_key(std::round(normal(random) * 4)); });
  check_sizes([&](std::size_t) { return ordered_key(std::exp(100 * normal(random))); });
  check_sizes([&](std::size_t) { return ordered_key(1 + 1e-13 * normal(random)); });
  std::vector<double> const edges{
      0.0, -0.0, 5e-324, -5e-324, 1e-310, std::numeric_limits<double>::infinity(), -1.7e308, 1};
  check_sizes([&](std::size_t) { return ordered_key(edges[random() % edges.size()]); });
}
