// SPDX-License-Identifier: Apache-2.0
/// @file
/// The derivatives by an encoder's weights.
#pragma once

#include <alx/gpu/buffer.hpp>
#include <alx/view.hpp>

#include "device.cuh"
#include "lstm_cell.cuh"
#include "lstm_encoder.cuh"
#include "lstm_layout.hpp"
#include "lstm_occurrences.cuh"
#include "lstm_sums.cuh"

namespace alx {
inline namespace v0 {
namespace kernels {

/// What a batch's way through the encoder and back leaves and is computed in. Nothing is allocated
/// after the constructor.
class encoder_gradient {
 public:
  encoder_gradient() = default;

  /// `squares`: those of the occurrences' gradients are asked for.
  encoder_gradient(lstm_layout const& layout, index_t batch, index_t length, bool squares);

  /// What a step of `rows` rows records.
  [[nodiscard]] encoder_record record(int rows);

  /// The loss's derivatives by its pooled outputs, rows × outputs: to be written before `find`.
  [[nodiscard]] float* of_pooled() { return of_pooled_.data(); }

  /// Where a step's recurrent weights are to be before `find`: with gates' sums before inputs.
  [[nodiscard]] float4* transposed() { return transposed_.data(); }

  /// Derivatives by all weights of the encoder, in the order of the layout, to `gradient`. `more`
  /// is added up on the way.
  void find(lstm_encoder& encoder,
            float const* weights,
            batch_rows const& rows,
            sorted_occurrences const& occurrences,
            parts_to_add const& more,
            float* gradient);

  /// Of the embedding, tokens × width; empty where they are not asked for.
  [[nodiscard]] gpu_buffer<float> const& squares() const { return squares_; }

 private:
  [[nodiscard]] index_t kernel_size() const {
    return static_cast<index_t>(layout_.width + 1) * layout_.outputs;
  }

  [[nodiscard]] index_t recurrent_size() const {
    return static_cast<index_t>(layout_.outputs) * layout_.units;
  }

  template <class Source>
  void sum_by_token(token_sums_problem<Source> const& p);
  void sum_kernel(float const* weights, sorted_occurrences const& occurrences);
  void sum_recurrent(encoder_record const& of, index_t steps);
  void sum_squares(products const& multiply,
                   float const* weights,
                   sorted_occurrences const& occurrences);

  lstm_layout layout_{detail::gpu_lstm_shape{}};
  index_t batch_ = 0;
  int kernel_chunks_ = 1;
  int recurrent_chunks_ = 1;
  gpu_buffer<float4> gates_;
  gpu_buffer<float> cells_;
  gpu_buffer<float> hidden_;
  gpu_buffer<float> pooled_;
  gpu_buffer<float> of_pooled_;
  gpu_buffer<int> ties_;
  gpu_buffer<float4> transposed_;
  gpu_buffer<float4> inputs_;  // each token's gradient
  gpu_buffer<float4> input_parts_;
  gpu_buffer<float4> kernel_parts_;
  gpu_buffer<float4> recurrent_parts_;
  gpu_buffer<float> vectors_;  // gradients of the occurrences' vectors, forward and backward
  gpu_buffer<float> vector_parts_;
  gpu_buffer<float> squares_;
};

}  // namespace kernels
}  // namespace v0
}  // namespace alx
