// SPDX-License-Identifier: Apache-2.0
#include <alx/oracles/callback.hpp>
#include <alx/oracles/noisy.hpp>
#include <alx/oracles/truth.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <vector>

namespace {

using answers = std::vector<alx::answer>;

alx::query asking(std::vector<alx::index_t> ids) {
  alx::query asked;
  asked.ids = std::move(ids);
  return asked;
}

}  // namespace

TEST_CASE("truth answers with the label of each id") {
  std::vector<alx::label_t> const labels{0, 1, 1};
  CHECK(alx::truth{labels}(asking({2, 0})) == answers{1, 0});
  CHECK_THROWS_WITH_AS(static_cast<void>(alx::truth{labels}(asking({3}))),
                       "truth: row 3 was asked, but there are 3 labels",
                       alx::shape_error);
  CHECK_THROWS_AS(static_cast<void>(alx::truth{labels}(asking({-1}))), alx::shape_error);
}

TEST_CASE("callback answers row by row, and may abstain") {
  alx::callback ask([](alx::index_t row) -> alx::answer {
    if (row == 5) return alx::abstain;
    return static_cast<alx::label_t>(row % 2);
  });
  CHECK(ask(asking({4, 5, 7})) == answers{0, alx::abstain, 1});
}

TEST_CASE("noisy errs at its rate, at the same rows every time, towards each other class alike") {
  std::vector<alx::index_t> ids(30'000);
  std::vector<alx::label_t> labels(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ids[i] = static_cast<alx::index_t>(i);
    labels[i] = static_cast<alx::label_t>(i % 3);
  }
  alx::noisy oracle(alx::truth{labels}, {.rate = 0.2, .classes = 3, .seed = 4});
  auto const given = oracle(asking(ids));
  std::array<int, 3> step{};
  for (std::size_t i = 0; i < given.size(); ++i) {
    ++step[static_cast<std::size_t>((*given[i] - labels[i] + 3) % 3)];
  }
  CHECK(std::abs(step[1] - 3000) < 220);  // 4 standard deviations
  CHECK(std::abs(step[2] - 3000) < 220);
  CHECK(oracle(asking({17, 3}))[0] == given[17]);
  CHECK(alx::noisy(alx::truth{labels}, {.rate = 0.0, .classes = 3})(asking({1}))[0] == 1);
  CHECK(alx::noisy(alx::truth{labels}, {.rate = 1.0, .classes = 3})(asking({1}))[0] != 1);
}

TEST_CASE("noisy leaves abstentions alone and refuses what makes no sense") {
  alx::callback nothing([](alx::index_t) -> alx::answer { return alx::abstain; });
  CHECK(alx::noisy(nothing, {.rate = 1.0})(asking({1})) == answers{alx::abstain});
  CHECK_THROWS_AS(alx::noisy(nothing, {.rate = 1.5}), alx::option_error);
  CHECK_THROWS_AS(alx::noisy(nothing, {.rate = 0.5, .classes = 1}), alx::option_error);
  alx::callback seven([](alx::index_t) -> alx::answer { return 7; });
  CHECK_THROWS_WITH_AS(static_cast<void>(alx::noisy(seven, {.rate = 0.5})(asking({9}))),
                       "noisy: row 9 has label 7, not one of 2 classes",
                       alx::data_error);
}
