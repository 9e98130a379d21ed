// SPDX-License-Identifier: Apache-2.0
/// @file
/// A session's state as text, for a file that a person can read.
#pragma once

#include <alx/detail/line_reader.hpp>
#include <alx/session_state.hpp>

#include <string>
#include <string_view>

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
  detail::line_reader lines{std::string(source), text};
  lines.next_line();
  if (lines.here() != detail::session_heading) {
    lines.refuse("expected '" + std::string(detail::session_heading) + "'");
  }
  session_state state;
  detail::each_session_field(state, [&]<class T>(std::string_view name, T& value) {
    lines.next_line();
    if (lines.here().ends_with(' ')) lines.refuse("ends with a blank");
    if (lines.word() != name) lines.refuse("expected '" + std::string(name) + "'");
    if constexpr (requires { typename T::value_type; }) {
      while (!lines.here().empty()) value.push_back(lines.number<typename T::value_type>());
    } else {
      value = lines.number<T>();
      if (!lines.here().empty()) lines.refuse("'" + std::string(name) + "' is not one number");
    }
  });
  return state;
}

}  // namespace alx::inline v0
