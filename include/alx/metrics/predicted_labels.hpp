// SPDX-License-Identifier: Apache-2.0
/// @file
/// From probabilities to labels.
#pragma once

#include <alx/error.hpp>
#include <alx/view.hpp>

#include <cmath>
#include <span>
#include <string>

namespace alx::inline v0 {

namespace detail {

/// Those of two classes, without a branch. False where there are others, or where a probability may
/// not be finite.
inline bool labels_of_two(matrix_view<double const> probability, std::span<label_t> labels) {
  if (probability.cols != 2) return false;
  auto const zero = probability.col(0);
  auto const one = probability.col(1);
  label_t not_finite = 0;
  for (index_t r = 0; r < probability.rows; ++r) {
    not_finite |= static_cast<label_t>(!std::isfinite(zero[r] + one[r]));
    labels[static_cast<std::size_t>(r)] = static_cast<label_t>(one[r] > zero[r]);
  }
  return not_finite == 0;
}

}  // namespace detail

/// Gives each row the class of its largest probability, of equal ones the lowest: with two classes
/// a row is of class 1 where its probability is above ½.
///
/// **Throws.** `shape_error` where there is not one label a row, or no class; `data_error` naming
/// the row where a probability is not finite.
inline void predicted_labels(matrix_view<double const> probability, std::span<label_t> labels) {
  if (probability.rows != static_cast<index_t>(labels.size()) || probability.cols < 1) {
    throw shape_error("predicted_labels: " + std::to_string(labels.size()) + " labels for " +
                      std::to_string(probability.rows) + " rows and " +
                      std::to_string(probability.cols) + " classes");
  }
  if (detail::labels_of_two(probability, labels)) return;
  for (index_t r = 0; r < probability.rows; ++r) {
    index_t best = 0;
    for (index_t c = 0; c < probability.cols; ++c) {
      if (!std::isfinite(probability(r, c))) {
        throw data_error("predicted_labels: row " + std::to_string(r) +
                         " has a probability that is not finite");
      }
      if (probability(r, c) > probability(r, best)) best = c;
    }
    labels[static_cast<std::size_t>(r)] = static_cast<label_t>(best);
  }
}

}  // namespace alx::inline v0
