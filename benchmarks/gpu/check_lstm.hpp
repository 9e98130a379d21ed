// SPDX-License-Identifier: Apache-2.0
/// @file
/// The review network on a GPU: is it the host's, and how fast?
#pragma once

#include <alx/backend.hpp>
#include <alx/gpu/buffer.hpp>
#include <alx/gpu/matrix.hpp>
#include <alx/learners/gpu_lstm_network.hpp>
#include <alx/learners/lstm_network.hpp>
#include <alx/learners/nn/steps_on_gpu.hpp>
#include <alx/learners/nn/trainer.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>

#include "check_report.hpp"
#include "rows.hpp"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace check_lstm {

using alx::index_t;
using check_report::say;
using check_report::size;
using check_report::small;

using benchmark_rows::texts;

inline void check_predictions(texts const& rows, alx::lstm_shape const& shape) {
  alx::thread_team team(0);
  auto network = alx::make_lstm_network(shape);
  network.initialise(1, team);
  alx::matrix<double> here(rows.tokens.rows(), 2);
  alx::matrix<double> found(rows.tokens.rows(), 2);
  network.predict(rows.tokens.view(), here.view(), team);
  for (auto const how : {alx::nn::activations::exact, alx::nn::activations::approx}) {
    alx::gpu_lstm_network there(shape, alx::gpu{}, how);
    there.set_weights(network.weights());
    there.predict(rows.tokens.view(), found.view());
    double apart = 0.0;
    for (index_t r = 0; r < rows.tokens.rows(); ++r) {
      apart = std::max(apart, std::abs(found(r, 1) - here(r, 1)));
    }
    bool const exact = how == alx::nn::activations::exact;
    say("LSTM of " + std::to_string(shape.units) + " units, " + std::to_string(rows.tokens.rows()) +
            " rows" + (exact ? "" : ", approx"),
        apart < (exact ? 1e-6 : 1e-4),
        "probabilities at most " + std::to_string(apart * 1e9) + "e-9 from the host's");
  }
}

/// Steps' losses of a training from the same weights, and the weights after it.
struct training {
  std::vector<double> losses;
  std::vector<float> weights;

  template <class... Place>
  training(texts const& rows, alx::lstm_shape const& shape, index_t batch, Place&... place) {
    alx::thread_team team(0);
    auto network = alx::make_lstm_network(shape);
    network.initialise(2, team);
    alx::nn::trainer trainer(network, alx::nn::adam{}, team, place...);
    alx::nn::checkpoint none;
    losses = trainer
                 .fit(rows.all(),
                      {},
                      {.epochs = 1, .batch = batch, .seed = 4},
                      none,
                      [](auto const& /*event*/) {})
                 .step_loss;
    weights.assign(network.weights().begin(), network.weights().end());
  }
};

inline void check_training(texts const& rows, alx::lstm_shape const& shape, index_t batch) {
  alx::gpu_lstm_network there(shape, alx::gpu{});
  training const here(rows, shape, batch);
  training const first(rows, shape, batch, there);
  training const again(rows, shape, batch, there);
  double apart = 0.0;
  for (std::size_t i = 0; i < 4; ++i) {
    apart = std::max(apart, std::abs(first.losses[i] - here.losses[i]));
  }
  std::string const name = "LSTM of " + std::to_string(shape.units) + " units, " +
                           std::to_string(here.losses.size()) + " steps of " +
                           std::to_string(batch);
  say(name,
      apart < 1e-5,
      "losses of four steps at most " + std::to_string(apart * 1e9) + "e-9 from the host's");
  say(name, first.weights == again.weights, "the same bits twice");
}

/// Seconds of an epoch, after a first one.
inline void time_epoch(texts const& rows, index_t units, index_t batch) {
  alx::thread_team team(0);
  alx::lstm_shape const shape{.units = units};
  auto network = alx::make_lstm_network(shape);
  network.initialise(1, team);
  alx::gpu_lstm_network there(shape, alx::gpu{});
  alx::nn::trainer trainer(network, alx::nn::rmsprop{}, team, there);
  alx::nn::checkpoint none;
  std::vector<double> seconds;
  auto begin = std::chrono::steady_clock::now();
  trainer.fit(rows.all(), {}, {.epochs = 6, .batch = batch}, none, [&](auto const& event) {
    if constexpr (std::is_same_v<std::decay_t<decltype(event)>, alx::nn::epoch_done>) {
      if (event.epoch > 0) seconds.push_back(check_report::seconds_since(begin));
      begin = std::chrono::steady_clock::now();
    }
  });
  check_report::say_median("LSTM of " + std::to_string(units) + ", epoch of 25,000 x 150, batch " +
                               std::to_string(batch),
                           seconds);
}

inline void time_scoring(texts const& rows) {
  alx::thread_team team(0);
  auto network = alx::make_lstm_network();
  network.initialise(1, team);
  alx::gpu_matrix<std::int32_t> const tokens(rows.tokens.view(), alx::gpu{});
  alx::gpu_matrix<double> out(rows.tokens.rows(), 2, alx::gpu{});
  alx::gpu_buffer<double> one(1);
  for (auto const how : {alx::nn::activations::exact, alx::nn::activations::approx}) {
    alx::gpu_lstm_network there({}, alx::gpu{}, how);
    there.set_weights(network.weights());
    std::string const name = how == alx::nn::activations::exact ? "" : ", approx";
    alx::matrix_view<std::int32_t const, alx::device> const few{tokens.view().data, 50'000, 150};
    for (int const times : {1, 10}) {
      bool const all = times > 1;
      check_report::time((all ? "LSTM scoring 10,000,000 x 150, there already" + name
                              : "LSTM scoring 50,000 x 150, there already" + name),
                         all ? 2 : 10,
                         [&] {
                           for (int i = 0; i < times; ++i) {
                             there.predict(all ? tokens.view() : few,
                                           {out.view().data, all ? tokens.rows() : 50'000, 2});
                           }
                           one.take(out.view().data, 1);
                           static_cast<void>(one.to_host());
                         });
    }
  }
}

inline void run() {
  texts const some(size(2'000, 70), size(150, 9), size(3'000, 60));
  for (index_t const units : {size(32, 5), size(64, 40), size(128, 70)}) {
    alx::lstm_shape const shape{.max_tokens = size(3'000, 60), .units = units};
    check_predictions(some, shape);
    check_training(some, shape, size(256, 16));
  }
  if (small) return;
  texts const epoch(25'000, 150, 3'000);
  for (index_t const batch : {32, 64, 128, 256, 1024, 4096}) time_epoch(epoch, 32, batch);
  for (index_t const units : {64, 128}) time_epoch(epoch, units, 256);
  time_scoring(texts(1'000'000, 150, 3'000));
}

}  // namespace check_lstm
