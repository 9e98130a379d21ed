// SPDX-License-Identifier: Apache-2.0
#include <alx/parallel.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

TEST_CASE("every chunk is done once, on any number of threads, again and again") {
  for (int const threads : {1, 2, 3, 8}) {
    alx::thread_team team(threads);
    CHECK(team.size() == threads);
    for (alx::index_t const chunks : {0, 1, 2, 7, 100}) {
      std::vector<int> done(static_cast<std::size_t>(chunks));
      team.for_each_chunk(chunks, [&](alx::index_t i) { ++done[static_cast<std::size_t>(i)]; });
      CHECK(done == std::vector<int>(done.size(), 1));
    }
  }
}

TEST_CASE("no number of threads means all there are") {
  CHECK(alx::thread_team(0).size() == alx::hardware_threads());
  CHECK(alx::thread_team(-1).size() >= 1);
}

TEST_CASE("the failure of the lowest chunk comes out, after the others have ended") {
  alx::thread_team team(4);
  std::atomic<int> ended = 0;
  auto const work = [&](alx::index_t i) {
    ++ended;
    if (i % 3 == 2) throw std::runtime_error(std::to_string(i));
  };
  CHECK_THROWS_WITH(team.for_each_chunk(20, work), "2");
  CHECK(ended == 20);
  ended = 0;
  team.for_each_chunk(2, work);  // the team goes on
  CHECK(ended == 2);
}

TEST_CASE("a team that was never used ends") {
  for (int i = 0; i < 50; ++i) alx::thread_team const team(3);
}
