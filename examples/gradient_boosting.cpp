// SPDX-License-Identifier: Apache-2.0
/// @file
/// Trains gradient-boosted trees on .npy files and predicts with them; models are LightGBM's text
/// files, both ways.
#include <alx/data/npy.hpp>
#include <alx/error.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/matrix.hpp>

#include "support/program.hpp"
#include "support/tables.hpp"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace {

struct options {
  std::string features;
  std::string labels;
  std::string weights;
  std::string objective = "binary";
  std::vector<std::string> parameters;
  std::string model;
  std::string output;
  bool raw = false;
  bool leaf = false;
  int threads = 0;
};

// ---- what is read ----------------------------------------------------------------------------

alx::matrix<double> read_features(options const& chosen) {
  auto rows = alx::read_npy_matrix(chosen.features, alx::npy_numbers::through_float32);
  if (rows.rows() == 0) throw alx::data_error(chosen.features + ": has no rows");
  return rows;
}

std::vector<float> read_weights(std::string const& file) {
  std::vector<float> weights;
  for (double const weight : alx::read_npy_vector(file, alx::npy_numbers::through_float32)) {
    if (!(weight >= 0.0 && weight <= double{std::numeric_limits<float>::max()})) {
      throw alx::data_error(file + ": row " + std::to_string(weights.size()) + ": weight " +
                            program::text("%g", weight) +
                            " is not a finite float32 that is 0 or more");
    }
    weights.push_back(static_cast<float>(weight));
  }
  return weights;
}

alx::boosting_parameters parameters_of(std::vector<std::string> const& settings) {
  alx::boosting_parameters parameters;
  for (auto const& setting : settings) {
    auto const equals = setting.find('=');  // that there is one is checked with the command line
    alx::set(parameters, setting.substr(0, equals), setting.substr(equals + 1));
  }
  return parameters;
}

// ---- what is done ----------------------------------------------------------------------------

std::string trees_of(alx::gradient_boosting const& booster) {
  return program::count(static_cast<alx::index_t>(booster.model().trees.size()), "tree");
}

void train(options const& chosen) {
  program::stopwatch watch;
  alx::gradient_boosting booster(parameters_of(chosen.parameters), {.threads = chosen.threads});
  auto const rows = read_features(chosen);
  auto const labels = program::read_two_classes(chosen.labels);
  program::expect_same_rows(
      chosen.features, rows.rows(), chosen.labels, static_cast<alx::index_t>(labels.size()));
  std::vector<float> weights;
  if (!chosen.weights.empty()) {
    weights = read_weights(chosen.weights);
    program::expect_same_rows(
        chosen.features, rows.rows(), chosen.weights, static_cast<alx::index_t>(weights.size()));
  }
  std::cout << "read      " << program::size_text(rows) << ", "
            << std::count(labels.begin(), labels.end(), 1) << " of class 1, in " << watch.lap()
            << '\n';

  std::vector<alx::index_t> ids(labels.size());
  std::iota(ids.begin(), ids.end(), 0);
  booster.fit(rows, {.ids = ids, .labels = labels, .weights = weights});
  std::cout << "trained   " << trees_of(booster) << " in " << watch.lap() << " on "
            << program::threads_text(chosen.threads) << '\n';

  booster.save(chosen.model);
  std::cout << "wrote     " << chosen.model << " in " << watch.lap() << '\n';
}

void write_prediction(options const& chosen,
                      alx::gradient_boosting const& booster,
                      alx::matrix<double> const& rows) {
  if (chosen.leaf) {
    auto const trees = static_cast<alx::index_t>(booster.model().trees.size());
    alx::matrix<std::int32_t> leaves(rows.rows(), trees);
    booster.predict_leaf(rows, leaves);
    alx::write_npy(chosen.output, leaves);
    return;
  }
  std::vector<double> values(static_cast<std::size_t>(rows.rows()));
  if (chosen.raw) {
    booster.predict_raw(rows, values);
  } else {
    alx::matrix<double> probabilities(rows.rows(), 2);
    booster.predict_proba(rows, probabilities);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = probabilities(static_cast<alx::index_t>(i), 1);
    }
  }
  alx::write_npy(chosen.output, values);
}

void predict(options const& chosen) {
  program::stopwatch watch;
  auto const booster = alx::gradient_boosting::load(chosen.model, {}, {.threads = chosen.threads});
  auto const rows = read_features(chosen);
  if (rows.cols() != booster.model().features()) {
    throw alx::shape_error(chosen.features + " has " + std::to_string(rows.cols()) +
                           " features, the model of " + chosen.model + " was trained on " +
                           std::to_string(booster.model().features()));
  }
  std::cout << "read      " << program::size_text(rows) << ", " << trees_of(booster) << " in "
            << watch.lap() << '\n';

  write_prediction(chosen, booster, rows);
  char const* const kind = chosen.leaf ? "leaves" : chosen.raw ? "raw scores" : "probabilities";
  std::cout << "predicted " << kind << " and wrote " << chosen.output << " in " << watch.lap()
            << " on " << program::threads_text(chosen.threads) << '\n';
}

// ---- the command line ------------------------------------------------------------------------

void describe_train(CLI::App& app, options& chosen) {
  app.add_option("--features", chosen.features, "Table to read, rows x features; NaN is missing")
      ->type_name("FILE")
      ->required();
  app.add_option("--labels",
                 chosen.labels,
                 "Labels to read, one a row: 0 and 1, or any two whole numbers, of which the "
                 "smaller is class 0. A number alone is class 1 where it is positive")
      ->type_name("FILE")
      ->required();
  app.add_option("--weights", chosen.weights, "Weights to read, one a row, 0 or more")
      ->type_name("FILE");
  app.add_option("--objective", chosen.objective, "What is minimised")
      ->check(CLI::IsMember({"binary"}))
      ->capture_default_str();
  app.add_option("--param",
                 chosen.parameters,
                 "Parameters by LightGBM's names and aliases; several may follow, and the option "
                 "may be repeated")
      ->type_name("NAME=VALUE")
      ->check([](std::string const& setting) {
        bool const named = setting.find('=') != std::string::npos && setting.front() != '=';
        return named ? std::string() : "'" + setting + "' is not NAME=VALUE";
      });
  program::add_threads(app, chosen.threads);
  app.add_option("--model", chosen.model, "File to write the model to")
      ->type_name("FILE")
      ->required();
}

void describe_predict(CLI::App& app, options& chosen) {
  app.add_option("--features", chosen.features, "Table to read, rows x features")
      ->type_name("FILE")
      ->required();
  app.add_option("--model", chosen.model, "Model to read, of this program or of LightGBM")
      ->type_name("FILE")
      ->required();
  auto* const raw = app.add_flag("--raw", chosen.raw, "Write the sums of the trees instead");
  app.add_flag("--leaf", chosen.leaf, "Write the leaf of each row in each tree instead: int32")
      ->excludes(raw);
  program::add_threads(app, chosen.threads);
  app.add_option("--output",
                 chosen.output,
                 "File to write to: the probability of class 1 of each row, float64")
      ->type_name("FILE")
      ->required();
}

class boosting_program {
 public:
  static constexpr char const* name = "gradient_boosting";
  static constexpr char const* purpose =
      "Gradient-boosted trees for two classes; models are LightGBM's text files.";

  void describe(CLI::App& app) {
    app.footer(
        "Files are .npy. Features of float64 and float32 are taken as they are; whole numbers and\n"
        "bool are rounded to float32 first, as LightGBM does, so that models are the same.\n"
        "Exit status: 0 done, 1 bad input, 2 wrong usage.");
    app.require_subcommand(1);
    auto* const training = app.add_subcommand("train", "Train a model and write it");
    describe_train(*training, chosen_);
    training->callback([this] { chosen_work_ = train; });
    auto* const prediction = app.add_subcommand("predict", "Predict rows with a model");
    describe_predict(*prediction, chosen_);
    prediction->callback([this] { chosen_work_ = predict; });
  }

  void work() const { chosen_work_(chosen_); }

 private:
  options chosen_;
  void (*chosen_work_)(options const&) = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  return program::run<boosting_program>(argc, argv);
}
