// SPDX-License-Identifier: Apache-2.0
/// @file
/// `reviews predict`: probabilities of class 1 for rows of tokens.
#pragma once

#include <alx/backend.hpp>
#include <alx/data/npy.hpp>
#include <alx/learners/gpu_lstm_network.hpp>
#include <alx/learners/lstm_network.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>

#include "network_file.hpp"
#include "support/program.hpp"
#include <CLI/CLI.hpp>
#include <iostream>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace reviews {

class predict {
 public:
  static constexpr char const* name = "predict";
  static constexpr char const* purpose =
      "The probability of class 1 for each row of tokens, from a network's weights.";

  void describe(CLI::App& app) {
    app.add_option("--weights", weights_, "of the published network, Keras' .weights.h5")
        ->type_name("FILE")
        ->required();
    app.add_option("--tokens", tokens_, "rows x length, .npy")->type_name("FILE")->required();
    app.add_option("--vocabulary-size", shape_.max_tokens, "ids that the network knows")
        ->check(CLI::Range(1, 100'000'000))
        ->capture_default_str();
    app.add_option("--output", output_, "float64, one a row, .npy")->type_name("FILE")->required();
    program::add_place(app, where_);
  }

  void work() const {
    program::stopwatch watch;
    alx::thread_team team(where_.threads);
    auto const tokens = alx::read_npy_int32(tokens_);
    auto network = alx::make_lstm_network(shape_);
    load(weights_, network, team);
    std::cout << "read      " << program::count(tokens.rows(), "row") << " of " << tokens.cols()
              << " tokens and the weights in " << watch.lap() << '\n';
    alx::matrix<double> probability(tokens.rows(), 2);
    program::on(where_, [&](auto backend) {
      if constexpr (std::is_same_v<decltype(backend), alx::gpu>) {
        alx::gpu_lstm_network there(shape_, backend);
        there.set_weights(network.weights());
        there.predict(tokens.view(), probability.view());
      } else {
        network.predict(tokens.view(), probability.view(), team);
      }
    });
    std::cout << "predicted in " << watch.lap() << " on " << program::place_text(where_) << '\n';
    std::vector<double> of_one(static_cast<std::size_t>(tokens.rows()));
    for (std::size_t i = 0; i < of_one.size(); ++i) {
      of_one[i] = probability(static_cast<alx::index_t>(i), 1);
    }
    alx::write_npy(output_, std::span<double const>(of_one));
    std::cout << "wrote     " << output_ << " in " << watch.lap() << '\n';
  }

 private:
  std::string weights_;
  std::string tokens_;
  std::string output_;
  alx::lstm_shape shape_{};
  program::place where_;
};

}  // namespace reviews
