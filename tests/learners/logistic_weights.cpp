// SPDX-License-Identifier: Apache-2.0
// A logistic regression made of weights.
#include <alx/error.hpp>
#include <alx/learners/logistic_regression.hpp>
#include <alx/matrix.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

TEST_CASE("a logistic regression of given weights predicts by them") {
  alx::logistic_regression const model(std::vector<double>{1.0, -2.0}, 0.5);
  alx::matrix<double> const rows({3.0, 1.0, 0.0, 0.0}, 2, 2);
  alx::matrix<double> p(2, 2);
  model.predict_proba(rows.view(), p.view());
  CHECK(p(0, 1) == doctest::Approx(1.0 / (1.0 + std::exp(-1.5))));
  CHECK(p(1, 1) == doctest::Approx(1.0 / (1.0 + std::exp(-0.5))));
  CHECK(p(0, 0) == 1.0 - p(0, 1));
  CHECK(model.coefficients()(0, 1) == -2.0);
  CHECK(model.intercept()[0] == 0.5);
}

TEST_CASE("weights that cannot be are named") {
  std::vector<double> w = {1.0, 2.0};
  double b = std::nan("");
  auto const make = [&] { alx::logistic_regression const made(w, b); };
  CHECK_THROWS_WITH_AS(make(), doctest::Contains("the intercept is not finite"), alx::data_error);
  b = 0.0;
  CHECK_NOTHROW(make());
  w[1] = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(make(), doctest::Contains("weight 1 is not finite"), alx::data_error);
  w.clear();
  CHECK_THROWS_WITH_AS(make(), doctest::Contains("no feature"), alx::shape_error);
}

TEST_CASE("many classes from their weights: the same bits as fitted, strided weights or not") {
  struct example {
    std::vector<alx::label_t> labels;
    std::vector<alx::label_t> seen;
  };

  for (auto const& one : {example{{0, 1, 2, 2, 1, 0}, {0, 1, 2}},
                          example{{4, 1, 2, 2, 1, 0}, {0, 1, 2, 4}},
                          example{{3, 1, 3, 1, 3, 1}, {1, 3}},
                          example{{2, 2, 2, 2, 2, 2}, {2}}}) {
    alx::matrix<double> const x(
        {1.0, 0.5, -2.0, 3.0, 0.0, 1.5, 2.5, -1.0, 4.0, 0.25, 0.75, 1.0}, 6, 2);
    std::vector<alx::index_t> const rows = {0, 1, 2, 3, 4, 5};
    alx::logistic_regression fitted;
    fitted.fit(x.view(), {rows, one.labels, 5});
    alx::logistic_regression const made(
        fitted.classes(), fitted.coefficients(), fitted.intercept());
    CHECK(
        std::equal(made.classes().begin(), made.classes().end(), one.seen.begin(), one.seen.end()));
    alx::matrix<double> p(6, 5);
    alx::matrix<double> q(6, 5);
    fitted.predict_proba(x.view(), p.view());
    made.predict_proba(x.view(), q.view());
    for (int i = 0; i < 30; ++i) CHECK(p.data()[i] == q.data()[i]);
  }
}

TEST_CASE("weights of many classes that cannot be are named") {
  std::vector<alx::label_t> seen = {0, 2, 5};
  alx::matrix<double> w(3, 2);
  std::vector<double> b(3);
  auto const make = [&] { alx::logistic_regression const made(seen, w.view(), b); };
  CHECK_NOTHROW(make());
  b[1] = std::nan("");
  CHECK_THROWS_WITH_AS(
      make(), doctest::Contains("the intercept of class 2 is not finite"), alx::data_error);
  b[1] = 0.0;
  w(2, 1) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(
      make(), doctest::Contains("weight 1 of class 5 is not finite"), alx::data_error);
  w(2, 1) = 0.0;
  seen = {0, 5, 5};
  CHECK_THROWS_WITH_AS(make(), doctest::Contains("class 5 at place 2"), alx::data_error);
  seen = {-1, 2, 5};
  CHECK_THROWS_WITH_AS(make(), doctest::Contains("class -1 at place 0"), alx::data_error);
  seen = {0, 1};
  CHECK_THROWS_WITH_AS(
      make(),
      doctest::Contains("3 rows of weights and 3 intercepts are not those of 2 classes"),
      alx::shape_error);
  seen = {0, 1, 2};
  b.pop_back();
  CHECK_THROWS_WITH_AS(make(), doctest::Contains("2 intercepts"), alx::shape_error);
  seen.clear();
  CHECK_THROWS_WITH_AS(make(), doctest::Contains("0 classes"), alx::shape_error);
}
