// SPDX-License-Identifier: Apache-2.0
/// @file
/// The kernels at several sizes, with Google Benchmark; each call waits for its result.
#include <alx/error.hpp>
#include <alx/gpu/buffer.hpp>
#include <alx/gpu/matrix.hpp>
#include <alx/learners/gpu_lstm_network.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/learners/lstm_classifier.hpp>
#include <alx/learners/lstm_network.hpp>
#include <alx/metrics/silhouette.hpp>
#include <alx/parallel.hpp>
#include <alx/selection/top_by.hpp>
#include <alx/strategies/entropy.hpp>

#include <benchmark/benchmark.h>

#include "rows.hpp"
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <vector>

namespace {

using alx::index_t;
using benchmark_rows::rows;

void top_100(benchmark::State& state) {
  auto const p = benchmark_rows::pool_probabilities(state.range(0));
  alx::gpu_matrix<float> const there(p.view(), alx::gpu{});
  for (auto _ : state) {
    benchmark::DoNotOptimize(alx::top_by(alx::entropy{}, there.view(), 100, alx::gpu{}));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// From nothing; `range(1)`: so many labels have changed since, each time.
void silhouettes(benchmark::State& state, alx::distance between, alx::precision digits) {
  index_t const n = state.range(0);
  index_t const changes = state.range(1);
  rows const t(n, 10, 3);
  auto moved = t.labels;
  for (index_t r = 0; r < changes; ++r) moved[static_cast<std::size_t>(r)] ^= 1;
  alx::gpu_matrix<double> const there(t.features.view(), alx::gpu{});
  alx::gpu_buffer<alx::label_t> const before(t.labels);
  alx::gpu_buffer<alx::label_t> const after(moved);
  alx::gpu_buffer<double> values(n);
  alx::silhouette of(between, alx::gpu{}, digits);
  bool odd = false;
  for (auto _ : state) {
    if (changes == 0) of = alx::silhouette(between, alx::gpu{}, digits);
    odd = !odd;
    of.samples(there.view(), {(odd ? before : after).data(), n}, 2, {values.data(), n});
    benchmark::DoNotOptimize(values.to_host());
  }
}

void fit(benchmark::State& state) {
  rows const t(state.range(0), state.range(1), 4);
  alx::gradient_boosting learner(alx::gpu{});
  for (auto _ : state) learner.fit(t.features, t.all());
}

void fit_each(benchmark::State& state) {
  rows const t(1040, 4, 6);
  std::vector<alx::labelled_rows> const sets(static_cast<std::size_t>(state.range(0)), t.all());
  alx::gradient_boosting const like(alx::gpu{});
  for (auto _ : state) benchmark::DoNotOptimize(like.fit_each(t.features, sets));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void predict(benchmark::State& state) {
  rows const known(10'000, 28, 5);
  rows const t(state.range(0), 28, 6);
  alx::gradient_boosting learner(alx::gpu{});
  learner.fit(known.features, known.all());
  alx::gpu_matrix<double> const there(t.features.view(), alx::gpu{});
  alx::gpu_matrix<double> out(t.features.rows(), 2, alx::gpu{});
  alx::gpu_buffer<double> one(1);
  for (auto _ : state) {
    learner.predict_proba(there.view(), out.view());
    one.take(out.view().data, 1);
    benchmark::DoNotOptimize(one.to_host());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// An epoch of 25,000 reviews by an LSTM of so many units, in batches of so many rows.
void lstm_epoch(benchmark::State& state) {
  benchmark_rows::texts const t(25'000, 150, 3'000);
  alx::lstm_options options;
  options.shape.units = state.range(0);
  options.training.batch = state.range(1);
  options.training.epochs = 10;
  alx::lstm_classifier<> learner(options, {}, alx::gpu{});
  std::vector<index_t> ids(25'000);
  std::iota(ids.begin(), ids.end(), index_t{0});
  for (auto _ : state) learner.fit(t.tokens.view(), {ids, t.labels});
  state.SetItemsProcessed(state.iterations() * 25'000 * options.training.epochs);
}

void lstm_predict(benchmark::State& state, alx::nn::activations how) {
  index_t const n = state.range(1);
  benchmark_rows::texts const t(n, 150, 3'000);
  alx::lstm_shape const shape{.units = state.range(0)};
  alx::thread_team team(0);
  auto network = alx::make_lstm_network(shape);
  network.initialise(1, team);
  alx::gpu_lstm_network there(shape, alx::gpu{}, how);
  there.set_weights(network.weights());
  alx::gpu_matrix<std::int32_t> const tokens(t.tokens.view(), alx::gpu{});
  alx::gpu_matrix<double> out(n, 2, alx::gpu{});
  alx::gpu_buffer<double> one(1);
  for (auto _ : state) {
    there.predict(tokens.view(), out.view());
    one.take(out.view().data, 1);
    benchmark::DoNotOptimize(one.to_host());
  }
  state.SetItemsProcessed(state.iterations() * n);
}

using alx::distance;
using alx::precision;

BENCHMARK(top_100)->RangeMultiplier(10)->Range(10'000, 10'000'000)->UseRealTime();
BENCHMARK_CAPTURE(silhouettes, euclidean_float32, distance::euclidean, precision::float32)
    ->ArgsProduct({{10'000, 100'000, 1'000'000}, {0, 1000}})
    ->UseRealTime();
BENCHMARK_CAPTURE(silhouettes, euclidean_float64, distance::euclidean, precision::float64)
    ->ArgsProduct({{10'000, 100'000}, {0, 1000}})
    ->UseRealTime();
BENCHMARK_CAPTURE(silhouettes, sqeuclidean, distance::sqeuclidean, precision::float64)
    ->ArgsProduct({{10'000, 1'000'000}, {0, 1000}})
    ->UseRealTime();
BENCHMARK(fit)->Args({1040, 4})->Args({60'000, 28})->Args({1'000'000, 28})->UseRealTime();
BENCHMARK(fit_each)->Arg(1)->Arg(132)->Arg(2048)->UseRealTime();
BENCHMARK(predict)->Range(10'000, 1'000'000)->UseRealTime();
BENCHMARK(lstm_epoch)->ArgsProduct({{32, 64, 128}, {32, 64, 256, 1024, 4096}})->UseRealTime();
BENCHMARK_CAPTURE(lstm_predict, exact, alx::nn::activations::exact)
    ->ArgsProduct({{32, 64, 128}, {1, 1000, 50'000, 1'000'000}})
    ->UseRealTime();
BENCHMARK_CAPTURE(lstm_predict, approx, alx::nn::activations::approx)
    ->ArgsProduct({{32, 64, 128}, {50'000, 1'000'000}})
    ->UseRealTime();

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  try {
    benchmark::RunSpecifiedBenchmarks();
  } catch (alx::error const& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 2;
  }
}
