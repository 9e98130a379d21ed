// SPDX-License-Identifier: Apache-2.0
/// @file
/// What was published, claim by claim, and what the repeats say about it. Every verdict is
/// computed.
#pragma once

#include <alx/experiment/statistics.hpp>
#include <alx/report/text.hpp>

#include "curves.hpp"
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace notebook::reporting {

/// What a 95 % interval says about a claim.
enum class verdict { holds, fails, open };

/// What it says about several comparisons at once.
enum class overall { holds, holds_in_part, fails, open };

/// `first` is greater than `second`: the interval of the difference lies above 0.
inline verdict judge_greater(alx::summary const& difference) {
  return difference.of_mean.lower > 0.0   ? verdict::holds
         : difference.of_mean.upper < 0.0 ? verdict::fails
                                          : verdict::open;
}

/// What counts as close: ROC AUC points, about the spread of single runs.
inline constexpr double close_margin = 0.01;

/// Both are about equal: the interval of the difference lies within the margin.
inline verdict judge_close(alx::summary const& difference) {
  auto const& [lower, upper] = difference.of_mean;
  return lower >= -close_margin && upper <= close_margin ? verdict::holds
         : lower > close_margin || upper < -close_margin ? verdict::fails
                                                         : verdict::open;
}

/// One difference and what it says.
struct comparison {
  std::string rows;  ///< scored on which rows
  std::string what;  ///< "entropy − random"
  alx::summary difference;
  verdict result = verdict::open;
};

/// What the open verdict of a claim reads like.
enum class claim_kind { greater, close };

/// A claim and its comparisons.
struct claim {
  std::string statement;
  std::string criterion;
  claim_kind kind = claim_kind::greater;
  std::vector<comparison> parts;
};

inline std::string words(verdict result, claim_kind kind) {
  return result == verdict::holds      ? "holds"
         : result == verdict::fails    ? "does not hold"
         : kind == claim_kind::greater ? "no difference shown"
                                       : "not decided";
}

/// All comparisons on these rows as one verdict: one contradiction is enough to fail.
inline overall judge_all(claim const& c, std::string_view rows) {
  std::ptrdiff_t all = 0;
  std::ptrdiff_t held = 0;
  for (auto const& part : c.parts) {
    if (part.rows == rows) {
      if (part.result == verdict::fails) {
        return overall::fails;
      }
      all += 1;
      held += part.result == verdict::holds ? 1 : 0;
    }
  }
  return held == all ? overall::holds : held > 0 ? overall::holds_in_part : overall::open;
}

inline std::string words(overall result, claim_kind kind) {
  switch (result) {
    case overall::holds:
      return words(verdict::holds, kind);
    case overall::holds_in_part:
      return "holds in part";
    case overall::fails:
      return words(verdict::fails, kind);
    case overall::open:
      return words(verdict::open, kind);
  }
  return {};
}

/// The rows that models are scored on, and the quantity that tells.
inline std::vector<std::pair<std::string, quantity const*>> scored_rows(
    experiment_record const& all) {
  std::vector<std::pair<std::string, quantity const*>> rows{
      {"all rows (labelled ones included)", &quantities::auc}};
  if (is_known(all, quantities::unlabelled)) {
    rows.emplace_back("rows still unlabelled", &quantities::unlabelled);
  }
  if (is_known(all, quantities::fresh)) {
    rows.emplace_back(all.fresh_name, &quantities::fresh);
  }
  return rows;
}

/// Adds `first` − `second` on all kinds of rows, where both were run.
inline void compare(experiment_record const& all,
                    claim& c,
                    rule_info const& first,
                    rule_info const& second) {
  if (runs_with(all, first.name).empty() || runs_with(all, second.name).empty()) {
    return;
  }
  for (auto const& [rows, what] : scored_rows(all)) {
    auto const difference = final_difference(all, first.name, second.name, *what);
    if (std::isfinite(difference.mean)) {
      c.parts.push_back(
          {rows,
           std::string(first.title) + " − " + std::string(second.title),
           difference,
           c.kind == claim_kind::greater ? judge_greater(difference) : judge_close(difference)});
    }
  }
}

/// Adds a rule's final mean minus a value that has no repeats.
inline void compare(experiment_record const& all,
                    claim& c,
                    std::pair<std::string, quantity const*> const& rows,
                    std::pair<std::string, double> const& value) {
  auto const& rule = *find_rule("prioritisation");
  auto difference =
      runs_with(all, rule.name).empty() ? alx::summary{} : final_of(all, rule.name, *rows.second);
  difference.mean -= value.second;
  difference.of_mean.lower -= value.second;
  difference.of_mean.upper -= value.second;
  if (std::isfinite(difference.mean)) {
    c.parts.push_back({rows.first,
                       std::string(rule.title) + " − " + value.first,
                       difference,
                       judge_close(difference)});
  }
}

inline claim active_beats_random(experiment_record const& all) {
  claim c{"Rules that choose beat chance at the same number of labels",
          "holds where the 95 % interval of the paired difference lies above 0",
          claim_kind::greater,
          {}};
  for (auto const& rule : rule_infos) {
    if (rule.name != "random") {
      compare(all, c, rule, *find_rule("random"));
    }
  }
  return c;
}

inline claim product_is_best(experiment_record const& all) {
  claim c{"The product of entropy and ignorance (“both”, here prioritisation) is the best rule",
          "holds where it lies above each other rule",
          claim_kind::greater,
          {}};
  for (auto const& rule : rule_infos) {
    if (rule.name != "prioritisation") {
      compare(all, c, *find_rule("prioritisation"), rule);
    }
  }
  return c;
}

inline claim modified_is_close(experiment_record const& all) {
  claim c{"Modified ignorance (−s in the place of 1 − s²) makes little difference",
          "holds where the 95 % interval lies within ±" + alx::report::number(close_margin, 2) +
              " ROC AUC",
          claim_kind::close,
          {}};
  compare(all, c, *find_rule("modified_ignorance"), *find_rule("ignorance"));
  compare(all, c, *find_rule("modified_prioritisation"), *find_rule("prioritisation"));
  return c;
}

/// The share of labels known at the last fit, in per cent.
inline std::string label_share(experiment_record const& all, alx::index_t rows) {
  double const share = 100.0 * labels_known(all).back() / static_cast<double>(rows);
  return alx::report::number(share, 1) + " %";
}

inline claim few_labels_suffice(experiment_record const& all, alx::index_t rows) {
  claim c{"With " + label_share(all, rows) +
              " of the labels (published as 21 %) the product rule reaches a ROC AUC of 0.92",
          "holds where the 95 % interval of the mean lies within ±" +
              alx::report::number(close_margin, 2) + " of 0.92",
          claim_kind::close,
          {}};
  for (auto const& scored : scored_rows(all)) {
    compare(all, c, scored, {"0.92", 0.92});
  }
  return c;
}

inline claim few_labels_do_for_all(experiment_record const& all, alx::index_t rows) {
  claim c{label_share(all, rows) +
              " of the labels, chosen by the product rule, teach as much as all of them (not "
              "published, "
              "but easily read into it)",
          "holds where the 95 % interval of the mean lies within ±" +
              alx::report::number(close_margin, 2) + " of the model fitted to every label",
          claim_kind::close,
          {}};
  compare(all, c, {all.fresh_name, &quantities::fresh}, {"all labels", all.auc_fresh_all_labels});
  return c;
}

/// The claims that this experiment can speak about.
inline std::vector<claim> judge_claims(experiment_record const& all, alx::index_t rows) {
  std::vector<claim> claims{active_beats_random(all), product_is_best(all), modified_is_close(all)};
  if (all.published_setting) {
    claims.push_back(few_labels_suffice(all, rows));
  }
  claims.push_back(few_labels_do_for_all(all, rows));
  std::erase_if(claims, [](claim const& c) { return c.parts.empty(); });
  return claims;
}

}  // namespace notebook::reporting
