// SPDX-License-Identifier: Apache-2.0
/// @file
/// Gradients of the logistic loss, many rows at a time, to the bit of what std::exp gives.
#pragma once

#include <alx/detail/lanes.hpp>
#include <alx/learners/boosting/derivatives.hpp>
#include <alx/learners/boosting/histogram.hpp>
#include <alx/view.hpp>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace alx::inline v0::detail {

/// e^x to about two units in the last place, for |x| ≤ 700.
inline real_lanes about_exp(real_lanes x) {
  constexpr double to_nearest = 0x1.8p52;       // adding it leaves no digits behind the point
  constexpr double ln2_high = 0x1.62e42feep-1;  // its product with a small whole number is exact
  constexpr double ln2_low = 0x1.a39ef35793c76p-33;
  real_lanes const shifted = x * 0x1.71547652b82fep0 + to_nearest;
  real_lanes const n = shifted - to_nearest;
  real_lanes const r = (x - n * ln2_high) - n * ln2_low;
  real_lanes const r2 = r * r;
  real_lanes const r4 = r2 * r2;
  // Taylor's series: |r| ≤ ln(2) / 2, and 0.35^14 / 14! is 5e-18.
  real_lanes const low = (1.0 + r) + r2 * (0.5 + r * (1.0 / 6)) +
                         r4 * ((1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5040)));
  real_lanes const high = (1.0 / 40320 + r * (1.0 / 362880)) +
                          r2 * (1.0 / 3628800 + r * (1.0 / 39916800)) +
                          r4 * (1.0 / 479001600 + r * (1.0 / 6227020800));
  real_lanes const power = low + r4 * r4 * high;
  using words = lanes<std::uint64_t>;
  words const exponent = std::bit_cast<words>(shifted) << 52U;
  return std::bit_cast<real_lanes>(std::bit_cast<words>(power) + exponent);
}

/// Where a change of 3.6e-12 of it could not change the float nearest to `v`.
inline lane_mask<real_lanes> sure_to_float(real_lanes v) {
  using words = lanes<std::uint64_t>;
  constexpr std::uint64_t margin = 1U << 15U;  // units in the last place
  constexpr std::uint64_t middle = 1U << 28U;  // of the 29 bits that go: between two floats
  words const from_middle = std::bit_cast<words>(v) + (middle + margin);
  return not_zero(std::bit_cast<real_lanes>(words(from_middle & (2 * middle - 2 * margin))));
}

inline gradient_pair logistic_pair(double sign, double score) {
  return as_floats(logistic_derivatives(sign, score));
}

/// Gradients and hessians by turns.
template <std::size_t... I>
lanes<float> side_by_side(lanes<float, vector_bytes / 2> gradient,
                          lanes<float, vector_bytes / 2> hessian,
                          std::index_sequence<I...> /*lanes*/) {
  return __builtin_shufflevector(
      gradient, hessian, (I % 2 == 0 ? I / 2 : lane_count<double> + I / 2)...);
}

/// `logistic_pair` of all rows. Returns their sum, row after row: it costs next to nothing beside
/// the exponentials. A vector's exponentials are estimates; where their errors could reach the last
/// bit of a float, `logistic_pair` has the word.
inline histogram_cell logistic_pairs(std::span<double const> signs,
                                     std::span<double const> scores,
                                     gradient_pair* out) {
  using singles = lanes<float, vector_bytes / 2>;
  constexpr std::size_t width = lane_count<double>;
  std::size_t const whole = scores.size() / width * width;
  cell_lanes sum{};
  for (std::size_t i = 0; i < whole; i += width) {
    auto const sign = load_lanes<real_lanes>(signs.data() + i);
    real_lanes const x = sign * load_lanes<real_lanes>(scores.data() + i);
    real_lanes const size = 1.0 / (1.0 + about_exp(x));
    real_lanes const g = -sign * size;
    real_lanes const h = size * (1.0 - size);
    store_lanes(out + i,
                side_by_side(__builtin_convertvector(g, singles),
                             __builtin_convertvector(h, singles),
                             std::make_index_sequence<2 * width>{}));
    // Below -8, 1 - size has lost too many digits.
    auto const sure = sure_to_float(g) & sure_to_float(h) & greater(x, real_lanes{} - 8.0) &
                      greater(real_lanes{} + 80.0, x);
    if (any(~sure)) {
      for (std::size_t k = i; k < i + width; ++k) out[k] = logistic_pair(signs[k], scores[k]);
    }
    sum = add_pairs(sum, {out + i, width});
  }
  for (std::size_t i = whole; i < scores.size(); ++i) out[i] = logistic_pair(signs[i], scores[i]);
  sum = add_pairs(sum, {out + whole, scores.size() - whole});
  return {sum[0], sum[1]};
}

}  // namespace alx::inline v0::detail
