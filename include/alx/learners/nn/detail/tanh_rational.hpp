// SPDX-License-Identifier: Apache-2.0
/// @file
/// The coefficients of tanh. (C++17: nvcc reads it.)
#pragma once

namespace alx {
inline namespace v0 {
namespace detail {

/// tanh(x) = x N(x²) / D(x²), both of degree 4, fitted to the least greatest relative error on
/// [-9, 9] (2.1e-8); beyond it x is taken to be ±9, where tanh is 1 - 3e-8.
struct tanh_rational {
  static constexpr float limit = 9.0F;
  static constexpr float n0 = 9.999999794e-01F;
  static constexpr float n1 = 1.338102527e-01F;
  static constexpr float n2 = 3.495587721e-03F;
  static constexpr float n3 = 2.060907682e-05F;
  static constexpr float n4 = 1.335465567e-08F;
  static constexpr float d0 = 1.0F;
  static constexpr float d1 = 4.671434086e-01F;
  static constexpr float d2 = 2.587698056e-02F;
  static constexpr float d3 = 3.285634209e-04F;
  static constexpr float d4 = 7.776555557e-07F;
};

}  // namespace detail
}  // namespace v0
}  // namespace alx
