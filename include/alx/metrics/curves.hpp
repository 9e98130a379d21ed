// SPDX-License-Identifier: Apache-2.0
/// @file
/// A learning curve in one number: a score after each round, over the labels it took.
#pragma once

#include <alx/error.hpp>
#include <alx/rounding.hpp>
#include <alx/view.hpp>

#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace alx::inline v0 {

namespace detail {

inline void check_curve(std::string_view name,
                        std::span<index_t const> labelled,
                        std::span<double const> score) {
  if (labelled.size() != score.size()) {
    throw shape_error(std::string(name) + ": " + std::to_string(labelled.size()) +
                      " numbers of labels and " + std::to_string(score.size()) + " scores");
  }
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (!std::isfinite(score[i])) {
      throw data_error(std::string(name) + ": score " + std::to_string(i) + " is not finite");
    }
    if (i > 0 && labelled[i] <= labelled[i - 1]) {
      throw data_error(std::string(name) + ": after " + std::to_string(labelled[i - 1]) +
                       " labels come " + std::to_string(labelled[i]) + ", they must rise");
    }
  }
}

}  // namespace detail

/// The mean height of the learning curve: what its score was on average over the labels.
///
/// **Formula.** Trapezoids over the number of labels, divided by the range of labels.
///
/// **Throws.** `shape_error` for other than one score a number of labels; `data_error` for fewer
/// than two points, numbers that do not rise, or a score that is not finite.
inline double area_under_learning_curve(std::span<index_t const> labelled,
                                        std::span<double const> score) {
  detail::check_curve("area_under_learning_curve", labelled, score);
  if (score.size() < 2) {
    throw data_error("area_under_learning_curve: it takes two points, there are " +
                     std::to_string(score.size()));
  }
  double area = 0.0;
  for (std::size_t i = 1; i < score.size(); ++i) {
    auto const width = static_cast<double>(labelled[i] - labelled[i - 1]);
    area += rounded(width * (score[i] + score[i - 1])) / 2.0;
  }
  return area / static_cast<double>(labelled.back() - labelled.front());
}

/// The first number of labels with which the score was at least `target`, nothing where it never
/// was. Only what was measured counts: no value between two rounds is made up.
///
/// **Throws.** As `area_under_learning_curve`, but any number of points will do.
inline std::optional<index_t> labels_to_reach(double target,
                                              std::span<index_t const> labelled,
                                              std::span<double const> score) {
  detail::check_curve("labels_to_reach", labelled, score);
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (score[i] >= target) return labelled[i];
  }
  return std::nullopt;
}

}  // namespace alx::inline v0
