// SPDX-License-Identifier: Apache-2.0
/// @file
/// Rows that a person may want to look at again.
#pragma once

#include <alx/report/page.hpp>
#include <alx/report/table.hpp>
#include <alx/view.hpp>

#include "report_outcome.hpp"
#include "report_text.hpp"
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace label::reporting {

/// Rows by a number, the smallest first, ties by row.
using ordered_rows = std::vector<std::pair<double, alx::index_t>>;

inline ordered_rows first_of(ordered_rows rows, std::size_t most) {
  auto const count = static_cast<std::ptrdiff_t>(std::min(rows.size(), most));
  std::partial_sort(rows.begin(), rows.begin() + count, rows.end());
  rows.resize(static_cast<std::size_t>(count));
  return rows;
}

/// Rows that nobody decided on, those with the least probability of the likeliest class first.
inline ordered_rows least_certain(outcome const& from, std::size_t most) {
  ordered_rows rows;
  for (alx::index_t row = 0; row < from.known->settled().rows; ++row) {
    auto const state = from.known->state(row);
    if (state != row_state::unknown && state != row_state::skipped) continue;
    rows.emplace_back(from.model->probability(row, likeliest(*from.model, row)), row);
  }
  return first_of(std::move(rows), most);
}

/// Rows with a label other than the likeliest class, those with the least probability of the label
/// first.
inline ordered_rows most_doubtful(outcome const& from, std::size_t most) {
  auto const labels = labels_of_rows(*from.known);
  ordered_rows rows;
  for (alx::index_t row = 0; row < std::ssize(labels); ++row) {
    auto const label = labels[static_cast<std::size_t>(row)];
    if (label < 0 || label == likeliest(*from.model, row)) continue;
    rows.emplace_back(from.model->probability(row, label), row);
  }
  return first_of(std::move(rows), most);
}

inline alx::report::page_section uncertain_section(findings const& found) {
  using alx::report::column_kind;
  auto const& from = *found.from;
  alx::report::page_section section{"uncertain", "Where the model is least sure", {}};
  auto const rows = least_certain(from, 20);
  if (rows.empty()) {
    section.html = alx::report::paragraph("Every row was decided on.");
    return section;
  }
  alx::report::table t{program::count(std::ssize(rows), "row") + " that nobody has labelled",
                       {{"row", column_kind::words},
                        {"probabilities", column_kind::words},
                        {from.what->is_text ? "text" : "values", column_kind::words}},
                       {}};
  for (auto const& [p, row] : rows) {
    t.rows.push_back(
        {clip(from.what->name(row), 40), opinion_text(found, row), row_text(from, row)});
  }
  section.html = to_html(t);
  return section;
}

inline alx::report::page_section doubtful_section(findings const& found) {
  using alx::report::column_kind;
  auto const& from = *found.from;
  alx::report::page_section section{"doubtful", "Labels that may be mistakes", {}};
  auto const rows = most_doubtful(from, 10);
  if (rows.empty()) {
    section.html = alx::report::paragraph("The model agrees with every label.");
    return section;
  }
  auto const labels = labels_of_rows(*from.known);
  alx::report::table t{"Labels that the model disagrees with most",
                       {{"row", column_kind::words},
                        {"label given", column_kind::words},
                        {"probabilities", column_kind::words},
                        {from.what->is_text ? "text" : "values", column_kind::words}},
                       {}};
  for (auto const& [p, row] : rows) {
    t.rows.push_back({clip(from.what->name(row), 40),
                      clip(found.class_name(labels[static_cast<std::size_t>(row)]), 40),
                      opinion_text(found, row),
                      row_text(from, row)});
  }
  section.html =
      alx::report::paragraph("Either side may be wrong: look at them again.") + to_html(t);
  return section;
}

}  // namespace label::reporting
