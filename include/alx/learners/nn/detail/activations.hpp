// SPDX-License-Identifier: Apache-2.0
/// @file
/// tanh and the logistic function for vectors of floats.
#pragma once

#include <alx/detail/lanes.hpp>
#include <alx/learners/nn/detail/aligned.hpp>
#include <alx/learners/nn/detail/tanh_rational.hpp>

#include <array>
#include <cstddef>

namespace alx::inline v0::detail {

/// tanh by `tanh_rational`. NaN stays NaN.
///
/// **Error.** At most 2.2e-7 with fused operations and 2.8e-7 without; half of it for the logistic
/// function below.
///
/// **Cost.** 16 operations, most of which wait for the one before: `N` vectors side by side keep
/// the processor busy.
template <std::size_t N>
[[gnu::always_inline]] inline void take_tanh(std::array<float_lanes, N>& x) {
  using t = tanh_rational;
  constexpr std::array<float, 5> numerator{t::n0, t::n1, t::n2, t::n3, t::n4};
  constexpr std::array<float, 5> denominator{t::d0, t::d1, t::d2, t::d3, t::d4};
  std::array<float_lanes, N> y;  // NOLINT(*-member-init)
  std::array<float_lanes, N> n;  // NOLINT(*-member-init)
  std::array<float_lanes, N> d;  // NOLINT(*-member-init)
  unrolled<N>([&](auto i) __attribute__((always_inline)) {
    x[i] = greater_of(all_lanes(-t::limit), lesser_of(all_lanes(t::limit), x[i]));
  });
  unrolled<N>([&](auto i) __attribute__((always_inline)) {
    y[i] = x[i] * x[i];
    n[i] = all_lanes(numerator[4]);
    d[i] = all_lanes(denominator[4]);
  });
  unrolled<4>([&](auto k) __attribute__((always_inline)) {
    unrolled<N>([&](auto i) __attribute__((always_inline)) {
      n[i] = multiply_add(n[i], y[i], all_lanes(numerator[3 - k]));
      d[i] = multiply_add(d[i], y[i], all_lanes(denominator[3 - k]));
    });
  });
  unrolled<N>([&](auto i) __attribute__((always_inline)) { n[i] *= x[i]; });
  unrolled<N>([&](auto i) __attribute__((always_inline)) { x[i] = about_quotient(n[i], d[i]); });
}

/// 1 / (1 + exp(-2 x)) = ½ + ½ tanh(x): of half its argument, which weights that were halved before
/// give without an operation.
template <std::size_t N>
[[gnu::always_inline]] inline void take_logistic_of_half(std::array<float_lanes, N>& x) {
  take_tanh(x);
  unrolled<N>([&](auto i) __attribute__((always_inline)) {
    x[i] = multiply_add(x[i], all_lanes(0.5F), all_lanes(0.5F));
  });
}

}  // namespace alx::inline v0::detail
