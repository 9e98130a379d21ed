// SPDX-License-Identifier: Apache-2.0
/// @file
/// The search for thresholds in two sibling leaves and several columns at once, in vector lanes.
#pragma once

#include <alx/detail/lanes.hpp>
#include <alx/learners/boosting/group_scan.hpp>
#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/split.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace alx::inline v0::detail {

/// The cell of a column's most frequent bin in a group.
inline std::size_t made_cell(column_group const& group, std::size_t column) {
  return static_cast<std::size_t>(group.shape[column].most_frequent) * group_columns + column;
}

/// Makes the cells of a group complete. LightGBM never adds up the rows of a column's most frequent
/// bin: its cell is what the others leave of the total, and the difference decides between splits
/// of equal gain (most frequent bin 0 is not needed). The larger leaf's cells (null: there is no
/// larger leaf), which are its parent's, become its own.
inline void complete(column_group const& group, searched_pair const& leaves) {
  auto* const smaller = leaves.cells[0];
  auto* const larger = leaves.cells[1];
  for (std::size_t c = 0; c < group.columns; ++c) smaller[made_cell(group, c)] = {0, 0};
  real_lanes rest{};
  for (std::size_t i = 0; i < lane_count<double>; i += 2) {
    rest[i] = leaves.totals[0].gradient;
    rest[i + 1] = leaves.totals[0].hessian;
  }
  auto const cells = static_cast<std::size_t>(group.bins) * group_columns;
  for (std::size_t i = 0; i < cells; i += group_columns) {
    auto const sums = load_lanes<real_lanes>(smaller + i);
    rest -= sums;
    if (larger == nullptr) continue;
    store_lanes(larger + i, real_lanes(load_lanes<real_lanes>(larger + i) - sums));
  }
  for (std::size_t c = 0; c < group.columns; ++c) {
    if (group.shape[c].most_frequent == 0) continue;
    smaller[made_cell(group, c)] = {rest[2 * c], rest[2 * c + 1]};
    if (larger == nullptr) continue;
    larger[made_cell(group, c)].gradient -= rest[2 * c];
    larger[made_cell(group, c)].hessian -= rest[2 * c + 1];
  }
}

/// Some bins of a column that has no more than `most`.
class bin_set {
 public:
  static constexpr std::size_t most = 256;

  void insert(std::size_t bin) {
    words_[bin / 64] |= std::uint64_t{1} << bin % 64;
    last_ = std::max(last_, bin / 64);
  }

  /// Calls `use` with the bins, ascending.
  template <class F>
  void for_each(F&& use) const {
    for (std::size_t w = 0; w <= last_; ++w) {
      for (std::uint64_t left = words_[w]; left != 0; left &= left - 1) {
        use(w * 64 + static_cast<std::size_t>(std::countr_zero(left)));
      }
    }
  }

 private:
  std::array<std::uint64_t, most / 64> words_{};
  std::size_t last_ = 0;
};

/// The same for one column and a smaller leaf of a few rows, whose cells are not needed afterwards:
/// they become zeros again. `bins` are those of its rows.
inline void take_away(column_group const& group,
                      std::size_t column,
                      bin_set const& bins,
                      searched_pair const& leaves) {
  auto const total = leaves.totals[0];
  cell_lanes rest{total.gradient, total.hessian};
  auto const most_frequent = static_cast<std::size_t>(group.shape[column].most_frequent);
  bins.for_each([&](std::size_t bin) {
    auto const at = bin * group_columns + column;
    auto* const from = leaves.cells[0] + at;
    if (bin != most_frequent) {
      auto const sums = load_lanes<cell_lanes>(from);
      rest -= sums;
      auto* const to = leaves.cells[1] + at;
      store_lanes(to, cell_lanes(load_lanes<cell_lanes>(to) - sums));
    }
    store_lanes(from, cell_lanes{});
  });
  if (group.shape[column].most_frequent == 0) return;
  auto* const made = leaves.cells[1] + made_cell(group, column);
  store_lanes(made, cell_lanes(load_lanes<cell_lanes>(made) - rest));
}

/// Tries all thresholds of a group in both leaves. For near-ties, and in a leaf of next to no
/// weight, `column_scan` is asked.
class group_search {
 public:
  explicit group_search(split_limits limits) : limits_(limits) {}

  [[nodiscard]] split_limits const& limits() const { return limits_; }

  /// The cells are complete. `heaviest`: the tree's sum of hessians.
  void find(column_group const& group,
            searched_pair const& leaves,
            double heaviest,
            group_result& results) const {
    double const noise = heaviest * 1e-9;
    results.fill({column_result{.sure = false}, column_result{.sure = false}});
    if (all_ordinary(leaves, noise)) {
      missing_apart const apart(group, leaves);
      if (limits_.lambda_l1 != 0) {
        scan<penalty::l1>(group, leaves, noise, results);
      } else if (limits_.lambda_l2 != 0) {
        scan<penalty::l2>(group, leaves, noise, results);
      } else {
        scan<penalty::none>(group, leaves, noise, results);
      }
    }
    for (std::size_t i = 0; i < 2 * group.columns; ++i) {
      auto const& leaf = leaves.totals[i % 2];
      if (leaf.rows == 0 || !leaves.usable[i / 2]) continue;
      auto& result = results[i / 2][i % 2];
      column_scan column(leaves.cells[i % 2] + i / 2, group.shape[i / 2], leaf, limits_);
      if (!result.sure) {
        result = {};
        column.from_right(result);
      }
      if (group.shape[i / 2].two_passes()) column.from_left(result);
    }
  }

 private:
  /// So that no estimate of rows overflows or is negative and no fraction is 0 / 0.
  [[nodiscard]] bool all_ordinary(searched_pair const& leaves, double noise) const {
    bool ordinary = limits_.min_hessian + limits_.lambda_l2 > 1e-12;
    for (auto const& leaf : leaves.totals) {
      double const rows_of_hessian = leaf.rows * std::max(leaf.hessian * 0x1p-31, noise);
      ordinary = ordinary && (leaf.rows == 0 || 2 * rows_of_hessian < leaf.shared_hessian());
    }
    return ordinary;
  }

  template <penalty Penalty>
  void scan(column_group const& group,
            searched_pair const& leaves,
            double noise,
            group_result& results) const {
    constexpr std::size_t least = group_columns > 1 ? 1 : 2;  // that fill a vector
    if (leaves.totals[0].rows != 0 && leaves.totals[1].rows != 0) {
      group_scan<Penalty, 2>(group, leaves, 0, limits_, noise).find(results);
    } else {
      std::size_t const first = least == 1 && leaves.totals[0].rows == 0 ? 1 : 0;
      group_scan<Penalty, least>(group, leaves, first, limits_, noise).find(results);
    }
  }

  /// Takes the cells of missing values out of sight while it lives.
  class missing_apart {
   public:
    missing_apart(column_group const& group, searched_pair const& leaves) {
      for (std::size_t c = 0; c < group.columns; ++c) {
        if (!group.shape[c].two_passes()) continue;
        for (std::size_t l = 0; l < 2; ++l) {
          auto const last = static_cast<std::size_t>(group.shape[c].bins - 1);
          kept_[used_] = {leaves.cells[l] + last * group_columns + c, {0, 0}};
          std::swap(*kept_[used_].first, kept_[used_].second);
          ++used_;
        }
      }
    }

    missing_apart(missing_apart const&) = delete;
    missing_apart& operator=(missing_apart const&) = delete;
    missing_apart(missing_apart&&) = delete;
    missing_apart& operator=(missing_apart&&) = delete;

    ~missing_apart() {
      for (std::size_t i = 0; i < used_; ++i) *kept_[i].first = kept_[i].second;
    }

   private:
    std::array<std::pair<histogram_cell*, histogram_cell>, 2 * group_columns> kept_{};
    std::size_t used_ = 0;
  };

  split_limits limits_;
};

}  // namespace alx::inline v0::detail
