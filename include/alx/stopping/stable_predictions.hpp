// SPDX-License-Identifier: Apache-2.0
/// @file
/// Stopping: new labels no longer change what the model says.
#pragma once

#include <alx/concepts/stopping_criterion.hpp>
#include <alx/error.hpp>
#include <alx/metrics/agreement.hpp>
#include <alx/metrics/predicted_labels.hpp>
#include <alx/view.hpp>

#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// Stops when the predicted classes of all pool rows agree from round to round: the mean of Cohen's
/// kappa over the last `rounds` pairs of successive models is at least `kappa`.
///
/// A pair of models that both give every row one and the same class counts as agreeing not at all:
/// chance would do as well. The first stop comes in round `rounds` + 1 at the earliest.
///
/// **Cost.** One pass over the probabilities; an int a row.
///
/// **Reference.** Bloodgood & Vijay-Shanker: A method for stopping active learning based on
/// stabilizing predictions (2009), there with .99 and 3.
class stable_predictions {
 public:
  /// **Throws.** `option_error` where `rounds` < 1.
  explicit stable_predictions(double kappa = 0.99, int rounds = 3) : kappa_(kappa) {
    if (rounds < 1) {
      throw option_error("stable_predictions: rounds is " + std::to_string(rounds) +
                         ", must be 1 or more");
    }
    last_.resize(static_cast<std::size_t>(rounds));
  }

  [[nodiscard]] stop_reason stop(round_view const& round) {
    std::vector<label_t> labels(static_cast<std::size_t>(round.probability.rows));
    predicted_labels(round.probability, labels);
    if (labels.size() == before_.size() && !labels.empty()) {
      auto const classes = static_cast<label_t>(round.probability.cols);
      double const agree = cohen_kappa(before_, labels, classes);
      last_[pairs_++ % last_.size()] = std::isnan(agree) ? 0.0 : agree;
    }
    before_ = std::move(labels);
    if (pairs_ < last_.size()) return {};
    double const mean =
        std::accumulate(last_.begin(), last_.end(), 0.0) / static_cast<double>(last_.size());
    if (!(mean >= kappa_)) return {};
    return "predictions agree from round to round, kappa " + std::to_string(mean);
  }

 private:
  double kappa_;
  std::vector<double> last_;  // of the last pairs, a ring
  std::size_t pairs_ = 0;
  std::vector<label_t> before_;
};

static_assert(stopping_criterion<stable_predictions>);

}  // namespace alx::inline v0
