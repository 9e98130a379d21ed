// SPDX-License-Identifier: Apache-2.0
/// @file
/// The role "selection": which rows make up a batch, given what each would teach?
#pragma once

#include <alx/round_view.hpp>

#include <concepts>
#include <span>
#include <vector>

namespace alx::inline v0 {

/// Chooses a batch from the candidates by their utilities.
///
/// **Semantics.**
/// 1. `utility[i]` belongs to `round.candidates[i]`; all are finite.
/// 2. Returns ids of candidates, each once, in the order in which they are to be asked: `count` of
/// them, or all where there are fewer.
/// 3. It depends on the round, the utilities and the rule's own options alone.
template <class S>
concept selection = std::copy_constructible<S> &&
    requires(S& s, round_view const& round, std::span<double const> utility, index_t count) {
  { s.select(round, utility, count) } -> std::same_as<std::vector<index_t>>;
};

/// Has what the concept asks for and nothing more.
struct selection_archetype {
  std::vector<index_t> select(round_view const& /*round*/,
                              std::span<double const> /*utility*/,
                              index_t /*count*/) {
    return {};
  }
};

static_assert(selection<selection_archetype>);

}  // namespace alx::inline v0
