// SPDX-License-Identifier: Apache-2.0
/// @file
/// The histograms of the open leaves, and the best split of each leaf.
#pragma once

#include <alx/learners/boosting/categorical.hpp>
#include <alx/learners/boosting/dataset.hpp>
#include <alx/learners/boosting/group_search.hpp>
#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/open_leaf.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/split.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

[[nodiscard]] inline split_limits limits_of(boosting_parameters const& parameters) {
  return {parameters.min_data_in_leaf,
          parameters.min_sum_hessian_in_leaf,
          parameters.lambda_l1,
          parameters.lambda_l2};
}

/// Threads share out columns, never rows, so every number is the same on any number of them.
class split_finder {
 public:
  split_finder(binned_rows const& data, boosting_parameters const& parameters, thread_team& team)
      : data_(data),
        parameters_(parameters),
        team_(team),
        search_(limits_of(parameters)),
        categories_(category_limits_of(parameters)) {
    group();
    pack();
    results_.resize(groups_.size());
    no_leaf_.resize(cells_);
    columns_.resize(parts_.size());
  }

  /// All histograms are free again. `columns`: a flag for each that may be used; none: all may.
  void begin_tree(double heaviest, std::span<std::uint8_t const> columns) {
    heaviest_ = heaviest;
    usable_.assign(static_cast<std::size_t>(data_.columns()), 1);
    std::copy(columns.begin(), columns.end(), usable_.begin());
    free_.clear();
    for (std::size_t i = histograms_.size(); i > 0; --i) {
      free_.push_back(static_cast<std::int32_t>(i - 1));
    }
  }

  /// Finds the best splits of two siblings (`larger` null: of the root). The larger has its
  /// parent's histogram, which becomes its own. `rows` are the smaller's.
  void find(open_leaf& smaller, open_leaf* larger, leaf_rows const& rows) {
    // So few rows that they cannot be split, and fewer than bins: they are only taken away from the
    // parent's.
    bool const taken_away =
        larger != nullptr && smaller.rows < 2 * index_t{parameters_.min_data_in_leaf} &&
        smaller.rows < data_.most_bins() / 3 && data_.most_bins() <= std::int32_t{bin_set::most};
    if (!taken_away) {
      smaller.histogram = take();
      splittable(smaller) = larger == nullptr ? usable_ : splittable(*larger);
    }
    index_t const parts =
        worth_sharing(rows.numbers.size()) ? static_cast<index_t>(parts_.size()) : 1;
    team_.for_each_chunk(parts, [&](index_t part) {
      auto const at = static_cast<std::size_t>(part);
      std::size_t const from = parts_[at];
      std::size_t const to =
          parts == 1 || at + 1 == parts_.size() ? groups_.size() : parts_[at + 1];
      for (std::size_t g = from; taken_away && g < to; ++g) {
        take_away(g, smaller, *larger, rows, columns_[at]);
      }
      if (taken_away) return;
      build(from, to, smaller, rows, columns_[at]);
      for (std::size_t g = from; g < to; ++g) search(g, smaller, larger);
    });
    if (!taken_away) take_results(smaller, 0);
    if (larger != nullptr) take_results(*larger, 1);
  }

  /// A leaf that will not be split needs no histogram.
  void release(open_leaf const& leaf) { free_.push_back(leaf.histogram); }

  /// The bins of the categories that a split sends left; none for a split at a threshold.
  std::vector<std::int32_t> left_categories(open_leaf const& leaf) {
    auto const& bins = data_.bins(leaf.best.column);
    if (!bins.categorical()) return {};
    auto const column = static_cast<std::size_t>(leaf.best.column);
    auto const group = std::find_if(groups_.begin(), groups_.end(), [&](auto const& g) {
      return column < g.first_column + g.columns;
    });
    auto const* cells = cells_of(leaf, *group) + (column - group->first_column);
    leaf_totals const totals = totals_of(leaf);
    return search_of(cells, bins, totals).left_bins(leaf.best);
  }

 private:
  /// Cells of all groups, and which columns may still be split.
  struct leaf_histogram {
    std::vector<group_cells> cells;
    std::vector<std::uint8_t> splittable;
  };

  leaf_histogram& histogram(open_leaf const& leaf) {
    return histograms_[static_cast<std::size_t>(leaf.histogram)];
  }

  std::vector<std::uint8_t>& splittable(open_leaf const& leaf) {
    return histogram(leaf).splittable;
  }

  histogram_cell* cells_of(open_leaf const& leaf, column_group const& group) {
    return histogram(leaf).cells[group.first_cell].cell.data();
  }

  std::int32_t take() {
    if (free_.empty()) {
      histograms_.push_back({std::vector<group_cells>(cells_), {}});
      return static_cast<std::int32_t>(histograms_.size()) - 1;
    }
    std::int32_t const taken = free_.back();
    free_.pop_back();
    return taken;
  }

  [[nodiscard]] bool worth_sharing(std::size_t rows) const {
    return (static_cast<index_t>(rows) + 1500) * data_.columns() > 40000;
  }

  /// Adds up the rows of a leaf in some of the groups.
  void build(std::size_t from,
             std::size_t to,
             open_leaf const& leaf,
             leaf_rows const& rows,
             std::vector<histogram_column>& columns) {
    auto& cells = histogram(leaf).cells;
    auto const end = to < groups_.size() ? groups_[to].first_cell : cells_;
    std::fill(cells.data() + groups_[from].first_cell, cells.data() + end, group_cells{});
    columns.clear();
    for (std::size_t g = from; g < to; ++g) {
      for (std::size_t i = 0; i < groups_[g].columns; ++i) {
        auto const c = groups_[g].first_column + i;
        if (splittable(leaf)[c] == 0) continue;
        columns.push_back({c, cells_of(leaf, groups_[g]) + i});
      }
    }
    with_packed([&](auto const* bins) { accumulate(bins, stride_, columns, rows); });
  }

  /// Calls `use` with the bins row by row, of whichever type they are.
  template <class F>
  void with_packed(F&& use) const {
    if (wide_.empty()) {
      use(narrow_.data());
    } else {
      use(wide_.data());
    }
  }

  /// What `build` and `search` do, for a smaller leaf that is only taken away.
  void take_away(std::size_t g,
                 open_leaf const& smaller,
                 open_leaf const& larger,
                 leaf_rows const& rows,
                 std::vector<histogram_column>& columns) {
    auto const& group = groups_[g];
    searched_pair pair{.totals = {totals_of(smaller), totals_of(larger)},
                       .cells = {no_leaf_[group.first_cell].cell.data(), cells_of(larger, group)}};
    columns.clear();
    for (std::size_t i = 0; i < group.columns; ++i) {
      if (splittable(larger)[group.first_column + i] == 0) continue;
      columns.push_back({group.first_column + i, pair.cells[0] + i});
    }
    with_packed([&](auto const* bins) {
      accumulate(bins, stride_, columns, rows);
      for (auto const& column : columns) {
        bin_set found;
        for (auto const row : rows.numbers) {
          found.insert(bins[static_cast<std::size_t>(row) * stride_ + column.column]);
        }
        detail::take_away(group, column.column - group.first_column, found, pair);
      }
    });
    pair.totals[0] = {};
    search(g, pair, splittable(larger));
  }

  void search(std::size_t g, open_leaf const& smaller, open_leaf const* larger) {
    auto const& group = groups_[g];
    searched_pair pair;
    pair.cells[0] = cells_of(smaller, group);
    pair.totals[0] = totals_of(smaller);
    if (larger != nullptr) {
      pair.cells[1] = cells_of(*larger, group);
      pair.totals[1] = totals_of(*larger);
    }
    complete(group, pair);
    if (larger == nullptr) pair.cells[1] = no_leaf_[group.first_cell].cell.data();
    search(g, pair, splittable(smaller));
  }

  /// The cells of both leaves are complete.
  void search(std::size_t g, searched_pair pair, std::vector<std::uint8_t> const& flags) {
    auto const& group = groups_[g];
    for (std::size_t i = 0; i < group.columns; ++i) {
      pair.usable[i] = flags[group.first_column + i] != 0;
    }
    search_.find(group, pair, heaviest_, results_[g]);
    for (std::size_t i = 0; i < group.columns; ++i) {
      auto const& bins = data_.bins(static_cast<index_t>(group.first_column + i));
      for (std::size_t l = 0; bins.categorical() && l < 2; ++l) {
        if (pair.totals[l].rows == 0) continue;
        auto& result = results_[g][i][l];
        auto categories = search_of(pair.cells[l] + i, bins, pair.totals[l]);
        result.best = categories.find(result.splittable);
      }
    }
  }

  [[nodiscard]] category_search search_of(histogram_cell const* cells,
                                          feature_bins const& bins,
                                          leaf_totals const& leaf) const {
    bool const alone = tried_alone(bins, parameters_);
    return {cells, bins.bins(), {leaf, search_.limits(), categories_, alone}};
  }

  /// Gives a leaf the best of what was found for it: `place` 0 is the smaller, 1 the larger.
  void take_results(open_leaf& leaf, std::size_t place) {
    auto& flags = splittable(leaf);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      for (std::size_t i = 0; i < groups_[g].columns; ++i) {
        auto const column = groups_[g].first_column + i;
        auto const& result = results_[g][i][place];
        if (flags[column] == 0) continue;
        flags[column] = result.splittable ? 1 : 0;
        if (!(result.best.gain > leaf.best.gain)) continue;
        leaf.best = result.best;
        leaf.best.column = static_cast<std::int32_t>(column);
      }
    }
  }

  [[nodiscard]] leaf_totals totals_of(open_leaf const& leaf) const {
    return totals_of_leaf(leaf, search_.limits(), parameters_.min_gain_to_split);
  }

  /// Puts columns together in groups. Where threads pay, each gets as many columns.
  void group() {
    auto const whole_groups = data_.columns() / static_cast<index_t>(group_columns);
    index_t const parts = data_.rows() * data_.columns() < 100'000
                              ? 1
                              : std::clamp<index_t>(whole_groups, 1, team_.size());
    for (index_t part = 0; part < parts; ++part) {
      parts_.push_back(groups_.size());
      index_t const end = (part + 1) * data_.columns() / parts;
      for (index_t c = part * data_.columns() / parts; c < end;) {
        column_group group{.first_column = static_cast<std::size_t>(c), .first_cell = cells_};
        for (; c < end && group.columns < group_columns; ++c) {
          auto const& bins = data_.bins(c);
          auto& shape = group.shape[group.columns++];
          group.bins = std::max(group.bins, bins.bins());
          shape = {bins.bins(), bins.most_frequent, bins.missing};
          if (bins.categorical()) shape = {1, bins.most_frequent, false};  // has no thresholds
        }
        cells_ += static_cast<std::size_t>(group.bins);
        groups_.push_back(group);
      }
    }
  }

  /// Copies the bins row by row: a histogram reads all columns of a row at once.
  void pack() {
    auto const columns = static_cast<std::size_t>(data_.columns());
    auto const rows = static_cast<std::size_t>(data_.rows());
    stride_ = columns <= 4 ? columns : (columns + 7) / 8 * 8;  // so that few cross cache lines
    auto const copy = [&](auto const* column, std::size_t c, auto& packed) {
      if (c == 0) packed.resize(rows * stride_);
      for (std::size_t i = 0; i < rows; ++i) packed[i * stride_ + c] = column[i];
    };
    for (std::size_t c = 0; c < columns; ++c) {
      data_.with_column(static_cast<index_t>(c), [&](auto const* column) {
        if constexpr (sizeof(*column) == 1) {
          copy(column, c, narrow_);
        } else {
          copy(column, c, wide_);
        }
      });
    }
  }

  binned_rows const& data_;
  boosting_parameters const& parameters_;
  thread_team& team_;
  group_search search_;
  category_limits categories_;
  std::vector<column_group> groups_;
  std::vector<std::size_t> parts_;    // the first group of each thread
  std::size_t cells_ = 0;             // of a histogram
  std::vector<std::uint8_t> narrow_;  // bins row by row; one of the two is used
  std::vector<std::uint16_t> wide_;
  std::size_t stride_ = 0;
  std::vector<std::uint8_t> usable_;
  double heaviest_ = 0;
  std::vector<leaf_histogram> histograms_;
  std::vector<std::int32_t> free_;
  std::vector<group_cells> no_leaf_;  // zeros
  std::vector<group_result> results_;
  std::vector<std::vector<histogram_column>> columns_;
};

}  // namespace alx::inline v0::detail
