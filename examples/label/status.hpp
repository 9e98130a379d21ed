// SPDX-License-Identifier: Apache-2.0
/// @file
/// How far a labelling has come, in a few lines.
#pragma once

#include <alx/experiment/statistics.hpp>
#include <alx/journal/entry.hpp>
#include <alx/metrics/proportion.hpp>
#include <alx/view.hpp>

#include "../support/program.hpp"
#include "book.hpp"
#include "lesson.hpp"
#include "question.hpp"
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace label {

/// How often a model was right, of so many rows.
struct hits {
  alx::index_t right = 0;
  alx::index_t of = 0;
};

/// On the rows that no model learns from: an estimate for all rows like them, of how often the
/// model says what the person would.
[[nodiscard]] inline hits estimate(book const& known, lesson const& model) {
  hits count;
  auto const& scored = known.scored();
  for (std::size_t i = 0; i < scored.ids.size(); ++i) {
    ++count.of;
    if (likeliest(model, scored.ids[i]) == scored.labels[i]) ++count.right;
  }
  return count;
}

/// How often the model of the time agreed with the last answers to rows that it did not know.
[[nodiscard]] inline hits last_agreed(book const& known, alx::index_t most = 20) {
  hits count;
  auto const& live = known.live();
  for (auto entry = live.rbegin(); entry != live.rend() && count.of < most; ++entry) {
    bool const is_new =
        entry->why == alx::asked_for::learning || entry->why == alx::asked_for::estimation;
    if (entry->what != alx::deed::answer || entry->opinion.empty() || !is_new) continue;
    auto const& p = entry->opinion;
    ++count.of;
    if (std::max_element(p.begin(), p.end()) - p.begin() == entry->label) ++count.right;
  }
  return count;
}

/// Answers a minute at the median pace of the last twenty; 0 where no person answered.
[[nodiscard]] inline double pace(book const& known) {
  std::vector<double> seconds;
  auto const& live = known.live();
  for (auto entry = live.rbegin(); entry != live.rend() && seconds.size() < 20; ++entry) {
    if (entry->what == alx::deed::answer && entry->seconds > 0.0) seconds.push_back(entry->seconds);
  }
  if (seconds.empty()) return 0.0;
  auto const middle = seconds.begin() + std::ssize(seconds) / 2;
  std::nth_element(seconds.begin(), middle, seconds.end());
  return *middle < 0.1 ? 0.0 : 60.0 / *middle;  // no person is that fast
}

/// "accuracy 0.86 (0.71 to 0.94, by 24 random rows)".
[[nodiscard]] inline std::string accuracy_text(hits const& count) {
  if (count.of < 5) {
    return "accuracy: not known yet (" + program::count(count.of, "random row") + ")";
  }
  auto const range = alx::wilson(count.right, count.of);
  auto const share = static_cast<double>(count.right) / static_cast<double>(count.of);
  return "accuracy " + program::text("%.2f", share) + " (" + program::text("%.2f", range.lower) +
         " to " + program::text("%.2f", range.upper) + ", by " +
         program::count(count.of, "random row") + ")";
}

/// What the stopping criteria say, the target first.
[[nodiscard]] inline std::vector<std::string> stop_lines(hits const& count,
                                                         double target,
                                                         lesson const& model) {
  auto const goal = program::text("%.2f", target);
  bool const shown = count.of >= 5 && alx::wilson(count.right, count.of).lower >= target;
  std::vector<std::string> lines = {(shown ? "STOP? accuracy " + goal + " is shown"
                                           : "go on: accuracy " + goal + " is not shown yet") +
                                    "; mean entropy " + program::text("%.2f", model.mean_entropy)};
  for (auto const& reason : model.stops) lines.push_back("of the model: " + reason);
  return lines;
}

/// Lines that tell a person where they are.
[[nodiscard]] inline std::vector<std::string> status_lines(book const& known,
                                                           lesson const* model,
                                                           double target) {
  auto const counts = known.counts();
  alx::index_t answers = 0;
  for (auto const& entry : known.live()) answers += entry.what == alx::deed::answer ? 1 : 0;
  std::string first = program::count(answers, "answer");
  if (double const speed = pace(known); speed > 0.0) {
    first += ", " + program::text("%.0f", speed) + " a minute";
  }
  std::string balance;
  for (std::size_t c = 0; c < counts.size() && c < 6; ++c) {
    balance += (c == 0 ? "; learnt from " : ", ") + std::to_string(counts[c]) + " " +
               known.settled().classes[c];
  }
  if (counts.size() > 6) balance += ", ...";
  std::vector<std::string> lines = {first + balance};
  if (!known.disagreements().empty()) {
    lines.push_back(program::count(std::ssize(known.disagreements()), "row") +
                    " with answers that differ: --adjudicate decides");
  }
  if (model == nullptr) {
    lines.emplace_back(
        "no model yet: first rows, spread over the data, ten and until every class was seen");
    return lines;
  }
  auto const agreed = last_agreed(known);
  auto const right = estimate(known, *model);
  lines.push_back(accuracy_text(right) + "; agreed with " + std::to_string(agreed.right) +
                  " of the last " + std::to_string(agreed.of));
  for (auto& line : stop_lines(right, target, *model)) lines.push_back(std::move(line));
  return lines;
}

/// Why a row is shown, for the person who sees it.
[[nodiscard]] inline std::string why_text(question const& asked,
                                          lesson const* model,
                                          std::vector<std::string> const& classes) {
  using enum alx::asked_for;
  switch (asked.why) {
    case beginning:
      return "a first row, unlike those before";
    case estimation:
      return "drawn at random, to see how good the model is";
    case repetition:
      return "asked before, to see whether answers agree";
    case adjudication:
      return "answers differ: what is right?";
    case import:
      return "from a file";
    case learning:
      break;
  }
  bool const random = !asked.parts.empty() && asked.parts.front().name == "random";
  if (random) return "drawn at random, as --strategy random has it";
  std::string text = asked.model == 0 ? "skipped before" : "the model is unsure";
  if (model != nullptr && model->model == asked.model) {
    for (std::size_t c = 0; c < classes.size() && c < 4; ++c) {
      auto const p = model->probability(asked.row, static_cast<alx::index_t>(c));
      text += (c == 0 ? ": " : ", ") + classes[c] + " " + program::text("%.2f", p);
    }
  }
  for (auto const& part : asked.parts) {
    text += "; " + part.name + " " + program::text("%.3g", part.value);
  }
  return text;
}

}  // namespace label
