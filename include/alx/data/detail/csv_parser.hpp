// SPDX-License-Identifier: Apache-2.0
/// @file
/// The scan behind csv_table: fields are cut out of the buffer where they lie, and doubled quotes
/// are made single there.
#pragma once

#include <alx/data/encoding.hpp>
#include <alx/error.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// "reviews.csv: line 17 (row 16)"; row 0 is the header.
inline std::string csv_place(std::string const& name, index_t line, index_t row) {
  return name + ": line " + std::to_string(line) +
         (row == 0 ? " (header)" : " (row " + std::to_string(row) + ")");
}

inline std::string in_quotes(std::string_view text) {
  std::string out(1, '\'');
  out += text;
  out += '\'';
  return out;
}

class csv_parser {
 public:
  csv_parser(std::string& bytes, std::string const& name, char separator)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()), name_(name), separator_(separator) {
    if (separator == '"' || separator == '\n' || separator == '\r') {
      throw option_error("csv: a quote or a line end cannot be the separator");
    }
    expect_plain_text(bytes, name);
    at_ = end_ - without_byte_order_mark(bytes).size();
    while (skip_line_end()) {
    }
    if (at_ == end_) throw data_error(name + ": an empty file; a header line is wanted");
  }

  /// The first line that is not empty.
  std::vector<std::string_view> header() {
    std::vector<std::string_view> names;
    index_t const line = line_;
    read_row(names);
    for (std::size_t c = 0; c < names.size(); ++c) {
      auto const first = std::find(names.begin(), names.end(), names[c]) - names.begin();
      if (first == static_cast<index_t>(c)) continue;
      throw data_error(csv_place(name_, line, 0) + ": columns " + std::to_string(first + 1) +
                       " and " + std::to_string(c + 1) + " have the same name, " +
                       in_quotes(names[c]));
    }
    names_ = names;
    return names;
  }

  /// All fields after the header, row after row.
  std::vector<std::string_view> rows() {
    std::vector<std::string_view> fields;
    std::size_t const wanted = names_.size();
    while (at_ != end_) {
      if (wanted > 1 && skip_line_end()) continue;
      ++row_;
      index_t const line = line_;
      std::size_t const before = fields.size();
      read_row(fields);
      std::size_t const found = fields.size() - before;
      if (found != wanted) {
        throw data_error(csv_place(name_, line, row_) + ": " + std::to_string(found) +
                         (found == 1 ? " field" : " fields") + ", the header names " +
                         std::to_string(wanted));
      }
      lines_.push_back(line);
    }
    return fields;
  }

  /// The line on which each row begins.
  std::vector<index_t> lines() { return std::move(lines_); }

 private:
  /// Steps over an end of line, if one is here.
  bool skip_line_end() {
    index_t const size = line_end_size();
    at_ += size;
    if (size > 0) ++line_;
    return size > 0;
  }

  [[nodiscard]] index_t line_end_size() const {
    if (at_ == end_) return 0;
    if (*at_ == '\n') return 1;
    return *at_ == '\r' && end_ - at_ > 1 && at_[1] == '\n' ? 2 : 0;
  }

  /// Reads the fields of a row and the end of its line.
  void read_row(std::vector<std::string_view>& fields) {
    std::size_t const before = fields.size();
    for (;;) {
      std::size_t const column = fields.size() - before;
      bool const quoted = at_ != end_ && *at_ == '"';
      fields.push_back(quoted ? quoted_field(column) : plain_field(column));
      if (at_ == end_ || skip_line_end()) return;
      ++at_;  // the separator
    }
  }

  std::string_view plain_field(std::size_t column) {
    char* const begin = at_;
    while (at_ != end_ && *at_ != separator_ && *at_ != '\n' && *at_ != '"') ++at_;
    if (at_ != end_ && *at_ == '"') {
      refuse(line_,
             column,
             "a quote within a field that does not begin with one; such a field is to stand in "
             "quotes, and the quotes within it doubled");
    }
    bool const carriage_return = at_ != end_ && *at_ == '\n' && at_ != begin && at_[-1] == '\r';
    if (carriage_return) --at_;
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  std::string_view quoted_field(std::size_t column) {
    index_t const line = line_;
    char* const begin = ++at_;
    char* written = begin;
    for (;;) {
      auto* const quote = find('"', at_, end_);
      if (quote == end_) refuse(line, column, "a quote opened here is never closed");
      auto const size = quote - at_;
      if (written != at_) std::memmove(written, at_, static_cast<std::size_t>(size));
      written += size;
      at_ = quote + 1;
      if (at_ == end_ || *at_ != '"') break;
      *written++ = '"';
      ++at_;
    }
    for (char* c = begin; (c = find('\n', c, written)) != written; ++c) ++line_;
    if (at_ != end_ && *at_ != separator_ && line_end_size() == 0) {
      refuse(line_, column, "text after the closing quote; a quote within quotes is to be doubled");
    }
    return {begin, static_cast<std::size_t>(written - begin)};
  }

  /// The first such byte, or `end`.
  static char* find(char byte, char* begin, char* end) {
    auto* const found = std::memchr(begin, byte, static_cast<std::size_t>(end - begin));
    return found == nullptr ? end : static_cast<char*>(found);
  }

  [[noreturn]] void refuse(index_t line, std::size_t column, char const* why) const {
    bool const named = column < names_.size();
    throw data_error(csv_place(name_, line, row_) + ", column " +
                     (named ? in_quotes(names_[column]) : std::to_string(column + 1)) + ": " + why);
  }

  char* at_;
  char* end_;
  std::string const& name_;
  char separator_;
  index_t line_ = 1;
  index_t row_ = 0;  ///< the one being read, from 1; 0: the header
  std::vector<std::string_view> names_;
  std::vector<index_t> lines_;
};

}  // namespace alx::inline v0::detail
