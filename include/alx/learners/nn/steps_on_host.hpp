// SPDX-License-Identifier: Apache-2.0
/// @file
/// The steps of a training, done by the host's threads.
#pragma once

#include <alx/learners/nn/batch.hpp>
#include <alx/learners/nn/fit_options.hpp>
#include <alx/learners/nn/layer.hpp>
#include <alx/learners/nn/network.hpp>
#include <alx/learners/nn/optimizers.hpp>
#include <alx/learners/nn/scores.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

namespace alx::inline v0::nn {

/// Keeps references to the network and the threads, and to the rows from `begin` on.
template <class Network, optimizer Optimizer>
class steps_on_host {
 public:
  steps_on_host(Network& network, Optimizer rule, thread_team& team)
      : network_(&network),
        team_(&team),
        optimizer_(rule, static_cast<index_t>(network.weights().size())) {}

  [[nodiscard]] label_t classes() const { return network_->classes(); }

  [[nodiscard]] index_t tokens() const { return network_->tokens(); }

  void begin(batch const& rows, batch const& validation, fit_options const& how) {
    rows_ = rows;
    validation_ = validation;
    size_ = static_cast<std::size_t>(how.batch);
    how_ = how.how;
  }

  template <class Take>
  void train(std::span<index_t const> order, step_key key, Take&& take) {
    for (; !order.empty(); ++key.step) {
      auto const ids = order.first(std::min(size_, order.size()));
      network_->gradient(gathered_.take(rows_, ids), how_, key, *team_, gradient_);
      bool const finite = std::isfinite(gradient_.sums.loss);
      if (finite) {
        network_->change_weights(*team_, [&](std::span<float> weights) {
          optimizer_.step(weights, gradient_.of_weights, gradient_.of_squares, *team_);
        });
      }
      take(std::as_const(gradient_.sums));
      if (!finite) return;
      order = order.subspan(ids.size());
    }
  }

  [[nodiscard]] scores validate() const { return network_->score(validation_, *team_); }

  [[nodiscard]] std::span<float const> weights() const { return network_->weights(); }

  static void end() {}

 private:
  Network* network_;
  thread_team* team_;
  optimizer_state<Optimizer> optimizer_;
  batch rows_{};
  batch validation_{};
  std::size_t size_ = 1;  // of a batch
  embedding_gradient how_ = embedding_gradient::summed;
  batch_gradient gradient_;
  gathered_rows gathered_;
};

}  // namespace alx::inline v0::nn
