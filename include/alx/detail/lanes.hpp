// SPDX-License-Identifier: Apache-2.0
/// @file
/// Vectors of the width the compiler was told to use (-march), for the few loops that compilers do
/// not vectorise themselves. g++ and clang; never seen by nvcc.
#pragma once

#include <alx/config.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace alx::inline v0::detail {

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
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

using half_lanes = lanes<double, std::max<std::size_t>(vector_bytes / 2, sizeof(double))>;

/// Which doubles of a vector a condition holds for. With AVX-512 one bit each: compilers make
/// whole vectors of ones and zeros otherwise.
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
template <class V>
struct lane_mask {
  __mmask8 bits = 0;
};

inline lane_mask<real_lanes> not_less(real_lanes a, real_lanes b) {
  return {_mm512_cmp_pd_mask(a, b, _CMP_GE_OQ)};
}

inline lane_mask<half_lanes> not_less(half_lanes a, half_lanes b) {
  return {_mm256_cmp_pd_mask(a, b, _CMP_GE_OQ)};
}

inline lane_mask<real_lanes> greater(real_lanes a, real_lanes b) {
  return {_mm512_cmp_pd_mask(a, b, _CMP_GT_OQ)};
}

inline lane_mask<half_lanes> greater(half_lanes a, half_lanes b) {
  return {_mm256_cmp_pd_mask(a, b, _CMP_GT_OQ)};
}

inline lane_mask<real_lanes> not_zero(real_lanes a) {
  return {_mm512_cmp_pd_mask(a, real_lanes{}, _CMP_NEQ_UQ)};
}

inline lane_mask<half_lanes> not_zero(half_lanes a) {
  return {_mm256_cmp_pd_mask(a, half_lanes{}, _CMP_NEQ_UQ)};
}

template <class V>
lane_mask<V> operator&(lane_mask<V> a, lane_mask<V> b) {
  return {static_cast<__mmask8>(a.bits & b.bits)};
}

template <class V>
lane_mask<V> operator|(lane_mask<V> a, lane_mask<V> b) {
  return {static_cast<__mmask8>(a.bits | b.bits)};
}

template <class V>
lane_mask<V> operator~(lane_mask<V> a) {
  return {static_cast<__mmask8>(~a.bits & ((1U << sizeof(V) / sizeof(double)) - 1U))};
}

inline real_lanes select(lane_mask<real_lanes> m, real_lanes a, real_lanes b) {
  return _mm512_mask_blend_pd(m.bits, b, a);
}

inline half_lanes select(lane_mask<half_lanes> m, half_lanes a, half_lanes b) {
  return _mm256_mask_blend_pd(m.bits, b, a);
}

/// Where `m` holds, the greater of the two; elsewhere `b`.
inline real_lanes greater_where(lane_mask<real_lanes> m, real_lanes a, real_lanes b) {
  return _mm512_mask_max_pd(b, m.bits, a, b);
}

inline half_lanes greater_where(lane_mask<half_lanes> m, half_lanes a, half_lanes b) {
  return _mm256_mask_max_pd(b, m.bits, a, b);
}

/// 1 / a, to 2^-14 of it.
inline real_lanes about_inverse(real_lanes a) {
  constexpr __mmask8 all = 0xff;  // g++ 12 warns of the form without
  return _mm512_maskz_rcp14_pd(all, a);
}

inline half_lanes about_inverse(half_lanes a) {
  return _mm256_rcp14_pd(a);
}

/// What a sum of whole numbers begins with, so that `add_whole_part` is one instruction.
inline constexpr double no_count = 0x1p52;

/// Adds what of `a`, which is not negative, lies before the point.
inline real_lanes add_whole_part(real_lanes count, real_lanes a) {
  constexpr __mmask8 all = 0xff;
  return _mm512_maskz_add_round_pd(all, count, a, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
}

inline half_lanes add_whole_part(half_lanes count, half_lanes a) {
  return count + half_lanes(_mm256_round_pd(a, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC));
}

template <class V>
bool any(lane_mask<V> m) {
  return m.bits != 0;
}

template <class V>
bool holds(lane_mask<V> m, std::size_t lane) {
  return (m.bits >> lane & 1) != 0;
}
#else
template <class V>
struct lane_mask {
  lanes<std::int64_t, sizeof(V)> bits{};
};

template <class V>
lane_mask<V> not_less(V a, V b) {
  return {a >= b};
}

template <class V>
lane_mask<V> greater(V a, V b) {
  return {a > b};
}

template <class V>
lane_mask<V> not_zero(V a) {
  return {a != V{}};
}

template <class V>
lane_mask<V> operator&(lane_mask<V> a, lane_mask<V> b) {
  return {a.bits & b.bits};
}

template <class V>
lane_mask<V> operator|(lane_mask<V> a, lane_mask<V> b) {
  return {a.bits | b.bits};
}

template <class V>
lane_mask<V> operator~(lane_mask<V> a) {
  return {~a.bits};
}

template <class V>
V select(lane_mask<V> m, V a, V b) {
  return m.bits ? a : b;
}

template <class V>
V greater_where(lane_mask<V> m, V a, V b) {
  return select(m & greater(a, b), a, b);
}

template <class V>
V about_inverse(V a) {
  return 1.0 / a;
}

inline constexpr double no_count = 0;

/// (What does not fit in 32 bits gives anything.)
template <class V>
V add_whole_part(V count, V a) {
  using wholes = lanes<std::int32_t, sizeof(V) / 2>;
  return count + __builtin_convertvector(__builtin_convertvector(a, wholes), V);
}

template <class V>
bool holds(lane_mask<V> m, std::size_t lane) {
  return m.bits[lane] != 0;
}

template <class V>
bool any(lane_mask<V> m) {
  bool some = false;
  for (std::size_t i = 0; i < sizeof(V) / sizeof(double); ++i) some = some || holds(m, i);
  return some;
}
#endif

using float_lanes = lanes<float>;

/// `x` in every lane.
inline float_lanes all_lanes(float x) {
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  return _mm512_set1_ps(x);
#else
  return x - float_lanes{};
#endif
}

/// a · b + c, rounded once where the processor can.
inline float_lanes multiply_add(float_lanes a, float_lanes b, float_lanes c) {
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__AVX2__) && defined(__FMA__)
  return _mm256_fmadd_ps(a, b, c);
#else
  return a * b + c;
#endif
}

/// c - a · b, the same way.
inline float_lanes multiply_subtract(float_lanes a, float_lanes b, float_lanes c) {
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  return _mm512_fnmadd_ps(a, b, c);
#elif defined(__AVX2__) && defined(__FMA__)
  return _mm256_fnmadd_ps(a, b, c);
#else
  return c - a * b;
#endif
}

/// The greater of the two; `b` where one is NaN.
inline float_lanes greater_of(float_lanes a, float_lanes b) {
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  return _mm512_maskz_max_ps(0xFFFF, a, b);
#else
  return a > b ? a : b;
#endif
}

/// The lesser of the two; `b` where one is NaN.
inline float_lanes lesser_of(float_lanes a, float_lanes b) {
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  return _mm512_maskz_min_ps(0xFFFF, a, b);
#else
  return a < b ? a : b;
#endif
}

/// `v` where a = b, else 0.
inline float_lanes where_equal(float_lanes a, float_lanes b, float_lanes v) {
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ), v);
#else
  return a == b ? v : float_lanes{};
#endif
}

/// a / b within 1.5 units in the last place, for b whose inverse is an ordinary number.
inline float_lanes about_quotient(float_lanes a, float_lanes b) {
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  constexpr __mmask16 all = 0xFFFF;  // g++ 12 warns of the form without
  float_lanes const inverse = _mm512_maskz_rcp14_ps(all, b);
  float_lanes const near = a * inverse;
  return multiply_add(multiply_subtract(near, b, a), inverse, near);
#else
  return a / b;
#endif
}

/// Each correctly rounded, as IEEE 754 has it; NaN for what is negative. (Compilers leave
/// `std::sqrt` in loops alone for the sake of errno.)
inline float_lanes square_root(float_lanes a) {
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  constexpr __mmask16 all = 0xFFFF;  // g++ 12 warns of the form without
  return _mm512_maskz_sqrt_ps(all, a);
#elif defined(__AVX2__)
  return _mm256_sqrt_ps(a);
#elif defined(__SSE2__)
  return _mm_sqrt_ps(a);
#else
  for (std::size_t i = 0; i < lane_count<float>; ++i) a[i] = std::sqrt(a[i]);
  return a;
#endif
}

/// How many numbers `separate` has looked at, and how many of them were chosen.
struct separated {
  std::size_t seen = 0;
  std::size_t chosen = 0;
};

/// Copies ascending `numbers` with chosen[keys[number]] == 1 to `in`, which may be where they are,
/// and those with 0 to `out`, each in their order. What follows them there, up to as many as
/// `numbers`, may be overwritten. `chosen` has 256 flags.
///
/// Does as many, from the first on, as go well in vectors; without AVX-512 none.
#if defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
inline separated separate(std::span<std::int32_t const> numbers,
                          std::uint8_t const* keys,
                          std::uint8_t const* chosen,
                          std::int32_t* in,
                          std::int32_t* out) {
  using words = lanes<std::uint32_t>;
  constexpr std::size_t width = lane_count<std::uint32_t>;
  constexpr __mmask16 all = 0xFFFF;
  std::array<std::uint64_t, 8> flags{};  // one bit each
  for (std::size_t i = 0; i < 4; ++i) {
    auto const some = _mm512_loadu_si512(chosen + i * 64);
    flags[i] = _mm512_test_epi8_mask(some, some);
  }
  auto const set = _mm512_loadu_si512(flags.data());
  separated done;
  // A key is read with the three bytes behind it. They exist: three greater numbers follow.
  for (; done.seen + width + 3 <= numbers.size(); done.seen += width) {
    auto const some = _mm512_loadu_si512(numbers.data() + done.seen);
    auto const key = std::bit_cast<words>(
        _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), all, some, keys, 1));
    auto const word = std::bit_cast<__m512i>(words((key & 255U) >> 5U));
    auto const bit = std::bit_cast<__m512i>(words((words{} + 1U) << (key & 31U)));
    auto const mask = _mm512_test_epi32_mask(_mm512_maskz_permutexvar_epi32(all, word, set), bit);
    _mm512_storeu_si512(out + (done.seen - done.chosen),
                        _mm512_maskz_compress_epi32(_knot_mask16(mask), some));
    _mm512_storeu_si512(in + done.chosen, _mm512_maskz_compress_epi32(mask, some));
    done.chosen += static_cast<std::size_t>(std::popcount(unsigned{mask}));
  }
  return done;
}
#else
inline separated separate(std::span<std::int32_t const> /*numbers*/,
                          std::uint8_t const* /*keys*/,
                          std::uint8_t const* /*chosen*/,
                          std::int32_t* /*in*/,
                          std::int32_t* /*out*/) {
  return {};
}
#endif

}  // namespace alx::inline v0::detail
