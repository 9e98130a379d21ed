// SPDX-License-Identifier: Apache-2.0
/// @file
/// Trains gradient-boosted trees on .npy files or tables of text and predicts with them; models are
/// LightGBM's text files, both ways.
#include <alx/data/csv.hpp>
#include <alx/data/npy.hpp>
#include <alx/data/table.hpp>
#include <alx/error.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/matrix.hpp>

#include "support/data_file.hpp"
#include "support/program.hpp"
#include "support/tables.hpp"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace {

struct row_files {
  std::string features;
  std::string labels;
  std::string weights;
  program::data_file data;  ///< instead of features and labels
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

  [[nodiscard]] bool validates() const {
    return !validation.features.empty() || !validation.data.path.empty();
  }
};

// ---- what is read ----------------------------------------------------------------------------

/// Rows with what is known of them: labels for classes, values otherwise.
struct known_rows {
  alx::matrix<double> features;
  std::vector<alx::index_t> ids;
  std::vector<alx::label_t> labels;
  std::vector<float> values;
  std::vector<float> weights;

  [[nodiscard]] bool empty() const { return features.rows() == 0; }

  [[nodiscard]] alx::labelled_rows of_classes(alx::label_t classes) const {
    return {.ids = ids, .labels = labels, .classes = classes, .weights = weights};
  }

  [[nodiscard]] alx::regression_rows of_values() const {
    return {.ids = ids, .values = values, .weights = weights};
  }
};

/// What the rows to train on say of all others.
struct trained_on {
  std::vector<std::int64_t> classes;       ///< of .npy labels
  std::vector<std::string> names;          ///< of classes, of a table
  std::optional<alx::data_table> columns;  ///< of a table

  [[nodiscard]] std::size_t count() const { return std::max(classes.size(), names.size()); }
};

alx::matrix<double> read_features(std::string const& file) {
  auto rows = alx::read_npy_matrix(file, alx::npy_numbers::through_float32);
  if (rows.rows() == 0) throw alx::data_error(file + ": has no rows");
  return rows;
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

/// What is to be learnt from the label column of a table.
void read_label_column(options const& chosen,
                       alx::csv_table const& table,
                       alx::index_t column,
                       trained_on& known,
                       known_rows& rows) {
  if (chosen.objective == "regression") {
    rows.values = program::finite_floats(table.name(), table.numbers(column));
    return;
  }
  if (known.names.empty()) {
    known.names = chosen.objective == "binary" ? program::two_classes_of(table, column)
                                               : program::classes_of(table, column);
  }
  rows.labels = program::numbered(table, column, known.names);
}

/// A table to train on, or one to validate on where `known` has the columns of the former already.
known_rows read_data(options const& chosen, program::data_file const& file, trained_on& known) {
  known_rows rows;
  auto const table = program::read_table(file);
  auto const column = table.column(file.label);
  if (known.columns) {
    rows.features = program::seen_features(table, known.columns->columns);
  } else {
    known.columns = program::features_of(table, file);
    program::expect_model_names(*known.columns);
    rows.features = std::move(known.columns->features);
  }
  read_label_column(chosen, table, column, known, rows);
  return rows;
}

known_rows read_npy_rows(options const& chosen, row_files const& files, trained_on& known) {
  known_rows rows;
  rows.features = read_features(files.features);
  std::size_t labels = 0;
  if (chosen.objective == "regression") {
    rows.values = program::read_values(files.labels);
    labels = rows.values.size();
  } else {
    rows.labels = read_labels(chosen, files.labels, known.classes);
    labels = rows.labels.size();
  }
  program::expect_same_rows(
      files.features, rows.features.rows(), files.labels, static_cast<alx::index_t>(labels));
  return rows;
}

known_rows read_rows(options const& chosen, row_files const& files, trained_on& known) {
  bool const text = !files.data.path.empty();
  auto rows = text ? read_data(chosen, files.data, known) : read_npy_rows(chosen, files, known);
  if (!files.weights.empty()) {
    rows.weights = program::read_weights(files.weights);
    program::expect_same_rows(text ? files.data.path : files.features,
                              rows.features.rows(),
                              files.weights,
                              static_cast<alx::index_t>(rows.weights.size()));
  }
  rows.ids.resize(static_cast<std::size_t>(rows.features.rows()));
  std::iota(rows.ids.begin(), rows.ids.end(), 0);
  return rows;
}

// ---- what is done ----------------------------------------------------------------------------

std::string trees_of(alx::gradient_boosting const& booster) {
  return program::count(static_cast<alx::index_t>(booster.model().trees.size()), "tree");
}

std::string known_text(options const& chosen, known_rows const& rows, trained_on const& known) {
  if (chosen.objective == "regression") return "values";
  if (chosen.objective == "multiclass") return std::to_string(known.count()) + " classes";
  return std::to_string(std::count(rows.labels.begin(), rows.labels.end(), 1)) + " of class 1";
}

void fit(alx::gradient_boosting& booster,
         options const& chosen,
         known_rows const& rows,
         known_rows const& validation,
         alx::label_t classes) {
  bool const values = chosen.objective == "regression";
  if (validation.empty()) {
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

void save(options const& chosen, alx::gradient_boosting const& booster, trained_on const& known) {
  if (!known.columns) return booster.save(chosen.model);
  auto model = booster.model();
  program::keep_columns(model, *known.columns);
  alx::gradient_boosting(std::move(model)).save(chosen.model);
}

void train(options const& chosen) {
  program::stopwatch watch;
  auto parameters = parameters_of(chosen.parameters);
  if (!chosen.categorical.empty()) {
    alx::set(parameters, "categorical_feature", chosen.categorical);
  }
  auto const make = [&] {
    return program::on(chosen.place,
                       [&](auto backend) { return alx::gradient_boosting(parameters, backend); });
  };
  auto booster = make();
  trained_on known;
  auto const rows = read_rows(chosen, chosen.rows, known);
  if (known.columns) {
    parameters.categorical_feature = known.columns->categorical_features();
    booster = make();
  }
  auto const& file = chosen.rows.data.path.empty() ? chosen.rows.labels : chosen.rows.data.path;
  if (chosen.objective == "multiclass" && known.count() < 3) {
    throw alx::data_error(file + ": " + std::to_string(known.count()) +
                          " classes; multiclass wants three or more, binary has two");
  }
  program::say_classes(known.names);
  std::cout << "read      " << program::size_text(rows.features) << ", "
            << known_text(chosen, rows, known) << ", in " << watch.lap() << '\n';
  known_rows validation;
  if (chosen.validates()) {
    auto files = chosen.validation;
    files.data.label = chosen.rows.data.label;
    files.data.separator = chosen.rows.data.separator;
    validation = read_rows(chosen, files, known);
    std::cout << "read      " << program::size_text(validation.features) << " to validate on, in "
              << watch.lap() << '\n';
  }
  auto const count = std::max<std::size_t>(known.count(), 2);
  fit(booster, chosen, rows, validation, static_cast<alx::label_t>(count));
  std::cout << "trained   " << trees_of(booster) << " in " << watch.lap() << " on "
            << program::place_text(chosen.place) << '\n';
  report_losses(chosen, booster);
  save(chosen, booster, known);
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

alx::matrix<double> rows_to_predict(options const& chosen, alx::boosting_model const& model) {
  auto const& data = chosen.rows.data;
  if (!data.path.empty()) {
    auto const table = program::read_table(data);
    return program::seen_features(table, program::columns_of(model, chosen.model, table));
  }
  auto rows = read_features(chosen.rows.features);
  if (rows.cols() != model.features()) {
    throw alx::shape_error(chosen.rows.features + " has " + std::to_string(rows.cols()) +
                           " features, the model of " + chosen.model + " was trained on " +
                           std::to_string(model.features()));
  }
  return rows;
}

void predict(options const& chosen) {
  program::stopwatch watch;
  auto const booster =
      alx::gradient_boosting::load(chosen.model, {}, {.threads = chosen.place.threads});
  auto const rows = rows_to_predict(chosen, booster.model());
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

/// Exactly one of the options of the group that comes back is to be given.
CLI::App& rows_group(CLI::App& app) {
  auto* const group = app.add_option_group("rows", "Exactly one of these two");
  group->require_option(1);
  return *group;
}

void describe_rows(CLI::App& app, options& chosen) {
  auto& group = rows_group(app);
  auto* const table = group.add_option(
      "--features", chosen.rows.features, "Table to read, rows x features; NaN is missing");
  table->type_name("FILE");
  auto* const known =
      app.add_option(
             "--labels",
             chosen.rows.labels,
             "Labels to read, one a row. binary: 0 and 1, or any two whole numbers, of which "
             "the smaller is class 0; a number alone is class 1 where it is positive. "
             "multiclass: whole numbers, the least is class 0, and so on. regression: numbers")
          ->type_name("FILE")
          ->needs(table);
  table->needs(known);
  auto* const data = program::add_data(app, group, chosen.rows.data);
  app.add_option("--weights", chosen.rows.weights, "Weights to read, one a row, 0 or more")
      ->type_name("FILE");
  auto* const features =
      app.add_option("--valid-features",
                     chosen.validation.features,
                     "Rows that are not trained on, to record the loss on after each iteration; "
                     "with early_stopping_round the model ends where it was least")
          ->type_name("FILE")
          ->needs(table);
  auto* const labels =
      app.add_option("--valid-labels", chosen.validation.labels, "Their labels")->type_name("FILE");
  app.add_option("--valid-data", chosen.validation.data.path, "The same, with --data")
      ->type_name("FILE")
      ->needs(data);
  app.add_option("--valid-weights", chosen.validation.weights, "Their weights")->type_name("FILE");
  app.add_option("--losses", chosen.losses, "File to write the losses on them to, float64")
      ->type_name("FILE");
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
      ->type_name("COLUMNS")
      ->excludes(app.get_option("--data"));
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
  auto& group = rows_group(app);
  group.add_option("--features", chosen.rows.features, "Table to read, rows x features")
      ->type_name("FILE");
  auto* const data = group.add_option("--data",
                                      chosen.rows.data.path,
                                      "Table of text to read instead (CSV, TSV), with the columns "
                                      "the model was trained on");
  data->type_name("FILE");
  program::add_separator(app, chosen.rows.data, data);
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

/// **Throws.** `CLI::RequiresError` for an option that is of no use without rows to validate on.
void expect_validation(options const& chosen) {
  if (chosen.validates()) return;
  std::string const rows = "--valid-features or --valid-data";
  if (!chosen.losses.empty()) throw CLI::RequiresError("--losses", rows);
  if (!chosen.validation.weights.empty()) throw CLI::RequiresError("--valid-weights", rows);
}

class boosting_program {
 public:
  static constexpr char const* name = "gradient_boosting";
  static constexpr char const* purpose =
      "Gradient-boosted trees for classes and values; models are LightGBM's text files.";

  void describe(CLI::App& app) {
    app.footer(
        "Files are .npy but for tables of text. Features of float64 and float32 are taken as they\n"
        "are; whole numbers and bool of .npy are rounded to float32 first, as LightGBM does, so\n"
        "that models are the same. Models trained on a table of text know its columns by name and\n"
        "its categories, as those that LightGBM's Python package trains on tables of pandas do.\n"
        "Exit status: 0 done, 1 bad input, 2 wrong usage.");
    app.require_subcommand(1);
    auto* const training = app.add_subcommand("train", "Train a model and write it");
    describe_train(*training, chosen_);
    training->callback([this] {
      expect_validation(chosen_);
      chosen_work_ = train;
    });
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
