// SPDX-License-Identifier: Apache-2.0
/// @file
/// The role "oracle": who answers queries.
#pragma once

#include <alx/query.hpp>

#include <concepts>
#include <vector>

namespace alx::inline v0 {

/// Answers a query: one answer an id, in the query's order; fewer are a partial answer (the rest is
/// asked again), and any of them may be `abstain`.
template <class O>
concept oracle = requires(O& o, query const& asked) {
  { o(asked) } -> std::same_as<std::vector<answer>>;
};

/// Has what the concept asks for and nothing more.
struct oracle_archetype {
  std::vector<answer> operator()(query const& /*asked*/) { return {}; }
};

static_assert(oracle<oracle_archetype>);

}  // namespace alx::inline v0
