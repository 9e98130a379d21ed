// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/matrix.hpp>
#include <alx/metrics/calibration.hpp>

#include <doctest/doctest.h>

#include "golden_scores.hpp"
#include <algorithm>
#include <cmath>
#include <random>
#include <support/golden_lines.hpp>
#include <vector>

namespace {

struct calibrated {
  alx::index_t bins = 0;
  std::vector<alx::label_t> truth;
  alx::matrix<double> probability;
  double brier = 0.0;
  std::vector<double> mean;
  std::vector<double> share;
  std::vector<double> rows;
};

std::vector<calibrated> cases() {
  std::vector<calibrated> all;
  alx::index_t classes = 0;
  for (auto const& [name, values] : golden::lines("labelling/calibration.txt")) {
    if (name == "case") {
      classes = static_cast<alx::index_t>(values.at(0));
      all.emplace_back().bins = static_cast<alx::index_t>(values.at(1));
      continue;
    }
    auto& one = all.back();
    if (name == "truth") {
      for (double const v : values) one.truth.push_back(static_cast<alx::label_t>(v));
    } else if (name == "probability") {
      one.probability =
          alx::matrix<double>(values, static_cast<alx::index_t>(values.size()) / classes, classes);
    } else if (name == "brier") {
      one.brier = values.at(0);
    } else {
      (name == "mean" ? one.mean : name == "share" ? one.share : one.rows) = values;
    }
  }
  return all;
}

}  // namespace

TEST_CASE("reliability bins and the Brier score are scikit-learn's") {
  auto const all = cases();
  REQUIRE(all.size() == 6);
  for (auto const& one : all) {
    CAPTURE(one.bins);
    CHECK(std::abs(alx::brier{}(one.truth, one.probability.view()) - one.brier) < 1e-14);
    auto const bins = alx::reliability_bins(one.truth, one.probability.view(), one.bins);
    REQUIRE(bins.size() == one.rows.size());
    double error = 0.0;
    for (std::size_t b = 0; b < bins.size(); ++b) {
      CAPTURE(b);
      CHECK(static_cast<double>(bins[b].rows) == one.rows[b]);
      CHECK(std::abs(bins[b].probability - one.mean[b]) < 1e-14);
      CHECK(std::abs(bins[b].share - one.share[b]) < 1e-15);
      auto const of_share = alx::wilson(bins[b].right, bins[b].rows);
      CHECK(bins[b].of_share.lower == of_share.lower);
      CHECK(bins[b].of_share.upper == of_share.upper);
      error += one.rows[b] * std::abs(one.mean[b] - one.share[b]);
    }
    error /= static_cast<double>(one.truth.size());
    alx::expected_calibration_error const metric{.bins = one.bins};
    CHECK(std::abs(metric(one.truth, one.probability.view()) - error) < 1e-14);
  }
}

TEST_CASE("reliability bins do not depend on the rows' order, and equal ones stay together") {
  auto const one = cases().back();
  auto const n = one.probability.rows();
  auto const before = alx::reliability_bins(one.truth, one.probability.view(), 4);
  auto turned = one;
  for (alx::index_t r = 0; r < n; ++r) {
    for (alx::index_t c = 0; c < 2; ++c) turned.probability(r, c) = one.probability(n - 1 - r, c);
  }
  std::reverse(turned.truth.begin(), turned.truth.end());
  auto const after = alx::reliability_bins(turned.truth, turned.probability.view(), 4);
  REQUIRE(after.size() == before.size());
  alx::index_t rows = 0;
  for (std::size_t b = 0; b < after.size(); ++b) {
    CHECK(after[b].probability == before[b].probability);
    CHECK(after[b].right == before[b].right);
    rows += after[b].rows;
  }
  CHECK(rows == n);
  std::vector<alx::label_t> const truth{0, 1, 0};
  auto const same = alx::reliability_bins(truth, golden::two_classes({.25, .25, .25}).view(), 3);
  REQUIRE(same.size() == 1);
  CHECK(same[0].rows == 3);
  CHECK(same[0].right == 2);
  CHECK(same[0].probability == 0.75);
}

TEST_CASE("a calibrated model has nearly no error, one that says too much has what it says more") {
  std::mt19937 random(5);
  auto const uniform = [&] { return static_cast<double>(random() % 1'000'003) / 1'000'003.0; };
  std::vector<alx::label_t> truth;
  std::vector<double> p;
  for (int i = 0; i < 20'000; ++i) {
    p.push_back(uniform());
    truth.push_back(uniform() < p.back() ? 1 : 0);
  }
  alx::expected_calibration_error const metric;
  auto const honest = golden::two_classes(p);
  CHECK(metric(truth, honest.view()) < 0.015);
  CHECK(alx::brier{}(truth, honest.view()) == doctest::Approx(1.0 / 3.0).epsilon(0.02));
  for (double& one : p) one = one < 0.5 ? 0.0 : 1.0;
  auto const certain = golden::two_classes(p);
  CHECK(metric(truth, certain.view()) == doctest::Approx(0.25).epsilon(0.03));
  auto const bins = alx::reliability_bins(truth, certain.view());
  REQUIRE(bins.size() == 1);
  CHECK_FALSE(bins[0].of_share.contains(1.0));
}

TEST_CASE("brier is 0 for who is right and sure, 2 for who is wrong and sure, any classes") {
  alx::matrix<double> const sure({1, 0, 0, 0, 0, 1}, 2, 3);
  CHECK(alx::brier{}(std::vector<alx::label_t>{0, 2}, sure.view()) == 0.0);
  CHECK(alx::brier{}(std::vector<alx::label_t>{1, 0}, sure.view()) == 2.0);
  alx::expected_calibration_error const metric;
  CHECK(metric(std::vector<alx::label_t>{0, 2}, sure.view()) == 0.0);
  CHECK(metric(std::vector<alx::label_t>{1, 0}, sure.view()) == 1.0);
  alx::matrix<double> const alone({1, 1}, 2, 1);  // one class
  CHECK(metric(std::vector<alx::label_t>{0, 0}, alone.view()) == 0.0);
  CHECK(alx::brier{}(std::vector<alx::label_t>{0, 0}, alone.view()) == 0.0);
}

TEST_CASE("calibration refuses what are no labels, probabilities or bins") {
  auto const p = golden::two_classes({.5, .25});
  std::vector<alx::label_t> const none;
  CHECK_THROWS_WITH_AS(alx::reliability_bins(none, alx::matrix<double>(0, 2).view()),
                       "reliability_bins: there is no row to score",
                       alx::data_error);
  CHECK_THROWS_WITH_AS(alx::reliability_bins(std::vector<alx::label_t>{1}, p.view()),
                       "reliability_bins: 1 labels for 2 rows",
                       alx::shape_error);
  CHECK_THROWS_WITH_AS(alx::reliability_bins(std::vector<alx::label_t>{1, 0}, p.view(), 0),
                       "reliability_bins: bins is 0, must be at least 1",
                       alx::option_error);
  CHECK_THROWS_WITH_AS(alx::brier{}(std::vector<alx::label_t>{1, 2}, p.view()),
                       "brier: row 1 has the label 2, and there are 2 classes",
                       alx::data_error);
  alx::matrix<double> const wrong({.5, .7}, 1, 2);
  CHECK_THROWS_AS(alx::brier{}(std::vector<alx::label_t>{1}, wrong.view()), alx::data_error);
}
