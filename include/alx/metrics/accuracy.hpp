// SPDX-License-Identifier: Apache-2.0
/// @file
/// Metric: the share of rows whose most probable class is the true one.
#pragma once

#include <alx/concepts/metric.hpp>
#include <alx/metrics/confusion.hpp>

#include <span>
#include <string_view>

namespace alx::inline v0 {

/// Of equal probabilities the lowest class counts as predicted. Higher is better.
///
/// **Throws.** What `confusion` throws.
struct accuracy {
  double operator()(std::span<label_t const> truth, matrix_view<double const> probability) const {
    return static_cast<double>(confusion(truth, probability).correct()) /
           static_cast<double>(truth.size());
  }

  [[nodiscard]] static std::string_view name() { return "accuracy"; }
};

static_assert(metric<accuracy>);

}  // namespace alx::inline v0
