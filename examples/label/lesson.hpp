// SPDX-License-Identifier: Apache-2.0
/// @file
/// What a model says after it has learnt from a book: which rows it would ask next and what it
/// thinks of each.
#pragma once

#include <alx/journal/entry.hpp>
#include <alx/matrix.hpp>
#include <alx/query.hpp>
#include <alx/view.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace label {

struct lesson {
  std::int64_t model = 0;           ///< how many entries it knows: its name
  alx::query ranking;               ///< rows it would ask, best first, with their utilities
  alx::matrix<double> probability;  ///< rows x classes
  std::vector<double> importance;   ///< of each column of a table; empty: unknown
  alx::index_t labels = 0;          ///< that it learnt from
  std::uint64_t content = 0;        ///< `book::content` of what it learnt from
  double mean_entropy = 0.0;        ///< of the rows that may be asked, nats
  std::vector<std::string> stops;   ///< what stopping criteria say that hold
  double seconds = 0.0;             ///< that it took
};

/// The class of the largest probability, ties to the lowest.
[[nodiscard]] inline alx::label_t likeliest(lesson const& said, alx::index_t row) {
  alx::label_t best = 0;
  for (alx::index_t c = 1; c < said.probability.cols(); ++c) {
    if (said.probability(row, c) > said.probability(row, best)) best = static_cast<int>(c);
  }
  return best;
}

}  // namespace label
