// SPDX-License-Identifier: Apache-2.0
/// @file
/// The review network, trained where a program computes.
#pragma once

#include <alx/backend.hpp>
#include <alx/learners/gpu_lstm_network.hpp>
#include <alx/learners/lstm_network.hpp>
#include <alx/learners/nn/steps_on_gpu.hpp>
#include <alx/learners/nn/trainer.hpp>
#include <alx/parallel.hpp>

#include "support/program.hpp"
#include <type_traits>

namespace reviews {

/// Calls use(trainer) with a new optimizer for the network, which has the weights afterwards,
/// wherever they were trained.
template <class Optimizer, class Use>
auto with_trainer(program::place const& where,
                  alx::lstm_network& network,
                  alx::lstm_shape const& shape,
                  Optimizer rule,
                  alx::thread_team& team,
                  Use&& use) {
  return program::on(where, [&](auto backend) {
    if constexpr (std::is_same_v<decltype(backend), alx::gpu>) {
      alx::gpu_lstm_network there(shape, backend);
      alx::nn::trainer trainer(network, rule, team, there);
      return use(trainer);
    } else {
      alx::nn::trainer trainer(network, rule, team);
      return use(trainer);
    }
  });
}

}  // namespace reviews
