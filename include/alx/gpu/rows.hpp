// SPDX-License-Identifier: Apache-2.0
/// @file
/// What is done to every row of a pool on a GPU, and what strategies see of such a pool. (C++17:
/// nvcc reads it.)
#pragma once

#include <alx/view.hpp>

namespace alx {
inline namespace v0 {

/// A round whose pool and probabilities are in a GPU's memory. Strategies that can score there give
/// every row of the pool a utility; which rows may be asked is `gpu_pool`'s business.
struct gpu_round_view {
  matrix_view<double const, device> probability;  ///< pool rows × classes
  matrix_view<double const, device> features;     ///< pool rows × features
};

namespace detail {

enum class uncertainty_formula { entropy, margin, least_confident };

// Defined by alx::gpu.

/// A value for each row of `probability`.
void score_on_gpu(uncertainty_formula formula,
                  double epsilon,
                  matrix_view<double const, device> probability,
                  vector_view<double, device> out);
void divide_on_gpu(vector_view<double, device> values, double by);
double largest_on_gpu(vector_view<double const, device> values);

/// What a row that may not be asked has.
void exclude_on_gpu(vector_view<double, device> utility, vector_view<index_t const, device> ids);

/// values[i] *= by[i]
void multiply_on_gpu(vector_view<double, device> values, vector_view<double const, device> by);

/// 1 − s², or −s.
void turn_silhouettes_on_gpu(vector_view<double, device> values, bool squared);

/// The class of each row's largest probability, of equal ones the lowest.
void label_on_gpu(matrix_view<double const, device> probability, vector_view<label_t, device> out);

}  // namespace detail
}  // namespace v0
}  // namespace alx
