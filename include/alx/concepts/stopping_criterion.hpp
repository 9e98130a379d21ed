// SPDX-License-Identifier: Apache-2.0
/// @file
/// The role "stopping criterion": is it time to stop asking?
#pragma once

#include <alx/round_view.hpp>

#include <concepts>
#include <optional>
#include <string>

namespace alx::inline v0 {

/// Why to stop, in words a person can read; empty while there is reason to go on.
using stop_reason = std::optional<std::string>;

/// Is asked once a round, after the model has predicted and before the next rows are chosen.
///
/// **Semantics.** It sees what every policy sees (`round_view`): no true label of an unasked row,
/// and nothing of what is only evaluated.
template <class C>
concept stopping_criterion = std::copy_constructible<C> && requires(C& c, round_view const& round) {
  { c.stop(round) } -> std::same_as<stop_reason>;
};

/// Has what the concept asks for and nothing more.
struct stopping_archetype {
  stop_reason stop(round_view const& /*round*/) { return {}; }
};

static_assert(stopping_criterion<stopping_archetype>);

}  // namespace alx::inline v0
