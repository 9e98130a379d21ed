// SPDX-License-Identifier: Apache-2.0
#include <alx/learners/boosting/objective.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

TEST_CASE("the initial score is the log odds, or 0 where they are next to even") {
  using alx::detail::initial_score;
  std::vector<alx::label_t> const labels{1, 0, 0};
  std::vector<float> const uneven{3, 0.5, 0.5};
  std::vector<float> const nearly_even{0x1p26F, 0x1p26F, 0x1p-25F};
  CHECK(initial_score({.labels = labels}) == doctest::Approx(-0.6931471805599453));
  CHECK(initial_score({.labels = labels, .weights = uneven}) ==
        doctest::Approx(1.0986122886681098));
  CHECK(initial_score({.labels = labels, .weights = nearly_even}) == 0.0);
}

TEST_CASE("the initial score of one class is that of LightGBM's smallest share") {
  using alx::detail::initial_score;
  std::vector<alx::label_t> const none(3, 0);
  std::vector<alx::label_t> const all(3, 1);
  CHECK(initial_score({.labels = none}) == doctest::Approx(-34.538776391283).epsilon(1e-14));
  CHECK(initial_score({.labels = all}) == 34.53957599234088);
}

namespace {

using alx::detail::gradient_pair;
using alx::detail::histogram_cell;

struct derivatives {
  std::vector<double> scores;
  std::vector<gradient_pair> pairs;
  std::vector<histogram_cell> totals;

  explicit derivatives(alx::detail::boosting_targets const& targets)
      : scores(targets.rows() * static_cast<std::size_t>(targets.sums)),
        pairs(scores.size()),
        totals(static_cast<std::size_t>(targets.sums)) {
    for (std::size_t i = 0; i < scores.size(); ++i) {
      scores[i] = 40 * std::sin(static_cast<double>(i * i));
      if (i % 2 == 0) scores[i] /= 10;
    }
    alx::detail::boosting_loss const loss(targets, {});
    loss.gradients(scores, pairs, totals);
  }
};

void check_totals(alx::detail::boosting_targets const& targets) {
  derivatives const found(targets);
  for (std::size_t k = 0; k < found.totals.size(); ++k) {
    double gradient = 0;
    double hessian = 0;
    for (std::size_t i = 0; i < targets.rows(); ++i) {
      auto const& pair = found.pairs[k * targets.rows() + i];
      gradient += static_cast<double>(pair.gradient);
      hessian += static_cast<double>(pair.hessian);
    }
    CHECK(found.totals[k].gradient == gradient);
    CHECK(found.totals[k].hessian == hessian);
  }
}

}  // namespace

TEST_CASE("the totals are the gradients added row after row") {
  using alx::boosting_objective;
  for (std::size_t const rows : {1U, 7U, 8U, 50U, 1003U}) {
    std::vector<alx::label_t> labels(rows);
    std::vector<float> values(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      labels[i] = static_cast<alx::label_t>(i % 3);
      values[i] = static_cast<float>(i) / 7;
    }
    check_totals({.labels = labels});
    check_totals({.labels = labels, .weights = values});
    check_totals({.objective = boosting_objective::multiclass, .sums = 3, .labels = labels});
    check_totals({.objective = boosting_objective::regression, .values = values});
  }
}

TEST_CASE("gradients of rows that are all far from even are those of std::exp") {
  std::vector<double> const signs(16, 1.0);
  std::vector<gradient_pair> pairs(16);
  for (double const score :
       {-1000.0, -100.0, -20.0, -9.0, 79.0, 81.0, 90.0, 105.0, 705.0, 1000.0}) {
    std::vector<double> const scores(16, score);
    alx::detail::logistic_pairs(signs, scores, pairs.data());
    auto const expected = alx::detail::logistic_pair(1.0, score);
    CHECK(pairs[0].gradient == expected.gradient);
    CHECK(pairs[0].hessian == expected.hessian);
  }
}

TEST_CASE("the sum over a bag is that of its rows") {
  std::vector<gradient_pair> const pairs{{1, 10}, {2, 20}, {4, 40}, {8, 80}};
  std::vector<std::int32_t> const bag{1, 3};
  auto const sum = alx::detail::sum_of({bag, pairs.data()});
  CHECK(sum.gradient == 10);
  CHECK(sum.hessian == 100);
}
