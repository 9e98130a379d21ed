// SPDX-License-Identifier: Apache-2.0
/// @file
/// The parts of a fit, and prediction: 20,000 rows × 28 columns, one thread.
#include <alx/learners/boosting/grower.hpp>
#include <alx/learners/boosting/used_columns.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>
#include <alx/random.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <vector>

namespace {

namespace detail = alx::detail;

constexpr alx::index_t rows = 20000;
constexpr alx::index_t columns = 28;

/// Rows of chance, and labels that depend on two columns.
struct table {
  alx::matrix<double> features{rows, columns};
  std::vector<alx::label_t> labels;
  std::vector<alx::index_t> ids;

  table() : ids(rows) {
    alx::philox random{0, 0, 0};
    for (alx::index_t r = 0; r < rows; ++r) {
      for (alx::index_t c = 0; c < columns; ++c) features(r, c) = random.uniform();
      labels.push_back(features(r, 0) + features(r, 1) * random.uniform() > 0.75 ? 1 : 0);
    }
    std::iota(ids.begin(), ids.end(), 0);
  }
};

table const& data() {
  static table const all;
  return all;
}

/// What a tree begins with.
struct first_tree {
  alx::thread_team team;
  std::vector<detail::gradient_pair> gradients;
  detail::leaf_order order{rows, team};
  detail::open_leaf root{.begin = 0, .rows = rows};

  first_tree() {
    for (auto const label : data().labels) {
      gradients.push_back({label == 1 ? -0.5F : 0.5F, 0.25F});
    }
    order.begin_tree({});
    auto const total = detail::sum_of(gradients);
    root.gradient = total.gradient;
    root.hessian = total.hessian;
  }
};

void binning(benchmark::State& state) {
  alx::boosting_parameters const parameters;
  alx::thread_team team;
  for (auto _ : state) {
    detail::used_columns const used(data().features, data().ids, parameters, team);
    detail::binned_rows const bins(data().features, data().ids, used, team);
    benchmark::DoNotOptimize(bins.rows());
  }
  state.SetItemsProcessed(state.iterations() * rows * columns);
}

/// `state.range(0)` rows into 255 bins of each column.
void histogram(benchmark::State& state) {
  first_tree const tree;
  std::vector<std::uint8_t> bins(static_cast<std::size_t>(rows * columns));
  alx::philox random{0, 0, 0};
  for (auto& bin : bins) bin = static_cast<std::uint8_t>(random.uniform() * 255);
  constexpr auto groups = (columns + detail::group_columns - 1) / detail::group_columns;
  std::vector<detail::group_cells> cells(groups * 255);
  std::vector<detail::histogram_column> to;
  for (std::size_t c = 0; c < columns; ++c) {
    auto& first = cells[c / detail::group_columns * 255];
    to.push_back({c, first.cell.data() + c % detail::group_columns});
  }
  for (auto _ : state) {
    auto const numbers = tree.order.part(0, state.range(0));
    detail::accumulate(bins.data(), columns, to, {numbers, tree.gradients.data()});
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * columns);
}

/// All thresholds of one group of columns, in two leaves.
void split_search(benchmark::State& state) {
  detail::column_group group{.bins = 255, .columns = detail::group_columns};
  group.shape.fill({255, 0, false});
  std::vector<detail::group_cells> smaller(255);
  std::vector<detail::group_cells> larger(255);
  alx::philox random{0, 0, 0};
  detail::searched_pair pair{.cells = {smaller[0].cell.data(), larger[0].cell.data()}};
  for (std::size_t l = 0; l < 2; ++l) {
    pair.totals[l].rows = 255 * 40;
    for (int bin = 0; bin < 255; ++bin) {
      double const gradient = random.uniform() * 10.0 - 5.0;
      pair.totals[l].gradient += gradient;
      pair.totals[l].hessian += 10.0;
      for (auto& cell : (l == 0 ? smaller : larger)[static_cast<std::size_t>(bin)].cell) {
        cell = {gradient, 10.0};
      }
    }
  }
  detail::group_search const search({20, 1e-3, 0.0, 0.0});
  detail::group_result results;
  for (auto _ : state) {
    search.find(group, pair, 255 * 20.0, results);
    benchmark::DoNotOptimize(results);
  }
  state.SetItemsProcessed(state.iterations() * 2 * 255 * std::ssize(results));
}

void partition(benchmark::State& state) {
  first_tree tree;
  std::vector<std::uint8_t> goes_left(256);
  std::fill_n(goes_left.begin(), 100, std::uint8_t{1});
  std::vector<std::uint8_t> bins(static_cast<std::size_t>(rows));
  alx::philox random{0, 0, 0};
  for (auto& bin : bins) bin = static_cast<std::uint8_t>(random.uniform() * 255);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        tree.order.partition(0, state.range(0), bins.data(), goes_left.data()));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void predict(benchmark::State& state) {
  alx::gradient_boosting model;
  model.fit(data().features, {data().ids, data().labels});
  std::vector<double> out(static_cast<std::size_t>(rows));
  for (auto _ : state) {
    model.predict_raw(data().features, out);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * rows);
}

BENCHMARK(binning)->Unit(benchmark::kMillisecond);
BENCHMARK(histogram)->Arg(500)->Arg(20000)->Unit(benchmark::kMicrosecond);
BENCHMARK(split_search)->Unit(benchmark::kMicrosecond);
BENCHMARK(partition)->Arg(500)->Arg(20000)->Unit(benchmark::kMicrosecond);
BENCHMARK(predict)->Unit(benchmark::kMillisecond);

}  // namespace
