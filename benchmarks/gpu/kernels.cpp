// SPDX-License-Identifier: Apache-2.0
/// @file
/// The kernels at several sizes, with Google Benchmark; each call waits for its result.
#include <alx/error.hpp>
#include <alx/gpu/buffer.hpp>
#include <alx/gpu/matrix.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/metrics/silhouette.hpp>
#include <alx/selection/top_by.hpp>
#include <alx/strategies/entropy.hpp>

#include <benchmark/benchmark.h>

#include "rows.hpp"
#include <cstdio>
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
