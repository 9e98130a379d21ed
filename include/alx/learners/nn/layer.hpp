// SPDX-License-Identifier: Apache-2.0
/// @file
/// The role "layer of rows": what a network does with each row after its encoder.
#pragma once

#include <alx/learners/nn/detail/dropout_words.hpp>
#include <alx/view.hpp>

#include <array>
#include <concepts>
#include <cstdint>

namespace alx::inline v0::nn {

/// What names the random numbers of one training step.
struct step_key {
  std::uint64_t seed = 0;
  std::uint32_t step = 0;  ///< of all epochs and fits of the run
};

/// What a layer is called with: some rows of a batch, and where the call stands.
struct layer_call {
  float const* weights = nullptr;  ///< of this layer
  index_t inputs = 0;              ///< values a row
  index_t rows = 0;
  index_t first_row = 0;  ///< the first row's place in the batch
  bool training = false;
  step_key key{};
  std::uint32_t layer = 0;  ///< which layer of the network

  /// Random bits of a row of this call, the same wherever the row is computed.
  [[nodiscard]] std::array<std::uint32_t, 4> random_words(index_t row, index_t block) const {
    std::array<std::uint32_t, 4> words{};
    alx::detail::draw_words(key.seed,
                            key.step,
                            layer,
                            static_cast<std::uint32_t>(first_row + row),
                            static_cast<std::uint32_t>(block),
                            words.data());
    return words;
  }
};

/// Turns rows of `inputs` floats into rows of `outputs(inputs)` floats, and gradients back.
///
/// **Semantics.**
/// 1. `forward` and `backward` treat each row alone, in any grouping of rows, to the same bits.
/// 2. `backward` gets what `forward` was given and gave and the loss's derivative by the outputs;
/// it adds the derivatives by the weights to `of_weights` and writes those by the inputs.
/// 3. A layer with weights also has `parameters(inputs)`, `tensors(inputs)` and `initialise`.
template <class L>
concept row_layer = std::copy_constructible<L> &&
    requires(L const& layer, layer_call const& call, float const* read, float* written, index_t n) {
  { layer.outputs(n) } -> std::same_as<index_t>;
  layer.forward(call, read, written);
  layer.backward(call, read, read, read, written, written);
};

}  // namespace alx::inline v0::nn
