// SPDX-License-Identifier: Apache-2.0
/// @file
/// What a training was like, epoch by epoch, under Keras' names.
#pragma once

#include <alx/learners/nn/scores.hpp>
#include <alx/view.hpp>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0::nn {

/// How a model did on some rows, as means and counts.
struct epoch_scores {
  double loss = std::numeric_limits<double>::quiet_NaN();
  double binary_accuracy = std::numeric_limits<double>::quiet_NaN();
  index_t false_negatives = 0;
  index_t false_positives = 0;

  epoch_scores() = default;

  explicit epoch_scores(scores const& sums)
      : loss(sums.mean_loss()),
        binary_accuracy(sums.accuracy()),
        false_negatives(sums.false_negatives),
        false_positives(sums.false_positives) {}
};

/// The epochs of one training. `training` is measured while the weights change, with dropout;
/// `validation` (empty without validation rows) at the epoch's end, without.
struct training_history {
  std::vector<epoch_scores> training;
  std::vector<epoch_scores> validation;
  std::vector<double> step_loss;  ///< the mean loss of each batch before its update, all epochs
  index_t best_epoch = 0;         ///< from 0: of the least validation loss, else the last
  std::string ended;              ///< why: "all epochs", or which patience ran out
};

}  // namespace alx::inline v0::nn
