// SPDX-License-Identifier: Apache-2.0
/// @file
/// Rows of features as distances need them: there, and finite.
#pragma once

#include <alx/error.hpp>
#include <alx/round_view.hpp>
#include <alx/view.hpp>

#include <cmath>
#include <string>

namespace alx::inline v0::detail {

/// **Throws.** `shape_error` where the pool is no table.
inline void check_table(char const* where, round_view const& round) {
  if (round.features.rows == round.probability.rows) return;
  throw shape_error(std::string(where) +
                    ": the pool is no table of features, so rows have no distances");
}

/// Copies row `id` of a table.
///
/// **Throws.** `data_error` naming row and column of a value that is not finite.
inline void copy_finite(char const* where,
                        matrix_view<double const> table,
                        index_t id,
                        vector_view<double> to) {
  for (index_t f = 0; f < table.cols; ++f) {
    to[f] = table(id, f);
    if (std::isfinite(to[f])) continue;
    throw data_error(std::string(where) + ": row " + std::to_string(id) + ", column " +
                     std::to_string(f) + " is not finite");
  }
}

}  // namespace alx::inline v0::detail
