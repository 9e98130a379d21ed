// SPDX-License-Identifier: Apache-2.0
/// @file
/// Square roots from additions and multiplications: the same bits on every machine, GPUs included,
/// and of vectors faster than the divider. (C++17: nvcc reads it.)
#pragma once

#include <alx/rounding.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace alx {
inline namespace v0 {
namespace detail {

/// What `take_roots` multiplies roots by.
inline constexpr double root_scale = 16.0;

/// Added to a distance of fewer than 2^52 units (to 16 times a root, which is how roots come), it
/// leaves whole units, one unit being the last bit.
template <class Distance>
inline constexpr double pair_rounding = 0x1p52 * (Distance::has_squares ? root_scale : 1.0);

/// What `take_roots` does to doubles: a product rounded before it goes into a sum.
struct scalar_products {
  using whole = std::uint64_t;

  ALX_HOST_DEVICE static double product(double a, double b) { return rounded_product(a, b); }
};

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
/// **Cost.** 18 operations, each waiting for the last: `N` values side by side keep the processor
/// busy (8 vectors on AVX-512, whose registers just hold them: a third less time than the root
/// instruction takes).
template <class Products, std::size_t N, class V>
[[gnu::always_inline]] ALX_HOST_DEVICE inline void take_roots(V* x) {
  using whole = typename Products::whole;
  constexpr double one = root_scale * root_scale;  // what g y is near
  constexpr std::uint64_t guess = 0x5fe6eb50c7b537a9U;
  V y[N];  // NOLINT(*-avoid-c-arrays, *-member-init): for kernels too
  V e[N];  // NOLINT(*-avoid-c-arrays, *-member-init)
  for (std::size_t v = 0; v < N; ++v) {
    whole bits;  // NOLINT(*-init-variables)
    std::memcpy(&bits, x + v, sizeof bits);
    bits = guess - (bits >> 1);
    std::memcpy(y + v, &bits, sizeof bits);
  }
  for (int step = 0; step < 2; ++step) {
    double const minuend = step == 0 ? 3.00176 : 12.0;
    for (std::size_t v = 0; v < N; ++v) e[v] = Products::product(x[v] * y[v], y[v]);
    for (std::size_t v = 0; v < N; ++v) y[v] *= minuend - e[v];
  }
  for (std::size_t v = 0; v < N; ++v) x[v] = Products::product(x[v], y[v]);
  for (std::size_t v = 0; v < N; ++v) e[v] = one - Products::product(x[v], y[v]);
  for (std::size_t v = 0; v < N; ++v) {
    y[v] = 0.5 / one + Products::product(V{} + 0.375 / one / one, e[v]);
  }
  for (std::size_t v = 0; v < N; ++v) x[v] += Products::product(x[v], e[v] * y[v]);
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
