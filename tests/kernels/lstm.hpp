// SPDX-License-Identifier: Apache-2.0
/// @file
/// Texts and networks that tests of the LSTM's kernels share.
#pragma once

#include <alx/learners/gpu_lstm_network.hpp>
#include <alx/learners/nn/steps_on_gpu.hpp>
#include <alx/random.hpp>

#include "learners/nn/golden.hpp"
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lstm {

using alx::index_t;

/// `count` texts of random tokens, every third padded with 0 from its half on, and labels.
struct texts {
  alx::matrix<std::int32_t> tokens;
  std::vector<alx::label_t> labels;
  std::vector<float> weights;  // none

  texts(index_t count, index_t length, index_t known, std::uint64_t seed = 5)
      : tokens(count, length) {
    alx::philox random(seed, 0, 1000);
    for (index_t r = 0; r < count; ++r) {
      for (index_t t = 0; t < length; ++t) {
        bool const padded = r % 3 == 0 && 2 * t > length;
        tokens(r, t) = padded ? 0 : static_cast<std::int32_t>(random.below(known));
      }
      labels.push_back(static_cast<alx::label_t>(random.below(2)));
    }
  }

  [[nodiscard]] alx::nn::batch all() const { return {tokens.view(), labels, weights}; }
};

/// A network of the host whose weights are drawn, and biases too.
inline alx::lstm_network network(alx::lstm_shape const& shape, alx::thread_team& team) {
  auto made = alx::make_lstm_network(shape);
  made.initialise(7, team);
  made.change_weights(team, [](std::span<float> weights) {
    alx::philox random(9, 0, 1000);
    for (float& w : weights) {
      if (w == 0.0F || w == 1.0F) w += static_cast<float>(random.uniform() - 0.5) / 4.0F;
    }
    // Vectors as large as those of a trained network.
    for (std::size_t i = 0; i < weights.size() / 2; ++i) weights[i] *= 4.0F;
  });
  return made;
}

/// The sums behind probabilities of class 1.
inline std::vector<double> odds(alx::matrix<double> const& p) {
  std::vector<double> all;
  for (index_t r = 0; r < p.rows(); ++r) all.push_back(std::log(p(r, 1) / p(r, 0)));
  return all;
}

using golden::distance;

/// A step's derivatives on a GPU; the weights stay.
struct gradient_there {
  std::vector<float> of_weights;
  std::vector<float> squares;
  alx::nn::scores sums;

  gradient_there(alx::gpu_lstm_network& there,
                 texts const& rows,
                 std::size_t weights,
                 alx::lstm_shape const& shape,
                 alx::nn::step_key key = {})
      : of_weights(weights), squares(static_cast<std::size_t>(shape.max_tokens * shape.width)) {
    auto const& functions = *there.place().functions;
    auto* const trainer =
        functions.make_trainer(there.handle(), alx::nn::rmsprop{.learning_rate = 0.0});
    functions.begin(trainer,
                    {alx::detail::known(rows.all()), {}, rows.tokens.rows(), key.seed, true});
    std::vector<std::int32_t> order;
    for (index_t i = 0; i < rows.tokens.rows(); ++i) order.push_back(static_cast<std::int32_t>(i));
    functions.train(trainer, order.data(), static_cast<index_t>(order.size()), key.step, &sums);
    functions.get_gradient(trainer, of_weights.data(), squares.data());
    functions.destroy_trainer(trainer);
  }
};

}  // namespace lstm
