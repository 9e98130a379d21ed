// SPDX-License-Identifier: Apache-2.0
/// @file
/// What a column of a table holds, and its fields as numbers.
#pragma once

#include <alx/data/csv.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0 {

enum class column_type : std::uint8_t {
  number,    ///< a feature: finite numbers
  category,  ///< a feature: a few different values, which are only names
  text,      ///< no feature; something to read
  ignored,   ///< no feature; `table_column::note` says why
};

/// A column of a table and what was found in it.
struct table_column {
  std::string name;
  column_type type = column_type::ignored;
  index_t source = 0;                                          ///< which column of the file
  index_t missing = 0;                                         ///< rows without a value
  index_t distinct = 0;                                        ///< different values
  double least = std::numeric_limits<double>::quiet_NaN();     ///< of numbers; NaN: there is none
  double greatest = std::numeric_limits<double>::quiet_NaN();  ///< likewise
  std::vector<std::string> categories{};  ///< sorted by their bytes; the code of each is its place
  std::string note{};                     ///< why it is ignored, or what else is to say

  [[nodiscard]] bool is_feature() const {
    return type == column_type::number || type == column_type::category;
  }
};

}  // namespace alx::inline v0

namespace alx::inline v0::detail {

/// A field without the blanks around it; nothing where it is one of the words for a missing value.
inline std::optional<std::string_view> present(std::string_view field,
                                               std::vector<std::string> const& missing) {
  constexpr std::string_view blanks = " \t\r\n";
  auto const begin = std::min(field.find_first_not_of(blanks), field.size());
  field.remove_prefix(begin);
  field = field.substr(0, field.find_last_not_of(blanks) + 1);
  if (std::find(missing.begin(), missing.end(), field) != missing.end()) return std::nullopt;
  return field;
}

template <class T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

/// The values of one column and what can be said of them.
class column_values {
 public:
  column_values(csv_table const& table, index_t column, std::vector<std::string> const& missing) {
    for (index_t r = 0; r < table.rows(); ++r) {
      auto const field = present(table(r, column), missing);
      if (!field) continue;
      rows_.push_back(r);
      distinct_.push_back(*field);
      auto const number = numeric_ ? finite_number(*field) : std::nullopt;
      numeric_ = number.has_value();
      if (number) numbers_.push_back(*number);
    }
    missing_ = table.rows() - static_cast<index_t>(rows_.size());
    counts_ = numeric_ && counts_rows();
    sort_unique(distinct_);
    if (numeric_) sort_unique(numbers_);
  }

  [[nodiscard]] index_t missing() const { return missing_; }

  /// Different fields, sorted.
  [[nodiscard]] std::vector<std::string_view> const& distinct() const { return distinct_; }

  /// Different numbers, sorted; to be used where all fields are numbers.
  [[nodiscard]] std::vector<double> const& numbers() const { return numbers_; }

  /// A type, and a note where it is ignored or the note says more than the type.
  [[nodiscard]] std::pair<column_type, std::string> guess(index_t most_categories) const {
    if (rows_.empty()) return {column_type::ignored, "no value"};
    std::size_t const different = numeric_ ? numbers_.size() : distinct_.size();
    if (different == 1 && missing_ == 0) return {column_type::ignored, "one value only"};
    if (counts_) return {column_type::ignored, "counts the rows"};
    if (numeric_) return {column_type::number, {}};
    bool const repeats = 2 * different <= rows_.size();
    if (repeats && static_cast<index_t>(different) <= most_categories) {
      return {column_type::category, {}};
    }
    bool const all_different = different == rows_.size();
    return {column_type::text, all_different ? "different in every row" : ""};
  }

 private:
  /// 0, 1, 2, … or 1, 2, 3, … through all rows, three or more.
  [[nodiscard]] bool counts_rows() const {
    if (missing_ > 0 || numbers_.size() < 3) return false;
    if (numbers_[0] != 0.0 && numbers_[0] != 1.0) return false;
    for (std::size_t i = 1; i < numbers_.size(); ++i) {
      if (numbers_[i] - numbers_[i - 1] != 1.0) return false;
    }
    return true;
  }

  std::vector<index_t> rows_;
  std::vector<std::string_view> distinct_;
  std::vector<double> numbers_;
  index_t missing_ = 0;
  bool numeric_ = true;  ///< all fields are numbers
  bool counts_ = false;
};

/// **Throws.** `data_error` naming the place where `field`, what it has without blanks, is no
/// number.
inline double number_in(csv_table const& table,
                        index_t row,
                        index_t column,
                        std::string_view field) {
  auto const number = finite_number(field);
  if (!number) table.refuse(row, column, in_quotes(field) + " is not a number");
  return *number;
}

/// The place of each category, whatever their order.
class category_codes {
 public:
  explicit category_codes(std::vector<std::string> const& categories) {
    for (auto const& one : categories) places_.emplace_back(one, places_.size());
    std::sort(places_.begin(), places_.end());
  }

  /// Nothing where it is none of the categories.
  [[nodiscard]] std::optional<double> operator()(std::string_view value) const {
    auto const at = std::lower_bound(
        places_.begin(), places_.end(), value, [](auto const& one, std::string_view wanted) {
          return one.first < wanted;
        });
    if (at == places_.end() || at->first != value) return std::nullopt;
    return static_cast<double>(at->second);
  }

 private:
  std::vector<std::pair<std::string_view, std::size_t>> places_;
};

}  // namespace alx::inline v0::detail
