// SPDX-License-Identifier: Apache-2.0
/// @file
/// Shannon entropy of one row of class probabilities: the single statement of the formula, for CPU
/// and GPU. (C++17: nvcc reads it.)
#pragma once

#include <alx/rounding.hpp>
#include <alx/view.hpp>

#include <cmath>

namespace alx {
inline namespace v0 {
namespace op {

/// −Σ p ln(p + epsilon) in nats, with 0·ln 0 = 0. Products are rounded before they are added, as
/// NumPy does it.
template <class T = double, class Space = host>
struct entropy_of_row {
  matrix_view<T const, Space> probability;
  double epsilon = 0.0;

  ALX_HOST_DEVICE double operator()(index_t row) const {
    auto const p = probability.row(row);
    double sum = 0.0;
    for (index_t c = 0; c < p.size; ++c) {
      auto const of_class = static_cast<double>(p[c]);
      if (of_class != 0.0) sum += rounded(-of_class * std::log(of_class + epsilon));
    }
    return sum;
  }
};

template <class T, class Space>
entropy_of_row(matrix_view<T const, Space>) -> entropy_of_row<T, Space>;

template <class T, class Space>
entropy_of_row(matrix_view<T const, Space>, double) -> entropy_of_row<T, Space>;

}  // namespace op
}  // namespace v0
}  // namespace alx
