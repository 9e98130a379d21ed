// SPDX-License-Identifier: Apache-2.0
/// @file
/// The report of the review experiment: one page, and its charts as files.
#pragma once

#include <alx/report/page.hpp>

#include "claims.hpp"
#include "experiment.hpp"
#include "figures.hpp"
#include "tables.hpp"
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reviews::reporting {

using alx::report::element;
using alx::report::escape;
using alx::report::figure;
using alx::report::figure_width;
using alx::report::folded;
using alx::report::page_section;
using alx::report::paragraph;
using alx::report::subheading;

/// "0.8480 ± 0.0055 (5 seeds; Keras 3.15: 0.8477; published: 0.8508)"
inline std::string accuracy_text(comparison_record const& all,
                                 std::string_view rule,
                                 published_model const& published,
                                 double keras_seed::*keras) {
  std::string text =
      mean_text(final_of(all, rule, accuracy), 4) + " (" + seeds_text(runs_with(all, rule).size());
  if (all.published_setting) {
    text += "; " + std::string(keras_run) + ": " + mean_text(summary_of(keras_values(keras)), 4) +
            ", " + seeds_text(keras_seeds.size()) + "; published: " + number(published.accuracy, 4);
  }
  return text + ")";
}

/// What was reached: a sentence a published model, and one for the best usable rule.
inline std::vector<std::string> results_in_short(comparison_record const& all) {
  std::vector<std::string> points;
  auto const add = [&](std::string_view rule, std::string const& name, auto const&... rest) {
    if (runs_with(all, rule).empty()) return;
    points.push_back(name + ", " + thousands(final_of(all, rule, labels).mean) +
                     " labels: test accuracy " + accuracy_text(all, rule, rest...) + ".");
  };
  add("full", "The full model", published_full, &keras_seed::full_accuracy);
  add("class_ratio", "The published active model", published_active, &keras_seed::active_accuracy);
  std::string reached;
  std::string missed;
  for (auto const* rule : rules_run(all)) {
    if (rule->kind == family::replica) continue;
    auto const needed = labels_to_keep(all, rule->name, published_full.accuracy);
    std::string const title(rule->title);
    if (needed.of_seeds.empty()) {
      missed += (missed.empty() ? "" : "; ") + title + " with up to " +
                thousands(final_of(all, rule->name, labels).mean);
    } else {
      reached += (reached.empty() ? "" : "; ") + title + ": " + needed_text(needed);
    }
  }
  std::string const level = number(published_full.accuracy, 4);
  if (!reached.empty()) {
    points.push_back("Labels until a test accuracy of " + level +
                     " (published with 40,000) is reached and kept: " + reached + ".");
  }
  if (!missed.empty()) points.push_back("Never reached " + level + ": " + missed + ".");
  return points;
}

/// "Claim: **verdict** (what: +0.0011 [−0.0012, +0.0034]; …)."; each difference has its own verdict
/// where they are not of one mind.
inline std::string claim_in_short(claim const& c) {
  auto const own = [&](comparison const& part) {
    return part.of != this_run || part.result == c.parts.front().result;
  };
  bool const agreed = std::all_of(c.parts.begin(), c.parts.end(), own);
  std::string of_parts;
  for (auto const& part : c.parts) {
    if (part.of != this_run) continue;
    of_parts +=
        (of_parts.empty() ? "" : "; ") + part.what + ": " + signed_number(part.mean, part.digits);
    if (std::isfinite(part.of_mean.lower)) {
      of_parts += " " + interval_text(part.of_mean, part.digits);
    }
    if (!agreed) of_parts += ", " + words(part.result);
  }
  return escape(c.statement) + ": " + element("strong", "", escape(overall(c, this_run))) + " (" +
         escape(of_parts) + ").";
}

inline page_section summary_section(comparison_record const& all,
                                    std::vector<claim> const& claims) {
  std::string html = alx::report::key_points(results_in_short(all));
  if (!claims.empty()) {
    std::vector<std::string> sentences;
    sentences.reserve(claims.size());
    for (auto const& c : claims) sentences.push_back(claim_in_short(c));
    html += paragraph("What the seeds say about each claim, with 95 % intervals:") +
            alx::report::html_list(sentences);
  }
  return {"summary", "Summary", html};
}

inline page_section table_section(comparison_record const& all) {
  std::string html = to_html(model_table(all));
  std::string notes =
      "The two models of the publication are tested on its rows: the first of each class, from the "
      "original training half.";
  if (rules_run(all).back()->kind != family::replica) {
    notes +=
        " The other rules can be used by somebody who has no labels: one unsorted pool, test rows "
        "drawn at random, exact duplicates removed. Their test rows are other rows.";
  }
  html += paragraph(notes);
  return {"models", "The models", html};
}

inline page_section claims_section(std::vector<claim> const& claims) {
  std::string html = paragraph(
      "Each verdict is computed from the seeds of this run. Where two models share a seed they "
      "share their rows, and the difference is taken seed by seed. The intervals are not widened "
      "for the number of comparisons: about one in twenty that differ in nothing would look as if "
      "they did. No difference shown does not mean that there is none: the interval says how large "
      "it can be.");
  for (auto const& c : claims) {
    html += subheading(c.statement);
    std::string sentence = "This run: " + element("strong", "", escape(overall(c, this_run))) + ".";
    bool const keras = std::any_of(
        c.parts.begin(), c.parts.end(), [](auto const& part) { return part.of == keras_run; });
    if (keras) {
      sentence += escape(" " + std::string(keras_run) + ", " + seeds_text(keras_seeds.size()) +
                         " under the same protocol: ") +
                  element("strong", "", escape(overall(c, keras_run))) + ".";
    }
    html += element("p", "", sentence) + "\n" + to_html(claim_table(c));
  }
  return {"claims", "Claim by claim", html};
}

/// The trainings of each seed, round by round.
inline table history_table(comparison_record const& all, rule_info const& rule) {
  table t{"Trainings of " + std::string(rule.title),
          {{"seed", column_kind::words},
           {"round"},
           {"labels"},
           {"epochs"},
           {"best epoch"},
           {"validation loss there"},
           {"validation accuracy there"}},
          {}};
  for (auto const* one : runs_with(all, rule.name)) {
    auto const& rounds = one->run.rounds;
    for (std::size_t r = 0; r < rounds.size(); ++r) {
      auto const& past = rounds[r].training;
      auto const best = static_cast<std::size_t>(past.best_epoch);
      bool const known = best < past.validation.size();
      t.rows.push_back({std::to_string(one->run.seed),
                        std::to_string(r),
                        thousands(static_cast<double>(rounds[r].labels)),
                        std::to_string(past.training.size()),
                        std::to_string(best + 1),
                        known ? number(past.validation[best].loss, 4) : "–",
                        known ? number(past.validation[best].binary_accuracy, 4) : "–"});
    }
  }
  return t;
}

inline std::string history_figure(comparison_record const& all, rule_info const& rule) {
  auto const seeds = runs_with(all, rule.name).size();
  bool const rounds = rounds_of(all, rule.name) > 1;
  std::string caption = std::string(rule.title) + ", loss and accuracy over all epochs.";
  if (rounds) caption += " Dotted vertical lines: a new round of labels begins.";
  if (!rounds && seeds > 1) caption += " Grey: the other seeds' validation.";
  return figure(history_svg(all, rule, epoch_loss, placement::in_page) +
                    history_svg(all, rule, epoch_accuracy, placement::in_page),
                caption,
                to_html(history_table(all, rule)),
                figure_width::two);
}

inline page_section histories_section(comparison_record const& all) {
  std::string html = paragraph(
      "Training values are measured while the weights change, with dropout; validation values at "
      "each epoch's end, without. A training ends four epochs after its lowest validation loss.");
  std::string usable;
  for (auto const* rule : rules_run(all)) {
    if (!has_history(all, *rule)) continue;
    (rule->kind == family::replica ? html : usable) += history_figure(all, *rule);
  }
  if (!usable.empty()) html += folded("The histories of the usable rules", usable);
  return {"histories", "Training histories", html};
}

inline page_section curves_section(comparison_record const& all) {
  std::string html;
  std::string figures;
  for (family const kind : families_run(all)) {
    auto const rules = rules_run(all, kind);
    figures += figure(
        to_svg(learning_chart(all, kind)),
        "Lines are means over the seeds, bands the 95 % intervals of those means, from a tenth of "
        "the "
        "labels on; the table begins earlier. Level lines were published, for other test rows.",
        to_html(curve_table(all, rules, accuracy, "Test accuracy, mean ± 95 % of the mean")));
  }
  html += element("div", alx::report::attribute("class", "grid"), figures) + "\n";
  html += to_html(needed_table(all));
  html += paragraph(
      "Each seed's curve counts from the first measured number of labels at which it stands at the "
      "published accuracy or above and from which it never falls below again, within the labels "
      "that were tried.");
  return {"curves", "Accuracy against labels", html};
}

inline page_section confusion_section(comparison_record const& all) {
  std::string pictures;
  for (auto const* rule : rules_run(all)) {
    pictures += confusion_svg(all, *rule, placement::in_page);
  }
  return {"confusion",
          "Confusion matrices",
          figure(pictures,
                 "The models after their last round: rows are what a review is, columns what it is "
                 "called; means over the seeds, shares of each row.",
                 to_html(confusion_table(all)),
                 figure_width::three)};
}

/// True where a family's rules have many small batches to draw.
inline bool asks_often(comparison_record const& all, family kind) {
  auto const rules = rules_run(all, kind);
  return small_batches(kind) && std::any_of(rules.begin(), rules.end(), [&](auto const* rule) {
           return rounds_of(all, rule->name) > 1;
         });
}

inline page_section shares_section(comparison_record const& all) {
  std::string html = paragraph(
      "The published rule takes rows from pools sorted by their true class, in the ratio of its "
      "model's errors on the test rows: its shares are what it aims at. The usable rules do not "
      "know the classes before they ask; theirs are what came.");
  auto const shares = share_table(all);
  if (!shares.rows.empty()) html += to_html(shares);
  std::string figures;
  for (family const kind : families_run(all)) {
    if (!asks_often(all, kind)) continue;
    figures += figure(to_svg(share_chart(all, kind)),
                      "Single batches are small: the lines are means over the seeds.",
                      to_html(curve_table(
                          all,
                          rules_run(all, kind),
                          [](round_record const& r) { return r.share_of_ones; },
                          "Share of class 1 among what was asked (none after the last round)")));
  }
  if (!figures.empty()) {
    html += element("div", alx::report::attribute("class", "grid"), figures) + "\n";
  }
  return {"shares", "What was asked, by class", html};
}

inline page_section texts_section(comparison_record const& all) {
  std::string html = paragraph(
      "The first reviews that the first model of a run asked for, in order. The published rule "
      "does not look at them: it takes the next ones of each class.");
  bool first = true;
  for (auto const& asked : all.asked) {
    auto const* rule = find_rule(asked.rule);
    table t{std::string(rule->title) + ", seed " + std::to_string(asked.seed),
            {{"order"}, {"is", column_kind::words}, {"review", column_kind::words}},
            {}};
    for (auto const& review : asked.first) {
      t.rows.push_back(
          {std::to_string(t.rows.size() + 1), review.label == 1 ? "good" : "bad", review.text});
    }
    bool const shown = first && (rule->kind != family::replica || all.asked.size() == 1);
    html += shown ? to_html(t) : folded(rule->title, to_html(t));
    first = first && !shown;
  }
  return {"reviews", "The reviews asked first", html};
}

inline page_section method_section(comparison_record const& all) {
  std::vector<std::string> notes;
  auto const note = [&](std::string text) { notes.push_back(std::move(text)); };
  note(
      "The published model: 3,000 tokens, length 150, embedding 128, bidirectional LSTM 32, "
      "global max pooling, dense 20, dropout 0.5, one sigmoid; RMSprop, batch 256, at most 20 "
      "epochs, "
      "patience 4 on the validation loss, the weights of the lowest validation loss are kept.");
  note(
      "All labels and class ratio follow the published protocol: rows in class order through a "
      "shuffle buffer of 20,000; the active model's optimizer starts over in each round, its "
      "weights stay. The rule reads the test rows, so its test accuracy is no fair estimate.");
  note(
      "The usable rules choose from one unsorted pool by the model alone; error ratio is the "
      "published idea from the validation rows and predicted classes. Validation rows are "
      "labelled too and not counted as labels, as published.");
  note(
      "The long LSTM is the same network with 400 words a text, and its embedding begins with "
      "vectors of the words' neighbours in the unlabelled pool; Adam, batch 32; it is trained anew "
      "in each round.");
  note(
      "The logistic regressions read TF-IDF of the full texts, or 100 dimensions of latent "
      "semantic analysis of their single words and pairs, both from the unlabelled pool.");
  note(
      "Seeds order or draw the rows and name all other chance. ± and [ ] are 95 % intervals of "
      "means over seeds (Student's t; Welch where nothing pairs the seeds).");
  std::string html = alx::report::bullet_list(notes);
  if (!all.command.empty()) {
    html += paragraph("To make it again:") +
            element("pre", "", element("code", "", escape(all.command))) + "\n";
  }
  return {"method", "How it was made", html};
}

}  // namespace reviews::reporting

namespace reviews {

/// The report as one HTML page that needs nothing else.
///
/// **Throws.** `shape_error` or `data_error` for runs that no report can be made of.
inline std::string compare_page(comparison_record const& all) {
  namespace parts = reporting;
  parts::check_runs(all);
  auto const claims = parts::judge_claims(all);
  alx::report::page page;
  page.title = "How many labels does a review classifier need?";
  page.lead = alx::report::paragraph(
      "Film reviews are good or bad. A bidirectional LSTM learns to tell from 40,000 labels, or "
      "from fewer that it asks for, as Keras' example has it; beside it rules that can be used "
      "without knowing the answers, and the obvious alternative: a logistic regression on words.");
  page.sections = {parts::summary_section(all, claims), parts::table_section(all)};
  if (!claims.empty()) page.sections.push_back(parts::claims_section(claims));
  auto const rules = parts::rules_run(all);
  auto const any = [&](auto const& is) { return std::any_of(rules.begin(), rules.end(), is); };
  if (any([&](auto const* rule) { return parts::has_history(all, *rule); })) {
    page.sections.push_back(parts::histories_section(all));
  }
  if (any([](auto const* rule) { return rule->kind != parts::family::replica; })) {
    page.sections.push_back(parts::curves_section(all));
  }
  page.sections.push_back(parts::confusion_section(all));
  if (any([&](auto const* rule) { return parts::rounds_of(all, rule->name) > 1; })) {
    page.sections.push_back(parts::shares_section(all));
  }
  if (!all.asked.empty()) page.sections.push_back(parts::texts_section(all));
  page.sections.push_back(parts::method_section(all));
  page.footer = alx::report::paragraph("Made by alx, examples/reviews.");
  return to_html(page);
}

/// The page's charts, each as a file of its own.
///
/// **Throws.** Like `compare_page`.
inline std::vector<reporting::figure_file> compare_figures(comparison_record const& all) {
  using namespace reporting;
  check_runs(all);
  std::vector<figure_file> files;
  auto const add = [&](line_chart const& chart) {
    files.emplace_back(chart.text.id + ".svg", to_svg(chart, placement::own_file));
  };
  for (auto const* rule : rules_run(all)) {
    std::string const name(rule->name);
    files.emplace_back("confusion-" + name + ".svg",
                       confusion_svg(all, *rule, placement::own_file));
    if (!has_history(all, *rule)) continue;
    for (auto const& what : {epoch_loss, epoch_accuracy}) {
      files.emplace_back("history-" + name + "-" + std::string(what.id) + ".svg",
                         history_svg(all, *rule, what, placement::own_file));
    }
  }
  for (family const kind : families_run(all)) {
    add(learning_chart(all, kind));
    if (asks_often(all, kind)) add(share_chart(all, kind));
  }
  return files;
}

}  // namespace reviews
