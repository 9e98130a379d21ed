// SPDX-License-Identifier: Apache-2.0
/// @file
/// What every metric requires of labels and probabilities, and says when it is not so.
#pragma once

#include <alx/detail/check_row.hpp>
#include <alx/error.hpp>
#include <alx/view.hpp>

#include <cmath>
#include <span>
#include <string>
#include <string_view>

namespace alx::inline v0::detail {

/// **Throws.** `data_error` naming the row where probabilities are not finite, not 0 … 1 or do
/// not sum to 1, both within 1e-3.
inline void check_probability(std::string_view name, matrix_view<double const> probability) {
  if (all_probabilities(probability)) return;
  constexpr double tolerance = 1e-3;
  for (index_t r = 0; r < probability.rows; ++r) {
    double sum = 0.0;
    for (index_t c = 0; c < probability.cols; ++c) {
      double const p = probability(r, c);
      if (!(p >= -tolerance && p <= 1.0 + tolerance)) {
        throw data_error(std::string(name) + ": row " + std::to_string(r) + " has " +
                         std::to_string(p) + " for class " + std::to_string(c) +
                         ", which is no probability");
      }
      sum += p;
    }
    if (!(std::abs(sum - 1.0) <= tolerance)) {
      throw data_error(std::string(name) + ": the probabilities of row " + std::to_string(r) +
                       " sum to " + std::to_string(sum));
    }
  }
}

/// **Throws.** `shape_error` for other than one label a row; `data_error` for no row, or naming the
/// row whose label is none of 0 … classes - 1.
inline void check_labels(std::string_view name,
                         std::span<label_t const> labels,
                         index_t rows,
                         index_t classes) {
  auto const n = static_cast<index_t>(labels.size());
  if (n != rows) {
    throw shape_error(std::string(name) + ": " + std::to_string(n) + " labels for " +
                      std::to_string(rows) + " rows");
  }
  if (n == 0) throw data_error(std::string(name) + ": there is no row to score");
  auto const end = static_cast<label_t>(classes);
  int wrong = 0;
  for (label_t const l : labels) wrong |= static_cast<int>(l < 0) | static_cast<int>(l >= end);
  if (wrong == 0) return;
  for (index_t r = 0; r < n; ++r) {
    label_t const label = labels[static_cast<std::size_t>(r)];
    if (label >= 0 && label < classes) continue;
    throw data_error(std::string(name) + ": row " + std::to_string(r) + " has the label " +
                     std::to_string(label) + ", and there are " + std::to_string(classes) +
                     " classes");
  }
}

/// Both, for what a metric is called with.
inline void check_scored(std::string_view name,
                         std::span<label_t const> truth,
                         matrix_view<double const> probability) {
  check_labels(name, truth, probability.rows, probability.cols);
  check_probability(name, probability);
}

}  // namespace alx::inline v0::detail
