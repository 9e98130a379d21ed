// SPDX-License-Identifier: Apache-2.0
/// @file
/// How weights follow their gradient: RMSprop and Adam as Keras defines them. (C++17: nvcc reads
/// it.)
#pragma once

#if !defined(__CUDACC__)
#include <alx/detail/lanes.hpp>
#endif
#include <alx/config.hpp>
#include <alx/view.hpp>

#include <cmath>
#include <cstddef>

namespace alx {
inline namespace v0 {
namespace detail {

/// Of one number what lanes.hpp says of a vector of them.
ALX_HOST_DEVICE inline float square_root(float a) {
  return std::sqrt(a);
}

}  // namespace detail

namespace nn {

/// Some weights, side by side, and what an optimizer needs to know of each.
template <class Value>
struct weight_lanes {
  Value weight;
  Value gradient;   ///< the derivative of the batch's mean loss
  Value square;     ///< what counts as the gradient's square: see `embedding_gradient`
  Value memory[2];  // NOLINT(*-avoid-c-arrays): nvcc
};

/// Divides the gradient by the root of its squares' running mean.
///
/// **Formula.** v ← ρ·v + (1 − ρ)·g²; w ← w − learning_rate · g / √(v + ε), v from 0: Keras'
/// `RMSprop`, without momentum and not centered.
///
/// **Reference.** Tieleman, Hinton: Neural networks for machine learning, lecture 6.5 (2012).
struct rmsprop {
  double learning_rate = 0.001;
  double rho = 0.9;
  double epsilon = 1e-7;

  static constexpr std::size_t memories = 1;  ///< running values a weight

  /// The factor of step `step`, from 1.
  [[nodiscard]] double rate(index_t /*step*/) const { return learning_rate; }

  template <class Value>
  ALX_HOST_DEVICE void update(weight_lanes<Value>& w, float rate_of_step) const {
    auto const keep = static_cast<float>(rho);
    auto const take = static_cast<float>(1.0 - rho);
    w.memory[0] = keep * w.memory[0] + take * w.square;
    Value const root = alx::detail::square_root(w.memory[0] + static_cast<float>(epsilon));
    w.weight -= rate_of_step * w.gradient / root;
  }
};

/// Follows the gradient's running mean, divided by the root of its squares' running mean, both
/// corrected for having begun at 0.
///
/// **Formula.** m ← m + (1 − β₁)(g − m); v ← v + (1 − β₂)(g² − v); w ← w − α·m / (√v + ε),
/// α = learning_rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ) in step t = 1, 2, …: Keras' `Adam`.
///
/// **Reference.** Kingma, Ba: Adam, a method for stochastic optimization (2015).
struct adam {
  double learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;

  static constexpr std::size_t memories = 2;

  /// α of step `step`, from 1.
  [[nodiscard]] double rate(index_t step) const {
    auto const t = static_cast<double>(step);
    return learning_rate * std::sqrt(1.0 - std::pow(beta_2, t)) / (1.0 - std::pow(beta_1, t));
  }

  template <class Value>
  ALX_HOST_DEVICE void update(weight_lanes<Value>& w, float rate_of_step) const {
    w.memory[0] += (w.gradient - w.memory[0]) * static_cast<float>(1.0 - beta_1);
    w.memory[1] += (w.square - w.memory[1]) * static_cast<float>(1.0 - beta_2);
    w.weight -= rate_of_step * w.memory[0] /
                (alx::detail::square_root(w.memory[1]) + static_cast<float>(epsilon));
  }
};

}  // namespace nn
}  // namespace v0
}  // namespace alx
