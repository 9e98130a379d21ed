// SPDX-License-Identifier: Apache-2.0
#include <alx/strategies/random.hpp>

#include <doctest/doctest.h>

#include "support/round.hpp"
#include <vector>

TEST_CASE("a row's random utility depends on seed, round and id, not on who else may be asked") {
  support::round round(std::vector<double>(20, 0.5), 2);
  auto const all = support::utilities(alx::random{}, round.view(3, 11));
  CHECK(all == support::utilities(alx::random{}, round.view(3, 11)));
  CHECK(all != support::utilities(alx::random{}, round.view(4, 11)));
  CHECK(all != support::utilities(alx::random{}, round.view(3, 12)));
  round.candidates = {2, 7};
  CHECK(support::utilities(alx::random{}, round.view(3, 11)) ==
        std::vector<double>{all[2], all[7]});
}
