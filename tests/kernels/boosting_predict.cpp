// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/gpu/matrix.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/matrix.hpp>

#include <doctest/doctest.h>

#include "learners/boosting/golden_rows.hpp"
#include "orders.hpp"
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace {

/// The rows of a table, and its values changed so that nodes are met that training rows do not
/// meet.
alx::matrix<double> rows_to_predict(golden::table const& t) {
  auto rows = t.features;
  golden::generator next(3);
  for (alx::index_t i = 0; i < rows.rows() * rows.cols(); ++i) {
    double const chance = next();
    double& value = rows.data()[i];
    if (chance < 0.05) value = golden::missing;
    if (chance > 0.95) value = 0.0;
    if (chance > 0.98) value = next() < 0.5 ? -golden::infinity : 1e300;
  }
  return rows;
}

void check(alx::boosting_model const& model, alx::matrix<double> const& rows) {
  alx::gradient_boosting const on_cpu(model);
  alx::gradient_boosting const on_gpu(model, {}, alx::gpu{});
  alx::gpu_matrix<double> const there(rows.view(), alx::gpu{});
  alx::index_t const sums = model.num_class;
  alx::matrix<double> raw(rows.rows(), sums);
  on_cpu.predict_raw(rows, raw.view());
  alx::gpu_matrix<double> out(rows.rows(), sums, alx::gpu{});
  on_gpu.predict_raw(there.view(), out.view());
  CHECK(out.to_host() == std::vector<double>(raw.data(), raw.data() + rows.rows() * sums));
  if (model.objective == alx::boosting_objective::regression) return;
  alx::index_t const classes = std::max<alx::index_t>(2, sums);
  alx::matrix<double> p(rows.rows(), classes);
  on_cpu.predict_proba(rows, p.view());
  alx::gpu_matrix<double> p_there(rows.rows(), classes, alx::gpu{});
  on_gpu.predict_proba(there.view(), p_there.view());
  auto const found = p_there.to_host();
  double largest = 0.0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    largest = std::max(largest, std::abs(found[i] - p.data()[i]));
  }
  CHECK(largest <= 4 * std::numeric_limits<double>::epsilon());
}

TEST_CASE("predict on a GPU: raw scores have the CPU's bits, for the models of all golden cases") {
  golden::for_each_case([](golden::boosting_case const& c) {
    CAPTURE(c.line);
    auto parameters = c.parameters;
    parameters.num_iterations = std::min(parameters.num_iterations, 10);
    alx::gradient_boosting learner(parameters);
    c.rows.values.empty() ? learner.fit(c.rows.features, c.rows.rows())
                          : learner.fit_regression(c.rows.features, c.rows.known_values());
    check(learner.model(), rows_to_predict(c.rows));
  });
}

TEST_CASE("predict on a GPU: a model that takes zero for missing, and one that was fitted there") {
  auto const t = golden::draw("mixed", 300, 3, 51);
  alx::gradient_boosting learner({.num_iterations = 5}, alx::gpu{});
  learner.fit(t.features, t.rows());
  check(learner.model(), rows_to_predict(t));
  auto model = learner.model();
  for (auto& tree : model.trees) {
    for (auto& kind : tree.decision_type) kind = (kind & 2) + 4;
  }
  orders::for_ten([&] { check(model, rows_to_predict(t)); });
}

TEST_CASE("predict on a GPU: what is refused") {
  auto const t = golden::draw("plain", 60, 2, 52);
  alx::gradient_boosting learner({.num_iterations = 2}, alx::gpu{});
  alx::gpu_matrix<double> const pool(t.features.view(), alx::gpu{});
  alx::gpu_matrix<double> out(60, 2, alx::gpu{});
  CHECK_THROWS_AS(learner.predict_proba(pool.view(), out.view()), alx::state_error);
  learner.fit(t.features, t.rows());
  learner.predict_proba(pool.view(), out.view());
  alx::gpu_matrix<double> narrow(60, 1, alx::gpu{});
  CHECK_THROWS_AS(learner.predict_proba(pool.view(), narrow.view()), alx::shape_error);
  CHECK_THROWS_AS(learner.predict_proba(narrow.view(), out.view()), alx::shape_error);
  alx::gradient_boosting const on_cpu(learner.model());
  CHECK_THROWS_AS(on_cpu.predict_proba(pool.view(), out.view()), alx::state_error);
}

}  // namespace
