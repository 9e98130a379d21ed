// SPDX-License-Identifier: Apache-2.0
/// @file
/// Tokens as a network takes them.
#pragma once

#include <alx/error.hpp>
#include <alx/view.hpp>

#include <cstdint>
#include <string>

namespace alx::inline v0 {

/// **Throws.** `data_error` naming row (counted from `first_row`) and place of the first token that
/// is not 0 … known - 1; `shape_error` where rows have no token or gaps lie between tokens.
inline void check_tokens(matrix_view<std::int32_t const> rows, index_t first_row, index_t known) {
  if (rows.cols < 1) throw shape_error("tokens: rows of " + std::to_string(rows.cols) + " tokens");
  if (rows.col_stride != 1) {
    throw shape_error("tokens: a row's tokens are " + std::to_string(rows.col_stride) +
                      " apart, not side by side");
  }
  for (index_t r = 0; r < rows.rows; ++r) {
    for (index_t t = 0; t < rows.cols; ++t) {
      if (rows(r, t) < 0 || rows(r, t) >= known) {
        throw data_error("tokens: row " + std::to_string(first_row + r) + ", place " +
                         std::to_string(t) + ": token " + std::to_string(rows(r, t)) +
                         " is not among 0 ... " + std::to_string(known - 1));
      }
    }
  }
}

}  // namespace alx::inline v0
