// SPDX-License-Identifier: Apache-2.0
/// @file
/// What is settled before the first question and decides, with the journal, all that follow.
#pragma once

#include <alx/random.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace label {

/// Streams of random numbers of their own: the library's purposes are small numbers.
enum class draw : std::uint32_t { estimation = 1000, beginning, repetition };

/// How answers to one row become one label.
enum class resolution { majority, weighted };

struct plan {
  alx::index_t rows = 0;
  std::vector<std::string> classes;
  std::uint64_t seed = 0;
  alx::index_t batch = 1;      ///< answers between two models
  alx::index_t holdout = 100;  ///< rows drawn at random to estimate the accuracy on
  double repeat = 0.0;         ///< share of questions that were answered before
  resolution how = resolution::majority;

  [[nodiscard]] alx::label_t class_count() const {
    return static_cast<alx::label_t>(classes.size());
  }

  /// Random numbers of one question.
  [[nodiscard]] alx::philox stream(draw what, std::int64_t question = 0) const {
    return {seed, static_cast<std::uint32_t>(question), static_cast<std::uint32_t>(what)};
  }
};

/// Rows that no model learns from, in the order of asking: at most a fifth of all, so that small
/// tables keep something to learn from.
[[nodiscard]] inline std::vector<alx::index_t> estimation_rows(plan const& settled) {
  std::vector<alx::index_t> all(static_cast<std::size_t>(settled.rows));
  std::iota(all.begin(), all.end(), 0);
  auto random = settled.stream(draw::estimation);
  return alx::sample(all, std::min(settled.holdout, settled.rows / 5), random);
}

}  // namespace label
