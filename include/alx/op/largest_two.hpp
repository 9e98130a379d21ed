// SPDX-License-Identifier: Apache-2.0
/// @file
/// The two largest probabilities of a row, and what margin and least confidence make of them, for
/// CPU and GPU. (C++17: nvcc reads it.)
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

template <class T, class Space>
ALX_HOST_DEVICE largest_two largest_two_of(vector_view<T const, Space> p) {
  largest_two top;
  for (index_t c = 0; c < p.size; ++c) {
    auto const of_class = static_cast<double>(p[c]);
    if (of_class > top.first) {
      top.second = top.first;
      top.first = of_class;
    } else if (of_class > top.second) {
      top.second = of_class;
    }
  }
  return top;
}

/// −(p₁ − p₂): 0 is a tie.
template <class T = double, class Space = host>
struct margin_of_row {
  matrix_view<T const, Space> probability;

  ALX_HOST_DEVICE double operator()(index_t row) const {
    auto const top = largest_two_of(probability.row(row));
    return top.second - top.first;
  }
};

/// 1 − p₁.
template <class T = double, class Space = host>
struct least_confidence_of_row {
  matrix_view<T const, Space> probability;

  ALX_HOST_DEVICE double operator()(index_t row) const {
    return 1.0 - largest_two_of(probability.row(row)).first;
  }
};

template <class T, class Space>
margin_of_row(matrix_view<T const, Space>) -> margin_of_row<T, Space>;

template <class T, class Space>
least_confidence_of_row(matrix_view<T const, Space>) -> least_confidence_of_row<T, Space>;

}  // namespace op
}  // namespace v0
}  // namespace alx
