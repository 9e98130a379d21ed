// SPDX-License-Identifier: Apache-2.0
#include <alx/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

TEST_CASE("philox gives the words of its authors' known-answer tests") {
  using words = std::array<std::uint32_t, 4>;
  CHECK(alx::philox4x32({0, 0, 0, 0}, {0, 0}) ==
        words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(
      alx::philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
      words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(
      alx::philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
      words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("streams of other seeds, rounds, purposes and rows differ from the first draw on") {
  std::set<std::uint64_t> first;
  auto const draw = [&](alx::philox stream) {
    std::uint64_t const high = stream();
    first.insert((high << 32U) | stream());
  };
  draw({7, 1, 1});
  draw({8, 1, 1});
  draw({7 + (std::uint64_t{1} << 32U), 1, 1});
  draw({7, 2, 1});
  draw({7, 1, 2});
  for (alx::index_t const row :
       {alx::index_t{0}, alx::index_t{1}, alx::index_t{1} << 29, alx::index_t{1} << 40}) {
    draw({7, 1, 1, row});
  }
  CHECK(first.size() == 9);
}

TEST_CASE("a stream is the blocks of the counter one after the other") {
  alx::philox stream{5, 3, 2};
  for (std::uint32_t block = 0; block < 3; ++block) {
    for (std::uint32_t const word : alx::philox4x32({block, 0, 3, 2}, {5, 0}))
      CHECK(stream() == word);
  }
}

TEST_CASE("uniform numbers fill [0, 1) evenly") {
  alx::philox stream{1, 0, 0};
  std::array<int, 10> tenth{};
  for (int i = 0; i < 100'000; ++i) {
    double const u = stream.uniform();
    REQUIRE(u >= 0.0);
    REQUIRE(u < 1.0);
    ++tenth[static_cast<std::size_t>(u * 10.0)];
  }
  for (int const count : tenth)
    CHECK(std::abs(count - 10'000) < 400);  // 4 standard deviations: 379
}

TEST_CASE("bounded numbers reach every value and stay below the bound") {
  alx::philox stream{2, 0, 0};
  std::array<int, 7> seen{};
  for (int i = 0; i < 70'000; ++i) {
    alx::index_t const value = stream.below(7);
    REQUIRE(value >= 0);
    REQUIRE(value < 7);
    ++seen[static_cast<std::size_t>(value)];
  }
  for (int const count : seen) CHECK(std::abs(count - 10'000) < 400);
  CHECK(stream.below(1) == 0);
}

TEST_CASE("a sample has each member once, each place as likely, and all when there are no more") {
  std::vector<alx::index_t> const from{3, 5, 8, 13};
  std::array<int, 4> first{};
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    alx::philox stream{seed, 0, 0};
    auto const taken = alx::sample(from, 2, stream);
    REQUIRE(taken.size() == 2);
    REQUIRE(taken[0] != taken[1]);
    ++first[static_cast<std::size_t>(std::find(from.begin(), from.end(), taken[0]) - from.begin())];
  }
  for (int const count : first) CHECK(std::abs(count - 1000) < 110);
  alx::philox stream{1, 0, 0};
  auto all = alx::sample(from, 9, stream);
  std::sort(all.begin(), all.end());
  CHECK(all == from);
}
