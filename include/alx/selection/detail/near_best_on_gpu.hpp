// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the target alx::gpu finds for `top_by`: the rows among which the best are. (C++17: nvcc
/// reads it.)
#pragma once

#include <alx/gpu/rows.hpp>
#include <alx/view.hpp>

#include <vector>

namespace alx {
inline namespace v0 {
namespace detail {

/// The `count` rows of highest uncertainty are wanted, and the rows whose uncertainty is at most
/// `tolerance` less than the last of them, as far as those are no more than `spare`.
struct near_best_request {
  uncertainty_formula formula = uncertainty_formula::entropy;
  double epsilon = 0.0;
  double tolerance = 0.0;
  index_t count = 0;
  index_t spare = 0;
  int device = 0;
};

/// Ids in no particular order, and the rows' probabilities, one row after the other. Where a row's
/// probabilities cannot be, only the first such row.
template <class T>
struct near_best_rows {
  std::vector<index_t> ids;
  std::vector<T> probability;
  bool refused = false;
};

/// The `count` highest of some utilities, in no particular order.
struct best_utilities {
  std::vector<index_t> ids;
  std::vector<double> utility;
};

// Defined by alx::gpu. A utility that is not a number comes first.
best_utilities best_on_gpu(vector_view<double const, device> utility, index_t count);
near_best_rows<float> near_best_on_gpu(matrix_view<float const, device> p, near_best_request ask);
near_best_rows<double> near_best_on_gpu(matrix_view<double const, device> p, near_best_request ask);

}  // namespace detail
}  // namespace v0
}  // namespace alx
