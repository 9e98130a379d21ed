// SPDX-License-Identifier: Apache-2.0
/// @file
/// Metric: precision and recall in one number.
#pragma once

#include <alx/concepts/metric.hpp>
#include <alx/error.hpp>
#include <alx/metrics/confusion.hpp>

#include <span>
#include <string>
#include <string_view>

namespace alx::inline v0 {

/// Of which classes: of class 1 of two, or the mean over all classes.
enum class f1_of { positive_class, macro };

/// The harmonic mean of precision and recall. Higher is better.
///
/// **Formula.** 2·tp / (2·tp + fp + fn), 0 where that is 0/0. `macro` is the mean over the classes
/// that occur, as labels or as predictions (scikit-learn's `average="macro"`).
///
/// **Throws.** What `confusion` throws; `data_error` where `positive_class` is asked for and there
/// are other than two classes.
struct f1 {
  f1_of of = f1_of::positive_class;

  double operator()(std::span<label_t const> truth, matrix_view<double const> probability) const {
    confusion const counted(truth, probability);
    if (of == f1_of::positive_class) {
      if (counted.classes() == 2) return of_class(counted, 1);
      throw data_error("f1: of the positive class is for two classes, there are " +
                       std::to_string(counted.classes()) + ": use f1_of::macro");
    }
    double sum = 0.0;
    index_t occurring = 0;
    for (index_t c = 0; c < counted.classes(); ++c) {
      if (counted.of_class(c) + counted.taken_for(c) == 0) continue;
      sum += of_class(counted, c);
      ++occurring;
    }
    return sum / static_cast<double>(occurring);
  }

  [[nodiscard]] std::string_view name() const { return of == f1_of::macro ? "f1_macro" : "f1"; }

 private:
  static double of_class(confusion const& counted, index_t c) {
    index_t const either = counted.of_class(c) + counted.taken_for(c);
    return either == 0 ? 0.0 : static_cast<double>(2 * counted(c, c)) / static_cast<double>(either);
  }
};

static_assert(metric<f1>);

}  // namespace alx::inline v0
