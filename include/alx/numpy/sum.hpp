// SPDX-License-Identifier: Apache-2.0
/// @file
/// NumPy's sum, bit for bit: where a published number was made with `numpy.sum` or `mean`.
#pragma once

#include <alx/view.hpp>

#include <array>

namespace alx::inline v0::detail {

inline double pairwise_sum(vector_view<double const> values) {
  constexpr index_t lanes = 8;
  constexpr index_t block = 128;
  index_t const n = values.size;
  if (n > block) {
    index_t const half = n / 2 - n / 2 % lanes;
    auto const* const middle = values.data + half * values.stride;
    return pairwise_sum({values.data, half, values.stride}) +
           pairwise_sum({middle, n - half, values.stride});
  }
  double total = 0.0;
  index_t i = 0;
  if (n >= lanes) {
    std::array<double, lanes> part{};
    for (; i + lanes <= n; i += lanes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        part[lane] += values[i + static_cast<index_t>(lane)];
      }
    }
    total =
        ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
  }
  for (; i < n; ++i) total += values[i];
  return total;
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0::numpy {

/// What `numpy.sum` gives for a one-dimensional array of float64: 0.0 for none.
///
/// Up to 128 values are added into eight sums, which are then added pairwise; more are halved, at
/// a multiple of 8, until they are few enough. A view with a stride is added like a copy without.
///
/// **Cost.** One pass; the error grows with log n instead of n.
inline double sum(vector_view<double const> values) {
  return detail::pairwise_sum(values);
}

}  // namespace alx::inline v0::numpy
