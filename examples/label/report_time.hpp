// SPDX-License-Identifier: Apache-2.0
/// @file
/// What was done how often, and the time it took.
#pragma once

#include <alx/journal/entry.hpp>
#include <alx/journal/live_entries.hpp>
#include <alx/report/page.hpp>
#include <alx/report/table.hpp>
#include <alx/view.hpp>

#include "report_figures.hpp"
#include "report_outcome.hpp"
#include "report_text.hpp"
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace label::reporting {

using alx::report::column_kind;
using alx::report::figure;
using alx::report::page_section;
using alx::report::paragraph;
using alx::report::table;

inline bool is_from_file(alx::journal_entry const& entry) {
  return entry.why == alx::asked_for::import;
}

/// The seconds of all answers that were timed, in their order; of one person where `user` is there.
inline std::vector<double> answer_seconds(outcome const& from, std::string const* user = nullptr) {
  std::vector<double> seconds;
  for (auto const& entry : from.entries) {
    bool const timed = entry.what == alx::deed::answer && entry.seconds > 0.0;
    if (!timed || is_from_file(entry) || (user != nullptr && entry.user != *user)) continue;
    seconds.push_back(entry.seconds);
  }
  return seconds;
}

/// All that was spent, whatever was done.
inline double total_seconds(outcome const& from) {
  double sum = 0.0;
  for (auto const& entry : from.entries) sum += is_from_file(entry) ? 0.0 : entry.seconds;
  return sum;
}

/// At most 30 blocks of at least 5 answers.
inline std::vector<time_block> time_blocks(std::vector<double> const& seconds) {
  auto const size = std::max<std::size_t>(5, (seconds.size() + 29) / 30);
  std::vector<time_block> blocks;
  for (std::size_t begin = 0; begin < seconds.size(); begin += size) {
    auto const end = std::min(begin + size, seconds.size());
    if (end - begin < size && !blocks.empty()) break;  // a rest is no block
    auto const at = [&](std::size_t i) { return seconds.begin() + static_cast<std::ptrdiff_t>(i); };
    std::vector<double> const some(at(begin), at(end));
    blocks.push_back({static_cast<double>(end),
                      quantile(some, 0.25),
                      quantile(some, 0.5),
                      quantile(some, 0.75)});
  }
  return blocks;
}

/// What was done how often, imports apart.
inline table deeds_table(outcome const& from) {
  static constexpr std::array<char const*, 6> names = {
      "answered", "cannot tell", "skipped", "discarded", "text changed", "taken back (undo)"};
  std::array<alx::index_t, 6> count{};
  std::array<alx::index_t, 6> undone{};
  alx::index_t imported = 0;
  auto const gone = alx::undone_entries(from.entries);
  for (std::size_t i = 0; i < from.entries.size(); ++i) {
    auto const& entry = from.entries[i];
    auto const which = static_cast<std::size_t>(entry.what);
    if (is_from_file(entry)) {
      ++imported;
      continue;
    }
    ++count[which];
    undone[which] += gone[i] ? 1 : 0;
  }
  table t{"What was done", {{"", column_kind::words}, {"times"}, {"of these taken back"}}, {}};
  for (std::size_t k = 0; k < names.size(); ++k) {
    bool const undo = k + 1 == names.size();
    t.rows.push_back(
        {names[k], std::to_string(count[k]), undo ? std::string("–") : std::to_string(undone[k])});
  }
  if (imported > 0) t.rows.push_back({"read from a file", std::to_string(imported), "–"});
  return t;
}

inline page_section time_section(findings const& found) {
  auto const& from = *found.from;
  auto const seconds = answer_seconds(from);
  std::string html;
  if (seconds.empty()) {
    html += paragraph("No answer was timed.");
  } else {
    html += paragraph(
        "Half of the answers took less than " + time_text(quantile(seconds, 0.5)) +
        "; the middle half " + time_text(quantile(seconds, 0.25)) + " to " +
        time_text(quantile(seconds, 0.75)) + ", the longest " + time_text(quantile(seconds, 1.0)) +
        ". In all: " + time_text(total_seconds(from)) + ", pauses before an open row included.");
  }
  if (auto const blocks = time_blocks(seconds); blocks.size() > 1) {
    table t{"Seconds an answer, in blocks of neighbours",
            {{"up to answer"}, {"quarter below"}, {"median"}, {"quarter above"}},
            {}};
    for (auto const& block : blocks) {
      t.rows.push_back({number(block.last, 0),
                        number(block.lower, 1),
                        number(block.median, 1),
                        number(block.upper, 1)});
    }
    html += figure(to_svg(time_chart(blocks)),
                   "Answers in the order in which they were given, all people together.",
                   to_html(t));
  }
  return {"time", "Time", html + to_html(deeds_table(from))};
}

}  // namespace label::reporting
