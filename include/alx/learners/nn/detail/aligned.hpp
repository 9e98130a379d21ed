// SPDX-License-Identifier: Apache-2.0
/// @file
/// Memory for vectors of floats, and loops over them that are written out at compile time.
#pragma once

#include <alx/detail/lanes.hpp>
#include <alx/detail/line_allocator.hpp>
#include <alx/view.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

using aligned_floats = std::vector<float, line_allocator<float>>;

/// Floats in a vector, as what it is mostly used for: a step of an index.
inline constexpr index_t float_lane_count = static_cast<index_t>(lane_count<float>);

/// The least multiple of a vector's floats that is not below `n`.
constexpr index_t whole_vectors(index_t n) {
  return (n + float_lane_count - 1) / float_lane_count * float_lane_count;
}

/// f(0) … f(N - 1), each number a constant: arrays of vectors that are indexed by it stay in
/// registers, which a loop left to the compiler does not promise.
template <std::size_t N, class F>
[[gnu::always_inline]] inline void unrolled(F&& f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
    (f(std::integral_constant<std::size_t, I>{}), ...);
  }
  (std::make_index_sequence<N>{});
}

}  // namespace alx::inline v0::detail
