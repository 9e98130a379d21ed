// SPDX-License-Identifier: Apache-2.0
/// @file
/// Strategy: ask the rows whose most probable class is least probable.
#pragma once

#include <alx/concepts/strategy.hpp>
#include <alx/gpu/rows.hpp>
#include <alx/op/largest_two.hpp>

#include <span>
#include <string_view>

namespace alx::inline v0 {

/// How far the most probable class is from certain.
///
/// **Formula.** u(x) = 1 − max_c p_c.
///
/// **When.** With many classes it looks at the best guess alone, so at what decides the error rate.
///
/// **Cost.** One comparison per row and class; no memory.
///
/// **Reference.** Lewis & Gale (1994).
struct least_confident {
  void score(round_view const& round, std::span<double> utility) const {
    auto const doubt_of = op::least_confidence_of_row{round.probability};
    for (std::size_t i = 0; i < utility.size(); ++i) utility[i] = doubt_of(round.candidates[i]);
  }

  /// Of every row of a pool on a GPU.
  void score(gpu_round_view const& round, vector_view<double, device> utility) const {
    auto const formula = detail::uncertainty_formula::least_confident;
    detail::score_on_gpu(formula, 0.0, round.probability, utility);
  }

  [[nodiscard]] static std::string_view name() { return "least_confident"; }
};

static_assert(strategy<least_confident>);

}  // namespace alx::inline v0
