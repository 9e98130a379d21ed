// SPDX-License-Identifier: Apache-2.0
/// @file
/// The library's macros: all of them (the version numbers are in version.hpp).
#pragma once

#include <cassert>

/// Marks what runs in kernels too: nvcc compiles it for both sides, every other compiler sees
/// nothing.
#ifdef __CUDACC__
#define ALX_HOST_DEVICE __host__ __device__
#else
#define ALX_HOST_DEVICE
#endif

/// Checks what only a defect of the library could break. What a user could get wrong is checked at
/// the public edge and thrown (error.hpp).
#define ALX_ASSERT(condition) assert(condition)

/// 1 where the target alx::gpu is linked, which says so; whoever compiles kernels needs no such
/// definition.
#ifndef ALX_HAS_GPU
#define ALX_HAS_GPU 0
#endif

#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__)
#error "alx promises the bits of its results: build without -ffast-math and its parts"
#endif
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "alx reads NaN as a missing value: build without -ffinite-math-only"
#endif
