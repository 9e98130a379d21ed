// SPDX-License-Identifier: Apache-2.0
/// @file
/// Vectors of words from the words that stand near them, in texts without labels: what the
/// embedding of a network begins with where labels are few.
#pragma once

#include <alx/error.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>
#include <alx/sparse.hpp>
#include <alx/text/detail/neighbour_counts.hpp>
#include <alx/text/lsa.hpp>
#include <alx/text/row_norm.hpp>
#include <alx/text/tokens_check.hpp>
#include <alx/view.hpp>

#include <cmath>
#include <cstdint>
#include <string>

namespace alx::inline v0 {

struct word_vector_options {
  index_t width = 128;      ///< of a vector, ≥ 1
  index_t window = 5;       ///< words on each side that count as near, ≥ 1
  double smoothing = 0.75;  ///< exponent of the neighbours' counts, in (0, 1]
  double deviation = 0.5;   ///< root mean square of all numbers of the words that have neighbours
  std::uint64_t seed = 0;   ///< of the decomposition
};

/// A vector for each of the ids 0 … tokens - 1, tokens × width. `vocabulary::padding` and
/// `vocabulary::unknown` are nobody's neighbours; theirs and those of words that never come are all
/// zeros.
///
/// **Formula.** With #(w, c) how often c stands at most `window` words from w in a row, #(w) and
/// #(c) their sums: M(w, c) = max(0, ln(#(w, c) · Σ #(·)^smoothing / (#(w) · #(c)^smoothing))). Of
/// M ≈ U Σ Vᵀ of rank `width` the vectors are the rows of U √Σ, times one number for all.
///
/// **Reference.** Levy, Goldberg, Dagan: Improving distributional similarity with lessons learned
/// from word embeddings (2015): positive pointwise mutual information, smoothed contexts, and
/// √Σ; skip-gram with negative sampling factorises the same table.
///
/// **Semantics.** The same bits on any number of threads; the order of rows is nothing to it.
///
/// **Cost.** 2 · window additions a token, then an `lsa` of the table of neighbours; 8 bytes a
/// token and 8 for each pair of neighbours.
///
/// **Throws.** `option_error` naming the option; `data_error` naming row and place of a token that
/// is not 0 … tokens - 1.
///
/// **Example.** `learner.begin_with(word_vectors(ids.view(), 3000, {}, team).view());`
[[nodiscard]] inline matrix<float> word_vectors(matrix_view<std::int32_t const> rows,
                                                index_t tokens,
                                                word_vector_options const& options,
                                                thread_team& team) {
  auto const require = [](bool good, std::string const& what) {
    if (!good) throw option_error("word_vectors: " + what);
  };
  require(options.width >= 1 && options.width <= tokens,
          "width is " + std::to_string(options.width) + ", must be 1 to the number of tokens, " +
              std::to_string(tokens));
  require(options.window >= 1,
          "window is " + std::to_string(options.window) + ", must be 1 or more");
  require(options.smoothing > 0.0 && options.smoothing <= 1.0,
          "smoothing is " + std::to_string(options.smoothing) + ", must be in (0, 1]");
  require(options.deviation > 0.0 && std::isfinite(options.deviation),
          "deviation is " + std::to_string(options.deviation) + ", must be finite and above 0");
  check_tokens(rows, 0, tokens);
  auto const table = detail::neighbour_counts(rows, tokens, options.window, team)
                         .information(options.smoothing, team);
  lsa directions({.dimensions = options.width, .norm = row_norm::none, .seed = options.seed});
  auto const found = directions.fit_transform(table.view(), team);  // U Σ
  matrix<float> vectors(tokens, options.width);
  double squares = 0.0;
  index_t known = 0;
  for (index_t w = 0; w < tokens; ++w) {
    known += table.view().row(w).columns.empty() ? 0 : 1;
    for (index_t d = 0; d < options.width; ++d) {
      double const sigma = directions.singular_values()[static_cast<std::size_t>(d)];
      double const value = sigma > 0.0 ? found(w, d) / std::sqrt(sigma) : 0.0;
      squares += value * value;
      vectors(w, d) = static_cast<float>(value);
    }
  }
  if (squares == 0.0) return vectors;
  double const mean = squares / static_cast<double>(known * options.width);
  auto const factor = static_cast<float>(options.deviation / std::sqrt(mean));
  for (index_t i = 0; i < tokens * options.width; ++i) vectors.data()[i] *= factor;
  return vectors;
}

}  // namespace alx::inline v0
