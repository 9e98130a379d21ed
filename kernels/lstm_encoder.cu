// SPDX-License-Identifier: Apache-2.0
#include "lstm_encoder.cuh"
#include "lstm_sequence.cuh"
#include "lstm_steps.cuh"
#include <cstddef>

namespace alx {
inline namespace v0 {
namespace kernels {

namespace {

inline constexpr unsigned step_threads = 256;

/// Calls use(sequence_warps{}) with those of the units.
template <class F>
void with_warps(int units, F&& use) {
  if (units <= 32) {
    use(sequence_warps<1>{});
  } else {
    use(sequence_warps<2>{});
  }
}

/// A block a sequence and direction.
template <class Warps, class Room>
launch_shape shape_of(int rows) {
  return {static_cast<unsigned>(2 * rows), static_cast<unsigned>(Warps::threads), sizeof(Room)};
}

}  // namespace

void lstm_encoder::reserve(int rows) {
  if (!in_blocks()) reserve(training_room_, rows);
}

void lstm_encoder::reserve(step_room& room, int rows) const {
  index_t const values = static_cast<index_t>(rows) * layout_.outputs;
  if (values <= room.ties.size()) return;
  room = {};
  room.sums = gpu_buffer<float4>(values);
  room.hidden = gpu_buffer<float>(values);
  room.cells = gpu_buffer<float>(values);
  room.ties = gpu_buffer<int>(values);
}

void lstm_encoder::project(float const* weights) {
  if (table_.size() == 0) {
    table_ = gpu_buffer<float4>(static_cast<index_t>(layout_.tokens) * layout_.outputs);
  }
  matrix_product p;
  p.rows = layout_.tokens;
  p.columns = layout_.columns;
  p.depth = layout_.width;
  p.a = weights;
  p.a_stride = layout_.width;
  p.b = weights + layout_.kernel;
  p.b_stride = layout_.columns;
  p.result = reinterpret_cast<float*>(table_.data());
  p.result_stride = layout_.columns;
  multiply_.run(p);
}

template <class Warps>
void lstm_encoder::run_blocks(float const* weights,
                              batch_rows const& rows,
                              encoder_record const& to,
                              bool records) {
  forward_problem const problem{
      rows, table_.data(), bias(weights), recurrent(weights), to.pooled, to.ties, to.tape};
  auto const shape = shape_of<Warps, forward_room<Warps>>(rows.rows);
  with_activations([&](auto how) {
    using how_type = decltype(how);
    if (records) {
      launch(shape, run_forward<Warps, how_type, true>, problem);
    } else {
      launch(shape, run_forward<Warps, how_type, false>, problem);
    }
  });
}

template <class Warps>
void lstm_encoder::run_blocks_back(float4 const* transposed,
                                   batch_rows const& rows,
                                   encoder_record const& of,
                                   float const* of_pooled) {
  backward_problem const problem{
      rows.rows, rows.length, transposed, of.tape, of.pooled, of.ties, of_pooled};
  with_activations([&](auto how) {
    launch(shape_of<Warps, backward_room<Warps>>(rows.rows),
           run_backward<Warps, decltype(how)>,
           problem);
  });
}

/// For both directions: hidden values by the recurrent kernel, or back.
matrix_product lstm_encoder::by_recurrent(
    float const* weights, int rows, float const* from, float* to, bool back) const {
  int const sums = layout_.columns / lstm_layout::directions;
  int const own = back ? sums : layout_.units;
  int const others = back ? layout_.units : sums;
  matrix_product p;
  p.rows = rows;
  p.columns = others;
  p.depth = own;
  p.a = from;
  p.a_stride = 2 * own;
  p.a_step = own;
  p.b = weights + layout_.recurrent;
  p.b_stride = sums;
  p.b_step = static_cast<index_t>(layout_.units) * sums;
  p.b_transposed = back;
  p.result = to;
  p.result_stride = 2 * others;
  p.result_step = others;
  p.count = 2;
  return p;
}

void lstm_encoder::run_steps(float const* weights,
                             batch_rows const& rows,
                             encoder_record const& to,
                             step_room& room) const {
  index_t const values = static_cast<index_t>(rows.rows) * layout_.outputs;
  bool const records = to.tape.gates != nullptr;
  for (int step = 0; step < rows.length; ++step) {
    float const* const before = records ? to.tape.hidden + step * values : room.hidden.data();
    if (step > 0) {
      multiply_.run(by_recurrent(
          weights, rows.rows, before, reinterpret_cast<float*>(room.sums.data()), false));
    }
    step_forward_problem const problem{
        rows,
        step,
        layout_.outputs,
        table_.data(),
        bias(weights),
        step > 0 ? room.sums.data() : nullptr,
        step == 0 ? nullptr
        : records ? to.tape.cells + step * values
                  : room.cells.data(),
        records ? to.tape.cells + (step + 1) * values : room.cells.data(),
        records ? to.tape.hidden + (step + 1) * values : room.hidden.data(),
        records ? to.tape.gates + step * values : nullptr,
        to.pooled,
        records ? to.ties : room.ties.data()};
    with_activations([&](auto how) {
      launch(shape_for(values, step_threads), step_forward<decltype(how), step_threads>, problem);
    });
  }
}

void lstm_encoder::run_steps_back(float const* weights,
                                  batch_rows const& rows,
                                  encoder_record const& of,
                                  float const* of_pooled) {
  step_room& room = training_room_;
  index_t const values = static_cast<index_t>(rows.rows) * layout_.outputs;
  for (int step = rows.length - 1; step >= 0; --step) {
    float4* const gates = of.tape.gates + step * values;
    step_backward_problem const problem{values,
                                        gates,
                                        of.tape.cells + (step + 1) * values,
                                        of.tape.cells + step * values,
                                        of.tape.hidden + (step + 1) * values,
                                        step + 1 == rows.length ? nullptr : room.hidden.data(),
                                        room.cells.data(),
                                        of.pooled,
                                        of.ties,
                                        of_pooled};
    with_activations([&](auto how) {
      launch(shape_for(values, step_threads), step_backward<decltype(how), step_threads>, problem);
    });
    if (step == 0) break;
    multiply_.run(by_recurrent(
        weights, rows.rows, reinterpret_cast<float const*>(gates), room.hidden.data(), true));
  }
}

void lstm_encoder::infer(float const* weights, batch_rows const& rows, float* pooled) {
  encoder_record const to{{}, pooled, nullptr};
  if (!in_blocks()) {
    reserve(infer_room_, rows.rows);
    return run_steps(weights, rows, to, infer_room_);
  }
  with_warps(layout_.units,
             [&](auto warps) { run_blocks<decltype(warps)>(weights, rows, to, false); });
}

void lstm_encoder::record(float const* weights, batch_rows const& rows, encoder_record const& to) {
  if (!in_blocks()) return run_steps(weights, rows, to, training_room_);
  with_warps(layout_.units,
             [&](auto warps) { run_blocks<decltype(warps)>(weights, rows, to, true); });
}

void lstm_encoder::go_back(float const* weights,
                           float4 const* transposed,
                           batch_rows const& rows,
                           encoder_record const& of,
                           float const* of_pooled) {
  if (!in_blocks()) return run_steps_back(weights, rows, of, of_pooled);
  with_warps(layout_.units, [&](auto warps) {
    run_blocks_back<decltype(warps)>(transposed, rows, of, of_pooled);
  });
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
