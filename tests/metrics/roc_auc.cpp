// SPDX-License-Identifier: Apache-2.0
#include <alx/metrics/roc_auc.hpp>

#include <doctest/doctest.h>

#include "golden_scores.hpp"

namespace {

constexpr alx::roc_auc of_labels{.of = alx::roc_auc_of::hard_labels};

}  // namespace

TEST_CASE("roc_auc is scikit-learn's, to the bit, with ties and of labels") {
  CHECK(golden::compare(alx::roc_auc{}, "roc_auc") == 14);
  CHECK(golden::compare(of_labels, "roc_auc_of_labels") == 14);
  CHECK(alx::roc_auc{}.name() != of_labels.name());
}

TEST_CASE("roc_auc is the share of pairs in the right order, ties counting half") {
  for (auto const& one : golden::scores()) {
    if (one.expected.count("roc_auc") == 0) continue;
    double right = 0.0;
    double pairs = 0.0;
    for (std::size_t i = 0; i < one.truth.size(); ++i) {
      for (std::size_t j = 0; j < one.truth.size(); ++j) {
        if (one.truth[i] != 1 || one.truth[j] != 0) continue;
        double const high = one.probability(static_cast<alx::index_t>(i), 1);
        double const low = one.probability(static_cast<alx::index_t>(j), 1);
        right += high > low ? 1.0 : high == low ? 0.5 : 0.0;
        pairs += 1.0;
      }
    }
    CHECK(alx::roc_auc{}(one.truth, one.probability) ==
          doctest::Approx(right / pairs).epsilon(1e-14));
  }
}

TEST_CASE("roc_auc of labels takes a half for class 0") {
  std::vector<alx::label_t> const truth{0, 0, 1, 1};
  CHECK(of_labels(truth, golden::two_classes({.5, .2, .5, .51})) == 0.75);
  CHECK(of_labels(truth, golden::two_classes({.1, .2, .3, .4})) == 0.5);
  CHECK(alx::roc_auc{}(truth, golden::two_classes({.1, .2, .3, .4})) == 1.0);
}

TEST_CASE("roc_auc of labels that are known is that of the probabilities behind them") {
  for (auto const& one : golden::scores()) {
    if (one.expected.count("roc_auc") == 0) continue;
    std::vector<alx::label_t> predicted(one.truth.size());
    alx::predicted_labels(one.probability, predicted);
    CHECK(alx::roc_auc::of_labels(one.truth, predicted) == of_labels(one.truth, one.probability));
  }
  std::vector<alx::label_t> const truth{0, 1, 1};
  CHECK_THROWS_WITH_AS(alx::roc_auc::of_labels(truth, std::vector<alx::label_t>{0, 1}),
                       "roc_auc: 3 labels for 2 rows",
                       alx::shape_error);
  for (alx::label_t const wrong : {-1, 2}) {
    CHECK_THROWS_AS(alx::roc_auc::of_labels(truth, std::vector<alx::label_t>{0, 1, wrong}),
                    alx::data_error);
    CHECK_THROWS_AS(alx::roc_auc::of_labels(std::vector<alx::label_t>{0, wrong, 1}, truth),
                    alx::data_error);
  }
  CHECK_THROWS_AS(alx::roc_auc::of_labels(std::vector<alx::label_t>{1, 1, 1}, truth),
                  alx::data_error);
}

TEST_CASE("roc_auc refuses one class and more than two") {
  auto const p = golden::two_classes({.1, .2});
  CHECK_THROWS_WITH_AS(alx::roc_auc{}(std::vector<alx::label_t>{1, 1}, p),
                       "roc_auc: all 2 rows are of class 1, there is nothing to rank",
                       alx::data_error);
  CHECK_THROWS_WITH_AS(of_labels(std::vector<alx::label_t>{0, 0}, p),
                       "roc_auc: all 2 rows are of class 0, there is nothing to rank",
                       alx::data_error);
  alx::matrix<double> const three({.2, .3, .5}, 1, 3);
  CHECK_THROWS_WITH_AS(alx::roc_auc{}(std::vector<alx::label_t>{2}, three),
                       "roc_auc: it is not defined here for other than two classes, there are 3",
                       alx::data_error);
}
