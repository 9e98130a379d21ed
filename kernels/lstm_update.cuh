// SPDX-License-Identifier: Apache-2.0
/// @file
/// What begins and ends a training step: the recurrent weights turned for the way back, the scores,
/// the optimizer. A thread a weight: memory traffic, 28 bytes (RMSprop) or 36 (Adam) of each.
#pragma once

#include <alx/learners/nn/optimizer_rules.hpp>
#include <alx/learners/nn/scores.hpp>
#include <alx/view.hpp>

#include "device.cuh"
#include "lstm_order.cuh"
#include <cmath>
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace kernels {

/// A new step, and the recurrent kernel with gates' sums before inputs: direction × units × units.
template <unsigned Threads>
__global__ void __launch_bounds__(Threads)
    begin_step(training_place* place, float4 const* recurrent, float4* transposed, int units) {
  int const all = 2 * units * units;
  for (auto i = static_cast<int>(thread_number()); i < all; i += static_cast<int>(thread_count())) {
    int const direction = i / (units * units);
    int const input = i / units % units;
    int const unit = i % units;
    transposed[(direction * units + unit) * units + input] = recurrent[i];
  }
  if (thread_number() > 0) return;
  ++place->step;
  ++place->key;
}

/// The shards' scores are those of the step. One warp.
template <unsigned Threads>
__global__ void __launch_bounds__(Threads) end_scores(training_place* place,
                                                      nn::scores const* of_shards,
                                                      int shards,
                                                      nn::scores* of_steps) {
  static_assert(Threads == 32);
  if (threadIdx.x > 0) return;
  nn::scores total{};
  for (int i = 0; i < shards; ++i) total += of_shards[i];
  of_steps[place->step] = total;
  if (!(fabs(total.loss) <= 1.7976931348623157e308)) place->stopped = 1;
}

struct update_problem {
  training_place const* place;
  float const* rates;  ///< of each step of the order
  index_t size;
  float* weights;
  float const* gradient;
  float const* squares;  ///< of the first weights
  index_t squares_size;
  float* memory;  ///< `memories` arrays
};

/// A thread a weight. Nothing changes once a loss was not finite.
template <class Rule, unsigned Threads>
__global__ void __launch_bounds__(Threads) update_weights(update_problem p, Rule rule) {
  index_t const i = thread_number();
  if (i >= p.size || p.place->stopped != 0) return;
  constexpr auto memories = static_cast<int>(Rule::memories);
  nn::weight_lanes<float> w{};
  w.weight = p.weights[i];
  w.gradient = p.gradient[i];
  w.square = i < p.squares_size ? p.squares[i] : w.gradient * w.gradient;
#pragma unroll
  for (int m = 0; m < memories; ++m) w.memory[m] = p.memory[m * p.size + i];
  rule.update(w, p.rates[p.place->step]);
#pragma unroll
  for (int m = 0; m < memories; ++m) p.memory[m * p.size + i] = w.memory[m];
  p.weights[i] = w.weight;
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
