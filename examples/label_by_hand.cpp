// SPDX-License-Identifier: Apache-2.0
/// @file
/// Label in a program of your own: a loop that asks, a person who answers, a journal that keeps
/// each answer before the next question, and a model of your own. Stop it whenever you like; it
/// goes on.
#include <alx/journal/journal.hpp>
#include <alx/journal/replay.hpp>
#include <alx/loop.hpp>
#include <alx/strategies/margin.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>

/// A model of your own: the nearer class mean in one dimension is the likelier one.
struct nearest_mean {
  std::array<double, 2> mean{};

  void fit(alx::matrix_view<double const> pool, alx::labelled_rows rows) {
    std::array<double, 2> sum{};
    std::array<double, 2> count{1e-9, 1e-9};
    for (std::size_t i = 0; i < rows.ids.size(); ++i) {
      auto const label = static_cast<std::size_t>(rows.labels[i]);
      sum[label] += pool(rows.ids[i], 0);
      count[label] += 1.0;
    }
    for (std::size_t c = 0; c < 2; ++c) mean[c] = sum[c] / count[c];
  }

  void predict_proba(alx::matrix_view<double const> pool, alx::matrix_view<double> out) const {
    for (alx::index_t i = 0; i < pool.rows; ++i) {
      double const nearer = std::abs(pool(i, 0) - mean[0]) - std::abs(pool(i, 0) - mean[1]);
      out(i, 1) = 1.0 / (1.0 + std::exp(-nearer));
      out(i, 0) = 1.0 - out(i, 1);
    }
  }
};

int main() {
  alx::matrix<double> hours(48, 1);  // of a day: is it day or night?
  for (alx::index_t i = 0; i < 48; ++i) hours(i, 0) = static_cast<double>(i) / 2.0;

  alx::journal kept("hours.journal", {.rows = 48, .classes = {"am", "pm"}, .data = "half hours"});
  auto const loop = alx::loop{nearest_mean{}, alx::margin{}, alx::labels{12}, {.initial = 4}};
  auto session = loop.begin(hours);
  alx::replay(session, kept.entries());  // what was answered before

  std::string typed;
  while (auto const asked = session.ask()) {
    std::printf("%g h: a for am, p for pm, Enter for neither? ", hours(asked->ids[0], 0));
    if (!std::getline(std::cin, typed)) return 0;
    alx::answer const said = typed.empty() ? alx::abstain : alx::answer(typed[0] == 'p' ? 1 : 0);
    kept.append(entry_of(*asked, 0, said));  // on disk now
    session.tell(*asked, {&said, 1});
  }
  std::printf("am %.1f h, pm %.1f h\n", session.model().mean[0], session.model().mean[1]);
}
