// SPDX-License-Identifier: Apache-2.0
/// @file
/// `label --export` and `--import`: answers to and from files of other tools.
#pragma once

#include <alx/data/detail/file_bytes.hpp>
#include <alx/error.hpp>
#include <alx/journal/exchange.hpp>
#include <alx/journal/journal.hpp>
#include <alx/report/text.hpp>

#include "book.hpp"
#include "subject.hpp"
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace label {

inline constexpr std::array<std::string_view, 4> format_words = {
    "csv", "label-studio", "doccano", "prodigy"};

/// The format that an option names.
[[nodiscard]] inline alx::exchange_format format_of(std::string const& word) {
  auto const found = std::find(format_words.begin(), format_words.end(), word);
  return static_cast<alx::exchange_format>(found - format_words.begin());
}

/// A row as files have it: a text under its name, or the columns in the file's order.
[[nodiscard]] inline shown_row row_for_files(subject const& what,
                                             alx::index_t row,
                                             book const& known) {
  auto data = what.show(row, known, nullptr);
  if (what.is_text) data.front().first = "text";
  return data;
}

/// Writes what every person said of every row.
///
/// **Throws.** `data_error` where the file cannot be written, `option_error` where `format` is
/// empty and the file's name does not end in .csv.
inline std::size_t export_answers(subject const& what,
                                  book const& known,
                                  std::string const& file,
                                  std::string const& format) {
  bool const is_csv = std::filesystem::path(file).extension() == ".csv";
  if (format.empty() && !is_csv) {
    throw alx::option_error("--export " + file +
                            ": --format is wanted: csv, label-studio, doccano or prodigy");
  }
  auto const& classes = known.settled().classes;
  auto const records = alx::records_of(
      known.live(), classes, [&](alx::index_t row) { return row_for_files(what, row, known); });
  auto const as = format.empty() ? alx::exchange_format::csv : format_of(format);
  alx::report::write_text(file, alx::to_text(records, classes, as));
  return records.size();
}

/// Finds the row that a record is about.
class row_finder {
 public:
  row_finder(subject const& what, book const& known) : is_text_(what.is_text) {
    for (alx::index_t row = 0; row < what.rows; ++row) {
      rows_.push_back(keys_of(row_for_files(what, row, known)).front());
      auto const [there, is_new] = by_key_.emplace(rows_.back(), row);
      if (!is_new) there->second = -1;  // several rows are the same
    }
  }

  /// By its number where the row is the same, or where it was exported from here (and edited
  /// since); else the row alone that is the same.
  [[nodiscard]] std::optional<alx::index_t> operator()(alx::exchange_record const& record) const {
    alx::index_t number = 0;
    auto const* const end = record.id.data() + record.id.size();
    auto const [stop, status] = std::from_chars(record.id.data(), end, number);
    bool const is_row =
        status == std::errc{} && stop == end && number >= 1 && number <= std::ssize(rows_);
    bool const ours = record.why != alx::asked_for::import;
    if (is_row && (ours || !is_edited(record, number - 1))) return number - 1;
    for (auto const& key : keys_of(record.data)) {
      auto const found = by_key_.find(key);
      if (found != by_key_.end() && found->second >= 0) return found->second;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_edited(alx::exchange_record const& record, alx::index_t row) const {
    auto const keys = keys_of(record.data);
    return std::find(keys.begin(), keys.end(), rows_[static_cast<std::size_t>(row)]) == keys.end();
  }

 private:
  /// What a row may be known by: a text by any of a record's values, a table's row by all of them.
  [[nodiscard]] std::vector<std::string> keys_of(shown_row const& data) const {
    std::vector<std::string> keys;
    std::string all;
    for (auto const& [name, value] : data) {
      if (is_text_) keys.push_back(value);
      all.append(name).append("=").append(value).append("\n");
    }
    if (!is_text_) keys.push_back(std::move(all));
    return keys;
  }

  bool is_text_;
  std::vector<std::string> rows_;
  std::map<std::string, alx::index_t> by_key_;
};

struct imported {
  std::size_t added = 0;
  std::size_t there_already = 0;
  std::size_t said_again = 0;  ///< of a row by the same person further on, which counts
};

/// Adds what a file says to the journal, all of it or nothing.
///
/// **Throws.** `data_error` naming what is wrong with the file and where.
inline imported import_answers(subject const& what,
                               book const& known,
                               alx::journal& kept,
                               std::string const& file,
                               std::string const& format) {
  auto const bytes = alx::detail::file_bytes(file);
  auto const& classes = known.settled().classes;
  auto const as = format.empty() ? alx::guess_format(file, bytes) : format_of(format);
  auto const records = alx::from_text(bytes, file, classes, as);
  row_finder const find(what, known);
  auto const said = alx::entries_of(records, classes, find);
  imported count;
  std::vector<alx::journal_entry> added;
  for (std::size_t i = 0; i < said.size(); ++i) {
    auto const same = [&](alx::journal_entry const& there) {
      return there.row == said[i].row && there.user == said[i].user && there.what == said[i].what &&
             there.label == said[i].label && (there.time == said[i].time || said[i].time == 0);
    };
    auto const again = [&](alx::journal_entry const& later) {
      return later.row == said[i].row && later.user == said[i].user;
    };
    bool const is_there = std::any_of(known.live().begin(), known.live().end(), same);
    bool const is_last = std::none_of(said.begin() + std::ptrdiff_t(i) + 1, said.end(), again);
    if (is_there || !is_last) {
      ++(is_there ? count.there_already : count.said_again);
      continue;
    }
    ++count.added;
    if (what.is_text && find.is_edited(records[i], said[i].row)) {
      alx::journal_entry edit = said[i];
      edit.what = alx::deed::edit;
      edit.label = -1;
      edit.text = std::string(alx::shown_text(records[i]));
      added.push_back(std::move(edit));
    }
    added.push_back(said[i]);
  }
  if (!added.empty()) kept.append(added);
  return count;
}

}  // namespace label
