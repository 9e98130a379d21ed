// SPDX-License-Identifier: Apache-2.0
/// @file
/// A round made by hand, for tests of policies.
#pragma once

#include <alx/matrix.hpp>
#include <alx/round_view.hpp>

#include <cstdint>
#include <vector>

namespace support {

/// Owns what a `round_view` views; every row may be asked.
struct round {
  alx::matrix<double> probability;
  std::vector<alx::index_t> candidates;
  std::vector<alx::index_t> labelled{};
  std::vector<alx::label_t> labels{};
  alx::matrix<double> features{};

  /// Probabilities row after row.
  round(std::vector<double> const& values, alx::index_t classes)
      : probability(values, static_cast<alx::index_t>(values.size()) / classes, classes) {
    for (alx::index_t i = 0; i < probability.rows(); ++i) candidates.push_back(i);
  }

  [[nodiscard]] alx::round_view view(alx::index_t number = 0, std::uint64_t seed = 0) const {
    alx::round_view seen;
    seen.round = number;
    seen.candidates = candidates;
    seen.probability = probability;
    seen.features = features;
    seen.labelled = labelled;
    seen.labels = labels;
    seen.seed = seed;
    return seen;
  }
};

/// The utilities a strategy gives to all candidates.
template <class Strategy>
std::vector<double> utilities(Strategy strategy, alx::round_view const& seen) {
  std::vector<double> values(seen.candidates.size());
  strategy.score(seen, values);
  return values;
}

}  // namespace support
