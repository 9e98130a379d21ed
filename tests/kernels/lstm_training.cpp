// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/gpu/matrix.hpp>
#include <alx/learners/lstm_classifier.hpp>
#include <alx/loop.hpp>
#include <alx/metrics/accuracy.hpp>
#include <alx/stopping/rounds.hpp>
#include <alx/strategies/entropy.hpp>

#include <doctest/doctest.h>

#include "lstm.hpp"
#include "orders.hpp"
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace {

using alx::nn::embedding_gradient;
using lstm::index_t;

auto const silent = [](auto const& /*event*/) {};

/// Texts that are of class 1 where a token below 3 occurs.
lstm::texts learnable(index_t count, std::uint64_t seed) {
  lstm::texts rows(count, 12, 30, seed);
  for (index_t r = 0; r < count; ++r) {
    rows.labels[static_cast<std::size_t>(r)] = 0;
    for (index_t t = 0; t < 12; ++t) {
      if (rows.tokens(r, t) == 1 || rows.tokens(r, t) == 2) {
        rows.labels[static_cast<std::size_t>(r)] = 1;
      }
    }
  }
  return rows;
}

alx::lstm_shape const shape{.max_tokens = 30, .width = 8, .units = 12, .hidden = 6, .dropout = 0.3};

/// One training on the host or on a GPU from the same weights, and the weights after it.
struct training {
  alx::nn::training_history past;
  alx::nn::checkpoint best;
  std::vector<float> weights;

  template <class Optimizer>
  training(Optimizer rule,
           lstm::texts const& rows,
           lstm::texts const& judged,
           alx::nn::fit_options const& how,
           std::vector<float> const& initial,
           bool on_gpu) {
    alx::thread_team team(1);
    auto network = alx::make_lstm_network(shape);
    network.set_weights(initial, team);
    if (on_gpu) {
      alx::gpu_lstm_network there(shape, alx::gpu{});
      alx::nn::trainer trainer(network, rule, team, there);
      past = trainer.fit(rows.all(), judged.all(), how, best, silent);
    } else {
      alx::nn::trainer trainer(network, rule, team);
      past = trainer.fit(rows.all(), judged.all(), how, best, silent);
    }
    weights.assign(network.weights().begin(), network.weights().end());
  }
};

std::vector<float> drawn_weights() {
  alx::thread_team team(1);
  auto const network = lstm::network(shape, team);
  return {network.weights().begin(), network.weights().end()};
}

/// Every weight one unit in the last place up or down.
std::vector<float> nudged(std::vector<float> weights, std::uint64_t seed) {
  alx::philox random(seed, 0, 1000);
  for (float& w : weights) {
    float const to = random.below(2) == 0 ? -1.0F : 1.0F;
    w = std::nextafter(w, to * std::numeric_limits<float>::infinity());
  }
  return weights;
}

double furthest(std::vector<double> const& a, std::vector<double> const& b, std::size_t first) {
  REQUIRE(a.size() == b.size());
  double most = 0.0;
  for (std::size_t i = first; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

/// 50 steps with dropout, the last of each epoch with fewer rows.
template <class Optimizer>
void compare_losses(Optimizer rule, embedding_gradient how) {
  auto const rows = learnable(95, 1);
  lstm::texts const none(0, 12, 30);
  auto const weights = drawn_weights();
  alx::nn::fit_options const options{.epochs = 10, .batch = 20, .seed = 5, .how = how};
  training const host(rule, rows, none, options, weights, false);
  training const there(rule, rows, none, options, weights, true);
  REQUIRE(host.past.step_loss.size() == 50);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(std::abs(there.past.step_loss[i] - host.past.step_loss[i]) < 1e-6);
  }
  double own = 0.0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    training const other(rule, rows, none, options, nudged(weights, seed), false);
    own = std::max(own, furthest(other.past.step_loss, host.past.step_loss, 4));
  }
  CHECK(furthest(there.past.step_loss, host.past.step_loss, 4) <= 3 * own);
  CHECK(lstm::distance(there.weights, host.weights) < 1e-3);
  for (std::size_t e = 0; e < 10; ++e) {
    CHECK(there.past.training[e].loss == doctest::Approx(host.past.training[e].loss).epsilon(1e-3));
  }
}

TEST_CASE("LSTM on a GPU: 50 steps stay as close to the host's as its own after an ulp" *
          doctest::skip(orders::sanitized)) {  // numbers alone, and many
  compare_losses(alx::nn::rmsprop{}, embedding_gradient::per_occurrence);
  compare_losses(alx::nn::adam{}, embedding_gradient::summed);
}

TEST_CASE("LSTM on a GPU: a training has the same bits in every order of threads") {
  auto const rows = learnable(50, 1);
  auto const judged = learnable(20, 2);
  alx::nn::fit_options const options{.epochs = 2, .batch = 16, .seed = 5};
  auto const weights = drawn_weights();
  auto const run = [&] { return training(alx::nn::adam{}, rows, judged, options, weights, true); };
  auto const first = run();
  orders::for_ten([&] {
    auto const again = run();
    CHECK(again.weights == first.weights);
    CHECK(again.past.step_loss == first.past.step_loss);
    CHECK(again.best.weights == first.best.weights);
    CHECK(again.past.validation.back().loss == first.past.validation.back().loss);
  });
}

TEST_CASE("LSTM on a GPU: an order of more steps than are prepared at a time") {
  auto const rows = learnable(150, 1);
  lstm::texts const none(0, 12, 30);
  alx::nn::fit_options const options{.epochs = 1, .batch = 1, .seed = 5};
  auto const weights = drawn_weights();
  training const host(alx::nn::adam{}, rows, none, options, weights, false);
  training const there(alx::nn::adam{}, rows, none, options, weights, true);
  REQUIRE(there.past.step_loss.size() == 150);
  CHECK(furthest(there.past.step_loss, host.past.step_loss, 0) < 1e-3);
}

TEST_CASE("LSTM on a GPU: many occurrences are sorted in several slices") {
  alx::thread_team team(1);
  alx::lstm_shape const wide{.max_tokens = 25, .width = 4, .units = 2, .hidden = 2};
  lstm::texts const rows(90, 100, 25);
  auto host = lstm::network(wide, team);
  alx::nn::batch_gradient wanted;
  host.gradient(rows.all(), embedding_gradient::per_occurrence, {}, team, wanted);
  alx::gpu_lstm_network there(wide, alx::gpu{});
  there.set_weights(host.weights());
  lstm::gradient_there const found(there, rows, host.weights().size(), wide);
  CHECK(lstm::distance(found.of_weights, wanted.of_weights) < 5e-6);
  CHECK(lstm::distance(found.squares, wanted.of_squares) < 1e-5);
}

TEST_CASE("LSTM on a GPU: validation ends a training, and several may follow each other") {
  alx::thread_team team(1);
  auto const rows = learnable(40, 1);
  auto const judged = learnable(30, 2);
  auto network = alx::make_lstm_network(shape);
  network.set_weights(drawn_weights(), team);
  alx::gpu_lstm_network there(shape, alx::gpu{});
  alx::nn::checkpoint best;
  alx::nn::trainer still(network, alx::nn::rmsprop{.learning_rate = 0.0}, team, there);
  auto const past =
      still.fit(rows.all(), judged.all(), {.epochs = 20, .batch = 7, .patience = 4}, best, silent);
  CHECK(past.training.size() == 5);  // the first is the lowest, and four more
  CHECK(past.ended == "validation loss not lower for 4 epochs");
  CHECK(past.validation[0].loss ==
        doctest::Approx(network.score(judged.all(), team).mean_loss()).epsilon(1e-6));
  CHECK(best.weights == drawn_weights());
  alx::nn::trainer trainer(network, alx::nn::rmsprop{.learning_rate = 0.01}, team, there);
  alx::nn::checkpoint none;
  auto const first = trainer.fit(rows.all(), {}, {.epochs = 10, .batch = 7}, none, silent);
  auto const second = trainer.fit(judged.all(), {}, {.epochs = 10, .batch = 64}, none, silent);
  CHECK(first.training.back().loss < first.training.front().loss);
  CHECK(second.training.back().loss < second.training.front().loss);
  CHECK(there.weights() == std::vector<float>(network.weights().begin(), network.weights().end()));
}

TEST_CASE("LSTM on a GPU: recorded steps are at home where validation has more rows than a batch") {
  alx::thread_team team(1);
  alx::lstm_shape const wide{
      .max_tokens = 30, .width = 4, .units = 70, .hidden = 3, .dropout = 0.0};
  auto const rows = learnable(20, 1);
  auto const judged = learnable(30, 2);
  alx::nn::fit_options const options{.epochs = 3, .batch = 8, .seed = 5};
  auto const run = [&](auto&... place) {
    auto network = lstm::network(wide, team);
    alx::nn::checkpoint best;
    alx::nn::trainer trainer(network, alx::nn::adam{}, team, place...);
    return trainer.fit(rows.all(), judged.all(), options, best, silent);
  };
  alx::gpu_lstm_network there(wide, alx::gpu{});
  auto const on_gpu = run(there);
  auto const on_host = run();
  CHECK(furthest(on_gpu.step_loss, on_host.step_loss, 0) < 1e-4);
  for (std::size_t e = 0; e < 3; ++e) {
    CHECK(std::abs(on_gpu.validation[e].loss - on_host.validation[e].loss) < 1e-4);
  }
}

TEST_CASE("LSTM on a GPU: a loss that is not finite ends a training before it changes a weight") {
  alx::thread_team team(1);
  auto rows = learnable(20, 1);
  auto weights = drawn_weights();
  for (index_t t = 0; t < 12; ++t) {
    for (index_t r = 0; r < 20; ++r) rows.tokens(r, t) = std::max(rows.tokens(r, t), 1);
    rows.tokens(13, t) = 0;
  }
  std::fill_n(weights.begin(), 8, std::numeric_limits<float>::quiet_NaN());
  alx::nn::fit_options const options{
      .epochs = 2, .batch = 5, .shuffle = alx::nn::shuffling::none()};
  auto const after = [&](bool on_gpu) {
    auto network = alx::make_lstm_network(shape);
    network.set_weights(weights, team);
    alx::nn::checkpoint best;
    alx::nn::rmsprop const rule;
    std::string said;
    try {
      if (on_gpu) {
        alx::gpu_lstm_network there(shape, alx::gpu{});
        alx::nn::trainer(network, rule, team, there).fit(rows.all(), {}, options, best, silent);
      } else {
        alx::nn::trainer(network, rule, team).fit(rows.all(), {}, options, best, silent);
      }
    } catch (alx::numeric_error const& e) {
      said = e.what();
    }
    CHECK(
        said ==
        "training: the loss of step 3 of epoch 1 is not a number; is the learning rate too high?");
    return std::vector<float>(network.weights().begin() + 8, network.weights().end());
  };
  auto const host = after(false);
  auto const there = after(true);
  CHECK(lstm::distance(there, host) < 1e-5);
  CHECK(lstm::distance(there, std::vector<float>(weights.begin() + 8, weights.end())) > 1e-4);
}

alx::lstm_options options() {
  alx::lstm_options all;
  all.shape = shape;
  all.training = {.epochs = 12, .batch = 16};
  return all;
}

double accuracy(alx::lstm_classifier<> const& learner, lstm::texts const& rows) {
  alx::matrix<double> p(rows.tokens.rows(), 2);
  learner.predict_proba(rows.tokens.view(), p.view());
  return alx::accuracy{}(rows.labels, p.view());
}

TEST_CASE("LSTM on a GPU: the learner learns a rule, there as here") {
  auto const rows = learnable(100, 1);
  auto const fresh = learnable(100, 2);
  std::vector<index_t> ids(100);
  std::iota(ids.begin(), ids.end(), index_t{0});
  alx::labelled_rows const all{ids, rows.labels};
  alx::lstm_classifier<> learner(options(), {.learning_rate = 0.02}, alx::gpu{});
  alx::matrix<double> p(100, 2);
  CHECK_THROWS_AS(learner.predict_proba(rows.tokens.view(), p.view()), alx::state_error);
  learner.validate_on(fresh.tokens.view(), fresh.labels);
  learner.fit(rows.tokens.view(), all);
  CHECK(accuracy(learner, fresh) > 0.93);
  auto const best = learner.history().best_epoch;
  CHECK(accuracy(learner, fresh) ==
        doctest::Approx(
            learner.history().validation[static_cast<std::size_t>(best)].binary_accuracy));
  alx::thread_team team(1);
  alx::matrix<double> on_host(100, 2);
  learner.network().predict(rows.tokens.view(), on_host.view(), team);
  learner.predict_proba(rows.tokens.view(), p.view());
  for (index_t r = 0; r < 100; ++r) CHECK(std::abs(p(r, 1) - on_host(r, 1)) < 1e-5);
  alx::gpu_matrix<std::int32_t> const pool(rows.tokens.view(), alx::gpu{});
  alx::gpu_matrix<double> out(100, 2, alx::gpu{});
  learner.predict_proba(pool.view(), out.view());
  CHECK(out.to_host() == std::vector<double>(p.data(), p.data() + 200));
  std::vector<alx::label_t> const wrong(100, 2);
  CHECK_THROWS_AS(learner.fit(rows.tokens.view(), {ids, wrong, 2}), alx::data_error);
  learner.predict_proba(pool.view(), out.view());  // by weights that are some, if not the last
  for (double const value : out.to_host()) CHECK(std::isfinite(value));
  alx::gpu_matrix<std::int32_t> const no_tokens(100, 0, alx::gpu{});
  CHECK_THROWS_AS(learner.predict_proba(no_tokens.view(), out.view()), alx::shape_error);
  alx::lstm_classifier<> const here(options());
  CHECK_THROWS_AS(here.predict_proba(pool.view(), out.view()), alx::state_error);
}

TEST_CASE("LSTM on a GPU: the learner in the loop, and what cannot be") {
  auto const pool = learnable(60, 1);
  auto const fresh = learnable(30, 2);
  auto few = options();
  few.training.epochs = 2;
  few.start = alx::lstm_start::last_weights;
  alx::lstm_classifier<alx::nn::adam> const learner(
      few, {}, alx::gpu{}, alx::nn::activations::approx);
  alx::loop const loop{
      learner, alx::entropy{}, alx::rounds{3}, {.initial = 20, .batch = 10, .seed = 1}};
  auto const rounds = loop.run(pool.tokens,
                               alx::truth{pool.labels},
                               alx::evaluate{fresh.tokens, fresh.labels, alx::accuracy{}});
  REQUIRE(std::distance(rounds.begin(), rounds.end()) == 3);
  alx::lstm_classifier<> nowhere(alx::gpu{3});
  std::vector<index_t> const ids{0, 1};
  std::vector<alx::label_t> const labels{0, 1};
  CHECK_THROWS_AS(nowhere.fit(pool.tokens.view(), {ids, labels}), alx::gpu_error);
}

}  // namespace
