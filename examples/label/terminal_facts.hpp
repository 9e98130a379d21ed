// SPDX-License-Identifier: Apache-2.0
/// @file
/// What is known of a terminal: from the terminal itself and from the environment.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/ioctl.h>

namespace label {

struct terminal_size {
  int columns = 80;
  int rows = 24;
};

namespace detail {

/// Empty where it is not set.
[[nodiscard]] inline std::string_view variable(char const* name) {
  char const* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::string_view() : value;
}

/// Whether a TERM of this name may know no sequences.
[[nodiscard]] inline bool is_plain(std::string_view name) {
  return name.empty() || name == "dumb" || name == "unknown";
}

/// The variable's number where it is a positive one.
[[nodiscard]] inline int number_of(char const* name, int otherwise) {
  int const value =
      std::atoi(std::string(variable(name)).c_str());  // NOLINT(cert-err34-c): 0 is none
  return value > 0 ? value : otherwise;
}

[[nodiscard]] inline terminal_size window_size(int in, int out) {
  winsize window = {};
  for (int const fd : {out, in}) {
    if (ioctl(fd, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 && window.ws_row > 0) {
      return {window.ws_col, window.ws_row};
    }
  }
  terminal_size const usual;
  return {number_of("COLUMNS", usual.columns), number_of("LINES", usual.rows)};
}

}  // namespace detail

}  // namespace label
