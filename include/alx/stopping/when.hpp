// SPDX-License-Identifier: Apache-2.0
/// @file
/// Stopping: what the caller says.
#pragma once

#include <alx/concepts/stopping_criterion.hpp>

#include <utility>

namespace alx::inline v0 {

/// Stops when `predicate(round_view)` is true.
///
/// **Example.** `alx::when{[](alx::round_view const& r) { return r.labelled.size() > 7; },
/// "seven"}`
template <class Predicate>
class when {
 public:
  explicit when(Predicate predicate, std::string reason = "the caller's condition holds")
      : predicate_(std::move(predicate)), reason_(std::move(reason)) {}

  [[nodiscard]] stop_reason stop(round_view const& round) {
    if (!predicate_(round)) return {};
    return reason_;
  }

 private:
  Predicate predicate_;
  std::string reason_;
};

static_assert(stopping_criterion<when<bool (*)(round_view const&)>>);

}  // namespace alx::inline v0
