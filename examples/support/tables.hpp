// SPDX-License-Identifier: Apache-2.0
/// @file
/// Tables, labels, values and weights that belong together, from .npy files.
#pragma once

#include <alx/data/npy.hpp>
#include <alx/error.hpp>
#include <alx/matrix.hpp>
#include <alx/view.hpp>

#include "program.hpp"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace program {

/// **Throws.** `shape_error` naming both files where one has not as many rows as the other.
inline void expect_same_rows(std::string const& first_file,
                             alx::index_t first,
                             std::string const& second_file,
                             alx::index_t second) {
  if (first == second) return;
  throw alx::shape_error(first_file + " has " + std::to_string(first) + " rows, " + second_file +
                         " has " + std::to_string(second));
}

inline std::string size_text(alx::matrix<double> const& table) {
  return count(table.rows(), "row") + " x " + count(table.cols(), "feature");
}

/// Labels by number, and what each number stands for, ascending.
struct numbered_labels {
  std::vector<alx::label_t> numbers;
  std::vector<std::int64_t> values;
};

inline numbered_labels number(std::vector<std::int64_t> const& labels) {
  numbered_labels result{{}, labels};
  auto& values = result.values;
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  result.numbers.reserve(labels.size());
  for (auto const label : labels) {
    auto const place = std::lower_bound(values.begin(), values.end(), label);
    result.numbers.push_back(static_cast<alx::label_t>(place - values.begin()));
  }
  return result;
}

/// 0 and 1 as they are; of two other numbers the smaller is class 0; a number alone is class 1
/// where it is positive, as LightGBM has it.
inline std::vector<alx::label_t> read_two_classes(std::string const& file) {
  auto labels = number(alx::read_npy_labels(file));
  auto const& values = labels.values;
  if (values.size() > 2) {
    throw alx::data_error(file + ": " + std::to_string(values.size()) + " classes (" +
                          std::to_string(values[0]) + ", " + std::to_string(values[1]) + ", " +
                          std::to_string(values[2]) + (values.size() > 3 ? ", ..." : "") +
                          "); two are wanted");
  }
  if (values.size() == 1) {
    std::fill(labels.numbers.begin(), labels.numbers.end(), values[0] > 0 ? 1 : 0);
    std::cout << "labels    all " << values[0] << ", taken for class " << labels.numbers[0] << '\n';
  }
  if (values.size() == 2 && (values[0] != 0 || values[1] != 1)) {
    std::cout << "labels    " << values[0] << " is class 0, " << values[1] << " is class 1\n";
  }
  return std::move(labels.numbers);
}

/// **Throws.** `data_error` naming the row of a number that is no finite float.
inline std::vector<float> finite_floats(std::string const& file,
                                        std::vector<double> const& numbers) {
  std::vector<float> values;
  for (double const value : numbers) {
    if (!(std::abs(value) <= double{std::numeric_limits<float>::max()})) {
      throw alx::data_error(file + ": row " + std::to_string(values.size()) + ": value " +
                            text("%g", value) + " is not a finite float32");
    }
    values.push_back(static_cast<float>(value));
  }
  return values;
}

inline std::vector<float> read_values(std::string const& file) {
  return finite_floats(file, alx::read_npy_vector(file, alx::npy_numbers::through_float32));
}

inline std::vector<float> read_weights(std::string const& file) {
  std::vector<float> weights;
  for (double const weight : alx::read_npy_vector(file, alx::npy_numbers::through_float32)) {
    if (!(weight >= 0.0 && weight <= double{std::numeric_limits<float>::max()})) {
      throw alx::data_error(file + ": row " + std::to_string(weights.size()) + ": weight " +
                            text("%g", weight) + " is not a finite float32 that is 0 or more");
    }
    weights.push_back(static_cast<float>(weight));
  }
  return weights;
}

}  // namespace program
