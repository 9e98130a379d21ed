// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/gpu/pool.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/matrix.hpp>
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/ignorance.hpp>
#include <alx/strategies/least_confident.hpp>
#include <alx/strategies/margin.hpp>
#include <alx/strategies/product.hpp>

#include <doctest/doctest.h>

#include "learners/boosting/golden_rows.hpp"
#include "orders.hpp"
#include <algorithm>
#include <numeric>
#include <vector>

namespace {

using alx::index_t;

/// A round on the host: what the pool on the GPU must come to.
template <class Strategy>
alx::ranking on_host(alx::gradient_boosting const& learner,
                     Strategy strategy,
                     alx::matrix<double> const& rows,
                     index_t batch,
                     std::vector<index_t> const& excluded) {
  alx::matrix<double> p(rows.rows(), std::max<index_t>(2, learner.model().num_class));
  learner.predict_proba(rows, p.view());
  std::vector<index_t> candidates;
  for (index_t r = 0; r < rows.rows(); ++r) {
    if (std::ranges::find(excluded, r) == excluded.end()) candidates.push_back(r);
  }
  alx::round_view round;
  round.features = rows;
  round.probability = p;
  round.candidates = candidates;
  std::vector<double> utility(candidates.size());
  strategy.score(round, utility);
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](auto a, auto b) { return utility[a] > utility[b]; });
  alx::ranking best;
  for (std::size_t i = 0; i < order.size() && static_cast<index_t>(i) < batch; ++i) {
    best.ids.push_back(candidates[order[i]]);
    best.utility.push_back(utility[order[i]]);
  }
  return best;
}

template <class OnGpu, class OnHost>
void check(alx::gradient_boosting const& learner,
           golden::table const& t,
           OnGpu there,
           OnHost here) {
  alx::gpu_pool pool(t.features.view(), t.classes, alx::gpu{});
  for (index_t const batch : {1, 7, 1000}) {
    std::vector<index_t> const excluded{0, 3, 4, 17};
    auto const found = pool.best(learner, there, batch, excluded);
    auto const expected = on_host(learner, here, t.features, batch, excluded);
    CHECK(found.ids == expected.ids);
    REQUIRE(found.utility.size() == expected.utility.size());
    for (std::size_t i = 0; i < found.utility.size(); ++i) {
      CHECK(found.utility[i] == doctest::Approx(expected.utility[i]).epsilon(1e-14));
    }
  }
}

alx::gradient_boosting fitted(golden::table const& t) {
  alx::gradient_boosting learner({.num_iterations = 8}, alx::gpu{});
  learner.fit(t.features, t.rows());
  return learner;
}

TEST_CASE("a pool on a GPU asks what the host would ask") {
  auto const t = golden::draw("plain", 150, 3, 61);
  auto const learner = fitted(t);
  orders::for_ten([&] {
    check(learner, t, alx::entropy{}, alx::entropy{});
    check(learner,
          t,
          alx::entropy{1e-6, alx::entropy_scale::pool_maximum} * alx::ignorance{alx::gpu{}},
          alx::entropy{1e-6, alx::entropy_scale::pool_maximum} * alx::ignorance{});
  });
  check(learner, t, alx::margin{}, alx::margin{});
  check(learner, t, alx::least_confident{}, alx::least_confident{});
  check(learner,
        t,
        alx::entropy{0.0, alx::entropy_scale::log_classes} *
            alx::modified_ignorance{alx::distance::manhattan, alx::gpu{}},
        alx::entropy{0.0, alx::entropy_scale::log_classes} *
            alx::modified_ignorance{alx::distance::manhattan});
}

TEST_CASE("a pool on a GPU: several classes, and the silhouette follows from round to round") {
  auto const t = golden::draw("plain", 200, 4, 62, "none", "multiclass");
  alx::gpu_pool pool(t.features.view(), 3, alx::gpu{});
  for (auto const between :
       {alx::distance::euclidean, alx::distance::sqeuclidean, alx::distance::cosine}) {
    auto there = alx::entropy{} * alx::ignorance{between, alx::gpu{}};
    auto const here = alx::entropy{} * alx::ignorance{between};
    for (std::size_t const labelled : {60U, 90U, 200U, 120U}) {
      auto const learner = fitted(t.part(0, labelled));
      auto const found = pool.best(learner, there, 20);
      CHECK(found.ids == on_host(learner, here, t.features, 20, {}).ids);
    }
  }
  check(fitted(t), t, alx::margin{}, alx::margin{});
}

TEST_CASE("a pool on a GPU: what is refused, and nothing left to ask") {
  auto const t = golden::draw("plain", 60, 2, 63);
  auto const learner = fitted(t);
  alx::gpu_pool pool(t.features.view(), 2, alx::gpu{});
  alx::entropy by;
  std::vector<index_t> ids(60);
  std::iota(ids.begin(), ids.end(), index_t{0});
  CHECK(pool.best(learner, by, 5, ids).ids.empty());
  CHECK(pool.best(learner, by, 0).ids.empty());
  ids[3] = 60;
  CHECK_THROWS_AS(pool.best(learner, by, 5, ids), alx::shape_error);
  CHECK_THROWS_AS(alx::gpu_pool(t.features.view(), 1, alx::gpu{}), alx::option_error);
  auto on_host_only = alx::ignorance{};
  CHECK_THROWS_AS(pool.best(learner, on_host_only, 5), alx::state_error);
}

}  // namespace
