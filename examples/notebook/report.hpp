// SPDX-License-Identifier: Apache-2.0
/// @file
/// The report of the blobs experiment: one page, and its charts as files.
#pragma once

#include <alx/error.hpp>
#include <alx/report/page.hpp>

#include "claims.hpp"
#include "figures.hpp"
#include "tables.hpp"
#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace notebook::reporting {

using alx::report::bullet_list;
using alx::report::figure;
using alx::report::figure_width;
using alx::report::page_section;
using alx::report::paragraph;
using alx::report::placement;
using alx::report::subheading;

/// Refuses data that do not belong together; the message names what differs.
inline void check_pool(pool_view const& pool, std::span<evolution const> evolutions) {
  auto const rows = static_cast<std::size_t>(pool.features.rows);
  if (pool.features.rows < 1 || pool.features.cols < 1 || pool.labels.size() != rows) {
    throw alx::shape_error("report: " + std::to_string(pool.features.rows) + " x " +
                           std::to_string(pool.features.cols) + " features with " +
                           std::to_string(pool.labels.size()) + " labels");
  }
  auto const two_classes = [](alx::label_t label) { return label == 0 || label == 1; };
  if (!std::all_of(pool.labels.begin(), pool.labels.end(), two_classes)) {
    throw alx::data_error("report: labels other than 0 and 1");
  }
  for (auto const& seen : evolutions) {
    bool const fits = seen.labelled.size() == rows && seen.predicted.size() == rows &&
                      seen.entropy.size() == rows && seen.ignorance.size() == rows;
    if (!fits || !std::all_of(seen.predicted.begin(), seen.predicted.end(), two_classes)) {
      throw alx::shape_error("report: round " + std::to_string(seen.round) + " of " + seen.rule +
                             " does not tell one value and one of two classes for each of " +
                             std::to_string(rows) + " rows");
    }
  }
}

/// The comparison of `c` on `rows` with the least or the greatest difference; null without any.
template <class Less>
comparison const* extreme(claim const& c, std::string_view rows, Less const& less) {
  comparison const* found = nullptr;
  for (auto const& part : c.parts) {
    if (part.rows == rows && (found == nullptr || less(part.difference, found->difference))) {
      found = &part;
    }
  }
  return found;
}

/// What one claim says on one kind of rows, in a sentence of HTML: the verdict, and the comparison
/// that speaks for it least.
inline std::string verdict_sentence(claim const& c, std::string_view rows) {
  auto const on_rows = [&](comparison const& part) { return part.rows == rows; };
  auto const held = [&](comparison const& part) {
    return on_rows(part) && part.result == verdict::holds;
  };
  auto const count = std::count_if(c.parts.begin(), c.parts.end(), on_rows);
  auto const* weakest = extreme(c, rows, [&](alx::summary const& a, alx::summary const& b) {
    return c.kind == claim_kind::greater ? a.mean < b.mean : std::fabs(a.mean) > std::fabs(b.mean);
  });
  std::string const tally =
      count == 1 ? ""
                 : std::to_string(std::count_if(c.parts.begin(), c.parts.end(), held)) + " of " +
                       std::to_string(count) + " comparisons hold; the weakest: ";
  return alx::report::escape("On " + std::string(rows) + ": ") +
         alx::report::element("strong", "", words(judge_all(c, rows), c.kind)) +
         alx::report::escape(". " + tally + weakest->what + ": " +
                             difference_text(weakest->difference) + ".");
}

/// The rules for which `wanted` came out, with their mean gains.
inline std::string listed(claim const& c, std::string_view rows, verdict wanted) {
  std::string list;
  for (auto const& part : c.parts) {
    if (part.rows == rows && part.result == wanted) {
      list += (list.empty() ? "" : ", ") + part.what.substr(0, part.what.find(" − ")) + " (" +
              signed_number(part.difference.mean, 4) + ")";
    }
  }
  return list;
}

/// The headline: what choosing gains over chance on rows that no model has seen.
inline std::vector<std::string> headline(experiment_record const& all, claim const& gains) {
  std::vector<std::string> points;
  auto const rows = scored_rows(all);
  std::string const& honest = rows.back().first;
  std::string const where =
      "On " + honest + ", at " + number(labels_known(all).back(), 0) + " labels: ";
  auto const add = [&](std::string const& before, verdict wanted) {
    std::string const list = listed(gains, honest, wanted);
    if (!list.empty()) {
      points.push_back(where + before + list + ".");
    }
  };
  add("better than random are ", verdict::holds);
  add("no difference from random is shown for ", verdict::open);
  add("worse than random are ", verdict::fails);
  auto const greater = [](alx::summary const& a, alx::summary const& b) { return a.mean > b.mean; };
  auto const* here = extreme(gains, honest, greater);
  auto const* published = extreme(gains, rows.front().first, greater);
  if (here != nullptr && published != nullptr && here != published) {
    points.push_back(
        "The largest mean gain there is " + signed_number(here->difference.mean, 4) +
        ". Counted over all rows, as published, the largest reads " +
        signed_number(published->difference.mean, 4) +
        ": that count includes the labelled rows, which the trees have memorised, and the rules "
        "that choose have labelled the difficult ones.");
  }
  return points;
}

/// How many published means lie where one more run of ours would, and which do not.
inline std::string reproduction_sentence(experiment_record const& all) {
  int inside = 0;
  int known = 0;
  std::string outside;
  for (auto const* rule : rules_run(all)) {
    for (auto const* what : published_quantities) {
      double const published = rule->published.*what->published;
      if (!std::isfinite(published) || !shares_definition(*rule, *what)) {
        continue;
      }
      known += 1;
      if (final_of(all, rule->name, *what).of_single.contains(published)) {
        inside += 1;
      } else {
        outside += (outside.empty() ? "" : ", ") + std::string(rule->title) + " (" +
                   std::string(what->title) + ")";
      }
    }
  }
  return std::to_string(inside) + " of " + std::to_string(known) +
         " published final means lie inside our 95 % intervals of single runs, each compared with "
         "the rule whose formula made it." +
         (outside.empty() ? "" : " Outside: " + outside + ".");
}

inline page_section summary_section(experiment_record const& all) {
  auto const gains = active_beats_random(all);
  std::vector<std::string> points;
  std::string html;
  if (gains.parts.empty()) {
    points.emplace_back(
        "Random was not run beside another rule: nothing can be said about what choosing gains.");
  } else {
    points = headline(all, gains);
  }
  if (std::isfinite(all.auc_fresh_all_labels)) {
    points.push_back(limits_sentence(all));
  }
  if (!all.rival_auc_fresh.empty()) {
    points.push_back(rival_sentence(all));
  }
  if (all.published_setting && all.repeats > 1) {
    points.push_back(reproduction_sentence(all));
  }
  html += alx::report::key_points(points);
  if (!is_known(all, quantities::fresh)) {
    html += paragraph(
        "No rows were held out: what is said here counts rows of the pool only. "
        "The option --holdout 0.2 keeps some apart.");
  }
  return {
      "summary", "Summary", html + (gains.parts.empty() ? "" : to_html(gain_table(all, gains)))};
}

inline page_section data_section(pool_view const& pool) {
  auto const first = data_chart(pool, 0, 3);
  auto const second = data_chart(pool, 1, 3);
  std::string caption = "The pool by true class, over two pairs of its " +
                        std::to_string(pool.features.cols) + " features.";
  if (pool.step() > 1) {
    caption += " Every " + std::to_string(pool.step()) + "th row is drawn.";
  }
  return {"data",
          "A first look at the data",
          figure(to_svg(first) + to_svg(second),
                 caption,
                 group_table(first, "Points by class"),
                 figure_width::two)};
}

/// The curves that were published, or those that were not.
inline std::string curve_figures(experiment_record const& all, bool published) {
  std::string figures;
  for (auto const* what : quantities_shown(all)) {
    if ((what->published != nullptr) == published) {
      figures += figure(to_svg(curves_chart(all, *what)), what->caption, curve_table(all, *what));
    }
  }
  return alx::report::element("div", alx::report::attribute("class", "grid"), figures);
}

inline page_section published_section(experiment_record const& all) {
  std::string const markers =
      all.published_setting ? "; diamonds in the right margin mark the published final values."
                            : ".";
  return {"published-curves",
          all.published_setting ? "The five published curves" : "Curves over the whole pool",
          paragraph("Each is measured over all rows of the pool, labelled ones included. Lines are "
                    "means over the repeats, bands the 95 % intervals of those means" +
                    markers) +
              curve_figures(all, true)};
}

/// The curves that the published figure hides.
inline page_section honest_section(experiment_record const& all) {
  return {"honest-curves",
          all.published_setting ? "What the published figure hides"
                                : "Rows that the model was not fitted to",
          paragraph("A gain on all rows can be knowledge or memory. Here no row counts that the "
                    "model was fitted to.") +
              curve_figures(all, false)};
}

inline page_section table_section(experiment_record const& all) {
  std::string html;
  if (all.published_setting) {
    html += paragraph(
        "The published program ran its last two rules the other way round from their names: the "
        "row printed as “modified ignorance” was made with the product rule, the row printed as "
        "“entropy + modified ignorance” with modified ignorance alone. Each of our rules stands "
        "beside the row that its formula made; the Python original, run again with five seeds, "
        "confirms it (0.9167 for modified ignorance, 0.9099 for the product). Published means are "
        "called inside where one more run of ours would fall with 95 % probability: "
        "mean ± t·sd·√(1 + 1/n).");
    html += to_html(published_table(all, quantities::auc));
  }
  html += to_html(honest_table(all));
  if (!runs_with(all, "random").empty()) {
    html += paragraph(
        "Labels saved: how many labels earlier than random a rule's mean curve reaches the mean "
        "that random ends with, and stays above it. Random's own row shows how much of that is "
        "chance.");
  }
  if (all.published_setting) {
    std::string tables;
    for (auto const* what : quantities_shown(all)) {
      if (what->published != nullptr && what != &quantities::auc) {
        tables += to_html(published_table(all, *what));
      }
    }
    html += tables;
  }
  return {"table", "Final values", html};
}

inline page_section claims_section(experiment_record const& all, std::vector<claim> const& claims) {
  std::string html = paragraph(
      "Each verdict is computed from the repeats of this run: differences after the last "
      "fit, paired by seed, with 95 % intervals. They are not widened for the number of "
      "comparisons: about one in twenty that differ in nothing would look as if they did.");
  for (auto const& c : claims) {
    html += subheading(c.statement) + paragraph("It " + c.criterion + ".");
    std::vector<std::string> sentences;
    for (auto const& scored : scored_rows(all)) {
      bool const compared = std::any_of(c.parts.begin(), c.parts.end(), [&](auto const& part) {
        return part.rows == scored.first;
      });
      if (compared) {
        sentences.push_back(verdict_sentence(c, scored.first));
      }
    }
    html += alx::report::html_list(sentences) +
            alx::report::folded("Every comparison, with its interval", claim_table(c));
  }
  return {"claims",
          all.published_setting ? "The published claims" : "The published claims, on these data",
          html};
}

/// "prioritisation, 250 labels": the rounds of one rule, earliest first.
inline std::string evolution_figures(pool_view const& pool,
                                     std::vector<evolution const*> const& rounds,
                                     uncertainty_range const& range) {
  std::string html;
  for (auto const* seen : rounds) {
    auto const known = std::count(seen->labelled.begin(), seen->labelled.end(), true);
    std::string panels;
    for (auto const& chart : evolution_charts(pool, *seen, range)) {
      panels += to_svg(chart);
    }
    html += figure(panels,
                   std::string(find_rule(seen->rule)->title) + ", " + std::to_string(known) +
                       " labels (fit " + std::to_string(seen->round + 1) + ", seed " +
                       std::to_string(seen->seed) + ").",
                   evolution_table(pool, *seen),
                   figure_width::three);
  }
  return html;
}

inline page_section evolution_section(pool_view const& pool,
                                      std::span<evolution const> evolutions) {
  std::string html = paragraph(
      "One repeat, round by round: which rows are known, what the model makes of all "
      "rows, and where they lie in ignorance and entropy. A rule asks at the top "
      "(entropy), on the right (ignorance), in the corner of both (their product), or "
      "anywhere (random).");
  uncertainty_range const range(evolutions);
  for (auto const& rule : rule_infos) {
    std::vector<evolution const*> rounds;
    for (auto const& seen : evolutions) {
      if (seen.rule == rule.name) {
        rounds.push_back(&seen);
      }
    }
    std::sort(rounds.begin(), rounds.end(), [](auto const* a, auto const* b) {
      return a->round < b->round;
    });
    if (!rounds.empty()) {
      html += subheading(rule.title) + evolution_figures(pool, rounds, range);
    }
  }
  return {"evolution", "How the labels spread", html};
}

/// The command that makes this page again.
inline std::string command_line(experiment_record const& all) {
  auto const rules = rules_run(all);
  std::string const rule =
      rules.size() == rule_infos.size() ? "all" : std::string(rules.front()->name);
  std::string line = "build/release/examples/notebook --rule " + rule + " --rounds " +
                     std::to_string(all.rounds) + " --repeats " + std::to_string(all.repeats) +
                     " --initial " + std::to_string(all.initial) + " --batch " +
                     std::to_string(all.batch) + " --seed " + std::to_string(all.seed);
  if (!all.published_setting && all.fresh_name == "holdout") {
    line += " --features X.npy --labels y.npy";
    line += is_known(all, quantities::fresh) ? " --holdout SHARE" : "";
  }
  return line + " --out DIR --fresh";
}

inline std::string configuration_table(experiment_record const& all, pool_view const& pool) {
  auto const ones = std::count(pool.labels.begin(), pool.labels.end(), 1);
  std::string const last_seed =
      std::to_string(all.seed + static_cast<std::uint64_t>(all.repeats) - 1);
  alx::report::table const t{
      "Configuration",
      {{"", column_kind::words}, {"", column_kind::words}},
      {{"pool",
        std::to_string(pool.features.rows) + " rows, " + std::to_string(pool.features.cols) +
            " features, " + std::to_string(ones) + " rows of class 1"},
       {"labels",
        std::to_string(all.initial) + " to start with, " + std::to_string(all.batch) +
            " more a round, " + number(labels_known(all).back(), 0) + " at the last of " +
            std::to_string(all.runs.front().rounds.size()) + " fits"},
       {"repeats",
        std::to_string(all.repeats) + ", seeds " + std::to_string(all.seed) + " to " + last_seed},
       {"learner", "gradient boosting, LightGBM's defaults, seed 42"},
       {"rules",
        "entropy −Σ p ln(p + 1e-6); ignorance 1 − s², s the silhouette of the predicted "
        "labels; modified ignorance −s; prioritisation: entropy over its maximum, times "
        "ignorance; ties to the lowest row number"}}};
  return to_html(t);
}

inline page_section method_section(experiment_record const& all, pool_view const& pool) {
  std::vector<std::string> notes{
      "ROC AUC is that of hard labels, as published: the mean of both classes' recall, not of a "
      "ranking by probability.",
      "All repeats share one pool and one set of " + all.fresh_name +
          ": the intervals speak of the draw of the first labels, not of other data sets.",
      "Differences are paired by seed: two rules with one seed start from the same labels."};
  if (all.published_setting) {
    notes.emplace_back("“1050 labels (21 %)” in the publication is " +
                       number(labels_known(all).back(), 0) +
                       " at the last fit: the last ten are asked after it and never learned from.");
  }
  std::string const command = alx::report::element(
      "pre", "", alx::report::element("code", "", alx::report::escape(command_line(all))));
  return {"method",
          "How it was made",
          configuration_table(all, pool) + paragraph("To make it again:") + command + "\n" +
              subheading("To be read with it") + bullet_list(notes)};
}

}  // namespace notebook::reporting

namespace notebook {

/// The report as one HTML page that needs nothing else.
///
/// **Throws.** `shape_error` or `data_error` where records, pool and evolutions do not belong
/// together.
inline std::string notebook_page(experiment_record const& all,
                                 alx::matrix_view<double const> features,
                                 std::span<alx::label_t const> labels,
                                 std::span<evolution const> evolutions) {
  reporting::pool_view const pool{features, labels};
  reporting::check_runs(all);
  reporting::check_pool(pool, evolutions);
  alx::report::page page;
  page.title = all.published_setting ? "Which rows to label? The blobs experiment"
                                     : "Which rows to label? Your data";
  page.lead = alx::report::paragraph(
      "Boosted trees learn to tell two classes from a few labelled rows. Six rules compete to "
      "choose the rows that are labelled next: the model's entropy, the silhouette's “ignorance”, "
      "their products, and chance.");
  page.sections = {reporting::summary_section(all),
                   reporting::data_section(pool),
                   reporting::published_section(all),
                   reporting::honest_section(all),
                   reporting::table_section(all)};
  if (auto const claims = reporting::judge_claims(all, features.rows); !claims.empty()) {
    page.sections.push_back(reporting::claims_section(all, claims));
  }
  if (!evolutions.empty()) {
    page.sections.push_back(reporting::evolution_section(pool, evolutions));
  }
  page.sections.push_back(reporting::method_section(all, pool));
  page.footer = alx::report::paragraph("Made by alx, examples/notebook.");
  return to_html(page);
}

/// The page's charts, each as a file of its own: name and content.
///
/// **Throws.** Like `notebook_page`.
inline std::vector<std::pair<std::string, std::string>> notebook_figures(
    experiment_record const& all,
    alx::matrix_view<double const> features,
    std::span<alx::label_t const> labels,
    std::span<evolution const> evolutions) {
  reporting::pool_view const pool{features, labels};
  reporting::check_runs(all);
  reporting::check_pool(pool, evolutions);
  std::vector<std::pair<std::string, std::string>> files;
  auto const add = [&](auto const& chart) {
    files.emplace_back(chart.text.id + ".svg", to_svg(chart, alx::report::placement::own_file));
  };
  add(reporting::data_chart(pool, 0, 3));
  add(reporting::data_chart(pool, 1, 3));
  for (auto const* what : reporting::quantities_shown(all)) {
    add(reporting::curves_chart(all, *what));
  }
  reporting::uncertainty_range const range(evolutions);
  for (auto const& seen : evolutions) {
    for (auto const& chart : reporting::evolution_charts(pool, seen, range)) {
      add(chart);
    }
  }
  return files;
}

}  // namespace notebook
