// SPDX-License-Identifier: Apache-2.0
/// @file
/// Labels as Label Studio exports and imports them.
///
/// A project that takes and gives these files has this labelling configuration, with a Choice for
/// each class:
///
///     <View>
///       <Text name="text" value="$text"/>
///       <Choices name="label" toName="text" choice="single">
///         <Choice value="neg"/>
///         <Choice value="pos"/>
///       </Choices>
///     </View>
///
/// **Reference.** Label Studio's task format; its exports JSON and JSON_MIN.
#pragma once

#include <alx/journal/exchange/detail/json.hpp>
#include <alx/journal/exchange/record.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// A text that is a whole number as one, so that "7" and 7 stay apart.
inline std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  auto const* const end = text.data() + text.size();
  auto const [stop, failed] = std::from_chars(text.data(), end, value);
  if (failed != std::errc() || stop != end || std::to_string(value) != text) return std::nullopt;
  return value;
}

/// Who made an annotation: a number, or an object with an e-mail address.
inline std::string label_studio_user(exchange_json const& by) {
  if (!by.is_object()) return as_text(by);
  auto const& email = field(by, "email");
  return as_text(email.is_null() ? field(by, "id") : email);
}

/// The class that an annotation chose; nothing where it chose none.
inline std::optional<std::string> label_studio_choice(exchange_json const& result,
                                                      std::string const& place,
                                                      std::span<std::string const> classes) {
  if (result.is_null()) return std::nullopt;
  if (!result.is_array()) refuse_type(place, "result", result, "a list");
  std::vector<std::string> chosen;
  std::string other;
  for (auto const& one : result) {
    auto const& choices = field(field(one, "value"), "choices");
    if (choices.is_null()) {
      other = as_text(field(one, "type"));
      continue;
    }
    if (!choices.is_array()) refuse_type(place, "choices", choices, "a list");
    for (auto const& choice : choices) chosen.push_back(as_text(choice));
  }
  if (chosen.empty() && !other.empty()) {
    refuse(place, "has " + in_quotes(other) + " and no choices, and a class is wanted");
  }
  if (chosen.size() > 1 &&
      !classes.empty()) {  // another question of the same page may be among them
    auto const foreign = [&](std::string const& name) { return !is_among(name, classes); };
    chosen.erase(std::remove_if(chosen.begin(), chosen.end(), foreign), chosen.end());
  }
  if (chosen.size() > 1) {
    refuse(place, "chose " + exchange_json(chosen).dump() + ", and one class is wanted");
  }
  return chosen.empty() ? std::nullopt : std::optional(chosen.front());
}

/// Takes the first of `people` of this user away; what is left of it is null.
inline exchange_json take_person(exchange_json& people, std::string const& user) {
  for (auto& one : people) {
    if (!one.is_object() || as_text(field(one, "user")) != user) continue;
    return std::exchange(one, nullptr);
  }
  return {};
}

inline exchange_record label_studio_annotation(exchange_json const& annotation,
                                               exchange_record record,
                                               exchange_json& people,
                                               std::span<std::string const> classes) {
  std::string const place = record.place;
  if (!annotation.is_object())
    refuse(place, std::string("of type ") + annotation.type_name() + ", and an object is wanted");
  auto const& cancelled = field(annotation, "was_cancelled");
  if (!cancelled.is_null() && !cancelled.is_boolean()) {
    refuse_type(place, "was_cancelled", cancelled, "true or false");
  }
  record.user = label_studio_user(field(annotation, "completed_by"));
  read_alx(take_person(people, record.user), record);
  record.time = moment(annotation, "created_at", place);
  record.seconds = number(annotation, "lead_time", place);
  if (cancelled.is_boolean() && cancelled.get<bool>()) {
    if (record.what != deed::discard) record.what = deed::skip;
    return record;
  }
  auto const label = label_studio_choice(field(annotation, "result"), place, classes);
  record.what = label ? deed::answer : deed::abstain;
  record.label = label.value_or("");
  return record;
}

inline void label_studio_task(placed_json const& task,
                              std::span<std::string const> classes,
                              std::vector<exchange_record>& out) {
  auto const& data = field(task.value, "data");
  if (!data.is_object()) refuse_type(task.place, "data", data, "an object");
  exchange_record record{.id = as_text(field(task.value, "id")), .place = task.place};
  auto const& alx = field(field(task.value, "meta"), "alx");
  if (alx.is_object() && alx.contains("id")) record.id = as_text(field(alx, "id"));
  exchange_json people = field(alx, "people");
  read_data(data, record, [](std::string_view) { return false; });
  for (char const* const name : {"annotations", "completions"}) {  // the second before 1.0
    auto const& all = field(task.value, name);
    if (all.is_null()) continue;
    if (!all.is_array()) refuse_type(task.place, name, all, "a list");
    for (std::size_t i = 0; i < all.size(); ++i) {
      record.place = task.place + ", annotation " + std::to_string(i + 1);
      out.push_back(label_studio_annotation(all[i], record, people, classes));
    }
  }
}

inline bool is_json_min_field(std::string_view name) {
  constexpr std::array<std::string_view, 9> known = {"id",
                                                     "annotator",
                                                     "annotation_id",
                                                     "created_at",
                                                     "updated_at",
                                                     "lead_time",
                                                     "agreement",
                                                     "alx",
                                                     "was_cancelled"};
  return std::find(known.begin(), known.end(), name) != known.end();
}

/// The column of JSON_MIN that names a class: the one with most values among the classes or, where
/// they are not known, the one called "label" or else the last: what was shown comes first.
inline std::string json_min_label(std::vector<placed_json> const& rows,
                                  std::span<std::string const> classes) {
  std::vector<std::string> names;
  std::map<std::string, std::size_t> known;
  for (auto const& row : rows) {
    std::vector<std::string> here;
    for (auto const& [name, value] : row.value.items()) {
      if (is_json_min_field(name)) continue;
      bool const several = value.is_object() && value.contains("choices");
      if (!value.is_string() && !several) continue;
      here.push_back(name);
      if (value.is_string() && is_among(value.get_ref<std::string const&>(), classes)) {
        ++known[name];
      }
    }
    if (here.size() > names.size()) names = std::move(here);
  }
  auto const more = [](auto const& a, auto const& b) { return a.second < b.second; };
  auto const most = std::max_element(known.begin(), known.end(), more);
  if (most != known.end()) return most->first;
  if (is_among("label", names)) return "label";
  return names.size() > 1 ? names.back() : std::string();
}

/// The flat rows of JSON_MIN: what was shown, the choice, and who, when and how long.
inline void json_min_records(std::vector<placed_json> const& rows,
                             std::string const& source,
                             std::span<std::string const> classes,
                             std::vector<exchange_record>& out) {
  auto const label = json_min_label(rows, classes);
  if (label.empty() && !rows.empty())
    refuse(source, "no task has 'data', and no column is a choice");
  for (auto const& row : rows) {
    exchange_record record{.id = as_text(field(row.value, "id")), .place = row.place};
    record.user = label_studio_user(field(row.value, "annotator"));
    record.time = moment(row.value, "created_at", row.place);
    record.seconds = number(row.value, "lead_time", row.place);
    for (auto const& [name, value] : row.value.items()) {
      if (name != label && !is_json_min_field(name)) record.data.emplace_back(name, as_text(value));
    }
    auto const& chosen = field(row.value, label.c_str());
    auto const& list = chosen.is_object() ? field(chosen, "choices") : chosen;
    auto const one = only_label(list, label.c_str(), row.place);
    record.what = one ? deed::answer : deed::abstain;
    record.label = one.value_or("");
    out.push_back(std::move(record));
  }
}

inline exchange_json label_studio_result(std::string const& label) {
  exchange_json value = {{"choices", exchange_json::array({label})}};
  return exchange_json::array({{{"from_name", "label"},
                                {"to_name", "text"},
                                {"type", "choices"},
                                {"value", std::move(value)}}});
}

/// What the newest of the models that were asked made of a task; null where none was.
inline exchange_json label_studio_prediction(std::span<exchange_record const> records,
                                             std::span<std::string const> classes) {
  exchange_record const* newest = nullptr;
  for (auto const& record : records) {
    bool const asked = !record.opinion.empty() && record.opinion.size() == classes.size();
    if (asked && (newest == nullptr || record.model > newest->model)) newest = &record;
  }
  if (newest == nullptr) return {};
  auto const& opinion = newest->opinion;
  auto const best = std::max_element(opinion.begin(), opinion.end());
  auto const& label = classes[static_cast<std::size_t>(best - opinion.begin())];
  return {{"model_version", "alx " + std::to_string(newest->model)},
          {"score", *best},
          {"result", label_studio_result(label)}};
}

/// The task of records of one row.
inline exchange_json label_studio_task(std::span<exchange_record const> records,
                                       std::span<std::string const> classes) {
  exchange_json task = exchange_json::object();
  if (auto const id = whole_number(records.front().id)) task["id"] = *id;
  task["data"] = exchange_json::object();
  for (auto const& [name, value] : records.front().data) task["data"][name] = value;
  task["annotations"] = exchange_json::array();
  exchange_json people = exchange_json::array();
  for (auto const& record : records) {
    exchange_json one = exchange_json::object();
    auto const number = whole_number(record.user);
    if (number) one["completed_by"] = *number;
    if (!number && !record.user.empty()) one["completed_by"] = {{"email", record.user}};
    bool const answered = record.what == deed::answer;
    one["result"] = answered ? label_studio_result(record.label) : exchange_json::array();
    one["was_cancelled"] = record.what == deed::skip || record.what == deed::discard;
    one["created_at"] = iso_time(record.time);
    one["lead_time"] = record.seconds;
    task["annotations"].push_back(std::move(one));
    exchange_json person = {{"user", record.user}};
    put_reasons(person, record);
    people.push_back(std::move(person));
  }
  auto prediction = label_studio_prediction(records, classes);
  if (!prediction.is_null()) task["predictions"] = exchange_json::array({std::move(prediction)});
  task["meta"]["alx"] = {{"id", records.front().id}, {"people", std::move(people)}};
  return task;
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0 {

/// A list of tasks, one a line: records of one row that follow each other are one task's
/// annotations.
///
/// A skip and a discard are annotations with `was_cancelled`, an abstention is one without a
/// choice. The task's `meta`, which Label Studio keeps, has the row's number and, of each person,
/// what tells discards from skips and what the model thought; the newest model's opinion is the
/// task's prediction, too. Users whose name is a number are written as Label Studio's numbers, the
/// others as e-mail addresses: it takes only users that it knows.
///
/// **Throws.** `data_error` naming the record with a text that is not UTF-8.
[[nodiscard]] inline std::string to_label_studio(std::span<exchange_record const> records,
                                                 std::span<std::string const> classes) {
  std::string out = "[";
  for (std::size_t begin = 0; begin < records.size();) {
    std::size_t end = begin + 1;
    while (end < records.size() && records[end].id == records[begin].id &&
           records[end].data == records[begin].data) {
      ++end;
    }
    auto const task = detail::label_studio_task(records.subspan(begin, end - begin), classes);
    auto line = detail::json_line(task, begin);
    line.pop_back();
    out += (begin == 0 ? "\n" : ",\n") + line;
    begin = end;
  }
  return out + "\n]\n";
}

/// Reads the exports JSON (a list of tasks, or one) and JSON_MIN.
///
/// `was_cancelled` is a skip, an annotation without a choice an abstention; a task without
/// annotations gives no record. Each key of `data` is a column. Several choices are narrowed to
/// the `classes`, if these are known. Predictions are not read: they have no probability of each
/// class.
///
/// **Throws.** `data_error` naming the task and annotation of several classes, of results that are
/// no choices; the field of a wrong type; the byte of what is no JSON.
[[nodiscard]] inline std::vector<exchange_record> from_label_studio(
    std::string_view bytes, std::string const& source, std::span<std::string const> classes) {
  auto parsed = detail::parse_json(detail::without_mark(bytes), source);
  if (parsed.is_object()) parsed = detail::exchange_json::array({std::move(parsed)});
  if (!parsed.is_array()) detail::refuse(source, "no list of tasks");
  std::vector<detail::placed_json> tasks;
  bool full = false;
  for (auto& task : parsed) {
    std::string place = source + ": task " + std::to_string(tasks.size() + 1);
    if (!task.is_object())
      detail::refuse(place,
                     std::string("of type ") + task.type_name() + ", and an object is wanted");
    full = full || task.contains("data");
    tasks.push_back({std::move(task), std::move(place)});
  }
  std::vector<exchange_record> out;
  if (!full) {
    detail::json_min_records(tasks, source, classes, out);
    return out;
  }
  for (auto const& task : tasks) {
    if (task.value.contains("data")) detail::label_studio_task(task, classes, out);
  }
  return out;
}

}  // namespace alx::inline v0
