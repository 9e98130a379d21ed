// SPDX-License-Identifier: Apache-2.0
/// @file
/// A network on a GPU: its weights, and what it says of rows of tokens.
#pragma once

#include <alx/gpu/buffer.hpp>
#include <alx/learners/nn/on_gpu.hpp>
#include <alx/learners/nn/scores.hpp>

#include "lstm_encoder.cuh"
#include "lstm_layout.hpp"
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace kernels {

/// Rows of tokens on a GPU, one after the other. What is not there is null.
struct token_rows {
  std::int32_t const* tokens;
  index_t rows;
  index_t length;
  label_t const* labels;
  float const* weights;
};

/// Copies of the host's.
class copied_rows {
 public:
  copied_rows() = default;
  explicit copied_rows(detail::known_tokens const& rows);

  [[nodiscard]] token_rows view() const {
    return {tokens_.data(), rows_, length_, labels_.data(), weights_.data()};
  }

 private:
  index_t rows_ = 0;
  index_t length_ = 0;
  gpu_buffer<std::int32_t> tokens_;
  gpu_buffer<label_t> labels_;
  gpu_buffer<float> weights_;
};

class lstm_network_on_gpu {
 public:
  lstm_network_on_gpu(detail::gpu_lstm_shape const& shape, nn::activations how, int device);

  void set_weights(float const* from_host);
  void get_weights(float* to_host) const;
  void predict(matrix_view<std::int32_t const> rows, matrix_view<double> out);
  void predict(token_rows const& rows, matrix_view<double, alx::device> out);
  [[nodiscard]] nn::scores score(token_rows const& rows);
  [[nodiscard]] index_t find_unknown(token_rows const& rows) const;

  [[nodiscard]] lstm_layout const& layout() const { return layout_; }

  [[nodiscard]] double dropout() const { return dropout_; }

  [[nodiscard]] int device() const { return device_; }

  [[nodiscard]] lstm_encoder& encoder() { return encoder_; }

  /// Who changes them says so.
  [[nodiscard]] float* weights() { return weights_.data(); }

  void weights_changed() { projected_ = false; }

 private:
  /// Calls take(first row, rows, sums) for some rows at a time.
  template <class Take>
  void for_sums(token_rows const& rows, Take&& take);

  lstm_layout layout_;
  double dropout_;
  int device_;
  gpu_buffer<float> weights_;
  lstm_encoder encoder_;
  bool projected_ = false;  // the encoder knows these weights
  gpu_buffer<float> pooled_;
  gpu_buffer<float> sums_;
};

}  // namespace kernels
}  // namespace v0
}  // namespace alx
