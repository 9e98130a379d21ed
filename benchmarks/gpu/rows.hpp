// SPDX-License-Identifier: Apache-2.0
/// @file
/// Rows and predictions of the size that is wanted.
#pragma once

#include <alx/concepts/learner.hpp>
#include <alx/matrix.hpp>
#include <alx/random.hpp>

#include <cstdint>
#include <vector>

namespace benchmark_rows {

/// Rows of clusters a little apart; the label is the cluster.
struct rows {
  alx::matrix<double> features;
  std::vector<alx::label_t> labels;
  std::vector<alx::index_t> ids;

  rows(alx::index_t count, alx::index_t columns, std::uint32_t seed) : features(count, columns) {
    alx::philox random{seed, 0, 0};
    for (alx::index_t r = 0; r < count; ++r) {
      auto const label = static_cast<alx::label_t>(random.below(2));
      for (alx::index_t c = 0; c < columns; ++c) {
        features(r, c) = random.uniform() + random.uniform() + 0.4 * label;
      }
      labels.push_back(label);
      ids.push_back(r);
    }
  }

  [[nodiscard]] alx::labelled_rows all() const { return {.ids = ids, .labels = labels}; }
};

/// Of two classes.
inline alx::matrix<float> pool_probabilities(alx::index_t rows) {
  alx::philox random{1, 0, 0};
  alx::matrix<float> p(rows, 2);
  for (alx::index_t r = 0; r < rows; ++r) {
    p(r, 0) = static_cast<float>(random.uniform());
    p(r, 1) = 1.0F - p(r, 0);
  }
  return p;
}

}  // namespace benchmark_rows
