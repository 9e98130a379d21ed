// SPDX-License-Identifier: Apache-2.0
/// @file
/// Rows of tokens with their classes, and copies of some of them side by side.
#pragma once

#include <alx/error.hpp>
#include <alx/matrix.hpp>
#include <alx/text/tokens_check.hpp>
#include <alx/view.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0::nn {

/// Some rows to train on, and their classes.
struct batch {
  matrix_view<std::int32_t const> tokens;  ///< rows × length, without gaps
  std::span<label_t const> labels;
  std::span<float const> weights{};  ///< one a row, or none: all weigh the same
};

namespace detail {

inline void check_batch(char const* what, batch const& rows, label_t classes, index_t tokens) {
  std::string const where = what;
  auto const expect = [&](std::size_t count, char const* things) {
    if (static_cast<index_t>(count) == rows.tokens.rows) return;
    throw shape_error(where + " has " + std::to_string(rows.tokens.rows) + " rows of tokens and " +
                      std::to_string(count) + " " + things);
  };
  expect(rows.labels.size(), "labels");
  if (!rows.weights.empty()) expect(rows.weights.size(), "weights");
  check_tokens(rows.tokens, 0, tokens);
  for (std::size_t i = 0; i < rows.labels.size(); ++i) {
    if (rows.labels[i] < 0 || rows.labels[i] >= classes) {
      throw data_error(where + ", row " + std::to_string(i) + ": label " +
                       std::to_string(rows.labels[i]) + " is none of the " +
                       std::to_string(classes) + " classes");
    }
  }
}

}  // namespace detail

/// Copies of some rows of a pool, side by side.
class gathered_rows {
 public:
  /// Rows `ids` of `all`, with their labels and weights.
  batch take(batch const& all, std::span<index_t const> ids) {
    take_tokens(all.tokens, ids);
    labels_.clear();
    weights_.clear();
    for (index_t const id : ids) {
      labels_.push_back(all.labels[static_cast<std::size_t>(id)]);
      if (!all.weights.empty()) weights_.push_back(all.weights[static_cast<std::size_t>(id)]);
    }
    return {tokens_.view(), labels_, weights_};
  }

  /// Rows `ids` alone. **Throws.** `data_error` for an id that the pool has not.
  matrix_view<std::int32_t const> take_tokens(matrix_view<std::int32_t const> pool,
                                              std::span<index_t const> ids) {
    auto const count = static_cast<index_t>(ids.size());
    if (tokens_.rows() != count || tokens_.cols() != pool.cols) {
      tokens_ = matrix<std::int32_t>(count, pool.cols);
    }
    for (index_t i = 0; i < count; ++i) {
      index_t const id = ids[static_cast<std::size_t>(i)];
      if (id < 0 || id >= pool.rows) {
        throw data_error("training: no row " + std::to_string(id) + " among " +
                         std::to_string(pool.rows));
      }
      for (index_t t = 0; t < pool.cols; ++t) tokens_(i, t) = pool(id, t);
    }
    return std::as_const(tokens_).view();
  }

 private:
  matrix<std::int32_t> tokens_;
  std::vector<label_t> labels_;
  std::vector<float> weights_;
};

}  // namespace alx::inline v0::nn
