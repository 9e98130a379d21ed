// SPDX-License-Identifier: Apache-2.0
/// @file
/// Who answered, and how far people agree.
#pragma once

#include <alx/journal/entry.hpp>
#include <alx/metrics/agreement.hpp>
#include <alx/report/page.hpp>
#include <alx/report/table.hpp>
#include <alx/view.hpp>

#include "report_outcome.hpp"
#include "report_text.hpp"
#include "report_time.hpp"
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace label::reporting {

using alx::report::column_kind;
using alx::report::page_section;
using alx::report::paragraph;
using alx::report::table;

/// The answers of each person that nobody had decided on before, in their order: the library's
/// ratings without those of adjudications.
inline std::vector<alx::rating> independent_ratings(book const& known) {
  auto const& people = known.people();
  std::vector<alx::rating> ratings;
  for (auto const& entry : known.live()) {
    if (entry.what != alx::deed::answer || entry.why == alx::asked_for::adjudication) continue;
    auto const who = std::find(people.begin(), people.end(), entry.user) - people.begin();
    ratings.push_back({entry.row, who, entry.label});
  }
  return ratings;
}

/// Labels that two people gave the same rows.
struct shared_labels {
  std::vector<alx::label_t> first;
  std::vector<alx::label_t> second;

  [[nodiscard]] alx::index_t alike() const {
    alx::index_t count = 0;
    for (std::size_t i = 0; i < first.size(); ++i) count += first[i] == second[i] ? 1 : 0;
    return count;
  }
};

/// How answers to the same rows compare.
struct comparison {
  std::vector<alx::rating> first;  ///< of each person, the first answer to each row
  std::vector<hits> again;         ///< of each person: later answers to a row that are the same
  std::map<std::pair<alx::index_t, alx::index_t>, shared_labels> pairs;  ///< by two people

  /// A person's answers and everybody else's to the same rows.
  [[nodiscard]] hits with_others(alx::index_t person) const {
    hits count;
    for (auto const& [two, labels] : pairs) {
      if (two.first != person && two.second != person) continue;
      count.of += std::ssize(labels.first);
      count.right += labels.alike();
    }
    return count;
  }
};

inline comparison compare_people(book const& known) {
  comparison made;
  made.again.resize(known.people().size());
  std::map<alx::index_t, std::vector<alx::rating>> rows;
  for (auto const& one : independent_ratings(known)) {
    auto& before = rows[one.row];
    auto const mine = std::find_if(
        before.begin(), before.end(), [&](auto const& other) { return other.rater == one.rater; });
    if (mine != before.end()) {
      auto& again = made.again[static_cast<std::size_t>(one.rater)];
      ++again.of;
      again.right += mine->label == one.label ? 1 : 0;
      continue;
    }
    for (auto const& other : before) {
      bool const in_order = other.rater < one.rater;
      auto& labels = made.pairs[std::minmax(other.rater, one.rater)];
      (in_order ? labels.first : labels.second).push_back(other.label);
      (in_order ? labels.second : labels.first).push_back(one.label);
    }
    before.push_back(one);
    made.first.push_back(one);
  }
  return made;
}

/// A row on which answers differ: what each person said, " / " between several answers.
struct disagreement {
  alx::index_t row = 0;
  std::vector<std::string> answers;
};

inline std::vector<disagreement> disagreements(findings const& found) {
  auto const& known = *found.from->known;
  std::vector<disagreement> all;
  std::map<alx::index_t, std::size_t> place;
  for (auto const row : known.disagreements()) {
    place[row] = all.size();
    all.push_back({row, std::vector<std::string>(known.people().size())});
  }
  for (auto const& one : known.ratings()) {
    auto const at = place.find(one.row);
    if (at == place.end()) continue;
    auto& answer = all[at->second].answers[static_cast<std::size_t>(one.rater)];
    answer += (answer.empty() ? "" : " / ") + found.class_name(one.label);
  }
  return all;
}

inline table people_table(findings const& found, comparison const& compared) {
  auto const& from = *found.from;
  auto const& people = from.known->people();
  std::vector<alx::index_t> answers(people.size());
  for (auto const& one : from.known->ratings()) ++answers[static_cast<std::size_t>(one.rater)];
  table t{"People",
          {{"", column_kind::words},
           {"answers"},
           {"median time"},
           {"same as others'"},
           {"same when asked again"}},
          {}};
  auto const text = [](hits const& count) {
    if (count.of == 0) return std::string("–");
    return share_text(count.right, count.of) + " (" + std::to_string(count.right) + " of " +
           std::to_string(count.of) + ")";
  };
  for (std::size_t p = 0; p < people.size(); ++p) {
    t.rows.push_back({people[p].empty() ? "(no name)" : clip(people[p], 40),
                      std::to_string(answers[p]),
                      time_text(quantile(answer_seconds(from, &people[p]), 0.5)),
                      text(compared.with_others(static_cast<alx::index_t>(p))),
                      text(compared.again[p])});
  }
  return t;
}

/// Each two people that answered the same rows, those with the most such rows first.
inline table pairs_table(findings const& found, comparison const& compared) {
  constexpr std::size_t most = 50;
  auto const& people = found.from->known->people();
  auto const name = [&](alx::index_t p) { return clip(people[static_cast<std::size_t>(p)], 40); };
  std::vector<std::pair<std::pair<alx::index_t, alx::index_t>, shared_labels const*>> order;
  for (auto const& [two, labels] : compared.pairs) order.emplace_back(two, &labels);
  std::stable_sort(order.begin(), order.end(), [](auto const& a, auto const& b) {
    return a.second->first.size() > b.second->first.size();
  });
  table t{"Two by two" +
              (order.size() > most ? ", the " + std::to_string(most) + " with the most rows" : ""),
          {{"", column_kind::words}, {"rows of both"}, {"the same"}, {"Cohen's kappa"}},
          {}};
  order.resize(std::min(order.size(), most));
  for (auto const& [two, labels] : order) {
    auto const rows = std::ssize(labels->first);
    auto const kappa =
        alx::cohen_kappa(labels->first, labels->second, found.from->known->settled().class_count());
    t.rows.push_back({name(two.first) + " and " + name(two.second),
                      std::to_string(rows),
                      share_text(labels->alike(), rows),
                      number(kappa, 2)});
  }
  return t;
}

inline std::string disagreements_html(findings const& found) {
  constexpr std::size_t most = 50;
  auto all = disagreements(found);
  auto const total = all.size();
  if (total == 0) return paragraph("No row waits for a decision between answers that differ.");
  table t{std::to_string(total) + (total == 1 ? " row" : " rows") + " with answers that differ" +
              (total > most ? ": the first " + std::to_string(most) + ", all in disagreements.csv"
                            : ", also in disagreements.csv"),
          {{"row", column_kind::words}},
          {}};
  for (auto const& person : found.from->known->people()) {
    t.columns.push_back({clip(person, 40), column_kind::words});
  }
  t.columns.push_back({found.from->what->is_text ? "text" : "values", column_kind::words});
  all.resize(std::min(total, most));
  for (auto const& one : all) {
    std::vector<std::string> cells = {clip(found.from->what->name(one.row), 40)};
    for (auto const& answer : one.answers) cells.push_back(answer.empty() ? "–" : clip(answer, 60));
    cells.push_back(row_text(*found.from, one.row));
    t.rows.push_back(std::move(cells));
  }
  return to_html(t);
}

inline page_section people_section(findings const& found) {
  auto const& known = *found.from->known;
  auto const compared = compare_people(known);
  std::string html = to_html(people_table(found, compared));
  if (!compared.pairs.empty()) {
    double const alpha = alx::krippendorff_alpha(compared.first, known.settled().class_count());
    html += paragraph(
        "Krippendorff's alpha of all: " + number(alpha, 2) +
        ". Kappa and alpha are 1 where people always agree and 0 where they agree as often as "
        "chance would; – where all answers are one class, which tells nothing. The first answer "
        "of each person counts, decisions between others' answers do not.");
    html += to_html(pairs_table(found, compared));
  } else if (known.people().size() > 1) {
    html += paragraph("No row was answered by two people: nothing tells whether they agree.");
  }
  return {"people", "People and agreement", html + disagreements_html(found)};
}

}  // namespace label::reporting
