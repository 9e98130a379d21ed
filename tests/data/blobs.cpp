// SPDX-License-Identifier: Apache-2.0
#include <alx/data/blobs.hpp>
#include <alx/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <support/golden_lines.hpp>
#include <vector>

namespace {

using values = std::vector<double>;

/// The checksum of zip files, which Python has ready.
double crc32(std::span<std::byte const> bytes) {
  std::uint32_t remainder = 0xFFFFFFFFU;
  for (auto const byte : bytes) {
    remainder ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0U ? 0xEDB88320U : 0U);
    }
  }
  return static_cast<double>(~remainder);
}

values row(alx::matrix<double> const& table, alx::index_t r) {
  values out;
  for (alx::index_t c = 0; c < table.cols(); ++c) out.push_back(table(r, c));
  return out;
}

/// What make.py writes of a table.
std::map<std::string, values> summary(std::string const& name,
                                      alx::matrix<double> const& features,
                                      std::vector<alx::label_t> const& labels) {
  auto const size = static_cast<std::size_t>(features.rows() * features.cols());
  std::span<double const> const all(features.data(), size);
  return {
      {name + "_shape",
       {static_cast<double>(features.rows()), static_cast<double>(features.cols())}},
      {name + "_first", row(features, 0)},
      {name + "_last", row(features, features.rows() - 1)},
      {name + "_crc32",
       {crc32(std::as_bytes(all)), crc32(std::as_bytes(std::span<alx::label_t const>(labels)))}}};
}

alx::blobs blobs_of(values const& words) {
  return alx::make_blobs({.samples = static_cast<alx::index_t>(words.at(0)),
                          .centers = static_cast<alx::index_t>(words.at(1)),
                          .features = static_cast<alx::index_t>(words.at(2)),
                          .cluster_std = words.at(3),
                          .center_box = {words.at(4), words.at(5)},
                          .random_state = static_cast<std::uint32_t>(words.at(6))});
}

double share_of_agreement(std::vector<alx::label_t> const& a, std::vector<alx::label_t> const& b) {
  double same = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) same += a[i] == b[i] ? 1.0 : 0.0;
  return same / static_cast<double>(a.size());
}

}  // namespace

TEST_CASE("make_blobs and draw are scikit-learn's make_blobs, to the bit") {
  std::map<std::string, values> ours;
  values words;
  int compared = 0;
  for (auto const& line : golden::lines("data/blobs.txt")) {
    std::string const& name = line.name;
    if (name == "case") {
      words = line.values;
      auto const blobs = blobs_of(words);
      auto const fresh = blobs.draw(static_cast<alx::index_t>(words.at(7)),
                                    static_cast<std::uint32_t>(words.at(8)));
      ours = summary("rows", blobs.features, blobs.labels);
      ours.merge(summary("fresh", fresh.features, fresh.labels));
      auto const size = blobs.centers.rows() * blobs.centers.cols();
      ours["centers"] = values(blobs.centers.data(), blobs.centers.data() + size);
      continue;
    }
    CAPTURE(words);
    CAPTURE(name);
    CHECK(ours.at(name) == line.values);
    ++compared;
  }
  CHECK(compared == 5 * 9);
}

TEST_CASE("make_blobs without options has scikit-learn's defaults") {
  auto const blobs = alx::make_blobs();
  CHECK(blobs.features.rows() == 100);
  CHECK(blobs.features.cols() == 2);
  CHECK(blobs.centers.rows() == 3);
  CHECK(blobs.options.cluster_std == 1.0);
}

TEST_CASE("draw gives other rows than those there are, around the same centres") {
  auto const blobs = alx::make_blobs({.samples = 50, .random_state = 3});
  auto const fresh = blobs.draw(50, 4);
  CHECK(row(fresh.features, 0) != row(blobs.features, 0));
  auto const again = blobs.draw(50, 4);
  CHECK(row(fresh.features, 49) == row(again.features, 49));
  for (alx::label_t k = 0; k < 3; ++k) {
    auto const count = std::count(fresh.labels.begin(), fresh.labels.end(), k);
    CHECK(count == (k < 2 ? 17 : 16));
  }
}

TEST_CASE("bayes_labels: the nearest centre, of equally near ones the first") {
  alx::blobs source;
  source.centers = alx::matrix<double>({0.0, 0.0, 4.0, 0.0, 4.0, 0.0}, 3, 2);
  alx::matrix<double> const rows({1.0, 9.0, 3.0, -9.0, 2.0, 0.0}, 3, 2);
  CHECK(alx::bayes_labels(source, rows) == std::vector<alx::label_t>{0, 1, 0});
  CHECK_THROWS_WITH_AS(alx::bayes_labels(source, alx::matrix<double>(1, 3)),
                       "bayes_labels: rows of 3 features, centres of 2",
                       alx::shape_error);
}

TEST_CASE("bayes_labels is right as often as the normal distribution says") {
  auto const blobs = alx::make_blobs({.samples = 10,
                                      .centers = 2,
                                      .features = 4,
                                      .cluster_std = 2.0,
                                      .center_box = {-5.0, 5.0},
                                      .random_state = 0});
  double squared = 0.0;
  for (alx::index_t c = 0; c < 4; ++c) {
    squared += std::pow(blobs.centers(0, c) - blobs.centers(1, c), 2);
  }
  // Half the distance, in deviations, to the plane between the centres.
  double const expected = 0.5 * std::erfc(-std::sqrt(squared) / 4.0 / std::sqrt(2.0));
  auto const fresh = blobs.draw(200'000, 11);
  double const seen = share_of_agreement(alx::bayes_labels(blobs, fresh.features), fresh.labels);
  CHECK(std::abs(seen - expected) < 0.004);  // four standard errors
}

TEST_CASE("make_blobs refuses what is out of range and says what") {
  double const nan = std::nan("");
  double const large = std::numeric_limits<double>::max();
  auto const make = [](alx::blobs_options const& options) { return alx::make_blobs(options); };
  CHECK_THROWS_WITH_AS(
      make({.samples = 0}), "make_blobs: samples is 0, must be at least 1", alx::option_error);
  CHECK_THROWS_AS(make({.centers = -1}), alx::option_error);
  CHECK_THROWS_AS(make({.features = 0}), alx::option_error);
  CHECK_THROWS_AS(make({.centers = alx::index_t{1} << 31}), alx::option_error);
  CHECK_THROWS_AS(make({.cluster_std = -0.5}), alx::option_error);
  CHECK_THROWS_AS(make({.cluster_std = nan}), alx::option_error);
  CHECK_THROWS_AS(make({.center_box = {1.0, 0.0}}), alx::option_error);
  CHECK_THROWS_AS(make({.center_box = {-large, large}}), alx::option_error);
  CHECK_THROWS_AS(make({.center_box = {nan, 1.0}}), alx::option_error);
  CHECK_THROWS_AS((void)make({}).draw(0, 1), alx::option_error);
}
