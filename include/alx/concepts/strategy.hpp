// SPDX-License-Identifier: Apache-2.0
/// @file
/// The role "strategy": how much would it teach the model to know this row's label?
#pragma once

#include <alx/round_view.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>

namespace alx::inline v0 {

/// Gives each candidate row a utility; the higher, the sooner it is asked.
///
/// **Semantics.**
/// 1. `utility[i]` belongs to `round.candidates[i]`, and every value is finite.
/// 2. It depends on the round and on the strategy's options alone: a second call gives the same
/// bits.
/// 3. What a strategy carries from round to round (distances, neighbours) only saves time: a fresh
/// copy gives the same bits.
template <class S>
concept strategy = std::copy_constructible<S> &&
    requires(S& s, round_view const& round, std::span<double> utility) {
  { s.score(round, utility) } -> std::same_as<void>;
};

/// Has what the concept asks for and nothing more: algorithms are compiled against it in tests.
struct strategy_archetype {
  void score(round_view const& /*round*/, std::span<double> /*utility*/) {}
};

static_assert(strategy<strategy_archetype>);

/// Calls `visit(name, value)` for each part that a candidate's utility was made of: the strategy's
/// own `parts` where it has any, else the utility itself under the strategy's `name`.
template <strategy S, class Visitor>
void visit_parts(S const& strategy, std::size_t candidate, double utility, Visitor&& visit) {
  if constexpr (requires { strategy.parts(candidate, visit); }) {
    strategy.parts(candidate, visit);
  } else if constexpr (requires { strategy.name(); }) {
    visit(strategy.name(), utility);
  } else {
    visit(std::string_view("utility"), utility);
  }
}

}  // namespace alx::inline v0
