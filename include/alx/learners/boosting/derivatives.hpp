// SPDX-License-Identifier: Apache-2.0
/// @file
/// First and second derivatives of the losses at a row's scores: for CPU and GPU. (C++17: nvcc
/// reads it.)
#pragma once

#include <alx/config.hpp>
#include <alx/learners/boosting/split_arithmetic.hpp>

#include <cmath>

namespace alx {
inline namespace v0 {
namespace detail {

/// Rounded to float, once.
ALX_HOST_DEVICE inline gradient_pair as_floats(histogram_cell derivatives) {
  return {static_cast<float>(derivatives.gradient), static_cast<float>(derivatives.hessian)};
}

/// Of the logistic loss; `sign` is 1 for class 1 and -1 for class 0.
ALX_HOST_DEVICE inline histogram_cell logistic_derivatives(double sign, double score) {
  double const response = -sign / (1.0 + std::exp(sign * score));
  double const size = std::abs(response);
  return {response, size * (1.0 - size)};
}

/// The same of a row that counts as much as its class and its weight say.
ALX_HOST_DEVICE inline gradient_pair weighted_logistic_pair(double sign,
                                                            double score,
                                                            double class_weight,
                                                            double weight) {
  auto const plain = logistic_derivatives(sign, score);
  return as_floats({plain.gradient * class_weight * weight, plain.hessian * class_weight * weight});
}

/// Of the cross-entropy of a softmax over `classes` in one of its scores, p being that class'
/// probability; `own`: it is the row's class.
ALX_HOST_DEVICE inline gradient_pair softmax_pair(double p,
                                                  bool own,
                                                  double classes,
                                                  double weight) {
  double const factor = classes / (classes - 1.0);
  return as_floats({(own ? p - 1.0 : p) * weight, factor * p * (1.0 - p) * weight});
}

/// Of half the squared difference between a score and a value.
ALX_HOST_DEVICE inline gradient_pair squared_pair(double score, float value, float weight) {
  auto const difference = static_cast<float>(score - static_cast<double>(value));
  return {difference * weight, weight};
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
