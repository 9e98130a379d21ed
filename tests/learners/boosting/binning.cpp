// SPDX-License-Identifier: Apache-2.0
#include <alx/data/blobs.hpp>
#include <alx/learners/boosting/binning.hpp>
#include <alx/learners/boosting/dataset.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>

#include <doctest/doctest.h>

#include "learners/boosting/golden_rows.hpp"
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

using alx::index_t;
using alx::detail::column_sample_values;
using alx::detail::feature_bins;
using alx::detail::find_bins;
using alx::detail::find_category_bins;
using golden::infinity;
using golden::missing;

namespace {

constexpr double zero = alx::detail::zero_threshold;

feature_bins bins_of_blobs(alx::index_t rows, alx::index_t column) {
  auto const table = alx::make_blobs({.samples = 5000,
                                      .centers = 2,
                                      .features = 4,
                                      .cluster_std = 2.0,
                                      .center_box = {-5.0, 5.0},
                                      .random_state = 0});
  std::vector<double> values;
  for (alx::index_t r = 0; r < rows; ++r) values.push_back(table.features(r, column));
  return find_bins(values, {}, 20);
}

template <class T>
std::vector<T> copy(std::span<T const> values) {
  return {values.begin(), values.end()};
}

/// Of the first `kinds`: numbers, whole ones, neighbours, what counts as zero, extremes; NaN last.
double draw_value(std::mt19937& random, int kinds) {
  auto const below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  switch (below(kinds)) {
    case 0:
      return below(1000000) / 1e5 - 3;
    case 1:
      return below(40) - 10.0;
    case 2: {
      double value = 1.5;
      for (int steps = below(6); steps > 0; --steps) value = std::nextafter(value, infinity);
      return below(2) == 0 ? value : -value;
    }
    case 3:
      return below(2) == 0 ? 0.0 : -0.0;
    case 4:
      return below(2) == 0 ? 1e-36 : -5e-324;
    case 5:
      return below(2) == 0 ? zero : -zero;
    case 6:
      return below(2) == 0 ? std::nextafter(zero, 1.0) : std::nextafter(-zero, -1.0);
    case 7:
      return below(2) == 0 ? infinity : -infinity;
    case 8:
      return below(2) == 0 ? 1.7e308 : -std::numeric_limits<double>::max();
    default:
      return missing;
  }
}

struct counted_values {
  std::vector<double> value;
  std::vector<index_t> count;
  index_t missing = 0;
};

/// The rule as it is written down.
counted_values counted_one_by_one(std::vector<double> const& sample, bool use_missing) {
  counted_values c;
  index_t zeros = 0;
  std::vector<double> sorted;
  for (double const v : sample) {
    if (std::isnan(v) && use_missing) {
      ++c.missing;
    } else if (std::isnan(v) || std::abs(v) <= zero) {
      ++zeros;
    } else {
      sorted.push_back(v);
    }
  }
  std::sort(sorted.begin(), sorted.end());
  auto const add = [&c](double value, index_t count) {
    c.value.push_back(value);
    c.count.push_back(count);
  };
  if (sorted.empty() || (sorted.front() > 0 && zeros > 0)) add(0.0, zeros);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0 && sorted[i] <= std::nextafter(sorted[i - 1], infinity)) {
      c.value.back() = sorted[i];
      ++c.count.back();
      continue;
    }
    if (i > 0 && sorted[i - 1] < 0 && sorted[i] > 0) add(0.0, zeros);
    add(sorted[i], 1);
  }
  if (!sorted.empty() && sorted.back() < 0 && zeros > 0) add(0.0, zeros);
  return c;
}

std::int32_t bin_by_counting(feature_bins const& bins, double value) {
  if (std::isnan(value) && bins.missing) return bins.bins() - 1;
  if (std::isnan(value)) value = 0;
  std::int32_t bin = 0;
  for (std::int32_t b = 0; b < bins.bins() - (bins.missing ? 2 : 1); ++b) {
    bin += bins.upper[static_cast<std::size_t>(b)] < value ? 1 : 0;
  }
  return bin;
}

}  // namespace

TEST_CASE("bins of the blobs are LightGBM's") {
  std::vector<int> bins;
  std::vector<int> most_frequent;
  for (alx::index_t c = 0; c < 4; ++c) {
    bins.push_back(bins_of_blobs(50, c).bins());
    most_frequent.push_back(bins_of_blobs(50, c).most_frequent);
  }
  CHECK(bins == std::vector<int>{18, 18, 18, 19});
  CHECK(most_frequent == std::vector<int>{10, 4, 9, 3});
  auto const few = bins_of_blobs(50, 0);
  CHECK(few.upper[0] == -3.593270972566222);
  CHECK(few.upper[1] == -3.2592389184376);
  CHECK(few.upper[2] == -2.6706339050437315);
  auto const many = bins_of_blobs(5000, 0);
  CHECK(many.bins() == 255);
  CHECK(many.most_frequent == 133);
  CHECK(many.upper[0] == -5.4733440075404065);
  CHECK(many.upper[1] == -5.018653002352615);
  CHECK(many.upper[2] == -4.679780474405986);
}

TEST_CASE("zero and missing values have bins of their own") {
  auto const bins = find_bins({-2, -1, 0, -0.0, 1e-36, 1, 2, missing}, {.min_data_in_bin = 1}, 0);
  REQUIRE(bins.bins() == 6);
  CHECK(bins.missing);
  CHECK(bins.upper[1] == -zero);
  CHECK(bins.upper[2] == zero);
  CHECK(bins.upper[4] == infinity);
  CHECK(bins.bin_of(missing) == 5);
  for (double const tiny : {0.0, -0.0, 1e-36, -1e-36, 5e-324}) CHECK(bins.bin_of(tiny) == 2);
  CHECK(bins.bin_of(-infinity) == 0);
  CHECK(bins.bin_of(infinity) == 4);
  CHECK(bins.bin_of(-1.5) == 0);
  CHECK(bins.bin_of(-1.4) == 1);
  CHECK(bins.least == -2);
  CHECK(bins.greatest == 2);
}

TEST_CASE("a column without missing values takes NaN for 0") {
  auto const bins = find_bins({-2, -1, 1, 2}, {.min_data_in_bin = 1}, 0);
  CHECK(!bins.missing);
  CHECK(bins.bin_of(missing) == bins.bin_of(0.0));
}

TEST_CASE("a column is of use if a threshold leaves enough rows on both sides") {
  std::vector<double> values(39, 1.0);
  values.insert(values.end(), 20, 2.0);
  CHECK(find_bins(values, {}, 20).usable);
  CHECK(!find_bins(values, {}, 21).usable);
  CHECK(find_bins(values, {.feature_pre_filter = false}, 21).usable);
  CHECK(!find_bins(std::vector<double>(50, 0.0), {}, 0).usable);
  CHECK(!find_bins(std::vector<double>(50, missing), {}, 20).usable);
}

TEST_CASE("neighbouring doubles are one value") {
  double const next = std::nextafter(1.0, 2.0);
  column_sample_values const known(std::vector<double>{1.0, next, 1.5}, true);
  CHECK(copy(known.distinct().value) == std::vector<double>{next, 1.5});
  CHECK(copy(known.distinct().count) == std::vector<index_t>{2, 1});
}

TEST_CASE("the next double is std::nextafter's") {
  using limits = std::numeric_limits<double>;
  for (double const value :
       {0.0, 5e-324, 1e-310, limits::min(), 1.0, 3.7, limits::max(), infinity}) {
    for (double const v : {value, -value}) {
      CAPTURE(v);
      double const next = alx::detail::next_up(v);
      CHECK(next == std::nextafter(v, infinity));
      CHECK(std::signbit(next) == std::signbit(std::nextafter(v, infinity)));
    }
  }
  CHECK(std::isnan(alx::detail::next_up(missing)));
}

TEST_CASE("distinct values are what sorting and counting one by one finds") {
  std::mt19937 random(1);
  for (int const kinds : {1, 2, 5, 9, 10}) {
    for (unsigned const size : {0U, 1U, 2U, 5U, 20U, 100U, 1000U}) {
      for (bool const use_missing : {true, false}) {
        CAPTURE(kinds);
        CAPTURE(size);
        std::vector<double> sample(size);
        for (double& value : sample) value = draw_value(random, kinds);
        auto const expected = counted_one_by_one(sample, use_missing);
        column_sample_values const known(sample, use_missing);
        CHECK(known.rows() == std::ssize(sample));
        CHECK(known.missing() == expected.missing);
        CHECK(copy(known.distinct().value) == expected.value);
        CHECK(copy(known.distinct().count) == expected.count);
      }
    }
  }
}

TEST_CASE("a value's bin is the number of bounds below it") {
  std::mt19937 random(2);
  for (int const kinds : {5, 9, 10}) {
    for (int const max_bin : {2, 3, 4, 16, 63, 64, 255, 1000}) {
      CAPTURE(kinds);
      CAPTURE(max_bin);
      std::vector<double> sample(3000);
      for (double& value : sample) value = draw_value(random, kinds);
      auto const bins = find_bins(sample, {.max_bin = max_bin, .min_data_in_bin = 1}, 0);
      column_sample_values const known(sample, true);
      std::vector<index_t> rows(bins.upper.size());
      std::vector<std::int32_t> expected;
      for (double const value : sample) {
        expected.push_back(bin_by_counting(bins, value));
      }
      auto const d = known.distinct();
      for (std::size_t i = 0; i < d.value.size(); ++i) {
        rows[static_cast<std::size_t>(bin_by_counting(bins, d.value[i]))] += d.count[i];
      }
      if (bins.missing) rows.back() = known.missing();
      CHECK(alx::detail::rows_of_bins(bins, known.distinct(), known.missing()) == rows);
      std::vector<std::int32_t> found(sample.size());
      bins.find(sample, found.data());
      CHECK(found == expected);
    }
  }
}

TEST_CASE("all rows are put into their bins, on any number of threads") {
  std::mt19937 random(3);
  for (index_t const rows : {1, 511, 512, 513, 1300}) {
    alx::matrix<double> pool(2 * rows, 3);
    for (index_t i = 0; i < 6 * rows; ++i) pool.data()[i] = draw_value(random, i % 3 == 0 ? 10 : 9);
    std::vector<index_t> ids;
    for (index_t r = 0; r < rows; ++r) ids.push_back((7 * r + 3) % (2 * rows));
    for (int const max_bin : {255, 500}) {
      for (int const threads : {1, 3}) {
        alx::thread_team team(threads);
        alx::boosting_parameters const parameters{.max_bin = max_bin,
                                                  .min_data_in_bin = 1,
                                                  .feature_pre_filter = false,
                                                  .categorical_feature = {2}};
        alx::detail::used_columns const columns(pool, ids, parameters, team);
        alx::detail::binned_rows const binned(pool, ids, columns, team);
        index_t wrong = 0;
        for (index_t c = 0; c < binned.columns(); ++c) {
          auto const& bins = binned.bins(c);
          binned.with_column(c, [&](auto const* bin) {
            for (index_t r = 0; r < rows; ++r) {
              double const value = pool(ids[static_cast<std::size_t>(r)], columns.pool_column(c));
              std::int32_t const expected =
                  bins.categorical() ? bins.bin_of_category(value) : bin_by_counting(bins, value);
              wrong += bin[r] == expected ? 0 : 1;
            }
          });
        }
        CHECK(wrong == 0);
        if (rows > 1) CHECK(binned.columns() == 3);
      }
    }
  }
}

TEST_CASE("categories have a bin each, the most frequent first") {
  std::vector<double> const column{7, 7, 7, 7, 3, 3, 3, 0, 0.5, 0, 0, 0, missing, -4};
  auto const bins = find_category_bins(column, {}, 0);
  CHECK(bins.categories == std::vector<int>{-1, 0, 7, 3});
  CHECK(bins.missing);
  CHECK(bins.bin_of_category(0.9) == 1);
  CHECK(bins.bin_of_category(-0.9) == 1);
  CHECK(bins.bin_of_category(3.0) == 3);
  for (double const none : {missing, -4.0, 5.0, 8.0, infinity, -infinity, 1e300}) {
    CHECK(bins.bin_of_category(none) == 0);
  }
}

TEST_CASE("rare categories share the bin of the missing") {
  std::vector<double> column(300, 2.0);
  column.insert(column.end(), 100, 9.0);
  column.insert(column.end(), 2, 4.0);  // min_data_in_bin is 3
  auto const bins = find_category_bins(column, {}, 20);
  CHECK(bins.categories == std::vector<int>{-1, 2, 9});
  CHECK(bins.missing);
  CHECK(bins.bin_of_category(4.0) == 0);
  CHECK(bins.most_frequent == 1);
  column.resize(400);
  CHECK(!find_category_bins(column, {}, 20).missing);
  CHECK(!find_category_bins(std::vector<double>(50, missing), {}, 20).usable);
  CHECK(!find_category_bins(std::vector<double>(50, 1.0), {}, 20).usable);
}
