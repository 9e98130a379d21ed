// SPDX-License-Identifier: Apache-2.0
// What a user's program may look like: a learner and a strategy of its own, and the light header.
#include <alx/loop.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

namespace {

using alx::index_t;
using alx::label_t;

/// Puts the border between two classes half-way between the means of their labelled rows.
struct half_way {
  double border = 0.5;

  void fit(alx::matrix_view<double const> pool, alx::labelled_rows rows) {
    double sum[2] = {0.0, 0.0};
    double count[2] = {0.0, 0.0};
    for (std::size_t i = 0; i < rows.ids.size(); ++i) {
      sum[rows.labels[i]] += pool(rows.ids[i], 0);
      count[rows.labels[i]] += 1.0;
    }
    if (count[0] > 0.0 && count[1] > 0.0) border = (sum[0] / count[0] + sum[1] / count[1]) / 2.0;
  }

  void predict_proba(alx::matrix_view<double const> pool, alx::matrix_view<double> out) const {
    for (index_t i = 0; i < pool.rows; ++i) {
      out(i, 1) = 1.0 / (1.0 + std::exp(-20.0 * (pool(i, 0) - border)));
      out(i, 0) = 1.0 - out(i, 1);
    }
  }
};

/// Asks for the rows closest to the border.
struct closest {
  static void score(alx::round_view const& round, std::span<double> utility) {
    for (std::size_t i = 0; i < utility.size(); ++i) {
      utility[i] = -std::abs(round.probability(round.candidates[i], 1) - 0.5);
    }
  }
};

}  // namespace

int main() {
  index_t const rows = 200;
  alx::matrix<double> pool(rows, 1);
  std::vector<label_t> labels;
  for (index_t i = 0; i < rows; ++i) {
    pool(i, 0) = static_cast<double>(i) / static_cast<double>(rows);
    labels.push_back(pool(i, 0) < 0.3 ? 0 : 1);
  }

  auto const loop = alx::loop{half_way{}, closest{}, alx::labels{30}, {.initial = 10, .batch = 5}};
  auto const rounds = loop.run(pool, alx::truth{labels});
  std::printf("%td labels after %zu rounds\n", rounds.back().labelled, rounds.rounds.size());
  return rounds.back().labelled == 30 ? 0 : 1;
}
