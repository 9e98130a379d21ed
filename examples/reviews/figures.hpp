// SPDX-License-Identifier: Apache-2.0
/// @file
/// The charts of the review experiment.
#pragma once

#include <alx/report/line_chart.hpp>
#include <alx/report/svg.hpp>

#include "experiment.hpp"
#include "published.hpp"
#include "rules.hpp"
#include "tables.hpp"
#include <algorithm>
#include <cctype>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reviews::reporting {

using alx::nn::epoch_scores;
using alx::report::line_chart;
using alx::report::line_series;
using alx::report::placement;

/// A chart as a file: its name and what is in it.
using figure_file = std::pair<std::string, std::string>;

/// One number of an epoch.
struct epoch_quantity {
  std::string_view id;
  std::string_view title;
  double epoch_scores::*value;
};

inline constexpr epoch_quantity epoch_loss{"loss", "loss", &epoch_scores::loss};
inline constexpr epoch_quantity epoch_accuracy{
    "accuracy", "accuracy", &epoch_scores::binary_accuracy};

/// All epochs of a run, its trainings one after the other with a gap between them.
struct epoch_curve {
  std::vector<double> x;
  std::vector<double> training;
  std::vector<double> validation;
  std::vector<double> boundaries;  ///< between the last epoch of a round and the first of the next

  void gap() {
    x.push_back(unknown);
    training.push_back(unknown);
    validation.push_back(unknown);
  }
};

inline epoch_curve epochs_of(run_record const& run, epoch_quantity const& what) {
  epoch_curve curve;
  double epoch = 0.0;
  for (auto const& round : run.rounds) {
    auto const& past = round.training;
    if (past.training.empty()) continue;
    if (epoch > 0.0) {
      curve.boundaries.push_back(epoch + 0.5);
      curve.gap();
    }
    for (std::size_t e = 0; e < past.training.size(); ++e) {
      curve.x.push_back(epoch += 1.0);
      curve.training.push_back(past.training[e].*what.value);
      curve.validation.push_back(e < past.validation.size() ? past.validation[e].*what.value
                                                            : unknown);
    }
  }
  return curve;
}

/// `chart` with thin vertical lines where a new round begins.
inline std::string with_boundaries(line_chart const& chart,
                                   std::vector<double> const& boundaries,
                                   placement where) {
  std::string svg = to_svg(chart, where);
  auto const area = alx::report::detail::fit_axes(chart);
  std::string path;
  for (double const x : boundaries) {
    path += "M" + alx::report::plain_number(area.at_x(x), 1) + " " +
            alx::report::plain_number(area.top, 1) + "v" +
            alx::report::plain_number(area.height, 1);
  }
  if (!path.empty()) {
    svg.insert(svg.rfind("</svg>"), alx::report::detail::svg_stroke(path, hue::ink, 1.2, "2 3"));
  }
  return svg;
}

/// Loss or accuracy over all epochs of a rule: its first seed, and the validation of the others.
inline std::string history_svg(comparison_record const& all,
                               rule_info const& rule,
                               epoch_quantity const& what,
                               placement where) {
  auto const runs = runs_with(all, rule.name);
  auto const first = epochs_of(runs.front()->run, what);
  line_chart chart;
  chart.text = {"history-" + std::string(rule.name) + "-" + std::string(what.id),
                std::string(rule.title) + ": " + std::string(what.title),
                "Training and validation " + std::string(what.title) +
                    " over all epochs of the first seed; dotted vertical lines where a new round "
                    "of labels begins. The table beside the figure tells the rounds."};
  chart.x_label = first.boundaries.empty() ? "epoch" : "epoch, all rounds one after the other";
  chart.y_label = what.title;
  chart.digits = 4;
  chart.last_heading = "last epoch";
  auto const add = [&](std::string name, hue colour, dash pattern, auto const& x, auto const& y) {
    auto const finite = [](double value) { return std::isfinite(value); };
    if (std::none_of(y.begin(), y.end(), finite)) return;
    chart.series.push_back({std::move(name), colour, pattern, x, y, {}, {}, {}});
  };
  auto const seed = [](tested_run const* one) { return ", seed " + std::to_string(one->run.seed); };
  for (std::size_t i = 1; i < runs.size() && first.boundaries.empty(); ++i) {
    auto const next = epochs_of(runs[i]->run, what);
    add("validation" + seed(runs[i]), hue::grey, dash::dot, next.x, next.validation);
  }
  add("training" + seed(runs[0]), hue::orange, dash::long_dash, first.x, first.training);
  add("validation" + seed(runs[0]), hue::blue, dash::solid, first.x, first.validation);
  return with_boundaries(chart, first.boundaries, where);
}

/// True where the rule's runs have epochs to draw.
inline bool has_history(comparison_record const& all, rule_info const& rule) {
  auto const& rounds = runs_with(all, rule.name).front()->run.rounds;
  return std::any_of(rounds.begin(), rounds.end(), [](round_record const& round) {
    return !round.training.training.empty();
  });
}

/// Mean of the seeds over the labels, one curve a rule, with 95 % bands.
inline line_chart curves_over_labels(comparison_record const& all,
                                     std::vector<rule_info const*> const& rules,
                                     quantity what) {
  line_chart chart;
  chart.x_label = "labels, thousands";
  chart.digits = 4;
  bool bands = false;
  for (auto const* rule : rules) {
    line_series line{std::string(rule->title), rule->colour, rule->pattern, {}, {}, {}, {}, {}};
    auto const curve = curve_of(all, rule->name, what);
    auto const known = means_of(curve_of(all, rule->name, labels));
    for (std::size_t r = 0; r < curve.size(); ++r) {
      if (known[r] < 0.1 * known.back()) continue;  // the first steps would hide the rest
      line.x.push_back(known[r] / 1000.0);
      line.y.push_back(curve[r].mean);
      line.lower.push_back(curve[r].of_mean.lower);
      line.upper.push_back(curve[r].of_mean.upper);
    }
    if (runs_with(all, rule->name).size() < 2) {
      line.lower.clear();
      line.upper.clear();
    }
    bands = bands || !line.lower.empty();
    chart.series.push_back(std::move(line));
  }
  chart.last_heading = bands ? "last mean ± 95 %" : "last value";
  return chart;
}

/// "Logistic regression on TF-IDF"
inline std::string heading_of(family kind) {
  std::string title(info_of(kind).title);
  title.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(title.front())));
  return title;
}

/// Test accuracy over labels of the usable rules of one learner, with the published lines.
inline line_chart learning_chart(comparison_record const& all, family kind) {
  auto chart = curves_over_labels(all, rules_run(all, kind), accuracy);
  chart.text = {"curves-" + std::string(info_of(kind).prefix),
                heading_of(kind),
                "Curves over the labels known, one a rule: mean of the seeds with its 95 % band. "
                "Level lines: what was published."};
  chart.y_label = "test accuracy";
  chart.references = {{"published, 40,000 labels", published_full.accuracy},
                      {"published, 29,997 labels", published_active.accuracy}};
  return chart;
}

/// The share of class 1 in what rules of small batches asked, over labels.
inline line_chart share_chart(comparison_record const& all, family kind) {
  auto chart = curves_over_labels(all, rules_run(all, kind), [](round_record const& r) {
    return r.asked.empty() ? unknown : r.share_of_ones;
  });
  for (auto& line : chart.series) {
    line.lower.clear();  // batches are small: the bands would cover all
    line.upper.clear();
  }
  chart.text = {"shares-" + std::string(info_of(kind).prefix),
                heading_of(kind),
                "Share of class 1 in each batch over the labels known, mean of the seeds."};
  chart.last_heading = "last mean";
  chart.y_label = "share of class 1";
  chart.references = {{"one half", 0.5}};
  return chart;
}

/// Two by two: rows are the class, columns the prediction, the darker the more.
inline std::string confusion_svg(comparison_record const& all,
                                 rule_info const& rule,
                                 placement where) {
  using alx::report::attribute;
  using alx::report::element;
  using alx::report::svg_text;
  auto const mean = confusion_of(all, rule.name);
  std::string body = svg_text(4.0, 19.0, "head", rule.title);
  body += svg_text(145.0, 46.0, "soft mid", "called bad");
  body += svg_text(255.0, 46.0, "soft mid", "called good");
  auto const cell = [&](double x, double y, double count, double of, std::string_view name) {
    double const share = of > 0.0 ? count / of : 0.0;
    bool const error = name.starts_with("false");
    body += element("rect",
                    attribute("x", x, 0) + attribute("y", y, 0) + attribute("width", "108") +
                        attribute("height", "62") + attribute("rx", "4") +
                        alx::report::painted("fill", error ? hue::vermillion : hue::blue) +
                        attribute("fill-opacity", 0.10 + 0.45 * share, 2));
    body += svg_text(x + 54.0, y + 28.0, "mid figures", thousands(count));
    body += svg_text(x + 54.0, y + 48.0, "mid figures", number(100.0 * share, 1) + " %");
  };
  double const bad = mean.tn + mean.fp;
  double const good = mean.fn + mean.tp;
  body += svg_text(4.0, 90.0, "soft", "bad");
  cell(91.0, 56.0, mean.tn, bad, "true negatives");
  cell(201.0, 56.0, mean.fp, bad, "false positives");
  body += svg_text(4.0, 154.0, "soft", "good");
  cell(91.0, 120.0, mean.fn, good, "false negatives");
  cell(201.0, 120.0, mean.tp, good, "true positives");
  return svg_document(
      {"confusion-" + std::string(rule.name),
       "Confusion matrix: " + std::string(rule.title),
       "Mean counts of the test reviews: bad ones called bad " + number(mean.tn, 0) + " and good " +
           number(mean.fp, 0) + "; good ones called bad " + number(mean.fn, 0) + " and good " +
           number(mean.tp, 0) + "."},
      314,
      188,
      body,
      where);
}

}  // namespace reviews::reporting
