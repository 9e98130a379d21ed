// SPDX-License-Identifier: Apache-2.0
#include <alx/learners/logistic_regression.hpp>
#include <alx/matrix.hpp>
#include <alx/numpy/random_state.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace {

/// The data of tests/golden/logistic/make.py, draw for draw.
struct golden_data {
  alx::matrix<double> x{60, 3};
  std::vector<alx::label_t> y;
  std::vector<float> weight;
  std::vector<alx::index_t> ids = std::vector<alx::index_t>(60);

  golden_data() {
    alx::numpy::random_state random(3);
    double const scale[] = {1.0, 2.0, 0.5};
    double const shift[] = {0.0, 1.0, -2.0};
    for (alx::index_t i = 0; i < 60; ++i) {
      for (alx::index_t j = 0; j < 3; ++j) x(i, j) = random.normal(0.0, 1.0) * scale[j] + shift[j];
    }
    for (alx::index_t i = 0; i < 60; ++i) {
      double const z = x(i, 0) - 0.5 * x(i, 1) + 2.0 * x(i, 2) + random.normal(0.0, 1.0);
      y.push_back(z > -4.5 ? 1 : 0);
    }
    for (int i = 0; i < 60; ++i) weight.push_back(static_cast<float>(random.uniform(0.0, 1.0)));
    std::iota(ids.begin(), ids.end(), 0);
  }
};

}  // namespace

TEST_CASE("weights are those of scikit-learn") {
  golden_data const data;
  std::ifstream golden(ALX_GOLDEN_DIR "/logistic/weights.txt");
  REQUIRE(golden);
  int lines = 0;
  for (double c = 0, weighted = 0; golden >> c >> weighted; ++lines) {
    alx::logistic_regression model({.c = c});
    model.fit(data.x,
              {data.ids,
               data.y,
               2,
               weighted != 0.0 ? std::span<float const>(data.weight) : std::span<float const>()});
    for (alx::index_t j = 0; j < 4; ++j) {
      double expected = 0;
      golden >> expected;
      CHECK(std::abs(model.weights()(j) - expected) < 1e-7 * (1.0 + std::abs(expected)));
    }
  }
  CHECK(lines == 4);
}

TEST_CASE("probabilities are the logistic of the weighted sum, and sum to 1") {
  golden_data const data;
  alx::logistic_regression model;
  model.fit(data.x, {data.ids, data.y});
  alx::matrix<double> p(60, 2);
  model.predict_proba(data.x, p);
  auto const& w = model.weights();
  double const sum = w(0) * data.x(7, 0) + w(1) * data.x(7, 1) + w(2) * data.x(7, 2) + w(3);
  CHECK(std::abs(std::log(p(7, 1) / p(7, 0)) - sum) < 1e-12);
  for (alx::index_t i = 0; i < 60; ++i) CHECK(p(i, 0) + p(i, 1) == 1.0);
}

TEST_CASE("one class alone is certain, classes that can be parted have a finite border") {
  alx::matrix<double> const x({-1, -2, 1, 2}, 4, 1);
  std::vector<alx::index_t> const ids{0, 1, 2, 3};
  alx::matrix<double> p(4, 2);
  alx::logistic_regression model;
  model.fit(x, {ids, std::vector<alx::label_t>{1, 1, 1, 1}});
  model.predict_proba(x, p);
  CHECK(p(0, 1) == 1.0);
  model.fit(x, {ids, std::vector<alx::label_t>{0, 0, 0, 0}});
  model.predict_proba(x, p);
  CHECK(p(0, 1) < 1e-15);
  model.fit(x, {ids, std::vector<alx::label_t>{0, 0, 1, 1}});
  model.predict_proba(x, p);
  CHECK(p(1, 0) == doctest::Approx(p(3, 1)).epsilon(1e-12));
  CHECK(p(3, 1) > 0.8);
  CHECK(std::abs(model.weights()(1)) < 1e-9);  // by symmetry
}

TEST_CASE("a row of weight two is two rows") {
  golden_data data;
  std::vector<float> weight(60, 1.0F);
  weight[5] = 2.0F;
  alx::logistic_regression weighted;
  weighted.fit(data.x, {data.ids, data.y, 2, weight});
  data.ids.push_back(5);
  data.y.push_back(data.y[5]);
  alx::logistic_regression twice;
  twice.fit(data.x, {data.ids, data.y});
  CHECK((weighted.weights() - twice.weights()).cwiseAbs().maxCoeff() < 1e-9);
}

TEST_CASE("what cannot be learnt from is named") {
  alx::matrix<double> x({1, 2, 3, std::numeric_limits<double>::quiet_NaN()}, 2, 2);
  alx::logistic_regression model;
  std::vector<alx::index_t> const ids{0, 1};
  CHECK_THROWS_WITH_AS(model.fit(x, {ids, std::vector<alx::label_t>{0, 1}}),
                       "logistic_regression: row 1, column 1 is not finite",
                       alx::data_error);
  x(1, 1) = 0.0;
  CHECK_THROWS_WITH_AS(model.fit(x, {ids, std::vector<alx::label_t>{0, 2}}),
                       "logistic_regression: row 1 has label 2, not 0 or 1",
                       alx::data_error);
  CHECK_THROWS_AS(model.fit(x, {ids, std::vector<alx::label_t>{0, 1}, 3}), alx::option_error);
  CHECK_THROWS_AS(model.fit(x, {}), alx::data_error);
  CHECK_THROWS_AS(alx::logistic_regression({.c = 0.0}), alx::option_error);
  alx::matrix<double> p(2, 2);
  CHECK_THROWS_AS(model.predict_proba(x, p), alx::shape_error);
}
