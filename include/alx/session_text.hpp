// SPDX-License-Identifier: Apache-2.0
/// @file
/// A session's state as text, for a file that a person can read.
#pragma once

#include <alx/error.hpp>
#include <alx/session_state.hpp>

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

namespace alx::inline v0 {

namespace detail {

/// Calls `field(name, value)` for each field of a state, in the order of the text.
template <class State, class Field>
void each_session_field(State& state, Field&& field) {
  field("seed", state.seed);
  field("rows", state.rows);
  field("round", state.round);
  field("next_ticket", state.next_ticket);
  field("labelled", state.labelled);
  field("labels", state.labels);
  field("set_aside", state.set_aside);
  field("open_ticket", state.open_ticket);
  field("open", state.open);
}

inline constexpr std::string_view session_heading = "alx session 1";

/// Takes one line after the other off a text, and whole numbers off a line.
class session_reader {
 public:
  session_reader(std::string_view text, std::string_view source) : text_(text), source_(source) {}

  std::string_view line() {
    ++number_;
    std::size_t const end = text_.find('\n');
    if (end == std::string_view::npos) fail("the text ends too early");
    std::string_view const taken = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return taken;
  }

  /// The numbers of a line `name 1 2 3`.
  template <class T>
  std::vector<T> numbers(std::string_view name) {
    std::string_view rest = line();
    if (rest.substr(0, name.size()) != name) fail("expected '" + std::string(name) + "'");
    rest.remove_prefix(name.size());
    std::vector<T> values;
    while (!rest.empty()) {
      T value{};
      if (rest.front() != ' ') fail("expected a space after '" + std::string(name) + "'");
      auto const [end, status] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), value);
      if (status != std::errc{}) fail("'" + std::string(name) + "' has a value that is no number");
      values.push_back(value);
      rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    }
    return values;
  }

  [[noreturn]] void fail(std::string const& what) const {
    throw data_error(std::string(source_) + ", line " + std::to_string(number_) + ": " + what);
  }

 private:
  std::string_view text_;
  std::string_view source_;
  int number_ = 0;
};

}  // namespace detail

/// The state as text: a heading, then one line `name values…` for each field.
[[nodiscard]] inline std::string to_text(session_state const& state) {
  std::string text(detail::session_heading);
  text += '\n';
  detail::each_session_field(state, [&](std::string_view name, auto const& value) {
    text += name;
    if constexpr (requires { value.begin(); }) {
      for (auto const one : value) text += ' ' + std::to_string(one);
    } else {
      text += ' ' + std::to_string(value);
    }
    text += '\n';
  });
  return text;
}

/// The state that `text` says; `source` names it in errors.
///
/// **Throws.** `data_error` naming the source and the line.
[[nodiscard]] inline session_state parse_session_state(std::string_view text,
                                                       std::string_view source) {
  detail::session_reader reader(text, source);
  if (reader.line() != detail::session_heading) {
    reader.fail("expected '" + std::string(detail::session_heading) + "'");
  }
  session_state state;
  detail::each_session_field(state, [&]<class T>(std::string_view name, T& value) {
    if constexpr (requires { typename T::value_type; }) {
      value = reader.numbers<typename T::value_type>(name);
    } else {
      auto const values = reader.numbers<T>(name);
      if (values.size() != 1) reader.fail("'" + std::string(name) + "' is not one number");
      value = values.front();
    }
  });
  return state;
}

}  // namespace alx::inline v0
