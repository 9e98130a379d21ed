// SPDX-License-Identifier: Apache-2.0
/// @file
/// Stopping: criteria joined by `&&` and `||`.
#pragma once

#include <alx/concepts/stopping_criterion.hpp>

#include <utility>

namespace alx::inline v0 {

/// Stops when either does; written `a || b`. Both are asked every round.
template <stopping_criterion A, stopping_criterion B>
class either {
 public:
  either(A a, B b) : a_(std::move(a)), b_(std::move(b)) {}

  [[nodiscard]] stop_reason stop(round_view const& round) {
    stop_reason first = a_.stop(round);
    stop_reason second = b_.stop(round);
    return first ? first : second;
  }

 private:
  A a_;
  B b_;
};

/// Stops when both do in the same round; written `a && b`. Both are asked every round.
template <stopping_criterion A, stopping_criterion B>
class both {
 public:
  both(A a, B b) : a_(std::move(a)), b_(std::move(b)) {}

  [[nodiscard]] stop_reason stop(round_view const& round) {
    stop_reason const first = a_.stop(round);
    stop_reason const second = b_.stop(round);
    if (!first || !second) return {};
    return *first + ", and " + *second;
  }

 private:
  A a_;
  B b_;
};

template <stopping_criterion A, stopping_criterion B>
either<A, B> operator||(A a, B b) {
  return {std::move(a), std::move(b)};
}

template <stopping_criterion A, stopping_criterion B>
both<A, B> operator&&(A a, B b) {
  return {std::move(a), std::move(b)};
}

static_assert(stopping_criterion<either<stopping_archetype, stopping_archetype>>);
static_assert(stopping_criterion<both<stopping_archetype, stopping_archetype>>);

}  // namespace alx::inline v0
