// SPDX-License-Identifier: Apache-2.0
/// @file
/// Tables in HTML that screen readers can read and wide ones scroll.
#pragma once

#include <alx/error.hpp>
#include <alx/report/text.hpp>

#include <string>
#include <vector>

namespace alx::inline v0::report {

/// What a column holds: words stand left, numbers right.
enum class column_kind { words, numbers };

/// The head of a column.
struct table_column {
  std::string heading;
  column_kind kind = column_kind::numbers;
};

/// Plain text in rows; the first cell of a row is its head.
struct table {
  std::string caption;
  std::vector<table_column> columns;
  std::vector<std::vector<std::string>> rows;
};

/// **Throws.** `shape_error` naming the first row with another number of cells than columns.
inline void check_cells(table const& t) {
  for (std::size_t r = 0; r < t.rows.size(); ++r) {
    if (t.rows[r].size() == t.columns.size()) continue;
    throw shape_error("table \"" + t.caption + "\": row " + std::to_string(r) + " has " +
                      std::to_string(t.rows[r].size()) + " cells for " +
                      std::to_string(t.columns.size()) + " columns");
  }
}

/// The table in Markdown: its caption in bold, then columns that stand as in HTML.
///
/// **Throws.** Like `check_cells`.
inline std::string to_markdown(table const& t) {
  check_cells(t);
  auto const line = [](std::vector<std::string> const& cells) {
    std::string text = "|";
    for (auto const& cell : cells) {
      text += ' ';
      for (char const c : cell) text += c == '|' ? std::string("\\|") : std::string(1, c);
      text += " |";
    }
    return text + '\n';
  };
  std::vector<std::string> heads;
  std::vector<std::string> rules;
  for (auto const& column : t.columns) {
    heads.push_back(column.heading);
    rules.emplace_back(column.kind == column_kind::numbers ? "---:" : ":---");
  }
  std::string text = "**" + t.caption + "**\n\n" + line(heads) + line(rules);
  for (auto const& row : t.rows) text += line(row);
  return text;
}

/// The table as HTML, every text escaped.
///
/// **Throws.** Like `check_cells`.
inline std::string to_html(table const& t) {
  check_cells(t);
  auto const cell = [&](std::size_t column, std::string_view scope, std::string_view text) {
    bool const is_number = t.columns[column].kind == column_kind::numbers;
    std::string attributes = is_number ? attribute("class", "num") : "";
    attributes += scope.empty() ? "" : attribute("scope", scope);
    return element(scope.empty() ? "td" : "th", attributes, escape(text));
  };
  std::string heads;
  for (std::size_t c = 0; c < t.columns.size(); ++c) {
    heads += cell(c, "col", t.columns[c].heading);
  }
  std::string body = "\n";
  for (auto const& cells : t.rows) {
    std::string row;
    for (std::size_t c = 0; c < t.columns.size(); ++c) {
      row += cell(c, c == 0 ? "row" : "", cells[c]);
    }
    body += element("tr", "", row) + "\n";
  }
  std::string const content = element("caption", "", escape(t.caption)) + "\n" +
                              element("thead", "", element("tr", "", heads)) + "\n" +
                              element("tbody", "", body);
  std::string const region = attribute("class", "scroll") + attribute("role", "region") +
                             attribute("tabindex", "0") + attribute("aria-label", t.caption);
  return element("div", region, element("table", "", content)) + "\n";
}

}  // namespace alx::inline v0::report
