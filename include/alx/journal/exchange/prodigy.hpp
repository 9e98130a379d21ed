// SPDX-License-Identifier: Apache-2.0
/// @file
/// Labels as Prodigy's database gives and takes them (`db-out`, `db-in`).
///
/// **Reference.** Prodigy's annotation interfaces "choice" and "classification".
#pragma once

#include <alx/journal/exchange/detail/json.hpp>
#include <alx/journal/exchange/record.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// What is neither data nor of interest.
inline bool is_prodigy_field(std::string_view name) {
  constexpr std::array<std::string_view, 10> known = {"label",
                                                      "options",
                                                      "accept",
                                                      "answer",
                                                      "spans",
                                                      "tokens",
                                                      "config",
                                                      "score",
                                                      "priority",
                                                      "alx"};
  return name.substr(0, 1) == "_" || std::find(known.begin(), known.end(), name) != known.end();
}

/// What no column of a row may be called that stands beside the text: Prodigy would show it.
inline bool clashes_in_prodigy(std::string_view name) {
  constexpr std::array<std::string_view, 6> shown = {
      "meta", "html", "image", "audio", "video", "style"};
  return is_prodigy_field(name) || std::find(shown.begin(), shown.end(), name) != shown.end();
}

/// The class that the chosen option stands for: its id or, where only that is a class, its text.
inline std::string option_label(exchange_json const& options,
                                std::string const& chosen,
                                std::span<std::string const> classes) {
  if (is_among(chosen, classes)) return chosen;
  for (auto const& option : options) {
    if (!option.is_object() || as_text(field(option, "id")) != chosen) continue;
    auto text = as_text(field(option, "text"));
    if (is_among(text, classes)) return text;
  }
  return chosen;
}

/// What a yes or no to one label says of the row: another class is known only where there are two.
inline std::optional<std::string> yes_or_no(std::string const& label,
                                            bool yes,
                                            std::span<std::string const> classes) {
  if (yes) return label;
  if (classes.size() != 2 || !is_among(label, classes)) return std::nullopt;
  return classes[0] == label ? classes[1] : classes[0];
}

/// Who and when: the tool's own fields, unless they say the same as `alx`, only less exactly.
inline void read_prodigy_origin(exchange_json const& object, exchange_record& record) {
  for (char const* const name : {"_session_id", "_annotator_id"}) {
    auto const& user = field(object, name);
    if (!user.is_null()) record.user = as_text(user);
  }
  if (field(object, "_timestamp").is_null()) return;
  auto const time = moment(object, "_timestamp", record.place);
  auto const fraction = record.time - time;
  if (fraction < 0 || fraction >= 1000) record.time = time;
}

inline void prodigy_record(placed_json const& line,
                           std::span<std::string const> classes,
                           std::vector<exchange_record>& out) {
  exchange_json const& object = line.value;
  bool const choice = object.contains("options") || object.contains("accept");
  auto const accepted = only_label(field(object, "accept"), "accept", line.place);
  auto const& answered = field(object, "answer");
  if (answered.is_null() && !accepted) return;  // not answered yet
  std::string const answer = answered.is_null() ? "accept" : as_text(answered);
  if (answer != "accept" && answer != "reject" && answer != "ignore") {
    refuse(line.place, "'answer' is " + in_quotes(answer) + ", not accept, reject or ignore");
  }
  exchange_record record{.place = line.place};
  read_alx(field(object, "alx"), record);
  read_data(object, record, is_prodigy_field);
  read_prodigy_origin(object, record);
  std::optional<std::string> label;
  if (choice) {
    if (accepted && answer == "accept") {
      label = option_label(field(object, "options"), *accepted, classes);
    }
  } else if (answer != "ignore") {
    auto const& asked = field(object, "label");
    if (asked.is_null()) refuse(line.place, "neither 'accept' nor 'label' names a class");
    if (!asked.is_string()) refuse_type(line.place, "label", asked, "a string");
    label = yes_or_no(asked.get<std::string>(), answer == "accept", classes);
  }
  if (label) {
    record.what = deed::answer;
    record.label = *label;
  } else if (answer != "ignore") {
    record.what = deed::abstain;
  } else if (record.what == deed::answer) {
    record.what = deed::skip;
  }
  out.push_back(std::move(record));
}

/// The choices that everybody had: the classes or, where they are not known, every label there is.
inline exchange_json prodigy_options(std::span<exchange_record const> records,
                                     std::span<std::string const> classes) {
  std::vector<std::string> names(classes.begin(), classes.end());
  for (auto const& record : records) {
    if (!classes.empty()) break;
    if (record.what == deed::answer && !is_among(record.label, names))
      names.push_back(record.label);
  }
  exchange_json options = exchange_json::array();
  for (auto const& name : names) options.push_back({{"id", name}, {"text", name}});
  return options;
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0 {

/// One line a record, of the interface "choice": `{"text": …, "options": [{"id": "pos", "text":
/// "pos"}, …], "accept": ["pos"], "answer": "accept", "_view_id": "choice", "_annotator_id": …,
/// "_timestamp": seconds, "alx": {…}}`, other columns beside the text.
///
/// Abstentions, skips and discards are "ignore", which no model learns from; `alx` tells them
/// apart. Prodigy keeps fields that it does not know. They are not in `meta`, which it shows to
/// whoever labels: the model's opinion is not theirs to see.
///
/// **Throws.** `data_error` naming the record with a text that is not UTF-8.
[[nodiscard]] inline std::string to_prodigy(std::span<exchange_record const> records,
                                            std::span<std::string const> classes) {
  auto const options = detail::prodigy_options(records, classes);
  std::string out;
  for (std::size_t i = 0; i < records.size(); ++i) {
    exchange_record const& record = records[i];
    bool const answered = record.what == deed::answer;
    detail::exchange_json line = detail::exchange_json::object();
    detail::exchange_json alx = {
        {"id", record.id}, {"time", detail::iso_time(record.time)}, {"seconds", record.seconds}};
    detail::put_reasons(alx, record);
    detail::put_data(line, alx, record, detail::clashes_in_prodigy);
    line["options"] = options;
    line["accept"] = detail::exchange_json::array();
    if (answered) line["accept"].push_back(record.label);
    line["answer"] = answered ? "accept" : "ignore";
    line["_view_id"] = "choice";
    line["_annotator_id"] = record.user;
    line["_timestamp"] = (record.time - (record.time % 1000 + 1000) % 1000) / 1000;
    line["alx"] = std::move(alx);
    out += detail::json_line(line, i);
  }
  return out;
}

/// Reads JSONL or a JSON list of the interfaces "choice" and "classification".
///
/// "ignore" is a skip. An accepted choice of no option is an abstention, and so is a rejected
/// choice. A rejected label is the other class where there are two classes, otherwise an
/// abstention. What nobody answered gives no record.
///
/// **Throws.** `data_error` naming the line of what is no JSON, several accepted options, an
/// unknown answer; the field of a wrong type.
[[nodiscard]] inline std::vector<exchange_record> from_prodigy(
    std::string_view bytes, std::string const& source, std::span<std::string const> classes) {
  std::vector<exchange_record> out;
  for (auto const& line : detail::json_objects(bytes, source)) {
    detail::prodigy_record(line, classes, out);
  }
  return out;
}

}  // namespace alx::inline v0
