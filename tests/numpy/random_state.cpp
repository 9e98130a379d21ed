// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/numpy/random_state.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <support/golden_lines.hpp>
#include <vector>

namespace {

using values = std::vector<double>;

template <class Draw>
values repeat(int times, Draw&& draw) {
  values drawn;
  for (int i = 0; i < times; ++i) drawn.push_back(static_cast<double>(draw()));
  return drawn;
}

values as_values(std::vector<alx::index_t> const& ids, std::size_t first) {
  values out;
  for (std::size_t i = 0; i < first; ++i) out.push_back(static_cast<double>(ids.at(i)));
  return out;
}

values chosen_bits(alx::numpy::random_state& random) {
  auto const bits = repeat(1300, random);
  values out;
  for (std::size_t const i : {0U, 1U, 2U, 622U, 623U, 624U, 625U, 1247U, 1248U, 1299U}) {
    out.push_back(bits[i]);
  }
  return out;
}

values shuffled_ten(alx::numpy::random_state& random) {
  std::vector<alx::index_t> ids(10);
  std::iota(ids.begin(), ids.end(), 0);
  random.shuffle(ids);
  return as_values(ids, 10);
}

values chosen_of(alx::numpy::random_state& random) {
  std::vector<alx::index_t> ids;
  for (alx::index_t id = 7; id < 700; id += 7) ids.push_back(id);
  return as_values(random.choice(ids, 6), 6);
}

using draws = std::map<std::string, std::function<values(alx::numpy::random_state&)>>;

/// What make.py asks NumPy for, under the names that it gives the answers.
draws const& asked() {
  using state = alx::numpy::random_state;
  static draws const all{
      {"bits", chosen_bits},
      {"sample", [](state& r) { return repeat(3, [&] { return r.random_sample(); }); }},
      {"uniform", [](state& r) { return repeat(3, [&] { return r.uniform(-5.3, 5.1); }); }},
      {"normal", [](state& r) { return repeat(3, [&] { return r.normal(0.1, 2.7); }); }},
      {"shuffle", shuffled_ten},
      {"kept", [](state& r) { return repeat(2, [&] { return r.normal(); }); }},
      {"permutation", [](state& r) { return as_values(r.permutation(70000), 12); }},
      {"choice", [](state& r) { return as_values(r.choice(5000, 8), 8); }},
      {"choice_of", chosen_of},
      {"randint", [](state& r) { return repeat(6, [&] { return r.randint(3, 10); }); }},
      {"randint_wide",
       [](state& r) {
         auto const one = static_cast<double>(r.randint(0, alx::index_t{1} << 32));
         auto const two = static_cast<double>(r.randint(-5, alx::index_t{1} << 40));
         return values{one, two, static_cast<double>(r.randint(4, 5))};
       }},
      {"many_normals",
       [](state& r) {
         auto const drawn = repeat(5000, [&] { return r.normal(-3.3, 0.7); });
         return values(drawn.end() - 3, drawn.end());
       }},
      {"end", [](state& r) { return repeat(1, [&] { return r.random_sample(); }); }},
  };
  return all;
}

}  // namespace

TEST_CASE("random_state draws what NumPy's RandomState draws, whatever it was asked before") {
  alx::numpy::random_state random(7);
  double seed = -1.0;
  int compared = 0;
  for (auto const& line : golden::lines("numpy/random_state.txt")) {
    std::string const& name = line.name;
    if (name == "seed") {
      seed = line.values.at(0);
      random = alx::numpy::random_state(static_cast<std::uint32_t>(seed));
      continue;
    }
    CAPTURE(seed);
    CAPTURE(name);
    CHECK(asked().at(name)(random) == line.values);
    ++compared;
  }
  CHECK(compared == 6 * 13);
}

TEST_CASE("random_state: what is drawn without a draw leaves the generator where it was") {
  alx::numpy::random_state random(3);
  alx::numpy::random_state untouched(3);
  CHECK(random.permutation(0).empty());
  CHECK(random.permutation(-2).empty());
  CHECK(random.permutation(1) == std::vector<alx::index_t>{0});
  CHECK(random.choice(0, 0).empty());
  CHECK(random.randint(4, 5) == 4);
  CHECK(random() == untouched());
}

TEST_CASE("random_state: the widest range of whole numbers does not overflow") {
  using limits = std::numeric_limits<alx::index_t>;
  alx::numpy::random_state random(3);
  bool negative = false;
  bool positive = false;
  for (int i = 0; i < 100; ++i) {
    auto const drawn = random.randint(limits::min(), limits::max());
    negative = negative || drawn < 0;
    positive = positive || drawn > 0;
  }
  CHECK(negative);
  CHECK(positive);
}

TEST_CASE("random_state refuses what NumPy refuses, with the numbers") {
  alx::numpy::random_state random(0);
  CHECK_THROWS_WITH_AS(random.choice(3, 4),
                       "choice: cannot take 4 of 3 without taking one twice",
                       alx::option_error);
  CHECK_THROWS_AS(random.choice(3, -1), alx::option_error);
  CHECK_THROWS_WITH_AS(
      random.randint(5, 5), "randint: low 5 must be less than high 5", alx::option_error);
  CHECK_THROWS_AS(random.normal(0.0, -1.0), alx::option_error);
  CHECK_THROWS_AS(random.normal(0.0, -0.0), alx::option_error);
  CHECK(std::isnan(random.normal(0.0, std::nan(""))));
}
