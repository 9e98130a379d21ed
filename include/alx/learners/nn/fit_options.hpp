// SPDX-License-Identifier: Apache-2.0
/// @file
/// How a network is trained.
#pragma once

#include <alx/learners/nn/encoder.hpp>
#include <alx/learners/nn/shuffle.hpp>
#include <alx/view.hpp>

#include <cstdint>

namespace alx::inline v0::nn {

struct fit_options {
  index_t epochs = 20;     ///< at most
  index_t batch = 256;     ///< rows a step; the last of an epoch has what is left
  index_t patience = 4;    ///< epochs without a lower validation loss before the end; < 1: no end
  shuffling shuffle{};     ///< anew before each epoch
  std::uint64_t seed = 0;  ///< of shuffling and dropout
  embedding_gradient how = embedding_gradient::summed;  ///< what the optimizer takes for squares
};

}  // namespace alx::inline v0::nn
