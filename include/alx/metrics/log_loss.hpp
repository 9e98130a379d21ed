// SPDX-License-Identifier: Apache-2.0
/// @file
/// Metric: how surprising are the true classes?
#pragma once

#include <alx/concepts/metric.hpp>
#include <alx/metrics/detail/checked.hpp>
#include <alx/numpy/sum.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace alx::inline v0 {

/// The mean negative logarithm of the true class's probability, for any number of classes. Lower is
/// better.
///
/// **Formula.** −(1/n) Σ ln p, p clipped to ε … 1 − ε, ε the machine epsilon of double
/// (scikit-learn's): one row that was thought impossible costs 36.04 / n.
///
/// **Throws.** `shape_error` for other than one label a row; `data_error` naming the row of a label
/// out of range or of what is no probability.
struct log_loss {
  double operator()(std::span<label_t const> truth, matrix_view<double const> probability) const {
    detail::check_scored(name(), truth, probability);
    constexpr double epsilon = std::numeric_limits<double>::epsilon();
    std::vector<double> loss(truth.size());
    for (std::size_t r = 0; r < truth.size(); ++r) {
      double const p = probability(static_cast<index_t>(r), truth[r]);
      loss[r] = -std::log(std::clamp(p, epsilon, 1.0 - epsilon));
    }
    auto const n = static_cast<index_t>(loss.size());
    return numpy::sum({loss.data(), n, 1}) / static_cast<double>(n);
  }

  [[nodiscard]] static std::string_view name() { return "log_loss"; }
};

static_assert(metric<log_loss>);

}  // namespace alx::inline v0
