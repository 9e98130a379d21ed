// SPDX-License-Identifier: Apache-2.0
/// @file
/// The library's own random numbers: counter-based, so a draw depends on (seed, round, purpose) and
/// its number alone, never on what was drawn elsewhere, on threads or on an interruption.
#pragma once

#include <alx/detail/philox.hpp>
#include <alx/view.hpp>

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// Philox4x32-10: ten rounds of multiplication and exclusive or turn (key, counter) into four
/// words.
///
/// **Reference.** Salmon, Moraes, Dror, Shaw: Parallel random numbers, as easy as 1, 2, 3 (2011).
[[nodiscard]] constexpr std::array<std::uint32_t, 4> philox4x32(
    std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  detail::philox_rounds(counter.data(), key[0], key[1]);
  return counter;
}

/// A stream of random bits, named by a seed, a round and a purpose; a
/// `uniform_random_bit_generator`.
class philox {
 public:
  using result_type = std::uint32_t;

  constexpr philox(std::uint64_t seed, std::uint32_t round, std::uint32_t purpose)
      : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)},
        counter_{0, 0, round, purpose} {}

  /// The numbers of one row: rows have streams of 32 draws each, apart
  /// from the stream without a row.
  constexpr philox(std::uint64_t seed, std::uint32_t round, std::uint32_t purpose, index_t row)
      : philox(seed, round, purpose) {
    counter_[0] = static_cast<std::uint32_t>(row) << 3U;
    counter_[1] = 0x80000000U | static_cast<std::uint32_t>(static_cast<std::uint64_t>(row) >> 29U);
  }

  static constexpr std::uint32_t min() { return 0; }

  static constexpr std::uint32_t max() { return 0xFFFFFFFFU; }

  constexpr std::uint32_t operator()() {
    if (used_ == 4) {
      block_ = philox4x32(counter_, key_);
      if (++counter_[0] == 0) ++counter_[1];
      used_ = 0;
    }
    return block_[used_++];
  }

  /// Uniform in [0, 1), a multiple of 2^-53.
  constexpr double uniform() {
    std::uint64_t const high = (*this)() >> 5U;
    std::uint64_t const low = (*this)() >> 6U;
    return static_cast<double>((high << 26U) | low) * 0x1p-53;
  }

  /// Uniform in 0 … bound - 1, without bias; `bound` ≥ 1.
  constexpr index_t below(index_t bound) {
    auto const n = static_cast<std::uint64_t>(bound);
    std::uint64_t const unfair =
        (~n + 1) % n;  // 2^64 mod n: draws below it would favour some values
    for (;;) {
      std::uint64_t const high = (*this)();
      std::uint64_t const draw = (high << 32U) | (*this)();
      if (draw >= unfair) return static_cast<index_t>(draw % n);
    }
  }

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  std::size_t used_ = 4;
};

/// `count` of `from`, each set and each order equally likely; all of them, in random order, where
/// there are no more.
template <class Range>
[[nodiscard]] std::vector<index_t> sample(Range const& from, index_t count, philox& random) {
  std::vector<index_t> ids(from.begin(), from.end());
  auto const n = static_cast<index_t>(ids.size());
  index_t const taken = count < n ? count : n;
  for (index_t i = 0; i < taken; ++i) {
    std::swap(ids[static_cast<std::size_t>(i)],
              ids[static_cast<std::size_t>(i + random.below(n - i))]);
  }
  ids.resize(static_cast<std::size_t>(taken));
  return ids;
}

}  // namespace alx::inline v0
