// SPDX-License-Identifier: Apache-2.0
/// @file
/// Labels as one table: a row for each person's last word on a row.
///
/// **Reference.** RFC 4180.
#pragma once

#include <alx/data/csv.hpp>
#include <alx/detail/shortest.hpp>
#include <alx/error.hpp>
#include <alx/journal/exchange/detail/time.hpp>
#include <alx/journal/exchange/record.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// The columns that are not data; `id` stands before the data, the others after.
inline constexpr std::array<std::string_view, 10> exchange_columns = {
    "id", "label", "deed", "user", "time", "seconds", "why", "model", "utility", "opinion"};

/// Written before the name of a column of the data that has one of the names above.
inline constexpr std::string_view data_mark = "data:";

/// A field, in quotes where it needs them.
inline std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string field = "\"";
  for (char const c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + '"';
}

inline std::string csv_data_name(std::string_view name) {
  bool const ours =
      std::find(exchange_columns.begin(), exchange_columns.end(), name) != exchange_columns.end();
  bool const marked = name.substr(0, data_mark.size()) == data_mark;
  return (ours || marked ? std::string(data_mark) : std::string()) + std::string(name);
}

/// The names of all columns of the data, in the order in which they come first.
inline std::vector<std::string> all_columns(std::span<exchange_record const> records) {
  std::vector<std::string> names;
  std::map<std::string_view, bool> seen;
  for (auto const& record : records) {
    for (auto const& column : record.data) {
      if (seen.emplace(column.first, true).second) names.push_back(column.first);
    }
  }
  return names;
}

/// One row of the table and the columns that are read from it.
class csv_record {
 public:
  csv_record(csv_table const& table, index_t row) : table_(table), row_(row) {}

  /// The field of a column; nothing where it is empty or the column is not there.
  [[nodiscard]] std::string_view text(std::string_view column) const {
    auto const at = table_.find_column(column);
    return at ? table_(row_, *at) : std::string_view();
  }

  [[noreturn]] void refuse(std::string_view column, std::string const& why) const {
    table_.refuse(row_, table_.column(column), in_quotes(text(column)) + why);
  }

  template <class Number>
  [[nodiscard]] Number number(std::string_view column) const {
    auto const field = text(column);
    return field.empty() ? Number{} : number<Number>(column, field);
  }

  template <class Number>
  [[nodiscard]] Number number(std::string_view column, std::string_view field) const {
    Number value{};
    auto const* const end = field.data() + field.size();
    auto const [stop, failed] = std::from_chars(field.data(), end, value);
    if (failed != std::errc() || stop != end)
      refuse(column, " is not a number that can stand here");
    return value;
  }

  template <class Enum, class Names>
  [[nodiscard]] Enum named(std::string_view column, Names const& names, Enum otherwise) const {
    auto const field = text(column);
    if (field.empty()) return otherwise;
    auto const found = std::find(names.begin(), names.end(), field);
    if (found == names.end()) refuse(column, " is unknown");
    return static_cast<Enum>(found - names.begin());
  }

  [[nodiscard]] std::int64_t time() const {
    auto const field = text("time");
    if (field.empty()) return 0;
    if (auto const read = parse_time(field)) return *read;
    return number<std::int64_t>("time", field);
  }

  /// Numbers with blanks between them.
  [[nodiscard]] std::vector<double> opinion() const {
    std::vector<double> all;
    auto rest = text("opinion");
    while (!rest.empty()) {
      auto const end = std::min(rest.find(' '), rest.size());
      all.push_back(number<double>("opinion", rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return all;
  }

 private:
  csv_table const& table_;
  index_t row_;
};

inline std::vector<std::pair<std::string, std::string>> csv_data(csv_table const& table,
                                                                 index_t row) {
  std::vector<std::pair<std::string, std::string>> data;
  for (index_t c = 0; c < table.cols(); ++c) {
    auto name = table.header()[static_cast<std::size_t>(c)];
    bool const ours =
        std::find(exchange_columns.begin(), exchange_columns.end(), name) != exchange_columns.end();
    if (ours) continue;
    if (name.substr(0, data_mark.size()) == data_mark) name.remove_prefix(data_mark.size());
    data.emplace_back(name, table(row, c));
  }
  return data;
}

inline std::string csv_line(exchange_record const& record,
                            std::vector<std::string> const& columns) {
  std::map<std::string_view, std::string_view> values;
  for (auto const& column : record.data) values.emplace(column.first, column.second);
  std::string line = csv_field(record.id);
  for (auto const& name : columns) {
    auto const found = values.find(name);
    line += ',' + csv_field(found == values.end() ? std::string_view() : found->second);
  }
  bool const answered = record.what == deed::answer;
  line += ',' + (answered ? csv_field(record.label) : "") + ',' +
          std::string(name_of(record.what)) + ',' + csv_field(record.user) + ',' +
          iso_time(record.time) + ',' + shortest(record.seconds) + ',' +
          std::string(name_of(record.why)) + ',' + std::to_string(record.model) + ',' +
          shortest(record.utility) + ',';
  for (std::size_t k = 0; k < record.opinion.size(); ++k) {
    line += (k == 0 ? "" : " ") + shortest(record.opinion[k]);
  }
  return line + '\n';
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0 {

/// The columns id, those of the data, label, deed, user, time, seconds, why, model, utility and
/// opinion (the probability of each class, blanks between them). A column of the data that is
/// called like one of the others is written as "data:label".
[[nodiscard]] inline std::string to_csv(std::span<exchange_record const> records) {
  auto const columns = detail::all_columns(records);
  std::string out = "id";
  for (auto const& name : columns) out += ',' + detail::csv_field(detail::csv_data_name(name));
  for (std::size_t c = 1; c < detail::exchange_columns.size(); ++c) {
    out += ',' + std::string(detail::exchange_columns[c]);
  }
  out += '\n';
  for (auto const& record : records) out += detail::csv_line(record, columns);
  return out;
}

/// Reads such a table, of which only `label` must be there: every column that is none of those
/// above is data. A row without a label and a deed gives no record. Times are ISO 8601 or
/// milliseconds since 1970 began.
///
/// **Throws.** `data_error` naming the line and column of what cannot stand there; see `csv_table`.
[[nodiscard]] inline std::vector<exchange_record> from_csv(std::string_view bytes,
                                                           std::string const& source) {
  auto const table = csv_table::parse(std::string(bytes), source);
  (void)table.column("label");
  std::array<std::string_view, 4> const deeds = {
      deed_names[0], deed_names[1], deed_names[2], deed_names[3]};
  std::vector<exchange_record> out;
  for (index_t r = 0; r < table.rows(); ++r) {
    detail::csv_record const row(table, r);
    if (row.text("label").empty() && row.text("deed").empty()) continue;
    exchange_record record{.id = std::string(row.text("id")), .data = detail::csv_data(table, r)};
    record.place = detail::csv_place(source, table.line(r), r + 1);
    record.what = row.named("deed", deeds, deed::answer);
    if (record.what == deed::answer) record.label = row.text("label");
    record.user = row.text("user");
    record.time = row.time();
    record.seconds = row.number<double>("seconds");
    record.why = row.named("why", asked_for_names, asked_for::import);
    record.model = row.number<std::int64_t>("model");
    record.utility = row.number<double>("utility");
    record.opinion = row.opinion();
    out.push_back(std::move(record));
  }
  return out;
}

}  // namespace alx::inline v0
