// SPDX-License-Identifier: Apache-2.0
/// @file
/// From the encoder's outputs to a loss, and back: dense with ReLU, dropout, one sum. Little work:
/// of 256 rows 1 M multiply-adds in all.
#pragma once

#include <alx/learners/nn/detail/dropout_words.hpp>
#include <alx/learners/nn/detail/log_loss.hpp>
#include <alx/learners/nn/scores.hpp>
#include <alx/view.hpp>

#include "device.cuh"
#include "lstm_cell.cuh"
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace kernels {

/// The head's weights: of the dense layer inputs × hidden, its bias, of the sum, its bias.
struct head_weights {
  float const* values;
  int inputs;
  int hidden;

  [[nodiscard]] __device__ float dense(int input, int unit) const {
    return values[input * hidden + unit];
  }

  [[nodiscard]] __device__ float dense_bias(int unit) const {
    return values[inputs * hidden + unit];
  }

  [[nodiscard]] __device__ float last(int unit) const {
    return values[(inputs + 1) * hidden + unit];
  }

  [[nodiscard]] __device__ float last_bias() const { return values[(inputs + 2) * hidden]; }

  /// A unit's sum, from a row of inputs.
  [[nodiscard]] __device__ float unit_sum(float const* row, int unit) const {
    float sum = dense_bias(unit);
    for (int i = 0; i < inputs; ++i) sum = fmaf(row[i], dense(i, unit), sum);
    return sum;
  }

  [[nodiscard]] __device__ int size() const { return (inputs + 2) * hidden + 1; }
};

__device__ inline float relu(float z) {
  return z < 0.0F ? 0.0F : z;  // NaN stays
}

/// Classes of rows and what they weigh.
struct row_truth {
  label_t const* labels;
  float const* weights;  ///< null: all 1

  [[nodiscard]] __device__ double weight(index_t row) const {
    return weights == nullptr ? 1.0 : static_cast<double>(weights[row]);
  }

  __device__ void add_score(index_t row, float z, nn::scores& sums) const {
    sums.loss += weight(row) * detail::log_loss_of(z, labels[row]);
    sums.count(labels[row], detail::class_of_sum(z));
  }
};

// Prediction. -------------------------------------------------------------------------------------

/// The last sum of each row: a warp a row, a unit a lane.
template <unsigned Threads>
__global__ void __launch_bounds__(Threads)
    sum_rows(head_weights head, float const* encoded, float* sums, index_t rows) {
  auto const lane = static_cast<int>(threadIdx.x % 32);
  for (index_t row = thread_number() / 32; row < rows; row += thread_count() / 32) {
    float sum = 0.0F;
    for (int unit = lane; unit < head.hidden; unit += 32) {
      sum = fmaf(relu(head.unit_sum(encoded + row * head.inputs, unit)), head.last(unit), sum);
    }
    for (int by = 16; by > 0; by /= 2) sum += __shfl_xor_sync(whole_warp, sum, by);
    if (lane == 0) sums[row] = sum + head.last_bias();
  }
}

template <unsigned Threads>
__global__ void __launch_bounds__(Threads)
    turn_to_probabilities(float const* sums, matrix_view<double, device> out) {
  for (index_t row = thread_number(); row < out.rows; row += thread_count()) {
    double const p = detail::probability_of_one(sums[row]);
    out(row, 0) = 1.0 - p;
    out(row, 1) = p;
  }
}

/// Scores of `Threads` rows a block.
template <unsigned Threads>
__global__ void __launch_bounds__(Threads)
    score_rows(float const* sums, row_truth truth, index_t rows, nn::scores* of_blocks) {
  using room_of_block = nn::scores[Threads];  // NOLINT(*-avoid-c-arrays)
  auto& room = shared_memory<room_of_block>();
  index_t const row = thread_number();
  nn::scores own{};
  if (row < rows) truth.add_score(row, sums[row], own);
  room[threadIdx.x] = own;
  __syncthreads();
  if (threadIdx.x > 0) return;
  for (unsigned i = 1; i < Threads; ++i) own += room[i];
  of_blocks[blockIdx.x] = own;
}

// Training. ---------------------------------------------------------------------------------------

/// Rows of a batch that a block takes: what it adds up.
inline constexpr int shard_rows = 8;

struct head_problem {
  head_weights weights;
  batch_rows rows;
  row_truth truth;
  detail::dropout_rule dropout;
  std::uint64_t seed;
  std::uint32_t const* step;  ///< of all steps of the run
  float const* pooled;        ///< rows × inputs
  float* values;              ///< rows × hidden: after the dropout
  float* of_values;           ///< rows × hidden: the loss's derivatives by the dense layer's sums
  float* of_pooled;           ///< rows × inputs
  float* of_weights;          ///< a shard's sums after the other's
  nn::scores* sums;           ///< of each shard
};

inline constexpr std::uint32_t dropout_layer = 1;  // of the host's network

/// A shard's part of a problem.
struct head_shard {
  head_problem const& p;
  int first;
  int rows;
  int hidden;

  __device__ explicit head_shard(head_problem const& problem)
      : p(problem),
        first(static_cast<int>(blockIdx.x) * shard_rows),
        rows(problem.rows.rows - first < shard_rows ? problem.rows.rows - first : shard_rows),
        hidden(problem.weights.hidden) {}

  [[nodiscard]] __device__ float const* pooled(int r) const {
    return p.pooled + static_cast<index_t>(first + r) * p.weights.inputs;
  }

  [[nodiscard]] __device__ index_t at(int r, int unit) const {
    return static_cast<index_t>(first + r) * hidden + unit;
  }

  __device__ void find_value(int r, int unit) const {
    std::uint32_t words[4] = {};  // NOLINT(*-avoid-c-arrays): of four units
    detail::draw_words(p.seed,
                       *p.step,
                       dropout_layer,
                       static_cast<std::uint32_t>(first + r),
                       static_cast<std::uint32_t>(unit / 4),
                       words);
    std::uint32_t own = words[0];
#pragma unroll
    for (int i = 1; i < 4; ++i) own = unit % 4 == i ? words[i] : own;
    float const value = relu(p.weights.unit_sum(pooled(r), unit));
    p.values[at(r, unit)] = p.dropout.apply(own, value);
    // What a derivative by the value is multiplied by.
    p.of_values[at(r, unit)] = value > 0.0F ? p.dropout.apply(own, 1.0F) : 0.0F;
  }

  /// The row's loss, and the derivative by its last sum.
  [[nodiscard]] __device__ float find_loss(int r, nn::scores& sums) const {
    float z = p.weights.last_bias();
    for (int unit = 0; unit < hidden; ++unit) {
      z = fmaf(p.values[at(r, unit)], p.weights.last(unit), z);
    }
    index_t const row = p.rows.row(first + r);
    p.truth.add_score(row, z, sums);
    double const share = p.truth.weight(row) / static_cast<double>(p.rows.rows);
    return detail::log_loss_slope(z, p.truth.labels[row], share);
  }

  // Derivatives by the head's weights, over the shard's rows; `of_sums` are those by the rows'
  // last sums.

  [[nodiscard]] __device__ float of_dense(int input, int unit) const {
    float sum = 0.0F;
    for (int r = 0; r < rows; ++r) {
      sum = fmaf(pooled(r)[input], p.of_values[at(r, unit)], sum);
    }
    return sum;
  }

  [[nodiscard]] __device__ float of_dense_bias(int unit) const {
    float sum = 0.0F;
    for (int r = 0; r < rows; ++r) sum += p.of_values[at(r, unit)];
    return sum;
  }

  [[nodiscard]] __device__ float of_last(int unit, float const* of_sums) const {
    float sum = 0.0F;
    for (int r = 0; r < rows; ++r) sum = fmaf(p.values[at(r, unit)], of_sums[r], sum);
    return sum;
  }

  [[nodiscard]] __device__ float of_pooled(int r, int input) const {
    float sum = 0.0F;
    for (int unit = 0; unit < hidden; ++unit) {
      sum = fmaf(p.weights.dense(input, unit), p.of_values[at(r, unit)], sum);
    }
    return sum;
  }
};

struct head_room {
  nn::scores scores[shard_rows];  // NOLINT(*-avoid-c-arrays)
  float of_sums[shard_rows];      // NOLINT(*-avoid-c-arrays): by the rows' last sums
};

/// The derivatives that follow from those by the dense layer's sums: by all weights, and by the
/// inputs.
__device__ inline void find_derivatives(head_shard const& own, head_room const& room, int threads) {
  auto const thread = static_cast<int>(threadIdx.x);
  auto const& p = own.p;
  int const inputs = p.weights.inputs;
  float* const of_dense = p.of_weights + static_cast<index_t>(blockIdx.x) * p.weights.size();
  for (int i = thread; i < inputs * own.hidden; i += threads) {
    of_dense[i] = own.of_dense(i / own.hidden, i % own.hidden);
  }
  float* const of_bias = of_dense + inputs * own.hidden;
  for (int unit = thread; unit < own.hidden; unit += threads) {
    of_bias[unit] = own.of_dense_bias(unit);
    of_bias[own.hidden + unit] = own.of_last(unit, room.of_sums);
  }
  for (int i = thread; i < own.rows * inputs; i += threads) {
    p.of_pooled[static_cast<index_t>(own.first) * inputs + i] =
        own.of_pooled(i / inputs, i % inputs);
  }
  if (thread > 0) return;
  float of_last_bias = 0.0F;
  nn::scores total{};
  for (int r = 0; r < own.rows; ++r) {
    of_last_bias += room.of_sums[r];
    total += room.scores[r];
  }
  of_bias[2 * own.hidden] = of_last_bias;
  p.sums[blockIdx.x] = total;
}

/// A block a shard.
template <unsigned Threads>
__global__ void __launch_bounds__(Threads) train_head(head_problem p) {
  auto& room = shared_memory<head_room>();
  head_shard const own(p);
  constexpr auto threads = static_cast<int>(Threads);
  auto const thread = static_cast<int>(threadIdx.x);
  int const values = own.rows * own.hidden;
  for (int i = thread; i < values; i += threads) own.find_value(i / own.hidden, i % own.hidden);
  __syncthreads();
  if (thread < own.rows) {
    nn::scores scores{};
    room.of_sums[thread] = own.find_loss(thread, scores);
    room.scores[thread] = scores;
  }
  __syncthreads();
  for (int i = thread; i < values; i += threads) {
    int const r = i / own.hidden;
    int const unit = i % own.hidden;
    p.of_values[own.at(r, unit)] *= p.weights.last(unit) * room.of_sums[r];
  }
  __syncthreads();
  find_derivatives(own, room, threads);
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
