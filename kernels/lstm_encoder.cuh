// SPDX-License-Identifier: Apache-2.0
/// @file
/// Embedding, bidirectional LSTM and the greatest value of all steps, forward and back: which
/// kernels, in which order.
#pragma once

#include <alx/gpu/buffer.hpp>
#include <alx/learners/nn/on_gpu.hpp>

#include "device.cuh"
#include "lstm_cell.cuh"
#include "lstm_layout.hpp"
#include "products.hpp"

namespace alx {
inline namespace v0 {
namespace kernels {

/// What a forward run leaves, for the pooled outputs' way back.
struct encoder_record {
  lstm_tape tape;
  float* pooled;  ///< rows × outputs
  int* ties;      ///< the same
};

/// Up to 64 units a sequence stays with one block; more are computed step by step, all rows at
/// once.
class lstm_encoder {
 public:
  static constexpr int most_units_of_block = 64;

  lstm_encoder(lstm_layout const& layout, nn::activations how) : layout_(layout), how_(how) {}

  /// Makes room for trainings of `rows` rows, whose calls may be recorded: they allocate nothing.
  void reserve(int rows);

  /// The table that all else reads a token's input from. Weights are those of the layout.
  void project(float const* weights);

  /// Pooled outputs, rows × outputs. In blocks, a row's bits do not depend on the other rows.
  void infer(float const* weights, batch_rows const& rows, float* pooled);

  /// The same for a training.
  void record(float const* weights, batch_rows const& rows, encoder_record const& to);

  /// From the loss's derivatives by the pooled outputs to those by the gates' sums, in the tape.
  /// `transposed`: direction × units × units, of gates' sums and then inputs.
  void go_back(float const* weights,
               float4 const* transposed,
               batch_rows const& rows,
               encoder_record const& of,
               float const* of_pooled);

  [[nodiscard]] products const& multiply() const { return multiply_; }

 private:
  /// What runs step by step need between steps: rows × outputs each.
  struct step_room {
    gpu_buffer<float4> sums;
    gpu_buffer<float> hidden;  ///< or their gradients
    gpu_buffer<float> cells;   ///< the same
    gpu_buffer<int> ties;
  };

  void reserve(step_room& room, int rows) const;

  [[nodiscard]] bool in_blocks() const { return layout_.units <= most_units_of_block; }

  [[nodiscard]] float4 const* recurrent(float const* weights) const {
    return reinterpret_cast<float4 const*>(weights + layout_.recurrent);
  }

  [[nodiscard]] float4 const* bias(float const* weights) const {
    return reinterpret_cast<float4 const*>(weights + layout_.kernel +
                                           static_cast<index_t>(layout_.width) * layout_.columns);
  }

  /// Calls use(activations{}).
  template <class F>
  void with_activations(F&& use) const {
    if (how_ == nn::activations::exact) {
      use(exact_activations{});
    } else {
      use(approx_activations{});
    }
  }

  template <class Warps>
  void run_blocks(float const* weights,
                  batch_rows const& rows,
                  encoder_record const& to,
                  bool records);
  template <class Warps>
  void run_blocks_back(float4 const* transposed,
                       batch_rows const& rows,
                       encoder_record const& of,
                       float const* of_pooled);
  [[nodiscard]] matrix_product by_recurrent(
      float const* weights, int rows, float const* from, float* to, bool back) const;
  void run_steps(float const* weights,
                 batch_rows const& rows,
                 encoder_record const& to,
                 step_room& room) const;
  void run_steps_back(float const* weights,
                      batch_rows const& rows,
                      encoder_record const& of,
                      float const* of_pooled);

  lstm_layout layout_;
  nn::activations how_;
  products multiply_;
  gpu_buffer<float4> table_;  // tokens × outputs
  step_room infer_room_;
  step_room training_room_;  // which recorded work has the addresses of
};

}  // namespace kernels
}  // namespace v0
}  // namespace alx
