// SPDX-License-Identifier: Apache-2.0
#include <alx/learners/boosting/group_search.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace {

using alx::detail::column_group;
using alx::detail::column_scan;
using alx::detail::group_cells;
using alx::detail::group_columns;
using alx::detail::group_result;
using alx::detail::group_search;
using alx::detail::histogram_cell;
using alx::detail::searched_pair;
using alx::detail::split_limits;

/// Two leaves with random cells; few values, so that gains tie, and some bins without rows.
struct random_leaves {
  random_leaves(std::mt19937& random, bool coarse, int most_bins = 40) {
    group.bins = 0;
    group.columns = group_columns;
    for (auto& shape : group.shape) {
      shape.bins = std::uniform_int_distribution(2, most_bins)(random);
      if (coarse) shape.bins = group.shape[0].bins;
      shape.missing = !coarse && random() % 3 == 0;
      shape.most_frequent = static_cast<std::int32_t>(random() % 2) * (shape.bins / 2);
      group.bins = std::max(group.bins, shape.bins);
    }
    for (std::size_t l = 0; l < 2; ++l) {
      cells[l].resize(static_cast<std::size_t>(group.bins));
      pair.cells[l] = cells[l].data()->cell.data();
      auto& totals = pair.totals[l];
      totals.rows = static_cast<std::int32_t>(40 + random() % 200) * (most_bins / 40);
      totals.hessian = 0.25 * totals.rows;
      totals.gradient = coarse ? 0.0 : std::normal_distribution<>{}(random);
      totals.gain_to_beat = totals.gradient * totals.gradient / totals.shared_hessian();
      for (std::size_t c = 0; c < group_columns; ++c) fill(random, l, c, coarse);
      if (coarse) mirror(l);
    }
  }

  /// Bins that mirror those of the first column in all columns: gains are equal but for their last
  /// digits.
  void mirror(std::size_t l) {
    auto const bins = static_cast<std::size_t>(group.bins);
    auto& totals = pair.totals[l];
    totals.gradient = 0;
    totals.hessian = 0;
    for (std::size_t b = 0; b < bins; ++b) {
      auto cell = cells[l][b].cell[0];
      if (2 * b >= bins) {
        cell = cells[l][bins - 1 - b].cell[0];
        cell.gradient = -cell.gradient;
      }
      cells[l][b].cell.fill(cell);
      totals.gradient += cell.gradient;
      totals.hessian += cell.hessian;
    }
    totals.rows = static_cast<std::int32_t>(totals.hessian / 0.23 + 0.5);
    totals.gain_to_beat = totals.gradient * totals.gradient / totals.shared_hessian();
  }

  /// Cells of a column that may not be split hold anything.
  void spoil(std::size_t c) {
    for (auto& of_leaf : cells) {
      for (auto& bin : of_leaf) bin.cell[c] = {9.0 * bin.cell[c].hessian, -bin.cell[c].hessian};
    }
  }

  /// The same gradient for all rows: no threshold gains anything but the sums' last digits.
  void level() {
    for (std::size_t l = 0; l < 2; ++l) {
      for (auto& bin : cells[l]) {
        for (auto& cell : bin.cell) cell.gradient = cell.hessian * 1.3;
      }
      auto& totals = pair.totals[l];
      totals.gradient = totals.hessian * 1.3;
      totals.gain_to_beat = totals.gradient * totals.gradient / totals.shared_hessian();
    }
  }

  /// The last bin takes what is left, so that a column's cells make up the totals; its hessian is
  /// not negative but for rounding errors.
  void fill(std::mt19937& random, std::size_t l, std::size_t c, bool coarse) {
    auto const bins = static_cast<std::size_t>(group.shape[c].bins);
    histogram_cell rest{pair.totals[l].gradient, pair.totals[l].hessian};
    for (std::size_t b = 0; b < bins; ++b) {
      bool const empty = random() % 3 == 0;
      double const left = std::floor(rest.hessian / 0.23);
      double const rows = empty ? 0 : std::min(left, static_cast<double>(1 + random() % 6));
      double const size =
          coarse ? 0.1 * (random() % 2 == 0 ? 1 : -1) : std::normal_distribution<>{}(random);
      histogram_cell cell{rows * size, rows * 0.23};
      if (b + 1 == bins) cell = rest;
      rest.gradient -= cell.gradient;
      rest.hessian -= cell.hessian;
      cells[l][b].cell[c] = cell;
    }
  }

  column_group group;
  searched_pair pair;
  std::vector<group_cells> cells[2];  // NOLINT: two leaves
};

}  // namespace

TEST_CASE("the search in lanes finds what the search threshold by threshold does") {
  std::mt19937 random(5);
  int found = 0;
  for (int i = 0; i < 3000; ++i) {
    random_leaves leaves(random, i % 2 == 0, i % 5 == 0 ? 600 : 40);
    if (i % 17 == 1) leaves.level();
    split_limits const limits{.min_rows = i % 2 == 0 ? 2 : 20,
                              .min_hessian = i % 7 == 0   ? 0.0
                                             : i % 7 == 1 ? 12.0
                                                          : 1e-3,
                              .lambda_l1 = i % 3 == 0 ? 0.25 : 0.0,
                              .lambda_l2 = i % 4 == 0 ? 1.0 : 0.0};
    for (std::size_t c = 0; c < group_columns; ++c) {
      leaves.pair.usable[c] = random() % 5 != 0;
      if (!leaves.pair.usable[c]) leaves.spoil(c);
    }
    if (i % 11 == 0) leaves.pair.totals[0] = {};
    group_result results;
    group_search(limits).find(leaves.group, leaves.pair, leaves.pair.totals[1].hessian, results);
    for (std::size_t l = 0; l < 2; ++l) {
      alx::detail::split_candidate best;
      alx::detail::split_candidate expected;
      for (std::size_t c = 0; c < group_columns; ++c) {
        if (!leaves.pair.usable[c]) continue;
        alx::detail::column_result of_column;
        if (leaves.pair.totals[l].rows == 0) continue;
        column_scan scan(
            leaves.pair.cells[l] + c, leaves.group.shape[c], leaves.pair.totals[l], limits);
        scan.from_right(of_column);
        if (leaves.group.shape[c].two_passes()) scan.from_left(of_column);
        INFO("case " << i << ", column " << c << ", leaf " << l);
        REQUIRE(results[c][l].splittable == of_column.splittable);
        REQUIRE(results[c][l].best.gain <= of_column.best.gain);
        if (of_column.best.gain > expected.gain) expected = of_column.best;
        if (results[c][l].best.gain > best.gain) best = results[c][l].best;
      }
      INFO("case " << i << ", leaf " << l);
      REQUIRE(best.gain == expected.gain);
      REQUIRE(best.bin == expected.bin);
      REQUIRE(best.missing_left == expected.missing_left);
      REQUIRE(best.left_gradient == expected.left_gradient);
      REQUIRE(best.left_hessian == expected.left_hessian);
      found += best.gain > 0 ? 1 : 0;
    }
  }
  CHECK(found > 1000);
}

TEST_CASE("a pass ends where the other side is too light, though rounding lifts it again") {
  constexpr std::int32_t bins = 20;
  column_group group{.bins = bins, .columns = group_columns};
  group.shape.fill({bins, 0, false});
  std::vector<group_cells> cells(bins);
  std::vector<group_cells> none(bins);
  searched_pair pair;
  auto& totals = pair.totals[0];
  for (std::size_t b = 0; b < bins; ++b) {
    histogram_cell cell{b < 7 ? -5.0 : 0.3, 0.25};
    if (b == 7) cell = {40.0, -2e-13};  // the threshold left of it would be the best by far
    cells[b].cell[0] = cell;
    totals.gradient += cell.gradient;
    totals.hessian += cell.hessian;
  }
  for (std::size_t c = 1; c < group_columns; ++c) {  // the best where the pass does end
    cells[3].cell[c] = {totals.gradient / 2 - 20, totals.hessian / 2};
    cells[12].cell[c] = {totals.gradient / 2 + 20, totals.hessian / 2};
  }
  totals.rows = bins - 1;
  totals.gain_to_beat = totals.gradient * totals.gradient / totals.shared_hessian();
  pair.cells = {cells.data()->cell.data(), none.data()->cell.data()};
  pair.usable.fill(true);
  for (double const above : {0.0, 1e-13, 3e-13, 1e-3}) {
    split_limits limits{.min_rows = 1};
    limits.min_hessian = totals.hessian - 12 * 0.25 + above;  // the left side of bin 8, and more
    group_result results;
    group_search(limits).find(group, pair, totals.hessian, results);
    alx::detail::column_result expected;
    column_scan(pair.cells[0], group.shape[0], totals, limits).from_right(expected);
    CHECK((expected.best.bin == 6) == (above == 0.0));
    CHECK(results[0][0].splittable == expected.splittable);
    std::size_t best = 0;
    if (above != 0.0 && group_columns > 1) {
      best = 1;
      expected = {};
      column_scan(pair.cells[0] + 1, group.shape[1], totals, limits).from_right(expected);
    }
    CHECK(results[best][0].best.gain == expected.best.gain);
    CHECK(results[best][0].best.bin == expected.best.bin);
  }
}

TEST_CASE("of gains that differ in the last digits the specification's first wins") {
  constexpr std::int32_t bins = 7;
  column_group group{.bins = bins, .columns = 1};
  group.shape[0] = {bins, 0, false};
  searched_pair pair;
  auto& totals = pair.totals[0];
  totals = {2.3223407022269533e+17, 5223237.0687800916, 152, 0};
  totals.gain_to_beat = totals.gradient * totals.gradient / totals.shared_hessian();
  // Found by random trials: of the gains to the right of bins 2, 1 and 0 each is a little less than
  // the margin above the one before.
  std::vector<group_cells> cells(bins);
  cells[0].cell[0] = {totals.gradient - 66123614891351088, totals.hessian - 1487743.6614882234};
  cells[1].cell[0] = {4184691.25, 9.4224647909868509e-05};
  cells[2].cell[0] = {94417.34375, 2.1225303044047905e-06};
  cells[3].cell[0] = {13932198, 0.00031360957655124366};
  cells[4].cell[0] = {215625.40625, 4.8539136514591519e-06};
  cells[5].cell[0] = {1400730624, 0.031526796519756317};
  cells[6].cell[0] = {66123613472193536, 1487743.6295466162};
  std::vector<group_cells> none(bins);
  pair.cells = {cells.data()->cell.data(), none.data()->cell.data()};
  pair.usable[0] = true;
  split_limits const limits{.min_rows = 1, .min_hessian = 1};
  group_result results;
  group_search(limits).find(group, pair, totals.hessian, results);
  alx::detail::column_result expected;
  column_scan(pair.cells[0], group.shape[0], totals, limits).from_right(expected);
  CHECK(results[0][0].best.gain == expected.best.gain);
  CHECK(results[0][0].best.bin == expected.best.bin);
}

TEST_CASE("completing a group makes the larger leaf of its parent and the smaller") {
  std::mt19937 random(6);
  random_leaves leaves(random, false);
  auto const smaller = leaves.cells[0];
  auto const parent = leaves.cells[1];
  complete(leaves.group, leaves.pair);
  for (std::size_t c = 0; c < group_columns; ++c) {
    auto const& shape = leaves.group.shape[c];
    double rest = leaves.pair.totals[0].gradient;
    for (std::int32_t b = 0; b < leaves.group.bins; ++b) {
      auto const at = static_cast<std::size_t>(b);
      if (b == shape.most_frequent) continue;
      rest -= smaller[at].cell[c].gradient;
      CHECK(leaves.cells[1][at].cell[c].gradient ==
            parent[at].cell[c].gradient - smaller[at].cell[c].gradient);
    }
    if (shape.most_frequent == 0) continue;
    auto const made = static_cast<std::size_t>(shape.most_frequent);
    CHECK(leaves.cells[0][made].cell[c].gradient == rest);
    CHECK(leaves.cells[1][made].cell[c].gradient == parent[made].cell[c].gradient - rest);
  }
}
