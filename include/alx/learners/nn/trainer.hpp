// SPDX-License-Identifier: Apache-2.0
/// @file
/// Trains a network: epochs of shuffled batches, validation, early stopping, the best weights kept.
#pragma once

#include <alx/error.hpp>
#include <alx/learners/nn/batch.hpp>
#include <alx/learners/nn/fit_options.hpp>
#include <alx/learners/nn/history.hpp>
#include <alx/learners/nn/layer.hpp>
#include <alx/learners/nn/optimizers.hpp>
#include <alx/learners/nn/scores.hpp>
#include <alx/learners/nn/steps_on_host.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0::nn {

/// The weights of the least validation loss that was offered, in one training or in several.
struct checkpoint {
  double loss = std::numeric_limits<double>::infinity();
  std::vector<float> weights{};

  /// Keeps the weights where their loss is less than any before.
  void offer(double validation_loss, std::span<float const> of_network) {
    if (!(validation_loss < loss)) return;
    loss = validation_loss;
    weights.assign(of_network.begin(), of_network.end());
  }
};

/// A batch was trained on.
struct step_done {
  index_t step = 0;  ///< of the epoch, from 0
  index_t steps_of_epoch = 0;
  index_t epoch = 0;   ///< from 0
  index_t epochs = 0;  ///< at most
};

/// All batches of an epoch were trained on, and the validation rows predicted.
struct epoch_done {
  index_t epoch = 0;
  index_t epochs = 0;
  training_history const& history;
};

/// What an epoch's steps are done by. (`steps_on_host`, `steps_on_gpu`.)
///
/// **Semantics.** `begin` names the rows; `train` makes a step for each `size` of the rows `order`
/// and calls take(sums) with the scores of each, in their order; where a step's loss is not finite
/// it changes no weight, nor does any after it, and nobody is called after it. After `end`, which
/// is called also where a training fails, the network has the weights.
template <class S>
concept training_steps = requires(S& steps,
                                  batch const& rows,
                                  fit_options const& how,
                                  std::span<index_t const> order,
                                  step_key first,
                                  void (*take)(scores const&)) {
  { steps.classes() } -> std::same_as<label_t>;
  { steps.tokens() } -> std::same_as<index_t>;
  steps.begin(rows, rows, how);
  steps.train(order, first, take);
  { steps.validate() } -> std::same_as<scores>;
  { steps.weights() } -> std::convertible_to<std::span<float const>>;
  steps.end();
};

/// Trains a network with one optimizer, which remembers: several trainings may follow each other.
///
/// Keras' `fit`: an epoch's loss and accuracy are means over its rows, measured in training; early
/// stopping counts the epochs since the validation loss was last lower than ever in the same
/// training, and does not take the weights back. Who wants the best weights gives a `checkpoint`.
///
/// Keeps references to the network and the threads; and, on a GPU, to the network that it trains
/// there:
/// ```
/// nn::trainer trainer(network, nn::rmsprop{}, team);
/// nn::trainer there(network, nn::rmsprop{}, team, network_there);      // a gpu_lstm_network
/// ```
template <training_steps Steps>
class trainer {
 public:
  template <class... Parts>
  requires std::constructible_from<Steps, Parts...>

  explicit trainer(Parts&&... parts) : steps_(std::forward<Parts>(parts)...) {}

  /// Trains on `rows` and returns what it was like. `watch(event)` sees `step_done` and
  /// `epoch_done`. Without validation rows there is no early stopping and no offer to `best`.
  ///
  /// **Throws.** `data_error` naming the row of a token or label that cannot be; `shape_error` for
  /// lengths that differ; `option_error`; `numeric_error` naming the step whose loss is not finite:
  /// the network then has the weights before that step, and `best` what it had.
  template <class Watch>
  training_history fit(batch const& rows,
                       batch const& validation,
                       fit_options const& how,
                       checkpoint& best,
                       Watch&& watch) {
    check(rows, validation, how);
    auto bounded = how;
    bounded.batch = std::min(how.batch, rows.tokens.rows);
    steps_.begin(rows, validation, bounded);
    try {
      auto past = run(rows.tokens.rows, validation.tokens.rows > 0, bounded, best, watch);
      steps_.end();
      return past;
    } catch (...) {
      steps_.end();
      throw;
    }
  }

 private:
  template <class Watch>
  training_history run(
      index_t rows, bool judged, fit_options const& how, checkpoint& best, Watch& watch) {
    training_history past;
    past.ended = "all epochs";
    double lowest = std::numeric_limits<double>::infinity();
    step_key key{how.seed, 0};
    for (index_t epoch = 0; epoch < how.epochs; ++epoch) {
      train_epoch(rows, how, epoch, key, past, watch);
      if (judged) {
        past.validation.emplace_back(steps_.validate());
        double const loss = past.validation.back().loss;
        if (loss < best.loss) best.offer(loss, steps_.weights());
        if (loss < lowest) past.best_epoch = epoch;
        lowest = std::min(lowest, loss);
      } else {
        past.best_epoch = epoch;
      }
      watch(epoch_done{epoch, how.epochs, past});
      if (judged && how.patience > 0 && epoch - past.best_epoch >= how.patience) {
        past.ended = "validation loss not lower for " + std::to_string(how.patience) + " epochs";
        break;
      }
    }
    return past;
  }

  void check(batch const& rows, batch const& validation, fit_options const& how) const {
    if (how.batch < 1) {
      throw option_error("training: a batch of " + std::to_string(how.batch) + " rows");
    }
    if (how.epochs < 1) {
      throw option_error("training: " + std::to_string(how.epochs) + " epochs");
    }
    if (rows.tokens.rows < 1) throw data_error("training: there is no row to learn from");
    detail::check_batch("training: training part", rows, steps_.classes(), steps_.tokens());
    if (validation.tokens.rows > 0) {
      detail::check_batch(
          "training: validation part", validation, steps_.classes(), steps_.tokens());
    }
  }

  template <class Watch>
  void train_epoch(index_t rows,
                   fit_options const& how,
                   index_t epoch,
                   step_key& key,
                   training_history& past,
                   Watch& watch) {
    auto const order = how.shuffle.order(rows, how.seed, epoch);
    index_t const steps = (rows + how.batch - 1) / how.batch;
    index_t step = 0;
    scores sums;
    steps_.train(order, key, [&](scores const& of_step) {
      double const loss = of_step.mean_loss();
      if (!std::isfinite(loss)) {
        throw numeric_error("training: the loss of step " + std::to_string(step + 1) +
                            " of epoch " + std::to_string(epoch + 1) + " is " +
                            (std::isnan(loss) ? "not a number" : "infinite") +
                            "; is the learning rate too high?");
      }
      past.step_loss.push_back(loss);
      sums += of_step;
      watch(step_done{step, steps, epoch, how.epochs});
      ++step;
    });
    key.step += static_cast<std::uint32_t>(steps);
    past.training.emplace_back(sums);
  }

  Steps steps_;
};

template <class Network, optimizer Optimizer>
trainer(Network&, Optimizer, thread_team&) -> trainer<steps_on_host<Network, Optimizer>>;

}  // namespace alx::inline v0::nn
