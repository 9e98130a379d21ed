// SPDX-License-Identifier: Apache-2.0
/// @file
/// Stopping: the model is certain about the rows that are left.
#pragma once

#include <alx/concepts/stopping_criterion.hpp>
#include <alx/op/entropy_of_row.hpp>

#include <algorithm>

namespace alx::inline v0 {

namespace detail {

/// Mean and largest entropy in nats of the rows that may still be asked; 0 where none is left.
struct candidate_entropy {
  double mean = 0.0;
  double largest = 0.0;

  explicit candidate_entropy(round_view const& round) {
    auto const entropy_of = op::entropy_of_row{round.probability};
    for (index_t const row : round.candidates) {
      double const value = entropy_of(row);
      mean += value;
      largest = std::max(largest, value);
    }
    if (!round.candidates.empty()) mean /= static_cast<double>(round.candidates.size());
  }
};

}  // namespace detail

/// Stops when the mean entropy (nats) of the rows that may still be asked is below `threshold`.
///
/// **When.** "Overall uncertainty": says that the model has made up its mind, not that it is right.
///
/// **Cost.** One logarithm per candidate and class.
///
/// **Reference.** Zhu, Wang & Hovy (2008).
struct mean_entropy_below {
  double threshold = 0.0;

  [[nodiscard]] stop_reason stop(round_view const& round) const {
    double const mean = detail::candidate_entropy(round).mean;
    if (!(mean < threshold)) return {};
    return "mean entropy " + std::to_string(mean) + " below " + std::to_string(threshold);
  }
};

/// Stops when no row that may still be asked has an entropy (nats) of `threshold` or more.
///
/// **Cost.** As `mean_entropy_below`.
///
/// **Reference.** Zhu & Hovy (2007), "max confidence".
struct max_entropy_below {
  double threshold = 0.0;

  [[nodiscard]] stop_reason stop(round_view const& round) const {
    double const largest = detail::candidate_entropy(round).largest;
    if (!(largest < threshold)) return {};
    return "largest entropy " + std::to_string(largest) + " below " + std::to_string(threshold);
  }
};

static_assert(stopping_criterion<mean_entropy_below>);
static_assert(stopping_criterion<max_entropy_below>);

}  // namespace alx::inline v0
