// SPDX-License-Identifier: Apache-2.0
/// @file
/// The labels in one column of a table: class numbers and the names of the classes.
#pragma once

#include <alx/data/csv.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace alx::inline v0 {

/// A label a row.
struct labelled_column {
  std::vector<label_t> labels;
  std::vector<std::string> classes;  ///< the names of classes 0, 1, …
};

}  // namespace alx::inline v0

namespace alx::inline v0::detail {

inline constexpr label_t most_classes = 1000;

/// The whole number that a field is, as it would be printed: nothing for "01", "+1", "-1", "1.0".
inline std::optional<label_t> class_number(std::string_view field) {
  label_t number = 0;
  auto const* const end = field.data() + field.size();
  auto const [stop, status] = std::from_chars(field.data(), end, number);
  bool const zero_first = field.size() > 1 && field.front() == '0';
  if (status != std::errc{} || stop != end || zero_first || number < 0 || number >= most_classes) {
    return std::nullopt;
  }
  return number;
}

/// The different values of a column, sorted by their bytes.
inline std::set<std::string_view> label_values(csv_table const& table, index_t column) {
  std::set<std::string_view> values;
  for (index_t r = 0; r < table.rows(); ++r) {
    auto const value = table(r, column);
    if (value.empty()) table.refuse(r, column, "no label");
    values.insert(value);
    if (static_cast<label_t>(values.size()) > most_classes) {
      table.refuse(r, column, "more than " + std::to_string(most_classes) + " different labels");
    }
  }
  return values;
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0 {

/// Labels that are all whole numbers from 0 are kept as they are, and all numbers up to the
/// greatest are classes; others are names, and classes are numbered in the order of their bytes.
///
/// **Throws.** `data_error` naming the place of an empty label, of more than 1,000 different ones.
[[nodiscard]] inline labelled_column labels_of(csv_table const& table, index_t column) {
  labelled_column out;
  auto const values = detail::label_values(table, column);
  std::vector<std::string_view> const names(values.begin(), values.end());
  bool const numbers = std::all_of(names.begin(), names.end(), [](std::string_view name) {
    return detail::class_number(name).has_value();
  });
  if (numbers) {
    label_t most = -1;
    for (auto const name : names) most = std::max(most, *detail::class_number(name));
    for (label_t k = 0; k <= most; ++k) out.classes.push_back(std::to_string(k));
  } else {
    out.classes.assign(names.begin(), names.end());
  }
  out.labels.reserve(static_cast<std::size_t>(table.rows()));
  for (index_t r = 0; r < table.rows(); ++r) {
    auto const value = table(r, column);
    auto const rank = std::lower_bound(names.begin(), names.end(), value) - names.begin();
    out.labels.push_back(numbers ? *detail::class_number(value) : static_cast<label_t>(rank));
  }
  return out;
}

}  // namespace alx::inline v0
