// SPDX-License-Identifier: Apache-2.0
/// @file
/// Rows and predictions of the size that is wanted.
#pragma once

#include <alx/concepts/learner.hpp>
#include <alx/learners/nn/batch.hpp>
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

/// Rows of tokens as frequent as words are, each third padded, and labels.
struct texts {
  alx::matrix<std::int32_t> tokens;
  std::vector<alx::label_t> labels;

  texts(alx::index_t rows, alx::index_t length, alx::index_t known) : tokens(rows, length) {
    alx::philox random(3, 0, 1000);
    for (alx::index_t r = 0; r < rows; ++r) {
      for (alx::index_t t = 0; t < length; ++t) {
        bool const padded = r % 3 == 0 && 2 * t > length;
        double const u = random.uniform();
        tokens(r, t) = padded ? 0 : static_cast<std::int32_t>(u * u * static_cast<double>(known));
      }
      labels.push_back(tokens(r, 0) % 2);
    }
  }

  [[nodiscard]] alx::nn::batch all() const { return {tokens.view(), labels}; }
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
