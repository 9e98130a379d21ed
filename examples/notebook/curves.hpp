// SPDX-License-Identifier: Apache-2.0
/// @file
/// The records of the experiment as curves over labels, final values and paired differences.
#pragma once

#include <alx/error.hpp>
#include <alx/experiment/statistics.hpp>

#include "published.hpp"
#include "results.hpp"
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace notebook::reporting {

/// The runs of one rule, by ascending seed.
inline std::vector<run_record const*> runs_with(experiment_record const& all,
                                                std::string_view rule) {
  std::vector<run_record const*> runs;
  for (auto const& run : all.runs) {
    if (run.rule == rule) {
      runs.push_back(&run);
    }
  }
  std::sort(
      runs.begin(), runs.end(), [](auto const* a, auto const* b) { return a->seed < b->seed; });
  return runs;
}

/// The rules that were run, in the published order.
inline std::vector<rule_info const*> rules_run(experiment_record const& all) {
  std::vector<rule_info const*> rules;
  for (auto const& rule : rule_infos) {
    if (!runs_with(all, rule.name).empty()) {
      rules.push_back(&rule);
    }
  }
  return rules;
}

/// The simplest rival over the rounds; empty where it was not measured.
inline std::vector<alx::summary> rival_curve(experiment_record const& all) {
  std::vector<alx::summary> curve;
  if (all.rival_auc_fresh.empty()) return curve;
  for (std::size_t round = 0; round < all.rival_auc_fresh.front().size(); ++round) {
    std::vector<double> values;
    for (auto const& repeat : all.rival_auc_fresh) values.push_back(repeat[round]);
    curve.push_back(alx::summarise(values));
  }
  return curve;
}

/// What the rival is called.
inline constexpr std::string_view rival_title = "logistic regression, random’s labels";

/// Refuses what no page can be made of: no runs, rules without a name here, runs of other lengths.
inline void check_runs(experiment_record const& all) {
  if (all.runs.empty() || all.runs.front().rounds.empty()) {
    throw alx::shape_error("report: " + std::to_string(all.runs.size()) +
                           " runs, and the first has no round");
  }
  std::size_t const rounds = all.runs.front().rounds.size();
  for (auto const& run : all.runs) {
    std::string const key = run.rule + "/" + std::to_string(run.seed);
    if (find_rule(run.rule) == nullptr) {
      throw alx::data_error("report: run " + key + " is of an unknown rule");
    }
    if (run.rounds.size() != rounds) {
      throw alx::shape_error("report: run " + key + " has " + std::to_string(run.rounds.size()) +
                             " rounds, the first run " + std::to_string(rounds));
    }
  }
}

/// Labels known at each fit.
inline std::vector<double> labels_known(experiment_record const& all) {
  std::vector<double> labels;
  double known = 0.0;
  for (auto const& round : all.runs.front().rounds) {
    known += static_cast<double>(round.asked.size());
    labels.push_back(known);
  }
  return labels;
}

/// Repeats in short; where one of them is unknown, so is everything.
inline alx::summary summary_of(std::vector<double> const& values) {
  bool const known =
      std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
  return known && !values.empty() ? alx::summarise(values) : alx::summary{};
}

/// What the repeats of a rule say at one round.
inline alx::summary summary_at(experiment_record const& all,
                               std::string_view rule,
                               quantity const& what,
                               std::size_t round) {
  std::vector<double> values;
  for (auto const* run : runs_with(all, rule)) {
    values.push_back(what.value(run->rounds[round]));
  }
  return summary_of(values);
}

/// What they say at every round.
inline std::vector<alx::summary> curve_of(experiment_record const& all,
                                          std::string_view rule,
                                          quantity const& what) {
  std::vector<alx::summary> curve;
  for (std::size_t round = 0; round < all.runs.front().rounds.size(); ++round) {
    curve.push_back(summary_at(all, rule, what, round));
  }
  return curve;
}

/// What they say after the last fit.
inline alx::summary final_of(experiment_record const& all,
                             std::string_view rule,
                             quantity const& what) {
  return summary_at(all, rule, what, all.runs.front().rounds.size() - 1);
}

/// The final difference `first` − `second` over the seeds that both were run with.
inline alx::summary final_difference(experiment_record const& all,
                                     std::string_view first,
                                     std::string_view second,
                                     quantity const& what) {
  std::vector<double> differences;
  for (auto const* a : runs_with(all, first)) {
    for (auto const* b : runs_with(all, second)) {
      if (a->seed == b->seed) {
        differences.push_back(what.value(a->rounds.back()) - what.value(b->rounds.back()));
      }
    }
  }
  return summary_of(differences);
}

/// True where `what` was recorded: there were fresh rows, rows were left.
inline bool is_known(experiment_record const& all, quantity const& what) {
  return std::any_of(all.runs.begin(), all.runs.end(), [&](run_record const& run) {
    return std::any_of(run.rounds.begin(), run.rounds.end(), [&](round_record const& round) {
      return std::isfinite(what.value(round));
    });
  });
}

/// Labels that `rule` needs fewer than random to reach random's final mean, and to keep it; NaN
/// where it does not, or random was not run.
inline double labels_saved(experiment_record const& all,
                           std::string_view rule,
                           quantity const& what) {
  alx::summary const goal =
      runs_with(all, "random").empty() ? alx::summary{} : final_of(all, "random", what);
  std::vector<double> means;
  for (auto const& at : curve_of(all, rule, what)) {
    means.push_back(at.mean);
  }
  auto const labels = labels_known(all);
  auto const kept = static_cast<std::size_t>(alx::first_kept(means, goal.mean));
  return std::isfinite(goal.mean) && kept < labels.size() ? labels.back() - labels[kept] : unknown;
}

/// About `wanted` rounds, evenly apart, the first and the last among them.
inline std::vector<std::size_t> selected_rounds(std::size_t rounds, std::size_t wanted) {
  std::vector<std::size_t> chosen;
  std::size_t const steps = std::min(rounds, wanted) - 1;
  for (std::size_t k = 0; k <= steps; ++k) {
    chosen.push_back(steps == 0 ? 0 : k * (rounds - 1) / steps);
  }
  return chosen;
}

}  // namespace notebook::reporting
