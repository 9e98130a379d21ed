// SPDX-License-Identifier: Apache-2.0
/// @file
/// A journal's labels to and from other tools' files: CSV, Label Studio, doccano, Prodigy.
///
/// What is written reads back the same, and is written the same again, to the byte.
#pragma once

#include <alx/error.hpp>
#include <alx/journal/entry.hpp>
#include <alx/journal/exchange/csv.hpp>
#include <alx/journal/exchange/detail/guess.hpp>
#include <alx/journal/exchange/detail/json.hpp>
#include <alx/journal/exchange/doccano.hpp>
#include <alx/journal/exchange/label_studio.hpp>
#include <alx/journal/exchange/prodigy.hpp>
#include <alx/journal/exchange/record.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

inline std::string place_of(exchange_record const& record, std::size_t index) {
  return record.place.empty() ? "record " + std::to_string(index + 1) : record.place;
}

/// **Throws.** `data_error` with every label that is no class and where it comes first.
inline void require_classes(std::span<exchange_record const> records,
                            std::span<std::string const> classes) {
  std::set<std::string_view> const known(classes.begin(), classes.end());
  std::set<std::string_view> seen;
  std::string unknown;
  for (std::size_t i = 0; i < records.size(); ++i) {
    auto const& record = records[i];
    if (record.what != deed::answer || known.count(record.label) != 0) continue;
    if (!seen.insert(record.label).second) continue;
    unknown +=
        (unknown.empty() ? "" : ", ") + in_quotes(record.label) + " (" + place_of(record, i) + ")";
  }
  if (unknown.empty()) return;
  std::string names;
  for (auto const& name : classes) names += (names.empty() ? "" : ", ") + in_quotes(name);
  throw data_error("labels that are no class: " + unknown + "; the classes are " + names);
}

/// The begin of a text, cut between characters.
inline std::string_view beginning(std::string_view text) {
  constexpr std::size_t most = 60;
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

/// What no format could give back.
inline void require_writable(exchange_record const& record, std::size_t index) {
  auto const what = [&] { return place_of(record, index); };
  if (record.what > deed::discard) refuse(what(), "is no answer, abstention, skip or discard");
  std::set<std::string_view> names;
  for (auto const& column : record.data) {
    if (!names.insert(column.first).second) {
      refuse(what(), "has two columns called " + in_quotes(column.first));
    }
  }
  bool finite = std::isfinite(record.seconds) && std::isfinite(record.utility);
  for (double const one : record.opinion) finite = finite && std::isfinite(one);
  if (!finite) refuse(what(), "seconds, utility and opinion must be finite");
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0 {

/// The tool that wrote a file, by its content; the name decides between what cannot be told apart.
///
/// The first task decides: `data` is Label Studio's, `answer`, `accept` or a hash Prodigy's, any
/// other JSON doccano's or, in a list without labels, Label Studio's. What is no JSON is CSV.
[[nodiscard]] inline exchange_format guess_format(std::string_view file_name,
                                                  std::string_view bytes) {
  auto const dot = file_name.rfind('.');
  if (dot != std::string_view::npos && file_name.substr(dot) == ".csv") return exchange_format::csv;
  auto const begin = detail::without_mark(bytes);
  if (begin.substr(0, 9) == "__label__") return exchange_format::doccano;
  if (begin.substr(0, 1) != "{" && begin.substr(0, 1) != "[") return exchange_format::csv;
  auto const first = detail::first_object(begin);
  auto const task = detail::exchange_json::parse(first.begin(), first.end(), nullptr, false);
  return detail::tool_of(task, begin.front() == '[');
}

/// The records in one of the formats; `classes` are the choices that the tool offers, in the order
/// of the opinions.
///
/// **Throws.** `data_error` naming the record with a label that is no class, two columns of one
/// name, a number that is not finite, a time outside the years 0 to 9999 or, in JSON, a text that
/// is not UTF-8.
[[nodiscard]] inline std::string to_text(std::span<exchange_record const> records,
                                         std::span<std::string const> classes,
                                         exchange_format format) {
  if (!classes.empty()) detail::require_classes(records, classes);
  for (std::size_t i = 0; i < records.size(); ++i) detail::require_writable(records[i], i);
  switch (format) {
    case exchange_format::csv:
      return to_csv(records);
    case exchange_format::label_studio:
      return to_label_studio(records, classes);
    case exchange_format::doccano:
      return to_doccano(records);
    case exchange_format::prodigy:
      return to_prodigy(records, classes);
  }
  throw option_error("to_text: no such format");
}

/// The records of a file that `source` stands for in messages.
///
/// `classes` may be empty: then any label will do. Where there are two, Prodigy's rejected labels
/// are answers; where a task has choices of several kinds, those among the classes count.
///
/// **Throws.** `data_error` with every label that is no class; what the format's own function says,
/// and which tool the file looks like, if it is another; an empty file.
[[nodiscard]] inline std::vector<exchange_record> from_text(std::string_view bytes,
                                                            std::string const& source,
                                                            std::span<std::string const> classes,
                                                            exchange_format format) {
  if (detail::without_mark(bytes).empty()) throw data_error(source + ": an empty file");
  auto const looks = guess_format("", bytes);
  std::string const other =
      looks == format ? std::string() : "; it looks like a file of " + std::string(name_of(looks));
  std::vector<exchange_record> records;
  try {
    switch (format) {
      case exchange_format::csv:
        records = from_csv(bytes, source);
        break;
      case exchange_format::label_studio:
        records = from_label_studio(bytes, source, classes);
        break;
      case exchange_format::doccano:
        records = from_doccano(bytes, source);
        break;
      case exchange_format::prodigy:
        records = from_prodigy(bytes, source, classes);
        break;
    }
  } catch (data_error const& why) {
    if (other.empty()) throw;
    throw data_error(why.what() + other);
  }
  if (records.empty() && !other.empty()) throw data_error(source + ": no labels in it" + other);
  if (!classes.empty()) detail::require_classes(records, classes);
  return records;
}

/// What each person said of each row last, in order of row, then of entry; edits are left out.
///
/// `live` are entries that nothing took back; `data_of(row)` gives what the row shows, name and
/// value. Records number rows from 1.
///
/// **Throws.** `data_error` naming the entry whose label is no number of a class.
template <class RowData>
[[nodiscard]] std::vector<exchange_record> records_of(std::span<journal_entry const> live,
                                                      std::span<std::string const> classes,
                                                      RowData const& data_of) {
  std::map<std::pair<index_t, std::string_view>, journal_entry const*> last;
  for (auto const& entry : live) {
    if (entry.what <= deed::discard) last[{entry.row, entry.user}] = &entry;
  }
  std::vector<journal_entry const*> order;
  order.reserve(last.size());
  for (auto const& one : last) order.push_back(one.second);
  std::sort(order.begin(), order.end(), [](auto const* a, auto const* b) {
    return std::pair(a->row, a->number) < std::pair(b->row, b->number);
  });
  std::vector<exchange_record> records;
  for (auto const* const entry : order) {
    exchange_record record{.id = std::to_string(entry->row + 1), .data = data_of(entry->row)};
    record.what = entry->what;
    if (entry->what == deed::answer) {
      if (entry->label < 0 || static_cast<std::size_t>(entry->label) >= classes.size()) {
        throw data_error("entry " + std::to_string(entry->number) + " has label " +
                         std::to_string(entry->label) + " of " + std::to_string(classes.size()) +
                         " classes");
      }
      record.label = classes[static_cast<std::size_t>(entry->label)];
    }
    record.user = entry->user;
    record.time = entry->time;
    record.seconds = entry->seconds;
    record.why = entry->why;
    record.model = entry->model;
    record.opinion = entry->opinion;
    record.utility = entry->utility;
    records.push_back(std::move(record));
  }
  return records;
}

/// Entries that say what the records say, not yet numbered; those of imports have the record's
/// place as their text.
///
/// `row_of(record)` gives the number of the record's row, or nothing where there is none.
///
/// **Throws.** `data_error` with every label that is no class; naming the first record of no row,
/// and how many there are.
template <class FindRow>
[[nodiscard]] std::vector<journal_entry> entries_of(std::span<exchange_record const> records,
                                                    std::span<std::string const> classes,
                                                    FindRow const& row_of) {
  detail::require_classes(records, classes);
  std::vector<journal_entry> entries;
  std::string lost;
  std::size_t count = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    auto const& record = records[i];
    std::optional<index_t> const row = row_of(record);
    if (!row) {
      if (++count > 1) continue;
      lost = detail::place_of(record, i) + ": no row here has number " +
             detail::in_quotes(record.id) + " or text " +
             detail::in_quotes(detail::beginning(shown_text(record)));
      continue;
    }
    journal_entry entry{.what = record.what, .row = *row};
    if (record.what == deed::answer) {
      auto const at = std::find(classes.begin(), classes.end(), record.label);
      entry.label = static_cast<label_t>(at - classes.begin());
    }
    entry.user = record.user;
    entry.time = record.time;
    entry.seconds = record.seconds;
    entry.why = record.why;
    entry.model = record.model;
    entry.opinion = record.opinion;
    entry.utility = record.utility;
    if (record.why == asked_for::import) entry.text = record.place;
    entries.push_back(std::move(entry));
  }
  if (count > 1) lost += "; and " + std::to_string(count - 1) + " more";
  if (count > 0) throw data_error(lost);
  return entries;
}

}  // namespace alx::inline v0
