// SPDX-License-Identifier: Apache-2.0
/// @file
/// The tables of the review experiment: for its page, for documents, for a terminal.
#pragma once

#include <alx/detail/shortest.hpp>
#include <alx/experiment/statistics.hpp>
#include <alx/report/summary_text.hpp>
#include <alx/report/table.hpp>
#include <alx/report/text.hpp>

#include "claims.hpp"
#include "experiment.hpp"
#include "published.hpp"
#include "rules.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reviews::reporting {

using alx::report::column_kind;
using alx::report::interval_text;
using alx::report::mean_text;
using alx::report::number;
using alx::report::signed_number;
using alx::report::table;

/// "5 seeds"
inline std::string seeds_text(std::size_t seeds) {
  return std::to_string(seeds) + (seeds == 1 ? " seed" : " seeds");
}

/// A model's line in the main table, from the values of its seeds.
inline std::vector<std::string> model_row(std::string name,
                                          std::string by,
                                          double labels_known,
                                          std::array<alx::summary, 4> const& values) {
  auto const& [accuracies, fns, fps, losses] = values;
  return {std::move(name),
          std::move(by),
          thousands(labels_known),
          mean_text(accuracies, 4),
          mean_text(fns, 0),
          mean_text(fps, 0),
          mean_text(losses, 4)};
}

/// What was published beside a rule, and what Keras' seeds make of it.
inline void add_published(table& t, std::string_view rule) {
  bool const full = rule == "full";
  auto const& print = full ? published_full : published_active;
  auto const mean = [](double keras_seed::*of) { return summary_of(keras_values(of)); };
  t.rows.push_back(
      model_row("",
                std::string(keras_run) + ", " + seeds_text(keras_seeds.size()),
                static_cast<double>(print.labels),
                {mean(full ? &keras_seed::full_accuracy : &keras_seed::active_accuracy),
                 mean(full ? &keras_seed::full_fn : &keras_seed::active_fn),
                 mean(full ? &keras_seed::full_fp : &keras_seed::active_fp),
                 full ? mean(&keras_seed::full_loss) : alx::summary{}}));
  t.rows.push_back({"",
                    "published",
                    thousands(static_cast<double>(print.labels)),
                    number(print.accuracy, 4),
                    std::to_string(print.fn),
                    std::to_string(print.fp),
                    full ? number(published_full_loss, 4) : "–"});
}

/// Every model after its last round: ours, Keras', published.
inline table model_table(comparison_record const& all) {
  table t{"The models after their last round, on 5,000 test reviews: mean ± 95 % of the mean",
          {{"model", column_kind::words},
           {"by", column_kind::words},
           {"labels"},
           {"test accuracy"},
           {"false negatives"},
           {"false positives"},
           {"loss"}},
          {}};
  auto const& first = all.runs.front();
  if (first.ones + first.zeros > 0) {
    t.caption = "The models after their last round, on " +
                thousands(static_cast<double>(first.ones + first.zeros)) +
                " test reviews: mean ± 95 % of the mean";
  }
  for (auto const* rule : rules_run(all)) {
    t.rows.push_back(model_row(std::string(rule->title),
                               "ours, " + seeds_text(runs_with(all, rule->name).size()),
                               final_of(all, rule->name, labels).mean,
                               {final_of(all, rule->name, accuracy),
                                final_of(all, rule->name, fn),
                                final_of(all, rule->name, fp),
                                final_of(all, rule->name, loss)}));
    if (all.published_setting && rule->kind == family::replica) add_published(t, rule->name);
  }
  return t;
}

/// "1,450 ± 210", "1,500 … 1,900 (3 of 5 seeds)", "not reached".
inline std::string needed_text(labels_needed const& needed) {
  auto const reached = static_cast<alx::index_t>(needed.of_seeds.size());
  if (reached == 0) return "not reached";
  if (reached == needed.seeds) {
    auto const s = summary_of(needed.of_seeds);
    std::string const mean = thousands(s.mean);
    return std::isfinite(s.half_width()) ? mean + " ± " + thousands(s.half_width()) : mean;
  }
  auto const [low, high] = std::minmax_element(needed.of_seeds.begin(), needed.of_seeds.end());
  return thousands(*low) + (*low < *high ? " … " + thousands(*high) : "") + " (" +
         std::to_string(reached) + " of " + std::to_string(needed.seeds) + " seeds)";
}

/// Labels that each usable rule needs to reach the published accuracy and to keep it.
inline table needed_table(comparison_record const& all) {
  table t{"Labels needed to reach the published test accuracy of " +
              number(published_full.accuracy, 4) + " and never to fall below it again",
          {{"rule", column_kind::words},
           {"labels, mean ± 95 % over seeds"},
           {"seeds that reach it"},
           {"of the mean curve"},
           {"most labels tried"}},
          {}};
  for (auto const* rule : rules_run(all)) {
    if (rule->kind == family::replica) continue;
    auto const needed = labels_to_keep(all, rule->name, published_full.accuracy);
    t.rows.push_back(
        {std::string(rule->title),
         needed_text(needed),
         std::to_string(needed.of_seeds.size()) + " of " + std::to_string(needed.seeds),
         std::isfinite(needed.of_mean) ? thousands(needed.of_mean) : "not reached",
         thousands(final_of(all, rule->name, labels).mean)});
  }
  return t;
}

/// Every comparison of a claim.
inline table claim_table(claim const& c) {
  table t{"The claim " + c.criterion,
          {{"comparison", column_kind::words},
           {"from", column_kind::words},
           {"seeds"},
           {"difference"},
           {"95 % interval"},
           {"verdict", column_kind::words}},
          {}};
  for (auto const& part : c.parts) {
    t.rows.push_back({part.what,
                      part.of,
                      part.seeds,
                      signed_number(part.mean, part.digits),
                      interval_text(part.of_mean, part.digits),
                      words(part.result)});
  }
  return t;
}

/// All claims in one table, for documents.
inline table verdict_table(std::vector<claim> const& claims) {
  table t{"Claims and verdicts (differences with 95 % intervals)",
          {{"claim", column_kind::words},
           {"comparison", column_kind::words},
           {"from", column_kind::words},
           {"difference"},
           {"95 % interval"},
           {"verdict", column_kind::words}},
          {}};
  for (auto const& c : claims) {
    bool first = true;
    for (auto const& part : c.parts) {
      t.rows.push_back({first ? c.statement : "",
                        part.what,
                        part.of,
                        signed_number(part.mean, part.digits),
                        interval_text(part.of_mean, part.digits),
                        words(part.result)});
      first = false;
    }
  }
  return t;
}

/// Means of the final counts, class by class.
struct confusion_counts {
  double tn = 0.0;
  double fp = 0.0;
  double fn = 0.0;
  double tp = 0.0;
};

inline confusion_counts confusion_of(comparison_record const& all, std::string_view rule) {
  confusion_counts mean;
  auto const runs = runs_with(all, rule);
  auto const share = 1.0 / static_cast<double>(runs.size());
  for (auto const* one : runs) {
    auto const& last = one->run.rounds.back();
    mean.fp += share * fp(last);
    mean.fn += share * fn(last);
    mean.tn += share * (static_cast<double>(one->zeros) - fp(last));
    mean.tp += share * (static_cast<double>(one->ones) - fn(last));
  }
  return mean;
}

inline table confusion_table(comparison_record const& all) {
  table t{"Test reviews by class and prediction, means over the seeds",
          {{"model", column_kind::words},
           {"bad, called bad"},
           {"bad, called good (FP)"},
           {"good, called bad (FN)"},
           {"good, called good"}},
          {}};
  for (auto const* rule : rules_run(all)) {
    auto const mean = confusion_of(all, rule->name);
    t.rows.push_back({std::string(rule->title),
                      number(mean.tn, 0),
                      number(mean.fp, 0),
                      number(mean.fn, 0),
                      number(mean.tp, 0)});
  }
  return t;
}

/// The shares of class 1 in each round's batch, for rules of few rounds: the replica's aim beside
/// the published, and what the usable rules got.
inline table share_table(comparison_record const& all) {
  table t{"Share of good reviews among those asked, by round: mean ± 95 %",
          {{"rule", column_kind::words}},
          {}};
  std::size_t rounds = 0;
  for (auto const* rule : rules_run(all)) {
    if (small_batches(rule->kind) || rule->name == "full") continue;
    rounds = std::max(rounds, rounds_of(all, rule->name) - 1);
  }
  for (std::size_t r = 1; r <= rounds; ++r) t.columns.push_back({"round " + std::to_string(r)});
  auto const add = [&](std::string name, std::vector<std::string> cells) {
    cells.resize(rounds, "–");
    cells.insert(cells.begin(), std::move(name));
    t.rows.push_back(std::move(cells));
  };
  for (auto const* rule : rules_run(all)) {
    if (small_batches(rule->kind) || rule->name == "full") continue;
    auto curve = curve_of(all, rule->name, [](round_record const& r) { return r.share_of_ones; });
    curve.pop_back();  // after the last round nothing is asked
    std::vector<std::string> cells;
    cells.reserve(curve.size());
    for (auto const& at : curve) cells.push_back(mean_text(at, 4));
    bool const aim = rule->kind == family::replica;
    add(std::string(rule->title) + (aim ? ", aimed at" : ""), std::move(cells));
    if (!aim || !all.published_setting) continue;
    cells.clear();
    for (double const share : published_shares) cells.push_back(number(share, 4));
    add("published", std::move(cells));
  }
  return t;
}

/// Means at selected rounds: the table beside a figure.
inline table curve_table(comparison_record const& all,
                         std::vector<rule_info const*> const& rules,
                         quantity what,
                         std::string caption) {
  table t{std::move(caption), {{"labels"}}, {}};
  std::size_t rounds = 0;
  std::vector<double> known;
  std::vector<std::vector<alx::summary>> curves;
  for (auto const* rule : rules) {
    t.columns.push_back({std::string(rule->title)});
    curves.push_back(curve_of(all, rule->name, what));
    if (curves.back().size() > rounds) {
      rounds = curves.back().size();
      known = means_of(curve_of(all, rule->name, labels));
    }
  }
  std::size_t const step = std::max<std::size_t>(1, (rounds + 9) / 10);
  for (std::size_t r = 0; r < rounds; ++r) {
    if (r % step != 0 && r + 1 != rounds) continue;
    std::vector<std::string> row{thousands(known[r])};
    for (auto const& curve : curves) {
      row.push_back(r < curve.size() ? mean_text(curve[r], 4) : "–");
    }
    t.rows.push_back(std::move(row));
  }
  return t;
}

/// `rule,round,labels,measure,mean,lower,upper,seeds`: means over seeds with their 95 % intervals
/// (empty with one seed). What is not defined has no line.
[[nodiscard]] inline std::string curves_csv(comparison_record const& all) {
  using alx::detail::shortest;
  static constexpr std::array<std::pair<char const*, quantity>, 5> measures{
      {{"accuracy", accuracy},
       {"fn", fn},
       {"fp", fp},
       {"loss", loss},
       {"validation_accuracy",
        [](round_record const& r) { return r.validation.binary_accuracy; }}}};
  std::string text = "rule,round,labels,measure,mean,lower,upper,seeds\n";
  for (auto const* rule : rules_run(all)) {
    auto const known = means_of(curve_of(all, rule->name, labels));
    for (auto const& [name, what] : measures) {
      auto const curve = curve_of(all, rule->name, what);
      for (std::size_t round = 0; round < curve.size(); ++round) {
        auto const& s = curve[round];
        if (!std::isfinite(s.mean)) continue;
        text += std::string(rule->name) + ',' + std::to_string(round) + ',' +
                shortest(known[round]) + ',' + name + ',' + shortest(s.mean) + ',';
        text += s.n > 1 ? shortest(s.of_mean.lower) + ',' + shortest(s.of_mean.upper) : ",";
        text += ',' + std::to_string(s.n) + '\n';
      }
    }
  }
  return text;
}

/// The tables in Markdown, for documents: none of the reviews' text is in them.
[[nodiscard]] inline std::string tables_markdown(comparison_record const& all) {
  std::string text =
      to_markdown(model_table(all)) + '\n' + to_markdown(verdict_table(judge_claims(all)));
  auto const needed = needed_table(all);
  if (!needed.rows.empty()) text += '\n' + to_markdown(needed);
  auto const shares = share_table(all);
  if (!shares.rows.empty()) text += '\n' + to_markdown(shares);
  return text;
}

/// Letters of UTF-8 text.
inline std::size_t letters(std::string const& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

/// A table for a terminal: columns two blanks apart, numbers to the right.
[[nodiscard]] inline std::string to_plain(table const& t) {
  check_cells(t);
  std::vector<std::string> heads;
  std::vector<std::size_t> width;
  for (auto const& column : t.columns) heads.push_back(column.heading);
  for (std::size_t c = 0; c < heads.size(); ++c) {
    width.push_back(letters(heads[c]));
    for (auto const& row : t.rows) width[c] = std::max(width[c], letters(row[c]));
  }
  std::string text;
  auto const line = [&](std::vector<std::string> const& cells) {
    std::string one;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      std::string const fill(width[c] - letters(cells[c]) + (c > 0 ? 2 : 0), ' ');
      std::string const gap = c > 0 ? "  " : "";
      one += t.columns[c].kind == column_kind::numbers ? fill + cells[c]
                                                       : gap + cells[c] + fill.substr(gap.size());
    }
    text += one.substr(0, one.find_last_not_of(' ') + 1) + '\n';
  };
  line(heads);
  for (auto const& row : t.rows) line(row);
  return text;
}

}  // namespace reviews::reporting
