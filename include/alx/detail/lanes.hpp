// SPDX-License-Identifier: Apache-2.0
/// @file
/// Vectors of the width the compiler was told to use (-march), for the few loops that compilers do
/// not vectorise themselves. g++ and clang; never seen by nvcc.
#pragma once

#include <alx/config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#include <immintrin.h>
#endif

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

using real_lanes = lanes<double>;

/// Which of a vector's doubles a condition holds for. With AVX-512 one bit each: compilers make
/// whole vectors of ones and zeros otherwise.
#if defined(__AVX512F__) && defined(__AVX512DQ__)
struct lane_mask {
  __mmask8 bits = 0;
};

inline lane_mask not_less(real_lanes a, real_lanes b) {
  return {_mm512_cmp_pd_mask(a, b, _CMP_GE_OQ)};
}

inline lane_mask greater(real_lanes a, real_lanes b) {
  return {_mm512_cmp_pd_mask(a, b, _CMP_GT_OQ)};
}

inline lane_mask not_zero(real_lanes a) {
  return {_mm512_cmp_pd_mask(a, _mm512_setzero_pd(), _CMP_NEQ_UQ)};
}

inline lane_mask operator&(lane_mask a, lane_mask b) {
  return {static_cast<__mmask8>(a.bits & b.bits)};
}

inline lane_mask operator|(lane_mask a, lane_mask b) {
  return {static_cast<__mmask8>(a.bits | b.bits)};
}

inline lane_mask operator~(lane_mask a) {
  return {static_cast<__mmask8>(~a.bits)};
}

inline real_lanes select(lane_mask m, real_lanes a, real_lanes b) {
  return _mm512_mask_blend_pd(m.bits, b, a);
}

/// Towards 0. What does not fit in 32 bits gives anything.
inline real_lanes truncated(real_lanes a) {
  return __builtin_convertvector(__builtin_convertvector(a, lanes<std::int64_t>), real_lanes);
}

inline bool any(lane_mask m) {
  return m.bits != 0;
}

inline bool holds(lane_mask m, std::size_t lane) {
  return (m.bits >> lane & 1) != 0;
}
#else
struct lane_mask {
  lanes<std::int64_t> bits{};
};

inline lane_mask not_less(real_lanes a, real_lanes b) {
  return {a >= b};
}

inline lane_mask greater(real_lanes a, real_lanes b) {
  return {a > b};
}

inline lane_mask not_zero(real_lanes a) {
  return {a != real_lanes{}};
}

inline lane_mask operator&(lane_mask a, lane_mask b) {
  return {a.bits & b.bits};
}

inline lane_mask operator|(lane_mask a, lane_mask b) {
  return {a.bits | b.bits};
}

inline lane_mask operator~(lane_mask a) {
  return {~a.bits};
}

inline real_lanes select(lane_mask m, real_lanes a, real_lanes b) {
  return m.bits ? a : b;
}

inline real_lanes truncated(real_lanes a) {
  using wholes = lanes<std::int32_t, vector_bytes / 2>;
  return __builtin_convertvector(__builtin_convertvector(a, wholes), real_lanes);
}

inline bool holds(lane_mask m, std::size_t lane) {
  return m.bits[lane] != 0;
}

inline bool any(lane_mask m) {
  bool some = false;
  for (std::size_t i = 0; i < lane_count<double>; ++i) some = some || holds(m, i);
  return some;
}
#endif

}  // namespace alx::inline v0::detail
