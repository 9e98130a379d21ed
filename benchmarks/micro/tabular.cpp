// SPDX-License-Identifier: Apache-2.0
/// @file
/// The parts of a round on tables: fit, predict, silhouette, top. One thread.
#include <alx/data/blobs.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/metrics/silhouette.hpp>
#include <alx/selection/top.hpp>
#include <alx/selection/top_by.hpp>
#include <alx/strategies/entropy.hpp>

#include <benchmark/benchmark.h>

#include <numeric>
#include <vector>

namespace {

alx::blobs const& pool() {
  static alx::blobs const blobs = alx::make_blobs({.samples = 5000,
                                                   .centers = 2,
                                                   .features = 4,
                                                   .cluster_std = 2.0,
                                                   .center_box = {-5.0, 5.0}});
  return blobs;
}

alx::gradient_boosting fitted(alx::index_t rows) {
  std::vector<alx::index_t> ids(static_cast<std::size_t>(rows));
  std::iota(ids.begin(), ids.end(), 0);
  alx::gradient_boosting model;
  model.fit(pool().features, {ids, std::span(pool().labels).first(ids.size())});
  return model;
}

void fit(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(fitted(state.range(0)).model().trees.size());
}

void predict(benchmark::State& state) {
  auto const model = fitted(1040);
  auto const fresh = pool().draw(state.range(0), 1);
  alx::matrix<double> out(state.range(0), 2);
  for (auto _ : state) {
    model.predict_proba(fresh.features, out);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void silhouette_fresh(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(alx::silhouette_samples(pool().features, pool().labels));
  }
}

void silhouette_update(benchmark::State& state) {
  auto labels = pool().labels;
  alx::silhouette kept;
  kept.samples(pool().features, labels);
  for (auto _ : state) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(state.range(0)); ++i) {
      labels[i * 17] = 1 - labels[i * 17];
    }
    benchmark::DoNotOptimize(kept.samples(pool().features, labels));
  }
}

/// Probabilities of two classes.
alx::matrix<double> probabilities(alx::index_t rows) {
  alx::philox random{0, 0, 0};
  alx::matrix<double> p(rows, 2);
  for (alx::index_t i = 0; i < rows; ++i) {
    p(i, 1) = random.uniform();
    p(i, 0) = 1.0 - p(i, 1);
  }
  return p;
}

/// A utility for every row, then the best.
void entropy_and_top(benchmark::State& state) {
  auto const rows = state.range(0);
  auto const p = probabilities(rows);
  std::vector<alx::index_t> ids(static_cast<std::size_t>(rows));
  std::iota(ids.begin(), ids.end(), 0);
  alx::round_view round;
  round.candidates = ids;
  round.probability = p;
  std::vector<double> utility(ids.size());
  for (auto _ : state) {
    alx::entropy{}.score(round, utility);
    benchmark::DoNotOptimize(alx::top{}.select(round, utility, 100));
  }
  state.SetItemsProcessed(state.iterations() * rows);
}

/// The best, straight from the probabilities.
void top_by_entropy(benchmark::State& state) {
  auto const p = probabilities(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(alx::top_by(alx::entropy{}, p, 100));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(fit)->Arg(50)->Arg(200)->Arg(1040)->Arg(5000)->Unit(benchmark::kMillisecond);
BENCHMARK(predict)->Arg(5000)->Arg(25000)->Unit(benchmark::kMillisecond);
BENCHMARK(silhouette_fresh)->Unit(benchmark::kMillisecond);
BENCHMARK(silhouette_update)->Arg(10)->Arg(50)->Arg(100)->Unit(benchmark::kMillisecond);
BENCHMARK(entropy_and_top)->Arg(5000)->Arg(1000000)->Unit(benchmark::kMillisecond);
BENCHMARK(top_by_entropy)->Arg(5000)->Arg(1000000)->Unit(benchmark::kMillisecond);

}  // namespace
