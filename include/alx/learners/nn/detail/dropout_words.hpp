// SPDX-License-Identifier: Apache-2.0
/// @file
/// Which values a network leaves out in a training step. (C++17: nvcc reads it.)
#pragma once

#include <alx/detail/philox.hpp>

#include <cstdint>

namespace alx {
inline namespace v0 {
namespace detail {

/// Four words of random bits of a row of a step's batch: for units 4 · block … 4 · block + 3 of the
/// layer's values.
ALX_HOST_DEVICE constexpr void draw_words(std::uint64_t seed,
                                          std::uint32_t step,
                                          std::uint32_t layer,
                                          std::uint32_t row,
                                          std::uint32_t block,
                                          std::uint32_t* words) {
  words[0] = row;
  words[1] = layer << 24U | block;
  words[2] = step;
  words[3] = purpose::dropout;
  philox_rounds(words, static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U));
}

/// A share `rate` of all words leaves its value out; the other values are divided by 1 - rate.
struct dropout_rule {
  std::uint32_t limit;
  float scale;

  explicit dropout_rule(double rate)
      : limit(static_cast<std::uint32_t>(rate * 4294967296.0)),
        scale(static_cast<float>(1.0 / (1.0 - rate))) {}

  [[nodiscard]] ALX_HOST_DEVICE float apply(std::uint32_t word, float value) const {
    return word >= limit ? value * scale : 0.0F;
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace alx
