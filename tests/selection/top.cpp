// SPDX-License-Identifier: Apache-2.0
#include <alx/selection/top.hpp>

#include <doctest/doctest.h>

#include "support/round.hpp"
#include <algorithm>
#include <numeric>
#include <vector>

namespace {

using ids = std::vector<alx::index_t>;

alx::round_view over(ids const& candidates) {
  alx::round_view view;
  view.candidates = candidates;
  return view;
}

}  // namespace

TEST_CASE("top asks the highest first and gives ties to the lowest id") {
  ids const candidates{10, 20, 30, 40, 50};
  std::vector<double> const utility{1, 3, 2, 3, 3};
  CHECK(alx::top{}.select(over(candidates), utility, 2) == ids{20, 40});
  CHECK(alx::top{}.select(over(candidates), utility, 4) == ids{20, 40, 50, 30});
  CHECK(alx::top{}.select(over(candidates), utility, 9) == ids{20, 40, 50, 30, 10});
  CHECK(alx::top{}.select(over(candidates), utility, 0).empty());
  CHECK(alx::top{}.select(over({}), {}, 3).empty());
}

TEST_CASE("all equal: the first rows") {
  ids candidates(100);
  std::iota(candidates.begin(), candidates.end(), 0);
  std::vector<double> const utility(100, 0.5);
  CHECK(alx::top{}.select(over(candidates), utility, 3) == ids{0, 1, 2});
}

TEST_CASE("top agrees with a stable sort of everything") {
  ids candidates;
  std::vector<double> utility;
  alx::philox random{3, 0, 0};
  for (alx::index_t i = 0; i < 1000; ++i) {
    candidates.push_back(3 * i);
    utility.push_back(static_cast<double>(random.below(50)));  // many ties
  }
  ids order(1000);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](alx::index_t a, alx::index_t b) {
    return utility[static_cast<std::size_t>(a)] > utility[static_cast<std::size_t>(b)];
  });
  for (alx::index_t const count : {1, 10, 333, 1000}) {
    ids expected;
    for (alx::index_t i = 0; i < count; ++i) {
      expected.push_back(3 * order[static_cast<std::size_t>(i)]);
    }
    CHECK(alx::top{}.select(over(candidates), utility, count) == expected);
  }
}
