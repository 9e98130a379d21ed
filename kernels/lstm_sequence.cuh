// SPDX-License-Identifier: Apache-2.0
/// @file
/// An LSTM of up to 64 units, forward and back: a block a sequence and direction, through all steps
/// of the text, with the recurrent weights in its registers.
///
/// A lane is a unit. Of 32 units one warp holds all weights (128 registers a lane) and hands the
/// outputs from step to step through 32 floats of shared memory and a synchronisation of the warp.
/// More warps share a unit's inputs out where there are more units, or fewer sequences than the GPU
/// has schedulers.
///
/// **Limit.** A step of a sequence and direction is 4 · units² multiply-adds forward and as many
/// back: of 32 units 128 instructions a warp, some 60 more for the cell, and 90-130 cycles that a
/// warp waits for the step before. 150 steps: 21-26 µs while there is a scheduler for each warp.
///
/// **Traffic.** A table row (16 bytes a unit) a step; in training 24 bytes more a unit.
#pragma once

#include <alx/view.hpp>

#include "device.cuh"
#include "lstm_cell.cuh"

namespace alx {
inline namespace v0 {
namespace kernels {

/// Warps of a sequence: `Tiles` × 32 units, whose inputs `Parts` warps share out.
template <int Tiles, int Parts>
struct sequence_warps {
  static constexpr int parts = Parts;
  static constexpr int units = 32 * Tiles;
  static constexpr int inputs = units / Parts;  ///< of one warp
  static constexpr int threads = 32 * Tiles * Parts;
  static constexpr int blocks = 8 / (Tiles * Parts);  ///< that a multiprocessor has at least
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
template <class Warps>
__device__ __forceinline__ void add_inputs(float const* hidden,
                                           float4 const* weights,
                                           float4& even,
                                           float4& odd) {
#pragma unroll
  for (int k = 0; k < Warps::inputs; k += 4) {
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
  int const first_input = me.part * Warps::inputs;
  int const column = me.direction * Warps::units + me.unit;
  float4 weights[Warps::inputs];  // NOLINT(*-avoid-c-arrays): registers
#pragma unroll
  for (int k = 0; k < Warps::inputs; ++k) {
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
    add_inputs<Warps>(&room.hidden[step % 2][first_input], weights, even, odd);
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

/// The gradients of all gates' sums, from the last step to the first. A launch as above.
template <class Warps, class Activations>
__global__ void __launch_bounds__(Warps::threads, Warps::blocks) run_backward(backward_problem p) {
  auto& room = shared_memory<backward_room<Warps>>();
  sequence_place<Warps> const me;
  int const first_input = me.part * Warps::inputs;
  float4 weights[Warps::inputs];  // NOLINT(*-avoid-c-arrays): registers
#pragma unroll
  for (int j = 0; j < Warps::inputs; ++j) {
    weights[j] =
        p.transposed[(me.direction * Warps::units + first_input + j) * Warps::units + me.unit];
  }
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
    if (has_cell) {
      taped_step const now = next;
      float4* const gates = from.gates;
      if (step > 0) from.move(-of_step);
      next = {*from.gates, *from.cell_before, *from.hidden};
      float const from_pooling = now.hidden == greatest ? share : 0.0F;
      float4 const of_sums = step_unit_back<Activations>(
          now.gates, cell, now.cell_before, of_hidden + from_pooling, of_cell);
      cell = now.cell_before;
      *gates = of_sums;
      room.of_sums[step % 2][me.unit] = of_sums;
    }
    sync_sequence<Warps>();
    float4 sum = make_float4(0.0F, 0.0F, 0.0F, 0.0F);
#pragma unroll
    for (int j = 0; j < Warps::inputs; ++j) {
      float4 const z = room.of_sums[step % 2][first_input + j];
      sum.x = fmaf(weights[j].x, z.x, sum.x);
      sum.y = fmaf(weights[j].y, z.y, sum.y);
      sum.z = fmaf(weights[j].z, z.z, sum.z);
      sum.w = fmaf(weights[j].w, z.w, sum.w);
    }
    of_hidden = (sum.x + sum.y) + (sum.z + sum.w);
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
