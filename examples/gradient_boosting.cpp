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
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace {

struct row_files {
  std::string features;
  std::string labels;
  std::string weights;
};

struct options {
  row_files rows;
  row_files validation;
  std::string objective = "binary";
  std::string categorical;
  std::string losses;
  std::vector<std::string> parameters;
  std::string model;
  std::string output;
  bool raw = false;
  bool leaf = false;
  bool gain = false;
  program::place place;
};

// ---- what is read ----------------------------------------------------------------------------

/// Rows with what is known of them: labels for classes, values otherwise.
struct known_rows {
  alx::matrix<double> features;
  std::vector<alx::index_t> ids;
  std::vector<alx::label_t> labels;
  std::vector<float> values;
  std::vector<float> weights;

  [[nodiscard]] alx::labelled_rows of_classes(alx::label_t classes) const {
    return {.ids = ids, .labels = labels, .classes = classes, .weights = weights};
  }

  [[nodiscard]] alx::regression_rows of_values() const {
    return {.ids = ids, .values = values, .weights = weights};
  }
};

alx::matrix<double> read_features(std::string const& file) {
  auto rows = alx::read_npy_matrix(file, alx::npy_numbers::through_float32);
  if (rows.rows() == 0) throw alx::data_error(file + ": has no rows");
  return rows;
}

std::vector<float> read_values(std::string const& file) {
  std::vector<float> values;
  for (double const value : alx::read_npy_vector(file, alx::npy_numbers::through_float32)) {
    if (!(std::abs(value) <= double{std::numeric_limits<float>::max()})) {
      throw alx::data_error(file + ": row " + std::to_string(values.size()) + ": value " +
                            program::text("%g", value) + " is not a finite float32");
    }
    values.push_back(static_cast<float>(value));
  }
  return values;
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

/// The labels' numbers, ascending, are classes 0, 1, … ; two classes are read more freely.
std::vector<alx::label_t> read_labels(options const& chosen,
                                      std::string const& file,
                                      std::vector<std::int64_t>& classes) {
  if (chosen.objective == "binary") return program::read_two_classes(file);
  auto const labels = alx::read_npy_labels(file);
  if (classes.empty()) classes = program::number(labels).values;
  std::vector<alx::label_t> numbers;
  for (auto const label : labels) {
    auto const place = std::lower_bound(classes.begin(), classes.end(), label);
    if (place == classes.end() || *place != label) {
      throw alx::data_error(file + ": row " + std::to_string(numbers.size()) + ": label " +
                            std::to_string(label) + " is none of those trained on");
    }
    numbers.push_back(static_cast<alx::label_t>(place - classes.begin()));
  }
  return numbers;
}

known_rows read_rows(options const& chosen,
                     row_files const& files,
                     std::vector<std::int64_t>& classes) {
  known_rows rows;
  rows.features = read_features(files.features);
  auto const expect = [&](std::string const& file, std::size_t count) {
    program::expect_same_rows(
        files.features, rows.features.rows(), file, static_cast<alx::index_t>(count));
  };
  if (chosen.objective == "regression") {
    rows.values = read_values(files.labels);
    expect(files.labels, rows.values.size());
  } else {
    rows.labels = read_labels(chosen, files.labels, classes);
    expect(files.labels, rows.labels.size());
  }
  if (!files.weights.empty()) {
    rows.weights = read_weights(files.weights);
    expect(files.weights, rows.weights.size());
  }
  rows.ids.resize(static_cast<std::size_t>(rows.features.rows()));
  std::iota(rows.ids.begin(), rows.ids.end(), 0);
  return rows;
}

// ---- what is done ----------------------------------------------------------------------------

std::string trees_of(alx::gradient_boosting const& booster) {
  return program::count(static_cast<alx::index_t>(booster.model().trees.size()), "tree");
}

std::string known_text(options const& chosen, known_rows const& rows, std::size_t classes) {
  if (chosen.objective == "regression") return "values";
  if (chosen.objective == "multiclass") return std::to_string(classes) + " classes";
  return std::to_string(std::count(rows.labels.begin(), rows.labels.end(), 1)) + " of class 1";
}

void fit(alx::gradient_boosting& booster,
         options const& chosen,
         known_rows const& rows,
         known_rows const& validation,
         alx::label_t classes) {
  bool const values = chosen.objective == "regression";
  if (chosen.validation.features.empty()) {
    values ? booster.fit_regression(rows.features, rows.of_values())
           : booster.fit(rows.features, rows.of_classes(classes));
  } else if (values) {
    booster.fit_regression(
        rows.features, rows.of_values(), validation.features, validation.of_values());
  } else {
    booster.fit(rows.features,
                rows.of_classes(classes),
                validation.features,
                validation.of_classes(classes));
  }
}

void report_losses(options const& chosen, alx::gradient_boosting const& booster) {
  auto const losses = booster.validation_losses();
  if (losses.empty()) return;
  auto const best = std::min_element(losses.begin(), losses.end());
  std::cout << "validated loss " << program::text("%.6g", *best) << " after iteration "
            << best - losses.begin() + 1 << " of " << losses.size() << '\n';
  if (chosen.losses.empty()) return;
  alx::write_npy(chosen.losses, std::vector<double>(losses.begin(), losses.end()));
}

void train(options const& chosen) {
  program::stopwatch watch;
  auto parameters = parameters_of(chosen.parameters);
  if (!chosen.categorical.empty()) {
    alx::set(parameters, "categorical_feature", chosen.categorical);
  }
  auto booster = program::on(
      chosen.place, [&](auto backend) { return alx::gradient_boosting(parameters, backend); });
  std::vector<std::int64_t> classes;
  auto const rows = read_rows(chosen, chosen.rows, classes);
  if (chosen.objective == "multiclass" && classes.size() < 3) {
    throw alx::data_error(chosen.rows.labels + ": " + std::to_string(classes.size()) +
                          " classes; multiclass wants three or more, binary has two");
  }
  std::cout << "read      " << program::size_text(rows.features) << ", "
            << known_text(chosen, rows, classes.size()) << ", in " << watch.lap() << '\n';
  known_rows validation;
  if (!chosen.validation.features.empty()) {
    validation = read_rows(chosen, chosen.validation, classes);
    std::cout << "read      " << program::size_text(validation.features) << " to validate on, in "
              << watch.lap() << '\n';
  }
  auto const count = std::max<std::size_t>(classes.size(), 2);
  fit(booster, chosen, rows, validation, static_cast<alx::label_t>(count));
  std::cout << "trained   " << trees_of(booster) << " in " << watch.lap() << " on "
            << program::place_text(chosen.place) << '\n';
  report_losses(chosen, booster);
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
  auto const& model = booster.model();
  bool const classes = model.objective == alx::boosting_objective::binary;
  alx::matrix<double> out(rows.rows(), classes && !chosen.raw ? 2 : model.num_class);
  if (chosen.raw || model.objective == alx::boosting_objective::regression) {
    booster.predict_raw(rows, out);
  } else {
    booster.predict_proba(rows, out);
  }
  if (model.num_class > 1) {
    alx::write_npy(chosen.output, out);
    return;
  }
  std::vector<double> values;
  for (alx::index_t i = 0; i < out.rows(); ++i) values.push_back(out(i, out.cols() - 1));
  alx::write_npy(chosen.output, values);
}

void predict(options const& chosen) {
  program::stopwatch watch;
  auto const booster =
      alx::gradient_boosting::load(chosen.model, {}, {.threads = chosen.place.threads});
  auto const rows = read_features(chosen.rows.features);
  if (rows.cols() != booster.model().features()) {
    throw alx::shape_error(chosen.rows.features + " has " + std::to_string(rows.cols()) +
                           " features, the model of " + chosen.model + " was trained on " +
                           std::to_string(booster.model().features()));
  }
  std::cout << "read      " << program::size_text(rows) << ", " << trees_of(booster) << " in "
            << watch.lap() << '\n';

  write_prediction(chosen, booster, rows);
  char const* const kind = chosen.leaf  ? "leaves"
                           : chosen.raw ? "raw scores"
                           : booster.model().objective == alx::boosting_objective::regression
                               ? "values"
                               : "probabilities";
  std::cout << "predicted " << kind << " and wrote " << chosen.output << " in " << watch.lap()
            << " on " << program::threads_text(chosen.place.threads) << '\n';
}

void importance(options const& chosen) {
  auto const model = alx::gradient_boosting::load(chosen.model).model();
  auto const type = chosen.gain ? alx::importance_type::gain : alx::importance_type::split;
  auto const values = alx::feature_importance(model, type);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::cout << model.feature_names[i] << ' ' << program::text("%.17g", values[i]) << '\n';
  }
}

// ---- the command line ------------------------------------------------------------------------

void describe_rows(CLI::App& app, options& chosen) {
  app.add_option(
         "--features", chosen.rows.features, "Table to read, rows x features; NaN is missing")
      ->type_name("FILE")
      ->required();
  app.add_option("--labels",
                 chosen.rows.labels,
                 "Labels to read, one a row. binary: 0 and 1, or any two whole numbers, of which "
                 "the smaller is class 0; a number alone is class 1 where it is positive. "
                 "multiclass: whole numbers, the least is class 0, and so on. regression: numbers")
      ->type_name("FILE")
      ->required();
  app.add_option("--weights", chosen.rows.weights, "Weights to read, one a row, 0 or more")
      ->type_name("FILE");
  auto* const features =
      app.add_option("--valid-features",
                     chosen.validation.features,
                     "Rows that are not trained on, to record the loss on after each iteration; "
                     "with early_stopping_round the model ends where it was least")
          ->type_name("FILE");
  auto* const labels =
      app.add_option("--valid-labels", chosen.validation.labels, "Their labels")->type_name("FILE");
  app.add_option("--valid-weights", chosen.validation.weights, "Their weights")
      ->type_name("FILE")
      ->needs(features);
  app.add_option("--losses", chosen.losses, "File to write the losses on them to, float64")
      ->type_name("FILE")
      ->needs(features);
  features->needs(labels);
  labels->needs(features);
}

void describe_train(CLI::App& app, options& chosen) {
  describe_rows(app, chosen);
  app.add_option("--objective", chosen.objective, "What is minimised")
      ->check(CLI::IsMember({"binary", "multiclass", "regression"}))
      ->capture_default_str();
  app.add_option("--categorical",
                 chosen.categorical,
                 "Columns whose values are categories, whole numbers from 0 on: 0,3,4")
      ->type_name("COLUMNS");
  app.add_option("--param",
                 chosen.parameters,
                 "Parameters by LightGBM's names and aliases; several may follow, and the option "
                 "may be repeated")
      ->type_name("NAME=VALUE")
      ->check([](std::string const& setting) {
        bool const named = setting.find('=') != std::string::npos && setting.front() != '=';
        return named ? std::string() : "'" + setting + "' is not NAME=VALUE";
      });
  program::add_place(app, chosen.place);
  app.add_option("--model", chosen.model, "File to write the model to")
      ->type_name("FILE")
      ->required();
}

void describe_predict(CLI::App& app, options& chosen) {
  app.add_option("--features", chosen.rows.features, "Table to read, rows x features")
      ->type_name("FILE")
      ->required();
  app.add_option("--model", chosen.model, "Model to read, of this program or of LightGBM")
      ->type_name("FILE")
      ->required();
  auto* const raw = app.add_flag("--raw", chosen.raw, "Write the sums of the trees instead");
  app.add_flag("--leaf", chosen.leaf, "Write the leaf of each row in each tree instead: int32")
      ->excludes(raw);
  program::add_threads(app, chosen.place.threads);
  app.add_option("--output",
                 chosen.output,
                 "File to write to, float64: of each row the probability of class 1, of each class "
                 "(multiclass), or the value (regression)")
      ->type_name("FILE")
      ->required();
}

void describe_importance(CLI::App& app, options& chosen) {
  app.add_option("--model", chosen.model, "Model to read, of this program or of LightGBM")
      ->type_name("FILE")
      ->required();
  app.add_flag("--gain", chosen.gain, "What the splits gained in all, instead of their number");
}

class boosting_program {
 public:
  static constexpr char const* name = "gradient_boosting";
  static constexpr char const* purpose =
      "Gradient-boosted trees for classes and values; models are LightGBM's text files.";

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
    auto* const important =
        app.add_subcommand("importance", "Print how important each column is to a model");
    describe_importance(*important, chosen_);
    important->callback([this] { chosen_work_ = importance; });
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
