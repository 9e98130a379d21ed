// SPDX-License-Identifier: Apache-2.0
/// @file
/// A line that a person types and corrects.
#pragma once

#include "label/keys.hpp"
#include "label/terminal.hpp"
#include "label/text_width.hpp"
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace label {

/// A line with a cursor, and the part of it that is seen.
class edited_line {
 public:
  explicit edited_line(std::string text, charset set = charset::utf8)
      : text_(std::move(text)), set_(set), cursor_(text_.size()) {}

  [[nodiscard]] std::string const& text() const { return text_; }

  /// Before which byte of the text the cursor stands.
  [[nodiscard]] std::size_t cursor() const { return cursor_; }

  /// Changes the line as the key says; other keys than those of editing change nothing.
  void press(key const& pressed) {
    switch (pressed.what) {
      case key::kind::character:
        insert(pressed.text);
        break;
      case key::kind::tab:
        insert(" ");
        break;
      case key::kind::left:
        cursor_ = before(cursor_);
        break;
      case key::kind::right:
        cursor_ = after(cursor_);
        break;
      case key::kind::home:
        cursor_ = 0;
        break;
      case key::kind::end:
        cursor_ = text_.size();
        break;
      case key::kind::backspace:
        erase_from(before(cursor_));
        break;
      case key::kind::del:
        text_.erase(cursor_, after(cursor_) - cursor_);
        break;
      case key::kind::control:
        command(pressed.text);
        break;
      default:
        break;
    }
  }

  struct part {
    std::string text;  ///< as it is shown
    int cursor = 0;    ///< the column in it, below `columns`
  };

  /// What is seen in `columns`, at least 1: the part seen last, moved as far as the cursor needs.
  [[nodiscard]] part view(int columns) {
    first_ = std::min(first_, cursor_);
    part seen = {{}, columns_between(first_, cursor_)};
    while (first_ < cursor_ && seen.cursor >= columns) {
      glyph const left_out = next_glyph(text_, first_, set_);
      first_ += left_out.bytes;
      seen.cursor -= left_out.columns;
    }
    int used = 0;
    for (std::size_t at = first_; at < text_.size();) {
      glyph const next = next_glyph(text_, at, set_);
      used += next.columns;
      if (used > columns) break;
      seen.text += next.text;
      at += next.bytes;
    }
    return seen;
  }

 private:
  void insert(std::string_view typed) {
    text_.insert(cursor_, typed);
    cursor_ += typed.size();
  }

  void erase_from(std::size_t begin) {
    text_.erase(begin, cursor_ - begin);
    cursor_ = begin;
  }

  /// As shells have them: to the begin, to the end, erase to the end, to the begin, the word.
  void command(std::string_view letter) {
    if (letter == "a") cursor_ = 0;
    if (letter == "e") cursor_ = text_.size();
    if (letter == "k") text_.erase(cursor_);
    if (letter == "u") erase_from(0);
    if (letter == "w") erase_from(word_before());
  }

  [[nodiscard]] std::size_t after(std::size_t at) const {
    return at < text_.size() ? at + next_glyph(text_, at, set_).bytes : at;
  }

  [[nodiscard]] std::size_t before(std::size_t at) const {
    std::size_t begin = 0;
    for (std::size_t next = after(0); next < at; next = after(next)) begin = next;
    return begin;
  }

  [[nodiscard]] std::size_t word_before() const {
    std::size_t begin = std::string_view(text_).substr(0, cursor_).find_last_not_of(' ');
    if (begin == std::string::npos) return 0;
    begin = std::string_view(text_).substr(0, begin).find_last_of(' ');
    return begin == std::string::npos ? 0 : begin + 1;
  }

  [[nodiscard]] int columns_between(std::size_t begin, std::size_t end) const {
    return columns_of(std::string_view(text_).substr(begin, end - begin), set_);
  }

  std::string text_;
  charset set_;
  std::size_t cursor_;
  std::size_t first_ = 0;  ///< the byte that is seen first
};

namespace detail {

inline void draw(terminal& screen, std::string_view prompt, edited_line& line) {
  int const columns = std::max(screen.size().columns - 1, 2);  // the last one wraps
  std::string const before = clip(prompt, columns / 2, screen.encoding());
  int const room = columns - columns_of(before, screen.encoding());
  auto const seen = line.view(room);
  screen.move_to_column(0);
  screen.write(before + seen.text);
  screen.clear_to_end_of_line();
  screen.move_to_column(columns - room + seen.cursor);
}

/// Where the cursor does not move.
inline std::optional<std::string> ask_line(terminal& screen,
                                           std::string_view prompt,
                                           std::string initial) {
  charset const set = screen.encoding();
  screen.write(shown(prompt, set));
  if (!initial.empty()) screen.write("[" + shown(initial, set) + "] ");
  auto line = screen.read_line();
  if (line && line->empty()) return initial;
  return line;
}

}  // namespace detail

/// The line that the person types after `prompt`, on the line of the cursor, beginning from
/// `initial`; empty where it was cancelled by Escape, Ctrl-C or the end of the input. Where the
/// cursor does not move, a line of input, of which an empty one keeps `initial`.
[[nodiscard]] inline std::optional<std::string> edit_line(terminal& screen,
                                                          std::string const& prompt,
                                                          std::string initial) {
  if (!screen.moves()) return detail::ask_line(screen, prompt, std::move(initial));
  edited_line line(std::move(initial), screen.encoding());
  std::optional<std::string> typed;
  for (bool done = false; !done;) {
    detail::draw(screen, prompt, line);
    key const pressed = screen.read_key();
    switch (pressed.what) {
      case key::kind::enter:
        typed = line.text();
        [[fallthrough]];
      case key::kind::escape:
      case key::kind::interrupt:
      case key::kind::end_of_input:
        done = true;
        break;
      default:
        line.press(pressed);
    }
  }
  screen.write("\n");
  return typed;
}

}  // namespace label
