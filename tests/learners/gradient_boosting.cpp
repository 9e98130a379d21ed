// SPDX-License-Identifier: Apache-2.0
#include <alx/data/blobs.hpp>
#include <alx/learners/gradient_boosting.hpp>

#include <doctest/doctest.h>

#include "learners/boosting/golden_rows.hpp"
#include "support/golden_lines.hpp"
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace {

alx::gradient_boosting fitted(golden::table const& t,
                              alx::boosting_parameters parameters = {},
                              alx::cpu backend = {}) {
  alx::gradient_boosting learner(parameters, backend);
  t.values.empty() ? learner.fit(t.features, t.rows())
                   : learner.fit_regression(t.features, t.known_values());
  return learner;
}

std::string text_of(alx::gradient_boosting const& learner) {
  return alx::model_text(learner.model());
}

std::vector<double> raw_of(alx::gradient_boosting const& learner,
                           alx::matrix_view<double const> pool) {
  alx::index_t const sums = learner.model().num_class;
  std::vector<double> raw(static_cast<std::size_t>(pool.rows * sums));
  learner.predict_raw(pool, alx::matrix_view<double>(raw.data(), pool.rows, sums));
  return raw;
}

golden::table blobs(alx::index_t rows) {
  auto made = alx::make_blobs({.samples = 5000,
                               .centers = 2,
                               .features = 4,
                               .cluster_std = 2.0,
                               .center_box = {-5.0, 5.0},
                               .random_state = 0});
  golden::table t{std::move(made.features), std::move(made.labels), {}, {}};
  t.labels.resize(static_cast<std::size_t>(rows));
  for (alx::index_t r = 0; r < rows; ++r) t.ids.push_back(r);
  return t;
}

}  // namespace

TEST_CASE("gradient boosting writes LightGBM's models, byte for byte") {
  int compared = 0;
  golden::for_each_case([&](golden::boosting_case const& c) {
    CAPTURE(c.line);
    auto const learner = fitted(c.rows, c.parameters);
    CHECK(golden::fnv1a(golden::trees_of(text_of(learner))) == c.text_hash);
    CHECK(golden::fnv1a(raw_of(learner, c.rows.features)) == c.raw_hash);
    ++compared;
  });
  CHECK(compared == 125);
}

TEST_CASE("a whole text is LightGBM's, importances included") {
  auto const t = golden::draw("mixed", 300, 3, 99);
  std::string const text = text_of(fitted(t, {.num_iterations = 3, .num_leaves = 5}));
  std::string const expected = golden::file("missing.model.txt");
  constexpr auto end = "\nparameters:";
  CHECK(text.substr(0, text.find(end)) == expected.substr(0, expected.find(end)));
}

TEST_CASE("training stops where LightGBM's does, after the same losses") {
  int compared = 0;
  for (auto const& line : golden::lines("boosting/losses.txt")) {
    CAPTURE(line.name);
    auto const all = golden::draw("mixed", 800, 4, 77, "uniform", line.name);
    auto const seen = all.part(0, 400);
    auto const unseen = all.part(400, 800);
    alx::gradient_boosting learner({.learning_rate = 0.3, .early_stopping_round = 4});
    if (line.name == "regression") {
      learner.fit_regression(
          all.features, seen.known_values(), all.features, unseen.known_values());
    } else {
      learner.fit(all.features, seen.rows(), all.features, unseen.rows());
    }
    auto const losses = learner.validation_losses();
    REQUIRE(losses.size() + 1 == line.values.size());
    for (std::size_t i = 0; i < losses.size(); ++i) {
      CHECK(losses[i] == doctest::Approx(line.values[i + 1]).epsilon(1e-15));
    }
    CHECK(static_cast<double>(learner.model().trees.size()) == line.values[0]);
    alx::gradient_boosting alone({.learning_rate = 0.3});
    line.name == "regression" ? alone.fit_regression(all.features, seen.known_values())
                              : alone.fit(all.features, seen.rows());
    auto trees = alone.model();
    trees.trees.resize(learner.model().trees.size());
    CHECK(golden::trees_of(alx::model_text(trees)) == golden::trees_of(text_of(learner)));
    CHECK(alone.validation_losses().empty());
    ++compared;
  }
  CHECK(compared == 3);
}

TEST_CASE("without early stopping validation rows change nothing") {
  auto const all = golden::draw("mixed", 400, 3, 12);
  auto const seen = all.part(0, 200);
  alx::gradient_boosting watched({.num_iterations = 30});
  watched.fit(all.features, seen.rows(), all.features, all.part(200, 400).rows());
  CHECK(watched.validation_losses().size() == 30);
  CHECK(text_of(watched) == text_of(fitted(seen, {.num_iterations = 30})));
}

TEST_CASE("the first trees on the blobs are LightGBM's") {
  auto const few = fitted(blobs(50)).model();
  REQUIRE(few.trees.size() == 100);
  CHECK(few.trees[0].split_feature == std::vector<int>{3});
  CHECK(few.trees[0].threshold == std::vector<double>{3.207982620942779});
  CHECK(few.trees[0].split_gain == std::vector<double>{double{11.054954528808594F}});
  CHECK(few.trees[0].leaf_value == std::vector<double>{0.2152946652753453, 0.40722096303074373});
  CHECK(few.trees[0].leaf_count == std::vector<std::int64_t>{22, 28});
  CHECK(few.trees[1].leaf_value == std::vector<double>{-0.09526945988796792, 0.07723257330180983});
  auto const more = fitted(blobs(200)).model();
  CHECK(more.trees[0].split_feature == std::vector<int>{3, 2, 3, 3, 2, 1, 0});
  CHECK(more.trees[0].leaf_count == std::vector<std::int64_t>{20, 30, 38, 26, 21, 21, 20, 24});
  CHECK(more.trees[0].threshold[0] == 1.1911300629551476);
  CHECK(more.trees[0].leaf_value[7] == -0.05704866053232352);
}

TEST_CASE("the bits do not depend on threads") {
  auto const t = golden::draw("mixed", 6000, 8, 5, "uniform");
  auto const one = fitted(t, {.num_iterations = 10}, {.threads = 1});
  for (int const threads : {2, 3, 7}) {
    auto const many = fitted(t, {.num_iterations = 10}, {.threads = threads});
    CHECK(text_of(many) == text_of(one));
    CHECK(raw_of(many, t.features) == raw_of(one, t.features));
  }
  alx::boosting_parameters const sampled{.num_iterations = 5,
                                         .bagging_fraction = 0.3,
                                         .bagging_freq = 1,
                                         .feature_fraction = 0.7,
                                         .categorical_feature = {0, 2}};
  auto const classes = golden::draw("categories", 20000, 4, 7, "none", "multiclass");
  CHECK(text_of(fitted(classes, sampled, {.threads = 3})) ==
        text_of(fitted(classes, sampled, {.threads = 1})));
  auto const large = golden::draw("plain", 20000, 2, 6);
  auto const few_trees = fitted(large, {.num_iterations = 10}, {.threads = 3});
  CHECK(raw_of(few_trees, large.features) ==
        raw_of(fitted(large, {.num_iterations = 10}), large.features));
}

TEST_CASE("rows are taken from a pool in any storage order, by their ids") {
  auto const t = golden::draw("mixed", 400, 3, 8);
  alx::matrix<double> pool(3, 800);  // column after column, every second row another's
  golden::table in_pool{alx::matrix<double>(), t.labels, {}, {}};
  for (alx::index_t r = 0; r < 400; ++r) {
    in_pool.ids.push_back(2 * r);
    for (alx::index_t c = 0; c < 3; ++c) {
      pool(c, 2 * r) = t.features(r, c);
      pool(c, 2 * r + 1) = 1e9;
    }
  }
  alx::matrix_view<double const> const columns{pool.data(), 800, 3, 1, 800};
  auto const straight = fitted(t, {.num_iterations = 20});
  alx::gradient_boosting learner({.num_iterations = 20});
  learner.fit(columns, in_pool.rows());
  CHECK(text_of(learner) == text_of(straight));
  auto const raw = raw_of(learner, columns);
  auto const expected = raw_of(straight, t.features);
  for (std::size_t r = 0; r < 400; ++r) CHECK(raw[2 * r] == expected[r]);
}

TEST_CASE("probabilities follow from raw scores, and raw scores from leaves") {
  auto const t = golden::draw("nan10", 301, 4, 9);
  auto const learner = fitted(t, {.num_iterations = 30});
  auto const raw = raw_of(learner, t.features);
  alx::matrix<double> probability(301, 2);
  learner.predict_proba(t.features, probability);
  alx::matrix<std::int32_t> leaf(301, 30);
  learner.predict_leaf(t.features, leaf);
  for (alx::index_t r = 0; r < 301; ++r) {
    double sum = 0;
    for (alx::index_t i = 0; i < 30; ++i) {
      auto const& tree = learner.model().trees[static_cast<std::size_t>(i)];
      sum += tree.leaf_value[static_cast<std::size_t>(leaf(r, i))];
    }
    CHECK(raw[static_cast<std::size_t>(r)] == sum);
    CHECK(probability(r, 1) == 1.0 / (1.0 + std::exp(-sum)));
    CHECK(probability(r, 0) == 1.0 - probability(r, 1));
  }
}

TEST_CASE("a fit forgets the fit before, and a failed one changes nothing") {
  auto const first = golden::draw("plain", 100, 2, 1);
  auto const second = golden::draw("plain", 200, 3, 2);
  alx::gradient_boosting learner;
  CHECK(!learner.fitted());
  learner.fit(first.features, first.rows());
  learner.fit(second.features, second.rows());
  CHECK(text_of(learner) == text_of(fitted(second)));
  CHECK_THROWS_AS(learner.fit(first.features, {}), alx::data_error);
  CHECK(text_of(learner) == text_of(fitted(second)));
}

TEST_CASE("a model is saved and loaded") {
  auto const t = golden::draw("mixed", 200, 3, 4);
  auto const learner = fitted(t);
  std::string const path = "alx_test_gradient_boosting.txt";
  learner.save(path);
  auto const loaded = alx::gradient_boosting::load(path);
  std::remove(path.c_str());
  CHECK(text_of(loaded) == text_of(learner));
  CHECK(raw_of(loaded, t.features) == raw_of(learner, t.features));
  CHECK_THROWS_WITH_AS(static_cast<void>(alx::gradient_boosting::load("no/such/file")),
                       "no/such/file: cannot be read, or is empty",
                       alx::data_error);
  CHECK_THROWS_WITH_AS(static_cast<void>(alx::gradient_boosting::load(".")),
                       ".: cannot be read, or is empty",
                       alx::data_error);
  CHECK_THROWS_WITH_AS(
      learner.save("no/such/file"), "no/such/file: cannot be written", alx::data_error);
}

TEST_CASE("what cannot be learned from is refused, with the row") {
  auto const good = golden::draw("plain", 50, 2, 1, "uniform");
  auto const message_with = [&](auto change, alx::label_t classes = 2) -> std::string {
    auto t = good;
    change(t);
    auto rows = t.rows();
    rows.classes = classes;
    try {
      alx::gradient_boosting().fit(t.features, rows);
    } catch (alx::error const& error) {
      return error.what();
    }
    return "fitted";
  };
  std::string const who = "gradient_boosting: ";
  CHECK(message_with([](auto&) {}) == "fitted");
  CHECK(message_with([](auto&) {}, 1) == "fitted");
  CHECK(message_with([](auto&) {}, 3) == "fitted");
  CHECK(message_with([](auto& t) { t.labels[7] = 2; }) == who + "row 7 has label 2, not 0 or 1");
  CHECK(message_with([](auto& t) { t.labels[7] = -1; }) == who + "row 7 has label -1, not 0 or 1");
  CHECK(message_with([](auto& t) { t.ids[7] = 50; }) ==
        who + "row 50 is not in the pool of 50 rows");
  CHECK(message_with([](auto& t) { t.ids[7] = -1; }) ==
        who + "row -1 is not in the pool of 50 rows");
  CHECK(message_with([](auto& t) { t.weights[7] = -1; }) ==
        who + "row 7 has weight -1, not a finite number from 0 on");
  CHECK(message_with([](auto& t) { t.weights[7] = static_cast<float>(golden::missing); }) ==
        who + "row 7 has weight nan, not a finite number from 0 on");
  CHECK(message_with([](auto& t) { t.weights[7] = static_cast<float>(golden::infinity); }) ==
        who + "row 7 has weight inf, not a finite number from 0 on");
  CHECK(message_with([](auto& t) { t.weights.assign(50, 0); }) == who + "all 50 weights are 0");
  CHECK(message_with([](auto& t) { t.labels.pop_back(); }) == who + "49 labels for 50 rows");
  CHECK(message_with([](auto& t) { t.weights.pop_back(); }) == who + "49 weights for 50 rows");
  CHECK(message_with([](auto& t) { t.ids.clear(); }) == who + "no labelled rows to learn from");
  CHECK(message_with([](auto& t) { t.features = alx::matrix<double>(50, 0); }) ==
        who + "the pool has no columns");
}

TEST_CASE("what does not go together is refused") {
  using alx::option_error;
  auto const t = golden::draw("plain", 50, 2, 1, "none", "regression");
  std::string const who = "gradient_boosting: ";
  CHECK_THROWS_WITH_AS(fitted(t, {.early_stopping_round = 3}),
                       "gradient_boosting: early_stopping_round = 3 needs validation rows",
                       option_error);
  CHECK_THROWS_WITH_AS(fitted(t, {.categorical_feature = {0, 2}}),
                       "gradient_boosting: categorical_feature = 2, but the pool has 2 columns",
                       option_error);
  CHECK_THROWS_WITH_AS(
      alx::gradient_boosting({.scale_pos_weight = 2, .is_unbalance = true}),
      "gradient_boosting: is_unbalance and scale_pos_weight = 2 exclude each other",
      option_error);
  auto infinite = t;
  infinite.values[3] = static_cast<float>(golden::infinity);
  CHECK_THROWS_WITH_AS(fitted(infinite),
                       "gradient_boosting: row 3 has value inf, not a finite one",
                       alx::data_error);
  alx::matrix<double> out(50, 2);
  CHECK_THROWS_WITH_AS(fitted(t).predict_proba(t.features, out),
                       "gradient_boosting: a model of values has no probabilities",
                       alx::state_error);
  alx::gradient_boosting learner;
  CHECK_THROWS_WITH_AS(learner.fit(t.features, t.rows(), alx::matrix<double>(50, 3), t.rows()),
                       "gradient_boosting: 2 columns to train on, 3 to validate on",
                       alx::shape_error);
  auto rows = t.rows();
  rows.classes = 3;
  auto const labels = std::vector<alx::label_t>(50, 3);
  rows.labels = labels;
  CHECK_THROWS_WITH_AS(learner.fit(t.features, rows),
                       "gradient_boosting: row 0 has label 3, not in 0 ... 2",
                       alx::data_error);
}

TEST_CASE("classes nobody has seen yet get their smallest probability") {
  auto t = golden::draw("plain", 300, 3, 5, "none", "multiclass");
  t.classes = 5;
  auto const learner = fitted(t, {.num_iterations = 5});
  CHECK(learner.model().trees.size() == 25);
  alx::matrix<double> p(300, 5);
  learner.predict_proba(t.features, p);
  for (alx::index_t r = 0; r < 300; ++r) {
    CHECK(p(r, 3) < 1e-14);
    CHECK(p(r, 3) == p(r, 4));
    CHECK(p(r, 0) + p(r, 1) + p(r, 2) == doctest::Approx(1).epsilon(1e-12));
  }
}

TEST_CASE("columns are important by splits and by gain") {
  auto const model =
      alx::gradient_boosting::load(ALX_GOLDEN_DIR "/boosting/missing.model.txt").model();
  std::vector<double> splits(3);
  std::vector<double> gains(3);
  for (auto const& tree : model.trees) {
    for (std::size_t i = 0; i < tree.split_feature.size(); ++i) {
      splits[static_cast<std::size_t>(tree.split_feature[i])] += 1;
      gains[static_cast<std::size_t>(tree.split_feature[i])] += tree.split_gain[i];
    }
  }
  CHECK(alx::feature_importance(model, alx::importance_type::split) == splits);
  auto const by_gain = alx::feature_importance(model, alx::importance_type::gain);
  for (std::size_t c = 0; c < 3; ++c) CHECK(by_gain[c] == doctest::Approx(gains[c]).epsilon(1e-6));
}

TEST_CASE("what cannot be predicted is refused, with both numbers") {
  auto const t = golden::draw("plain", 50, 4, 1);
  alx::matrix<double> out(50, 2);
  CHECK_THROWS_AS(alx::gradient_boosting().predict_proba(t.features, out), alx::state_error);
  CHECK_THROWS_AS(static_cast<void>(alx::gradient_boosting().model()), alx::state_error);
  CHECK_THROWS_AS(alx::gradient_boosting().save("no/such/file"), alx::state_error);
  auto const learner = fitted(t);
  CHECK_THROWS_WITH_AS(learner.predict_proba(alx::matrix<double>(50, 5), out),
                       "gradient_boosting: the model knows 4 columns, the pool has 5",
                       alx::shape_error);
  alx::matrix<double> narrow(50, 1);
  CHECK_THROWS_WITH_AS(learner.predict_proba(t.features, narrow),
                       "gradient_boosting: the result is 50 x 2, the place for it 50 x 1",
                       alx::shape_error);
  std::vector<double> raw(49);
  CHECK_THROWS_AS(learner.predict_raw(t.features, raw), alx::shape_error);
  alx::matrix<std::int32_t> leaves(50, 3);
  CHECK_THROWS_AS(learner.predict_leaf(t.features, leaves), alx::shape_error);
}

TEST_CASE("a leaf without rows is an error, as in LightGBM") {
  auto t = golden::draw("plain", 500, 4, 11, "uniform");
  for (std::size_t i = 0; i < t.weights.size(); ++i) {
    if (i % 10 != 0) t.weights[i] = 0;
  }
  CHECK_THROWS_AS(fitted(t, {.min_data_in_leaf = 1, .min_sum_hessian_in_leaf = 0}),
                  alx::numeric_error);
}

TEST_CASE("a model for each set of rows is what fitting on each gives") {
  auto const t = golden::draw("mixed", 400, 3, 47);
  std::vector<golden::table> const parts{t.part(0, 100), t.part(50, 400), t.part(0, 30)};
  std::vector<alx::labelled_rows> sets;
  for (auto const& part : parts) sets.push_back(part.rows());
  for (int const threads : {1, 3}) {
    alx::gradient_boosting const like({.num_iterations = 20}, {.threads = threads});
    auto const each = like.fit_each(t.features, sets);
    REQUIRE(each.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
      alx::gradient_boosting alone({.num_iterations = 20});
      alone.fit(t.features, sets[i]);
      CHECK(text_of(each[i]) == text_of(alone));
    }
  }
  auto wrong = sets;
  wrong[1].labels = wrong[2].labels;
  CHECK_THROWS_AS(static_cast<void>(alx::gradient_boosting().fit_each(t.features, wrong)),
                  alx::shape_error);
}
