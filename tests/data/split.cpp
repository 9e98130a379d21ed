// SPDX-License-Identifier: Apache-2.0
#include <alx/data/labelled_table.hpp>
#include <alx/data/split.hpp>
#include <alx/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace {

alx::holdout_rows split(alx::index_t rows, double share, std::uint64_t seed) {
  alx::matrix<double> const features(rows, 1);
  std::vector<alx::label_t> const labels(static_cast<std::size_t>(rows));
  return alx::holdout(features, labels, share, seed);
}

}  // namespace

TEST_CASE("holdout: every row once, each part ascending, the share rounded") {
  for (alx::index_t const rows : {2, 3, 10, 101, 5000}) {
    auto const [in, out] = split(rows, 0.3, 5);
    CHECK(std::is_sorted(in.begin(), in.end()));
    CHECK(std::is_sorted(out.begin(), out.end()));
    std::vector<alx::index_t> all(in);
    all.insert(all.end(), out.begin(), out.end());
    std::sort(all.begin(), all.end());
    REQUIRE(static_cast<alx::index_t>(all.size()) == rows);
    for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i] == static_cast<alx::index_t>(i));
    CHECK(static_cast<long>(out.size()) == std::lround(0.3 * static_cast<double>(rows)));
  }
}

TEST_CASE("holdout: the same seed the same rows, another seed others, no row preferred") {
  CHECK(split(100, 0.5, 1).out == split(100, 0.5, 1).out);
  CHECK(split(100, 0.5, 1).out != split(100, 0.5, 2).out);
  std::vector<int> times(10);
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    for (auto const id : split(10, 0.2, seed).out) ++times[static_cast<std::size_t>(id)];
  }
  // 800 expected, 25.3 the standard deviation.
  for (int const count : times) CHECK(std::abs(count - 800) < 110);
}

TEST_CASE("holdout refuses a share or a part that cannot be") {
  for (double const share : {0.0, 1.0, -0.1, 1.1, std::nan("")}) {
    CHECK_THROWS_AS(split(10, share, 0), alx::option_error);
  }
  CHECK_THROWS_WITH_AS(split(10, 0.04, 0),
                       "holdout: a share of 0.040000 of 10 rows leaves a part empty",
                       alx::data_error);
  CHECK_THROWS_AS(split(10, 0.97, 0), alx::data_error);
  CHECK_THROWS_AS(split(1, 0.5, 0), alx::data_error);
  CHECK_THROWS_AS(split(0, 0.5, 0), alx::data_error);
  alx::matrix<double> const features(3, 1);
  CHECK_THROWS_WITH_AS(alx::holdout(features, std::vector<alx::label_t>(2), 0.5, 0),
                       "holdout: 3 rows but 2 labels",
                       alx::shape_error);
}

TEST_CASE("take copies rows and labels in the order asked for") {
  alx::matrix<double> const features({1, 2, 3, 4, 5, 6}, 3, 2);
  std::vector<alx::label_t> const labels{7, 8, 9};
  auto const taken = alx::take(features, labels, std::vector<alx::index_t>{2, 0, 2});
  CHECK(taken.labels == std::vector<alx::label_t>{9, 7, 9});
  CHECK(taken.features(0, 1) == 6.0);
  CHECK(taken.features(1, 0) == 1.0);
  CHECK(taken.features.rows() == 3);
  CHECK_THROWS_AS(alx::take(features, labels, std::vector<alx::index_t>{3}), alx::data_error);
  CHECK_THROWS_AS(alx::take(features, labels, std::vector<alx::index_t>{-1}), alx::data_error);
  CHECK_THROWS_AS(alx::take(features, {}, std::vector<alx::index_t>{0}), alx::shape_error);
}
