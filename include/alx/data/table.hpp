// SPDX-License-Identifier: Apache-2.0
/// @file
/// Features from a table of text: which columns are numbers, which are categories, and which are
/// neither; the same columns of another file; what was found, as lines for a person.
#pragma once

#include <alx/data/csv.hpp>
#include <alx/data/detail/table_columns.hpp>
#include <alx/data/labels.hpp>
#include <alx/detail/shortest.hpp>
#include <alx/error.hpp>
#include <alx/matrix.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace alx::inline v0 {

struct table_options {
  std::map<std::string, column_type> types{};  ///< what columns are, by name, whatever they hold
  std::vector<std::string> leave_out{};        ///< columns that are not looked at: the label
  /// Fields that stand for no value, once the blanks around them are gone.
  std::vector<std::string> missing{"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"};
  index_t most_categories = 100;  ///< a column of more different words is text
};

/// The features of a table and where they come from.
struct data_table {
  matrix<double> features;  ///< rows × feature columns: numbers, and codes of categories;
                            ///< NaN: missing
  std::vector<table_column> columns;     ///< all but those left out, in the file's order
  std::vector<index_t> feature_columns;  ///< which of `columns` each feature is

  [[nodiscard]] std::vector<std::string> feature_names() const {
    std::vector<std::string> names;
    for (auto const c : feature_columns) names.push_back(columns[static_cast<std::size_t>(c)].name);
    return names;
  }

  /// Which features are categories: the parameter `categorical_feature` of boosted trees.
  [[nodiscard]] std::vector<std::int32_t> categorical_features() const {
    std::vector<std::int32_t> found;
    for (std::size_t f = 0; f < feature_columns.size(); ++f) {
      auto const& column = columns[static_cast<std::size_t>(feature_columns[f])];
      if (column.type == column_type::category) found.push_back(static_cast<std::int32_t>(f));
    }
    return found;
  }
};

/// Rows of another file as the features of the first.
struct table_features {
  matrix<double> features;
  std::vector<index_t> unseen;  ///< of each feature: values that are none of its categories, taken
                                ///< for missing
};

[[nodiscard]] constexpr std::string_view name_of(column_type type) {
  constexpr std::array<std::string_view, 4> names{"number", "category", "text", "ignored"};
  return names[static_cast<std::size_t>(type)];
}

}  // namespace alx::inline v0

namespace alx::inline v0::detail {

inline table_column describe_column(csv_table const& table,
                                    index_t source,
                                    table_options const& options) {
  table_column column;
  column.name = table.header()[static_cast<std::size_t>(source)];
  column.source = source;
  column_values const values(table, source, options.missing);
  column.missing = values.missing();
  auto const wanted = options.types.find(column.name);
  if (wanted != options.types.end()) {
    column.type = wanted->second;
    if (column.type == column_type::ignored) column.note = "as told";
  } else {
    std::tie(column.type, column.note) = values.guess(options.most_categories);
  }
  column.distinct = static_cast<index_t>(values.distinct().size());
  if (column.type == column_type::category) {
    column.categories.assign(values.distinct().begin(), values.distinct().end());
  }
  if (column.type == column_type::number) {
    auto const& numbers = values.numbers();  // where a field is none, features_of refuses it
    column.distinct = static_cast<index_t>(numbers.size());
    if (!numbers.empty()) {
      column.least = numbers.front();
      column.greatest = numbers.back();
    }
  }
  return column;
}

/// Cut to so many characters, and filled with blanks to them where asked. Control characters are
/// blanks.
inline std::string fitted(std::string_view text, std::size_t width, bool fill) {
  std::string out;
  std::vector<std::size_t> begins;  // of each character
  for (char const one : text) {
    auto const byte = static_cast<unsigned char>(one);
    if ((byte & 0xC0U) != 0x80U) begins.push_back(out.size());
    out += byte < 0x20 || byte == 0x7F ? ' ' : one;
  }
  if (begins.size() > width) {
    out.resize(begins[width - 3]);
    return out + "...";
  }
  if (fill) out.append(width - begins.size(), ' ');
  return out;
}

/// With six digits where all of them are more than ten.
inline std::string readable(double value) {
  std::string all = shortest(value);
  if (all.size() <= 10) return all;
  std::array<char, 32> text{};
  auto const end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 6);
  return {text.data(), end.ptr};
}

/// "18 to 90, 73 different", "3: Basel, Bern, Zug".
inline std::string what_is_in(table_column const& column) {
  if (!column.note.empty()) return column.note;
  std::string const different = std::to_string(column.distinct);
  if (column.type == column_type::text) return different + " different";
  if (column.distinct == 0) return "no value";
  if (column.type == column_type::number) {
    return readable(column.least) + " to " + readable(column.greatest) + ", " + different +
           " different";
  }
  std::string text = different;
  for (std::size_t k = 0; k < column.categories.size() && text.size() < 200; ++k) {
    text += (k == 0 ? ": " : ", ") + column.categories[k];
  }
  return text;
}

inline void require_rows(csv_table const& table) {
  if (table.rows() == 0) throw data_error(table.name() + ": a header and no row");
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0 {

/// The columns that `columns` names, in a table that may have others and another order. Numbers are
/// read as numbers, categories take the codes they had.
///
/// **Throws.** `data_error` naming the columns that are there where one is missing, the place of a
/// field that is no number or not UTF-8; a table without rows.
[[nodiscard]] inline table_features features_of(
    csv_table const& table,
    std::span<table_column const> columns,
    std::vector<std::string> const& missing = table_options{}.missing) {
  table.require_utf8();
  detail::require_rows(table);
  std::vector<table_column const*> wanted;
  std::vector<index_t> sources;
  for (auto const& column : columns) {
    if (!column.is_feature()) continue;
    wanted.push_back(&column);
    sources.push_back(table.column(column.name));
  }
  table_features out{matrix<double>(table.rows(), static_cast<index_t>(wanted.size())),
                     std::vector<index_t>(wanted.size())};
  for (std::size_t f = 0; f < wanted.size(); ++f) {
    detail::category_codes const codes(wanted[f]->categories);
    for (index_t r = 0; r < table.rows(); ++r) {
      double& into = out.features(r, static_cast<index_t>(f));
      into = std::numeric_limits<double>::quiet_NaN();
      auto const field = detail::present(table(r, sources[f]), missing);
      if (!field) continue;
      if (wanted[f]->type == column_type::number) {
        into = detail::number_in(table, r, sources[f], *field);
      } else if (auto const code = codes(*field)) {
        into = *code;
      } else {
        ++out.unseen[f];
      }
    }
  }
  return out;
}

/// Finds out what each column is. All fields that are there finite numbers, written as C writes
/// them
/// ("1,234" and dates are none): numbers. Else at most `most_categories` different values, each
/// there twice on average: categories. Else text. Ignored are columns without a value, with the
/// same one in all rows, and with 0, 1, 2, … or 1, 2, 3, … from the first of three or more rows to
/// the last. What `types` says of a column holds whatever it contains.
///
/// **Cost.** n log n comparisons a column of n rows.
///
/// **Throws.** `data_error` naming the columns that are there where `types` or `leave_out` names
/// none of them, the place of a field that is no number in a column said to be numbers, of one that
/// is not UTF-8; a table without rows.
[[nodiscard]] inline data_table make_table(csv_table const& table,
                                           table_options const& options = {}) {
  table.require_utf8();
  detail::require_rows(table);
  for (auto const& [name, type] : options.types) (void)table.column(name);
  std::vector<char> left_out(static_cast<std::size_t>(table.cols()));
  for (auto const& name : options.leave_out) {
    left_out[static_cast<std::size_t>(table.column(name))] = 1;
  }
  data_table out;
  for (index_t c = 0; c < table.cols(); ++c) {
    if (left_out[static_cast<std::size_t>(c)] != 0) continue;
    out.columns.push_back(detail::describe_column(table, c, options));
    if (!out.columns.back().is_feature()) continue;
    out.feature_columns.push_back(static_cast<index_t>(out.columns.size()) - 1);
  }
  out.features = features_of(table, out.columns, options.missing).features;
  return out;
}

/// A line a column: its name, type, how many values are missing, what is in it. At most 80
/// characters a line, line ends included.
[[nodiscard]] inline std::string table_summary(data_table const& table) {
  std::size_t widest = 6;
  for (auto const& column : table.columns) widest = std::max(widest, column.name.size());
  std::size_t const name_width = std::min<std::size_t>(widest, 24);
  std::size_t const rest = 79 - name_width - 2 - 8 - 2 - 8 - 2;
  std::string text = detail::fitted("column", name_width, true) + "  type       missing  content\n";
  for (auto const& column : table.columns) {
    std::string const missing = column.missing == 0 ? "-" : std::to_string(column.missing);
    text += detail::fitted(column.name, name_width, true) + "  " +
            detail::fitted(name_of(column.type), 8, true) + "  " +
            std::string(8 - std::min<std::size_t>(8, missing.size()), ' ') + missing + "  " +
            detail::fitted(detail::what_is_in(column), rest, false) + "\n";
  }
  return text;
}

}  // namespace alx::inline v0
