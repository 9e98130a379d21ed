// SPDX-License-Identifier: Apache-2.0
/// @file
/// Strategy: ask the rows whose two most probable classes are closest.
#pragma once

#include <alx/concepts/strategy.hpp>
#include <alx/gpu/rows.hpp>
#include <alx/op/largest_two.hpp>

#include <span>
#include <string_view>

namespace alx::inline v0 {

/// How little separates the two most probable classes ("breaking ties").
///
/// **Formula.** u(x) = −(p₁ − p₂), p₁ ≥ p₂ the two largest; 0 is a tie.
///
/// **When.** With several classes it does not mind a third class, which entropy does; often the
/// strongest of the three uncertainty measures.
///
/// **Cost.** Two comparisons per row and class; no memory.
///
/// **Reference.** Scheffer, Decomain & Wrobel (2001); Luo et al. (2005).
struct margin {
  void score(round_view const& round, std::span<double> utility) const {
    auto const margin_of = op::margin_of_row{round.probability};
    for (std::size_t i = 0; i < utility.size(); ++i) utility[i] = margin_of(round.candidates[i]);
  }

  /// Of every row of a pool on a GPU.
  void score(gpu_round_view const& round, vector_view<double, device> utility) const {
    detail::score_on_gpu(detail::uncertainty_formula::margin, 0.0, round.probability, utility);
  }

  [[nodiscard]] static std::string_view name() { return "margin"; }
};

static_assert(strategy<margin>);

}  // namespace alx::inline v0
