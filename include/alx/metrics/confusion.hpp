// SPDX-License-Identifier: Apache-2.0
/// @file
/// How often is which class taken for which?
#pragma once

#include <alx/error.hpp>
#include <alx/matrix.hpp>
#include <alx/metrics/detail/checked.hpp>
#include <alx/metrics/predicted_labels.hpp>
#include <alx/view.hpp>

#include <span>
#include <string>
#include <vector>

namespace alx::inline v0 {

/// Rows counted by true class and predicted class.
///
/// **Example.** `alx::confusion const counted(truth, probability); counted(0, 1)` is the number of
/// rows of class 0 that were taken for class 1.
class confusion {
 public:
  /// **Throws.** `shape_error` for other than one prediction a row; `data_error` for no rows, or
  /// naming the row whose label is none of 0 … classes - 1.
  confusion(std::span<label_t const> truth, std::span<label_t const> predicted, label_t classes)
      : counts_(classes, classes) {
    auto const rows = static_cast<index_t>(predicted.size());
    detail::check_labels("confusion", truth, rows, classes);
    detail::check_labels("confusion, predicted", predicted, rows, classes);
    count(truth, predicted);
  }

  /// Of the most probable classes (`predicted_labels`).
  ///
  /// **Throws.** As above, and `data_error` for what are no probabilities.
  confusion(std::span<label_t const> truth, matrix_view<double const> probability)
      : counts_(probability.cols, probability.cols) {
    detail::check_scored("confusion", truth, probability);
    std::vector<label_t> predicted(truth.size());
    predicted_labels(probability, predicted);
    count(truth, predicted);
  }

  [[nodiscard]] index_t classes() const { return counts_.rows(); }

  /// Rows of class `truth` that were predicted to be of class `predicted`.
  [[nodiscard]] index_t operator()(index_t truth, index_t predicted) const {
    return counts_(truth, predicted);
  }

  /// Rows that are of the class.
  [[nodiscard]] index_t of_class(index_t c) const {
    index_t sum = 0;
    for (index_t p = 0; p < classes(); ++p) sum += counts_(c, p);
    return sum;
  }

  /// Rows that were predicted to be of the class.
  [[nodiscard]] index_t taken_for(index_t c) const {
    index_t sum = 0;
    for (index_t t = 0; t < classes(); ++t) sum += counts_(t, c);
    return sum;
  }

  [[nodiscard]] index_t correct() const {
    index_t sum = 0;
    for (index_t c = 0; c < classes(); ++c) sum += counts_(c, c);
    return sum;
  }

  /// With two classes, class 1 being the positive one. **Throws.** `data_error` where there are
  /// other than two.
  [[nodiscard]] index_t tp() const { return of_two(1, 1); }

  /// As `tp`.
  [[nodiscard]] index_t tn() const { return of_two(0, 0); }

  /// As `tp`.
  [[nodiscard]] index_t fp() const { return of_two(0, 1); }

  /// As `tp`.
  [[nodiscard]] index_t fn() const { return of_two(1, 0); }

 private:
  void count(std::span<label_t const> truth, std::span<label_t const> predicted) {
    for (std::size_t r = 0; r < truth.size(); ++r) ++counts_(truth[r], predicted[r]);
  }

  [[nodiscard]] index_t of_two(index_t truth, index_t predicted) const {
    if (classes() != 2) {
      throw data_error("confusion: positives and negatives are for two classes, there are " +
                       std::to_string(classes()));
    }
    return counts_(truth, predicted);
  }

  matrix<index_t> counts_;
};

}  // namespace alx::inline v0
