// SPDX-License-Identifier: Apache-2.0
/// @file
/// Vectors of the width the compiler was told to use (-march), for the few loops that compilers do
/// not vectorise themselves. g++ and clang; never seen by nvcc.
#pragma once

#include <alx/config.hpp>

#include <cstddef>
#include <cstring>

namespace alx::inline v0::detail {

#if defined(__AVX512F__) && defined(__AVX512DQ__)
inline constexpr std::size_t vector_bytes = 64;
#elif defined(__AVX2__)
inline constexpr std::size_t vector_bytes = 32;
#else
inline constexpr std::size_t vector_bytes = 16;
#endif

template <class T, std::size_t Bytes>
struct vector_of {
  using type [[gnu::vector_size(Bytes)]] = T;
};

/// As many `T` as fit; arithmetic and comparisons work on each.
template <class T, std::size_t Bytes = vector_bytes>
using lanes = typename vector_of<T, Bytes>::type;

template <class T>
inline constexpr std::size_t lane_count = vector_bytes / sizeof(T);

template <class V, class T>
V load_lanes(T const* from) {
  V v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

template <class V, class T>
void store_lanes(T* to, V const& v) {
  std::memcpy(to, &v, sizeof v);
}

/// What `rounded` does (rounding.hpp), for a vector: no product before it is fused with a sum after
/// it.
template <class V>
V rounded_lanes(V v) {
#if defined(__AVX512F__)
  asm("" : "+v"(v));  // NOLINT(hicpp-no-assembler)
#elif defined(__x86_64__)
  asm("" : "+x"(v));  // NOLINT(hicpp-no-assembler)
#elif defined(__aarch64__)
  asm("" : "+w"(v));  // NOLINT(hicpp-no-assembler)
#else
  V volatile stored = v;
  v = stored;
#endif
  return v;
}

}  // namespace alx::inline v0::detail
