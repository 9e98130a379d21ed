// SPDX-License-Identifier: Apache-2.0
/// @file
/// A barrier between a product and the sum it goes into. (C++17: nvcc reads it.)
#pragma once

#include <alx/config.hpp>

namespace alx {
inline namespace v0 {

/// `value`, rounded to double before anything else is done with it.
///
/// Compilers may turn `a * b + c` into one fused operation that rounds once (g++ does it across
/// statements, under -march=native even through intrinsics). Where the bits must be those of
/// another program, the product is written `rounded(a * b)`. Costs no instruction; keeps the loop
/// around it from being vectorised by the compiler.
ALX_HOST_DEVICE inline double rounded(double value) {
#if defined(__CUDA_ARCH__)
  value = __dmul_rn(value, 1.0);
#elif defined(__x86_64__)
  asm("" : "+x"(value));  // NOLINT(hicpp-no-assembler): empty, only pins the value to a register
#elif defined(__aarch64__)
  asm("" : "+w"(value));  // NOLINT(hicpp-no-assembler)
#else
  double volatile stored = value;
  value = stored;
#endif
  return value;
}

/// a · b, rounded to double before anything else is done with it.
ALX_HOST_DEVICE inline double rounded_product(double a, double b) {
#if defined(__CUDA_ARCH__)
  return __dmul_rn(a, b);
#else
  return rounded(a * b);
#endif
}

}  // namespace v0
}  // namespace alx
