// SPDX-License-Identifier: Apache-2.0
/// @file
/// The silhouette of every row of a table, from .npy files to a .npy file.
#include <alx/data/npy.hpp>
#include <alx/metrics/silhouette.hpp>

#include "support/program.hpp"
#include "support/tables.hpp"
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <string>

namespace {

struct options {
  std::string features;
  std::string labels;
  std::string output;
  std::string metric = "euclidean";
  program::place place;
};

std::map<std::string, alx::distance> const& metrics() {
  static std::map<std::string, alx::distance> const all{
      {"euclidean", alx::distance::euclidean},
      {"sqeuclidean", alx::distance::sqeuclidean},
      {"cosine", alx::distance::cosine},
      {"manhattan", alx::distance::manhattan},
  };
  return all;
}

void describe(CLI::App& app, options& chosen) {
  app.footer(
      "The silhouette of a row is (b - a) / max(a, b): a is its mean distance to the other rows\n"
      "of its label, b the smallest mean distance to the rows of another. Files are .npy: a table\n"
      "of float64, float32, int64, int32, uint8 or bool for the features, one whole number a row\n"
      "for the labels (any numbers), one float64 a row for the output.\n"
      "Exit status: 0 done, 1 bad input, 2 wrong usage.");
  app.add_option("--features", chosen.features, "Table to read, rows x features")
      ->type_name("FILE")
      ->required();
  app.add_option("--labels", chosen.labels, "Labels to read, one a row")
      ->type_name("FILE")
      ->required();
  app.add_option("--metric", chosen.metric, "How far apart two rows are")
      ->check(CLI::IsMember(metrics()))
      ->type_name("NAME")
      ->capture_default_str();
  program::add_place(app, chosen.place);
  app.add_option("--output", chosen.output, "File to write the silhouettes to")
      ->type_name("FILE")
      ->required();
}

void compute(options const& chosen) {
  program::stopwatch watch;
  auto const rows = alx::read_npy_matrix(chosen.features);
  auto const labels = program::number(alx::read_npy_labels(chosen.labels));
  auto const labelled = static_cast<alx::index_t>(labels.numbers.size());
  program::expect_same_rows(chosen.features, rows.rows(), chosen.labels, labelled);
  std::cout << "read      " << program::size_text(rows) << ", "
            << program::count(static_cast<alx::index_t>(labels.values.size()), "label") << " in "
            << watch.lap() << '\n';

  auto silhouette = program::on(chosen.place, [&](auto backend) {
    return alx::silhouette(metrics().at(chosen.metric), backend);
  });
  auto const values = silhouette.samples(rows, labels.numbers);
  std::cout << "computed  " << chosen.metric << " silhouettes in " << watch.lap() << " on "
            << program::place_text(chosen.place) << '\n'
            << "mean      " << program::text("%.17g", silhouette.mean()) << '\n'
            << "unit      " << program::text("%.3g", silhouette.unit())
            << " (what is added up are whole multiples of it)\n"
            << "error     at most " << program::text("%.3g", silhouette.error_bound())
            << " in any value\n";

  alx::write_npy(chosen.output, values);
  std::cout << "wrote     " << chosen.output << " in " << watch.lap() << '\n';
}

class silhouette_program {
 public:
  static constexpr char const* name = "silhouette";
  static constexpr char const* purpose =
      "The silhouette of every row of a table under given labels.";

  void describe(CLI::App& app) { ::describe(app, chosen_); }

  void work() const { compute(chosen_); }

 private:
  options chosen_;
};

}  // namespace

int main(int argc, char** argv) {
  return program::run<silhouette_program>(argc, argv);
}
