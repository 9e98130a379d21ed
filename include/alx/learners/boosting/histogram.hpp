// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sums of gradients and hessians per bin: the inner loop of training.
#pragma once

#include <alx/view.hpp>

#include <algorithm>
#include <cstdint>

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

/// Sums over a leaf. `rows` are positions of bins and null for 0 … count - 1; `pairs[i]` belongs to
/// the i-th of them.
template <class Bin>
void accumulate(Bin const* bins,
                std::int32_t const* rows,
                gradient_pair const* pairs,
                index_t count,
                histogram_cell* cells) {
  auto const add = [cells](Bin bin, gradient_pair pair) {
    histogram_cell& cell = cells[bin];
    cell.gradient += static_cast<double>(pair.gradient);
    cell.hessian += static_cast<double>(pair.hessian);
  };
  if (rows == nullptr) {
    for (index_t i = 0; i < count; ++i) add(bins[i], pairs[i]);
  } else {
    for (index_t i = 0; i < count; ++i) add(bins[rows[i]], pairs[i]);
  }
}

/// Makes the cell of `bin` what the others leave of the total. LightGBM never adds up the rows of a
/// column's most frequent bin, and the difference decides between splits of equal gain.
inline void reconstruct(histogram_cell* cells,
                        std::int32_t bins,
                        std::int32_t bin,
                        histogram_cell total) {
  for (std::int32_t b = 0; b < bins; ++b) {
    if (b == bin) continue;
    total.gradient -= cells[b].gradient;
    total.hessian -= cells[b].hessian;
  }
  cells[bin] = total;
}

/// Turns the cells of a leaf into those of its larger child, given those of the smaller.
inline void subtract(histogram_cell* parent, histogram_cell const* smaller, index_t bins) {
  for (index_t b = 0; b < bins; ++b) {
    parent[b].gradient -= smaller[b].gradient;
    parent[b].hessian -= smaller[b].hessian;
  }
}

}  // namespace alx::inline v0::detail
