// SPDX-License-Identifier: Apache-2.0
/// @file
/// How a network's numbers lie on a GPU. (C++17.)
#pragma once

#include <alx/learners/nn/on_gpu.hpp>
#include <alx/view.hpp>

#include <vector>

namespace alx {
inline namespace v0 {
namespace kernels {

/// Units are filled up to whole warps by units whose weights are 0: their outputs and gradients
/// stay 0, so an optimizer leaves them alone. The four gates of a unit lie side by side, i, f, g,
/// o.
///
/// All weights are one vector: the embedding, tokens × width; the kernel, width × `columns`, and
/// under it the bias; the recurrent kernel, direction × units × units × 4; the head: dense,
/// `outputs` × hidden, its bias, the last layer's `hidden` weights and its bias. A column is
/// direction, unit, gate.
struct lstm_layout {
  static constexpr int directions = 2;
  static constexpr int gates = 4;

  explicit lstm_layout(detail::gpu_lstm_shape const& shape)
      : tokens(static_cast<int>(shape.tokens)),
        width(static_cast<int>(shape.width)),
        own_units(static_cast<int>(shape.units)),
        units((own_units + 31) / 32 * 32),
        hidden(static_cast<int>(shape.hidden)),
        outputs(directions * units),
        columns(gates * outputs),
        kernel(lines(shape.tokens * shape.width)),
        recurrent(kernel + lines(static_cast<index_t>(width + 1) * columns)),
        head(recurrent + static_cast<index_t>(columns) * units),
        head_size(static_cast<index_t>(outputs + 2) * hidden + 1),
        size(head + head_size) {}

  int tokens;
  int width;
  int own_units;
  int units;  ///< filled up
  int hidden;
  int outputs;
  int columns;
  index_t kernel;  ///< where it begins
  index_t recurrent;
  index_t head;
  index_t head_size;
  index_t size;

  /// From the host's order: what fills up is 0.
  [[nodiscard]] std::vector<float> from_host(float const* weights) const {
    std::vector<float> own(static_cast<std::size_t>(size), 0.0F);
    for_each(
        [&](index_t here, index_t there) { own[static_cast<std::size_t>(here)] = weights[there]; });
    return own;
  }

  void to_host(std::vector<float> const& own, float* weights) const {
    for_each(
        [&](index_t here, index_t there) { weights[there] = own[static_cast<std::size_t>(here)]; });
  }

 private:
  /// Parts begin where 128 bytes do.
  static index_t lines(index_t floats) { return (floats + 31) / 32 * 32; }

  /// The column of a direction's unit and gate.
  [[nodiscard]] index_t column(int direction, index_t unit, index_t gate) const {
    return (direction * units + unit) * gates + gate;
  }

  /// Calls put(place here, place among the host's weights).
  template <class F>
  void for_each(F&& put) const {
    index_t there = 0;
    auto const embedding = static_cast<index_t>(tokens) * width;
    while (there < embedding) {
      put(there, there);
      ++there;
    }
    for (int d = 0; d < directions; ++d) {
      for_each_row(
          width, there, [&](index_t row) { return kernel + row * columns + column(d, 0, 0); }, put);
      for_each_row(
          own_units,
          there,
          [&](index_t row) {
            return recurrent + (static_cast<index_t>(d) * units + row) * units * gates;
          },
          put);
      for_each_row(
          1,
          there,
          [&](index_t) { return kernel + static_cast<index_t>(width) * columns + column(d, 0, 0); },
          put);
    }
    for (index_t output = 0; output < directions * own_units; ++output) {
      index_t const row = output / own_units * units + output % own_units;
      for (int u = 0; u < hidden; ++u) put(head + row * hidden + u, there++);
    }
    for (index_t i = static_cast<index_t>(outputs) * hidden; i < head_size; ++i) {
      put(head + i, there++);
    }
  }

  /// Rows of one direction's columns, which the host has gate by gate.
  template <class Begin, class F>
  void for_each_row(int rows, index_t& there, Begin&& begin, F&& put) const {
    for (index_t row = 0; row < rows; ++row) {
      for (index_t gate = 0; gate < gates; ++gate) {
        for (index_t unit = 0; unit < own_units; ++unit) {
          put(begin(row) + unit * gates + gate, there++);
        }
      }
    }
  }
};

}  // namespace kernels
}  // namespace v0
}  // namespace alx
