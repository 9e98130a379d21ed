// SPDX-License-Identifier: Apache-2.0
/// @file
/// What was published, claim by claim, and what the seeds say about it. Every verdict is computed.
#pragma once

#include <alx/experiment/statistics.hpp>
#include <alx/report/text.hpp>

#include "experiment.hpp"
#include "published.hpp"
#include "rules.hpp"
#include <cmath>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reviews::reporting {

/// What a 95 % interval says about a claim; `undecided`: there is none, for want of seeds.
enum class verdict { holds, fails, open, undecided };

/// What the claim says of a difference.
enum class wanted {
  more,  ///< it is greater than 0
  less,  ///< it is less than 0
  same   ///< nothing tells it from 0
};

inline verdict judge(alx::interval const& range, wanted which) {
  if (!std::isfinite(range.lower) || !std::isfinite(range.upper)) return verdict::undecided;
  if (which == wanted::same) return range.contains(0.0) ? verdict::holds : verdict::fails;
  bool const above = range.lower > 0.0;
  bool const below = range.upper < 0.0;
  if (!above && !below) return verdict::open;
  return above == (which == wanted::more) ? verdict::holds : verdict::fails;
}

inline std::string words(verdict result) {
  switch (result) {
    case verdict::holds:
      return "holds";
    case verdict::fails:
      return "does not hold";
    case verdict::open:
      return "no difference shown";
    case verdict::undecided:
      return "not decided: no interval from one seed";
  }
  return {};
}

/// One difference and what it says.
struct comparison {
  std::string of;    ///< "this run" or "Keras 3.15"
  std::string what;  ///< "accuracy, class ratio − all labels"
  std::string seeds;
  double mean = unknown;
  alx::interval of_mean;
  int digits = 4;
  verdict result = verdict::undecided;
};

inline constexpr std::string_view this_run = "this run";
inline constexpr std::string_view keras_run = "Keras 3.15";

/// A claim and its comparisons.
struct claim {
  std::string statement;
  std::string criterion;
  wanted which = wanted::more;
  std::vector<comparison> parts;

  /// Adds a difference of pairs, where there are any.
  void add(std::string_view of, std::string what, alx::summary const& d, int digits) {
    if (!std::isfinite(d.mean)) return;
    parts.push_back({std::string(of),
                     std::move(what),
                     std::to_string(d.n),
                     d.mean,
                     d.of_mean,
                     digits,
                     judge(d.of_mean, which)});
  }

  /// Adds a difference of means without pairs, where both have values.
  void add(std::string what, std::vector<double> const& first, std::vector<double> const& second) {
    if (first.empty() || second.empty()) return;
    auto const d = alx::welch_difference(first, second);
    parts.push_back({std::string(this_run),
                     std::move(what),
                     std::to_string(first.size()) + " and " + std::to_string(second.size()),
                     d.mean,
                     d.of_mean,
                     4,
                     judge(d.of_mean, which)});
  }
};

/// All comparisons of one source in words: what holds for some and fails for others holds in part.
inline std::string overall(claim const& c, std::string_view of) {
  bool held = false;
  bool failed = false;
  bool open = false;
  bool undecided = false;
  for (auto const& part : c.parts) {
    if (part.of != of) continue;
    held = held || part.result == verdict::holds;
    failed = failed || part.result == verdict::fails;
    open = open || part.result == verdict::open;
    undecided = undecided || part.result == verdict::undecided;
  }
  if (held) return failed || open || undecided ? "holds in part" : words(verdict::holds);
  if (failed) return words(verdict::fails);
  return words(undecided && !open ? verdict::undecided : verdict::open);
}

/// What `of` makes of each of Keras' seeds: a column, or what is computed of one seed.
template <class Of>
std::vector<double> keras_values(Of of) {
  std::vector<double> values;
  values.reserve(keras_seeds.size());
  for (auto const& one : keras_seeds) values.push_back(std::invoke(of, one));
  return values;
}

/// Adds the published rule less the full model: ours, and Keras' where the sizes are the published.
inline void add_replica(comparison_record const& all,
                        claim& c,
                        std::string const& name,
                        quantity ours,
                        double (*keras)(keras_seed const&),
                        int digits) {
  std::string const what = name + ", active − full";
  auto const difference = paired_final(all, "class_ratio", "full", ours, same_labels::no);
  if (!std::isfinite(difference.mean)) return;
  c.add(this_run, what, difference, digits);
  if (all.published_setting) {
    c.add(keras_run, what, summary_of(keras_values(keras)), digits);
  }
}

inline claim suffices(comparison_record const& all) {
  claim c{"30,000 labels suffice: the active model scores the same as the full one or better",
          "holds where the 95 % interval of the paired difference lies above 0, does not hold "
          "where it lies below",
          wanted::more,
          {}};
  add_replica(
      all,
      c,
      "test accuracy",
      accuracy,
      [](keras_seed const& k) { return k.active_accuracy - k.full_accuracy; },
      4);
  return c;
}

inline claim balanced(comparison_record const& all) {
  claim c{"The active model's errors are better balanced",
          "holds where |FN − FP| / (FN + FP) is smaller: the 95 % interval of the paired "
          "difference lies below 0",
          wanted::less,
          {}};
  add_replica(
      all,
      c,
      "|FN − FP| / (FN + FP)",
      imbalance,
      [](keras_seed const& k) {
        return imbalance_of(k.active_fn, k.active_fp) - imbalance_of(k.full_fn, k.full_fp);
      },
      3);
  return c;
}

inline claim fewer_errors(comparison_record const& all) {
  claim c{"The active model has fewer false positives and fewer false negatives",
          "holds where the 95 % interval of the paired difference lies below 0, for each",
          wanted::less,
          {}};
  add_replica(
      all,
      c,
      "false positives",
      fp,
      [](keras_seed const& k) { return k.active_fp - k.full_fp; },
      0);
  add_replica(
      all,
      c,
      "false negatives",
      fn,
      [](keras_seed const& k) { return k.active_fn - k.full_fn; },
      0);
  return c;
}

inline claim equals_keras(comparison_record const& all) {
  claim c{"This program's models are as good as Keras'",
          "holds where Welch's 95 % interval of the difference of the means contains 0",
          wanted::same,
          {}};
  if (!all.published_setting) return c;
  c.add("test accuracy of the full model, ours − Keras'",
        final_values(all, "full", accuracy),
        keras_values(&keras_seed::full_accuracy));
  c.add("test accuracy of the active model, ours − Keras'",
        final_values(all, "class_ratio", accuracy),
        keras_values(&keras_seed::active_accuracy));
  return c;
}

/// Adds a rule less another with the same labels.
inline void add_pair(comparison_record const& all,
                     claim& c,
                     rule_info const& rule,
                     std::string const& other,
                     std::string_view short_title) {
  std::string const what = std::string(rule.title) + " − " + std::string(short_title) + ", ";
  c.add(this_run,
        what + "at the end",
        paired_final(all, rule.name, other, accuracy, same_labels::yes),
        4);
  c.add(this_run, what + "mean of the curve", paired_height(all, rule.name, other), 4);
}

inline claim beats_random(comparison_record const& all, family kind) {
  auto const& learner = info_of(kind);
  std::string const random = std::string(learner.prefix) + "_random";
  claim c{"Choosing beats chance, " + std::string(learner.title) +
              ": test accuracy with the same labels",
          "holds where the 95 % interval of the paired difference lies above 0",
          wanted::more,
          {}};
  for (auto const* rule : rules_run(all, kind)) {
    if (rule->name != random) add_pair(all, c, *rule, random, "random");
  }
  return c;
}

inline claim refines_entropy(comparison_record const& all) {
  claim c{
      "Weights kept from round to round, or a batch spread over the pool, improve on entropy: "
      "test accuracy with the same labels",
      "holds where the 95 % interval of the paired difference lies above 0",
      wanted::more,
      {}};
  add_pair(all, c, *find_rule("long_entropy_kept"), "long_entropy", "anew");
  add_pair(all, c, *find_rule("lsa_entropy_k_center"), "lsa_entropy", "the highest");
  return c;
}

inline claim alternative(comparison_record const& all) {
  claim c{"Few labels do better than the published LSTM with all 40,000",
          "holds where Welch's 95 % interval of the difference of the means lies above 0; the two "
          "are tested on other rows, so that seeds do not pair",
          wanted::more,
          {}};
  for (auto const* rule : rules_run(all)) {
    if (!small_batches(rule->kind)) continue;
    auto const known = final_of(all, rule->name, labels);
    c.add("test accuracy, " + std::string(rule->title) + " with " + thousands(known.mean) +
              " labels − LSTM with all",
          final_values(all, rule->name, accuracy),
          final_values(all, "full", accuracy));
  }
  return c;
}

/// All claims that the runs can say something about.
inline std::vector<claim> judge_claims(comparison_record const& all) {
  std::vector<claim> claims{
      suffices(all), balanced(all), fewer_errors(all), equals_keras(all), alternative(all)};
  for (family const kind : families_run(all)) claims.push_back(beats_random(all, kind));
  claims.push_back(refines_entropy(all));
  std::erase_if(claims, [](claim const& c) { return c.parts.empty(); });
  return claims;
}

}  // namespace reviews::reporting
