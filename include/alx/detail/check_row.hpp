// SPDX-License-Identifier: Apache-2.0
/// @file
/// What probabilities must be, whoever made them.
#pragma once

#include <alx/error.hpp>
#include <alx/view.hpp>

#include <cmath>
#include <string>

namespace alx::inline v0::detail {

/// **Throws.** `data_error` where a row of probabilities cannot be: negative, not finite, or a sum
/// further than 1e-3 from 1.
template <class T>
void check_row(char const* where, vector_view<T const> p, index_t row) {
  double sum = 0.0;
  bool negative = false;
  for (index_t c = 0; c < p.size; ++c) {
    negative = negative || p[c] < T{0};
    sum += static_cast<double>(p[c]);
  }
  if (std::abs(sum - 1.0) <= 1e-3 && !negative) return;  // a NaN makes the sum NaN
  throw data_error(std::string(where) + ": row " + std::to_string(row) +
                   " has probabilities that " +
                   (negative             ? "are negative"
                    : std::isfinite(sum) ? "sum to " + std::to_string(sum)
                                         : "are not finite"));
}

}  // namespace alx::inline v0::detail
