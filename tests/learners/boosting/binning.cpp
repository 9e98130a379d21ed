// SPDX-License-Identifier: Apache-2.0
#include <alx/data/blobs.hpp>
#include <alx/learners/boosting/binning.hpp>

#include <doctest/doctest.h>

#include "learners/boosting/golden_rows.hpp"
#include <vector>

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
  auto const distinct = alx::detail::count_distinct(std::vector<double>{1.0, next, 1.5}, 0);
  CHECK(distinct.value == std::vector<double>{next, 1.5});
  CHECK(distinct.count == std::vector<alx::index_t>{2, 1});
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
