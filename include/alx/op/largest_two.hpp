// SPDX-License-Identifier: Apache-2.0
/// @file
/// The two largest probabilities of a row: what margin and least confidence are made of. (C++17:
/// nvcc reads it.)
#pragma once

#include <alx/view.hpp>

namespace alx {
inline namespace v0 {
namespace op {

/// `first` ≥ `second`; with one class `second` is 0.
struct largest_two {
  double first = 0.0;
  double second = 0.0;
};

struct largest_two_of_row {
  matrix_view<double const> probability;

  ALX_HOST_DEVICE largest_two operator()(index_t row) const {
    auto const p = probability.row(row);
    largest_two top;
    for (index_t c = 0; c < p.size; ++c) {
      if (p[c] > top.first) {
        top.second = top.first;
        top.first = p[c];
      } else if (p[c] > top.second) {
        top.second = p[c];
      }
    }
    return top;
  }
};

}  // namespace op
}  // namespace v0
}  // namespace alx
