// SPDX-License-Identifier: Apache-2.0
/// @file
/// Labelling without a terminal: answers are lines of the standard input, so that a program or a
/// file can give them.
///
/// Of each question a line `ask QUESTION row ROW WHY: TEXT` is written, of each answer
/// `kept ENTRY row ROW WHAT` once it is on disk; rows are numbered from 1.
#pragma once

#include <alx/error.hpp>
#include <alx/journal/entry.hpp>

#include "commands.hpp"
#include "desk.hpp"
#include "status.hpp"
#include "terminal.hpp"
#include "text_width.hpp"
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace label {

class script {
 public:
  script(desk& at, terminal& screen, vocabulary const& words, double target)
      : desk_(&at), screen_(&screen), words_(&words), target_(target) {}

  /// Until the input ends or says `quit`.
  ///
  /// **Throws.** `data_error` where an answer cannot be kept, or a line is no class and no command.
  void run() {
    for (;;) {
      if (desk_->open()) {
        ask(*desk_->open());
      } else {
        say("every row was answered");
      }
      auto const line = screen_->read_line();
      if (!line) break;
      if (line->empty()) continue;
      auto const said = words_->of_line(*line);
      if (!said) {
        throw alx::data_error("standard input: '" + *line +
                              "' is no class and no command; there are " + words_->words());
      }
      if (said->what == action::quit) break;
      do_as_told(*said);
    }
    screen_->flush();
  }

 private:
  using clock = std::chrono::steady_clock;

  void ask(question const& open) {
    shown_ = clock::now();
    std::string text;
    for (auto const& [name, value] :
         desk_->what().show(open.row, desk_->known(), desk_->chooser().get())) {
      text.append(text.empty() ? "" : " ").append(name).append(name.empty() ? "" : "=");
      text += value;
    }
    say("ask " + std::to_string(desk_->kept().entries().size() + 1) + " row " +
        std::to_string(open.row + 1) + " " + std::string(name_of(open.why)) + ": " +
        shown(text, charset::utf8));
  }

  void do_as_told(command const& said) {
    std::chrono::duration<double> const took = clock::now() - shown_;
    if (said.what == action::help) return help();
    auto const what = deed_of(said.what);
    bool const is_edit = said.what == action::edit;
    if (said.what == action::undo) {
      if (!desk_->undo()) return say("nothing to undo");
    } else if (!desk_->open() || (!what && !is_edit)) {
      return;  // nothing to answer; or `more`, where all of the row is there
    } else if (is_edit) {
      if (!desk_->what().is_text) throw alx::data_error("edit: only texts can be edited");
      desk_->edit(said.text, took.count());
    } else {
      desk_->decide(*what, said.label, took.count());
    }
    auto const& last = desk_->kept().entries().back();
    say("kept " + std::to_string(last.number) + " row " + std::to_string(last.row + 1) + " " +
        (last.what == alx::deed::answer ? words_->classes()[static_cast<std::size_t>(last.label)]
                                        : std::string(name_of(last.what))));
  }

  void help() {
    say(words_->words());
    for (auto const& line : status_lines(desk_->known(), desk_->newest().get(), target_)) {
      say(line);
    }
  }

  void say(std::string const& line) {
    screen_->write(line + "\n");
    screen_->flush();
  }

  desk* desk_;
  terminal* screen_;
  vocabulary const* words_;
  double target_;
  clock::time_point shown_{};
};

}  // namespace label
