// SPDX-License-Identifier: Apache-2.0
/// @file
/// All runs of the comparison, and the numbers in them: final values, curves, paired differences.
#pragma once

#include <alx/error.hpp>
#include <alx/experiment/statistics.hpp>
#include <alx/metrics/curves.hpp>
#include <alx/report/text.hpp>
#include <alx/view.hpp>

#include "records.hpp"
#include "rules.hpp"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace reviews {

/// A run, and how many of its test rows are of each class.
struct tested_run {
  run_record run;
  alx::index_t ones = 0;
  alx::index_t zeros = 0;
};

/// What the first model of a run asked first, as text.
struct asked_reviews {
  struct review {
    alx::label_t label = 0;
    std::string text;
  };

  std::string rule;
  std::uint64_t seed = 0;
  std::vector<review> first;
};

/// The begin of a text, not cut within a letter of UTF-8.
inline std::string excerpt(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return std::string(text.substr(0, bytes)) + " …";
}

/// The whole comparison.
struct comparison_record {
  std::vector<tested_run> runs;
  std::vector<asked_reviews> asked;
  bool published_setting = false;  ///< the published sizes: published values are comparable
  std::string command;             ///< that makes it again
};

}  // namespace reviews

namespace reviews::reporting {

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// A number of a round.
using quantity = double (*)(round_record const&);

inline double accuracy(round_record const& r) {
  return r.test.binary_accuracy;
}

inline double loss(round_record const& r) {
  return r.test.loss;
}

inline double fn(round_record const& r) {
  return static_cast<double>(r.test.false_negatives);
}

inline double fp(round_record const& r) {
  return static_cast<double>(r.test.false_positives);
}

inline double labels(round_record const& r) {
  return static_cast<double>(r.labels);
}

/// |FN − FP| / (FN + FP): 0 where both errors are as frequent, 1 where there is one kind alone.
inline double imbalance_of(double fn, double fp) {
  return fn + fp > 0.0 ? std::fabs(fn - fp) / (fn + fp) : 0.0;
}

inline double imbalance(round_record const& r) {
  return imbalance_of(fn(r), fp(r));
}

/// "40,000"
inline std::string thousands(double count) {
  std::string text = alx::report::number(count, 0);
  if (!std::isfinite(count)) return text;
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

/// The labels at each round of a run.
inline std::vector<alx::index_t> labels_of(run_record const& run) {
  std::vector<alx::index_t> known;
  for (auto const& round : run.rounds) known.push_back(round.labels);
  return known;
}

inline std::vector<double> accuracies_of(run_record const& run) {
  std::vector<double> values;
  for (auto const& round : run.rounds) values.push_back(accuracy(round));
  return values;
}

/// The runs of one rule, by ascending seed.
inline std::vector<tested_run const*> runs_with(comparison_record const& all,
                                                std::string_view rule) {
  std::vector<tested_run const*> runs;
  for (auto const& one : all.runs) {
    if (one.run.rule == rule) runs.push_back(&one);
  }
  std::sort(runs.begin(), runs.end(), [](auto const* a, auto const* b) {
    return a->run.seed < b->run.seed;
  });
  return runs;
}

/// The rules that were run, in the report's order.
inline std::vector<rule_info const*> rules_run(comparison_record const& all) {
  std::vector<rule_info const*> rules;
  for (auto const& rule : rule_infos) {
    if (!runs_with(all, rule.name).empty()) rules.push_back(&rule);
  }
  return rules;
}

/// Those of one family.
inline std::vector<rule_info const*> rules_run(comparison_record const& all, family kind) {
  auto rules = rules_run(all);
  std::erase_if(rules, [&](rule_info const* rule) { return rule->kind != kind; });
  return rules;
}

/// The families of usable rules that were run, in the report's order.
inline std::vector<family> families_run(comparison_record const& all) {
  std::vector<family> families;
  for (auto const& one : family_infos) {
    if (one.kind != family::replica && !rules_run(all, one.kind).empty()) {
      families.push_back(one.kind);
    }
  }
  return families;
}

/// Refuses what no report can be made of: no runs, rules without a name here, no rounds.
inline void check_runs(comparison_record const& all) {
  if (all.runs.empty()) throw alx::shape_error("report: there is no run");
  for (auto const& one : all.runs) {
    std::string const key = one.run.rule + "/" + std::to_string(one.run.seed);
    if (find_rule(one.run.rule) == nullptr) {
      throw alx::data_error("report: run " + key + " is of an unknown rule");
    }
    if (one.run.rounds.empty()) throw alx::shape_error("report: run " + key + " has no round");
  }
}

/// Repeats in short; where there is none or one is unknown, so is everything.
inline alx::summary summary_of(std::vector<double> const& values) {
  bool const known =
      std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
  return known && !values.empty() ? alx::summarise(values) : alx::summary{};
}

/// What each seed of a rule ends with.
inline std::vector<double> final_values(comparison_record const& all,
                                        std::string_view rule,
                                        quantity what) {
  std::vector<double> values;
  for (auto const* one : runs_with(all, rule)) values.push_back(what(one->run.rounds.back()));
  return values;
}

inline alx::summary final_of(comparison_record const& all, std::string_view rule, quantity what) {
  return summary_of(final_values(all, rule, what));
}

/// The rounds that every seed of a rule has.
inline std::size_t rounds_of(comparison_record const& all, std::string_view rule) {
  std::size_t least = std::numeric_limits<std::size_t>::max();
  auto const runs = runs_with(all, rule);
  for (auto const* one : runs) least = std::min(least, one->run.rounds.size());
  return runs.empty() ? 0 : least;
}

/// What the seeds of a rule say at each of those rounds.
inline std::vector<alx::summary> curve_of(comparison_record const& all,
                                          std::string_view rule,
                                          quantity what) {
  std::vector<alx::summary> curve;
  for (std::size_t round = 0; round < rounds_of(all, rule); ++round) {
    std::vector<double> values;
    for (auto const* one : runs_with(all, rule)) values.push_back(what(one->run.rounds[round]));
    curve.push_back(summary_of(values));
  }
  return curve;
}

/// The means alone.
inline std::vector<double> means_of(std::vector<alx::summary> const& curve) {
  std::vector<double> means;
  means.reserve(curve.size());
  for (auto const& at : curve) means.push_back(at.mean);
  return means;
}

/// Which rounds of two runs are held against each other.
enum class same_labels {
  no,  ///< the last of each
  yes  ///< the last with as many labels in both
};

/// `first` − `second`, seed by seed.
inline alx::summary paired_final(comparison_record const& all,
                                 std::string_view first,
                                 std::string_view second,
                                 quantity what,
                                 same_labels which) {
  std::vector<double> differences;
  auto const add = [&](std::vector<round_record> const& a, std::vector<round_record> const& b) {
    if (which == same_labels::no) {
      differences.push_back(what(a.back()) - what(b.back()));
      return;
    }
    auto const in_b = [&](round_record const& r) {
      return std::find_if(b.rbegin(), b.rend(), [&](round_record const& other) {
        return other.labels == r.labels;
      });
    };
    auto const at = std::find_if(
        a.rbegin(), a.rend(), [&](round_record const& r) { return in_b(r) != b.rend(); });
    if (at != a.rend()) differences.push_back(what(*at) - what(*in_b(*at)));
  };
  for (auto const* a : runs_with(all, first)) {
    for (auto const* b : runs_with(all, second)) {
      if (a->run.seed == b->run.seed) add(a->run.rounds, b->run.rounds);
    }
  }
  return summary_of(differences);
}

/// The difference of the mean heights of both learning curves, over the seeds whose rounds have the
/// same labels in both.
inline alx::summary paired_height(comparison_record const& all,
                                  std::string_view first,
                                  std::string_view second) {
  std::vector<double> differences;
  auto const add = [&](run_record const& a, run_record const& b) {
    auto const known_a = labels_of(a);
    if (a.seed != b.seed || known_a.size() < 2 || known_a != labels_of(b)) return;
    differences.push_back(alx::area_under_learning_curve(known_a, accuracies_of(a)) -
                          alx::area_under_learning_curve(known_a, accuracies_of(b)));
  };
  for (auto const* a : runs_with(all, first)) {
    for (auto const* b : runs_with(all, second)) add(a->run, b->run);
  }
  return summary_of(differences);
}

/// When a rule reaches an accuracy on the test rows and never falls below it again.
struct labels_needed {
  std::vector<double> of_seeds;  ///< of those seeds that reach it
  alx::index_t seeds = 0;        ///< of all
  double of_mean = unknown;      ///< of the mean curve; NaN where it does not
};

inline labels_needed labels_to_keep(comparison_record const& all,
                                    std::string_view rule,
                                    double level) {
  labels_needed needed;
  auto const kept = [&](std::vector<double> const& curve, std::vector<double> const& known) {
    auto const at = static_cast<std::size_t>(alx::first_kept(curve, level));
    return at < known.size() ? known[at] : unknown;
  };
  for (auto const* one : runs_with(all, rule)) {
    auto const known = labels_of(one->run);
    double const at =
        kept(accuracies_of(one->run), std::vector<double>(known.begin(), known.end()));
    needed.seeds += 1;
    if (std::isfinite(at)) needed.of_seeds.push_back(at);
  }
  needed.of_mean =
      kept(means_of(curve_of(all, rule, accuracy)), means_of(curve_of(all, rule, labels)));
  return needed;
}

}  // namespace reviews::reporting
