// SPDX-License-Identifier: Apache-2.0
/// @file
/// What a session refuses: bad options, bad numbers from learners and policies, answers that do not
/// fit the question.
#pragma once

#include <alx/concepts/strategy.hpp>
#include <alx/detail/check_row.hpp>
#include <alx/detail/ledger.hpp>
#include <alx/error.hpp>
#include <alx/query.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

template <class Options>
void check_options(Options const& options, index_t rows) {
  auto const at_least_1 = [](char const* name, index_t value) {
    if (value < 1) {
      throw option_error("loop: " + std::string(name) + " " + std::to_string(value) +
                         " is below 1");
    }
  };
  at_least_1("batch", options.batch);
  at_least_1("classes", options.classes);
  if (options.first.empty()) at_least_1("initial", options.initial);
  if (rows < 1) throw data_error("loop: the pool has no row");
  std::vector<index_t> ids = options.first;
  std::sort(ids.begin(), ids.end());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    bool const twice = i > 0 && ids[i] == ids[i - 1];
    if (twice || ids[i] < 0 || ids[i] >= rows) {
      throw option_error("loop: first names row " + std::to_string(ids[i]) +
                         (twice ? " twice" : ", the pool has " + std::to_string(rows)));
    }
  }
}

inline void check_probabilities(matrix_view<double const> probability) {
  if (all_probabilities(probability)) return;
  for (index_t r = 0; r < probability.rows; ++r) check_row("learner", probability.row(r), r);
}

inline void check_utilities(std::span<index_t const> ids, std::span<double const> utility) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!std::isfinite(utility[i])) {
      throw data_error("strategy: row " + std::to_string(ids[i]) +
                       " has a utility that is not finite");
    }
  }
}

/// Where `id` stands among `ascending`; `state_error` where it does not.
inline std::size_t position_of(index_t id, std::span<index_t const> ascending) {
  auto const at = std::lower_bound(ascending.begin(), ascending.end(), id);
  if (at == ascending.end() || *at != id) {
    throw state_error("selection: row " + std::to_string(id) + " may not be asked");
  }
  return static_cast<std::size_t>(at - ascending.begin());
}

inline void check_selected(std::span<index_t const> candidates, std::vector<index_t> ids) {
  std::sort(ids.begin(), ids.end());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    position_of(ids[i], candidates);
    if (i > 0 && ids[i] == ids[i - 1]) {
      throw state_error("selection: row " + std::to_string(ids[i]) + " was chosen twice");
    }
  }
}

/// Writes to `asked` the utilities of `ids` and the parts they were made of.
template <class Strategy>
void explain(Strategy const& strategy,
             std::span<index_t const> candidates,
             std::span<double const> utility,
             std::span<index_t const> ids,
             query& asked) {
  asked.utility.clear();
  asked.parts.clear();
  for (index_t const id : ids) {
    std::size_t const at = position_of(id, candidates);
    asked.utility.push_back(utility[at]);
    std::size_t part = 0;
    visit_parts(strategy, at, utility[at], [&](auto const& name, double value) {
      if (part == asked.parts.size()) asked.parts.push_back({std::string(name), {}});
      asked.parts[part++].value.push_back(value);
    });
  }
}

inline void check_label(char const* where, index_t row, label_t label, label_t classes) {
  if (label >= 0 && label < classes) return;
  throw data_error(std::string(where) + ": label " + std::to_string(label) + " of row " +
                   std::to_string(row) + " is not one of 0 … " + std::to_string(classes - 1));
}

inline void check_sizes(char const* where, std::size_t rows, std::size_t labels) {
  if (rows == labels) return;
  throw shape_error(std::string(where) + ": " + std::to_string(rows) + " rows and " +
                    std::to_string(labels) + " labels");
}

inline void check_answers(query const& open,
                          std::span<index_t const> ids,
                          std::span<answer const> answers,
                          label_t classes) {
  check_sizes("tell", ids.size(), answers.size());
  std::vector<index_t> waiting = open.ids;
  std::sort(waiting.begin(), waiting.end());
  std::vector<bool> seen(waiting.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto const at = std::lower_bound(waiting.begin(), waiting.end(), ids[i]);
    auto const position = static_cast<std::size_t>(at - waiting.begin());
    if (at == waiting.end() || *at != ids[i] || seen[position]) {
      throw state_error("tell: row " + std::to_string(ids[i]) + " does not wait in query " +
                        std::to_string(open.ticket));
    }
    seen[position] = true;
    if (answers[i]) check_label("tell", ids[i], *answers[i], classes);
  }
}

inline void check_known(ledger const& rows,
                        std::span<index_t const> ids,
                        std::span<label_t const> labels,
                        label_t classes) {
  check_sizes("know", ids.size(), labels.size());
  std::vector<index_t> sorted(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end());
  auto const twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    throw data_error("know: row " + std::to_string(*twice) + " is given twice");
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!rows.has_row(ids[i])) {
      throw shape_error("know: row " + std::to_string(ids[i]) + " is not in the pool");
    }
    if (!rows.is_unknown(ids[i])) {
      throw data_error("know: row " + std::to_string(ids[i]) + " is labelled or set aside already");
    }
    check_label("know", ids[i], labels[i], classes);
  }
}

/// Takes from an open query what is known by now, and closes it when nothing is left.
inline void keep_waiting(query& open, ledger const& rows) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < open.ids.size(); ++i) {
    if (!rows.is_unknown(open.ids[i])) continue;
    open.ids[kept] = open.ids[i];
    if (!open.utility.empty()) open.utility[kept] = open.utility[i];
    for (auto& part : open.parts) part.value[kept] = part.value[i];
    ++kept;
  }
  open.ids.resize(kept);
  if (!open.utility.empty()) open.utility.resize(kept);
  for (auto& part : open.parts) part.value.resize(kept);
  if (kept == 0) open = {};
}

}  // namespace alx::inline v0::detail
