// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/metrics/agreement.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <support/golden_lines.hpp>
#include <vector>

namespace {

using labels = std::vector<alx::label_t>;
using ratings = std::vector<alx::rating>;

/// Ratings and what other programs make of them.
struct rated {
  alx::label_t classes = 0;
  ratings given;
  std::map<std::string, std::vector<double>> expected;
};

std::vector<rated> cases() {
  std::vector<rated> all;
  for (auto const& [name, v] : golden::lines("labelling/agreement.txt")) {
    if (name == "kappa") continue;
    if (name != "ratings") {
      all.back().expected[name] = v;
      continue;
    }
    all.emplace_back().classes = static_cast<alx::label_t>(v[0]);
    for (std::size_t i = 1; i < v.size(); i += 3) {
      all.back().given.push_back({static_cast<alx::index_t>(v[i]),
                                  static_cast<alx::index_t>(v[i + 1]),
                                  static_cast<alx::label_t>(v[i + 2])});
    }
  }
  return all;
}

alx::index_t rows_of(ratings const& given) {
  alx::index_t rows = 0;
  for (auto const& one : given) rows = std::max(rows, one.row + 1);
  return rows;
}

/// Raters of given accuracies on 300 rows, and the truth.
struct crowd {
  labels truth;
  ratings given;
};

crowd some_crowd(std::uint32_t seed, std::vector<double> const& accuracy, alx::label_t classes) {
  std::mt19937 random(seed);
  auto const uniform = [&] { return static_cast<double>(random() % 1'000'003) / 1'000'003.0; };
  crowd made;
  for (alx::index_t r = 0; r < 300; ++r) {
    auto const truth = static_cast<alx::label_t>(random() % static_cast<unsigned>(classes));
    made.truth.push_back(truth);
    for (std::size_t w = 0; w < accuracy.size(); ++w) {
      alx::label_t const other =
          (truth + 1 + static_cast<alx::label_t>(random() % static_cast<unsigned>(classes - 1))) %
          classes;
      made.given.push_back(
          {r, static_cast<alx::index_t>(w), uniform() < accuracy[w] ? truth : other});
    }
  }
  return made;
}

alx::index_t right(std::vector<alx::resolved> const& found, labels const& truth) {
  alx::index_t count = 0;
  for (std::size_t r = 0; r < truth.size(); ++r) count += found[r].label == truth[r] ? 1 : 0;
  return count;
}

bool same(alx::resolved const& a, alx::resolved const& b) {
  return a.label == b.label && a.confidence == b.confidence && a.ratings == b.ratings;
}

}  // namespace

TEST_CASE("kappa is scikit-learn's, the same both ways round and under other names of classes") {
  int compared = 0;
  for (auto const& [name, v] : golden::lines("labelling/agreement.txt")) {
    if (name != "kappa") continue;
    ++compared;
    auto const classes = static_cast<alx::label_t>(v[0]);
    auto const n = (static_cast<std::ptrdiff_t>(v.size()) - 2) / 2;
    labels first;
    for (double const one : v) first.push_back(static_cast<alx::label_t>(one));
    labels const a(first.begin() + 2, first.end() - n);
    labels const b(first.end() - n, first.end());
    CHECK(std::abs(alx::cohen_kappa(a, b, classes) - v[1]) < 1e-15);
    CHECK(alx::cohen_kappa(b, a, classes) == alx::cohen_kappa(a, b, classes));
    CHECK(alx::cohen_kappa(a, b, classes + 5) == alx::cohen_kappa(a, b, classes));
    CHECK(alx::cohen_kappa(a, a, classes) == 1.0);
  }
  CHECK(compared == 5);
}

TEST_CASE("kappa by hand: chance is 0, always the other is -1, one class throughout is nothing") {
  CHECK(alx::cohen_kappa(labels{0, 0, 1, 1}, labels{0, 1, 0, 1}, 2) == 0.0);
  CHECK(alx::cohen_kappa(labels{0, 1}, labels{1, 0}, 2) == -1.0);
  CHECK(alx::cohen_kappa(labels{0, 0}, labels{1, 1}, 2) == 0.0);
  CHECK(std::isnan(alx::cohen_kappa(labels{1, 1}, labels{1, 1}, 2)));
  CHECK_THROWS_WITH_AS(alx::cohen_kappa(labels{}, labels{}, 2),
                       "cohen_kappa, first: there is no row to score",
                       alx::data_error);
  CHECK_THROWS_WITH_AS(alx::cohen_kappa(labels{1}, labels{1, 0}, 2),
                       "cohen_kappa, first: 1 labels for 2 rows",
                       alx::shape_error);
  CHECK_THROWS_WITH_AS(alx::cohen_kappa(labels{1, 0}, labels{1, 2}, 2),
                       "cohen_kappa, second: row 1 has the label 2, and there are 2 classes",
                       alx::data_error);
}

TEST_CASE("alpha is that of the package krippendorff, whatever the order of the ratings") {
  auto all = cases();
  REQUIRE(all.size() == 3);
  for (auto& one : all) {
    double const alpha = alx::krippendorff_alpha(one.given, one.classes);
    CHECK(std::abs(alpha - one.expected.at("alpha").at(0)) < 1e-14);
    std::reverse(one.given.begin(), one.given.end());
    CHECK(alx::krippendorff_alpha(one.given, one.classes) == alpha);
    for (auto& r : one.given) {  // other names
      r = {1000 - r.row, -r.rater, one.classes - 1 - r.label};
    }
    CHECK(std::abs(alx::krippendorff_alpha(one.given, one.classes) - alpha) < 1e-14);
    one.given.push_back({5000, 1, 0});  // alone on its row
    CHECK(std::abs(alx::krippendorff_alpha(one.given, one.classes) - alpha) < 1e-14);
  }
}

TEST_CASE("alpha by hand: 1 where all agree, a rater twice counts twice, one class is nothing") {
  CHECK(alx::krippendorff_alpha(ratings{{0, 0, 0}, {0, 1, 0}, {1, 0, 1}, {1, 1, 1}}, 2) == 1.0);
  // Two rows that differ: observed 1, expected 2/3.
  CHECK(alx::krippendorff_alpha(ratings{{0, 0, 0}, {0, 1, 1}, {1, 0, 1}, {1, 1, 0}}, 2) ==
        doctest::Approx(-0.5));
  CHECK(alx::krippendorff_alpha(ratings{{0, 0, 0}, {0, 0, 1}, {1, 0, 1}, {1, 0, 0}}, 2) ==
        doctest::Approx(-0.5));
  CHECK(std::isnan(alx::krippendorff_alpha(ratings{{0, 0, 1}, {0, 1, 1}, {1, 0, 0}}, 2)));
  for (auto const& few : {ratings{}, ratings{{0, 0, 1}, {1, 1, 1}}}) {
    CHECK_THROWS_WITH_AS(alx::krippendorff_alpha(few, 2),
                         "krippendorff_alpha: no row has two ratings",
                         alx::data_error);
  }
  CHECK_THROWS_WITH_AS(
      alx::krippendorff_alpha(ratings{{0, 0, 1}, {7, 3, 2}}, 2),
      "krippendorff_alpha: rating 1 (row 7, rater 3) has the label 2, and there are 2 classes",
      alx::data_error);
}

TEST_CASE("majority: the most frequent label and its share; ties and rows without any have none") {
  auto const found = alx::majority_labels(ratings{{4, 0, 1},
                                                  {0, 9, 2},
                                                  {4, 1, 1},
                                                  {1, 0, 0},
                                                  {4, 2, 0},
                                                  {1, 1, 2},
                                                  {2, 0, 2},
                                                  {2, 1, 1},
                                                  {2, 2, 1},
                                                  {2, 3, 2},
                                                  {2, 4, 0}},
                                          6,
                                          3);
  REQUIRE(found.size() == 6);
  CHECK(same(found[0], {2, 1.0, 1}));
  CHECK(same(found[1], {-1, 0.5, 2}));
  CHECK(same(found[2], {-1, 0.4, 5}));
  CHECK(same(found[3], {-1, 0.0, 0}));
  CHECK(same(found[4], {1, 2.0 / 3.0, 3}));
  CHECK(same(found[5], {-1, 0.0, 0}));
  CHECK(same(alx::majority_labels({}, 1, 2)[0], {-1, 0.0, 0}));
  CHECK(alx::majority_labels({}, 0, 2).empty());
}

TEST_CASE("weighted labels are those of the one-coin model elsewhere, smoothed and not") {
  for (auto const& one : cases()) {
    for (std::string const how : {"plain", "smooth"}) {
      CAPTURE(how);
      alx::weighted_options options{.iterations = 3000, .tolerance = 0.0};
      if (how == "plain") options.right = options.wrong = options.of_class = 0.0;
      auto const found = alx::weighted_labels(one.given, rows_of(one.given), one.classes, options);
      auto const& rows = one.expected.at("rows");
      auto const& raters = one.expected.at("raters");
      auto value = one.expected.at(how).begin();
      for (double const row : rows) {
        auto const& resolved = found.rows[static_cast<std::size_t>(row)];
        auto const best = std::max_element(value, value + one.classes);
        CHECK(resolved.label == best - value);
        CHECK(std::abs(resolved.confidence - *best) < 1e-9);
        value += one.classes;
      }
      REQUIRE(found.raters.size() == raters.size());
      for (std::size_t w = 0; w < raters.size(); ++w) {
        CHECK(static_cast<double>(found.raters[w].rater) == raters[w]);
        CHECK(std::abs(found.raters[w].accuracy - *value++) < 1e-9);
      }
      for (double const share : found.share) CHECK(std::abs(share - *value++) < 1e-9);
      CHECK(value == one.expected.at(how).end());
      // Stopped by the rule it is near.
      auto const soon = alx::weighted_labels(one.given, rows_of(one.given), one.classes);
      CHECK(soon.iterations < 200);
      if (how == "smooth") {
        for (std::size_t w = 0; w < raters.size(); ++w) {
          CHECK(std::abs(soon.raters[w].accuracy - found.raters[w].accuracy) < 1e-4);
        }
      }
    }
  }
}

TEST_CASE("weighted labels find the reliable rater, and are right more often than the majority") {
  for (alx::label_t const classes : {2, 4}) {
    alx::index_t weighted_right = 0;
    alx::index_t majority_right = 0;
    for (std::uint32_t seed = 0; seed < 10; ++seed) {
      std::vector<double> const accuracy{.7, .95, .7, .75};
      auto const [truth, given] = some_crowd(seed, accuracy, classes);
      auto const found = alx::weighted_labels(given, 300, classes);
      weighted_right += right(found.rows, truth);
      majority_right += right(alx::majority_labels(given, 300, classes), truth);
      double certainty = 0.0;
      for (auto const& one : found.rows) certainty += one.confidence / 300.0;
      // The confidence means what it says.
      CHECK(std::abs(certainty - static_cast<double>(right(found.rows, truth)) / 300.0) < 0.08);
      for (std::size_t w = 0; w < 4; ++w) {
        CHECK(std::abs(found.raters[w].accuracy - accuracy[w]) < 0.12);
        CHECK(found.raters[w].ratings == 300);
      }
    }
    CAPTURE(classes);
    CAPTURE(weighted_right);
    CAPTURE(majority_right);
    CHECK(weighted_right > majority_right + 100);
  }
}

TEST_CASE("weighted labels: order and names do not matter, rows that nobody rated are left out") {
  auto const [truth, given] = some_crowd(3, {.9, .7, .7}, 3);
  auto const before = alx::weighted_labels(given, 300, 3);
  auto turned = given;
  std::reverse(turned.begin(), turned.end());
  auto const after = alx::weighted_labels(turned, 300, 3);
  auto named = given;
  for (auto& one : named) one = {1'000'000 - 7 * one.row, 50 - one.rater, 2 - one.label};
  auto const other = alx::weighted_labels(named, 1'000'001, 3);
  for (std::size_t r = 0; r < 300; ++r) {
    CHECK(same(after.rows[r], before.rows[r]));
    auto const& moved = other.rows[1'000'000 - 7 * r];
    CHECK(moved.label == (before.rows[r].label < 0 ? -1 : 2 - before.rows[r].label));
    CHECK(std::abs(moved.confidence - before.rows[r].confidence) < 1e-9);
  }
  CHECK(same(other.rows[1], {-1, 0.0, 0}));
  CHECK(other.raters.front().rater == 48);
  CHECK(std::abs(other.raters.back().accuracy - before.raters.front().accuracy) < 1e-9);
}

TEST_CASE("weighted labels: a tie of raters alike stays one, few ratings are not certainty") {
  auto const tie = alx::weighted_labels(ratings{{0, 0, 0}, {0, 1, 1}}, 1, 2);
  CHECK(tie.rows[0].label == -1);
  CHECK(tie.rows[0].confidence == doctest::Approx(0.5));
  auto const one = alx::weighted_labels(ratings{{2, 5, 1}}, 3, 2);
  CHECK(one.rows[2].label == 1);
  CHECK(one.rows[2].confidence > 0.6);
  CHECK(one.rows[2].confidence < 0.9);
  CHECK(one.raters[0].accuracy < 0.84);
  auto const agree =
      alx::weighted_labels(ratings{{0, 0, 1}, {0, 1, 1}, {1, 0, 0}, {1, 1, 0}, {2, 0, 0}}, 3, 2);
  CHECK(agree.rows[0].confidence > agree.rows[2].confidence);
  auto const alone = alx::weighted_labels(ratings{{0, 0, 0}, {1, 1, 0}}, 2, 1);  // one class
  CHECK(same(alone.rows[1], {0, 1.0, 1}));
  // Without smoothing a rater who is always with the others is taken for one without error.
  alx::weighted_options const plain{.right = 0, .wrong = 0, .of_class = 0};
  auto const sure = alx::weighted_labels(
      ratings{{0, 0, 1}, {0, 1, 1}, {0, 2, 1}, {1, 0, 0}, {1, 1, 0}, {1, 2, 0}}, 2, 2, plain);
  CHECK(sure.rows[0].label == 1);
  CHECK(sure.rows[0].confidence == doctest::Approx(1.0));
  auto const nothing = alx::weighted_labels({}, 2, 2);
  CHECK(same(nothing.rows[1], {-1, 0.0, 0}));
  CHECK(nothing.raters.empty());
}

TEST_CASE("weighted labels: what ties but for rounding is a tie") {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    auto given = some_crowd(seed, {.9, .8, .7}, 2).given;
    auto const n = given.size();
    for (std::size_t i = 0; i < n; ++i) {  // three twins, on rows with the classes turned round
      auto const one = given[i];
      given.push_back({one.row + 300, 3 + (one.rater + 1) % 3, 1 - one.label});
    }
    for (alx::index_t w = 0; w < 6; ++w) given.push_back({600, w, w < 3 ? 0 : 1});
    CHECK(alx::weighted_labels(given, 601, 2).rows[600].label == -1);
  }
}

TEST_CASE("labels of ratings refuse rows, labels and options that cannot be") {
  ratings const given{{0, 0, 1}, {3, 8, 0}};
  CHECK_THROWS_WITH_AS(alx::majority_labels(given, 3, 2),
                       "majority_labels: rating 1 (row 3, rater 8) is of none of the 3 rows",
                       alx::data_error);
  CHECK_THROWS_WITH_AS(
      alx::weighted_labels(given, 4, 1),
      "weighted_labels: rating 0 (row 0, rater 0) has the label 1, and there are 1 classes",
      alx::data_error);
  CHECK_THROWS_AS(alx::majority_labels(ratings{{-1, 0, 0}}, 3, 2), alx::data_error);
  CHECK_THROWS_WITH_AS(
      alx::majority_labels({}, -1, 2), "majority_labels: -1 rows and 2 classes", alx::option_error);
  CHECK_THROWS_AS(alx::weighted_labels({}, 1, 0), alx::option_error);
  double const nan = std::numeric_limits<double>::quiet_NaN();
  for (alx::weighted_options const& wrong : {alx::weighted_options{.right = -1},
                                             alx::weighted_options{.wrong = nan},
                                             alx::weighted_options{.of_class = -0.5},
                                             alx::weighted_options{.iterations = 0},
                                             alx::weighted_options{.tolerance = nan}}) {
    CHECK_THROWS_AS(alx::weighted_labels(given, 4, 2, wrong), alx::option_error);
  }
  CHECK_THROWS_WITH_AS(alx::weighted_labels(given, 4, 2, {.right = -1}),
                       "weighted_labels: right is -1.000000, must be finite and at least 0.000000",
                       alx::option_error);
}
