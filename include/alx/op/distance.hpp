// SPDX-License-Identifier: Apache-2.0
/// @file
/// Distances between two rows, as what is added per feature and what the sum becomes. (C++17: nvcc
/// reads it.)
#pragma once

#include <alx/rounding.hpp>

#include <cmath>

namespace alx {
inline namespace v0 {

/// How far apart two rows are; the names are scikit-learn's. The cosine distance to a row of zeros
/// is 1.
enum class distance { euclidean, sqeuclidean, cosine, manhattan };

/// What distances between pairs of rows are computed in on a GPU.
enum class precision {
  float64,  ///< the CPU's arithmetic: the same bits
  float32,  ///< ten times as fast, or more; `silhouette::error_bound` says how far off
};

namespace op {

/// **Semantics.** d(x, y) = `of_sum`(Σ_f `term`(x_f − y_f)), added in the order of the features,
/// each term rounded before it is added (a fused multiplication would change the bits).
///
/// `term` takes a number or a vector of them. Both steps rise with |x_f − y_f|, rounding included
/// (but for the last bit of the root that pair_sums takes, which leaves room for it): the distance
/// computed for the sides of the data's box is at least every distance computed inside it.
struct euclidean {
  static constexpr bool has_squares = true;

  template <class T>
  ALX_HOST_DEVICE static T term(T difference) {
    return difference * difference;
  }

  ALX_HOST_DEVICE static double rounded_term(double difference) {
    return rounded_product(difference, difference);
  }

  ALX_HOST_DEVICE static double of_sum(double sum) { return std::sqrt(sum); }
};

/// As `euclidean` says.
struct manhattan {
  static constexpr bool has_squares = false;

  template <class T>
  ALX_HOST_DEVICE static T term(T difference) {
    return difference < T{} ? -difference : difference;
  }

  ALX_HOST_DEVICE static double rounded_term(double difference) { return term(difference); }

  ALX_HOST_DEVICE static double of_sum(double sum) { return sum; }
};

}  // namespace op
}  // namespace v0
}  // namespace alx
