// SPDX-License-Identifier: Apache-2.0
/// @file
/// Loss: cross-entropy of the classes, from the last layer's sums.
#pragma once

#include <alx/error.hpp>
#include <alx/learners/nn/dense.hpp>
#include <alx/learners/nn/detail/log_loss.hpp>
#include <alx/learners/nn/scores.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace alx::inline v0::nn {

/// What a last layer's activation makes of its sums z.
template <class Activation>
struct cross_entropy;

/// One unit, two classes.
template <>
struct cross_entropy<sigmoid> {
  /// **Throws.** `option_error` where there is more than one unit.
  static label_t classes(index_t units) {
    if (units != 1) {
      throw option_error("dense: a last layer with sigmoid has 1 unit, not " +
                         std::to_string(units));
    }
    return 2;
  }

  /// One probability a class.
  static void probabilities(float const* z, index_t /*units*/, vector_view<double> p) {
    p[1] = alx::detail::probability_of_one(z[0]);
    p[0] = 1.0 - p[1];
  }

  static label_t predicted(float const* z, index_t /*units*/) {
    return alx::detail::class_of_sum(z[0]);
  }

  static double loss(float const* z, index_t /*units*/, label_t label) {
    return alx::detail::log_loss_of(z[0], label);
  }

  /// The loss's derivative by z, times `scale`.
  static void derivative(
      float const* z, index_t /*units*/, label_t label, double scale, float* of_z) {
    of_z[0] = alx::detail::log_loss_slope(z[0], label, scale);
  }
};

/// A unit a class: p_c = e^z_c / Σ e^z; the loss is −log p_label, its derivative p − (c == label).
template <>
struct cross_entropy<softmax> {
  /// **Throws.** `option_error` where there is one unit only.
  static label_t classes(index_t units) {
    if (units < 2) {
      throw option_error("dense: a last layer with softmax has a unit a class, at least 2");
    }
    return static_cast<label_t>(units);
  }

  static void probabilities(float const* z, index_t units, vector_view<double> p) {
    double const all = log_sum(z, units);
    for (index_t c = 0; c < units; ++c) p[c] = std::exp(static_cast<double>(z[c]) - all);
  }

  /// The most probable class, the first of several.
  static label_t predicted(float const* z, index_t units) {
    return static_cast<label_t>(std::max_element(z, z + units) - z);
  }

  static double loss(float const* z, index_t units, label_t label) {
    return log_sum(z, units) - static_cast<double>(z[label]);
  }

  static void derivative(float const* z, index_t units, label_t label, double scale, float* of_z) {
    double const all = log_sum(z, units);
    for (index_t c = 0; c < units; ++c) {
      double const p = std::exp(static_cast<double>(z[c]) - all);
      of_z[c] = static_cast<float>(scale * (c == label ? p - 1.0 : p));
    }
  }

 private:
  static double log_sum(float const* z, index_t units) {
    auto const largest = static_cast<double>(*std::max_element(z, z + units));
    double sum = 0.0;
    for (index_t c = 0; c < units; ++c) sum += std::exp(static_cast<double>(z[c]) - largest);
    return largest + std::log(sum);
  }
};

}  // namespace alx::inline v0::nn
