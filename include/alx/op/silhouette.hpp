// SPDX-License-Identifier: Apache-2.0
/// @file
/// The silhouette of a row from its mean distances, for CPU and GPU. (C++17: nvcc reads it.)
#pragma once

#include <alx/config.hpp>

namespace alx {
inline namespace v0 {
namespace op {

/// (b − a) / max(a, b), a the mean distance to the row's own cluster and b the least to another
/// one; 0 where both are.
struct silhouette_of_means {
  double own = 0.0;
  double nearest_other = 0.0;

  [[nodiscard]] ALX_HOST_DEVICE double larger() const {
    return own < nearest_other ? nearest_other : own;
  }

  [[nodiscard]] ALX_HOST_DEVICE double value() const {
    return larger() > 0.0 ? (nearest_other - own) / larger() : 0.0;
  }
};

}  // namespace op
}  // namespace v0
}  // namespace alx
