// SPDX-License-Identifier: Apache-2.0
/// @file
/// The features of a table for what knows neither categories nor missing values: distances,
/// logistic regression.
#pragma once

#include <alx/data/table.hpp>
#include <alx/matrix.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace alx::inline v0::detail {

/// Of the values of a column that are no NaN; 0 where there is none.
inline double lower_median(matrix<double> const& table, index_t column) {
  std::vector<double> there;
  for (index_t r = 0; r < table.rows(); ++r) {
    if (!std::isnan(table(r, column))) there.push_back(table(r, column));
  }
  if (there.empty()) return 0.0;
  auto const middle = there.begin() + static_cast<index_t>((there.size() - 1) / 2);
  std::nth_element(there.begin(), middle, there.end());
  return *middle;
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0 {

/// A number takes one column, where it is missing the median of those that are not (the lower of
/// the middle two; 0 where all are missing). A category takes a column for each of its values: 1
/// where the row has it, else 0; where it is missing all of them are 0.
[[nodiscard]] inline matrix<double> one_hot(data_table const& table) {
  auto const column_of = [&](std::size_t f) -> table_column const& {
    return table.columns[static_cast<std::size_t>(table.feature_columns[f])];
  };
  index_t width = 0;
  for (std::size_t f = 0; f < table.feature_columns.size(); ++f) {
    bool const number = column_of(f).type == column_type::number;
    width += number ? 1 : static_cast<index_t>(column_of(f).categories.size());
  }
  matrix<double> out(table.features.rows(), width);
  index_t at = 0;
  for (std::size_t f = 0; f < table.feature_columns.size(); ++f) {
    auto const from = static_cast<index_t>(f);
    if (column_of(f).type == column_type::category) {
      for (index_t r = 0; r < out.rows(); ++r) {
        double const code = table.features(r, from);
        if (!std::isnan(code)) out(r, at + static_cast<index_t>(code)) = 1.0;
      }
      at += static_cast<index_t>(column_of(f).categories.size());
      continue;
    }
    double const middle = detail::lower_median(table.features, from);
    for (index_t r = 0; r < out.rows(); ++r) {
      double const value = table.features(r, from);
      out(r, at) = std::isnan(value) ? middle : value;
    }
    ++at;
  }
  return out;
}

}  // namespace alx::inline v0
