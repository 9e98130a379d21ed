// SPDX-License-Identifier: Apache-2.0
#include <alx/learners/lstm_classifier.hpp>
#include <alx/loop.hpp>
#include <alx/metrics/accuracy.hpp>
#include <alx/random.hpp>
#include <alx/stopping/rounds.hpp>
#include <alx/strategies/entropy.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <numeric>
#include <vector>

namespace {

/// Texts of 12 tokens; those of class 1 hold token 2 or 3.
struct texts {
  alx::matrix<std::int32_t> tokens;
  std::vector<alx::label_t> labels;
  std::vector<alx::index_t> ids;

  explicit texts(alx::index_t rows, std::uint64_t seed = 1)
      : tokens(rows, 12), ids(static_cast<std::size_t>(rows)) {
    std::iota(ids.begin(), ids.end(), alx::index_t{0});
    alx::philox random(seed, 0, 1000);
    for (alx::index_t r = 0; r < rows; ++r) {
      for (alx::index_t t = 0; t < 12; ++t) {
        tokens(r, t) = static_cast<std::int32_t>(4 + random.below(36));
      }
      labels.push_back(static_cast<alx::label_t>(random.below(2)));
      if (labels.back() == 1) {
        tokens(r, random.below(12)) = static_cast<std::int32_t>(2 + random.below(2));
      }
    }
  }

  [[nodiscard]] alx::labelled_rows all() const { return {ids, labels}; }
};

alx::lstm_options small() {
  alx::lstm_options options;
  options.shape = {.max_tokens = 40, .width = 8, .units = 8, .hidden = 6, .dropout = 0.1};
  options.training.epochs = 30;
  options.training.batch = 16;
  return options;
}

alx::nn::rmsprop fast() {
  return {.learning_rate = 0.01};
}

double accuracy(alx::lstm_classifier<> const& learner, texts const& rows) {
  alx::matrix<double> p(rows.tokens.rows(), 2);
  learner.predict_proba(rows.tokens.view(), p.view());
  return alx::accuracy{}(rows.labels, p.view());
}

}  // namespace

TEST_CASE("learns a rule, the same to the bit on any number of threads") {
  texts const rows(300);
  texts const fresh(200, 2);
  auto const run = [&](int threads) {
    alx::lstm_classifier<> learner(small(), fast(), {threads});
    learner.fit(rows.tokens.view(), rows.all());
    CHECK(accuracy(learner, fresh) > 0.95);
    auto const w = learner.network().weights();
    return std::vector<float>(w.begin(), w.end());
  };
  CHECK(run(1) == run(2));
}

TEST_CASE("a fit begins anew, or where the last one ended") {
  texts const rows(60);
  auto options = small();
  options.training.epochs = 2;
  alx::lstm_classifier<> anew(options);
  anew.fit(rows.tokens.view(), rows.all());
  double const first = anew.history().training.front().loss;
  anew.fit(rows.tokens.view(), rows.all());
  CHECK(anew.history().training.front().loss == first);
  options.start = alx::lstm_start::last_weights;
  alx::lstm_classifier<> warm(options);
  warm.fit(rows.tokens.view(), rows.all());
  CHECK(warm.history().training.front().loss == first);
  warm.fit(rows.tokens.view(), rows.all());
  CHECK(warm.history().training.front().loss < first);
}

TEST_CASE("a fit begins with the embedding it is given, also a second time") {
  texts const rows(20);
  auto options = small();
  options.training.epochs = 1;
  alx::lstm_classifier<> learner(options, {.learning_rate = 0.0});
  learner.fit(rows.tokens.view(), rows.all());
  auto const drawn = learner.network().weights();
  std::vector<float> wanted(drawn.begin(), drawn.end());
  alx::matrix<float> across(8, 40);  // a token's numbers one below the other
  for (alx::index_t i = 0; i < 320; ++i) {
    auto const value = static_cast<float>(i) / 16.0F;
    across(i % 8, i / 8) = value;
    wanted[static_cast<std::size_t>(i)] = value;
  }
  learner.begin_with({across.data(), 40, 8, 1, 40});
  for (int time = 0; time < 2; ++time) {
    learner.fit(rows.tokens.view(), rows.all());
    auto const now = learner.network().weights();
    CHECK(std::vector<float>(now.begin(), now.end()) == wanted);
  }
  CHECK_THROWS_WITH_AS(learner.begin_with(across.view()),
                       "lstm_classifier: an embedding of 8 x 40 for 40 tokens of width 8",
                       alx::shape_error);
}

TEST_CASE("validation rows end a fit, and leave the weights of their lowest loss") {
  texts const rows(40);
  texts const judged(100, 3);
  auto options = small();
  options.training.epochs = 200;
  alx::lstm_classifier<> learner(options, fast());
  learner.validate_on(judged.tokens.view(), judged.labels);
  learner.fit(rows.tokens.view(), rows.all());
  auto const& past = learner.history();
  REQUIRE(past.validation.size() < 200);
  auto const best = past.validation[static_cast<std::size_t>(past.best_epoch)];
  CHECK(past.validation.back().loss > best.loss);
  CHECK(accuracy(learner, judged) == doctest::Approx(best.binary_accuracy).epsilon(1e-12));
}

TEST_CASE("asks for its own labels in the loop") {
  texts const pool(200);
  texts const fresh(100, 2);
  alx::loop const loop{alx::lstm_classifier<>(small(), fast()),
                       alx::entropy{},
                       alx::rounds{3},
                       {.initial = 40, .batch = 20, .seed = 1}};
  auto const rounds = loop.run(pool.tokens,
                               alx::truth{pool.labels},
                               alx::evaluate{fresh.tokens, fresh.labels, alx::accuracy{}});
  REQUIRE(std::distance(rounds.begin(), rounds.end()) == 3);
  CHECK(rounds.begin()->labelled == 40);
}

TEST_CASE("what cannot be is refused") {
  texts const rows(10);
  alx::lstm_classifier<> learner(small());
  alx::matrix<double> p(10, 2);
  CHECK_THROWS_AS(learner.predict_proba(rows.tokens.view(), p.view()), alx::state_error);
  CHECK_THROWS_WITH_AS(learner.fit(rows.tokens.view(), {rows.ids, rows.labels, 3}),
                       "lstm_classifier: 3 classes; it is for two",
                       alx::option_error);
  std::vector<alx::index_t> const beyond{3, 10};
  std::vector<alx::label_t> const labels{0, 1};
  CHECK_THROWS_WITH_AS(learner.fit(rows.tokens.view(), {beyond, labels}),
                       "training: no row 10 among 10",
                       alx::data_error);
  CHECK_THROWS_AS(learner.validate_on(rows.tokens.view(), labels), alx::shape_error);
}
