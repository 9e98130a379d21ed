// SPDX-License-Identifier: Apache-2.0
/// @file
/// Text files of the library's own, read line by line, and names for the values of an enum in them.
#pragma once

#include <alx/error.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace alx::inline v0::detail {

/// Takes a text apart, line by line; each complaint names file and line.
class line_reader {
 public:
  line_reader(std::string file, std::string_view text) : file_(std::move(file)), rest_(text) {}

  [[noreturn]] void refuse(std::string const& why) const {
    throw data_error(file_ + ": line " + std::to_string(line_) + ": " + why);
  }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  void next_line() {
    ++line_;
    if (rest_.empty()) refuse("the file ends before it");
    auto const end = rest_.find('\n');
    if (end == std::string_view::npos) refuse("has no end: the file was cut short");
    here_ = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
  }

  /// What is left of the line.
  [[nodiscard]] std::string_view here() const { return here_; }

  /// The next word of the line, up to a blank, which goes too.
  std::string_view word() {
    auto const end = here_.find(' ');
    auto const found = here_.substr(0, end);
    here_.remove_prefix(end == std::string_view::npos ? here_.size() : end + 1);
    return found;
  }

  /// The line must begin with `name`.
  void next_line(std::string_view name) {
    next_line();
    auto const found = word();
    if (found != name) refuse("\"" + std::string(found) + "\" instead of " + std::string(name));
  }

  template <class Number>
  Number number() {
    auto const text = word();
    Number value{};
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc() || end != text.data() + text.size()) {
      refuse("\"" + std::string(text) + "\" is not a number that can stand here");
    }
    return value;
  }

  template <class Enum, std::size_t N>
  Enum one_of(std::array<std::string_view, N> const& names) {
    auto const text = word();
    for (std::size_t i = 0; i < N; ++i) {
      if (names[i] == text) return static_cast<Enum>(i);
    }
    refuse("unknown word \"" + std::string(text) + "\"");
  }

 private:
  std::string file_;
  std::string_view rest_;
  std::string_view here_;
  std::size_t line_ = 0;
};

template <class Enum, std::size_t N>
std::string name_of(Enum value, std::array<std::string_view, N> const& names) {
  return std::string(names.at(static_cast<std::size_t>(value)));
}

}  // namespace alx::inline v0::detail
