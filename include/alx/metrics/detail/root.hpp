// SPDX-License-Identifier: Apache-2.0
/// @file
/// Square roots of vectors from additions and multiplications: the same bits on
/// every machine, and faster than the divider.
#pragma once

#include <alx/detail/lanes.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace alx::inline v0::detail {

/// Replaces values ≥ 0 by their roots, each within 2^-52 of the exact one,
/// relatively; 0 stays 0.
///
/// Half of the bits, taken from a constant, guess y ≈ 1/√x to 3.5 %. Two of
/// Newton's steps y ← y (3/2 − x y²/2) bring it to 1.3e-6; the first one's
/// constant is a little above 3/2, which spreads its error, never positive
/// before, to both sides. Then, with g = x y and e = 1 − g y, √x = g (1 −
/// e)^(−1/2) = g (1 + e/2 + 3/8 e² + …), cut where the rest is 1e-17.
///
/// **Error.** 2^-53 for the last sum and 2^-54 each for g, whose rounding e
/// half makes good, and for g y. What lies before only makes y, so its
/// roundings do not show.
///
/// **Cost.** 19 operations, each waiting for the last: `N` vectors side by side
/// keep the processor busy (8 of them on AVX-512: a third less time than the
/// root instruction takes).
template <class V, std::size_t N>
[[gnu::always_inline]] inline void take_roots(std::array<V, N> &x) {
  using whole = lanes<std::uint64_t, sizeof(V)>;
  auto const each = [](auto const &step) {
    for (std::size_t v = 0; v < N; ++v) step(v);
  };
  std::array<V, N> half;  // NOLINT(*-member-init)
  std::array<V, N> y;     // NOLINT(*-member-init)
  std::array<V, N> e;     // NOLINT(*-member-init)
  each([&](std::size_t v) {
    half[v] = 0.5 * x[v];
    y[v] = std::bit_cast<V>(0x5fe6eb50c7b537a9U - (std::bit_cast<whole>(x[v]) >> 1));
  });
  for (double const three_halves : {1.50088, 1.5}) {
    each([&](std::size_t v) { e[v] = rounded_lanes(half[v] * y[v] * y[v]); });
    each([&](std::size_t v) { y[v] *= three_halves - e[v]; });
  }
  each([&](std::size_t v) { x[v] *= y[v]; });
  each([&](std::size_t v) { e[v] = 1.0 - rounded_lanes(x[v] * y[v]); });
  each([&](std::size_t v) { y[v] = 0.5 + rounded_lanes(0.375 * e[v]); });
  each([&](std::size_t v) { x[v] += rounded_lanes(x[v] * (e[v] * y[v])); });
}

}  // namespace alx::inline v0::detail
