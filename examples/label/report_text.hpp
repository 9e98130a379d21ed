// SPDX-License-Identifier: Apache-2.0
/// @file
/// Numbers and rows as the report's sentences and tables show them.
#pragma once

#include <alx/experiment/statistics.hpp>
#include <alx/metrics/proportion.hpp>
#include <alx/report/text.hpp>
#include <alx/view.hpp>

#include "report_outcome.hpp"
#include "text_width.hpp"
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace label::reporting {

using alx::report::number;

/// "93 %", "92.6 %".
inline std::string percent(double share, int digits = 0) {
  return number(100.0 * share, digits) + " %";
}

/// "93 %"; "–" of none.
inline std::string share_text(alx::index_t part, alx::index_t of, int digits = 0) {
  if (of == 0) return "–";
  return percent(static_cast<double>(part) / static_cast<double>(of), digits);
}

/// "87 to 97 %", rounded outwards; "–" of none.
inline std::string range_text(alx::index_t part, alx::index_t of) {
  if (of == 0) return "–";
  auto const range = alx::wilson(part, of);
  return number(std::floor(100.0 * range.lower), 0) + " to " +
         number(std::ceil(100.0 * range.upper), 0) + " %";
}

/// "4.1 s", "2.5 minutes", "1.2 hours".
inline std::string time_text(double seconds) {
  if (!std::isfinite(seconds)) return "–";
  if (seconds < 90.0) return number(seconds, seconds < 9.95 ? 1 : 0) + " s";
  if (seconds < 5400.0) return number(seconds / 60.0, seconds < 597.0 ? 1 : 0) + " minutes";
  return number(seconds / 3600.0, 1) + " hours";
}

/// The value that the share `at` of the values lies below, between neighbours where it falls
/// between them. NaN of none.
inline double quantile(std::vector<double> values, double at) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  double const place = at * static_cast<double>(values.size() - 1);
  auto const below = static_cast<std::size_t>(place);
  auto const above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - std::floor(place)) * (values[above] - values[below]);
}

/// "a, b and c".
inline std::string joined(std::vector<std::string> const& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  }
  return text;
}

/// A row in a line: the beginning of its text, or its first fields.
inline std::string row_text(outcome const& from, alx::index_t row) {
  constexpr std::size_t most_fields = 4;
  auto const fields = from.what->show(row, *from.known, from.model);
  if (fields.size() == 1 && fields[0].first.empty()) return clip(fields[0].second, 240);
  std::string text;
  for (std::size_t i = 0; i < std::min(fields.size(), most_fields); ++i) {
    text += (i == 0 ? "" : "; ") + clip(fields[i].first, 30) + ": " + clip(fields[i].second, 50);
  }
  return fields.size() > most_fields ? text + "; …" : text;
}

/// "good 0.52, bad 0.48": the likeliest classes, three at most.
inline std::string opinion_text(findings const& found, alx::index_t row) {
  auto const& said = found.from->model->probability;
  std::vector<alx::label_t> order(static_cast<std::size_t>(said.cols()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(
      order.begin(), order.end(), [&](auto a, auto b) { return said(row, a) > said(row, b); });
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(order.size(), 3); ++i) {
    text += (i == 0 ? "" : ", ") + clip(found.class_name(order[i]), 40) + " " +
            number(said(row, order[i]), 2);
  }
  return text;
}

}  // namespace label::reporting
