// SPDX-License-Identifier: Apache-2.0
/// @file
/// An LSTM of any size, step by step: a product of matrices makes the gates' sums of all rows, and
/// a thread a unit does the rest. A launch of each a step: what is many rows' work.
///
/// **Traffic.** Of a unit and step forward 24 bytes read, 24 (training) or 8 written; back 48
/// and 20.
#pragma once

#include <alx/view.hpp>

#include "device.cuh"
#include "lstm_cell.cuh"

namespace alx {
inline namespace v0 {
namespace kernels {

/// Of values rows × outputs a thread each.
struct step_forward_problem {
  batch_rows rows;
  int step;  ///< of the run
  int outputs;
  float4 const* table;
  float4 const* bias;
  float4 const* sums;         ///< hidden values of the step before · recurrent kernel; null: none
  float const* cells_before;  ///< null: zeros
  float* cells;
  float* hidden;
  float4* gates;  ///< null: not kept
  float* pooled;
  int* ties;
};

template <class Activations, unsigned Threads>
__global__ void __launch_bounds__(Threads) step_forward(step_forward_problem p) {
  auto const values = static_cast<index_t>(p.rows.rows) * p.outputs;
  for (index_t i = thread_number(); i < values; i += thread_count()) {
    int const b = static_cast<int>(i / p.outputs);
    int const column = static_cast<int>(i % p.outputs);
    bool const backward = column >= p.outputs / 2;
    int const place = backward ? p.rows.length - 1 - p.step : p.step;
    index_t const token = p.rows.tokens[p.rows.row(b) * p.rows.length + place];
    float4 sums = plus(p.table[token * p.outputs + column], p.bias[column]);
    if (p.sums != nullptr) sums = plus(sums, p.sums[i]);
    float const before = p.cells_before == nullptr ? 0.0F : p.cells_before[i];
    unit_step const now = step_unit<Activations>(sums, before);
    p.cells[i] = now.cell;
    p.hidden[i] = now.hidden;
    if (p.gates != nullptr) p.gates[i] = now.gates;
    unit_maximum maximum;
    if (p.step > 0) {
      maximum.value = p.pooled[i];
      maximum.ties = p.ties[i];
    }
    maximum.take(now.hidden);
    p.pooled[i] = maximum.value;
    p.ties[i] = maximum.ties;
  }
}

struct step_backward_problem {
  index_t values;  ///< rows × outputs
  float4* gates;   ///< of the step; becomes the gradients of their sums
  float const* cells;
  float const* cells_before;
  float const* hidden;
  float const* of_hidden;  ///< from the step after; null: none
  float* of_cell;          ///< the same, and then for the step before
  float const* pooled;
  int const* ties;
  float const* of_pooled;
};

template <class Activations, unsigned Threads>
__global__ void __launch_bounds__(Threads) step_backward(step_backward_problem p) {
  for (index_t i = thread_number(); i < p.values; i += thread_count()) {
    float const share = p.of_pooled[i] / static_cast<float>(p.ties[i]);
    float const from_pooling = p.hidden[i] == p.pooled[i] ? share : 0.0F;
    bool const last = p.of_hidden == nullptr;
    float of_cell = last ? 0.0F : p.of_cell[i];
    p.gates[i] = step_unit_back<Activations>(p.gates[i],
                                             p.cells[i],
                                             p.cells_before[i],
                                             (last ? 0.0F : p.of_hidden[i]) + from_pooling,
                                             of_cell);
    p.of_cell[i] = of_cell;
  }
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
