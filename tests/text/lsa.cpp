// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/learners/logistic_regression.hpp>
#include <alx/parallel.hpp>
#include <alx/random.hpp>
#include <alx/sparse.hpp>
#include <alx/text/lsa.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <text/golden_words.hpp>
#include <vector>

namespace {

using alx::index_t;

/// A table of lsa.txt and what NumPy's exact decomposition says of it.
struct example {
  std::string name;
  index_t dimensions = 0;
  alx::sparse_matrix<double> table;
  std::vector<double> values;
  std::vector<std::vector<double>> projected;
};

std::vector<example> examples() {
  std::vector<example> all;
  for (auto const& line : golden::lines_of_words("lsa.txt")) {
    if (line.name == "table") {
      all.push_back({line.values.at(0),
                     std::stol(line.values.at(3)),
                     alx::sparse_matrix<double>(std::stol(line.values.at(2))),
                     {},
                     {}});
    } else if (line.name == "row") {
      auto const numbers = line.numbers();
      std::vector<std::int32_t> columns;
      std::vector<double> values;
      for (std::size_t i = 0; i < numbers.size(); i += 2) {
        columns.push_back(static_cast<std::int32_t>(numbers[i]));
        values.push_back(numbers[i + 1]);
      }
      all.back().table.add_row(columns, values);
    } else if (line.name == "values") {
      all.back().values = line.numbers();
    } else {
      all.back().projected.push_back(line.numbers());
    }
  }
  return all;
}

/// About `share` of the values not 0; rows more than chunks and shards have.
template <class T>
alx::sparse_matrix<T> random_table(index_t rows, index_t cols, double share) {
  alx::philox random(1, 0, 1000);
  alx::sparse_matrix<T> table(cols);
  for (index_t r = 0; r < rows; ++r) {
    std::vector<std::int32_t> columns;
    std::vector<T> values;
    for (index_t c = 0; c < cols; ++c) {
      double const draw = random.uniform();
      if (draw >= share && c != r % 7) continue;
      columns.push_back(static_cast<std::int32_t>(c));
      values.push_back(static_cast<T>(draw + 0.1));
    }
    table.add_row(columns, values);
  }
  return table;
}

template <class T>
alx::sparse_matrix<T> table_of(std::vector<std::vector<T>> const& rows, index_t cols) {
  alx::sparse_matrix<T> table(cols);
  for (auto const& row : rows) {
    std::vector<std::int32_t> columns;
    std::vector<T> values;
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (row[c] == T{}) continue;
      columns.push_back(static_cast<std::int32_t>(c));
      values.push_back(row[c]);
    }
    table.add_row(columns, values);
  }
  return table;
}

std::vector<double> all_values(alx::matrix<double> const& m) {
  return {m.data(), m.data() + m.rows() * m.cols()};
}

std::vector<float> all_values(alx::matrix_view<float const> m) {
  std::vector<float> out;
  for (index_t r = 0; r < m.rows; ++r) {
    for (index_t c = 0; c < m.cols; ++c) out.push_back(m(r, c));
  }
  return out;
}

double product(alx::matrix_view<float const> m, index_t a, index_t b) {
  double sum = 0.0;
  for (index_t c = 0; c < m.cols; ++c) sum += double{m(a, c)} * double{m(b, c)};
  return sum;
}

/// How far the rows are from orthonormal, as far as their singular value is not 0.
double distance_from_orthonormal(alx::lsa const& made) {
  auto const v = made.components();
  double most = 0.0;
  for (index_t a = 0; a < v.rows; ++a) {
    for (index_t b = 0; b < v.rows; ++b) {
      bool const there = made.singular_values()[static_cast<std::size_t>(a)] > 0.0;
      most = std::max(most, std::abs(product(v, a, b) - (a == b && there ? 1.0 : 0.0)));
    }
  }
  return most;
}

template <class Error, class Call>
std::string message_of(Call const& call) {
  try {
    call();
  } catch (Error const& e) {
    return e.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("lsa: singular values and projections are those of the exact decomposition") {
  alx::thread_team team(2);
  for (auto const& one : examples()) {
    CAPTURE(one.name);
    alx::lsa made({.dimensions = one.dimensions, .iterations = 30, .norm = alx::row_norm::none});
    auto const rows = made.fit_transform(one.table.view(), team);
    REQUIRE(made.singular_values().size() == one.values.size());
    for (std::size_t j = 0; j < one.values.size(); ++j) {
      CHECK(std::abs(made.singular_values()[j] / one.values[j] - 1.0) < 1e-5);
    }
    REQUIRE(rows.rows() == std::ssize(one.projected));
    REQUIRE(rows.cols() == one.dimensions);
    double most = 0.0;
    for (index_t r = 0; r < rows.rows(); ++r) {
      for (index_t c = 0; c < rows.cols(); ++c) {
        auto const exact =
            one.projected[static_cast<std::size_t>(r)].at(static_cast<std::size_t>(c));
        most = std::max(most, std::abs(rows(r, c) - exact));
      }
    }
    CHECK(most < 2e-5 * one.values[0]);
    CHECK(distance_from_orthonormal(made) < 2e-6);
  }
}

TEST_CASE("lsa: fewer iterations find less of the table, never more") {
  alx::thread_team team;
  for (auto const& one : examples()) {
    if (one.name != "truncated") continue;
    double last = 0.0;
    for (int const iterations : {0, 1, 3, 200}) {
      alx::lsa made({.dimensions = 5, .iterations = iterations, .oversampling = 0});
      made.fit(one.table.view(), team);
      double sum = 0.0;
      for (double const value : made.singular_values()) sum += value * value;
      CHECK(sum > last);
      last = sum;
    }
    double exact = 0.0;
    for (double const value : one.values) exact += value * value;
    CHECK(last < exact * (1.0 + 1e-6));
    CHECK(last > exact * (1.0 - 1e-4));
  }
}

TEST_CASE("lsa: orthonormal components of descending values whose largest entries are positive") {
  alx::thread_team team;
  alx::lsa made({.dimensions = 37});  // with 10 more, no whole number of column groups
  auto const table = random_table<float>(2500, 300, 0.05);
  made.fit(table.view(), team);
  CHECK(distance_from_orthonormal(made) < 2e-6);
  auto const values = made.singular_values();
  CHECK(std::is_sorted(values.rbegin(), values.rend()));
  auto const v = made.components();
  CHECK(v.rows == 37);
  CHECK(v.cols == 300);
  for (index_t j = 0; j < v.rows; ++j) {
    float largest = 0.0F;
    for (index_t c = 0; c < v.cols; ++c) {
      if (std::abs(v(j, c)) > std::abs(largest)) largest = v(j, c);
    }
    CHECK(largest > 0.0F);
  }
}

TEST_CASE("lsa: the same bits on any number of threads; another seed, other bits") {
  auto const table = random_table<float>(2500, 300, 0.05);
  auto const fitted = [&](int threads, std::uint64_t seed) {
    alx::thread_team team(threads);
    alx::lsa made({.dimensions = 20, .seed = seed});
    auto rows = all_values(made.fit_transform(table.view(), team));
    for (float const x : all_values(made.components())) rows.push_back(x);
    for (double const x : made.singular_values()) rows.push_back(x);
    return rows;
  };
  auto const one = fitted(1, 0);
  CHECK(fitted(2, 0) == one);
  CHECK(fitted(3, 0) == one);
  CHECK(fitted(1, 1) != one);
}

TEST_CASE("lsa: a row's numbers depend on that row alone, and are of length 1") {
  alx::thread_team team(2);
  auto const table = random_table<double>(700, 90, 0.1);
  alx::lsa made({.dimensions = 12});
  auto const rows = made.fit_transform(table.view(), team);
  CHECK(all_values(made.transform(table.view(), team)) == all_values(rows));
  for (index_t r = 0; r < rows.rows(); r += 97) {
    alx::sparse_matrix<float> alone(90);
    auto const row = table.view().row(r);
    std::vector<float> const values(row.values.begin(), row.values.end());
    alone.add_row(row.columns, values);
    auto const found = made.transform(alone.view(), team);
    double length = 0.0;
    for (index_t c = 0; c < 12; ++c) {
      CHECK(found(0, c) == rows(r, c));
      length += found(0, c) * found(0, c);
    }
    CHECK(length == doctest::Approx(1.0));
  }
  auto const plain = [&](alx::row_norm norm) {
    alx::lsa other({.dimensions = 12, .norm = norm});
    return other.fit_transform(table.view(), team);
  };
  auto const none = plain(alx::row_norm::none);
  auto const l1 = plain(alx::row_norm::l1);
  double squares = 0.0;
  double sum = 0.0;
  for (index_t c = 0; c < 12; ++c) squares += none(5, c) * none(5, c);
  for (index_t c = 0; c < 12; ++c) sum += std::abs(l1(5, c));
  CHECK(none(5, 0) / std::sqrt(squares) == doctest::Approx(rows(5, 0)));
  CHECK(sum == doctest::Approx(1.0));
}

TEST_CASE("lsa: a long column keeps its digits") {
  alx::thread_team team;
  index_t const n = 200'000;
  alx::sparse_matrix<float> table(2);
  std::vector<std::int32_t> const columns = {0, 1};
  std::vector<float> const values = {0.1F, 0.1F};
  for (index_t r = 0; r < n; ++r) table.add_row(columns, values);
  alx::lsa made({.dimensions = 1});
  made.fit(table.view(), team);
  double const exact = double{0.1F} * std::sqrt(2.0 * static_cast<double>(n));
  CHECK(std::abs(made.singular_values()[0] / exact - 1.0) < 1e-6);
  CHECK(made.components()(0, 0) == doctest::Approx(std::sqrt(0.5)).epsilon(1e-6));
}

TEST_CASE("lsa: directions that the table does not have are zeros") {
  alx::thread_team team;
  for (auto const& one : examples()) {
    if (one.name != "deficient") continue;
    alx::lsa made({.dimensions = 9, .norm = alx::row_norm::none});
    auto const rows = made.fit_transform(one.table.view(), team);
    for (std::size_t j = 0; j < 9; ++j) {
      CHECK((made.singular_values()[j] > 0.0) == (j < 3));
      auto const c = static_cast<index_t>(j);
      CHECK((product(made.components(), c, c) == 0.0) == (j >= 3));
      CHECK(rows(4, c) == 0.0);  // the row of zeros
      for (index_t r = 0; r < rows.rows(); ++r) CHECK((std::isfinite(rows(r, c))));
    }
    for (index_t j = 0; j < 9; ++j) CHECK(made.components()(j, 6) == 0.0F);  // an empty column
  }
}

TEST_CASE("lsa: what is smaller than the rounding of floats is no direction") {
  alx::thread_team team;
  for (auto const& one : examples()) {
    if (one.name != "decaying") continue;  // 50, 5, … 5e-4, then the rounding of its values
    alx::lsa made({.dimensions = 12});
    made.fit(one.table.view(), team);
    for (std::size_t j = 0; j < 5; ++j) CHECK(made.singular_values()[j] > 0.0);
    for (std::size_t j = 6; j < 12; ++j) CHECK(made.singular_values()[j] == 0.0);
  }
}

TEST_CASE("lsa: tables of zeros, of one value, of one row") {
  alx::thread_team team;
  alx::sparse_matrix<float> zeros(3);
  zeros.add_row({}, {});
  zeros.add_row({}, {});
  alx::lsa two({.dimensions = 2});
  for (double const x : all_values(two.fit_transform(zeros.view(), team))) CHECK(x == 0.0);
  CHECK(two.singular_values()[0] == 0.0);

  auto const constant = table_of<double>({{2, 2}, {2, 2}, {0, 0}}, 2);
  auto const rows = two.fit_transform(constant.view(), team);
  CHECK(two.singular_values()[0] == doctest::Approx(4.0));
  CHECK(two.singular_values()[1] == 0.0);
  CHECK(rows(0, 0) == doctest::Approx(1.0));
  CHECK(rows(1, 1) == 0.0);
  CHECK(rows(2, 0) == 0.0);

  alx::lsa one({.dimensions = 1});
  auto const single = table_of<double>({{0, -3, 4}}, 3);
  CHECK(one.fit_transform(single.view(), team)(0, 0) == doctest::Approx(1.0));
  CHECK(one.singular_values()[0] == doctest::Approx(5.0));
  CHECK(one.components()(0, 1) == doctest::Approx(-0.6));
}

TEST_CASE("lsa: what a learner reads") {
  alx::thread_team team;
  auto const table = table_of<float>({{1, 1, 0, 0}, {1, 0, 0, 0}, {0, 0, 1, 1}, {0, 0, 0, 1}}, 4);
  alx::lsa made({.dimensions = 2});
  auto const rows = made.fit_transform(table.view(), team);
  std::vector<index_t> const ids = {0, 2};
  std::vector<alx::label_t> const labels = {0, 1};
  alx::logistic_regression learner({.c = 10});
  learner.fit(rows.view(), {ids, labels});
  alx::matrix<double> probability(4, 2);
  learner.predict_proba(rows.view(), probability.view());
  CHECK(probability(1, 0) > 0.7);
  CHECK(probability(3, 1) > 0.7);
}

TEST_CASE("lsa: the same bits from its directions alone, and it can be fitted again") {
  alx::thread_team team(2);
  auto const table = random_table<float>(300, 500, 0.1);
  for (index_t const dimensions : {1, 6, 22, 54, 70, 252}) {  // the followed ones differ in number
    CAPTURE(dimensions);
    alx::lsa fitted({.dimensions = dimensions, .iterations = 1, .norm = alx::row_norm::l1});
    auto const rows = all_values(fitted.fit_transform(table.view(), team));
    alx::lsa made(fitted.components(), alx::row_norm::l1);
    CHECK(all_values(made.transform(table.view(), team)) == rows);
    CHECK(made.components().rows == dimensions);
    CHECK(made.components().cols == 500);
    CHECK(made.components()(0, 499) == fitted.components()(0, 499));
    CHECK(made.singular_values().empty());
    CHECK(made.options().dimensions == dimensions);
  }
  auto const by_columns = table_of<float>({{1, 2, 2}, {0, 0, 3}}, 3);
  std::vector<float> const given = {1, 0, 0, 1, 0, 0};  // two directions, column after column
  alx::lsa made(alx::matrix_view<float const>(given.data(), 2, 3, 1, 2));
  auto const rows = made.transform(by_columns.view(), team);
  CHECK(rows(0, 0) == doctest::Approx(1.0 / std::sqrt(5.0)));
  CHECK(rows(0, 1) == doctest::Approx(2.0 / std::sqrt(5.0)));
  CHECK(rows(1, 0) == 0.0);
  made.fit(by_columns.view(), team);
  CHECK(made.singular_values().size() == 2);
}

TEST_CASE("lsa: directions that cannot be are named") {
  CHECK(alx::lsa().components().rows == 0);
  CHECK(message_of<alx::shape_error>([] { alx::lsa(alx::matrix<float>(0, 3).view()); }) ==
        "lsa: components of 0 x 3");
  CHECK(message_of<alx::shape_error>([] { alx::lsa(alx::matrix<float>(2, 0).view()); }) ==
        "lsa: components of 2 x 0");
  alx::matrix<float> given(2, 3);
  given(1, 2) = std::numeric_limits<float>::infinity();
  CHECK(message_of<alx::data_error>([&] { alx::lsa(given.view()); }) ==
        "lsa: component 1, column 2 is not finite");
}

TEST_CASE("lsa: says what is wrong") {
  alx::thread_team team(2);
  CHECK(message_of<alx::option_error>([] { alx::lsa({.dimensions = 0}); }) ==
        "lsa: dimensions is 0, must be 1 or more");
  CHECK(message_of<alx::option_error>([] { alx::lsa({.iterations = -1}); }) ==
        "lsa: iterations is -1, must be 0 or more");
  CHECK(message_of<alx::option_error>([] { alx::lsa({.oversampling = -2}); }) ==
        "lsa: oversampling is -2, must be 0 or more");

  auto const good = table_of<double>({{1, 2, 0}, {0, 1, 5}}, 3);
  alx::lsa made({.dimensions = 2});
  CHECK(message_of<alx::state_error>([&] { (void)made.transform(good.view(), team); }) ==
        "lsa: transform before fit");
  CHECK(made.singular_values().empty());
  alx::lsa three({.dimensions = 3});
  CHECK(message_of<alx::option_error>([&] { three.fit(good.view(), team); }) ==
        "lsa: dimensions is 3, a table of 2 x 3 has at most 2");
  CHECK_THROWS_AS(made.fit(alx::sparse_matrix<float>(5).view(), team), alx::option_error);

  auto const before = all_values(made.fit_transform(good.view(), team));
  auto const infinity = std::numeric_limits<double>::infinity();
  auto const bad = table_of<double>({{1, 2, 0}, {0, 1, infinity}}, 3);
  CHECK(message_of<alx::data_error>([&] { made.fit(bad.view(), team); }) ==
        "lsa: row 1, column 2: inf is not finite as float");
  CHECK_THROWS_AS((void)made.transform(bad.view(), team), alx::data_error);
  auto const huge = table_of<double>({{1, 2, 0}, {1e40, 1, 1}}, 3);
  CHECK_THROWS_AS(made.fit(huge.view(), team), alx::data_error);
  auto const large = table_of<float>({{3e38F, 3e38F, 3e38F}, {3e38F, 1, 1}}, 3);
  CHECK(message_of<alx::numeric_error>([&] {
          made.fit(large.view(), team);
        }).find("left the floats") != std::string::npos);
  auto const other = table_of<float>({{1, 2}}, 2);
  CHECK(message_of<alx::shape_error>([&] { (void)made.transform(other.view(), team); }) ==
        "lsa: 2 columns, fitted on 3");
  CHECK(all_values(made.transform(good.view(), team)) == before);  // failed fits changed nothing
}
