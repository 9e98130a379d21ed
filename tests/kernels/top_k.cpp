// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/gpu/matrix.hpp>
#include <alx/matrix.hpp>
#include <alx/random.hpp>
#include <alx/selection/top_by.hpp>

#include <doctest/doctest.h>

#include "orders.hpp"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using alx::index_t;

/// Rows of all kinds; `spread` says how far from uniform.
template <class T>
alx::matrix<T> random_rows(index_t rows, index_t classes, double spread) {
  alx::philox random{11, static_cast<std::uint32_t>(classes), static_cast<std::uint32_t>(rows)};
  alx::matrix<T> p(rows, classes);
  for (index_t r = 0; r < rows; ++r) {
    double sum = 0.0;
    for (index_t c = 0; c < classes; ++c) {
      double const value = std::exp(spread * random.uniform());
      p(r, c) = static_cast<T>(value);
      sum += value;
    }
    for (index_t c = 0; c < classes; ++c)
      p(r, c) = static_cast<T>(static_cast<double>(p(r, c)) / sum);
  }
  return p;
}

template <class T, class Strategy>
void check_strategy(Strategy const& strategy, alx::matrix<T> const& p, index_t count) {
  auto const expected = alx::top_by(strategy, p, count);
  auto const found = alx::top_by(strategy, p, count, alx::gpu{});
  CHECK(found.ids == expected.ids);
  CHECK(found.utility == expected.utility);
}

template <class T>
void check_all(alx::matrix<T> const& p, index_t count) {
  CAPTURE(p.rows());
  CAPTURE(p.cols());
  CAPTURE(count);
  check_strategy(alx::margin{}, p, count);
  check_strategy(alx::least_confident{}, p, count);
  check_strategy(alx::entropy{}, p, count);
  check_strategy(alx::entropy{1e-6, alx::entropy_scale::pool_maximum}, p, count);
}

TEST_CASE("top-k on a GPU: the CPU's ids and utilities, at the edges of tiles") {
  orders::for_ten([] {
    for (index_t const rows : {1, 2, 31, 33, 1023, 1024, 1025, 2047, 4099}) {
      check_all(random_rows<double>(rows, 2, 3.0), 10);
      check_all(random_rows<float>(rows, 3, 3.0), 7);
    }
  });
}

TEST_CASE("top-k on a GPU: numbers of classes") {
  for (index_t const classes : {1, 2, 3, 5, 10, 31, 32}) {
    check_all(random_rows<double>(777, classes, 4.0), 25);
    check_all(random_rows<float>(777, classes, 0.01), 25);
  }
}

TEST_CASE("top-k on a GPU: how many are asked for") {
  auto const p = random_rows<float>(3001, 2, 2.0);
  for (index_t const count : {0, 1, 2, 100, 3000, 3001, 4000}) {
    check_strategy(alx::margin{}, p, count);
    check_strategy(alx::entropy{}, p, count);
  }
  CHECK(alx::top_by(alx::margin{}, alx::matrix<double>(0, 2), 5, alx::gpu{}).ids.empty());
}

TEST_CASE("top-k on a GPU: a sample gives the threshold, and more pass than there is room for") {
  auto const p = random_rows<float>(80'000, 2, 2.0);  // more than the room for entries
  for (index_t const count : {1, 10, 3000, 20'000, 79'999}) check_strategy(alx::margin{}, p, count);
  check_strategy(alx::entropy{}, p, 100);
}

TEST_CASE("top-k on a GPU: a sample that promises too much") {
  alx::matrix<double> p(40'000, 2);  // every fourth row is looked at, and only those are uncertain
  for (index_t r = 0; r < p.rows(); ++r) {
    bool const seen = r % 4 == 0;
    p(r, 0) = seen ? 0.5 - 1e-6 * static_cast<double>(r % 7) : 0.9;
    p(r, 1) = 1.0 - p(r, 0);
  }
  check_strategy(alx::margin{}, p, 9000);
  check_strategy(alx::margin{}, p, 3);
}

TEST_CASE("top-k on a GPU: equal rows go by their ids") {
  orders::for_ten([] {
    alx::matrix<double> p(5000, 4);
    for (index_t r = 0; r < p.rows(); ++r) {
      for (index_t c = 0; c < 4; ++c) p(r, c) = r % 3 == 0 ? 0.25 : (c == 0 ? 0.7 : 0.1);
    }
    check_all(p, 12);
  });
  alx::matrix<float> same(100'000, 2);
  for (index_t r = 0; r < same.rows(); ++r) same(r, 0) = same(r, 1) = 0.5F;
  check_all(same, 50);
}

TEST_CASE("top-k on a GPU: neighbours of the last bits") {
  alx::matrix<double> p(3000, 2);
  for (index_t r = 0; r < p.rows(); ++r) {
    p(r, 0) = 0.3 + 1e-16 * static_cast<double>((r * 7919) % 3000);
    p(r, 1) = 1.0 - p(r, 0);
  }
  check_all(p, 40);
}

TEST_CASE("top-k on a GPU: rows not side by side, and rows already there") {
  auto const p = random_rows<double>(500, 3, 3.0);
  alx::matrix<double> turned(3, 500);
  for (index_t r = 0; r < 500; ++r) {
    for (index_t c = 0; c < 3; ++c) turned(c, r) = p(r, c);
  }
  auto const expected = alx::top_by(alx::entropy{}, p, 20);
  alx::matrix_view<double const> const columns(turned.data(), 500, 3, 1, 500);
  CHECK(alx::top_by(alx::entropy{}, columns, 20, alx::gpu{}).ids == expected.ids);
  alx::gpu_matrix<double> const there(p.view(), alx::gpu{});
  CHECK(alx::top_by(alx::entropy{}, there.view(), 20, alx::gpu{}).ids == expected.ids);
  CHECK(there.to_host() == std::vector<double>(p.data(), p.data() + 1500));
}

TEST_CASE("top-k on a GPU: the lowest row that cannot be is named, as on the CPU") {
  for (double const wrong : {-0.1, 0.8, std::nan(""), HUGE_VAL}) {
    auto p = random_rows<double>(5000, 3, 2.0);
    p(4321, 1) = wrong;
    p(1234, 0) = wrong;
    auto const complaint = [&](auto backend) -> std::string {
      try {
        alx::top_by(alx::margin{}, p, 5, backend);
      } catch (alx::data_error const& e) {
        return e.what();
      }
      return "";
    };
    CHECK(complaint(alx::gpu{}) == complaint(alx::cpu{}));
    CHECK(complaint(alx::gpu{}).find("row 1234 ") != std::string::npos);
  }
}

}  // namespace
