// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the JSON formats share: reading with complaints that name place and field, and `alx`, the
/// object that keeps what another tool has no field for.
#pragma once

#include <alx/data/detail/csv_parser.hpp>
#include <alx/error.hpp>
#include <alx/journal/exchange/detail/time.hpp>
#include <alx/journal/exchange/record.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

using exchange_json = nlohmann::ordered_json;

[[noreturn]] inline void refuse(std::string const& place, std::string const& why) {
  throw data_error(place + ": " + why);
}

/// The bytes without a byte-order mark and the blanks before what is in them.
inline std::string_view without_mark(std::string_view bytes) {
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF") bytes.remove_prefix(3);
  auto const begin = bytes.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view() : bytes.substr(begin);
}

/// **Throws.** `data_error` naming the line and byte of what is no JSON.
inline exchange_json parse_json(std::string_view bytes, std::string const& place) {
  constexpr int deepest = 100;
  auto const shallow = [&](int depth, exchange_json::parse_event_t, exchange_json&) {
    if (depth > deepest) refuse(place, "lists or objects within each other, over 100 deep");
    return true;
  };
  try {
    return exchange_json::parse(bytes.begin(), bytes.end(), shallow);
  } catch (exchange_json::parse_error const& why) {
    auto const before = bytes.substr(0, why.byte == 0 ? 0 : why.byte - 1);
    auto const line = std::count(before.begin(), before.end(), '\n') + 1;
    refuse(place,
           "not JSON at byte " + std::to_string(why.byte) +
               (line > 1 ? " (line " + std::to_string(line) + ")" : std::string()));
  } catch (exchange_json::exception const& why) {  // such as a number that no double holds
    refuse(place, std::string("not JSON that can be read: ") + why.what());
  }
}

/// An object of a file and where it stands there.
struct placed_json {
  exchange_json value;
  std::string place;
};

/// The objects of a list, or one a line.
///
/// **Throws.** `data_error` naming the line or the number of what is no object.
inline std::vector<placed_json> json_objects(std::string_view bytes, std::string const& source) {
  std::vector<placed_json> all;
  auto const add = [&](exchange_json value, std::string place) {
    if (!value.is_object())
      refuse(place, std::string("of type ") + value.type_name() + ", and an object is wanted");
    all.push_back({std::move(value), std::move(place)});
  };
  if (without_mark(bytes).substr(0, 1) == "[") {
    exchange_json list = parse_json(without_mark(bytes), source);
    std::size_t number = 0;
    for (auto& one : list) add(std::move(one), source + ": row " + std::to_string(++number));
    return all;
  }
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF") bytes.remove_prefix(3);
  for (index_t line = 1; !bytes.empty(); ++line) {
    auto const end = std::min(bytes.find('\n'), bytes.size());
    auto const here = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (here.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    std::string place = source + ": line " + std::to_string(line);
    exchange_json value = parse_json(here, place);
    add(std::move(value), std::move(place));
  }
  return all;
}

/// A field, or null.
inline exchange_json const& field(exchange_json const& object, char const* name) {
  static exchange_json const none;
  auto const found = object.find(name);
  return found == object.end() ? none : *found;
}

[[noreturn]] inline void refuse_type(std::string const& place,
                                     char const* name,
                                     exchange_json const& value,
                                     std::string_view wanted) {
  refuse(place,
         in_quotes(name) + " is of type " + value.type_name() + "; " + std::string(wanted) +
             " is wanted");
}

/// A value as text: a string itself, nothing for null, JSON for the rest.
inline std::string as_text(exchange_json const& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? std::string() : value.dump();
}

inline double number(exchange_json const& object, char const* name, std::string const& place) {
  auto const& value = field(object, name);
  if (value.is_null()) return 0.0;
  if (!value.is_number()) refuse_type(place, name, value, "a number");
  return value.get<double>();
}

/// Milliseconds of a text as `parse_time` reads it, or of a number of seconds; 0 for null.
inline std::int64_t moment(exchange_json const& object,
                           char const* name,
                           std::string const& place) {
  auto const& value = field(object, name);
  if (value.is_null()) return 0;
  if (value.is_number()) {
    double const milliseconds = std::round(value.get<double>() * 1000.0);
    if (std::abs(milliseconds) < 1e15) return static_cast<std::int64_t>(milliseconds);
    refuse(place, in_quotes(name) + " is " + value.dump() + ", no number of seconds since 1970");
  }
  if (!value.is_string()) refuse_type(place, name, value, "a time");
  auto const read = parse_time(value.get_ref<std::string const&>());
  if (!read) {
    refuse(place,
           in_quotes(name) + " is " + value.dump() + ", no time like 2026-11-23T09:42:15.123Z");
  }
  return *read;
}

/// The value that has this name.
template <class Enum, std::size_t N>
Enum named(std::string_view name,
           std::array<std::string_view, N> const& names,
           char const* what,
           std::string const& place) {
  auto const found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<Enum>(found - names.begin());
  refuse(place, in_quotes(what) + " is " + in_quotes(name) + ", which is unknown");
}

/// What a record can say of a row; the journal's other deeds are none of that.
inline deed deed_named(std::string_view name, std::string const& place) {
  return named<deed>(
      name, std::array{deed_names[0], deed_names[1], deed_names[2], deed_names[3]}, "deed", place);
}

/// What nobody but this library has a field for.
inline void put_reasons(exchange_json& alx, exchange_record const& record) {
  alx["deed"] = name_of(record.what);
  alx["why"] = name_of(record.why);
  alx["model"] = record.model;
  alx["opinion"] = record.opinion;
  alx["utility"] = record.utility;
}

/// Reads whatever is there of an `alx` object.
inline void read_alx(exchange_json const& alx, exchange_record& record) {
  std::string const& place = record.place;
  if (alx.is_null()) return;
  if (!alx.is_object()) refuse_type(place, "alx", alx, "an object");
  auto const& id = field(alx, "id");
  if (!id.is_null()) record.id = as_text(id);
  auto const& user = field(alx, "user");
  if (!user.is_null()) record.user = as_text(user);
  if (alx.contains("time")) record.time = moment(alx, "time", place);
  if (alx.contains("seconds")) record.seconds = number(alx, "seconds", place);
  if (alx.contains("deed")) record.what = deed_named(as_text(field(alx, "deed")), place);
  if (alx.contains("why")) {
    record.why = named<asked_for>(as_text(field(alx, "why")), asked_for_names, "why", place);
  }
  record.utility = number(alx, "utility", place);
  auto const& model = field(alx, "model");
  if (!model.is_null()) {
    if (!model.is_number_integer()) refuse_type(place, "model", model, "a whole number");
    record.model = model.get<std::int64_t>();
  }
  auto const& opinion = field(alx, "opinion");
  if (!opinion.is_null() && !opinion.is_array()) refuse_type(place, "opinion", opinion, "a list");
  for (auto const& one : opinion) {
    if (!one.is_number()) refuse_type(place, "opinion", one, "a number");
    record.opinion.push_back(one.get<double>());
  }
}

/// Whether a tool has a meaning of its own for a column of this name.
using reserved_name = bool (*)(std::string_view);

/// Writes the columns side by side with the tool's own fields, where the tool has a text to show
/// and no other meaning for their names; otherwise a text made of them, and them within `alx`.
inline void put_data(exchange_json& out,
                     exchange_json& alx,
                     exchange_record const& record,
                     reserved_name reserved) {
  bool plain = false;
  bool clash = false;
  for (auto const& column : record.data) {
    plain = plain || column.first == "text";
    clash = clash || reserved(column.first);
  }
  if (plain && !clash) {
    for (auto const& column : record.data) out[column.first] = column.second;
    return;
  }
  std::string text;
  exchange_json columns = exchange_json::array();
  for (auto const& column : record.data) {
    columns.push_back(exchange_json::array({column.first, column.second}));
    if (record.data.size() == 1) {
      text = column.second;
    } else {
      text += (text.empty() ? "" : "\n") + column.first + ": " + column.second;
    }
  }
  out["text"] = text;
  alx["columns"] = std::move(columns);
}

inline void read_data(exchange_json const& object,
                      exchange_record& record,
                      reserved_name reserved) {
  auto const& columns = field(field(object, "alx"), "columns");
  if (columns.is_null()) {
    for (auto const& [name, value] : object.items()) {
      if (!reserved(name)) record.data.emplace_back(name, as_text(value));
    }
    return;
  }
  for (auto const& one : columns) {
    if (!one.is_array() || one.size() != 2) {
      refuse_type(record.place, "columns", one, "a pair of a name and a value");
    }
    record.data.emplace_back(as_text(one[0]), as_text(one[1]));
  }
}

/// JSON in one line, and the line's end.
///
/// **Throws.** `data_error` naming the record where bytes are not UTF-8.
inline std::string json_line(exchange_json const& value, std::size_t record) {
  try {
    return value.dump() + '\n';
  } catch (exchange_json::type_error const&) {
    refuse("record " + std::to_string(record + 1), "a text that is not UTF-8 cannot stand in JSON");
  }
}

inline bool is_among(std::string_view name, std::span<std::string const> all) {
  return std::find(all.begin(), all.end(), name) != all.end();
}

/// The one label of a list; nothing where the list is empty.
///
/// **Throws.** `data_error` where there are several, or one is a list: a part of a text marked.
inline std::optional<std::string> only_label(exchange_json const& list,
                                             char const* name,
                                             std::string const& place) {
  if (list.is_null()) return std::nullopt;
  if (list.is_string() || list.is_number()) return as_text(list);
  if (!list.is_array()) refuse_type(place, name, list, "a label or a list of labels");
  for (auto const& one : list) {
    if (one.is_string() || one.is_number()) continue;
    refuse(place,
           in_quotes(name) + " has " + one.dump() +
               ": parts of texts are marked there, and classes of whole texts are wanted");
  }
  if (list.size() > 1) {
    refuse(place, in_quotes(name) + " has " + list.dump() + ", and one class is wanted");
  }
  return list.empty() ? std::nullopt : std::optional(as_text(list[0]));
}

}  // namespace alx::inline v0::detail
