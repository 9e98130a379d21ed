// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/learners/gradient_boosting.hpp>

#include <doctest/doctest.h>

#include "learners/boosting/golden_rows.hpp"
#include "orders.hpp"
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace {

alx::gradient_boosting fitted(golden::table const& t, alx::gradient_boosting learner) {
  t.values.empty() ? learner.fit(t.features, t.rows())
                   : learner.fit_regression(t.features, t.known_values());
  return learner;
}

std::string text_of(alx::gradient_boosting const& learner) {
  return alx::model_text(learner.model());
}

/// The whole text is the CPU learner's, byte for byte.
void check(golden::table const& t, alx::boosting_parameters const& parameters) {
  auto const on_cpu = text_of(fitted(t, alx::gradient_boosting(parameters)));
  CHECK(text_of(fitted(t, alx::gradient_boosting(parameters, alx::gpu{}))) == on_cpu);
}

TEST_CASE("boosting on a GPU: the models of all golden cases begin as the CPU's") {
  int number = 0;
  golden::for_each_case([&](golden::boosting_case const& c) {
    if (orders::count < 10 && ++number % 4 != 0) return;
    CAPTURE(c.line);
    auto parameters = c.parameters;
    parameters.num_iterations = std::min(parameters.num_iterations, 2);
    check(c.rows, parameters);
  });
}

TEST_CASE("boosting on a GPU: whole models are LightGBM's") {
  int compared = 0;
  golden::for_each_case([&](golden::boosting_case const& c) {
    if (c.line.substr(0, 8) != "7_plain " && c.line.substr(0, 9) != "12_nan10 ") return;
    CAPTURE(c.line);
    auto const learner = fitted(c.rows, alx::gradient_boosting(c.parameters, alx::gpu{}));
    CHECK(golden::fnv1a(golden::trees_of(text_of(learner))) == c.text_hash);
    ++compared;
  });
  CHECK(compared == 2);
}

/// So many cells of the table of bins that a split is three launches of many blocks.
TEST_CASE("boosting on a GPU: many rows are shared out among blocks, in any order") {
  auto const plain = golden::draw("plain", 2300, 9, 31);
  auto const missing = golden::draw("nan50", 2300, 17, 32, "uniform");
  auto const categories = golden::draw("categories", 2300, 10, 33);
  orders::for_ten([&] {
    check(plain, {.num_iterations = 1});
    check(missing, {.num_iterations = 1, .num_leaves = 7});
  });
  check(plain, {.num_iterations = 3, .num_leaves = 40, .max_depth = 4});
  check(missing, {.num_iterations = 2, .max_bin = 1000, .min_data_in_bin = 1});
  check(categories, {.num_iterations = 2, .categorical_feature = {0, 2, 4, 6, 8}});
}

TEST_CASE("boosting on a GPU: bags, columns drawn, several classes, values") {
  orders::for_ten([] {
    auto const t = golden::draw("mixed", 400, 5, 34, "uniform", "multiclass");
    check(
        t,
        {.num_iterations = 2, .bagging_fraction = 0.6, .bagging_freq = 1, .feature_fraction = 0.7});
    check(golden::draw("mixed", 150, 3, 35, "none", "regression"), {.num_iterations = 2});
  });
  auto const many = golden::draw("mixed", 4200, 6, 36);
  check(many, {.num_iterations = 2, .bagging_fraction = 0.5, .bagging_freq = 1});
}

TEST_CASE("boosting on a GPU: columns at the edges of groups, rows at those of warps") {
  for (alx::index_t const columns : {1, 2, 7, 8, 9, 17}) {
    check(golden::draw("plain", 97, columns, 37), {.num_iterations = 2});
  }
  for (alx::index_t const rows : {1, 2, 31, 40, 41, 64, 255, 256, 257, 511, 513}) {
    check(golden::draw("plain", rows, 2, 38), {.num_iterations = 2});
  }
}

TEST_CASE("boosting on a GPU: the sum over more rows than are added in turn") {
  auto const t = golden::draw("steps", 65'600, 1, 39);
  check(t, {.num_iterations = 1, .num_leaves = 3});
}

TEST_CASE("boosting on a GPU: validation rows, and what is refused") {
  auto const all = golden::draw("mixed", 400, 4, 40);
  auto const seen = all.part(0, 200);
  auto const unseen = all.part(200, 400);
  alx::boosting_parameters const parameters{.num_iterations = 4, .early_stopping_round = 2};
  alx::gradient_boosting on_cpu(parameters);
  alx::gradient_boosting on_gpu(parameters, alx::gpu{});
  for (auto* learner : {&on_cpu, &on_gpu}) {
    learner->fit(all.features, seen.rows(), all.features, unseen.rows());
  }
  CHECK(text_of(on_gpu) == text_of(on_cpu));
  CHECK(std::ranges::equal(on_gpu.validation_losses(), on_cpu.validation_losses()));
  auto t = golden::draw("plain", 500, 4, 11, "uniform");
  for (std::size_t i = 0; i < t.weights.size(); ++i) {
    if (i % 10 != 0) t.weights[i] = 0;
  }
  auto const complaint = [&](alx::gradient_boosting learner) -> std::string {
    try {
      fitted(t, std::move(learner));
    } catch (alx::numeric_error const& e) {
      return e.what();
    }
    return "";
  };
  alx::boosting_parameters const none{.min_data_in_leaf = 1, .min_sum_hessian_in_leaf = 0};
  CHECK(!complaint(alx::gradient_boosting(none)).empty());
  CHECK(complaint(alx::gradient_boosting(none, alx::gpu{})) ==
        complaint(alx::gradient_boosting(none)));
}

/// Parts of a pool of different sizes, as sets to fit models on.
struct parts {
  golden::table all;
  std::vector<golden::table> tables;
  std::vector<alx::labelled_rows> sets;

  parts(golden::table t, std::vector<std::size_t> const& ends) : all(std::move(t)) {
    std::size_t from = 0;
    for (auto const end : ends) {
      tables.push_back(all.part(from, end));
      from = end / 2;
    }
    for (auto const& table : tables) sets.push_back(table.rows());
  }
};

void check_each(parts const& p, alx::boosting_parameters const& parameters) {
  auto const on_gpu =
      alx::gradient_boosting(parameters, alx::gpu{}).fit_each(p.all.features, p.sets);
  REQUIRE(on_gpu.size() == p.sets.size());
  for (std::size_t i = 0; i < p.sets.size(); ++i) {
    CAPTURE(i);
    alx::gradient_boosting alone(parameters);
    alone.fit(p.all.features, p.sets[i]);
    CHECK(text_of(on_gpu[i]) == text_of(alone));
  }
}

TEST_CASE("boosting on a GPU: many models at once are those of one after the other") {
  parts const plain(golden::draw("mixed", 320, 4, 42, "uniform"), {1, 40, 41, 97, 200, 310, 320});
  orders::for_ten([&] { check_each(plain, {.num_iterations = 3, .num_leaves = 7}); });
  check_each(plain,
             {.num_iterations = 12, .min_data_in_leaf = 5, .lambda_l1 = 0.2, .lambda_l2 = 3});
  check_each(plain, {.num_iterations = 3, .bagging_fraction = 0.5, .bagging_freq = 1});
}

TEST_CASE("boosting on a GPU: many models of several classes, of categories, of more than bytes") {
  parts const classes(golden::draw("plain", 300, 9, 43, "none", "multiclass"), {60, 300, 250});
  check_each(classes, {.num_iterations = 3});
  parts const categories(golden::draw("categories", 400, 3, 44), {400, 300, 390});
  check_each(categories, {.num_iterations = 4, .categorical_feature = {0, 2}});
  parts const wide(golden::draw("plain", 700, 2, 45), {500, 700});
  check_each(wide, {.num_iterations = 2, .max_bin = 600, .min_data_in_bin = 1});
}

/// Gradients of the first warp's rows are nothing beside the others': units and ranges come from
/// all.
TEST_CASE("boosting on a GPU: weights that grow by a large factor after the first rows") {
  auto const drawn = golden::draw("plain", 320, 9, 48, "uniform");
  auto const grown = [&](float factor) {
    auto t = drawn;
    for (std::size_t i = 0; i < 32; ++i) t.weights[i] /= factor;
    for (std::size_t i = 32; i < t.weights.size(); ++i) t.weights[i] *= factor;
    return t;
  };
  auto const by_a_trillion = grown(1e6F);  // sums of two words
  parts const of_both(by_a_trillion, {320, 310});
  parts const of_a_block(grown(1e3F), {256, 250});  // no row of the others is the first warp's
  orders::for_ten([&] {
    check(by_a_trillion, {.num_iterations = 2});
    check_each(of_both, {.num_iterations = 2});
    check_each(of_a_block, {.num_iterations = 2});
  });
}

/// More bins than shared memory has room for, half of the rows in eight of them. (What is in the
/// fullest bin is never added up.)
TEST_CASE("boosting on a GPU: a column of thousands of bins, sums of one and of two words") {
  golden::generator next(51);
  golden::table t{alx::matrix<double>(6400, 1), {}, {}, {}};
  for (alx::index_t r = 0; r < 6400; ++r) {
    t.features(r, 0) = next() < 0.5 ? std::floor(8 * next()) / 8 : next();
    t.labels.push_back(next() < 0.3 + 0.4 * t.features(r, 0) ? 1 : 0);
    t.ids.push_back(r);
  }
  alx::boosting_parameters const parameters{
      .num_iterations = 1, .num_leaves = 5, .max_bin = 5000, .min_data_in_bin = 1};
  check(t, parameters);
  check_each(parts(t, {6400}), parameters);
  for (alx::index_t r = 0; r < 6400; ++r) {  // the same for all rows of a bin
    t.weights.push_back(std::fmod(t.features(r, 0), 0.25) == 0.0 ? 1e-5F : 1e5F);
  }
  check(t, parameters);
}

/// So many categories in the first of two columns; some of them are for the label 1.
golden::table of_categories(alx::index_t rows, double categories, std::uint64_t seed) {
  golden::generator next(seed);
  golden::table t{alx::matrix<double>(rows, 2), {}, {}, {}};
  for (alx::index_t r = 0; r < rows; ++r) {
    t.features(r, 0) = std::floor(categories * next());
    t.features(r, 1) = next();
    t.labels.push_back(next() < 0.15 + 0.7 * std::fmod(t.features(r, 0), 7) / 7 ? 1 : 0);
    t.ids.push_back(r);
  }
  return t;
}

/// Sets of more than one word, made by the threads of half a warp.
TEST_CASE("boosting on a GPU: very many categories") {
  auto const t = of_categories(3000, 240, 49);
  orders::for_ten([&] {
    check(t,
          {.num_iterations = 1,
           .min_data_in_bin = 1,
           .categorical_feature = {0},
           .cat_smooth = 1,
           .max_cat_threshold = 100,
           .min_data_per_group = 1});
  });
}

/// Of categories that a leaf has not.
TEST_CASE("boosting on a GPU: ranks of categories that may be 0 / 0 are left to the CPU") {
  auto const t = of_categories(900, 30, 50);
  alx::boosting_parameters const parameters{
      .num_iterations = 5, .categorical_feature = {0}, .cat_smooth = 0, .min_data_per_group = 5};
  check(t, parameters);
  check_each(parts(t, {900, 800}), parameters);
}

TEST_CASE("boosting on a GPU: a model that nothing can be learnt for is among many") {
  parts p(golden::draw("plain", 200, 2, 46), {100, 200});
  std::ranges::fill(p.tables[0].labels, 1);
  p.sets[0] = p.tables[0].rows();
  check_each(p, {.num_iterations = 3});
  CHECK(alx::gradient_boosting(alx::gpu{}).fit_each(p.all.features, {}).empty());
}

}  // namespace
