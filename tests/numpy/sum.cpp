// SPDX-License-Identifier: Apache-2.0
#include <alx/numpy/random_state.hpp>
#include <alx/numpy/sum.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <support/golden_lines.hpp>
#include <vector>

namespace {

/// The values that make.py sums: many magnitudes, both signs.
std::vector<double> drawn(alx::index_t length) {
  alx::numpy::random_state random(static_cast<std::uint32_t>(length));
  std::vector<double> values;
  for (alx::index_t i = 0; i < length; ++i) {
    values.push_back(std::ldexp(random.normal(), static_cast<int>(i * 7 % 61) - 30));
  }
  return values;
}

}  // namespace

TEST_CASE("sum is numpy.sum, to the bit, at every length and with a stride") {
  int compared = 0;
  int unlike_a_plain_loop = 0;
  for (auto const& [name, expected] : golden::lines("numpy/sum.txt")) {
    auto const length = static_cast<alx::index_t>(expected.at(0));
    CAPTURE(length);
    auto const values = drawn(length);
    CHECK(alx::numpy::sum({values.data(), length, 1}) == expected.at(1));
    CHECK(alx::numpy::sum({values.data(), (length + 2) / 3, 3}) == expected.at(2));
    double plain = 0.0;
    for (double const value : values) plain += value;
    unlike_a_plain_loop += plain != expected.at(1) ? 1 : 0;
    ++compared;
  }
  CHECK(compared == 70);
  CHECK(unlike_a_plain_loop > 10);  // or the test would show nothing
}

TEST_CASE("sum of nothing and of negative zeros is positive zero, as NumPy has it") {
  for (alx::index_t const length : {0, 1, 9}) {
    std::vector<double> const zeros(static_cast<std::size_t>(length), -0.0);
    CHECK_FALSE(std::signbit(alx::numpy::sum({zeros.data(), length, 1})));
  }
}

TEST_CASE("sum passes on what is not finite") {
  std::vector<double> values(200, 1.0);
  values[150] = std::nan("");
  CHECK(std::isnan(alx::numpy::sum({values.data(), 200, 1})));
}
