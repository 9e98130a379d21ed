// SPDX-License-Identifier: Apache-2.0
/// @file
/// Strategy: ask the rows whose predicted classes are most uncertain.
#pragma once

#include <alx/concepts/strategy.hpp>
#include <alx/gpu/rows.hpp>
#include <alx/op/entropy_of_row.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>

namespace alx::inline v0 {

/// What an entropy is divided by.
enum class entropy_scale {
  nats,          ///< nothing
  log_classes,   ///< ln C: 1 is complete ignorance, whatever the number of classes
  pool_maximum,  ///< the largest entropy among all rows of the pool, labelled ones included
};

/// Shannon entropy of the predicted class probabilities.
///
/// **Formula.** u(x) = −Σ_c p_c ln(p_c + ε), with 0·ln 0 = 0, divided as `scale` says.
///
/// **When.** The first thing to try with a learner whose probabilities mean something. For two
/// classes it ranks rows as margin and least confidence do. It keeps asking where the classes truly
/// overlap.
///
/// **Cost.** One logarithm per row and class (of every pool row for `pool_maximum`); no memory.
///
/// **Reference.** C. E. Shannon (1948); Lewis & Gale (1994) for uncertainty sampling. The published
/// blobs experiment has ε = 1e-6 and divides by the maximum.
struct entropy {
  double epsilon = 0.0;
  entropy_scale scale = entropy_scale::nats;

  void score(round_view const& round, std::span<double> utility) const {
    auto const entropy_of = op::entropy_of_row{round.probability, epsilon};
    double const unit = divisor(round);
    for (std::size_t i = 0; i < utility.size(); ++i) {
      utility[i] = entropy_of(round.candidates[i]) / unit;
    }
  }

  /// Of every row of a pool on a GPU: the same but for the last bits of its logarithms.
  void score(gpu_round_view const& round, vector_view<double, device> utility) const {
    auto const formula = detail::uncertainty_formula::entropy;
    detail::score_on_gpu(formula, epsilon, round.probability, utility);
    if (scale == entropy_scale::log_classes) {
      detail::divide_on_gpu(utility, std::log(static_cast<double>(round.probability.cols)));
    } else if (scale == entropy_scale::pool_maximum) {
      double const largest = detail::largest_on_gpu({utility.data, utility.size, utility.stride});
      if (largest > 0.0) detail::divide_on_gpu(utility, largest);
    }
  }

  [[nodiscard]] static std::string_view name() { return "entropy"; }

 private:
  [[nodiscard]] double divisor(round_view const& round) const {
    if (scale == entropy_scale::nats) return 1.0;
    if (scale == entropy_scale::log_classes) {
      return std::log(static_cast<double>(round.probability.cols));
    }
    auto const entropy_of = op::entropy_of_row{round.probability, epsilon};
    double largest = entropy_of(0);
    for (index_t row = 1; row < round.probability.rows; ++row) {
      largest = std::max(largest, entropy_of(row));
    }
    return largest > 0.0 ? largest : 1.0;  // no row is uncertain: nothing to compare with
  }
};

static_assert(strategy<entropy>);

}  // namespace alx::inline v0
