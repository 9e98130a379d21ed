// SPDX-License-Identifier: Apache-2.0
/// @file
/// Square roots of vectors from additions and multiplications: the same bits on every machine, and
/// faster than the divider.
#pragma once

#include <alx/detail/lanes.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace alx::inline v0::detail {

/// What `take_roots` multiplies roots by.
inline constexpr double root_scale = 16.0;

/// Replaces values x ≥ 0 by 16 √x, each within 2^-52 of the exact one, relatively; 0 stays 0.
///
/// Half of the bits, taken from a constant, guess y ≈ 1/√x to 3.5 %. Two of Newton's steps
/// y ← y (3/2 − x y²/2) bring it to 1.3e-6; the first one's constant is a little above 3/2, which
/// spreads its error, never positive before, to both sides. Then, with g = x y and e = 1 − g y,
/// √x = g (1 − e)^(−1/2) = g (1 + e/2 + 3/8 e² + …), cut where the rest is 1e-17.
///
/// The steps are taken without their halves, y ← y (3 − x y²) and then y ← y (12 − x y²), which
/// leaves 16 y: powers of two change no rounding, and no x/2 need be kept.
///
/// **Error.** 2^-53 for the last sum and 2^-54 each for g, whose rounding e half makes good, and
/// for g y. What lies before only makes y, so its roundings do not show.
///
/// **Cost.** 18 operations, each waiting for the last: `N` vectors side by side keep the processor
/// busy (8 of them on AVX-512, whose registers just hold them: a third less time than the root
/// instruction takes).
template <class V, std::size_t N>
[[gnu::always_inline]] inline void take_roots(std::array<V, N>& x) {
  using whole = lanes<std::uint64_t, sizeof(V)>;
  auto const each = [](auto const& step) {
    for (std::size_t v = 0; v < N; ++v) step(v);
  };
  constexpr double one = root_scale * root_scale;  // what g y is near
  std::array<V, N> y;                              // NOLINT(*-member-init)
  std::array<V, N> e;                              // NOLINT(*-member-init)
  each([&](std::size_t v) {
    y[v] = std::bit_cast<V>(0x5fe6eb50c7b537a9U - (std::bit_cast<whole>(x[v]) >> 1));
  });
  for (double const minuend : {3.00176, 12.0}) {
    each([&](std::size_t v) { e[v] = rounded_lanes(x[v] * y[v] * y[v]); });
    each([&](std::size_t v) { y[v] *= minuend - e[v]; });
  }
  each([&](std::size_t v) { x[v] *= y[v]; });
  each([&](std::size_t v) { e[v] = one - rounded_lanes(x[v] * y[v]); });
  each([&](std::size_t v) { y[v] = 0.5 / one + rounded_lanes(0.375 / one / one * e[v]); });
  each([&](std::size_t v) { x[v] += rounded_lanes(x[v] * (e[v] * y[v])); });
}

}  // namespace alx::inline v0::detail
