// SPDX-License-Identifier: Apache-2.0
/// @file
/// Means over repeats and their intervals, as tables show them.
#pragma once

#include <alx/experiment/statistics.hpp>
#include <alx/report/text.hpp>

#include <cmath>
#include <string>

namespace alx::inline v0::report {

/// "0.9163 ± 0.0012"; the mean alone where one repeat knows no spread.
inline std::string mean_text(summary const& s, int digits) {
  std::string const mean = number(s.mean, digits);
  return std::isfinite(s.half_width()) ? mean + " ± " + number(s.half_width(), digits) : mean;
}

/// "[−0.0012, +0.0034]"; "–" where it is unbounded.
inline std::string interval_text(interval const& range, int digits) {
  return std::isfinite(range.lower) ? "[" + signed_number(range.lower, digits) + ", " +
                                          signed_number(range.upper, digits) + "]"
                                    : "–";
}

}  // namespace alx::inline v0::report
