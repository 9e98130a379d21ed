// SPDX-License-Identifier: Apache-2.0
/// @file
/// Text for a terminal: how many columns it takes, how it is wrapped and cut, and that nothing in
/// it can command the terminal.
#pragma once

#include <alx/text/detail/unicode.hpp>

#include "label/text_width_tables.hpp"
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace label {

/// What the terminal can show. `ascii`: what is not ASCII is shown as `?`.
enum class charset { utf8, ascii };

/// The charset that the locale's name in the environment gives.
[[nodiscard]] inline charset locale_charset() {
  for (char const* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    char const* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr || *value == '\0') continue;
    std::string lower(value);
    for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    bool const utf8 =
        lower.find("utf-8") != std::string::npos || lower.find("utf8") != std::string::npos;
    return utf8 ? charset::utf8 : charset::ascii;
  }
  return charset::ascii;
}

/// A piece of text that is not parted: a code point with the marks that belong to it.
struct glyph {
  std::string text;       ///< as it is shown
  int columns = 0;        ///< that it takes
  std::size_t bytes = 0;  ///< of the text it is read from
};

namespace detail {

namespace unicode = alx::detail::unicode;

inline constexpr std::int32_t joiner = 0x200D;
inline constexpr std::int32_t emoji_style = 0xFE0F;  ///< makes the narrow sign before it wide

/// Line ends, tabs and separators: shown as a blank.
[[nodiscard]] constexpr bool is_blank(std::int32_t point) {
  return point == ' ' || (point >= '\t' && point <= '\r') || point == 0x2028 || point == 0x2029;
}

/// What commands a terminal: controls, and what changes the direction of the text after it.
[[nodiscard]] constexpr bool is_command(std::int32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || (point >= 0x202A && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069);
}

[[nodiscard]] inline int columns_of_point(std::int32_t point) {
  if (point < 0x300) return point == 0xAD ? 0 : 1;
  if (unicode::inside(zero_changes, point)) return 0;
  return unicode::inside(wide_changes, point) ? 2 : 1;
}

/// Whether `point` belongs to the letter before it, which ends in `before`.
[[nodiscard]] inline bool joins(std::int32_t before, std::int32_t point) {
  if (is_blank(point) || is_command(point) || point < 0xA0) return false;
  bool const skin_tone = point >= 0x1F3FB && point <= 0x1F3FF;
  return before == joiner || skin_tone || columns_of_point(point) == 0 ||
         unicode::inside(spacing_changes, point);
}

[[nodiscard]] inline std::string encoded(std::int32_t point) {
  std::string out(4, '\0');
  out.resize(unicode::encode(point, out.data()));
  return out;
}

/// Shown in place of what is not.
[[nodiscard]] inline std::string stand_in(charset set) {
  return set == charset::utf8 ? encoded(unicode::replacement) : "?";
}

/// One code point as it is shown, without what joins it.
[[nodiscard]] inline glyph bare(unicode::decoded c, charset set) {
  if (is_blank(c.point)) return {" ", 1, c.bytes};
  if (is_command(c.point)) return {stand_in(set), 1, c.bytes};
  int const columns = columns_of_point(c.point);
  if (c.point == 0xAD) return {"", 0, c.bytes};  // a soft hyphen is seen only where a line ends
  if (c.point < 0x80 || set == charset::utf8) return {encoded(c.point), columns, c.bytes};
  return columns == 0 ? glyph{"", 0, c.bytes} : glyph{"?", 1, c.bytes};
}

}  // namespace detail

/// The glyph that begins at `at` < text.size(). Where joined code points would take more than
/// `widest` columns, it ends before; a code point too wide by itself is the stand-in.
[[nodiscard]] inline glyph next_glyph(std::string_view text,
                                      std::size_t at,
                                      charset set,
                                      int widest = 8) {
  auto last = detail::unicode::decode(text, at);
  glyph found = detail::bare(last, set);
  if (found.columns > widest) found = {detail::stand_in(set), 1, last.bytes};
  while (at + found.bytes < text.size()) {
    auto const next = detail::unicode::decode(text, at + found.bytes);
    if (!detail::joins(last.point, next.point)) break;
    glyph const part = set == charset::utf8 ? detail::bare(next, set) : glyph{"", 0, next.bytes};
    bool const widens =
        next.point == detail::emoji_style && set == charset::utf8 && found.columns == 1;
    int const columns = found.columns + (widens ? 1 : part.columns);
    if (columns > widest && !widens) break;
    if (columns <= widest) {
      found.text += part.text;
      found.columns = columns;
    }
    found.bytes += part.bytes;
    last = next;
  }
  return found;
}

/// The text on one line: line ends and tabs are blanks, other controls and bytes that are not
/// UTF-8 are U+FFFD (`?` in ASCII).
[[nodiscard]] inline std::string shown(std::string_view text, charset set = charset::utf8) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    glyph const next = next_glyph(text, at, set);
    out += next.text;
    at += next.bytes;
  }
  return out;
}

/// The columns that `shown(text, set)` takes. Emoji joined into one count each: a terminal that
/// draws them as one takes fewer.
[[nodiscard]] inline int columns_of(std::string_view text, charset set = charset::utf8) {
  int columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    glyph const next = next_glyph(text, at, set);
    columns += next.columns;
    at += next.bytes;
  }
  return columns;
}

/// The text on one line of at most `columns`; where it is longer, an ellipsis ends it.
[[nodiscard]] inline std::string clip(std::string_view text,
                                      int columns,
                                      charset set = charset::utf8) {
  if (columns <= 0) return {};
  std::string_view const ellipsis = set == charset::utf8 ? "…" : "...";
  int const room = columns - (set == charset::utf8 ? 1 : std::min(columns, 3));
  std::string out;
  std::size_t kept = 0;  // bytes of out that an ellipsis still fits after
  int used = 0;
  for (std::size_t at = 0; at < text.size();) {
    glyph const next = next_glyph(text, at, set);
    used += next.columns;
    if (used > columns) {
      out.resize(kept);
      out += set == charset::utf8
                 ? ellipsis
                 : ellipsis.substr(0, static_cast<std::size_t>(std::min(columns, 3)));
      return out;
    }
    out += next.text;
    if (used <= room) kept = out.size();
    at += next.bytes;
  }
  return out;
}

namespace detail {

/// Fills lines with words.
class line_filler {
 public:
  line_filler(int columns, charset set) : columns_(std::max(columns, 1)), set_(set) {}

  /// One line of the text, which has no line end.
  void fill(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      glyph next = next_glyph(text, at, set_, std::min(columns_, 8));
      at += next.bytes;
      if (next.text.starts_with(' ')) {
        place_word();
        gap_ += next.columns;
      } else {
        word_columns_ += next.columns;
        word_.push_back(std::move(next));
      }
    }
    place_word();
    end_line();
  }

  std::vector<std::string> lines;

 private:
  void place_word() {
    if (word_.empty()) return;
    bool const fits = used_ + gap_ + word_columns_ <= columns_;
    if (!fits && used_ > 0) end_line();
    if (fits) {
      line_.append(static_cast<std::size_t>(gap_), ' ');
      used_ += gap_;
    }
    for (glyph const& one : word_) {
      if (used_ + one.columns > columns_) end_line();
      line_ += one.text;
      used_ += one.columns;
    }
    gap_ = 0;
    word_columns_ = 0;
    word_.clear();
  }

  void end_line() {
    lines.push_back(std::move(line_));
    line_.clear();
    used_ = 0;
    gap_ = 0;
  }

  int columns_;
  charset set_;
  std::vector<glyph> word_;
  int word_columns_ = 0;
  std::string line_;
  int used_ = 0;
  int gap_ = 0;  ///< blanks before the word
};

}  // namespace detail

/// The text as lines of at most `columns` (at least 1), parted at blanks; a word longer than a line
/// is parted between glyphs. The text's own line ends and indents are kept; a line end at its end
/// begins no further line. At least one line.
[[nodiscard]] inline std::vector<std::string> wrap(std::string_view text,
                                                   int columns,
                                                   charset set = charset::utf8) {
  detail::line_filler filler(columns, set);
  do {
    std::size_t const end = std::min(text.find_first_of("\r\n"), text.size());
    filler.fill(text.substr(0, end));
    std::string_view const rest = text.substr(end);
    text = rest.substr(rest.starts_with("\r\n") ? 2 : std::min<std::size_t>(rest.size(), 1));
  } while (!text.empty());
  return std::move(filler.lines);
}

}  // namespace label
