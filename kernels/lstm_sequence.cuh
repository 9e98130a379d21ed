// SPDX-License-Identifier: Apache-2.0
/// @file
/// An LSTM of up to 64 units, forward and back: a block a sequence and direction, through all steps
/// of the text, with the recurrent weights in its registers.
///
/// A lane is a unit. Of 32 units one warp holds all weights (128 registers a lane) and hands the
/// outputs from step to step through 32 floats of shared memory and a synchronisation of the warp.
/// Of 64 units four warps have a quarter of the weights each.
///
/// **Limit.** A step of a sequence and direction is 4 · units² multiply-adds forward and as many
/// back: of 32 units 128 instructions a warp. All in all it is 241 forward and 233 back, and some
/// 130 cycles that a warp waits for the step before: 150 steps take some 32 µs each way while there
/// is a scheduler for each warp, and no less with more warps a sequence, which would have to wait
/// for each other.
///
/// **Traffic.** A table row (16 bytes a unit) a step; in training 24 bytes more a unit.
#pragma once

#include <alx/view.hpp>

#include "device.cuh"
#include "lstm_cell.cuh"

namespace alx {
inline namespace v0 {
namespace kernels {

/// Warps of a sequence of `Tiles` × 32 units: a tile's units, and what a tile's units were before.
template <int Tiles>
struct sequence_warps {
  static constexpr int parts = Tiles;
  static constexpr int units = 32 * Tiles;
  static constexpr int threads = 32 * Tiles * Tiles;
  static constexpr int blocks = 8 / (Tiles * Tiles);  ///< that a multiprocessor has at least
};

/// Waits for the block's other threads.
template <class Warps>
__device__ __forceinline__ void sync_sequence() {
  if constexpr (Warps::threads == 32) {
    __syncwarp();
  } else {
    __syncthreads();
  }
}

/// What the block's sequence is, and what of it the thread's.
template <class Warps>
struct sequence_place {
  int row;        ///< of the batch
  int direction;  ///< 0 reads the text forward, 1 backward
  int part;       ///< of the inputs; part 0 has the cells
  int unit;

  __device__ sequence_place()
      : row(static_cast<int>(blockIdx.x / 2)),
        direction(static_cast<int>(blockIdx.x % 2)),
        part(static_cast<int>(threadIdx.x / 32) % Warps::parts),
        unit(static_cast<int>(threadIdx.x / 32) / Warps::parts * 32 +
             static_cast<int>(threadIdx.x % 32)) {}

  /// Where the unit's value of a step is in an array of steps × rows × outputs.
  [[nodiscard]] __device__ index_t at(int step, int rows) const {
    return ((static_cast<index_t>(step) * rows + row) * 2 + direction) * Warps::units + unit;
  }
};

/// One unit's numbers in a tape, at a step. Moves by steps: as pointers, for to find them anew
/// would be a fifth of a step's instructions.
struct tape_cursor {
  float4* gates;
  float* cell_before;
  float* hidden;  ///< of the step

  /// At the `at`th value of the first step, of `of_step` values each.
  __device__ tape_cursor(lstm_tape const& tape, index_t at, index_t of_step)
      : gates(tape.gates + at), cell_before(tape.cells + at), hidden(tape.hidden + of_step + at) {}

  __device__ void move(index_t by) {
    gates += by;
    cell_before += by;
    hidden += by;
  }
};

struct forward_problem {
  batch_rows rows;
  float4 const* table;      ///< tokens × outputs: each token's input
  float4 const* bias;       ///< outputs
  float4 const* recurrent;  ///< direction × units × units
  float* pooled;            ///< rows × outputs
  int* ties;                ///< the same, in training
  lstm_tape tape;           ///< in training
};

template <class Warps>
struct alignas(16) forward_room {
  float hidden[2][Warps::units];            // NOLINT(*-avoid-c-arrays)
  float4 sums[Warps::parts][Warps::units];  // NOLINT(*-avoid-c-arrays): of parts 1 …
};

/// Adds what the thread's inputs have in its unit's sums. Two sums, so that fewer wait.
__device__ __forceinline__ void add_inputs(float const* hidden,
                                           float4 const* weights,
                                           float4& even,
                                           float4& odd) {
#pragma unroll
  for (int k = 0; k < 32; k += 4) {
    float4 const h = *reinterpret_cast<float4 const*>(hidden + k);
    add_product(even, weights[k], h.x);
    add_product(odd, weights[k + 1], h.y);
    add_product(even, weights[k + 2], h.z);
    add_product(odd, weights[k + 3], h.w);
  }
}

/// The table's rows of a sequence, in the order of the run; the next one is fetched early.
class table_reader {
 public:
  __device__ table_reader(forward_problem const& p, int row, int direction, int outputs, int column)
      : tokens_(p.rows.tokens + p.rows.row(row) * p.rows.length),
        column_(p.table + column),
        outputs_(outputs),
        last_(p.rows.length - 1),
        backward_(direction == 1),
        next_token_(token(0)) {
    fetch(0);
  }

  /// The row of a step; steps follow each other.
  __device__ float4 take(int step) {
    float4 const row = next_;
    fetch(step + 1);
    return row;
  }

 private:
  [[nodiscard]] __device__ int token(int step) const {
    int const place = step < last_ ? step : last_;
    return tokens_[backward_ ? last_ - place : place];
  }

  __device__ void fetch(int step) {
    next_ = column_[static_cast<index_t>(next_token_) * outputs_];
    next_token_ = token(step + 1);
  }

  int const* tokens_;
  float4 const* column_;
  int outputs_;
  int last_;
  bool backward_;
  int next_token_;
  float4 next_;
};

/// A launch of 2 · rows blocks. `Records`: for the way back.
template <class Warps, class Activations, bool Records>
__global__ void __launch_bounds__(Warps::threads, Warps::blocks) run_forward(forward_problem p) {
  auto& room = shared_memory<forward_room<Warps>>();
  sequence_place<Warps> const me;
  constexpr int outputs = 2 * Warps::units;
  int const first_input = 32 * me.part;
  int const column = me.direction * Warps::units + me.unit;
  float4 weights[32];  // NOLINT(*-avoid-c-arrays): registers
#pragma unroll
  for (int k = 0; k < 32; ++k) {
    weights[k] =
        p.recurrent[(me.direction * Warps::units + first_input + k) * Warps::units + me.unit];
  }
  bool const has_cell = me.part == 0;
  float4 const none = make_float4(0.0F, 0.0F, 0.0F, 0.0F);
  float4 const bias = has_cell ? p.bias[column] : none;
  table_reader inputs(p, me.row, me.direction, outputs, column);
  index_t const of_step = static_cast<index_t>(p.rows.rows) * outputs;
  tape_cursor to(p.tape, Records ? me.at(0, 0) : 0, Records ? of_step : 0);
  float cell = 0.0F;
  unit_maximum maximum;
  if (has_cell) room.hidden[0][me.unit] = 0.0F;
  sync_sequence<Warps>();
  for (int step = 0; step < p.rows.length; ++step) {
    float4 even = inputs.take(step);
    if (!has_cell) even = none;
    float4 odd = bias;
    add_inputs(&room.hidden[step % 2][first_input], weights, even, odd);
    float4 sums = plus(even, odd);
    if constexpr (Warps::parts > 1) {
      if (!has_cell) room.sums[me.part][me.unit] = sums;
      sync_sequence<Warps>();
    }
    if (has_cell) {
#pragma unroll
      for (int part = 1; part < Warps::parts; ++part) {
        sums = plus(sums, room.sums[part][me.unit]);
      }
      unit_step const now = step_unit<Activations>(sums, cell);
      cell = now.cell;
      room.hidden[(step + 1) % 2][me.unit] = now.hidden;
      maximum.take(now.hidden);
      if constexpr (Records) {
        *to.gates = now.gates;
        to.cell_before[of_step] = now.cell;
        *to.hidden = now.hidden;
        to.move(of_step);
      }
    }
    sync_sequence<Warps>();
  }
  if (!has_cell) return;
  p.pooled[me.at(0, 0)] = maximum.value;
  if constexpr (Records) p.ties[me.at(0, 0)] = maximum.ties;
}

struct backward_problem {
  int rows;
  int length;
  float4 const* transposed;  ///< direction × units × units: of gates' sums, then inputs
  lstm_tape tape;
  float const* pooled;     ///< rows × outputs, as the next two
  int const* ties;         ///< steps that share the greatest value share its gradient
  float const* of_pooled;  ///< the loss's derivatives
};

template <class Warps>
struct alignas(16) backward_room {
  float4 of_sums[2][Warps::units];              // NOLINT(*-avoid-c-arrays)
  float of_hidden[Warps::parts][Warps::units];  // NOLINT(*-avoid-c-arrays): of parts 1 …
};

/// What the way back reads of a step.
struct taped_step {
  float4 gates;
  float cell_before;
  float hidden;
};

/// Of a tile's 32 inputs and a part's 32 units, what a lane multiplies: four inputs by eight units.
/// So it reads eight times from shared memory where one input by all units would be 32 times.
class pulled_gradient {
 public:
  /// `transposed` is of the direction and the part's first unit, at the tile's first input.
  __device__ pulled_gradient(float4 const* transposed, int units)
      : lane_(static_cast<int>(threadIdx.x % 32)) {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
#pragma unroll
      for (int j = 0; j < 8; ++j) {
        weights_[i][j] = transposed[(lane_ / 8 + 4 * j) * units + lane_ % 8 + 8 * i];
      }
    }
  }

  /// The derivative by input `lane` of the tile, from those by the part's gates' sums.
  __device__ float find(float4 const* of_sums) const {
    float sums[4] = {};  // NOLINT(*-avoid-c-arrays): of inputs lane % 8 + 8 i
#pragma unroll
    for (int j = 0; j < 8; ++j) {
      float4 const z = of_sums[lane_ / 8 + 4 * j];
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        sums[i] = fmaf(weights_[i][j].x, z.x, sums[i]);
        sums[i] = fmaf(weights_[i][j].y, z.y, sums[i]);
        sums[i] = fmaf(weights_[i][j].z, z.z, sums[i]);
        sums[i] = fmaf(weights_[i][j].w, z.w, sums[i]);
      }
    }
    // Each of the four lanes that have the same inputs ends with one of them: number lane / 8.
    bool const upper = lane_ >= 16;
    float const first = give(upper, sums[0], sums[2], 16);
    float const second = give(upper, sums[1], sums[3], 16);
    return give(lane_ / 8 % 2 == 1, first, second, 8);
  }

 private:
  /// Sends one of two numbers to the lane `with` away, and adds what comes to the other.
  __device__ static float give(bool upper, float low, float high, int with) {
    float const got = __shfl_xor_sync(whole_warp, upper ? low : high, with);
    return (upper ? high : low) + got;
  }

  int lane_;
  float4 weights_[4][8];  // NOLINT(*-avoid-c-arrays): registers
};

/// The gradients of all gates' sums, from the last step to the first. A launch as above.
template <class Warps, class Activations>
__global__ void __launch_bounds__(Warps::threads, Warps::blocks) run_backward(backward_problem p) {
  auto& room = shared_memory<backward_room<Warps>>();
  sequence_place<Warps> const me;
  int const first_unit = 32 * me.part;
  int const tile = me.unit / 32 * 32;
  pulled_gradient const pulled(
      p.transposed + (me.direction * Warps::units + first_unit) * Warps::units + tile,
      Warps::units);
  bool const has_cell = me.part == 0;
  index_t const of_step = static_cast<index_t>(p.rows) * 2 * Warps::units;
  tape_cursor from(p.tape, me.at(p.length - 1, p.rows), of_step);
  float const greatest = p.pooled[me.at(0, 0)];
  float const share = p.of_pooled[me.at(0, 0)] / static_cast<float>(p.ties[me.at(0, 0)]);
  float of_hidden = 0.0F;
  float of_cell = 0.0F;
  float cell = p.tape.cells[me.at(p.length, p.rows)];
  taped_step next{*from.gates, *from.cell_before, *from.hidden};
  for (int step = p.length - 1; step >= 0; --step) {
    // Read by all: where only those with cells did, they would wait for it at the end of the
    // branch.
    taped_step const now = next;
    float4* const gates = from.gates;
    if (step > 0 && has_cell) from.move(-of_step);
    next = {*from.gates, *from.cell_before, *from.hidden};
    if (has_cell) {
      float const from_pooling = now.hidden == greatest ? share : 0.0F;
      float4 const of_sums = step_unit_back<Activations>(
          now.gates, cell, now.cell_before, of_hidden + from_pooling, of_cell);
      cell = now.cell_before;
      *gates = of_sums;
      room.of_sums[step % 2][me.unit] = of_sums;
    }
    sync_sequence<Warps>();
    of_hidden = pulled.find(&room.of_sums[step % 2][first_unit]);
    if constexpr (Warps::parts > 1) {
      if (!has_cell) room.of_hidden[me.part][me.unit] = of_hidden;
      sync_sequence<Warps>();
      if (has_cell) {
#pragma unroll
        for (int part = 1; part < Warps::parts; ++part) {
          of_hidden += room.of_hidden[part][me.unit];
        }
      }
    }
  }
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
