// SPDX-License-Identifier: Apache-2.0
/// @file
/// The role "strategy": how much would it teach the model to know this row's label?
#pragma once

#include <alx/round_view.hpp>

#include <concepts>
#include <span>

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

}  // namespace alx::inline v0
