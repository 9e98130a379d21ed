// SPDX-License-Identifier: Apache-2.0
/// @file
/// Does a GPU give the CPU's results at real sizes, and how fast? One JSON object a line, for
/// script/gpu-check. Needs alx::gpu and nothing else.
///
/// usage: check [--small]      small: sizes for compute-sanitizer, and nothing is timed
#include <alx/error.hpp>
#include <alx/gpu/matrix.hpp>
#include <alx/gpu/pool.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/matrix.hpp>
#include <alx/metrics/silhouette.hpp>
#include <alx/selection/top_by.hpp>
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/ignorance.hpp>
#include <alx/strategies/product.hpp>

#include "check_lstm.hpp"
#include "check_report.hpp"
#include "rows.hpp"
#include <cstdio>
#include <string>
#include <vector>

namespace {

using alx::index_t;
using benchmark_rows::pool_probabilities;
using benchmark_rows::rows;
using check_report::say;
using check_report::size;
using check_report::small;
using check_report::time;

void check_top() {
  index_t const n = size(10'000'000, 50'000);
  auto const p = pool_probabilities(n);
  auto const expected = alx::top_by(alx::entropy{}, p, 100, alx::cpu{0});
  alx::gpu_matrix<float> const there(p.view(), alx::gpu{});
  auto const found = alx::top_by(alx::entropy{}, there.view(), 100, alx::gpu{});
  say("top 100 of " + std::to_string(n) + " x 2",
      found.ids == expected.ids && found.utility == expected.utility,
      "ids and utilities of the CPU");
  time("top 100 by entropy of 10,000,000 x 2 float32, there already", 20, [&] {
    alx::top_by(alx::entropy{}, there.view(), 100, alx::gpu{});
  });
}

void check_silhouettes() {
  rows const t(size(30'000, 700), 10, 2);
  for (auto const& [between, name] : {std::pair{alx::distance::euclidean, "euclidean"},
                                      std::pair{alx::distance::manhattan, "manhattan"},
                                      std::pair{alx::distance::sqeuclidean, "sqeuclidean"},
                                      std::pair{alx::distance::cosine, "cosine"}}) {
    auto const expected = alx::silhouette_samples(t.features, t.labels, between, alx::cpu{0});
    auto const found = alx::silhouette_samples(t.features, t.labels, between, alx::gpu{});
    say(std::string("silhouettes of ") + std::to_string(t.features.rows()) + " x 10, " + name,
        found == expected,
        "bits of the CPU");
  }
}

/// Of rows that are on the GPU.
void time_silhouette(index_t n, alx::distance between, alx::precision digits, char const* name) {
  if (small) return;
  rows const t(n, 10, 3);
  alx::gpu_matrix<double> const there(t.features.view(), alx::gpu{});
  alx::gpu_buffer<alx::label_t> const labels(t.labels);
  alx::gpu_buffer<double> values(n);
  time("silhouette " + std::to_string(n) + " x 10, " + name, 3, [&] {
    alx::silhouette of(between, alx::gpu{}, digits);
    of.samples(there.view(), {labels.data(), n}, 2, {values.data(), n});
    static_cast<void>(values.to_host());
  });
}

void time_silhouettes() {
  using alx::distance;
  using alx::precision;
  for (index_t const n : {index_t{100'000}, index_t{1'000'000}}) {
    time_silhouette(n, distance::euclidean, precision::float32, "float32");
    time_silhouette(n, distance::sqeuclidean, precision::float64, "squares");
  }
  time_silhouette(100'000, distance::euclidean, precision::float64, "float64");
}

void check_boosting() {
  for (auto const& [count, columns] :
       {std::pair{size(1040, 300), index_t{4}}, std::pair{size(60'000, 3000), index_t{28}}}) {
    rows const t(count, columns, 4);
    alx::boosting_parameters const parameters{.num_iterations = small ? 3 : 100};
    alx::gradient_boosting on_cpu(parameters, alx::cpu{0});
    alx::gradient_boosting on_gpu(parameters, alx::gpu{});
    on_cpu.fit(t.features, t.all());
    on_gpu.fit(t.features, t.all());
    std::string const name = std::to_string(count) + " x " + std::to_string(columns);
    say("boosting on " + name,
        alx::model_text(on_gpu.model()) == alx::model_text(on_cpu.model()),
        "text of the CPU's model");
    time("fit " + name + ", 100 trees", 5, [&] { on_gpu.fit(t.features, t.all()); });
  }
  if (small) return;
  rows const many(1'000'000, 28, 5);
  alx::gradient_boosting learner(alx::gpu{});
  time("fit 1000000 x 28, 100 trees", 2, [&] { learner.fit(many.features, many.all()); });
  alx::gpu_matrix<double> const there(many.features.view(), alx::gpu{});
  alx::gpu_matrix<double> out(many.features.rows(), 2, alx::gpu{});
  alx::gpu_buffer<double> one(1);
  time("predict 1000000 x 28, 100 trees, there already", 10, [&] {
    learner.predict_proba(there.view(), out.view());
    one.take(out.view().data, 1);
    static_cast<void>(one.to_host());
  });
}

void check_many() {
  index_t const count = size(2048, 5);
  rows const t(1040, 4, 6);
  std::vector<alx::labelled_rows> const sets(static_cast<std::size_t>(count), t.all());
  alx::boosting_parameters const parameters{.num_iterations = small ? 3 : 100};
  alx::gradient_boosting const like(parameters, alx::gpu{});
  auto const each = like.fit_each(t.features, sets);
  alx::gradient_boosting alone(parameters);
  alone.fit(t.features, t.all());
  bool right = true;
  for (auto const& learner : each) {
    right = right && alx::model_text(learner.model()) == alx::model_text(alone.model());
  }
  say(std::to_string(count) + " models of 1040 x 4 at once", right, "text of the CPU's model");
  time("fit_each, 2048 models of 1040 x 4", 2, [&] {
    static_cast<void>(like.fit_each(t.features, sets));
  });
}

void check_pool() {
  rows const t(size(1'000'000, 3000), 10, 7);
  rows const known(1000, 10, 8);
  alx::gradient_boosting learner(alx::boosting_parameters{.num_iterations = small ? 3 : 100},
                                 alx::gpu{});
  learner.fit(known.features, known.all());
  alx::gpu_pool pool(t.features.view(), 2, alx::gpu{});
  auto by = alx::entropy{} *
            alx::ignorance{alx::distance::euclidean, alx::gpu{}, alx::precision::float32};
  auto const first = pool.best(learner, by, 10);
  auto const again = pool.best(learner, by, 10);
  say("a round in a pool of " + std::to_string(t.features.rows()) + " x 10",
      first.ids.size() == 10 && first.ids == again.ids,
      "ten ids, the same twice");
  time("a round, pool of 1000000 x 10, no label changed", 3, [&] { pool.best(learner, by, 10); });
}

}  // namespace

int main(int argc, char** argv) {
  small = argc > 1 && std::string(argv[1]) == "--small";
  try {
    check_top();
    check_silhouettes();
    time_silhouettes();
    check_boosting();
    check_many();
    check_pool();
    check_lstm::run();
  } catch (alx::error const& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 2;
  }
  return check_report::failures == 0 ? 0 : 1;
}
