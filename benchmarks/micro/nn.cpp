// SPDX-License-Identifier: Apache-2.0
/// @file
/// The parts of a training step of the review network, and prediction: one batch of 256 rows of 150
/// tokens, one thread.
#include <alx/learners/lstm_classifier.hpp>
#include <alx/learners/nn/detail/gemm.hpp>
#include <alx/learners/nn/optimizers.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>
#include <alx/random.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

namespace {

namespace detail = alx::detail;

constexpr alx::index_t rows = 256;
constexpr alx::index_t length = 150;

/// Few words come often, as in texts: the share of a word falls with its number.
struct batch_of_texts {
  alx::matrix<std::int32_t> tokens{rows, length};
  std::vector<alx::label_t> labels;
  alx::thread_team team{1};
  alx::lstm_network network = alx::make_lstm_network();

  batch_of_texts() {
    alx::philox random{0, 0, 0};
    for (alx::index_t r = 0; r < rows; ++r) {
      for (alx::index_t t = 0; t < length; ++t) {
        double const draw = random.uniform();
        tokens(r, t) = static_cast<std::int32_t>(1.0 + 2999.0 * draw * draw * draw);
      }
      labels.push_back(static_cast<alx::label_t>(random.below(2)));
    }
    network.initialise(0, team);
  }
};

void gradient(benchmark::State& state) {
  batch_of_texts given;
  auto const how = static_cast<alx::nn::embedding_gradient>(state.range(0));
  alx::nn::batch_gradient found;
  for (auto _ : state) {
    given.network.gradient({given.tokens.view(), given.labels, {}}, how, {}, given.team, found);
    benchmark::DoNotOptimize(found.of_weights.data());
  }
  state.SetItemsProcessed(state.iterations() * rows);
}

/// After each step: the projected table of the embedding.
void prepare(benchmark::State& state) {
  batch_of_texts given;
  for (auto _ : state) {
    given.network.change_weights(given.team, [](auto weights) { weights[0] += 1e-6F; });
  }
}

void rmsprop_update(benchmark::State& state) {
  batch_of_texts given;
  alx::nn::batch_gradient found;
  given.network.gradient({given.tokens.view(), given.labels, {}},
                         alx::nn::embedding_gradient::summed,
                         {},
                         given.team,
                         found);
  auto const w = given.network.weights();
  std::vector<float> weights(w.begin(), w.end());
  alx::nn::optimizer_state<alx::nn::rmsprop> rule({}, std::ssize(weights));
  for (auto _ : state) {
    rule.step(weights, found.of_weights, found.of_squares, given.team);
    benchmark::DoNotOptimize(weights.data());
  }
  state.SetItemsProcessed(state.iterations() * std::ssize(weights));
}

void predict(benchmark::State& state) {
  batch_of_texts given;
  alx::matrix<double> p(rows, 2);
  alx::index_t const some = state.range(0);
  for (auto _ : state) {
    given.network.predict(
        {given.tokens.data(), some, length, length, 1}, {p.data(), some, 2, 2, 1}, given.team);
    benchmark::DoNotOptimize(p.data());
  }
  state.SetItemsProcessed(state.iterations() * some);
}

/// 3,000 rows of 128 by 128 columns, as one direction's projected table.
void product(benchmark::State& state) {
  constexpr alx::index_t tall = 3000;
  constexpr alx::index_t deep = 128;
  detail::aligned_floats const a(tall * deep, 0.5F);
  detail::aligned_floats const b(deep * deep, 0.25F);
  detail::aligned_floats const start(deep);
  detail::aligned_floats result(tall * deep);
  for (auto _ : state) {
    detail::multiply_into({.a = {a.data(), tall, deep, deep, 1},
                           .b = b.data(),
                           .b_stride = deep,
                           .start = start.data(),
                           .start_stride = 0,
                           .result = result.data(),
                           .result_stride = deep,
                           .columns = deep});
    benchmark::DoNotOptimize(result.data());
  }
  state.SetItemsProcessed(state.iterations() * tall * deep * deep);
}

BENCHMARK(gradient)
    ->Arg(static_cast<int>(alx::nn::embedding_gradient::summed))
    ->Arg(static_cast<int>(alx::nn::embedding_gradient::per_occurrence))
    ->Unit(benchmark::kMillisecond);
BENCHMARK(prepare)->Unit(benchmark::kMillisecond);
BENCHMARK(rmsprop_update)->Unit(benchmark::kMicrosecond);
BENCHMARK(predict)->Arg(1)->Arg(rows)->Unit(benchmark::kMillisecond);
BENCHMARK(product)->Unit(benchmark::kMicrosecond);

}  // namespace
