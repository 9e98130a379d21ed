// SPDX-License-Identifier: Apache-2.0
/// @file
/// What one person said of one row, as it travels between a journal and the files of other tools.
#pragma once

#include <alx/journal/entry.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// The files that labels are read from and written to.
enum class exchange_format : std::uint8_t {
  csv,           ///< one table, for spreadsheets and pandas
  label_studio,  ///< JSON, a list of tasks
  doccano,       ///< JSONL
  prodigy,       ///< JSONL
};

inline constexpr std::array<std::string_view, 4> exchange_format_names = {
    "CSV", "Label Studio", "doccano", "Prodigy"};

[[nodiscard]] constexpr std::string_view name_of(exchange_format format) {
  return exchange_format_names[static_cast<std::size_t>(format)];
}

/// The last word of one person on one row.
struct exchange_record {
  /// The row's number here, from 1, where the file was written here; otherwise what the other tool
  /// calls it, which may look like a row's number and be none: compare the data, too.
  std::string id{};
  /// What was shown, name and value: the text, or the columns of a table's row.
  std::vector<std::pair<std::string, std::string>> data{};
  deed what = deed::answer;           ///< answer, abstain, skip or discard
  std::string label{};                ///< of an answer: the class' name
  std::string user{};                 ///< who
  std::int64_t time = 0;              ///< when, milliseconds since 1970 began, UTC; 0: not known
  double seconds = 0.0;               ///< from showing the row to the answer
  asked_for why = asked_for::import;  ///< the reason for showing it
  std::int64_t model = 0;             ///< the last entry that the model knew; 0: none
  std::vector<double> opinion{};      ///< that model's probability of each class
  double utility = 0.0;               ///< of the row then
  std::string place{};                ///< where it was read, for messages; never written

  friend bool operator==(exchange_record const&, exchange_record const&) = default;
};

/// What to know a record's row by: its column "text", or the first one where none is called so.
[[nodiscard]] inline std::string_view shown_text(exchange_record const& record) {
  for (auto const& column : record.data) {
    if (column.first == "text") return column.second;
  }
  return record.data.empty() ? std::string_view() : std::string_view(record.data.front().second);
}

}  // namespace alx::inline v0
