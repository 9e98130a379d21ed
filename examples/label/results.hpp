// SPDX-License-Identifier: Apache-2.0
/// @file
/// What a labelling leaves behind: the model, its predictions, disagreements and a report.
#pragma once

#include <alx/detail/shortest.hpp>
#include <alx/journal/exchange/csv.hpp>
#include <alx/report/text.hpp>
#include <alx/view.hpp>

#include "report.hpp"
#include "report_outcome.hpp"
#include "report_people.hpp"
#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace label::reporting {

/// How the label of a row is known, in a word or two.
inline std::string_view known_as(row_state state, bool is_kept_apart) {
  switch (state) {
    case row_state::labelled:
      return is_kept_apart ? "estimate" : "learnt";
    case row_state::open:
      return "disagreement";
    case row_state::abstained:
      return "cannot tell";
    case row_state::discarded:
      return "discarded";
    case row_state::unknown:
    case row_state::skipped:
      break;
  }
  return "predicted";
}

/// row, name, probability_CLASS…, predicted, label, known: one line a row.
inline std::string predictions_csv(findings const& found) {
  auto const& from = *found.from;
  auto const& known = *from.known;
  auto const label_of = labels_of_rows(known);
  std::vector<bool> kept(label_of.size());
  for (auto const row : known.reserved()) kept[static_cast<std::size_t>(row)] = true;
  std::vector<std::string> fields;
  std::string out = "row,name";
  for (auto const& name : found.classes()) {
    fields.push_back(alx::detail::csv_field(name));
    out += ',' + alx::detail::csv_field("probability_" + name);
  }
  out += ",predicted,label,known\n";
  for (alx::index_t row = 0; row < known.settled().rows; ++row) {
    auto const at = static_cast<std::size_t>(row);
    out += std::to_string(row + 1) + ',' + alx::detail::csv_field(from.what->name(row));
    for (std::size_t c = 0; c < fields.size(); ++c) {
      out += ',';
      if (from.model == nullptr) continue;
      out += alx::detail::shortest(from.model->probability(row, static_cast<alx::index_t>(c)));
    }
    out += ',';
    if (from.model != nullptr) out += fields[static_cast<std::size_t>(found.predicted[at])];
    out += ',';
    if (label_of[at] >= 0) out += fields[static_cast<std::size_t>(label_of[at])];
    (out += ',').append(known_as(known.state(row), kept[at])) += '\n';
  }
  return out;
}

/// row, name, answer_PERSON…: one line a row on which answers differ and nobody has decided.
inline std::string disagreements_csv(findings const& found) {
  auto const& from = *found.from;
  std::string out = "row,name";
  for (auto const& person : from.known->people()) {
    out += ',' + alx::detail::csv_field("answer_" + person);
  }
  out += '\n';
  for (auto const& one : disagreements(found)) {
    out += std::to_string(one.row + 1) + ',' + alx::detail::csv_field(from.what->name(one.row));
    for (auto const& answer : one.answers) out += ',' + alx::detail::csv_field(answer);
    out += '\n';
  }
  return out;
}

/// Leaving takes about so long for a curve, in seconds.
inline constexpr double curve_seconds = 20.0;

inline int points_in_time(lesson const& model) {
  return static_cast<int>(std::clamp(curve_seconds / std::max(model.seconds, 1e-3), 3.0, 12.0));
}

}  // namespace label::reporting

namespace label {

/// Writes into `folder`, which is made where it is missing, the model (where there is one), then
/// predictions.csv, disagreements.csv (where there are some; an old one is removed) and
/// report.html. Gives the paths. Nothing else may use the subject meanwhile.
///
/// **Throws.** `data_error` naming the file that cannot be written; what learning and saving throw.
inline std::vector<std::string> write_results(outcome const& from,
                                              std::filesystem::path const& folder) {
  std::filesystem::create_directories(folder);
  auto found = reporting::find(from);
  std::vector<std::string> written;
  if (from.model != nullptr) written = from.what->save(folder, found.threshold());
  auto const write = [&](char const* name, std::string const& text) {
    auto const to = (folder / name).string();
    alx::report::write_text(to, text);
    written.push_back(to);
  };
  write("predictions.csv", reporting::predictions_csv(found));
  if (from.known->disagreements().empty()) {
    std::filesystem::remove(folder / "disagreements.csv");
  } else {
    write("disagreements.csv", reporting::disagreements_csv(found));
  }
  if (from.model != nullptr) {
    found.curve = learning_curve(from, reporting::points_in_time(*from.model));
  }
  write("report.html", reporting::report_page(found));
  return written;
}

}  // namespace label
