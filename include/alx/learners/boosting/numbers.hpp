// SPDX-License-Identifier: Apache-2.0
/// @file
/// The constants of LightGBM's arithmetic. They are float32 values widened to double, and the bits
/// of a model depend on that: 1e-15 itself would give other trees. (C++17: nvcc reads it.)
#pragma once

#include <alx/config.hpp>

#include <cstdint>

namespace alx {
inline namespace v0 {
namespace detail {

/// Begins every sum of hessians and bounds every probability: float32(1e-15).
inline constexpr double boosting_epsilon = 0x1.203afap-50;

/// What is no further from 0 counts as 0: float32(1e-35).
inline constexpr double zero_threshold = 0x1.a95a5cp-117;

[[nodiscard]] ALX_HOST_DEVICE constexpr bool counts_as_zero(double value) {
  return value >= -zero_threshold && value <= zero_threshold;
}

/// `value`, or +0 where it counts as 0 (so no -0 reaches a model's text).
[[nodiscard]] ALX_HOST_DEVICE constexpr double without_tiny(double value) {
  return counts_as_zero(value) ? 0.0 : value;
}

/// A sum of gradients under lambda_l1.
[[nodiscard]] ALX_HOST_DEVICE constexpr double shrunken(double sum, double l1) {
  double const size = (sum < 0 ? -sum : sum) - l1;
  return size > 0 ? (sum < 0 ? -size : size) : 0.0;
}

/// `value` cut to a whole number the way x86-64 does it: what does not fit is the least one.
ALX_HOST_DEVICE inline std::int32_t to_int32(double value) {
  constexpr double least = -2147483648.0;
  return static_cast<std::int32_t>(value > least && value < -least ? value : least);
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
