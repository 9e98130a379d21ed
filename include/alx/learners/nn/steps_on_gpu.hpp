// SPDX-License-Identifier: Apache-2.0
/// @file
/// The steps of a training, done by a GPU.
#pragma once

#include <alx/learners/gpu_lstm_network.hpp>
#include <alx/learners/lstm_network.hpp>
#include <alx/learners/nn/batch.hpp>
#include <alx/learners/nn/encoder.hpp>
#include <alx/learners/nn/fit_options.hpp>
#include <alx/learners/nn/layer.hpp>
#include <alx/learners/nn/on_gpu.hpp>
#include <alx/learners/nn/optimizer_rules.hpp>
#include <alx/learners/nn/scores.hpp>
#include <alx/learners/nn/trainer.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace alx::inline v0::nn {

/// Optimizers that kernels know.
template <class Optimizer>
concept runs_on_gpu = std::same_as<Optimizer, rmsprop> || std::same_as<Optimizer, adam>;

/// Trains `there` from the weights of `network`, which gets them back at the end. Keeps references
/// to both and to the threads.
class steps_on_gpu {
 public:
  template <runs_on_gpu Optimizer>
  steps_on_gpu(lstm_network& network, Optimizer rule, thread_team& team, gpu_lstm_network& there)
      : network_(&network),
        team_(&team),
        there_(&there),
        self_(functions().make_trainer(there.handle(), rule), functions().destroy_trainer) {}

  [[nodiscard]] label_t classes() const { return network_->classes(); }

  [[nodiscard]] index_t tokens() const { return network_->tokens(); }

  void begin(batch const& rows, batch const& validation, fit_options const& how) {
    there_->set_weights(network_->weights());
    functions().begin(self_.get(),
                      {alx::detail::known(rows),
                       alx::detail::known(validation),
                       how.batch,
                       how.seed,
                       how.how == embedding_gradient::per_occurrence});
    batch_ = how.batch;
  }

  template <class Take>
  void train(std::span<index_t const> order, step_key first, Take&& take) {
    std::vector<std::int32_t> const rows(order.begin(), order.end());
    auto const count = static_cast<index_t>(rows.size());
    std::vector<scores> of_steps(static_cast<std::size_t>((count + batch_ - 1) / batch_));
    index_t const done =
        functions().train(self_.get(), rows.data(), count, first.step, of_steps.data());
    of_steps.resize(static_cast<std::size_t>(done));
    for (scores const& one : of_steps) take(one);
  }

  [[nodiscard]] scores validate() const { return functions().validate(self_.get()); }

  [[nodiscard]] std::vector<float> weights() const { return there_->weights(); }

  void end() { network_->set_weights(there_->weights(), *team_); }

 private:
  [[nodiscard]] alx::detail::lstm_functions const& functions() const {
    return *there_->place().functions;
  }

  lstm_network* network_;
  thread_team* team_;
  gpu_lstm_network* there_;
  std::unique_ptr<void, void (*)(void*) noexcept> self_;
  index_t batch_ = 1;
};

template <runs_on_gpu Optimizer>
trainer(lstm_network&, Optimizer, thread_team&, gpu_lstm_network&) -> trainer<steps_on_gpu>;

}  // namespace alx::inline v0::nn
