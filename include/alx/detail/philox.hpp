// SPDX-License-Identifier: Apache-2.0
/// @file
/// The function behind all random numbers, and what they are drawn for. (C++17: nvcc reads it.)
#pragma once

#include <alx/config.hpp>

#include <cstdint>

namespace alx {
inline namespace v0 {

/// What a stream is drawn for: streams of different purposes have nothing in common. A policy of
/// your own takes any number from 1000 on.
namespace purpose {
inline constexpr std::uint32_t initial = 1;
inline constexpr std::uint32_t strategy = 2;
inline constexpr std::uint32_t selection = 3;
inline constexpr std::uint32_t oracle = 4;
inline constexpr std::uint32_t data = 5;
inline constexpr std::uint32_t split = 6;
inline constexpr std::uint32_t weights = 7;
inline constexpr std::uint32_t shuffle = 8;
inline constexpr std::uint32_t dropout = 9;
inline constexpr std::uint32_t projection = 10;
}  // namespace purpose

namespace detail {

/// Philox4x32-10, in place: ten rounds of multiplication and exclusive or turn four words of a
/// counter and two of a key into four words.
ALX_HOST_DEVICE constexpr void philox_rounds(std::uint32_t* counter,
                                             std::uint32_t key_low,
                                             std::uint32_t key_high) {
  for (int round = 0; round < 10; ++round) {
    std::uint64_t const a = std::uint64_t{0xD2511F53U} * counter[0];
    std::uint64_t const b = std::uint64_t{0xCD9E8D57U} * counter[2];
    counter[0] = static_cast<std::uint32_t>(b >> 32U) ^ counter[1] ^ key_low;
    counter[1] = static_cast<std::uint32_t>(b);
    counter[2] = static_cast<std::uint32_t>(a >> 32U) ^ counter[3] ^ key_high;
    counter[3] = static_cast<std::uint32_t>(a);
    key_low += 0x9E3779B9U;
    key_high += 0xBB67AE85U;
  }
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
