// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the report says of the model: accuracy, classes, calibration, errors, threshold.
#pragma once

#include <alx/metrics/calibration.hpp>
#include <alx/metrics/confusion.hpp>
#include <alx/metrics/proportion.hpp>
#include <alx/report/page.hpp>
#include <alx/report/table.hpp>
#include <alx/view.hpp>

#include "report_figures.hpp"
#include "report_outcome.hpp"
#include "report_text.hpp"
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

namespace label::reporting {

using alx::report::column_kind;
using alx::report::figure;
using alx::report::page_section;
using alx::report::paragraph;
using alx::report::table;

inline page_section curve_section(findings const& found) {
  table t{"Accuracy by labels learnt from",
          {{"labels"}, {"right"}, {"of"}, {"accuracy"}, {"95 % interval"}},
          {}};
  for (auto const& point : found.curve) {
    t.rows.push_back({std::to_string(point.labels),
                      std::to_string(point.right),
                      std::to_string(point.scored),
                      share_text(point.right, point.scored, 1),
                      range_text(point.right, point.scored)});
  }
  std::string html;
  if (found.curve.empty()) {
    html = paragraph("No row that was kept apart has a label yet: there is nothing to draw.");
  } else if (found.curve.size() == 1) {
    html = paragraph("Too few labels for a curve.") + to_html(t);
  } else {
    html = figure(
        to_svg(accuracy_chart(found)),
        "Each point is a model that learnt again from the first answers alone, tried on all rows "
        "that are kept apart. These are the same rows for all points: what differs between points "
        "is surer than the band, which tells how far all of them may be off.",
        to_html(t));
  }
  return {"curve", "Is it still getting better?", html};
}

/// Of rows, how many have each class; those without one are not counted.
inline std::vector<alx::index_t> count_classes(std::vector<alx::label_t> const& labels,
                                               std::size_t classes) {
  std::vector<alx::index_t> counts(classes);
  for (auto const label : labels) {
    if (label >= 0) ++counts[static_cast<std::size_t>(label)];
  }
  return counts;
}

inline page_section balance_section(findings const& found) {
  auto const& known = *found.from->known;
  auto const& names = found.classes();
  auto const learnt = count_classes(known.learnt().labels, names.size());
  auto const kept = count_classes(known.scored().labels, names.size());
  auto const all = count_classes(found.predicted, names.size());
  auto const with_share = [](std::vector<alx::index_t> const& counts, std::size_t c) {
    auto const sum = std::accumulate(counts.begin(), counts.end(), alx::index_t{0});
    return std::to_string(counts[c]) + (sum == 0 ? "" : " (" + share_text(counts[c], sum) + ")");
  };
  table t{"Rows of each class",
          {{"class", column_kind::words},
           {"learnt from"},
           {"kept apart (random)"},
           {"so of all rows, 95 %"},
           {"predicted, all rows"}},
          {}};
  for (std::size_t c = 0; c < names.size(); ++c) {
    t.rows.push_back({clip(names[c], 60),
                      with_share(learnt, c),
                      with_share(kept, c),
                      range_text(kept[c], std::ssize(known.scored().labels)),
                      found.predicted.empty() ? std::string("–") : with_share(all, c)});
  }
  std::vector<bar_series> series = {{"labels learnt from", hue::blue, learnt}};
  if (!known.scored().ids.empty()) {
    series.push_back({"labels of rows drawn at random", hue::green, kept});
  }
  if (!found.predicted.empty()) series.push_back({"predicted, all rows", hue::orange, all});
  return {"balance",
          "How common is each class?",
          figure(bars_svg("Share of each class", names, series),
                 "Rows to learn from are chosen where the model is unsure, so that their shares "
                 "are not those of the data; rows drawn at random tell those.",
                 to_html(t))};
}

/// With fewer rows nothing can be said of probabilities.
inline constexpr alx::index_t enough_to_calibrate = 40;

/// Whether `said`, the mean probability of the classes named, is too large or too small.
inline std::string calibration_sentence(hits const& count, double said) {
  auto const range = alx::wilson(count.right, count.of);
  std::string const text = "On average it gave the class that it named " + percent(said) +
                           ", and " + share_text(count.right, count.of) + " of these were right: ";
  if (range.contains(said)) {
    return text + "no further apart than chance explains" +
           (count.of < 200 ? ", though so few rows show large faults only." : ".");
  }
  return text +
         (said > range.upper ? "it is surer than it should be." : "it is better than it thinks.") +
         " Take its probabilities for an order, not for frequencies.";
}

inline page_section calibration_section(findings const& found, kept_rows const& kept) {
  auto const rows = std::ssize(kept.truth);
  std::string html;
  if (rows < enough_to_calibrate) {
    html = paragraph("Too few rows to tell: " + program::count(rows, "row") +
                     " kept apart with a label, and " + std::to_string(enough_to_calibrate) +
                     " are the least of which anything could be said.");
    return {"calibration", "Do its probabilities mean what they say?", html};
  }
  auto const view = kept.probability.view();
  auto const bins =
      alx::reliability_bins(kept.truth, view, std::clamp<alx::index_t>(rows / 20, 2, 10));
  table t{"Rows kept apart, by the probability of the class that the model names",
          {{"rows"}, {"probability, mean"}, {"right"}, {"95 % interval"}},
          {}};
  std::size_t off = 0;
  double said = 0.0;
  for (auto const& bin : bins) {
    off += bin.of_share.contains(bin.probability) ? 0U : 1U;
    said += bin.probability * static_cast<double>(bin.rows);
    t.rows.push_back({std::to_string(bin.rows),
                      percent(bin.probability, 1),
                      percent(bin.share, 1),
                      range_text(bin.right, bin.rows)});
  }
  html = paragraph(calibration_sentence(found.right, said / static_cast<double>(rows)) + " Of " +
                   program::count(std::ssize(bins), "group") + " of rows " + std::to_string(off) +
                   " lie off by more than their intervals; one in twenty would by chance.");
  html += figure(calibration_svg(bins),
                 "Points below the diagonal: it is surer than it should be; above: less sure. "
                 "Lines are 95 % intervals.",
                 to_html(t));
  html += paragraph("Expected calibration error " +
                    number(alx::expected_calibration_error{static_cast<alx::index_t>(bins.size())}(
                               kept.truth, view),
                           3) +
                    ", Brier score " + number(alx::brier{}(kept.truth, view), 3) +
                    " (0 is perfect in both; of so few rows the first is above 0 for any model).");
  return {"calibration", "Do its probabilities mean what they say?", html};
}

inline page_section confusion_section(findings const& found, kept_rows const& kept) {
  alx::confusion const counted(kept.truth, kept.probability.view());
  table t{"Rows kept apart: the label given (rows) and the class the model names (columns)",
          {{"label given", column_kind::words}},
          {}};
  for (auto const& name : found.classes()) t.columns.push_back({"named " + clip(name, 30)});
  t.columns.push_back({"of these found"});
  auto const classes = static_cast<alx::label_t>(found.classes().size());
  for (alx::label_t truth = 0; truth < classes; ++truth) {
    std::vector<std::string> cells = {clip(found.class_name(truth), 30)};
    for (alx::label_t c = 0; c < classes; ++c) cells.push_back(std::to_string(counted(truth, c)));
    cells.push_back(share_text(counted(truth, truth), counted.of_class(truth)));
    t.rows.push_back(std::move(cells));
  }
  std::vector<std::string> last = {"of those named right"};
  for (alx::label_t c = 0; c < classes; ++c) {
    last.push_back(share_text(counted(c, c), counted.taken_for(c)));
  }
  last.push_back(share_text(counted.correct(), std::ssize(kept.truth)));
  t.rows.push_back(std::move(last));
  return {"confusion",
          "Which classes are taken for which?",
          paragraph(found.threshold() == 0.5
                        ? "The most probable class counts."
                        : "The most probable class counts, not yet the threshold below.") +
              to_html(t)};
}

inline void count_row(alx::threshold_choice& counts, bool is_one, bool named_one) {
  ++(is_one ? named_one ? counts.tp : counts.fn : named_one ? counts.fp : counts.tn);
}

/// Errors where each twentieth of the rows has the threshold that the others choose.
inline alx::threshold_choice without_own_choice(outcome const& from) {
  constexpr std::size_t parts = 20;
  auto const& scored = from.known->scored();
  alx::threshold_choice counts;
  for (std::size_t part = 0; part < parts; ++part) {
    auto const chosen =
        cheapest_threshold(from, [part](std::size_t i) { return i % parts == part; });
    for (std::size_t i = part; i < scored.ids.size(); i += parts) {
      double const p = from.model->probability(scored.ids[i], 1);
      count_row(counts, scored.labels[i] == 1, p > (chosen ? chosen->threshold : 0.5));
    }
  }
  return counts;
}

inline alx::threshold_choice at_half(outcome const& from) {
  auto const& scored = from.known->scored();
  alx::threshold_choice counts;
  for (std::size_t i = 0; i < scored.ids.size(); ++i) {
    count_row(counts, scored.labels[i] == 1, from.model->probability(scored.ids[i], 1) > 0.5);
  }
  return counts;
}

/// Of two classes.
inline page_section threshold_section(findings const& found) {
  auto const& from = *found.from;
  std::string const one = clip(found.class_name(1), 40);
  std::string const zero = clip(found.class_name(0), 40);
  page_section section{"threshold", "From which probability on is a row " + one + "?", {}};
  if (!found.chosen) {
    section.html = paragraph(
        "Above 0.5. Another threshold is chosen where the two kinds of errors cost differently "
        "(--balance), " +
        std::to_string(enough_to_choose) +
        " rows that were kept apart have a label, and both classes occur among them.");
    return section;
  }
  table t{"Errors on the rows kept apart",
          {{"threshold", column_kind::words},
           {zero + " called " + one},
           {one + " called " + zero},
           {"cost"},
           {"right"}},
          {}};
  auto const add = [&](std::string name, alx::threshold_choice const& counts) {
    double const cost =
        static_cast<double>(counts.fp) + from.balance * static_cast<double>(counts.fn);
    auto const right = counts.tp + counts.tn;
    t.rows.push_back({std::move(name),
                      std::to_string(counts.fp),
                      std::to_string(counts.fn),
                      number(cost, cost == std::floor(cost) ? 0 : 1),
                      share_text(right, right + counts.fp + counts.fn)});
  };
  add("0.5", at_half(from));
  add(number(found.threshold(), 4) + ", on the rows that chose it", *found.chosen);
  add("chosen by other rows than are counted", without_own_choice(from));
  section.html =
      paragraph("A row is called " + one + " where its probability is above " +
                number(found.threshold(), 4) +
                ". That costs least on the rows kept apart where one " + one + " called " + zero +
                " counts as much as " +
                number(from.balance, from.balance == std::floor(from.balance) ? 0 : 2) +
                " of the other errors. predictions.csv uses it, and so does a bundle of texts.") +
      to_html(t) +
      paragraph(
          "What was chosen on some rows looks better on these than elsewhere. The last line is "
          "fair: each twentieth of the rows has the threshold that the others choose.");
  return section;
}

}  // namespace label::reporting
