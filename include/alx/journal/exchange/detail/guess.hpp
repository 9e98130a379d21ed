// SPDX-License-Identifier: Apache-2.0
/// @file
/// Which tool wrote a file, judged by its first task.
#pragma once

#include <alx/journal/exchange/detail/json.hpp>
#include <alx/journal/exchange/record.hpp>

#include <cstddef>
#include <initializer_list>
#include <string_view>

namespace alx::inline v0::detail {

/// The first object in JSON, to its closing brace; nothing where there is none.
inline std::string_view first_object(std::string_view bytes) {
  auto const begin = bytes.find('{');
  if (begin == std::string_view::npos) return {};
  bool in_string = false;
  int depth = 0;
  for (std::size_t i = begin; i < bytes.size(); ++i) {
    char const c = bytes[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) return bytes.substr(begin, i + 1 - begin);
  }
  return {};
}

inline bool has_any(exchange_json const& object, std::initializer_list<char const*> names) {
  for (char const* const name : names) {
    if (object.contains(name)) return true;
  }
  return false;
}

/// The tool by the fields of a task; `list`: it is in a list, as Label Studio's are.
inline exchange_format tool_of(exchange_json const& task, bool list) {
  if (field(task, "data").is_object()) return exchange_format::label_studio;
  if (field(task, "label").is_array()) return exchange_format::doccano;
  if (has_any(task, {"_task_hash", "_input_hash", "_view_id"})) return exchange_format::prodigy;
  if (has_any(task, {"annotator", "annotation_id", "lead_time"})) {
    return exchange_format::label_studio;
  }
  if (has_any(task, {"answer", "accept", "options"})) return exchange_format::prodigy;
  bool const labels = has_any(task, {"label", "labels", "column_label", "cats"});
  return list && !labels ? exchange_format::label_studio : exchange_format::doccano;
}

}  // namespace alx::inline v0::detail
