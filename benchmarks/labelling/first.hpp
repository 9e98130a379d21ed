// SPDX-License-Identifier: Apache-2.0
/// @file
/// How many first rows it takes to see every class: spread over the data, drawn at random, or each
/// the farthest from those before.
#pragma once

#include <alx/experiment/statistics.hpp>
#include <alx/journal/entry.hpp>

#include "label/spread.hpp"
#include "person.hpp"
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace people {

/// Gives the rows to look at, one after the other.
using next_row = std::function<alx::index_t()>;

inline next_row spread_out(label::plan const& settled, label::spread_rows::measure distances) {
  struct state {
    label::plan settled;
    std::vector<alx::index_t> reserved;
    label::spread_rows spread;
    std::vector<alx::journal_entry> entries;
  };

  auto const kept = std::make_shared<state>(
      state{settled, {}, label::spread_rows(settled.rows, std::move(distances)), {}});
  return [kept] {
    label::book const known(kept->settled, kept->reserved, kept->entries);
    auto const row = *kept->spread.next(known);
    alx::journal_entry entry;
    entry.number = std::ssize(kept->entries) + 1;
    entry.what = alx::deed::answer;
    entry.row = row;
    entry.label = 0;
    entry.user = "simulated";
    entry.why = alx::asked_for::beginning;
    kept->entries.push_back(entry);
    return row;
  };
}

inline next_row at_random(label::plan const& settled) {
  std::vector<alx::index_t> ids(static_cast<std::size_t>(settled.rows));
  std::iota(ids.begin(), ids.end(), 0);
  auto random = stream(settled.seed, draw::first);
  return [order = alx::sample(ids, settled.rows, random), at = std::size_t{0}]() mutable {
    return order[at++];
  };
}

/// The first at random.
inline next_row farthest_first(label::plan const& settled,
                               label::spread_rows::measure const& distances) {
  auto const size = static_cast<std::size_t>(settled.rows);
  std::vector<double> nearest(size, std::numeric_limits<double>::infinity());
  auto random = stream(settled.seed, draw::first);
  auto row = random.below(settled.rows);
  bool first = true;
  return [=, distance = std::vector<double>(size)]() mutable {
    if (!first) row = std::max_element(nearest.begin(), nearest.end()) - nearest.begin();
    first = false;
    distances(row, distance);
    for (std::size_t i = 0; i < size; ++i) nearest[i] = std::min(nearest[i], distance[i]);
    nearest[static_cast<std::size_t>(row)] = -1.0;
    return row;
  };
}

/// Rows until all classes were seen.
inline double rows_needed(known_rows const& all, parts const& part, next_row const& next) {
  std::vector<bool> seen(all.classes.size());
  std::size_t left = seen.size();
  double rows = 0.0;
  while (left > 0 && rows < static_cast<double>(part.pool.size())) {
    ++rows;
    auto const id = part.pool[static_cast<std::size_t>(next())];
    auto const label = static_cast<std::size_t>(all.labels[static_cast<std::size_t>(id)]);
    if (!seen[label]) --left;
    seen[label] = true;
  }
  return rows;
}

inline void print_first(std::string_view rule, std::vector<double> rows, double random_mean) {
  auto const mean = alx::summarise(rows);
  std::sort(rows.begin(), rows.end());
  std::printf("| %s | %.1f ± %.1f | %.0f | %.0f | %.2f |\n",
              std::string(rule).c_str(),
              mean.mean,
              mean.half_width(),
              rows[rows.size() / 2],
              rows[rows.size() * 9 / 10],
              mean.mean / random_mean);
}

/// A table, to the standard output.
inline void compare_first_rows(run_options const& how) {
  auto const all = read_rows(how.from);
  std::vector<double> spread(static_cast<std::size_t>(how.seeds));
  auto random = spread;
  auto farthest = spread;
  alx::thread_team team(how.threads);
  team.for_each_chunk(how.seeds, [&](alx::index_t chunk) {
    auto const i = static_cast<std::size_t>(chunk);
    label::plan settled;
    settled.seed = static_cast<std::uint64_t>(chunk);
    auto from = how.from;
    from.test = 1;
    auto const part = split(all, from, settled.seed);
    settled.rows = std::ssize(part.pool);
    settled.classes = all.classes;
    auto const learner = make_pupil(all, part, "random", "logistic", settled);
    auto const& distances = learner.subject.distances;
    spread[i] = rows_needed(all, part, spread_out(settled, distances));
    random[i] = rows_needed(all, part, at_random(settled));
    farthest[i] = rows_needed(all, part, farthest_first(settled, distances));
  });
  std::printf(
      "| %s, %td rows, %td repeats | rows until all %zu classes: mean | median | 90 %% | "
      "of random |\n|---|---|---|---|---|\n",
      all.name.c_str(),
      how.from.pool,
      how.seeds,
      all.classes.size());
  auto const base = alx::summarise(random).mean;
  print_first("random", random, base);
  print_first("spread", spread, base);
  print_first("farthest first", farthest, base);
  auto const less = alx::paired_difference(random, spread);
  std::printf("\nrandom less spread: %+.1f (%+.1f to %+.1f)\n",
              less.mean,
              less.of_mean.lower,
              less.of_mean.upper);
}

}  // namespace people
