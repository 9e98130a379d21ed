// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the target alx::gpu does for networks. (C++17: nvcc reads it.)
#pragma once

#include <alx/learners/nn/optimizer_rules.hpp>
#include <alx/learners/nn/scores.hpp>
#include <alx/view.hpp>

#include <cstdint>
#include <variant>

namespace alx {
inline namespace v0 {
namespace nn {

/// How a GPU computes tanh and the logistic function, and within which relative error of tanh.
enum class activations {
  exact,  ///< 4e-7: as good as the host's
  approx  ///< 1.2e-5 as others measured it: the GPU's own tanh
};

}  // namespace nn

namespace detail {

/// Embedding, bidirectional LSTM, the greatest value of all steps, dense with ReLU, dropout, one
/// sum.
struct gpu_lstm_shape {
  index_t tokens;
  index_t width;
  index_t units;
  index_t hidden;
  double dropout;
};

/// Rows of tokens of the host, and what is known of them; weights may be null.
struct known_tokens {
  matrix_view<std::int32_t const> tokens;
  label_t const* labels;
  float const* weights;
};

using gpu_optimizer = std::variant<nn::rmsprop, nn::adam>;

/// What is trained on and judged by, and how.
struct gpu_training {
  known_tokens rows;
  known_tokens validation;
  index_t batch;  ///< not more than there are rows
  std::uint64_t seed;
  bool squares;  ///< what is squared of the embedding's gradient: see `embedding_gradient`
};

/// A network and its trainings on a GPU, reached through pointers to functions, so that a program
/// that uses no GPU needs no alx::gpu. Weights are the host's, in its order.
struct lstm_functions {
  void* (*make)(gpu_lstm_shape const& shape, nn::activations how, int device);
  void (*destroy)(void* network) noexcept;
  void (*set_weights)(void* network, float const* weights);
  void (*get_weights)(void* network, float* weights);
  /// Probabilities of both classes, rows × 2.
  void (*predict)(void* network,
                  matrix_view<std::int32_t const> tokens,
                  matrix_view<double> probability);
  nn::scores (*score)(void* network, known_tokens const& rows);
  /// The same of rows that are there, side by side.
  void (*predict_there)(void* network,
                        matrix_view<std::int32_t const, device> tokens,
                        matrix_view<double, device> probability);
  /// The first of those rows' tokens that the network does not know, or their number.
  index_t (*find_unknown)(void* network, matrix_view<std::int32_t const, device> tokens);

  void* (*make_trainer)(void* network, gpu_optimizer const& rule);
  void (*destroy_trainer)(void* trainer) noexcept;
  void (*begin)(void* trainer, gpu_training const& how);
  /// Trains on rows in the order given, batch after batch; step numbers begin with `first`. Writes
  /// the scores of each step up to the first whose loss is not finite, from which on no weight
  /// changes, and returns how many.
  index_t (*train)(void* trainer,
                   std::int32_t const* order,
                   index_t rows,
                   std::uint32_t first,
                   nn::scores* of_steps);
  nn::scores (*validate)(void* trainer);
  /// The derivatives that the last step found, by the weights and, where they were asked for, the
  /// squares by those of the embedding.
  void (*get_gradient)(void* trainer, float* of_weights, float* squares);
};

/// Defined by alx::gpu.
lstm_functions const* lstm_on_gpu();

}  // namespace detail
}  // namespace v0
}  // namespace alx
