// SPDX-License-Identifier: Apache-2.0
/// @file
/// Tables of text (CSV, TSV) as spreadsheets and pandas write them, read at once.
///
/// **Reference.** RFC 4180.
#pragma once

#include <alx/data/detail/csv_parser.hpp>
#include <alx/data/detail/file_bytes.hpp>
#include <alx/data/detail/utf8.hpp>
#include <alx/data/encoding.hpp>
#include <alx/error.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// The finite number that all of a field is, written as C writes them.
inline std::optional<double> finite_number(std::string_view field) {
  double value = 0.0;
  auto const* const end = field.data() + field.size();
  auto const [stop, status] = std::from_chars(field.data(), end, value);
  bool const finite = value - value == 0.0;
  if (status != std::errc{} || stop != end || !finite) return std::nullopt;
  return value;
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0 {

/// Which of , ; tab | the header line has most often outside quotes: what the fields of a table are
/// likely divided by. A comma where it has none of them.
[[nodiscard]] inline char guess_separator(std::string_view bytes) {
  constexpr std::string_view known = ",;\t|";
  std::array<index_t, known.size()> counts{};
  bool quoted = false;
  bool begun = false;
  for (char const one : detail::without_byte_order_mark(bytes)) {
    if (one == '"') quoted = !quoted;
    if (begun && !quoted && one == '\n') break;
    begun = begun || (one != '\n' && one != '\r');
    auto const place = known.find(one);
    if (!quoted && place != std::string_view::npos) ++counts[place];
  }
  return known[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) -
                                        counts.begin())];
}

struct csv_options {
  char separator = ',';  ///< '\t' for TSV, ';' for what many spreadsheets write; '\0': a guess
};

/// A header and rows of as many fields, all of them views of one block of bytes.
///
/// Fields in quotes are given without them and with each doubled quote single; nothing else of a
/// field is touched, line ends and spaces within it included. Lines end in \n or \r\n, the last one
/// with or without. A byte-order mark at the begin is skipped, and so are empty lines where there
/// is more than one column. Bytes need not be valid UTF-8: see `require_utf8`.
///
/// Messages number lines from 1, as editors do, and rows from 1 after the header; everything else
/// counts rows from 0. The views live as long as any copy of the table or of `bytes()`.
///
/// **Cost.** One pass; 16 bytes a field and 8 a row besides the file's own.
class csv_table {
 public:
  /// Takes over the bytes of a file; `name` stands for it in messages.
  ///
  /// **Throws.** `data_error` naming the line, row and column of a quote that is never closed, of
  /// text after a closing quote, of a quote within an unquoted field; the line and row of one with
  /// too few or too many fields; a name that the header has twice; a file that is empty,
  /// compressed or UTF-16.
  [[nodiscard]] static csv_table parse(std::string bytes,
                                       std::string name,
                                       csv_options const& options = {}) {
    csv_table table;
    table.bytes_ = std::make_shared<std::string>(std::move(bytes));
    table.name_ = std::move(name);
    char const separator =
        options.separator == '\0' ? guess_separator(*table.bytes_) : options.separator;
    detail::csv_parser parser(*table.bytes_, table.name_, separator);
    table.header_ = parser.header();
    table.fields_ = parser.rows();
    table.lines_ = parser.lines();
    return table;
  }

  [[nodiscard]] index_t rows() const { return static_cast<index_t>(lines_.size()); }

  [[nodiscard]] index_t cols() const { return static_cast<index_t>(header_.size()); }

  [[nodiscard]] std::span<std::string_view const> header() const { return header_; }

  /// What messages call the table.
  [[nodiscard]] std::string const& name() const { return name_; }

  [[nodiscard]] std::string_view operator()(index_t row, index_t column) const {
    return fields_[static_cast<std::size_t>(row * cols() + column)];
  }

  [[nodiscard]] std::optional<index_t> find_column(std::string_view name) const {
    for (std::size_t c = 0; c < header_.size(); ++c) {
      if (header_[c] == name) return static_cast<index_t>(c);
    }
    return std::nullopt;
  }

  /// **Throws.** `data_error` listing the columns that are there.
  [[nodiscard]] index_t column(std::string_view name) const {
    if (auto const found = find_column(name)) return *found;
    std::string there;
    for (auto const one : header_) {
      if (!there.empty()) there += ", ";
      there += detail::in_quotes(one);
    }
    throw data_error(name_ + ": no column " + detail::in_quotes(name) + "; there are " + there);
  }

  /// The fields of one column, from the first row to the last.
  [[nodiscard]] std::vector<std::string_view> values(index_t column) const {
    std::vector<std::string_view> taken;
    taken.reserve(lines_.size());
    for (index_t r = 0; r < rows(); ++r) taken.push_back((*this)(r, column));
    return taken;
  }

  /// One finite number a row, written as C writes them.
  ///
  /// **Throws.** `data_error` naming the place of a field that is none.
  [[nodiscard]] std::vector<double> numbers(index_t column) const {
    std::vector<double> taken;
    taken.reserve(lines_.size());
    for (index_t r = 0; r < rows(); ++r) {
      auto const field = (*this)(r, column);
      auto const value = detail::finite_number(field);
      if (!value) refuse(r, column, detail::in_quotes(field) + " is not a number");
      taken.push_back(*value);
    }
    return taken;
  }

  /// The line on which a row begins, from 1.
  [[nodiscard]] index_t line(index_t row) const { return lines_[static_cast<std::size_t>(row)]; }

  /// Says what is wrong with a field: "reviews.csv: line 17 (row 16), column 'text': why".
  [[noreturn]] void refuse(index_t row, index_t column, std::string const& why) const {
    auto const at = header_[static_cast<std::size_t>(column)];
    throw data_error(detail::csv_place(name_, line(row), row + 1) + ", column '" + std::string(at) +
                     "': " + why);
  }

  /// **Throws.** `data_error` naming the place of the first field that is not UTF-8, and what to
  /// do.
  void require_utf8() const {
    if (detail::is_utf8(*bytes_)) return;
    for (auto const name : header_) {
      if (!detail::is_utf8(name))
        throw data_error(name_ + ": the header " + detail::not_utf8(name));
    }
    for (index_t r = 0; r < rows(); ++r) {
      for (index_t c = 0; c < cols(); ++c) {
        auto const field = (*this)(r, c);
        if (!detail::is_utf8(field)) refuse(r, c, detail::not_utf8(field));
      }
    }
  }

  /// What the fields are views of.
  [[nodiscard]] std::shared_ptr<std::string const> bytes() const { return bytes_; }

 private:
  csv_table() = default;

  std::shared_ptr<std::string> bytes_;
  std::string name_;
  std::vector<std::string_view> header_;
  std::vector<std::string_view> fields_;
  std::vector<index_t> lines_;
};

/// The table in a file that is not compressed; for the others, `read_file` (data/compressed.hpp)
/// gives the bytes to `csv_table::parse`.
///
/// **Throws.** As `csv_table::parse`, and `data_error` where the file cannot be read.
[[nodiscard]] inline csv_table read_csv(std::filesystem::path const& path,
                                        csv_options const& options = {}) {
  return csv_table::parse(detail::file_bytes(path), path.string(), options);
}

}  // namespace alx::inline v0
