// SPDX-License-Identifier: Apache-2.0
/// @file
/// Labels as doccano writes and reads them.
///
/// **Reference.** doccano's formats of text classification: JSONL, JSON and fastText.
#pragma once

#include <alx/journal/exchange/detail/json.hpp>
#include <alx/journal/exchange/record.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// Where the labels of a text are, the first one that is there; the third stands in doccano's
/// examples for a name of one's own, the last in projects of intents and slots.
inline constexpr std::array<char const*, 4> doccano_label_names = {
    "label", "labels", "column_label", "cats"};

inline bool is_doccano_field(std::string_view name) {
  if (name == "id" || name == "alx" || name == "entities") return true;
  for (std::string_view const one : doccano_label_names) {
    if (name == one) return true;
  }
  return false;
}

/// What no column of a row may be called that stands beside the text.
inline bool clashes_in_doccano(std::string_view name) {
  return name == "answer" || is_doccano_field(name);
}

inline void doccano_record(placed_json const& line, std::vector<exchange_record>& out) {
  exchange_record record{.place = line.place};
  exchange_json const& object = line.value;
  char const* name = nullptr;
  for (char const* const one : doccano_label_names) {
    if (name == nullptr && object.contains(one)) name = one;
  }
  if (name == nullptr) refuse(line.place, "no field 'label'");
  auto const answer = as_text(field(object, "answer"));
  if (answer == "accept" || answer == "reject" || answer == "ignore") {
    refuse(line.place, "'answer' is " + in_quotes(answer) + ", which is Prodigy's");
  }
  auto const label = only_label(field(object, name), name, line.place);
  record.id = as_text(field(object, "id"));
  read_alx(field(object, "alx"), record);
  read_data(object, record, is_doccano_field);
  if (label) {
    record.what = deed::answer;
    record.label = *label;
  } else if (record.what == deed::answer) {
    return;  // not labelled yet
  }
  out.push_back(std::move(record));
}

/// "__label__positive Great price."
inline std::vector<exchange_record> fast_text_records(std::string_view bytes,
                                                      std::string const& source) {
  constexpr std::string_view mark = "__label__";
  std::vector<exchange_record> out;
  for (index_t line = 1; !bytes.empty(); ++line) {
    auto const end = std::min(bytes.find('\n'), bytes.size());
    auto here = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (!here.empty() && here.back() == '\r') here.remove_suffix(1);
    if (here.find_first_not_of(" \t") == std::string_view::npos) continue;
    exchange_record record{.place = source + ": line " + std::to_string(line)};
    if (here.substr(0, mark.size()) != mark) refuse(record.place, "does not begin with __label__");
    here.remove_prefix(mark.size());
    auto const blank = std::min(here.find(' '), here.size());
    record.label = here.substr(0, blank);
    here.remove_prefix(std::min(blank + 1, here.size()));
    if (here.substr(0, mark.size()) == mark) {
      refuse(record.place, "has several labels, and one class is wanted");
    }
    record.data.emplace_back("text", here);
    out.push_back(std::move(record));
  }
  return out;
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0 {

/// One line a record: `{"text": …, "label": ["pos"], "alx": {…}}`, other columns beside the text.
///
/// doccano keeps fields that it does not know as an example's metadata and writes them again, so
/// `alx` comes back with who, when and why, and with what tells abstentions, skips and discards
/// (of no label each) apart. A row without a column "text" gets one made of its columns.
///
/// **Throws.** `data_error` naming the record with a text that is not UTF-8.
[[nodiscard]] inline std::string to_doccano(std::span<exchange_record const> records) {
  std::string out;
  for (std::size_t i = 0; i < records.size(); ++i) {
    exchange_record const& record = records[i];
    detail::exchange_json line = detail::exchange_json::object();
    detail::exchange_json alx = {{"id", record.id},
                                 {"user", record.user},
                                 {"time", detail::iso_time(record.time)},
                                 {"seconds", record.seconds}};
    detail::put_reasons(alx, record);
    detail::put_data(line, alx, record, detail::clashes_in_doccano);
    line["label"] = detail::exchange_json::array();
    if (record.what == deed::answer) line["label"].push_back(record.label);
    line["alx"] = std::move(alx);
    out += detail::json_line(line, i);
  }
  return out;
}

/// Reads JSONL, a JSON list or fastText's lines. Texts without a label give no record; a label may
/// be a list or a string, in `label`, `labels` or `cats`; fields that are not doccano's are data.
///
/// **Throws.** `data_error` naming the line of what is no JSON, has no label field, several labels
/// or marked parts of the text; the field of a wrong type.
[[nodiscard]] inline std::vector<exchange_record> from_doccano(std::string_view bytes,
                                                               std::string const& source) {
  if (detail::without_mark(bytes).substr(0, 9) == "__label__") {
    return detail::fast_text_records(bytes, source);
  }
  std::vector<exchange_record> out;
  for (auto const& line : detail::json_objects(bytes, source)) detail::doccano_record(line, out);
  return out;
}

}  // namespace alx::inline v0
