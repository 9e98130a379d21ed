// SPDX-License-Identifier: Apache-2.0
/// @file
/// Doubles to whole multiples of a power of two: sums of those are exact in any order and can be
/// taken back.
#pragma once

#include <alx/config.hpp>
#include <alx/error.hpp>
#include <alx/metrics/detail/moment_arithmetic.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>

namespace alx::inline v0::detail {

/// The nearest integer to `x`, 0 ≤ x < 2^52, halves to even.
///
/// x + 2^52 lies where doubles are 1 apart, so the addition itself rounds, and the integer is what
/// it added to the bits of 2^52 (at x + 2^52 = 2^53 too: there the exponent takes the carry). One
/// addition and one subtraction, which compilers make vectors of; `llrint` is a call.
inline std::int64_t nearest_below_2_52(double x) {
  return std::bit_cast<std::int64_t>(x + no_fraction) - std::bit_cast<std::int64_t>(no_fraction);
}

/// Multiples of `unit` = 2^exponent.
struct fixed_grid {
  double unit = 0.0;   ///< 0 where all that is to be rounded is 0
  double scale = 1.0;  ///< 1 / unit: multiplying by it is exact
};

struct value_range {
  double low = 0.0;
  double high = 0.0;

  [[nodiscard]] double width() const { return high - low; }
};

/// Of at least one finite value.
inline value_range range_of(vector_view<double const> values) {
  value_range range{values[0], values[0]};
  for (index_t i = 1; i < values.size; ++i) {
    range.low = std::min(range.low, values[i]);
    range.high = std::max(range.high, values[i]);
  }
  return range;
}

/// **Throws.** `numeric_error` where the rows' extent leaves a grid no room among the doubles.
inline void check_extent(double widest, double largest_distance, double smallest) {
  if (std::isfinite(largest_distance) && (widest == 0.0 || largest_distance >= smallest)) return;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g", widest);
  throw numeric_error(std::string("silhouette: features that span ") + text.data() +
                      " have distances that doubles cannot hold: rescale them");
}

/// What a grid is made for must not be smaller: its unit's reciprocal would be no double.
inline constexpr double smallest_extent = 0x1p-900;

/// The finest grid on which count · largest < 2^bits, bits ≤ 62.
inline fixed_grid grid_for(double largest, index_t count, int bits) {
  if (largest == 0.0) return {};
  ALX_ASSERT(largest >= smallest_extent);
  int of_largest = 0;
  int of_product = 0;
  double const mantissa = std::frexp(largest, &of_largest);
  std::frexp(mantissa * static_cast<double>(count), &of_product);
  int const exponent = of_largest + of_product - bits;
  return {std::ldexp(1.0, exponent), std::ldexp(1.0, -exponent)};
}

/// The bits of `count`: count < 2^bits.
inline int bits_of(index_t count) {
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(count)));
}

}  // namespace alx::inline v0::detail
