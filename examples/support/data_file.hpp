// SPDX-License-Identifier: Apache-2.0
/// @file
/// A table of text with its label column: the options that name it, and what models keep of it.
#pragma once

#include <alx/data/csv.hpp>
#include <alx/data/labels.hpp>
#include <alx/data/table.hpp>
#include <alx/error.hpp>
#include <alx/learners/boosting/column_names.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/matrix.hpp>
#include <alx/view.hpp>

#include "program.hpp"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace program {

/// What the command line says of a table.
struct data_file {
  std::string path;
  std::string label;
  std::vector<std::string> types;  ///< NAME=TYPE
  std::string separator = "guess";
};

inline std::map<std::string, alx::column_type> const& column_types() {
  static std::map<std::string, alx::column_type> const types = {
      {"number", alx::column_type::number},
      {"category", alx::column_type::category},
      {"text", alx::column_type::text},
      {"ignored", alx::column_type::ignored}};
  return types;
}

/// Adds `--separator`.
inline void add_separator(CLI::App& app, data_file& into, CLI::Option* data) {
  app.add_option(
         "--separator",
         into.separator,
         "What divides the fields of --data: one character, or tab; else what of , ; | and tab its "
         "header line has most of")
      ->type_name("CHARACTER")
      ->needs(data)
      ->check([](std::string const& word) {
        return word.size() == 1 || word == "tab" ? "" : "'" + word + "' is not one character";
      });
}

/// Adds `--data`, `--label-column`, `--type` and `--separator`. The first is given back.
inline CLI::Option* add_data(CLI::App& app, CLI::App& group, data_file& into) {
  auto* const data = group.add_option("--data",
                                      into.path,
                                      "Table of text to read instead (CSV, TSV), a header line and "
                                      "a row a line; empty fields, NA, NaN, null, None and ? are "
                                      "missing");
  data->type_name("FILE");
  auto* const label =
      app.add_option("--label-column", into.label, "Which column of --data is the label")
          ->type_name("NAME")
          ->needs(data);
  data->needs(label);
  app.add_option("--type",
                 into.types,
                 "What a column is, where it is not what is found: number, category, text or "
                 "ignored; several may follow")
      ->type_name("NAME=TYPE")
      ->needs(data)
      ->check([](std::string const& setting) {
        auto const equals = setting.rfind('=');
        bool const fine =
            equals != std::string::npos && column_types().count(setting.substr(equals + 1)) > 0;
        return fine ? std::string()
                    : "'" + setting + "' is not NAME=TYPE, TYPE number, category, text or ignored";
      });
  add_separator(app, into, data);
  return data;
}

inline alx::csv_table read_table(data_file const& chosen) {
  char const separator = chosen.separator == "guess" ? '\0'
                         : chosen.separator == "tab" ? '\t'
                                                     : chosen.separator.front();
  return alx::read_csv(chosen.path, {.separator = separator});
}

/// Its features, all columns but the label; shows what was found.
///
/// **Throws.** `data_error` as `make_table` does, and where no column is a feature.
inline alx::data_table features_of(alx::csv_table const& table, data_file const& chosen) {
  alx::table_options options;
  options.leave_out = {chosen.label};
  for (auto const& setting : chosen.types) {
    auto const equals = setting.rfind('=');
    options.types[setting.substr(0, equals)] = column_types().at(setting.substr(equals + 1));
  }
  auto made = alx::make_table(table, options);
  std::cout << alx::table_summary(made);
  if (made.feature_columns.empty()) {
    throw alx::data_error(table.name() + ": no column to learn from; --type says what columns are");
  }
  return made;
}

/// The classes that a label column names: numbers ascending where all are whole numbers, else in
/// the order of their bytes.
inline std::vector<std::string> classes_of(alx::csv_table const& table, alx::index_t column) {
  auto labelled = alx::labels_of(table, column);
  std::vector<char> used(labelled.classes.size());
  for (auto const label : labelled.labels) used[static_cast<std::size_t>(label)] = 1;
  std::vector<std::string> classes;
  for (std::size_t k = 0; k < used.size(); ++k) {
    if (used[k] != 0) classes.push_back(std::move(labelled.classes[k]));
  }
  return classes;
}

/// "'no', 'yes'"; three of them at most.
inline std::string names_text(std::vector<std::string> const& names) {
  std::string text;
  for (std::size_t k = 0; k < names.size() && k < 3; ++k) {
    text += (k == 0 ? "'" : ", '") + names[k] + "'";
  }
  return text + (names.size() > 3 ? ", ..." : "");
}

/// **Throws.** `data_error` where there are not two.
inline std::vector<std::string> two_classes_of(alx::csv_table const& table, alx::index_t column) {
  auto classes = classes_of(table, column);
  if (classes.size() == 2) return classes;
  throw alx::data_error(table.name() + ": column '" +
                        std::string(table.header()[static_cast<std::size_t>(column)]) + "' has " +
                        std::to_string(classes.size()) +
                        (classes.size() == 1 ? " class (" : " classes (") + names_text(classes) +
                        "); two are wanted");
}

/// **Throws.** `data_error` naming the place of a label that is none of the classes.
inline std::vector<alx::label_t> numbered(alx::csv_table const& table,
                                          alx::index_t column,
                                          std::vector<std::string> const& classes) {
  std::vector<alx::label_t> labels;
  for (alx::index_t r = 0; r < table.rows(); ++r) {
    auto const place = std::find(classes.begin(), classes.end(), table(r, column));
    if (place == classes.end()) {
      table.refuse(
          r,
          column,
          "'" + std::string(table(r, column)) + "' is none of the classes " + names_text(classes));
    }
    labels.push_back(static_cast<alx::label_t>(place - classes.begin()));
  }
  return labels;
}

/// Which class is which number.
inline void say_classes(std::vector<std::string> const& classes) {
  for (std::size_t k = 0; k < classes.size(); ++k) {
    std::cout << (k == 0 ? "labels    '" : ", '") << classes[k] << "' is class " << k;
  }
  if (!classes.empty()) std::cout << '\n';
}

/// The columns of another table; says how many values were not seen in training.
inline alx::matrix<double> seen_features(alx::csv_table const& table,
                                         std::vector<alx::table_column> const& columns) {
  auto read = alx::features_of(table, columns);
  std::size_t feature = 0;
  for (auto const& column : columns) {
    if (!column.is_feature()) continue;
    auto const unseen = read.unseen[feature++];
    if (unseen == 0) continue;
    std::cout << "note      " << table.name() << ": column '" << column.name
              << "': " << count(unseen, "value") << " not seen in training, taken for missing\n";
  }
  return std::move(read.features);
}

// ---- models ----------------------------------------------------------------------------------

/// The names of the features and the categories, as LightGBM's Python package writes those of a
/// table of pandas.
inline void keep_columns(alx::boosting_model& model, alx::data_table const& table) {
  alx::name_columns(model, table.feature_names());
  auto lists = nlohmann::json::array();
  for (auto const& column : table.columns) {
    if (column.type == alx::column_type::category) lists.push_back(column.categories);
  }
  if (!lists.empty()) model.pandas_categorical = lists.dump(-1, ' ', true);
}

/// **Throws.** `data_error` naming a column whose name a model cannot have.
inline void expect_model_names(alx::data_table const& table) {
  alx::boosting_model model;
  model.feature_names = table.feature_names();
  keep_columns(model, table);
}

/// The columns that a model's parameters name as categories.
inline std::vector<std::size_t> categorical_features(alx::boosting_model const& model) {
  constexpr std::string_view key = "[categorical_feature: ";
  std::vector<std::size_t> found;
  auto const at = model.parameters.find(key);
  if (at == std::string::npos) return found;
  auto const end = model.parameters.data() + model.parameters.size();
  for (auto const* next = model.parameters.data() + at + key.size(); next < end; ++next) {
    std::size_t feature = 0;
    auto const [stop, failed] = std::from_chars(next, end, feature);
    if (failed != std::errc{}) break;
    found.push_back(feature);
    next = stop;
    if (next == end || *next != ',') break;
  }
  return found;
}

/// A category as a file has it: texts as they are, numbers as they are written, True and False.
inline std::string category_text(nlohmann::json const& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  return value.dump();
}

/// The columns that a model was trained on, by the names `table` has for them.
///
/// **Throws.** `data_error` where what the model says of its categories cannot be understood.
inline std::vector<alx::table_column> columns_of(alx::boosting_model const& model,
                                                 std::string const& model_file,
                                                 alx::csv_table const& table) {
  std::vector<alx::table_column> columns;
  for (auto const& feature : model.feature_names) {
    alx::table_column column;
    column.name = feature;
    column.type = alx::column_type::number;
    for (auto const name : table.header()) {
      std::string blanks_gone(name);
      std::replace(blanks_gone.begin(), blanks_gone.end(), ' ', '_');
      if (blanks_gone == feature) column.name = std::string(name);
    }
    columns.push_back(std::move(column));
  }
  auto const categorical = categorical_features(model);
  auto const lists = nlohmann::json::parse(model.pandas_categorical, nullptr, false);
  bool fine = model.pandas_categorical.empty()
                  ? categorical.empty()
                  : lists.is_array() && lists.size() == categorical.size();
  for (std::size_t k = 0; fine && k < categorical.size(); ++k) {
    fine = categorical[k] < columns.size() && lists[k].is_array();
    if (!fine) break;
    auto& column = columns[categorical[k]];
    column.type = alx::column_type::category;
    for (auto const& value : lists[k]) column.categories.push_back(category_text(value));
  }
  if (fine) return columns;
  throw alx::data_error(model_file +
                        ": its last line, pandas_categorical, does not say which categories its " +
                        std::to_string(categorical.size()) +
                        " categorical columns have; it was not trained on a table with --data");
}

}  // namespace program
