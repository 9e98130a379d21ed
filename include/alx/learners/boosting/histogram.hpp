// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sums of gradients and hessians per bin: the inner loop of training.
#pragma once

#include <alx/detail/lanes.hpp>
#include <alx/learners/boosting/split_arithmetic.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace alx::inline v0::detail {

using cell_lanes = lanes<double, sizeof(histogram_cell)>;

/// Columns whose cells lie beside each other, bin by bin, as many as a vector holds: what is done
/// to the cells of one is done to all in one go.
inline constexpr std::size_t group_columns = vector_bytes / sizeof(histogram_cell);

/// The cells of one bin of a group, one load or store.
struct alignas(vector_bytes) group_cells {
  std::array<histogram_cell, group_columns> cell;
};

/// Where a column's bin numbers are in a row, and its cells: that of bin b is cells[b ·
/// group_columns].
struct histogram_column {
  std::size_t column;
  histogram_cell* cells;
};

/// Rows of a leaf by number, ascending, and the gradients of all rows.
struct leaf_rows {
  std::span<std::int32_t const> numbers;
  gradient_pair const* gradients;
};

inline cell_lanes as_cell(gradient_pair const& pair) {
  return cell_lanes{static_cast<double>(pair.gradient), static_cast<double>(pair.hessian)};
}

/// Adds pairs to a sum, one after the other.
inline cell_lanes add_pairs(cell_lanes sum, std::span<gradient_pair const> pairs) {
  // They may have been made a moment ago, and are read back: on its way from one register to
  // another g++ 12 drops a rounding to float.
  asm volatile("" : : "r"(pairs.data()) : "memory");  // NOLINT(hicpp-no-assembler)
  for (auto const& pair : pairs) sum += as_cell(pair);
  return sum;
}

inline histogram_cell sum_of(std::span<gradient_pair const> gradients) {
  auto const sum = add_pairs(cell_lanes{}, gradients);
  return {sum[0], sum[1]};
}

inline histogram_cell sum_of(leaf_rows rows) {
  cell_lanes sum{};
  for (auto const row : rows.numbers) sum += as_cell(rows.gradients[row]);
  return {sum[0], sum[1]};
}

/// Adds rows to the cells of `Columns` columns. `bins_of` gives the bins of a row in them.
template <std::size_t Columns, class BinsOf>
void accumulate_bins(histogram_column const* columns, leaf_rows rows, BinsOf bins_of) {
  std::array<histogram_cell*, Columns> cells{};
  for (std::size_t c = 0; c < Columns; ++c) cells[c] = columns[c].cells;
  for (auto const number : rows.numbers) {
    auto const row = static_cast<std::size_t>(number);
    cell_lanes const both = as_cell(rows.gradients[row]);
    std::array<std::size_t, Columns> const bin = bins_of(row);
    for (std::size_t c = 0; c < Columns; ++c) {
      auto* const cell = cells[c] + bin[c] * group_columns;
      store_lanes(cell, cell_lanes(load_lanes<cell_lanes>(cell) + both));
    }
  }
}

/// `bins` holds `stride` bin numbers a row. Four bytes beside each other are one load.
template <std::size_t Columns, class Bin>
void accumulate_columns(Bin const* bins,
                        std::size_t stride,
                        histogram_column const* columns,
                        leaf_rows rows) {
  constexpr bool little = std::endian::native == std::endian::little;
  if constexpr (Columns == 4 && sizeof(Bin) == 1 && little) {
    if (columns[3].column == columns[0].column + 3) {
      auto const* const first = bins + columns[0].column;
      accumulate_bins<4>(columns, rows, [first, stride](std::size_t row) {
        std::uint32_t word = 0;
        std::memcpy(&word, first + row * stride, sizeof word);
        return std::array<std::size_t, 4>{
            word & 255U, word >> 8U & 255U, word >> 16U & 255U, word >> 24U};
      });
      return;
    }
  }
  accumulate_bins<Columns>(columns, rows, [=](std::size_t row) {
    std::array<std::size_t, Columns> bin{};
    for (std::size_t c = 0; c < Columns; ++c) bin[c] = bins[row * stride + columns[c].column];
    return bin;
  });
}

/// Adds rows to the cells of all `columns`, ascending, four at a time, and so few rows that their
/// bins stay in the cache from the first column to the last.
template <class Bin>
void accumulate(Bin const* bins,
                std::size_t stride,
                std::span<histogram_column const> columns,
                leaf_rows rows) {
  constexpr std::size_t most = 256;
  constexpr std::size_t near = std::size_t{1} << 20U;  // bytes: what the cache may well hold
  auto left = rows.numbers;
  bool const far =
      !left.empty() &&
      static_cast<std::size_t>(left.back()) * (stride * sizeof(Bin) + sizeof(gradient_pair)) > near;
  while (!left.empty()) {
    leaf_rows const block{left.first(std::min(most, left.size())), rows.gradients};
    left = left.subspan(block.numbers.size());
    for (auto const next : left.first(far ? std::min(most, left.size()) : 0)) {
      auto const row = static_cast<std::size_t>(next);
      __builtin_prefetch(bins + row * stride);
      __builtin_prefetch(rows.gradients + row);
    }
    auto const* c = columns.data();
    auto const* const end = c + columns.size();
    for (; end - c >= 4; c += 4) accumulate_columns<4>(bins, stride, c, block);
    if (end - c >= 2) {
      accumulate_columns<2>(bins, stride, c, block);
      c += 2;
    }
    if (end > c) accumulate_columns<1>(bins, stride, c, block);
  }
}

}  // namespace alx::inline v0::detail
