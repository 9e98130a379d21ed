// SPDX-License-Identifier: Apache-2.0
/// @file
/// The role "metric": how well do predicted probabilities fit known labels?
#pragma once

#include <alx/view.hpp>

#include <concepts>
#include <span>
#include <string_view>

namespace alx::inline v0 {

/// One number for a table of predicted probabilities (rows × classes) and the rows' true labels.
///
/// **Semantics.** Higher is better unless the metric says otherwise; `name` is a column's heading.
template <class M>
concept metric = std::copy_constructible<M> &&
    requires(M const& m, std::span<label_t const> truth, matrix_view<double const> probability) {
  { m(truth, probability) } -> std::same_as<double>;
  { m.name() } -> std::convertible_to<std::string_view>;
};

/// Has what the concept asks for and nothing more.
struct metric_archetype {
  double operator()(std::span<label_t const> /*truth*/,
                    matrix_view<double const> /*probability*/) const {
    return 0.0;
  }

  [[nodiscard]] std::string_view name() const { return "archetype"; }
};

static_assert(metric<metric_archetype>);

}  // namespace alx::inline v0
