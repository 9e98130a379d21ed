// SPDX-License-Identifier: Apache-2.0
/// @file
/// What probabilities must be, whoever made them.
#pragma once

#include <alx/error.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace alx::inline v0::detail {

/// Whether no row is refused by `check_row`: looked at without a branch.
template <class T>
bool all_probabilities(matrix_view<T const> p) {
  int refused = 0;
  auto const look = [&refused](T least, double sum) {
    refused |= static_cast<int>(least < T{0}) | static_cast<int>(!(std::abs(sum - 1.0) <= 1e-3));
  };
  if (p.cols == 2) {
    auto const zero = p.col(0);
    auto const one = p.col(1);
    for (index_t r = 0; r < p.rows; ++r) {
      look(std::min(zero[r], one[r]), static_cast<double>(zero[r]) + static_cast<double>(one[r]));
    }
  } else {
    for (index_t r = 0; r < p.rows; ++r) {
      T least{0};
      double sum = 0.0;
      for (index_t c = 0; c < p.cols; ++c) {
        least = std::min(least, p(r, c));
        sum += static_cast<double>(p(r, c));
      }
      look(least, sum);
    }
  }
  return refused == 0;
}

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
