// SPDX-License-Identifier: Apache-2.0
/// @file
/// Two classes from one sum z: p = 1 / (1 + e^−z) is the probability of class 1. (C++17: nvcc reads
/// it.)
#pragma once

#include <alx/config.hpp>
#include <alx/view.hpp>

#include <cmath>

namespace alx {
inline namespace v0 {
namespace detail {

ALX_HOST_DEVICE inline double probability_of_one(float z) {
  return 1.0 / (1.0 + std::exp(-static_cast<double>(z)));
}

/// Class 1 where its probability is more than a half.
ALX_HOST_DEVICE inline label_t class_of_sum(float z) {
  return z > 0.0F ? 1 : 0;
}

/// The cross-entropy: log(1 + e^−z) for class 1, log(1 + e^z) for class 0.
ALX_HOST_DEVICE inline double log_loss_of(float z, label_t label) {
  auto const wrong = static_cast<double>(label == 1 ? -z : z);
  return (wrong < 0.0 ? 0.0 : wrong) + std::log1p(std::exp(-std::fabs(wrong)));
}

/// Its derivative by z, times `scale`.
ALX_HOST_DEVICE inline float log_loss_slope(float z, label_t label, double scale) {
  return static_cast<float>(scale * (probability_of_one(z) - static_cast<double>(label)));
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
