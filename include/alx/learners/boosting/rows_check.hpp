// SPDX-License-Identifier: Apache-2.0
/// @file
/// Makes sure that rows can be trained on, and says which cannot.
#pragma once

#include <alx/concepts/learner.hpp>
#include <alx/detail/shortest.hpp>
#include <alx/error.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

namespace alx::inline v0 {

/// Rows of a pool whose values are known.
struct regression_rows {
  std::span<index_t const> ids;      ///< ascending, each once
  std::span<float const> values;     ///< one an id
  std::span<float const> weights{};  ///< one an id, or none: all weigh the same
};

namespace detail {

/// Checks rows for one learner; every error begins with its name.
class rows_check {
 public:
  rows_check(matrix_view<double const> pool, std::span<index_t const> ids)
      : pool_(pool), ids_(ids) {}

  /// **Throws.** See `gradient_boosting::fit`.
  void run(labelled_rows const& rows) const {
    check_ids();
    check_length("labels", rows.labels.size());
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      if (rows.labels[i] >= 0 && rows.labels[i] < std::max<label_t>(rows.classes, 2)) continue;
      std::string const wanted =
          rows.classes <= 2 ? "0 or 1" : "in 0 ... " + std::to_string(rows.classes - 1);
      fail(row(i) + " has label " + std::to_string(rows.labels[i]) + ", not " + wanted);
    }
    check_weights(rows.weights);
  }

  void run(regression_rows const& rows) const {
    check_ids();
    check_length("values", rows.values.size());
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      auto const value = static_cast<double>(rows.values[i]);
      if (!std::isfinite(value))
        fail(row(i) + " has value " + shortest(value) + ", not a finite one");
    }
    check_weights(rows.weights);
  }

  /// **Throws.** `option_error` where the pool has no such column.
  void categories(boosting_parameters const& parameters) const {
    for (auto const column : parameters.categorical_feature) {
      if (column < pool_.cols) continue;
      throw option_error("gradient_boosting: categorical_feature = " + std::to_string(column) +
                         ", but the pool has " + std::to_string(pool_.cols) + " columns");
    }
  }

 private:
  [[noreturn]] static void fail(std::string const& what) {
    throw data_error("gradient_boosting: " + what);
  }

  [[nodiscard]] std::string row(std::size_t i) const { return "row " + std::to_string(ids_[i]); }

  void check_ids() const {
    if (ids_.empty()) fail("no labelled rows to learn from");
    if (pool_.cols < 1) fail("the pool has no columns");
    if (ids_.size() > std::size_t{std::numeric_limits<std::int32_t>::max()}) {
      fail(std::to_string(ids_.size()) + " rows, at most 2147483647");
    }
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      if (ids_[i] >= 0 && ids_[i] < pool_.rows) continue;
      fail(row(i) + " is not in the pool of " + std::to_string(pool_.rows) + " rows");
    }
  }

  void check_length(char const* what, std::size_t given) const {
    if (given == ids_.size()) return;
    throw shape_error("gradient_boosting: " + std::to_string(given) + " " + what + " for " +
                      std::to_string(ids_.size()) + " rows");
  }

  void check_weights(std::span<float const> weights) const {
    if (weights.empty()) return;
    check_length("weights", weights.size());
    double sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      auto const weight = static_cast<double>(weights[i]);
      if (!(weight >= 0 && std::isfinite(weight))) {
        fail(row(i) + " has weight " + shortest(weight) + ", not a finite number from 0 on");
      }
      sum += weight;
    }
    if (sum == 0) fail("all " + std::to_string(weights.size()) + " weights are 0");
  }

  matrix_view<double const> pool_;
  std::span<index_t const> ids_;
};

}  // namespace detail

}  // namespace alx::inline v0
