// SPDX-License-Identifier: Apache-2.0
#include <alx/selection/numpy_choice.hpp>

#include <doctest/doctest.h>

#include "support/round.hpp"
#include <algorithm>
#include <vector>

namespace {

using ids = std::vector<alx::index_t>;

/// The round in which `known` are labelled, of 30 rows.
support::round thirty_without(ids const& known) {
  support::round round(std::vector<double>(60, 0.5), 2);
  std::erase_if(round.candidates, [&](alx::index_t id) {
    return std::find(known.begin(), known.end(), id) != known.end();
  });
  return round;
}

}  // namespace

// numpy: r = RandomState(5); k = list(r.choice(30, 4, replace=False)); then three times
// a = r.choice(setdiff1d(arange(30), k), 3, replace=False); k += list(a)
TEST_CASE("the draws go on where those of the first query ended, as in NumPy") {
  ids const expected[] = {{11, 29, 23, 25}, {27, 26, 21}, {24, 4, 17}, {3, 10, 1}};
  alx::replica::numpy_choice rule(5, 4);
  ids known = expected[0];
  for (alx::index_t round = 0; round < 3; ++round) {
    auto const seen = thirty_without(known);
    auto const drawn = rule.select(seen.view(round), {}, 3);
    CHECK(drawn == expected[round + 1]);
    alx::replica::numpy_choice fresh(5, 4);  // has not seen the rounds before
    CHECK(fresh.select(seen.view(round), {}, 3) == drawn);
    known.insert(known.end(), drawn.begin(), drawn.end());
  }
}

TEST_CASE("rows known from elsewhere have no place in the published draws") {
  auto const seen = thirty_without({1, 2, 3, 4, 5});
  alx::replica::numpy_choice rule(5, 4);
  CHECK_THROWS_AS(static_cast<void>(rule.select(seen.view(0), {}, 3)), alx::state_error);
}
