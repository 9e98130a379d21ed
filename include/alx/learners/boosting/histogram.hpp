// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sums of gradients and hessians per bin: the inner loop of training.
#pragma once

#include <alx/detail/lanes.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace alx::inline v0::detail {

/// Of one row. Float, as LightGBM has it: most sums of floats in double are exact, so that rows may
/// be added in any order.
struct gradient_pair {
  float gradient;
  float hessian;
};

/// Of the rows of a leaf that fall into one bin.
struct histogram_cell {
  double gradient;
  double hessian;
};

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

/// A row of a leaf, its gradients beside its number: one load.
struct alignas(16) leaf_row {
  std::int32_t row;
  gradient_pair pair;
};

/// Adds rows to the cells of `Columns` columns. `bins` holds `stride` bin numbers a row.
template <std::size_t Columns, class Bin>
void accumulate_columns(Bin const* bins,
                        std::size_t stride,
                        histogram_column const* columns,
                        std::span<leaf_row const> rows) {
  std::array<histogram_column, Columns> to{};
  std::copy_n(columns, Columns, to.begin());
  for (auto const& [number, pair] : rows) {
    cell_lanes const both{static_cast<double>(pair.gradient), static_cast<double>(pair.hessian)};
    auto const* const row = bins + static_cast<std::size_t>(number) * stride;
    for (auto const& column : to) {
      auto* const cell = column.cells + row[column.column] * group_columns;
      store_lanes(cell, cell_lanes(load_lanes<cell_lanes>(cell) + both));
    }
  }
}

/// Adds rows to the cells of all `columns`, four columns at a time, and so few rows that their bins
/// stay in the cache from the first column to the last.
template <class Bin>
void accumulate(Bin const* bins,
                std::size_t stride,
                std::span<histogram_column const> columns,
                std::span<leaf_row const> rows) {
  constexpr std::size_t most = 256;
  while (!rows.empty()) {
    auto const block = rows.first(std::min(most, rows.size()));
    rows = rows.subspan(block.size());
    for (auto const& next : rows.first(std::min(most, rows.size()))) {
      __builtin_prefetch(bins + static_cast<std::size_t>(next.row) * stride);
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
