// SPDX-License-Identifier: Apache-2.0
/// @file
/// What a person presses, read from the bytes that a terminal sends.
#pragma once

#include <alx/text/detail/unicode.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace label {

/// A key, or what came instead of one.
struct key {
  enum class kind {
    character,  ///< `text` is it, in UTF-8; U+FFFD for bytes that are not
    control,    ///< Ctrl and a letter: `text` is the letter, lower case
    enter,
    tab,
    backspace,
    escape,
    left,
    right,
    up,
    down,
    home,
    end,
    page_up,
    page_down,
    del,
    interrupt,     ///< Ctrl-C
    end_of_input,  ///< Ctrl-D, or there is nobody any more
    resized,       ///< or continued after a stop: draw again
    woken,         ///< the other descriptor can be read
    timeout,
    unknown  ///< a sequence that stands for none of these; `read_key` leaves it out
  };

  kind what = kind::unknown;
  std::string text = {};

  friend bool operator==(key const&, key const&) = default;
};

namespace detail {

struct parsed_key {
  key pressed;
  std::size_t bytes = 1;
};

/// What `ESC [ parameters final` stands for.
[[nodiscard]] inline key::kind control_sequence(std::string_view parameters, char last) {
  using enum key::kind;
  switch (last) {
    case 'A':
      return up;
    case 'B':
      return down;
    case 'C':
      return right;
    case 'D':
      return left;
    case 'H':
      return home;
    case 'F':
      return end;
    case '~':
      break;
    default:
      return unknown;
  }
  std::string_view const number = parameters.substr(0, parameters.find(';'));
  if (number == "1" || number == "7") return home;
  if (number == "4" || number == "8") return end;
  if (number == "3") return del;
  if (number == "5") return page_up;
  return number == "6" ? page_down : unknown;
}

/// The sequence at the beginning of `bytes`, which begin with ESC.
[[nodiscard]] inline std::optional<parsed_key> parse_sequence(std::string_view bytes,
                                                              bool complete) {
  using enum key::kind;
  if (bytes.size() == 1) {
    if (!complete) return std::nullopt;
    return parsed_key{{escape}};
  }
  if (bytes[1] == '\x1b') return parsed_key{{escape}};
  std::size_t at = 2;
  auto const within = [&](char first, char last) {
    return at < bytes.size() && bytes[at] >= first && bytes[at] <= last;
  };
  if (bytes[1] == '[') {
    if (within('[', '[')) ++at;  // the console's function keys: ESC [ [ A
    while (within(' ', '?')) ++at;
  } else if (bytes[1] == 'O') {
    while (within('0', '9')) ++at;
  } else {  // Alt and a key
    std::size_t const more = alx::detail::unicode::decode(bytes, 1).bytes;
    return parsed_key{{unknown}, 1 + more};
  }
  if (at == bytes.size()) {
    if (!complete) return std::nullopt;
    return parsed_key{{unknown}, at};
  }
  if (!within('@', '~')) return parsed_key{{unknown}, at};  // broken off by another key
  bool const console = bytes[2] == '[' && at > 2;
  key::kind const what = control_sequence(bytes.substr(2, at - 2), bytes[at]);
  return parsed_key{{console ? unknown : what}, at + 1};
}

/// The character at the beginning of `bytes`, which is not ASCII.
[[nodiscard]] inline std::optional<parsed_key> parse_character(std::string_view bytes,
                                                               bool complete) {
  namespace unicode = alx::detail::unicode;
  auto const lead = static_cast<unsigned char>(bytes[0]);
  std::size_t const wanted = lead < 0xC2 || lead > 0xF4 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  auto const present = std::min(wanted, bytes.size());
  bool const sound = std::all_of(bytes.begin() + 1,
                                 bytes.begin() + static_cast<std::ptrdiff_t>(present),
                                 [](char c) { return (c & 0xC0) == 0x80; });
  if (present < wanted && sound && !complete) return std::nullopt;
  auto const c = unicode::decode(bytes, 0);
  std::string text(4, '\0');
  text.resize(unicode::encode(c.point, text.data()));
  return parsed_key{{key::kind::character, std::move(text)}, c.bytes};
}

/// The key at the beginning of `bytes`, which are not empty; empty where the bytes may be the
/// beginning of a longer one and `complete` does not say that no more come.
[[nodiscard]] inline std::optional<parsed_key> parse_key(std::string_view bytes, bool complete) {
  using enum key::kind;
  char const first = bytes[0];
  if (static_cast<unsigned char>(first) >= 0x80) return parse_character(bytes, complete);
  switch (first) {
    case '\x1b':
      return parse_sequence(bytes, complete);
    case '\r':
    case '\n':
      return parsed_key{{enter}};
    case '\t':
      return parsed_key{{tab}};
    case '\b':
    case '\x7f':
      return parsed_key{{backspace}};
    case '\x03':
      return parsed_key{{interrupt}};
    case '\x04':
      return parsed_key{{end_of_input}};
    default:
      break;
  }
  if (first >= ' ') return parsed_key{{character, std::string(1, first)}};
  if (first == '\0' || first > '\x1a') return parsed_key{{unknown}};
  return parsed_key{{control, std::string(1, static_cast<char>(first + 'a' - 1))}};
}

}  // namespace detail

}  // namespace label
