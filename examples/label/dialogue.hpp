// SPDX-License-Identifier: Apache-2.0
/// @file
/// Labelling at a terminal: one row at a time, one key an answer.
#pragma once

#include <alx/error.hpp>
#include <alx/journal/entry.hpp>

#include "commands.hpp"
#include "desk.hpp"
#include "line_editor.hpp"
#include "status.hpp"
#include "terminal.hpp"
#include "text_width.hpp"
#include "wake.hpp"
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace label {

/// What a screen shows besides the question.
struct caption {
  std::string title;    ///< of the data
  double target = 0.9;  ///< accuracy aimed at
};

class dialogue {
 public:
  dialogue(desk& at, terminal& screen, vocabulary const& words, caption titles, wake const& learnt)
      : desk_(&at),
        screen_(&screen),
        words_(&words),
        titles_(std::move(titles)),
        learnt_(&learnt) {}

  /// Until the person leaves. Leaves the cursor below the last line.
  void run() {
    note_ = "? shows all keys.";
    begin_question();
    do {
      draw();
    } while (act_on(screen_->read_key(std::nullopt, learnt_->descriptor())));
    screen_->write("\n");
    screen_->flush();
  }

 private:
  using clock = std::chrono::steady_clock;

  void begin_question() {
    shown_at_ = clock::now();
    first_line_ = 0;
  }

  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(clock::now() - shown_at_).count();
  }

  /// False where the person leaves.
  bool act_on(key const& pressed) {
    redraw_all_ = true;
    switch (pressed.what) {
      case key::kind::woken:
        learnt_->drain();
        redraw_all_ = screen_->moves();
        return true;
      case key::kind::end_of_input:
      case key::kind::interrupt:
        return false;
      case key::kind::backspace:
        return act_on(command{action::undo, -1, {}});
      case key::kind::down:
      case key::kind::page_down:
        return act_on(command{action::more, -1, {}});
      case key::kind::character:
        break;
      default:
        redraw_all_ = pressed.what == key::kind::resized;
        return true;
    }
    if (auto const said = words_->of_key(pressed.text)) return act_on(*said);
    note_ = "'" + shown(pressed.text, screen_->encoding()) + "' is no key here; ? shows all.";
    return true;
  }

  bool act_on(command const& said) {
    if (said.what == action::quit) return false;
    if (said.what == action::help) return show_help();
    if (said.what == action::more) {
      first_line_ = more_ ? first_line_ + body_rows_ : 0;
      return true;
    }
    if (!desk_->open() && said.what != action::undo) return true;
    auto const begin = clock::now();
    try {
      decide(said);
    } catch (alx::data_error const& why) {
      note_ = "NOT KEPT: " + std::string(why.what()) + ". Press the key again when that is mended.";
    }
    return clock::now() - begin < std::chrono::milliseconds(300) || forget_keys();
  }

  /// What was typed while nothing could be shown was for a row that nobody has seen. False where
  /// the person leaves.
  bool forget_keys() {
    for (;;) {
      auto const pressed = screen_->read_key(std::chrono::milliseconds(0));
      if (pressed.what == key::kind::timeout) return true;
      bool const leaves =
          pressed.what == key::kind::interrupt || pressed.what == key::kind::end_of_input;
      if (leaves) return false;
    }
  }

  void decide(command const& said) {
    if (said.what == action::undo) {
      note_ = desk_->undo() ? "Taken back." : "There is nothing to take back.";
      return begin_question();
    }
    if (said.what == action::edit) return edit();
    auto const row = "row " + std::to_string(desk_->open()->row + 1);
    desk_->decide(*deed_of(said.what), said.label, seconds());
    note_ = said.what == action::answer
                ? "Kept: " + row + " " + words_->classes()[static_cast<std::size_t>(said.label)]
            : said.what == action::skip    ? "Skipped for now: " + row
            : said.what == action::discard ? "DISCARDED: " + row
                                           : "Set aside, unclear: " + row;
    note_ += " (u takes it back).";
    begin_question();
  }

  void edit() {
    if (!desk_->what().is_text) {
      note_ = "Only texts can be edited.";
      return;
    }
    auto const row = desk_->open()->row;
    auto const before = desk_->what().show(row, desk_->known(), nullptr).front().second;
    screen_->write("\n");
    auto const after = edit_line(*screen_, "text: ", before);
    note_ = "Not changed.";
    if (!after || *after == before) return;
    desk_->edit(*after, seconds());
    note_ = "Changed (u takes it back).";
    begin_question();
  }

  bool show_help() {
    screen_->clear_screen();
    std::string text = "Each key is an answer, on disk before the next row is shown.\n\n";
    for (std::size_t c = 0; c < words_->classes().size(); ++c) {
      text += "  " + padded(words_->keys_of(c)) + words_->classes()[c] + "\n";
    }
    for (auto const& known : known_actions) {
      if (known.what == action::edit && !desk_->what().is_text) continue;
      if (known.what == action::abstain && known.key != words_->unclear_key()) continue;
      auto const name = known.key == " " ? std::string("space") : std::string(known.key);
      text += "  " + padded(name) + std::string(known.meaning) + "\n";
    }
    if (!desk_->known().reserved().empty()) {
      text +=
          "\nOne row in four is drawn at random: no model learns from it, and by those rows the "
          "accuracy is estimated.\n";
    }
    text += "\nPress any key to go on.\n";
    for (auto const& line : wrap(text, columns(), screen_->encoding())) {
      screen_->write(line + "\n");
    }
    auto pressed = screen_->read_key();
    while (pressed.what == key::kind::resized) pressed = screen_->read_key();
    redraw_all_ = true;
    return pressed.what != key::kind::end_of_input && pressed.what != key::kind::interrupt;
  }

  static std::string padded(std::string text) {
    if (text.size() < 10) text.resize(10, ' ');
    return text + " ";
  }

  /// Lines are not longer than what is read with ease.
  [[nodiscard]] int columns() const { return std::clamp(screen_->size().columns - 1, 10, 100); }

  /// The row as lines: a text, or "name: value" a column.
  [[nodiscard]] std::vector<std::string> body() const {
    if (!desk_->open()) return {"Every row was answered."};
    std::vector<std::string> lines;
    auto const row = desk_->open()->row;
    for (auto const& [name, value] :
         desk_->what().show(row, desk_->known(), desk_->chooser().get())) {
      auto const text = name.empty() ? value : name + ": " + (value.empty() ? "(missing)" : value);
      for (auto const& line : wrap(text, columns(), screen_->encoding())) lines.push_back(line);
    }
    return lines;
  }

  /// What each key does, as many on a line as fit.
  [[nodiscard]] std::vector<std::string> key_lines() const {
    std::vector<std::string> parts;
    for (std::size_t c = 0; c < words_->classes().size(); ++c) {
      parts.push_back("[" + words_->keys_of(c) + "] " +
                      clip(words_->classes()[c], 24, screen_->encoding()));
    }
    parts.insert(
        parts.end(),
        {"[space] skip", "[" + words_->unclear_key() + "] unclear", "[u]ndo", "[d]iscard"});
    if (desk_->what().is_text) parts.emplace_back("[e]dit");
    parts.insert(parts.end(), {"[?] help", "[q]uit"});
    if (!desk_->open()) parts = {"[u]ndo", "[q]uit"};
    std::vector<std::string> lines = {{}};
    for (auto const& part : parts) {
      auto const width = columns_of(lines.back() + "  " + part, screen_->encoding());
      if (!lines.back().empty() && width > columns()) lines.emplace_back();
      lines.back() += (lines.back().empty() ? "" : "  ") + part;
    }
    return lines;
  }

  [[nodiscard]] std::vector<std::string> footer() const {
    std::vector<std::string> lines;
    auto const add = [&](std::string const& text) {
      for (auto const& line : wrap(text, columns(), screen_->encoding())) lines.push_back(line);
    };
    if (auto const& open = desk_->open()) {
      add("why: " + why_text(*open, desk_->chooser().get(), words_->classes()));
    }
    for (auto const& line : key_lines()) lines.push_back(line);
    for (auto const& line : status_lines(desk_->known(), desk_->newest().get(), titles_.target)) {
      add(line);
    }
    if (!note_.empty()) add(note_);
    return lines;
  }

  /// The whole screen; where the cursor does not move, the question below what was there.
  void draw() {
    if (!redraw_all_) return;
    auto const set = screen_->encoding();
    auto const rule = std::string(static_cast<std::size_t>(columns()), '-');
    auto const last = footer();
    auto const lines = body();
    int const height = screen_->moves() ? screen_->size().rows : 24;
    body_rows_ = std::max<std::ptrdiff_t>(height - std::ssize(last) - 5, 3);
    if (first_line_ >= std::ssize(lines)) first_line_ = 0;
    auto const end = std::min<std::ptrdiff_t>(first_line_ + body_rows_, std::ssize(lines));
    more_ = end < std::ssize(lines);
    screen_->clear_screen();
    auto title = titles_.title + "  " + desk_->user();
    if (desk_->open()) {
      title += "  question " + std::to_string(desk_->known().live().size() + 1) + ", " +
               desk_->what().name(desk_->open()->row);
    }
    screen_->write(screen_->bold(clip(title, columns(), set)) + "\n" + rule + "\n");
    for (auto i = first_line_; i < end; ++i) {
      screen_->write(lines[static_cast<std::size_t>(i)] + "\n");
    }
    if (more_ || first_line_ > 0) {
      auto const left = std::ssize(lines) - end;
      screen_->write(screen_->dim(left > 0 ? "(m: " + program::count(left, "more line") + ")"
                                           : "(the end; m: from the beginning)") +
                     "\n");
    }
    screen_->write(rule + "\n");
    for (std::size_t i = 0; i < last.size(); ++i) {
      screen_->write(last[i]);
      if (i + 1 < last.size() || !screen_->moves()) screen_->write("\n");
    }
    screen_->flush();
  }

  desk* desk_;
  terminal* screen_;
  vocabulary const* words_;
  caption titles_;
  wake const* learnt_;
  std::string note_;
  clock::time_point shown_at_{};
  std::ptrdiff_t first_line_ = 0;
  std::ptrdiff_t body_rows_ = 10;
  bool more_ = false;
  bool redraw_all_ = true;
};

}  // namespace label
