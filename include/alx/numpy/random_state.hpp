// SPDX-License-Identifier: Apache-2.0
/// @file
/// NumPy's legacy generator, draw for draw: for experiments that were published with
/// `numpy.random.seed` or scikit-learn's `random_state`. The library's own draws come from
/// random.hpp.
#pragma once

#include <alx/error.hpp>
#include <alx/rounding.hpp>
#include <alx/view.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0::numpy {

/// `numpy.random.RandomState(seed)` for a whole number as the seed: the same calls in the same
/// order give the same values; a `uniform_random_bit_generator`.
///
/// Every value is NumPy's to the bit; those of `normal` as far as `std::log` is the one that NumPy
/// was linked to (on Linux both are the C library's).
///
/// **Reference.** Matsumoto, Nishimura: Mersenne twister (1998); NumPy's `_legacy` distributions,
/// which it has promised never to change (NEP 19).
class random_state {
 public:
  using result_type = std::uint32_t;

  explicit random_state(std::uint32_t seed) {
    for (std::uint32_t i = 0; i < words; ++i) {
      key_[i] = seed;
      seed = 1812433253U * (seed ^ (seed >> 30U)) + i + 1U;
    }
  }

  static constexpr result_type min() { return 0; }

  static constexpr result_type max() { return 0xFFFFFFFFU; }

  /// The next 32 bits of the Mersenne twister.
  result_type operator()() {
    if (next_ == words) renew();
    std::uint32_t y = key_[next_++];
    y ^= y >> 11U;
    y ^= (y << 7U) & 0x9D2C5680U;
    y ^= (y << 15U) & 0xEFC60000U;
    return y ^ (y >> 18U);
  }

  /// Uniform in [0, 1), a multiple of 2^-53.
  double random_sample() {
    std::uint64_t const high = (*this)() >> 5U;
    std::uint64_t const low = (*this)() >> 6U;
    return static_cast<double>((high << 26U) | low) * 0x1p-53;
  }

  /// Uniform between `low` and `high`.
  double uniform(double low, double high) { return low + rounded((high - low) * random_sample()); }

  /// Normal, by Marsaglia's polar method; every other call returns what the call before it kept.
  ///
  /// **Throws.** `option_error` where `scale` is negative (-0.0 too, as in NumPy).
  double normal(double loc = 0.0, double scale = 1.0) {
    if (std::signbit(scale)) {
      throw option_error("normal: scale is " + std::to_string(scale) + ", must not be negative");
    }
    return loc + rounded(scale * gauss());
  }

  /// A whole number in `low` … `high` - 1.
  ///
  /// **Throws.** `option_error` where there is none.
  index_t randint(index_t low, index_t high) {
    if (low >= high) {
      throw option_error("randint: low " + std::to_string(low) + " must be less than high " +
                         std::to_string(high));
    }
    auto const first = static_cast<std::uint64_t>(low);
    return static_cast<index_t>(first + below_or_at(static_cast<std::uint64_t>(high) - first - 1));
  }

  /// Puts `ids` into random order.
  void shuffle(std::span<index_t> ids) {
    for (std::size_t i = ids.size(); i-- > 1;) std::swap(ids[i], ids[below_or_at(i)]);
  }

  /// 0 … n - 1 in random order; none where `n` ≤ 0.
  std::vector<index_t> permutation(index_t n) {
    std::vector<index_t> ids(n > 0 ? static_cast<std::size_t>(n) : 0U);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<index_t>(i);
    shuffle(ids);
    return ids;
  }

  /// `size` of 0 … n - 1, each at most once: NumPy's `choice(n, size, replace=False)`, which
  /// permutes all `n` however few are wanted.
  ///
  /// **Throws.** `option_error` where `size` is negative or more than there are.
  std::vector<index_t> choice(index_t n, index_t size) {
    if (size < 0 || size > n) {
      throw option_error("choice: cannot take " + std::to_string(size) + " of " +
                         std::to_string(n) + " without taking one twice");
    }
    auto ids = permutation(n);
    ids.resize(static_cast<std::size_t>(size));
    return ids;
  }

  /// `size` of `ids`, each at most once: NumPy's `choice(ids, size, replace=False)`.
  std::vector<index_t> choice(std::span<index_t const> ids, index_t size) {
    auto chosen = choice(static_cast<index_t>(ids.size()), size);
    for (auto& id : chosen) id = ids[static_cast<std::size_t>(id)];
    return chosen;
  }

 private:
  static constexpr std::uint32_t words = 624;
  static constexpr std::uint32_t middle = 397;

  void renew() {
    for (std::uint32_t i = 0; i < words; ++i) {
      std::uint32_t const y = (key_[i] & 0x80000000U) | (key_[(i + 1) % words] & 0x7FFFFFFFU);
      key_[i] = key_[(i + middle) % words] ^ (y >> 1U) ^ ((y & 1U) != 0U ? 0x9908B0DFU : 0U);
    }
    next_ = 0;
  }

  double gauss() {
    if (has_kept_) {
      has_kept_ = false;
      return kept_;
    }
    for (;;) {
      double const x1 = rounded(2.0 * random_sample()) - 1.0;
      double const x2 = rounded(2.0 * random_sample()) - 1.0;
      double const r2 = rounded(x1 * x1) + rounded(x2 * x2);
      if (r2 >= 1.0 || r2 == 0.0) continue;
      double const f = std::sqrt(-2.0 * std::log(r2) / r2);
      kept_ = f * x1;
      has_kept_ = true;
      return f * x2;
    }
  }

  /// 0 … `last`, by drawing as many bits as `last` has until they are not too large. Draws 32 bits
  /// a try while `last` fits them, 64 beyond; none where `last` is 0.
  std::uint64_t below_or_at(std::uint64_t last) {
    if (last == 0) return 0;
    std::uint64_t mask = last;
    for (unsigned shift = 1; shift <= 32; shift *= 2) mask |= mask >> shift;
    for (;;) {
      std::uint64_t draw = (*this)();
      if (last > 0xFFFFFFFFU) draw = (draw << 32U) | (*this)();
      draw &= mask;
      if (draw <= last) return draw;
    }
  }

  std::array<std::uint32_t, words> key_{};
  std::uint32_t next_ = words;
  double kept_ = 0.0;
  bool has_kept_ = false;
};

}  // namespace alx::inline v0::numpy
