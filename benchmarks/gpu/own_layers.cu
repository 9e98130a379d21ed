// SPDX-License-Identifier: Apache-2.0
// A bidirectional LSTM's layer by our kernels: from tokens to the greatest values of all steps, and
// from their derivatives to those of all weights, the embedding's too.
#include <alx/gpu/buffer.hpp>

#include "cuda_timing.cuh"
#include <cstdint>
#include <kernels/device.cuh>
#include <kernels/lstm_encoder.cuh>
#include <kernels/lstm_gradient.cuh>
#include <kernels/lstm_layout.hpp>
#include <kernels/lstm_order.cuh>
#include <kernels/recorded_work.cuh>
#include <numeric>
#include <vector>

namespace {

using namespace alx::kernels;

/// Numbers that look drawn: what is in them does not change the time.
class numbers {
 public:
  float value() { return static_cast<float>(next() % 1000) / 4000.0F - 0.125F; }

  std::int32_t token(int known) { return static_cast<std::int32_t>(next() % unsigned(known)); }

 private:
  unsigned next() {
    state_ = state_ * 1664525U + 1013904223U;
    return state_ >> 8U;
  }

  unsigned state_ = 1;
};

class layer {
 public:
  explicit layer(cuda_timing::layer_size const& size)
      : size_(size),
        layout_(alx::detail::gpu_lstm_shape{size.tokens, size.width, size.units, 20, 0.0}),
        encoder_(layout_, alx::nn::activations::exact) {
    numbers drawn;
    std::vector<float> weights(static_cast<std::size_t>(layout_.size));
    for (float& w : weights) w = drawn.value();
    weights_ = alx::gpu_buffer<float>(weights);
    std::vector<std::int32_t> tokens(static_cast<std::size_t>(size.batch) * size.length);
    for (auto& token : tokens) token = drawn.token(size.tokens);
    tokens_ = alx::gpu_buffer<std::int32_t>(tokens);
    order_ = batch_order(
        {tokens_.data(), size.batch, size.length, nullptr, nullptr}, size.batch, size.tokens);
    std::vector<std::int32_t> rows(static_cast<std::size_t>(size.batch));
    std::iota(rows.begin(), rows.end(), 0);
    order_.prepare(rows.data(), size.batch, 0);
    gradient_ = alx::gpu_buffer<float>(layout_.size);
    of_encoder_ = encoder_gradient(layout_, size.batch, size.length, false);
    encoder_.reserve(size.batch);
    std::vector<float> ones(static_cast<std::size_t>(size.batch) * layout_.outputs, 1e-3F);
    alx::detail::gpu_upload(of_encoder_.of_pooled(), ones.data(), ones.size() * sizeof(float));
    alx::detail::gpu_copy(of_encoder_.transposed(),
                          weights_.data() + layout_.recurrent,
                          sizeof(float4) * layout_.outputs * layout_.units);
    training_place const first{0, 0, 0};
    alx::detail::gpu_upload(order_.place(), &first, sizeof first);
  }

  void forward() {
    encoder_.project(weights_.data());
    encoder_.record(
        weights_.data(), order_.rows_of_step(size_.batch), of_encoder_.record(size_.batch));
  }

  void back() {
    of_encoder_.find(encoder_,
                     weights_.data(),
                     order_.rows_of_step(size_.batch),
                     order_.occurrences(size_.batch),
                     {},
                     gradient_.data());
  }

 private:
  cuda_timing::layer_size size_;
  lstm_layout layout_;
  lstm_encoder encoder_;
  alx::gpu_buffer<float> weights_;
  alx::gpu_buffer<std::int32_t> tokens_;
  alx::gpu_buffer<float> gradient_;
  batch_order order_;
  encoder_gradient of_encoder_;
};

}  // namespace

namespace cuda_timing {

void time_own_layers() {
  for (auto const& size : layer_sizes()) {
    layer own(size);
    own.forward();  // libraries make ready
    own.back();
    for (bool const back : {false, true}) {
      recorded_work graph;
      graph.record([&] {
        own.forward();
        if (back) own.back();
      });
      say(size.name(back), "", median(20, cudaStreamPerThread, [&] { graph.run(); }));
    }
  }
}

}  // namespace cuda_timing
