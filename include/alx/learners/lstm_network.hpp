// SPDX-License-Identifier: Apache-2.0
/// @file
/// The network of the published review experiment.
#pragma once

#include <alx/learners/nn/dense.hpp>
#include <alx/learners/nn/dropout.hpp>
#include <alx/learners/nn/encoder.hpp>
#include <alx/learners/nn/network.hpp>
#include <alx/learners/nn/pooling.hpp>
#include <alx/view.hpp>

namespace alx::inline v0 {

/// Sizes of the network; the defaults are the published ones: 426,537 weights.
struct lstm_shape {
  index_t max_tokens = 3000;  ///< ids are 0 … max_tokens - 1; 0 is padding
  index_t width = 128;        ///< of the embedding
  index_t units = 32;         ///< of the LSTM, in each direction
  index_t hidden = 20;        ///< of the dense layer before the last
  double dropout = 0.5;       ///< between the dense layers
};

/// Embedding, bidirectional LSTM with sequences, global max pooling, dense with ReLU, dropout, and
/// one unit with a sigmoid.
using lstm_network = nn::network<nn::encoder<nn::bidirectional<nn::lstm>, nn::global_max_pooling>,
                                 nn::dense<nn::relu>,
                                 nn::dropout,
                                 nn::dense<nn::sigmoid>>;

[[nodiscard]] inline lstm_network make_lstm_network(lstm_shape const& shape = {}) {
  return lstm_network{
      nn::encoder<nn::bidirectional<nn::lstm>, nn::global_max_pooling>{
          nn::embedding{shape.max_tokens, shape.width}, nn::bidirectional<nn::lstm>{{shape.units}}},
      nn::dense<nn::relu>{shape.hidden},
      nn::dropout{shape.dropout},
      nn::dense<nn::sigmoid>{1}};
}

}  // namespace alx::inline v0
