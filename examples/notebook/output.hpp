// SPDX-License-Identifier: Apache-2.0
/// @file
/// The experiment's numbers as text: curves for a spreadsheet and the final table for a terminal.
#pragma once

#include <alx/detail/shortest.hpp>
#include <alx/experiment/statistics.hpp>

#include "claims.hpp"
#include "curves.hpp"
#include "measures.hpp"
#include "published.hpp"
#include "results.hpp"
#include "tables.hpp"
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace notebook {

/// `rule,round,labelled,measure,mean,lower,upper,repeats`: the mean over repeats with its 95 %
/// interval (empty with one repeat). What is not defined in any repeat has no line.
[[nodiscard]] inline std::string curves_csv(experiment_record const& record) {
  using alx::detail::shortest;
  std::string text = "rule,round,labelled,measure,mean,lower,upper,repeats\n";
  for (auto const* rule : reporting::rules_run(record)) {
    auto const runs = reporting::runs_with(record, rule->name);
    std::size_t labelled = 0;
    for (std::size_t round = 0; round < runs.front()->rounds.size(); ++round) {
      labelled += runs.front()->rounds[round].asked.size();
      std::string const where = std::string(rule->name) + ',' + std::to_string(round) + ',' +
                                std::to_string(labelled) + ',';
      for (measure const& one : measures) {
        auto const values = values_at(runs, round, one);
        if (values.empty()) continue;
        auto const s = alx::summarise(values);
        text += where + one.name + ',' + shortest(s.mean) + ',';
        text += s.n > 1 ? shortest(s.of_mean.lower) + ',' + shortest(s.of_mean.upper) : ",";
        text += ',' + std::to_string(s.n) + '\n';
      }
    }
  }
  return text;
}

/// The final tables in Markdown, and the limits as a paragraph, for documents.
[[nodiscard]] inline std::string tables_markdown(experiment_record const& record) {
  std::string text = alx::report::to_markdown(reporting::honest_table(record));
  if (std::isfinite(record.auc_fresh_all_labels)) {
    text += '\n' + reporting::limits_sentence(record);
    text += record.rival_auc_fresh.empty() ? "\n" : ' ' + reporting::rival_sentence(record) + '\n';
  }
  auto const gains = reporting::active_beats_random(record);
  if (!gains.parts.empty()) {
    text += '\n' + alx::report::to_markdown(reporting::gain_table(record, gains));
  }
  for (auto const* what : reporting::published_quantities) {
    if (!record.published_setting) break;
    text += '\n' + alx::report::to_markdown(reporting::published_table(record, *what));
  }
  return text;
}

/// `text` with spaces before it, up to `width` letters of UTF-8.
[[nodiscard]] inline std::string padded(std::string const& text, std::size_t width) {
  auto const begins_letter = [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  };
  auto const letters =
      static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_letter));
  return std::string(letters < width ? width - letters : 0, ' ') + text;
}

/// Mean final values of each rule, with the half width of the 95 % interval of the mean.
[[nodiscard]] inline std::string final_table(experiment_record const& record) {
  using reporting::quantity;
  namespace quantities = reporting::quantities;
  std::vector<std::pair<std::string, quantity const*>> const columns = {
      {"AUC all rows", &quantities::auc},
      {"AUC " + record.fresh_name, &quantities::fresh},
      {"AUC unlabelled", &quantities::unlabelled},
      {"FP", &quantities::fp},
      {"FN", &quantities::fn}};
  std::string text = "last round              ";
  for (auto const& [heading, what] : columns) text += padded(heading, what->digits > 0 ? 18 : 13);
  for (auto const* rule : reporting::rules_run(record)) {
    std::string name(rule->name);
    name.resize(std::max<std::size_t>(name.size(), 24), ' ');
    text += '\n' + name;
    for (auto const& [heading, what] : columns) {
      bool const known = reporting::is_known(record, *what);
      auto const value = known ? reporting::final_of(record, rule->name, *what) : alx::summary{};
      text += padded(known ? reporting::mean_text(value, what->digits) : "-",
                     what->digits > 0 ? 18 : 13);
    }
  }
  return text + '\n';
}

}  // namespace notebook
