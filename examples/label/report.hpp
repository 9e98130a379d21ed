// SPDX-License-Identifier: Apache-2.0
/// @file
/// The page that tells what a labelling came to.
#pragma once

#include <alx/metrics/proportion.hpp>
#include <alx/report/page.hpp>
#include <alx/view.hpp>

#include "report_model.hpp"
#include "report_outcome.hpp"
#include "report_people.hpp"
#include "report_rows.hpp"
#include "report_text.hpp"
#include "report_time.hpp"
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace label::reporting {

/// "120 answers in 12 minutes, half of them in less than 4.1 s."
inline std::string effort_text(findings const& found) {
  auto const& from = *found.from;
  alx::index_t answers = 0;
  alx::index_t imported = 0;
  for (auto const& entry : from.known->live()) {
    if (entry.what == alx::deed::answer) ++(is_from_file(entry) ? imported : answers);
  }
  auto const people = std::ssize(from.known->people());
  std::string text = program::count(answers, "answer");
  if (double const total = total_seconds(from); total > 0.0) text += " in " + time_text(total);
  if (imported == 0 && people > 1) text += " by " + std::to_string(people) + " people";
  if (auto const seconds = answer_seconds(from); seconds.size() > 1) {
    text += ", half of them in less than " + time_text(quantile(seconds, 0.5)) + " each";
  }
  if (imported > 0) text += "; " + program::count(imported, "label") + " more from a file";
  auto const learnt = std::ssize(from.known->learnt().ids);
  text += ". The model learns from " + program::count(learnt, "row") + " of " +
          std::to_string(from.known->settled().rows);
  auto const kept = std::ssize(from.known->scored().ids);
  return text + (kept > 0 ? "; " + program::count(kept, "row") + " with a label " +
                                (kept == 1 ? "is" : "are") + " kept apart from it."
                          : ".");
}

inline std::string accuracy_sentence(findings const& found) {
  auto const& known = *found.from->known;
  if (found.from->model == nullptr) {
    return "There is no model yet: rows of at least two classes are needed to learn from.";
  }
  auto const [right, of] = found.right;
  if (of == 0) {
    return known.reserved().empty()
               ? "How accurate the model is remains unknown: no rows are kept apart to try it on."
               : "How accurate the model is remains unknown: none of the rows that are kept apart "
                 "to try it on has a label yet. Every fourth question is one of them.";
  }
  return "Estimated accuracy: " + share_text(right, of) + " (95 % interval " +
         range_text(right, of) + "). Of " + program::count(of, "row") +
         " drawn at random that it did not learn from, the model gave " + std::to_string(right) +
         " the label that " + (known.people().size() == 1 ? "the person" : "people") +
         " gave. Expect about the same share of all other rows.";
}

/// How many rows kept apart would show the target if the share stayed as it is; none where no
/// number would, or none that anybody would label.
inline std::optional<alx::index_t> rows_to_show(hits const& count, double target) {
  constexpr alx::index_t most = 100'000;
  double const share = static_cast<double>(count.right) / static_cast<double>(count.of);
  auto const shows = [&](alx::index_t n) {
    auto const right = static_cast<alx::index_t>(std::floor(share * static_cast<double>(n)));
    return alx::wilson(right, n).lower >= target;
  };
  if (!shows(most)) return std::nullopt;
  alx::index_t low = count.of;
  alx::index_t high = most;
  while (low < high) {
    auto const middle = low + (high - low) / 2;
    (shows(middle) ? high : low) = shows(middle) ? middle : middle + 1;
  }
  return low;
}

/// Whether the target is shown, and what that means for going on.
inline std::string target_sentence(findings const& found) {
  auto const [right, of] = found.right;
  double const target = found.from->target;
  std::string const aim =
      "The target, " + percent(target, target * 100.0 == std::floor(target * 100.0) ? 0 : 1) + ", ";
  auto const range = alx::wilson(right, of);
  if (range.lower >= target) {
    return aim + "is shown: the whole interval is above it. You can stop here.";
  }
  if (range.upper < target) {
    return aim +
           "is not reached: the whole interval is below it. Go on, as long as the curve "
           "below rises.";
  }
  std::string text = aim + "is neither shown nor ruled out: it lies within the interval. ";
  auto const needed = rows_to_show({right, of}, target);
  if (!needed) return text + "Go on: more labels most likely make the model better.";
  text += "Go on: if the accuracy stays as it is, about " + std::to_string(*needed) +
          " rows kept apart would show it";
  auto const reserved = std::ssize(found.from->known->reserved());
  return text + (*needed > reserved ? ", and only " + std::to_string(reserved) +
                                          " are; a better model needs fewer."
                                    : " (" + std::to_string(of) + " now).");
}

/// What the last doubling of the labels did.
inline std::string trend_sentence(findings const& found) {
  if (found.curve.size() < 2) return {};
  auto const& last = found.curve.back();
  auto half = found.curve.rbegin();
  while (half != found.curve.rend() && 2 * half->labels > last.labels) ++half;
  if (half == found.curve.rend()) return {};
  auto const gained = last.right - half->right;
  std::string const more = gained == 0  ? "as many"
                           : gained > 0 ? std::to_string(gained) + " more"
                                        : std::to_string(-gained) + " less";
  return "With " + std::to_string(last.labels) + " labels to learn from instead of " +
         std::to_string(half->labels) + " it gets " + more + " of the " +
         std::to_string(last.scored) + " rows right.";
}

inline std::vector<std::string> key_sentences(findings const& found) {
  auto const& from = *found.from;
  std::vector<std::string> points = {effort_text(found), accuracy_sentence(found)};
  if (from.model != nullptr && found.right.of > 0) {
    points.push_back(target_sentence(found));
    if (auto trend = trend_sentence(found); !trend.empty()) points.push_back(std::move(trend));
  }
  if (found.chosen && found.threshold() != 0.5) {
    points.push_back("A row is called " + clip(found.class_name(1), 40) +
                     " where its probability is above " + number(found.threshold(), 4) +
                     ", not 0.5.");
  }
  if (auto const open = std::ssize(from.known->disagreements()); open > 0) {
    points.push_back("On " + program::count(open, "row") +
                     " answers differ and nobody has decided yet: --adjudicate decides.");
  }
  if (from.model != nullptr) {
    for (auto const& reason : from.model->stops)
      points.push_back("A sign that it is time to stop: " + reason + ".");
  }
  return points;
}

inline page_section method_section(findings const& found) {
  auto const& known = *found.from->known;
  std::vector<std::string> notes = {
      "Accuracy is agreement with the labels that people gave, on rows drawn at random before the "
      "first question, from which no model learns. Intervals are Wilson's.",
      "Rows on which people could not tell, or which they discarded, count for nothing: the "
      "estimate is of rows that can be labelled.",
      "Who stops because the estimate is good at the moment stops at a lucky moment more often "
      "than not: the true accuracy may be a little lower."};
  if (known.settled().how == resolution::weighted && known.people().size() > 1) {
    notes.emplace_back(
        "Where several people answered a row, its label is a vote in which those "
        "who agree more with the others weigh more.");
  } else if (known.people().size() > 1) {
    notes.emplace_back("Where several people answered a row, its label is that of the majority.");
  }
  return {"method", "How to read this", alx::report::bullet_list(std::move(notes))};
}

/// The report as one HTML page that needs nothing else.
inline std::string report_page(findings const& found) {
  auto const& from = *found.from;
  alx::report::page page;
  page.title = "Labelling " + clip(from.title, 120);
  page.lead = alx::report::key_points(key_sentences(found));
  if (!from.command.empty()) {
    page.lead += paragraph("To go on:") +
                 element("pre", "", element("code", "", alx::report::escape(from.command))) + "\n";
  }
  auto const kept = kept_apart(from);
  bool const scored = from.model != nullptr && !kept.truth.empty();
  auto& sections = page.sections;
  if (from.model != nullptr) sections.push_back(curve_section(found));
  sections.push_back(balance_section(found));
  if (scored) {
    sections.push_back(confusion_section(found, kept));
    if (found.classes().size() == 2) sections.push_back(threshold_section(found));
    sections.push_back(calibration_section(found, kept));
  }
  if (from.model != nullptr) {
    sections.push_back(doubtful_section(found));
    sections.push_back(uncertain_section(found));
  }
  sections.push_back(people_section(found));
  sections.push_back(time_section(found));
  sections.push_back(method_section(found));
  page.footer = paragraph("Made by alx, examples/label.");
  return to_html(page);
}

}  // namespace label::reporting
