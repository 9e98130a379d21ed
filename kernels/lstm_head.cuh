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
inline constexpr int shard_rows = 32;

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

  /// Four units of a row at a time: as many as have their random bits together.
  __device__ void find_values(int r, int block) const {
    std::uint32_t words[4] = {};  // NOLINT(*-avoid-c-arrays)
    detail::draw_words(p.seed,
                       *p.step,
                       dropout_layer,
                       static_cast<std::uint32_t>(first + r),
                       static_cast<std::uint32_t>(block),
                       words);
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      int const unit = 4 * block + i;
      if (unit >= hidden) continue;
      float const value = relu(p.weights.unit_sum(pooled(r), unit));
      p.values[at(r, unit)] = p.dropout.apply(words[i], value);
      // What a derivative by the value is multiplied by.
      p.of_values[at(r, unit)] = value > 0.0F ? p.dropout.apply(words[i], 1.0F) : 0.0F;
    }
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

  /// The derivative by weight `i` of the head, over the shard's rows.
  [[nodiscard]] __device__ float of_weight(int i, float const* of_last) const {
    int const inputs = p.weights.inputs;
    int const input = i / hidden;
    int const unit = i % hidden;
    float sum = 0.0F;
    for (int r = 0; r < rows; ++r) {
      if (input < inputs) {
        sum = fmaf(pooled(r)[input], p.of_values[at(r, unit)], sum);
      } else if (input == inputs) {
        sum += p.of_values[at(r, unit)];
      } else if (input == inputs + 1) {
        sum = fmaf(p.values[at(r, unit)], of_last[r], sum);
      } else {
        sum += of_last[r];
      }
    }
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
  nn::scores sums[shard_rows];  // NOLINT(*-avoid-c-arrays)
  float of_last[shard_rows];    // NOLINT(*-avoid-c-arrays): of the rows' last sums
};

/// A block a shard.
template <unsigned Threads>
__global__ void __launch_bounds__(Threads) train_head(head_problem p) {
  auto& room = shared_memory<head_room>();
  head_shard const own(p);
  auto const thread = static_cast<int>(threadIdx.x);
  int const blocks = (own.hidden + 3) / 4;
  for (int i = thread; i < own.rows * blocks; i += static_cast<int>(Threads)) {
    own.find_values(i / blocks, i % blocks);
  }
  __syncthreads();
  if (thread < own.rows) {
    nn::scores sums{};
    room.of_last[thread] = own.find_loss(thread, sums);
    room.sums[thread] = sums;
  }
  __syncthreads();
  for (int i = thread; i < own.rows * own.hidden; i += static_cast<int>(Threads)) {
    int const r = i / own.hidden;
    int const unit = i % own.hidden;
    p.of_values[own.at(r, unit)] *= p.weights.last(unit) * room.of_last[r];
  }
  __syncthreads();
  int const inputs = p.weights.inputs;
  float* const of_weights = p.of_weights + static_cast<index_t>(blockIdx.x) * p.weights.size();
  for (int i = thread; i < p.weights.size(); i += static_cast<int>(Threads)) {
    of_weights[i] = own.of_weight(i, room.of_last);
  }
  for (int i = thread; i < own.rows * inputs; i += static_cast<int>(Threads)) {
    p.of_pooled[static_cast<index_t>(own.first) * inputs + i] =
        own.of_pooled(i / inputs, i % inputs);
  }
  if (thread > 0) return;
  nn::scores total{};
  for (int r = 0; r < own.rows; ++r) total += room.sums[r];
  p.sums[blockIdx.x] = total;
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
