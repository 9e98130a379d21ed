// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>
#include <alx/random.hpp>
#include <alx/text/word_vectors.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <text/golden_words.hpp>
#include <vector>

namespace {

using alx::index_t;

/// A setting of word_vectors.txt and what NumPy makes of its rows.
struct setting {
  alx::word_vector_options options;
  std::vector<std::vector<double>> vectors;
};

struct example {
  std::vector<std::int32_t> tokens;
  index_t length = 0;
  std::vector<setting> settings;

  example() {
    for (auto const& line : golden::lines_of_words("word_vectors.txt")) {
      auto const numbers = line.numbers();
      if (line.name == "tokens") {
        length = std::ssize(numbers);
        for (double const token : numbers) tokens.push_back(static_cast<std::int32_t>(token));
      } else if (line.name == "setting") {
        settings.push_back({{.width = static_cast<index_t>(numbers.at(2)),
                             .window = static_cast<index_t>(numbers.at(0)),
                             .smoothing = numbers.at(1),
                             .deviation = 0.1},
                            {}});
      } else {
        settings.back().vectors.push_back(numbers);
      }
    }
  }

  [[nodiscard]] alx::matrix_view<std::int32_t const> rows() const {
    return {tokens.data(), std::ssize(tokens) / length, length, length, 1};
  }
};

alx::matrix<std::int32_t> random_rows(index_t rows, index_t length, index_t tokens) {
  alx::philox random(5, 0, 1000);
  alx::matrix<std::int32_t> made(rows, length);
  for (index_t i = 0; i < rows * length; ++i) {
    made.data()[i] = static_cast<std::int32_t>(random.below(tokens));
  }
  return made;
}

std::vector<float> values(alx::matrix<float> const& m) {
  return {m.data(), m.data() + m.rows() * m.cols()};
}

}  // namespace

TEST_CASE("vectors are NumPy's") {
  example const known;
  alx::thread_team team(2);
  REQUIRE(known.settings.size() == 3);
  for (auto const& one : known.settings) {
    CAPTURE(one.options.window);
    auto const made = alx::word_vectors(known.rows(), 20, one.options, team);
    double worst = 0.0;
    for (index_t w = 0; w < 20; ++w) {
      for (index_t d = 0; d < one.options.width; ++d) {
        double const wanted =
            one.vectors.at(static_cast<std::size_t>(w))[static_cast<std::size_t>(d)];
        worst = std::max(worst, std::abs(double{made(w, d)} - wanted));
      }
    }
    CHECK(worst < 5e-7);
  }
}

TEST_CASE("padding, unknown and words that never come are zeros") {
  example const known;
  alx::thread_team team(1);
  auto const made = alx::word_vectors(known.rows(), 20, {.width = 4}, team);
  for (index_t const w : {0, 1, 19}) {
    for (index_t d = 0; d < 4; ++d) CHECK(made(w, d) == 0.0F);
  }
  std::vector<std::int32_t> const silent(12, 1);
  auto const none = alx::word_vectors({silent.data(), 3, 4, 4, 1}, 9, {.width = 2}, team);
  auto const all = values(none);
  CHECK(std::all_of(all.begin(), all.end(), [](float value) { return value == 0.0F; }));
}

TEST_CASE("the same bits on any number of threads and in any order of the rows") {
  auto rows = random_rows(300, 20, 449);  // one more than whole chunks
  alx::thread_team alone(1);
  alx::thread_team three(3);
  auto const first = values(alx::word_vectors(rows.view(), 449, {.width = 20}, alone));
  CHECK(values(alx::word_vectors(rows.view(), 449, {.width = 20}, three)) == first);
  CHECK(first.back() != 0.0F);
  for (index_t r = 0; r < 150; ++r) {
    std::swap_ranges(&rows(r, 0), &rows(r, 0) + 20, &rows(299 - r, 0));
  }
  CHECK(values(alx::word_vectors(rows.view(), 449, {.width = 20}, alone)) == first);
}

TEST_CASE("words that stand among the same words have like vectors") {
  // 2 and 3 stand between 6 and 7, 4 and 5 between 8 and 9.
  std::vector<std::int32_t> const rows{6, 2, 7, 6, 3, 7, 8, 4, 9, 8, 5, 9};
  alx::thread_team team(1);
  auto const made =
      alx::word_vectors({rows.data(), 4, 3, 3, 1}, 10, {.width = 4, .window = 1}, team);
  auto const cosine = [&](index_t a, index_t b) {
    double ab = 0.0;
    double aa = 0.0;
    double bb = 0.0;
    for (index_t d = 0; d < 4; ++d) {
      ab += double{made(a, d)} * double{made(b, d)};
      aa += double{made(a, d)} * double{made(a, d)};
      bb += double{made(b, d)} * double{made(b, d)};
    }
    return ab / std::sqrt(aa * bb);
  };
  CHECK(cosine(2, 3) > 0.999);
  CHECK(cosine(4, 5) > 0.999);
  CHECK(cosine(2, 4) < 0.001);
}

TEST_CASE("deviation is the root mean square of the words that come") {
  auto const rows = random_rows(100, 12, 40);
  alx::thread_team team(2);
  for (double const wanted : {0.1, 2.0}) {
    auto const made =
        values(alx::word_vectors(rows.view(), 60, {.width = 8, .deviation = wanted}, team));
    double squares = 0.0;
    for (float const value : made) squares += double{value} * double{value};
    CHECK(std::sqrt(squares / (38.0 * 8.0)) == doctest::Approx(wanted).epsilon(1e-6));
  }
}

TEST_CASE("options and tokens out of range are refused") {
  std::vector<std::int32_t> const tokens{2, 3, 4, 5, 2, 7};
  alx::matrix_view<std::int32_t const> const rows{tokens.data(), 2, 3, 3, 1};
  alx::thread_team team(1);
  auto const made = [&](index_t known, alx::word_vector_options const& how) {
    static_cast<void>(alx::word_vectors(rows, known, how, team));
  };
  CHECK_THROWS_WITH_AS(made(8, {.width = 9}),
                       "word_vectors: width is 9, must be 1 to the number of tokens, 8",
                       alx::option_error);
  CHECK_THROWS_WITH_AS(made(8, {.width = 2, .window = 0}),
                       "word_vectors: window is 0, must be 1 or more",
                       alx::option_error);
  CHECK_THROWS_AS(made(8, {.width = 2, .smoothing = 0.0}), alx::option_error);
  CHECK_THROWS_AS(made(8, {.width = 2, .smoothing = 1.5}), alx::option_error);
  CHECK_THROWS_AS(made(8, {.width = 2, .deviation = 0.0}), alx::option_error);
  CHECK_THROWS_WITH_AS(made(7, {.width = 2}),
                       "tokens: row 1, place 2: token 7 is not among 0 ... 6",
                       alx::data_error);
}
