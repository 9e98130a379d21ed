// SPDX-License-Identifier: Apache-2.0
/// @file
/// What a person can say of a row, as a key and as a word.
#pragma once

#include <alx/error.hpp>
#include <alx/journal/entry.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace label {

enum class action { answer, skip, abstain, undo, discard, edit, more, help, quit };

struct command {
  action what = action::skip;
  alx::label_t label = -1;  ///< of an answer
  std::string text{};       ///< of an edit
};

struct known_action {
  std::string_view key;
  std::string_view word;
  std::string_view meaning;
  action what;
};

inline constexpr std::array<known_action, 9> known_actions{{
    {" ", "skip", "not now: asked again when all others are", action::skip},
    {"0", "unclear", "nobody can tell: the row is set aside", action::abstain},
    {"-", "unclear", "the same, where 0 is a class", action::abstain},
    {"u", "undo", "takes back the last thing you did; any number of times", action::undo},
    {"d", "discard", "a bad row: no model learns from it", action::discard},
    {"e", "edit", "changes the text of the row", action::edit},
    {"m", "more", "shows the rest of a long row", action::more},
    {"?", "help", "shows this", action::help},
    {"q", "quit", "leaves; the same command goes on later", action::quit},
}};

/// What an action writes into a journal about the row that is shown; nothing for others.
[[nodiscard]] inline std::optional<alx::deed> deed_of(action what) {
  switch (what) {
    case action::answer:
      return alx::deed::answer;
    case action::skip:
      return alx::deed::skip;
    case action::abstain:
      return alx::deed::abstain;
    case action::discard:
      return alx::deed::discard;
    default:
      return std::nullopt;
  }
}

/// Keys and words for the classes of one labelling.
class vocabulary {
 public:
  /// A class whose name is a digit has that key. Others have the digits 1 to 9 by their place,
  /// where no class is called so, and their first letter where no other class and no command has
  /// it; those without either take free letters.
  ///
  /// **Throws.** `option_error` where there are more classes than keys.
  explicit vocabulary(std::vector<std::string> classes) : classes_(std::move(classes)) {
    for (auto const& known : known_actions) {
      keys_[std::string(known.key)] = {known.what, -1, {}};
    }
    bool const digits = std::any_of(classes_.begin(), classes_.end(), is_digit);
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      if (is_digit(classes_[c])) add(classes_[c], c);
      if (c < 9 && !digits) add(std::to_string(c + 1), c);
      auto const letter = first_letter(classes_[c]);
      auto const same = std::count_if(classes_.begin(), classes_.end(), [&](auto const& other) {
        return first_letter(other) == letter;
      });
      if (!letter.empty() && same == 1 && keys_.count(letter) == 0) add(letter, c);
    }
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      if (!shown_.count(c)) add(free_letter(), c);
    }
  }

  [[nodiscard]] std::vector<std::string> const& classes() const { return classes_; }

  /// What a key stands for; nothing for one that stands for nothing.
  [[nodiscard]] std::optional<command> of_key(std::string const& key) const {
    auto const found = keys_.find(lower(key));
    return found == keys_.end() ? std::nullopt : std::optional(found->second);
  }

  /// What a line stands for: a class by its name, a key, or a word; "edit", a blank and a text.
  [[nodiscard]] std::optional<command> of_line(std::string const& line) const {
    auto const named = std::find(classes_.begin(), classes_.end(), line);
    if (named != classes_.end()) {
      return command{action::answer, static_cast<alx::label_t>(named - classes_.begin()), {}};
    }
    if (line.rfind("edit ", 0) == 0) return command{action::edit, -1, line.substr(5)};
    for (auto const& known : known_actions) {
      if (line == known.word) return command{known.what, -1, {}};
    }
    return of_key(line);
  }

  /// "1", "2 or s".
  [[nodiscard]] std::string keys_of(std::size_t c) const {
    std::string out;
    for (auto const& key : shown_.at(c)) out += (out.empty() ? "" : " or ") + key;
    return out;
  }

  /// The key for rows that nobody can tell.
  [[nodiscard]] std::string unclear_key() const {
    return of_key("0")->what == action::abstain ? "0" : "-";
  }

  /// Words for a message: "ham, spam, skip, …".
  [[nodiscard]] std::string words() const {
    std::string out;
    for (auto const& name : classes_) out += name + ", ";
    for (auto const& known : known_actions) {
      if (known.key != "-") out += std::string(known.word) + ", ";
    }
    out.resize(out.size() - 2);
    return out;
  }

 private:
  static std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  }

  static bool is_digit(std::string const& name) {
    return name.size() == 1 && name[0] >= '0' && name[0] <= '9';
  }

  static std::string first_letter(std::string const& name) {
    bool const letter = !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) != 0;
    return letter ? lower(name.substr(0, 1)) : std::string();
  }

  void add(std::string const& key, std::size_t c) {
    keys_[key] = {action::answer, static_cast<alx::label_t>(c), {}};
    shown_[c].push_back(key);
  }

  [[nodiscard]] std::string free_letter() const {
    for (char c = 'a'; c <= 'z'; ++c) {
      std::string key(1, c);
      if (keys_.count(key) == 0) return key;
    }
    throw alx::option_error("--classes: " + std::to_string(classes_.size()) +
                            " classes are more than there are keys");
  }

  std::vector<std::string> classes_;
  std::map<std::string, command> keys_;
  std::map<std::size_t, std::vector<std::string>> shown_;
};

}  // namespace label
