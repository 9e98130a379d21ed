// SPDX-License-Identifier: Apache-2.0
/// @file
/// What results are made of, and what is computed once for all of them.
#pragma once

#include <alx/journal/entry.hpp>
#include <alx/matrix.hpp>
#include <alx/metrics/threshold.hpp>
#include <alx/view.hpp>

#include "book.hpp"
#include "lesson.hpp"
#include "status.hpp"
#include "subject.hpp"
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace label {

struct outcome {
  subject const* what = nullptr;
  book const* known = nullptr;                    ///< of all entries
  std::span<alx::journal_entry const> entries{};  ///< all of the journal
  lesson const* model = nullptr;                  ///< of all that is known; null: there is none
  double target = 0.9;                            ///< accuracy aimed at
  double balance = 1.0;                           ///< false positives that a false negative is
                                                  ///< worth; two classes
  std::string title{};                            ///< the file's name
  std::string command{};                          ///< that goes on with the labelling
};

/// How often a model was right that learnt from so many labels.
struct curve_point {
  alx::index_t labels = 0;
  alx::index_t right = 0;
  alx::index_t scored = 0;
};

}  // namespace label

namespace label::reporting {

/// Up to `points` numbers of labels below `total`: 10, 20, … where that are few enough, else tens
/// that grow by about the same factor.
inline std::vector<alx::index_t> curve_steps(alx::index_t total, int points) {
  std::vector<alx::index_t> steps;
  bool const even = total <= 10 * alx::index_t{points};
  double const factor =
      even ? 1.0 : std::pow(static_cast<double>(total) / 10.0, 1.0 / std::max(points - 1, 1));
  for (int k = 0; k + 1 < points || even; ++k) {
    auto const step = even ? 10 * (alx::index_t{k} + 1)
                           : 10 * static_cast<alx::index_t>(std::lround(std::pow(factor, k)));
    if (step >= total) break;
    if (steps.empty() || step > steps.back()) steps.push_back(step);
  }
  return steps;
}

/// The book of about the shortest beginning of the journal with `labels` labels to learn from.
inline book book_with(outcome const& from, alx::index_t labels) {
  auto const of_first = [&](std::size_t count) {
    return book(from.known->settled(), from.known->reserved(), from.entries.first(count));
  };
  std::size_t low = 0;
  std::size_t high = from.entries.size();
  while (low < high) {
    auto const middle = low + (high - low) / 2;
    bool const enough = std::ssize(of_first(middle).learnt().ids) >= labels;
    (enough ? high : low) = enough ? middle : middle + 1;
  }
  return of_first(low);
}

}  // namespace label::reporting

namespace label {

/// Learns again from the first 10, 20, … answers and counts on which of the rows kept apart that
/// model is right; the last point and the subject's last model are those of all answers. Empty, and
/// nothing is learnt, where no row that was kept apart has a label.
///
/// **Throws.** What learning throws.
[[nodiscard]] inline std::vector<curve_point> learning_curve(outcome const& from, int points = 12) {
  book const& known = *from.known;
  std::vector<curve_point> curve;
  if (known.scored().ids.empty() || !known.can_learn()) return curve;
  auto const add = [&](book const& then) {
    auto const count = estimate(known, *from.what->learn(then));
    curve.push_back({std::ssize(then.learnt().ids), count.right, count.of});
  };
  auto const total = std::ssize(known.learnt().ids);
  for (auto const labels : reporting::curve_steps(total, points)) {
    auto const then = reporting::book_with(from, labels);
    auto const size = std::ssize(then.learnt().ids);
    bool const is_new = curve.empty() || size > curve.back().labels;
    if (is_new && size < total && then.can_learn()) add(then);
  }
  add(known);
  return curve;
}

}  // namespace label

namespace label::reporting {

/// The rows kept apart that have a label, and what the model says of them.
struct kept_rows {
  std::vector<alx::label_t> truth;
  alx::matrix<double> probability;
};

inline kept_rows kept_apart(outcome const& from) {
  auto const& scored = from.known->scored();
  kept_rows rows{scored.labels, {}};
  if (from.model == nullptr) return rows;
  auto const& said = from.model->probability;
  rows.probability = alx::matrix<double>(std::ssize(scored.ids), said.cols());
  for (std::size_t i = 0; i < scored.ids.size(); ++i) {
    for (alx::index_t c = 0; c < said.cols(); ++c) {
      rows.probability(static_cast<alx::index_t>(i), c) = said(scored.ids[i], c);
    }
  }
  return rows;
}

/// No threshold is chosen on fewer rows.
inline constexpr std::ptrdiff_t enough_to_choose = 20;

/// Two classes, of which errors cost differently: the threshold that costs least on the rows kept
/// apart, without those of which `left_out` says so; none where too few are left, or of one class
/// only. Where errors cost the same, the rows would tell less than the model's own ½ does.
template <class LeftOut>
std::optional<alx::threshold_choice> cheapest_threshold(outcome const& from, LeftOut left_out) {
  auto const& scored = from.known->scored();
  std::vector<alx::label_t> truth;
  std::vector<double> probability;
  bool const two = from.known->settled().class_count() == 2;
  if (from.model == nullptr || !two || from.balance == 1.0) return std::nullopt;
  for (std::size_t i = 0; i < scored.ids.size(); ++i) {
    if (left_out(i)) continue;
    truth.push_back(scored.labels[i]);
    probability.push_back(from.model->probability(scored.ids[i], 1));
  }
  auto const ones = std::count(truth.begin(), truth.end(), 1);
  bool const both = ones > 0 && ones < std::ssize(truth);
  if (!both || std::ssize(truth) < enough_to_choose) return std::nullopt;
  return alx::least_cost_threshold(truth, probability, from.balance);
}

/// The class that results name: by the threshold where there are two.
inline alx::label_t class_of(lesson const& said, alx::index_t row, double threshold) {
  if (said.probability.cols() == 2) return said.probability(row, 1) > threshold ? 1 : 0;
  return likeliest(said, row);
}

/// An outcome and what is computed of it once.
struct findings {
  outcome const* from = nullptr;
  std::vector<curve_point> curve{};
  std::optional<alx::threshold_choice> chosen{};  ///< on the rows kept apart
  std::vector<alx::label_t> predicted{};          ///< of each row; empty without a model
  hits right{};                                   ///< the likeliest class, on the rows kept apart

  [[nodiscard]] double threshold() const { return chosen ? chosen->threshold : 0.5; }

  [[nodiscard]] std::vector<std::string> const& classes() const {
    return from->known->settled().classes;
  }

  [[nodiscard]] std::string const& class_name(alx::label_t label) const {
    return classes()[static_cast<std::size_t>(label)];
  }
};

inline findings find(outcome const& from) {
  findings found{.from = &from};
  found.chosen = cheapest_threshold(from, [](std::size_t) { return false; });
  if (from.model == nullptr) return found;
  found.right = estimate(*from.known, *from.model);
  for (alx::index_t row = 0; row < from.model->probability.rows(); ++row) {
    found.predicted.push_back(class_of(*from.model, row, found.threshold()));
  }
  return found;
}

/// The label of each row that has one, else -1.
inline std::vector<alx::label_t> labels_of_rows(book const& known) {
  std::vector<alx::label_t> labels(static_cast<std::size_t>(known.settled().rows), -1);
  for (auto const* some : {&known.learnt(), &known.scored()}) {
    for (std::size_t i = 0; i < some->ids.size(); ++i) {
      labels[static_cast<std::size_t>(some->ids[i])] = some->labels[i];
    }
  }
  return labels;
}

}  // namespace label::reporting
