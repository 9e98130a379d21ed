// SPDX-License-Identifier: Apache-2.0
/// @file
/// Rows and the class of each: what a generator makes, a split gives and a model is scored on.
#pragma once

#include <alx/error.hpp>
#include <alx/matrix.hpp>
#include <alx/view.hpp>

#include <span>
#include <string>
#include <vector>

namespace alx::inline v0 {

/// One label a row of `features`.
struct labelled_table {
  matrix<double> features;
  std::vector<label_t> labels;
};

/// The rows `ids` with their labels, in that order, copied.
///
/// **Throws.** `shape_error` where there is not one label a row, `data_error` where an id is none
/// of a row.
inline labelled_table take(matrix_view<double const> features,
                           std::span<label_t const> labels,
                           std::span<index_t const> ids) {
  if (static_cast<index_t>(labels.size()) != features.rows) {
    throw shape_error("take: " + std::to_string(features.rows) + " rows but " +
                      std::to_string(labels.size()) + " labels");
  }
  labelled_table taken{matrix<double>(static_cast<index_t>(ids.size()), features.cols), {}};
  taken.labels.reserve(ids.size());
  index_t row = 0;
  for (index_t const id : ids) {
    if (id < 0 || id >= features.rows) {
      throw data_error("take: no row " + std::to_string(id) + " among " +
                       std::to_string(features.rows));
    }
    for (index_t c = 0; c < features.cols; ++c) taken.features(row, c) = features(id, c);
    taken.labels.push_back(labels[static_cast<std::size_t>(id)]);
    ++row;
  }
  return taken;
}

}  // namespace alx::inline v0
