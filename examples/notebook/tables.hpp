// SPDX-License-Identifier: Apache-2.0
/// @file
/// The tables of the blobs experiment's report.
#pragma once

#include <alx/report/summary_text.hpp>
#include <alx/report/table.hpp>
#include <alx/report/text.hpp>

#include "claims.hpp"
#include "curves.hpp"
#include "figures.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace notebook::reporting {

using alx::report::column_kind;
using alx::report::interval_text;
using alx::report::mean_text;
using alx::report::number;
using alx::report::signed_number;

/// "+0.0011 [−0.0012, +0.0034]"
inline std::string difference_text(alx::summary const& s) {
  return signed_number(s.mean, 4) + " " + interval_text(s.of_mean, 4);
}

/// The curves of one quantity at selected rounds: the table beside a figure.
inline std::string curve_table(experiment_record const& all, quantity const& what) {
  alx::report::table t;
  t.caption = std::string(what.title) + (all.repeats > 1 ? ": mean ± 95 % of the mean" : "");
  t.columns.push_back({"labels"});
  std::vector<std::vector<alx::summary>> curves;
  for (auto const* rule : rules_run(all)) {
    if (shares_definition(*rule, what)) {
      t.columns.push_back({std::string(rule->title)});
      curves.push_back(curve_of(all, rule->name, what));
    }
  }
  if (&what == &quantities::fresh && !all.rival_auc_fresh.empty()) {
    t.columns.push_back({std::string(rival_title)});
    curves.push_back(rival_curve(all));
  }
  auto const labels = labels_known(all);
  for (auto const round : selected_rounds(labels.size(), 9)) {
    std::vector<std::string> row{number(labels[round], 0)};
    for (auto const& curve : curves) {
      row.push_back(mean_text(curve[round], what.digits));
    }
    t.rows.push_back(std::move(row));
  }
  return to_html(t);
}

/// Points of a scatter by group, before those on one pixel are drawn once.
inline std::string group_table(alx::report::scatter const& chart, std::string_view caption) {
  alx::report::table t{std::string(caption), {{"group", column_kind::words}, {"points"}}, {}};
  for (auto const& group : chart.groups) {
    t.rows.push_back({group.name, std::to_string(group.x.size())});
  }
  return to_html(t);
}

/// What each rule gains over random, by the rows it is scored on.
inline alx::report::table gain_table(experiment_record const& all, claim const& c) {
  alx::report::table t{
      "Final ROC AUC: difference from random, paired by seed, with its 95 % interval",
      {{"rule", column_kind::words}},
      {}};
  auto const rows = scored_rows(all);
  for (auto const& scored : rows) {
    t.columns.push_back({scored.first});
  }
  for (auto const& part : c.parts) {
    std::string const rule = part.what.substr(0, part.what.find(" − "));
    auto row = std::find_if(
        t.rows.begin(), t.rows.end(), [&](auto const& cells) { return cells[0] == rule; });
    if (row == t.rows.end()) {
      t.rows.emplace_back(t.columns.size(), "–");
      row = t.rows.end() - 1;
      row->front() = rule;
    }
    auto const at = std::find_if(
        rows.begin(), rows.end(), [&](auto const& scored) { return scored.first == part.rows; });
    (*row)[static_cast<std::size_t>(at - rows.begin()) + 1] = difference_text(part.difference);
  }
  return t;
}

/// Every comparison of a claim.
inline std::string claim_table(claim const& c) {
  alx::report::table t{"95 % interval by comparison: " + c.criterion,
                       {{"comparison", column_kind::words},
                        {"scored on", column_kind::words},
                        {"difference"},
                        {"95 % interval"},
                        {"verdict", column_kind::words}},
                       {}};
  for (auto const& part : c.parts) {
    t.rows.push_back({part.what,
                      part.rows,
                      signed_number(part.difference.mean, 4),
                      interval_text(part.difference.of_mean, 4),
                      words(part.result, c.kind)});
  }
  return to_html(t);
}

/// Ours beside the published value, one row a rule.
inline alx::report::table published_table(experiment_record const& all, quantity const& what) {
  bool const is_auc = &what == &quantities::auc;
  alx::report::table t{std::string(what.title) + ", after the last fit",
                       {{"rule", column_kind::words},
                        {"ours, mean ± 95 %"},
                        {"95 % of single runs"},
                        {"published row", column_kind::words},
                        {"published"},
                        {"inside?", column_kind::words}},
                       {}};
  if (is_auc) {
    t.columns.push_back({"Python original, 5 seeds"});
  }
  for (auto const* rule : rules_run(all)) {
    double const published = rule->published.*what.published;
    if (!shares_definition(*rule, what)) {
      continue;
    }
    auto const ours = final_of(all, rule->name, what);
    auto const& single = ours.of_single;
    std::string const range = std::isfinite(single.lower)
                                  ? "[" + number(single.lower, what.digits) + ", " +
                                        number(single.upper, what.digits) + "]"
                                  : "–";
    std::string const inside = ours.n < 2                   ? "one repeat"
                               : single.contains(published) ? "inside"
                                                            : "outside";
    int const digits = is_auc ? 4 : what.digits;
    t.rows.push_back({std::string(rule->title),
                      mean_text(ours, what.digits),
                      range,
                      std::string(rule->published.name),
                      number(published, digits),
                      inside});
    if (is_auc) {
      t.rows.back().push_back(number(rule->original_auc, 4));
    }
  }
  return t;
}

/// What is measured on which rows, and the labels saved: one row a rule.
inline alx::report::table honest_table(experiment_record const& all) {
  alx::report::table t{
      "Final ROC AUC by the rows it is measured on (mean ± 95 % of the mean), and "
      "labels saved against random",
      {{"rule", column_kind::words}},
      {}};
  auto const rows = scored_rows(all);
  for (auto const& scored : rows) {
    t.columns.push_back({scored.first});
  }
  bool const saved = !runs_with(all, "random").empty();
  auto const add_saved = [&](auto const& add) {
    for (auto const& scored : rows) {
      if (saved && scored.second != &quantities::unlabelled) {
        add(scored);
      }
    }
  };
  add_saved([&](auto const& scored) {
    t.columns.push_back({"labels saved, " + scored.first.substr(0, scored.first.find(" ("))});
  });
  for (auto const* rule : rules_run(all)) {
    std::vector<std::string> row{std::string(rule->title)};
    for (auto const& scored : rows) {
      row.push_back(mean_text(final_of(all, rule->name, *scored.second), 4));
    }
    add_saved([&](auto const& scored) {
      double const labels = labels_saved(all, rule->name, *scored.second);
      row.push_back(std::isfinite(labels) ? number(labels, 0) : "never reached");
    });
    t.rows.push_back(std::move(row));
  }
  if (!all.rival_auc_fresh.empty()) {
    std::vector<std::string> row(t.columns.size(), "–");
    row.front() = rival_title;
    row[rows.size()] = mean_text(rival_curve(all).back(), 4);  // the fresh rows come last
    t.rows.push_back(std::move(row));
  }
  return t;
}

/// What no choice of rows can go beyond.
inline std::string limits_sentence(experiment_record const& all) {
  std::string const best =
      std::isfinite(all.auc_fresh_best_possible)
          ? "; the best possible rule has " + number(all.auc_fresh_best_possible, 4)
          : "";
  return "With every label of the pool the same learner reaches " +
         number(all.auc_fresh_all_labels, 4) + " on " + all.fresh_name + best + ".";
}

/// What the simplest learner makes of labels that chance chose.
inline std::string rival_sentence(experiment_record const& all) {
  auto const curve = rival_curve(all);
  auto const labels = labels_known(all);
  std::size_t const early = curve.size() / 10;
  return "The simplest rival, a logistic regression on the labels that random asked, has " +
         mean_text(curve[early], 4) + " with " + number(labels[early], 0) + " labels and " +
         mean_text(curve.back(), 4) + " with " + number(labels.back(), 0) + " on " +
         all.fresh_name + ".";
}

/// One round of one rule in numbers.
inline std::string evolution_table(pool_view const& pool, evolution const& seen) {
  struct row {
    std::string_view name;
    std::array<alx::index_t, 2> count{};
  };

  row known{"labelled"};
  row predicted{"predicted"};
  row wrong{"predicted wrongly"};
  for (std::size_t i = 0; i < pool.labels.size(); ++i) {
    auto const truth = static_cast<std::size_t>(pool.labels[i]);
    auto const said = static_cast<std::size_t>(seen.predicted[i]);
    known.count[truth] += seen.labelled[i] ? 1 : 0;
    predicted.count[said] += 1;
    wrong.count[said] += said != truth ? 1 : 0;
  }
  alx::report::table t{
      "Rows of the pool", {{"", column_kind::words}, {"class 0"}, {"class 1"}}, {}};
  for (auto const& r : {known, predicted, wrong}) {
    t.rows.push_back({std::string(r.name), std::to_string(r.count[0]), std::to_string(r.count[1])});
  }
  return to_html(t);
}

}  // namespace notebook::reporting
