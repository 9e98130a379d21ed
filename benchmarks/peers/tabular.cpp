// SPDX-License-Identifier: Apache-2.0
/// @file
/// Our side of script/compare: does one work on the files of a folder, once to warm up and then
/// several times, prints a line "wall ms, CPU ms" for each, and writes what came out beside them.
#include <alx/data/npy.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/matrix.hpp>
#include <alx/metrics/silhouette.hpp>
#include <alx/selection/top_by.hpp>
#include <alx/strategies/entropy.hpp>

#include "side.hpp"
#include <cstdio>
#include <fstream>
#include <numeric>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace {

using side::task;

alx::matrix<double> rows_of(task const& given) {
  return alx::read_npy_matrix(given.folder / "X.npy");
}

std::vector<alx::label_t> labels_of(task const& given, char const* file = "y.npy") {
  auto const values = alx::read_npy_labels(given.folder / file);
  return {values.begin(), values.end()};
}

alx::cpu backend_of(task const& given) {
  return {.threads = given.threads};
}

void fit(task const& given) {
  auto const rows = rows_of(given);
  auto const labels = labels_of(given);
  std::vector<alx::index_t> ids(labels.size());
  std::iota(ids.begin(), ids.end(), 0);
  alx::boosting_parameters parameters;
  parameters.num_iterations = static_cast<int>(alx::read_npy_labels(given.folder / "trees.npy")[0]);
  alx::gradient_boosting model{parameters, backend_of(given)};
  given.time([&] { model.fit(rows, {ids, labels}); });
  model.save((given.folder / "alx.txt").string());
}

void predict(task const& given) {
  auto const rows = rows_of(given);
  auto const model =
      alx::gradient_boosting::load((given.folder / "model.txt").string(), {}, backend_of(given));
  std::vector<double> out(static_cast<std::size_t>(rows.rows()));
  given.time([&] { model.predict_raw(rows, out); });
  alx::write_npy(given.folder / "alx.npy", out);
}

void silhouette(task const& given) {
  auto const rows = rows_of(given);
  auto const labels = labels_of(given);
  std::vector<double> values;
  given.time([&] {
    values = alx::silhouette_samples(rows, labels, alx::distance::euclidean, backend_of(given));
  });
  alx::write_npy(given.folder / "alx.npy", values);
}

/// Labels go to and fro between two files that differ in a few rows.
void silhouette_update(task const& given) {
  auto const rows = rows_of(given);
  auto const before = labels_of(given);
  auto const after = labels_of(given, "changed.npy");
  alx::silhouette kept(alx::distance::euclidean, backend_of(given));
  kept.samples(rows, before);
  bool changed = false;
  given.time([&] {
    changed = !changed;
    kept.samples(rows, changed ? after : before);
  });
  alx::write_npy(given.folder / "alx.npy", kept.samples(rows, after));
}

/// The most that this program had; getrusage also knows that of who started it.
long most_memory_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  }
  throw alx::data_error("/proc/self/status: has no VmHWM");
}

std::vector<float> read_floats(std::filesystem::path const& path) {
  std::vector<float> values(std::filesystem::file_size(path) / sizeof(float));
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(float)));
  if (!file) throw alx::data_error(path.string() + ": cannot be read");
  return values;
}

/// "extra N": KiB of memory beyond the probabilities.
void top_by_entropy(task const& given) {
  auto const values = read_floats(given.folder / "p.f32");
  alx::matrix_view<float const> const p{
      values.data(), static_cast<alx::index_t>(values.size() / 2), 2};
  auto const memory = most_memory_kib();
  alx::ranking best;
  given.time([&] { best = alx::top_by(alx::entropy{}, p, 100, backend_of(given)); });
  std::printf("extra %ld\n", most_memory_kib() - memory);
  std::vector<double> const ids(best.ids.begin(), best.ids.end());
  alx::write_npy(given.folder / "alx.npy", ids);
}

side::works const works{
    {"fit", fit},
    {"predict", predict},
    {"silhouette", silhouette},
    {"silhouette_update", silhouette_update},
    {"top", top_by_entropy},
};

}  // namespace

int main(int argc, char** argv) {
  return side::run("compare_tabular", works, argc, argv);
}
