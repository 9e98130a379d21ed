// SPDX-License-Identifier: Apache-2.0
/// @file
/// How a model does on some rows. (C++17: nvcc reads it.)
#pragma once

#include <alx/config.hpp>
#include <alx/view.hpp>

namespace alx {
inline namespace v0 {
namespace nn {

/// Sums over rows. With two classes, class 1 is the positive one.
struct scores {
  double loss = 0.0;  ///< Σ weight · cross-entropy, nats
  index_t rows = 0;
  index_t correct = 0;
  index_t false_negatives = 0;
  index_t false_positives = 0;

  ALX_HOST_DEVICE scores& operator+=(scores const& other) {
    loss += other.loss;
    rows += other.rows;
    correct += other.correct;
    false_negatives += other.false_negatives;
    false_positives += other.false_positives;
    return *this;
  }

  [[nodiscard]] double mean_loss() const { return loss / static_cast<double>(rows); }

  [[nodiscard]] double accuracy() const {
    return static_cast<double>(correct) / static_cast<double>(rows);
  }

  /// Counts a row of class `truth` that was taken for class `predicted`.
  ALX_HOST_DEVICE void count(label_t truth, label_t predicted) {
    ++rows;
    correct += index_t{truth == predicted};
    false_negatives += index_t{truth != 0 && predicted == 0};
    false_positives += index_t{truth == 0 && predicted != 0};
  }
};

}  // namespace nn
}  // namespace v0
}  // namespace alx
