// SPDX-License-Identifier: Apache-2.0
#include <alx/metrics/silhouette.hpp>
#include <alx/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <support/golden_lines.hpp>
#include <vector>

namespace {

using alx::distance;
using alx::index_t;
using alx::label_t;
using alx::silhouette;
using alx::silhouette_samples;

struct named_distance {
  std::string name;
  distance value;
};

std::vector<named_distance> const metrics{{"euclidean", distance::euclidean},
                                          {"sqeuclidean", distance::sqeuclidean},
                                          {"cosine", distance::cosine},
                                          {"manhattan", distance::manhattan}};

/// Draws that are the same on every machine.
struct draws {
  std::uint64_t state = 1;

  double uniform() {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state >> 11U) * 0x1p-53;
  }

  index_t below(index_t n) { return static_cast<index_t>(uniform() * static_cast<double>(n)); }

  alx::matrix<double> rows(index_t n, index_t features) {
    alx::matrix<double> x(n, features);
    for (index_t r = 0; r < n; ++r) {
      for (index_t f = 0; f < features; ++f) {
        x(r, f) = uniform() + uniform() + (r % 3 == f % 3 ? 1.0 : 0.0);
      }
    }
    return x;
  }

  std::vector<label_t> labels(index_t n, index_t classes) {
    std::vector<label_t> y(static_cast<std::size_t>(n));
    for (auto& label : y) label = static_cast<label_t>(below(classes));
    return y;
  }
};

/// The distance by its definition, in long double.
long double reference_distance(alx::matrix<double> const& x, index_t i, index_t j, distance d) {
  long double sum = 0;
  long double product = 0;
  long double of_i = 0;
  long double of_j = 0;
  for (index_t f = 0; f < x.cols(); ++f) {
    long double const a = x(i, f);
    long double const b = x(j, f);
    sum += d == distance::manhattan ? std::fabs(a - b) : (a - b) * (a - b);
    product += a * b;
    of_i += a * a;
    of_j += b * b;
  }
  if (d == distance::euclidean) return std::sqrt(sum);
  if (d != distance::cosine) return sum;
  return 1 - product / std::sqrt(of_i * of_j);
}

/// Silhouettes by their definition, in long double; all clusters have two rows or more.
std::vector<double> reference(alx::matrix<double> const& x,
                              std::vector<label_t> const& y,
                              distance d) {
  std::vector<double> s;
  for (index_t i = 0; i < x.rows(); ++i) {
    std::map<label_t, std::pair<long double, int>> to;
    for (index_t j = 0; j < x.rows(); ++j) {
      if (i == j) continue;
      auto& [sum, count] = to[y[static_cast<std::size_t>(j)]];
      sum += reference_distance(x, i, j, d);
      ++count;
    }
    auto const own = to.at(y[static_cast<std::size_t>(i)]);
    to.erase(y[static_cast<std::size_t>(i)]);
    long double const a = own.first / own.second;
    long double b = std::numeric_limits<long double>::infinity();
    for (auto const& other : to) b = std::min(b, other.second.first / other.second.second);
    s.push_back(static_cast<double>((b - a) / std::max(a, b)));
  }
  return s;
}

double largest_difference(std::span<double const> a, std::vector<double> const& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < b.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

bool same_bits(std::span<double const> a, std::span<double const> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
  });
}

struct labelling {
  alx::matrix<double> rows;
  std::vector<label_t> labels;
  std::map<std::string, std::vector<double>> expected;
};

std::vector<labelling> golden_labellings() {
  std::vector<labelling> all;
  alx::matrix<double> rows;
  for (auto const& [name, values] : golden::lines("metrics/silhouettes.txt")) {
    if (name == "rows") {
      auto const features = static_cast<index_t>(values.at(0));
      std::vector<double> const x(values.begin() + 1, values.end());
      rows = alx::matrix<double>(x, static_cast<index_t>(x.size()) / features, features);
    } else if (name == "labels") {
      all.push_back({rows, {values.begin(), values.end()}, {}});
    } else {
      all.back().expected[name] = values;
    }
  }
  return all;
}

}  // namespace

TEST_CASE(
    "silhouettes are those of SciPy's distances: 2 to 20 clusters, a far outlier, duplicates") {
  int compared = 0;
  for (auto const& one : golden_labellings()) {
    for (auto const& metric : metrics) {
      distance const d = metric.value;
      CAPTURE(metric.name);
      CAPTURE(compared);
      silhouette of(d);
      auto const s = of.samples(one.rows, one.labels);
      double const difference = largest_difference(s, one.expected.at(metric.name));
      CHECK(difference <= std::max(1e-13, of.error_bound()));
      CHECK(difference <= 1e-8);
      ++compared;
    }
  }
  CHECK(compared == 15 * 4);
}

TEST_CASE("silhouettes of many tiles are those of the definition, within the stated bound") {
  for (index_t const n : {256, 257, 700, 1100}) {
    draws draw;
    auto const x = draw.rows(n, 20);
    auto const y = draw.labels(n, 3);
    for (auto const& metric : metrics) {
      distance const d = metric.value;
      CAPTURE(metric.name);
      silhouette of(d);
      double const difference = largest_difference(of.samples(x, y), reference(x, y, d));
      CHECK(difference <= of.error_bound());
      CHECK(of.error_bound() < 1e-11);
      CHECK(of.mean() == doctest::Approx(0.0).epsilon(0.5));
    }
  }
}

TEST_CASE("ten thousand relabellings leave the bits of a fresh computation") {
  constexpr index_t n = 600;
  draws draw;
  auto x = draw.rows(n, 3);
  for (index_t r = 0; r < n; r += 20) {
    for (index_t f = 0; f < 3; ++f) x(r, f) = 0.0;  // no direction
  }
  for (auto const& metric : metrics) {
    distance const d = metric.value;
    CAPTURE(metric.name);
    silhouette followed(d);
    auto y = draw.labels(n, 4);
    followed.samples(x, y);
    index_t relabelled = 0;
    // Few at a time, some labels vanishing and others, with gaps, coming up; now and then most
    // rows.
    for (int step = 0; relabelled < 10'000; ++step) {
      index_t const rows = step % 25 == 24 ? n : 1 + draw.below(200);
      label_t const newest = 3 + step % 7 * 1000;
      for (index_t i = 0; i < rows; ++i) {
        auto const row = static_cast<std::size_t>(draw.below(n));
        y[row] = draw.below(5) == 0 ? newest : static_cast<label_t>(draw.below(4));
      }
      if (step % 9 == 8) std::replace(y.begin(), y.end(), label_t{2}, label_t{3});
      relabelled += rows;
      auto const s = followed.samples(x, y);
      REQUIRE(same_bits(s, silhouette_samples(x, y, d)));
    }
  }
}

TEST_CASE("labels that come and go leave no room behind them") {
  alx::detail::label_slots slots;
  std::vector<label_t> y{0, 0, 1, 1};
  slots.assign(y);
  for (label_t newest = 2; newest < 100; ++newest) {
    y[2] = y[3] = newest;
    CHECK(slots.changes(y) == 2);
    slots.update(y);
    CHECK(slots.labels_in_use() == 2);
    CHECK(slots.slots() <= 3);
  }
}

TEST_CASE("a swap of two labels in one step leaves the bits of a fresh computation") {
  draws draw;
  auto const x = draw.rows(300, 2);
  std::vector<label_t> y(300, 0);
  std::fill(y.begin() + 200, y.end(), 1);
  y[0] = 5;
  for (auto const& metric : metrics) {
    distance const d = metric.value;
    silhouette followed(d);
    auto z = y;
    followed.samples(x, z);
    z[0] = 1;  // the last row of cluster 5 leaves …
    z[1] = 7;  // … and 7 takes its place
    z[299] = 7;
    CHECK(same_bits(followed.samples(x, z), silhouette_samples(x, z, d)));
    silhouette copy = followed;
    z[0] = 9;
    CHECK(same_bits(copy.samples(x, z), silhouette_samples(x, z, d)));
    std::fill(z.begin(), z.end(), label_t{4});
    CHECK(std::abs(copy.samples(x, z)[17]) == 0.0);
    z[1] = 7;
    z[2] = 7;
    CHECK(same_bits(followed.samples(x, z), silhouette_samples(x, z, d)));
  }
}

TEST_CASE("the number of threads, the order of the rows and their memory do not change a bit") {
  constexpr index_t n = 1500;
  draws draw;
  auto const x = draw.rows(n, 5);
  auto y = draw.labels(n, 6);
  auto y_later = y;
  for (std::size_t i = 0; i < 300; ++i) y_later[i * 5] = 6;
  std::vector<index_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), index_t{0});
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[static_cast<std::size_t>(draw.below(static_cast<index_t>(i)))]);
  }
  alx::matrix<double> permuted(5, n);  // a row a column
  std::vector<label_t> y_permuted;
  for (index_t i = 0; i < n; ++i) {
    auto const from = order[static_cast<std::size_t>(i)];
    for (index_t f = 0; f < 5; ++f) permuted(f, i) = x(from, f);
    y_permuted.push_back(y[static_cast<std::size_t>(from)]);
  }
  for (auto const& metric : metrics) {
    distance const d = metric.value;
    CAPTURE(metric.name);
    auto const s = silhouette_samples(x, y, d);
    auto const later = silhouette_samples(x, y_later, d);
    for (int const threads : {1, 2, 4}) {
      silhouette of(d, {.threads = threads});
      CHECK(same_bits(of.samples(x, y), s));
      CHECK(same_bits(of.samples(x, y_later), later));
    }
    auto const p = silhouette_samples({permuted.data(), n, 5, 1, n}, y_permuted, d);
    std::vector<double> expected;
    for (index_t const from : order) expected.push_back(s[static_cast<std::size_t>(from)]);
    CHECK(same_bits(p, expected));
  }
}

TEST_CASE("silhouettes have these very bits, whatever compiled them") {
  std::map<std::string, std::uint64_t> const expected{{"euclidean", 14193336814269875866U},
                                                      {"sqeuclidean", 5422349331216396078U},
                                                      {"cosine", 7691724604404806862U},
                                                      {"manhattan", 5410679569340371349U}};
  draws draw;
  auto const x = draw.rows(400, 19);
  auto const y = draw.labels(400, 3);
  for (auto const& metric : metrics) {
    distance const d = metric.value;
    std::uint64_t hash = 14695981039346656037U;
    for (double const s : silhouette_samples(x, y, d)) {
      hash = (hash ^ std::bit_cast<std::uint64_t>(s)) * 1099511628211U;
    }
    CAPTURE(metric.name);
    CHECK(hash == expected.at(metric.name));
  }
}

TEST_CASE("silhouettes are 0 where there is nothing to compare") {
  draws draw;
  auto const x = draw.rows(300, 2);
  for (auto const& metric : metrics) {
    distance const d = metric.value;
    CAPTURE(metric.name);
    auto const zeros = [](std::span<double const> s) {
      return std::count(s.begin(), s.end(), 0.0);
    };
    std::vector<label_t> y(300, 7);
    CHECK(zeros(silhouette_samples(x, y, d)) == 300);  // one cluster
    std::iota(y.begin(), y.end(), 0);
    CHECK(zeros(silhouette_samples(x, y, d)) == 300);  // each row its own
    y = draw.labels(300, 3);
    silhouette same(d);
    CHECK(zeros(same.samples(alx::matrix<double>(std::vector<double>(600, 0.3), 300, 2), y)) ==
          300);
    CHECK(same.mean() == 0.0);
    CHECK(same.error_bound() == 0.0);
    CHECK(zeros(silhouette_samples(alx::matrix<double>(300, 0), y, d)) == 300);  // no feature
    silhouette few(d);
    CHECK(zeros(few.samples(alx::matrix<double>(1, 2), std::vector<label_t>{3})) == 1);
    CHECK(few.samples({}, {}).empty());
    CHECK(few.mean() == 0.0);
    CHECK(few.samples(x, y).size() == 300);
  }
}

TEST_CASE("the bound grows beside a far outlier, and holds there") {
  draws draw;
  auto x = draw.rows(300, 3);
  auto const y = draw.labels(300, 2);
  for (auto const& metric : metrics) {
    distance const d = metric.value;
    if (d == distance::cosine) continue;  // directions have no far outliers
    CAPTURE(metric.name);
    silhouette of(d);
    of.samples(x, y);
    double const near = of.error_bound();
    auto far = x;
    far(7, 1) = 1e9;
    double const difference = largest_difference(of.samples(far, y), reference(far, y, d));
    CHECK(of.error_bound() > near);
    CHECK(difference <= of.error_bound());
  }
}

TEST_CASE("rows that changed where they lie are noticed") {
  draws draw;
  auto x = draw.rows(300, 3);
  auto const y = draw.labels(300, 2);
  for (auto const& metric : metrics) {
    distance const d = metric.value;
    silhouette of(d);
    of.samples(x, y);
    x(299, 2) += 0.5;
    CHECK(same_bits(of.samples(x, y), silhouette_samples(x, y, d)));
    CHECK(of.samples({x.data(), 150, 6}, {y.data(), 150}).size() == 150);
  }
}

TEST_CASE("what cannot be is refused, and the next call starts afresh") {
  draws draw;
  auto x = draw.rows(300, 3);
  auto y = draw.labels(300, 2);
  for (auto const& metric : metrics) {
    distance const d = metric.value;
    silhouette of(d);
    CHECK_THROWS_AS(static_cast<void>(of.mean()), alx::state_error);
    CHECK_THROWS_AS(static_cast<void>(of.unit()), alx::state_error);
    CHECK_THROWS_AS(static_cast<void>(of.error_bound()), alx::state_error);
    auto const s = silhouette_samples(x, y, d);
    of.samples(x, y);
    CHECK_THROWS_WITH_AS(
        of.samples(x, {y.data(), 299}), "silhouette: 300 rows and 299 labels", alx::shape_error);
    auto wrong = y;
    wrong[12] = -1;
    CHECK_THROWS_WITH_AS(of.samples(x, wrong),
                         "silhouette: row 12 has the label -1: labels are 0 or more",
                         alx::data_error);
    auto broken = x;
    for (double const value :
         {std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()}) {
      broken(4, 1) = value;
      CHECK_THROWS_WITH_AS(
          of.samples(broken, y), "silhouette: row 4, column 1 is not finite", alx::data_error);
    }
    CHECK(same_bits(of.samples(x, y), s));
  }
}

TEST_CASE("values at the ends of the doubles are refused or right") {
  draws draw;
  auto const x = draw.rows(50, 3);
  auto const y = draw.labels(50, 2);
  for (auto const& metric : metrics) {
    distance const d = metric.value;
    CAPTURE(metric.name);
    auto const s = silhouette_samples(x, y, d);
    for (int const exponent : {-1060, -600, -300, 300, 600, 1020}) {
      CAPTURE(exponent);
      alx::matrix<double> scaled(50, 3);
      for (index_t r = 0; r < 50; ++r) {
        for (index_t f = 0; f < 3; ++f) scaled(r, f) = std::ldexp(x(r, f), exponent);
      }
      bool const squares_leave = d == distance::euclidean && std::abs(exponent) > 500;
      bool const no_room = d != distance::cosine && exponent < -900;
      if (squares_leave || no_room) {
        CHECK_THROWS_AS(silhouette_samples(scaled, y, d), alx::numeric_error);
      } else if (exponent > -1000) {
        CHECK(same_bits(silhouette_samples(scaled, y, d), s));
      } else {  // subnormal: the values themselves have lost bits
        CHECK(largest_difference(silhouette_samples(scaled, y, d), s) < 1e-2);
      }
    }
  }
  alx::matrix<double> wide({1.7e308, -1.7e308, 0.0, 1.0}, 4, 1);
  std::vector<label_t> const two{0, 0, 1, 1};
  CHECK_THROWS_AS(silhouette_samples(wide, two, distance::sqeuclidean), alx::numeric_error);
  CHECK_THROWS_AS(silhouette_samples(wide, two, distance::manhattan), alx::numeric_error);
  CHECK(silhouette_samples(wide, two, distance::cosine).size() == 4);
}

TEST_CASE("nearest rounds to the nearest integer, halves to even, up to 62 bits") {
  for (double const x : {0.0,
                         0.25,
                         0.5,
                         1.5,
                         2.5,
                         0x1p51 - 0.5,
                         0x1p51 + 0.5,
                         0x1p52 - 1.5,
                         0x1p52 - 0.5,
                         0x1p52,
                         0x1p52 + 1.0,
                         0x1p53 - 1.0,
                         0x1.fffffffffffffp61,
                         0x1p62,
                         0.49999999999999994}) {
    CHECK(alx::detail::nearest(x) == std::llrint(x));
    if (x < 0x1p52) CHECK(alx::detail::nearest_below_2_52(x) == std::llrint(x));
  }
}

TEST_CASE("wide integers become the nearest doubles") {
  using alx::detail::wide_int;
  draws draw;
  for (int i = 0; i < 20'000; ++i) {
    auto value = static_cast<wide_int>(draw.below(INT64_MAX));
    value = (value << 32 | draw.below(INT64_C(1) << 32)) << draw.below(20) >> draw.below(90);
    // Halves, and what is next to them.
    for (wide_int const near : {value, value | 1, (value | 1) << 10, ((value | 1) << 11) + 1}) {
      CHECK(alx::detail::nearest_double(near) == static_cast<double>(near));
      CHECK(alx::detail::nearest_double(-near) == static_cast<double>(-near));
    }
  }
}

TEST_CASE("the grid is the finest that fits") {
  draws draw;
  for (int i = 0; i < 1000; ++i) {
    double const largest =
        std::ldexp(draw.uniform() + 0x1p-53, static_cast<int>(draw.below(600)) - 300);
    index_t const count = 1 + draw.below(1'000'000);
    auto const grid = alx::detail::grid_for(largest, count, 62);
    double const units = largest * grid.scale * static_cast<double>(count);
    CHECK(units <= 0x1p62);
    CHECK(units >= 0x1p61);
    CHECK(grid.unit * grid.scale == 1.0);
  }
}

TEST_CASE("a feature that never changes does not matter, however large") {
  draws draw;
  auto const x = draw.rows(300, 3);
  auto const y = draw.labels(300, 2);
  alx::matrix<double> with(300, 4);
  for (index_t r = 0; r < 300; ++r) {
    for (index_t f = 0; f < 3; ++f) with(r, f) = x(r, f);
    with(r, 3) = -1.7e308;
  }
  for (auto const& metric : metrics) {
    distance const d = metric.value;
    if (d == distance::cosine) continue;  // directions do change
    CAPTURE(metric.name);
    CHECK(same_bits(silhouette_samples(with, y, d), silhouette_samples(x, y, d)));
  }
}
