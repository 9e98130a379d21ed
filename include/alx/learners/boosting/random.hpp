// SPDX-License-Identifier: Apache-2.0
/// @file
/// LightGBM's random numbers: a linear congruential generator, kept here because a model's bins
/// depend on it when only a sample of the rows is looked at.
#pragma once

#include <alx/view.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace alx::inline v0::detail {

class lightgbm_random {
 public:
  explicit constexpr lightgbm_random(std::int32_t seed)
      : state_(static_cast<std::uint32_t>(seed)) {}

  /// Uniform in 0 … 32767.
  constexpr std::int32_t int16() {
    step();
    return static_cast<std::int32_t>((state_ >> 16U) & 0x7FFFU);
  }

  /// Uniform in 0 … 2^31 - 1.
  constexpr std::int32_t int32() {
    step();
    return static_cast<std::int32_t>(state_ & 0x7FFFFFFFU);
  }

  /// Uniform in [0, 1), a multiple of 2^-15.
  constexpr float uniform() { return static_cast<float>(int16()) / 32768.0F; }

  /// `count` of 0 … n - 1, ascending; all of them where `count` ≥ n.
  std::vector<std::int32_t> sample(std::int32_t n, std::int32_t count) {
    std::vector<std::int32_t> taken;
    if (count >= n) {
      for (std::int32_t i = 0; i < n; ++i) taken.push_back(i);
    } else if (count > 1 && count > n / std::log2(static_cast<double>(count))) {
      pass_over(n, count, taken);
    } else if (count > 0) {
      draw_each(n, count, taken);
    }
    return taken;
  }

 private:
  constexpr void step() { state_ = 214013U * state_ + 2531011U; }

  /// Looks at every number once: for samples that take a good part of them.
  void pass_over(std::int32_t n, std::int32_t count, std::vector<std::int32_t>& taken) {
    for (std::int32_t i = 0; i < n; ++i) {
      auto const missing = static_cast<double>(count) - static_cast<double>(taken.size());
      if (static_cast<double>(uniform()) < missing / static_cast<double>(n - i)) {
        taken.push_back(i);
      }
    }
  }

  /// Robert Floyd's method: one draw a number taken.
  void draw_each(std::int32_t n, std::int32_t count, std::vector<std::int32_t>& taken) {
    std::vector<bool> chosen(static_cast<std::size_t>(n));
    for (std::int32_t last = n - count; last < n; ++last) {
      auto const drawn = static_cast<std::size_t>(int32() % (last + 1));
      chosen[chosen[drawn] ? static_cast<std::size_t>(last) : drawn] = true;
    }
    for (std::int32_t i = 0; i < n; ++i) {
      if (chosen[static_cast<std::size_t>(i)]) taken.push_back(i);
    }
  }

  std::uint32_t state_;
};

}  // namespace alx::inline v0::detail
