// SPDX-License-Identifier: Apache-2.0
#include <alx/experiment/statistics.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

namespace {

std::vector<std::string> lines_of(std::string const& kind) {
  std::ifstream file(std::string(ALX_GOLDEN_DIR) + "/statistics/statistics.txt");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(kind + " ")) {
      lines.push_back(line.substr(kind.size() + 1));
    }
  }
  return lines;
}

}  // namespace

TEST_CASE("Student's t quantile is SciPy's for every number of degrees of freedom") {
  auto const lines = lines_of("t");
  REQUIRE(lines.size() == 52);
  for (auto const& line : lines) {
    std::istringstream in(line);
    alx::index_t df = 0;
    double expected = 0.0;
    in >> df >> expected;
    CAPTURE(df);
    CHECK(std::abs(alx::student_t_975(df) - expected) < 1e-8 * expected);
  }
  CHECK_THROWS_WITH_AS(alx::student_t_975(0),
                       "student_t_975: 0 degrees of freedom; at least 1 is needed",
                       alx::option_error);
}

TEST_CASE("the quantile falls at every step, across the change of formula too") {
  for (alx::index_t df = 1; df < 400; ++df) {
    CAPTURE(df);
    CHECK(alx::student_t_975(df + 1) < alx::student_t_975(df));
  }
}

TEST_CASE("a sample in short is SciPy's") {
  auto const lines = lines_of("sample");
  REQUIRE(lines.size() == 3);
  for (auto const& line : lines) {
    std::istringstream in(line);
    std::string name;
    std::string colon;
    std::vector<double> expected(6);
    in >> name;
    for (auto& value : expected) {
      in >> value;
    }
    in >> colon;
    std::vector<double> values;
    for (double value = 0.0; in >> value;) {
      values.push_back(value);
    }
    CAPTURE(name);
    auto const s = alx::summarise(values);
    CHECK(s.n == static_cast<alx::index_t>(values.size()));
    std::vector<double> const got{
        s.mean, s.sd, s.of_mean.lower, s.of_mean.upper, s.of_single.lower, s.of_single.upper};
    for (std::size_t i = 0; i < got.size(); ++i) {
      CAPTURE(i);
      CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-9));
    }
    CHECK(s.half_width() == doctest::Approx((expected[3] - expected[2]) / 2.0).epsilon(1e-6));
  }
}

TEST_CASE("one repeat says nothing about the spread") {
  auto const s = alx::summarise(std::vector<double>{0.5});
  CHECK(s.mean == 0.5);
  CHECK(s.n == 1);
  CHECK(std::isnan(s.sd));
  CHECK(s.of_mean.contains(-1e300));
  CHECK(s.of_single.contains(1e300));
}

TEST_CASE("what cannot be summarised says which value is at fault") {
  CHECK_THROWS_AS(alx::summarise({}), alx::shape_error);
  std::vector<double> const bad{1.0, 2.0, std::nan("")};
  CHECK_THROWS_WITH_AS(
      alx::summarise(bad), "summarise: value 2 of 3 is not finite", alx::data_error);
  CHECK_THROWS_WITH_AS(alx::paired_difference(bad, std::vector<double>{1.0}),
                       "paired_difference: 3 values and 1 are no pairs",
                       alx::shape_error);
}

TEST_CASE("pairs that differ by a constant have no spread, whatever their own") {
  std::vector<double> const a{1.0, 8.0, -3.0, 100.0};
  std::vector<double> const b{0.5, 7.5, -3.5, 99.5};
  auto const d = alx::paired_difference(a, b);
  CHECK(d.mean == 0.5);
  CHECK(d.sd == 0.0);
  CHECK(d.of_mean.lower == 0.5);
  CHECK(alx::paired_difference(b, a).mean == -0.5);
}

TEST_CASE("an interval includes its ends") {
  alx::interval const unit{0.0, 1.0};
  CHECK(unit.contains(0.0));
  CHECK(unit.contains(1.0));
  CHECK_FALSE(unit.contains(1.0000001));
  CHECK_FALSE(unit.contains(-0.0000001));
  CHECK_FALSE(unit.contains(std::nan("")));
}

TEST_CASE("a level is reached where the curve stays") {
  std::vector<double> const curve{0.1, 0.9, 0.2, 0.8, 0.7, 0.9};
  CHECK(alx::first_kept(curve, 0.7) == 3);
  CHECK(alx::first_kept(curve, 0.05) == 0);
  CHECK(alx::first_kept(curve, 0.9) == 5);
  CHECK(alx::first_kept(curve, 0.91) == 6);
  CHECK(alx::first_kept({}, 0.5) == 0);
}
