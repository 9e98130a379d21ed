// SPDX-License-Identifier: Apache-2.0
/// @file
/// `label --adjudicate`: somebody decides the rows on which answers differ.
#pragma once

#include <alx/error.hpp>
#include <alx/journal/journal.hpp>

#include "book.hpp"
#include "commands.hpp"
#include "subject.hpp"
#include "terminal.hpp"
#include "text_width.hpp"
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace label {

class adjudication {
 public:
  adjudication(subject const& what,
               alx::journal& kept,
               std::string user,
               terminal& screen,
               vocabulary const& words)
      : what_(&what), kept_(&kept), user_(std::move(user)), screen_(&screen), words_(&words) {}

  /// Each row once; skipped ones stay as they are. Returns how many were decided.
  std::size_t run(book const& known) {
    std::vector<std::size_t> decided;  // places among the rows
    auto const& rows = known.disagreements();
    for (std::size_t i = 0; i < rows.size();) {
      show(known, rows[i], std::to_string(i + 1) + " of " + std::to_string(rows.size()));
      auto const begin = std::chrono::steady_clock::now();
      auto const said = read();
      if (!said || said->what == action::quit) break;
      if (said->what == action::undo) {
        if (decided.empty()) continue;
        take_back();
        i = decided.back();
        decided.pop_back();
        continue;
      }
      auto const what = deed_of(said->what);
      if (!what) continue;  // help, more, edit: the row is there
      std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin;
      if (*what != alx::deed::skip) {
        keep(*what, said->label, rows[i], took.count());
        decided.push_back(i);
      }
      ++i;
    }
    screen_->write("\n");
    screen_->flush();
    return decided.size();
  }

 private:
  void line(std::string const& text) {
    auto const columns = std::max(screen_->size().columns - 1, 10);
    for (auto const& one : wrap(text, columns, screen_->encoding())) screen_->write(one + "\n");
  }

  void show(book const& known, alx::index_t row, std::string const& place) {
    screen_->clear_screen();
    line(place + ": " + what_->name(row));
    for (auto const& [name, value] : what_->show(row, known, nullptr)) {
      line((name.empty() ? std::string() : name + ": ").append(value));
    }
    for (auto const& one : known.ratings()) {
      if (one.row != row) continue;
      line("  " + known.people()[static_cast<std::size_t>(one.rater)] + " says " +
           words_->classes()[static_cast<std::size_t>(one.label)]);
    }
    std::string keys;
    for (std::size_t c = 0; c < words_->classes().size(); ++c) {
      keys += "[" + words_->keys_of(c) + "] " + words_->classes()[c] + "  ";
    }
    line(keys + "[space] leave open  [" + words_->unclear_key() +
         "] unclear  [d]iscard  [u]ndo  [q]uit");
    screen_->flush();
  }

  /// What is meant; nothing at the end of the input.
  std::optional<command> read() {
    for (;;) {
      std::optional<command> said;
      if (screen_->interactive()) {
        auto const pressed = screen_->read_key();
        bool const over =
            pressed.what == key::kind::end_of_input || pressed.what == key::kind::interrupt;
        if (over) return std::nullopt;
        if (pressed.what == key::kind::backspace) return command{action::undo, -1, {}};
        if (pressed.what != key::kind::character) continue;
        said = words_->of_key(pressed.text);
      } else {
        auto const typed = screen_->read_line();
        if (!typed) return std::nullopt;
        said = words_->of_line(*typed);
      }
      if (said) return said;
      line("no such key or word; there are " + words_->words());
      screen_->flush();
    }
  }

  void keep(alx::deed what, alx::label_t label, alx::index_t row, double seconds) {
    alx::journal_entry entry;
    entry.what = what;
    entry.label = what == alx::deed::answer ? label : -1;
    entry.row = row;
    entry.user = user_;
    entry.seconds = seconds;
    entry.why = alx::asked_for::adjudication;
    kept_->append(std::move(entry));
  }

  void take_back() {
    alx::journal_entry entry;
    entry.what = alx::deed::undo;
    auto const live = kept_->live();
    entry.row = live.back().row;
    entry.user = user_;
    entry.why = alx::asked_for::adjudication;
    entry.undone = live.back().number;
    kept_->append(std::move(entry));
  }

  subject const* what_;
  alx::journal* kept_;
  std::string user_;
  terminal* screen_;
  vocabulary const* words_;
};

}  // namespace label
