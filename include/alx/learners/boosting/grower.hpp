// SPDX-License-Identifier: Apache-2.0
/// @file
/// Grows one tree after the other, best leaf first, from the gradients of the rows.
#pragma once

#include <alx/error.hpp>
#include <alx/learners/boosting/dataset.hpp>
#include <alx/learners/boosting/histogram.hpp>
#include <alx/learners/boosting/split.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/parallel.hpp>
#include <alx/rounding.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// What a fit needs for all its trees, allocated once: the rows ordered by leaf, a histogram for
/// every open leaf, the arrays of the search.
///
/// Threads share out columns, never rows, so every number is the same on any number of them.
class tree_grower {
 public:
  tree_grower(binned_rows const& data, boosting_parameters const& parameters, thread_team& team)
      : data_(data),
        parameters_(parameters),
        team_(team),
        rows_(static_cast<std::size_t>(data.rows())),
        right_rows_(rows_.size()),
        pairs_(rows_.size()),
        found_(static_cast<std::size_t>(data.columns())) {
    split_limits const limits{
        parameters.min_data_in_leaf, parameters.min_sum_hessian_in_leaf, parameters.lambda_l2};
    index_t const parts = std::clamp<index_t>(data.columns(), 1, index_t{4} * team.size());
    for (index_t i = 0; i < (team.size() == 1 ? 1 : parts); ++i) {
      searches_.emplace_back(limits, data.most_bins());
    }
  }

  /// A tree whose leaf values are not yet shrunken; of one leaf where nothing could be split.
  boosting_tree grow(std::span<gradient_pair const> gradients) {
    gradients_ = gradients;
    begin_tree();
    if (data_.rows() >= 2 * index_t{parameters_.min_data_in_leaf}) search(0, -1);
    while (static_cast<std::int32_t>(leaves_.size()) < parameters_.num_leaves) {
      std::int32_t const chosen = best_leaf();
      if (!(leaf(chosen).best.gain > 0)) break;
      split(chosen);
    }
    return std::move(tree_);
  }

  /// The rows (positions) of a leaf of the tree grown last.
  [[nodiscard]] std::span<std::int32_t const> rows_of_leaf(index_t number) const {
    auto const& l = leaves_[static_cast<std::size_t>(number)];
    return {rows_.data() + l.begin, static_cast<std::size_t>(l.rows)};
  }

 private:
  struct open_leaf {
    index_t begin = 0;  ///< of its rows in rows_
    index_t rows = 0;
    double gradient = 0;
    double hessian = 0;
    std::int32_t depth = 0;
    std::int32_t histogram = -1;
    split_candidate best{};
  };

  /// Cells of all columns, and which columns may still be split.
  struct leaf_histogram {
    std::vector<histogram_cell> cells;
    std::vector<std::uint8_t> splittable;
  };

  struct column_found {
    split_candidate smaller;
    split_candidate larger;
  };

  open_leaf& leaf(std::int32_t number) { return leaves_[static_cast<std::size_t>(number)]; }

  leaf_histogram& histogram_of(std::int32_t number) {
    return histograms_[static_cast<std::size_t>(leaf(number).histogram)];
  }

  void begin_tree() {
    for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i] = static_cast<std::int32_t>(i);
    open_leaf root{.begin = 0, .rows = data_.rows()};
    for (auto const pair : gradients_) {
      root.gradient += static_cast<double>(pair.gradient);
      root.hessian += static_cast<double>(pair.hessian);
    }
    leaves_.assign(1, root);
    free_histograms_.clear();
    for (std::size_t i = histograms_.size(); i > 0; --i) {
      free_histograms_.push_back(static_cast<std::int32_t>(i - 1));
    }
    tree_ = {};
    tree_.leaf_value = {-root.gradient / (root.hessian + parameters_.lambda_l2)};
    tree_.leaf_weight = {0.0};
    tree_.leaf_count = {data_.rows()};
  }

  std::int32_t take_histogram() {
    if (free_histograms_.empty()) {
      histograms_.push_back({std::vector<histogram_cell>(static_cast<std::size_t>(data_.cells())),
                             std::vector<std::uint8_t>(found_.size())});
      return static_cast<std::int32_t>(histograms_.size()) - 1;
    }
    std::int32_t const taken = free_histograms_.back();
    free_histograms_.pop_back();
    return taken;
  }

  /// The leaf of the greatest gain; among equals the lowest column, then the lowest leaf.
  [[nodiscard]] std::int32_t best_leaf() const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < leaves_.size(); ++i) {
      auto const& a = leaves_[i].best;
      auto const& b = leaves_[best].best;
      bool const lower_column = a.gain == b.gain && a.column >= 0 && a.column < b.column;
      if (a.gain > b.gain || lower_column) best = i;
    }
    return static_cast<std::int32_t>(best);
  }

  void split(std::int32_t number) {
    auto const cut = leaf(number).best;
    auto const new_number = static_cast<std::int32_t>(leaves_.size());
    open_leaf const before = leaf(number);
    double const total_hessian = before.hessian + 2 * boosting_epsilon;
    index_t const left_rows = partition(before, cut);
    if (left_rows == 0 || left_rows == before.rows) {
      throw numeric_error("gradient_boosting: a split of " + std::to_string(before.rows) +
                          " rows would leave a leaf without rows; raise min_data_in_leaf or "
                          "min_sum_hessian_in_leaf");
    }
    open_leaf left = before;
    left.rows = left_rows;
    left.gradient = cut.left_gradient;
    left.hessian = cut.left_hessian - boosting_epsilon;
    left.depth = before.depth + 1;
    left.best = {};
    open_leaf right = left;
    right.begin = before.begin + left_rows;
    right.rows = before.rows - left_rows;
    right.gradient = before.gradient - cut.left_gradient;
    double const right_hessian = total_hessian - cut.left_hessian;
    right.hessian = right_hessian - boosting_epsilon;
    leaf(number) = left;
    leaves_.push_back(right);
    record(number, cut, left, right);
    double const l2 = parameters_.lambda_l2;
    auto const at = static_cast<std::size_t>(number);
    tree_.leaf_value[at] = -left.gradient / (cut.left_hessian + l2);
    tree_.leaf_value.push_back(-right.gradient / (right_hessian + l2));
    search_children(number, new_number);
  }

  /// Writes the new node and its two leaves.
  void record(std::int32_t number,
              split_candidate const& cut,
              open_leaf const& left,
              open_leaf const& right) {
    auto const node = static_cast<std::int32_t>(tree_.nodes());
    auto const& bins = data_.bins(cut.column);
    for (auto* children : {&tree_.left_child, &tree_.right_child}) {
      std::replace(children->begin(), children->end(), ~number, node);
    }
    auto const at = static_cast<std::size_t>(number);
    double const gain = cut.gain + parameters_.min_gain_to_split;
    tree_.split_feature.push_back(data_.pool_column(cut.column));
    tree_.split_gain.push_back(static_cast<double>(static_cast<float>(gain)));
    tree_.threshold.push_back(bins.upper[static_cast<std::size_t>(cut.bin)]);
    tree_.decision_type.push_back((cut.missing_left ? 2 : 0) + (bins.missing ? 8 : 0));
    tree_.left_child.push_back(~number);
    tree_.right_child.push_back(~static_cast<std::int32_t>(tree_.leaves()));
    tree_.internal_value.push_back(tree_.leaf_value[at]);
    tree_.internal_weight.push_back(left.hessian + right.hessian);
    tree_.internal_count.push_back(left.rows + right.rows);
    tree_.leaf_weight[at] = left.hessian;
    tree_.leaf_weight.push_back(right.hessian);
    tree_.leaf_count[at] = left.rows;
    tree_.leaf_count.push_back(right.rows);
  }

  /// Orders the rows of a leaf: those that go left first, each side ascending. Returns how many do.
  index_t partition(open_leaf const& l, split_candidate const& cut) {
    auto const& bins = data_.bins(cut.column);
    std::int32_t const missing_bin = bins.missing && cut.missing_left ? bins.bins() - 1 : -1;
    std::int32_t* const rows = rows_.data() + l.begin;
    std::int32_t* const right = right_rows_.data();
    index_t lefts = 0;
    index_t rights = 0;
    data_.with_column(cut.column, [&](auto const* column) {
      for (index_t i = 0; i < l.rows; ++i) {
        std::int32_t const row = rows[i];
        auto const bin = static_cast<std::int32_t>(column[row]);
        bool const goes_left = (bin <= cut.bin) | (bin == missing_bin);
        rows[lefts] = row;
        right[rights] = row;
        lefts += goes_left ? 1 : 0;
        rights += goes_left ? 0 : 1;
      }
    });
    std::copy(right, right + rights, rows + lefts);
    return lefts;
  }

  void search_children(std::int32_t left, std::int32_t right) {
    index_t const least = 2 * index_t{parameters_.min_data_in_leaf};
    bool const too_small = leaf(left).rows < least && leaf(right).rows < least;
    bool const too_deep = parameters_.max_depth > 0 && leaf(left).depth >= parameters_.max_depth;
    bool const last = static_cast<std::int32_t>(leaves_.size()) >= parameters_.num_leaves;
    if (too_small || too_deep || last) {
      free_histograms_.push_back(leaf(left).histogram);
      return;
    }
    bool const left_smaller = leaf(left).rows < leaf(right).rows;
    search(left_smaller ? left : right, left_smaller ? right : left);
  }

  /// Finds the best splits of two children (`larger` < 0: of the root). The larger still has its
  /// parent's histogram, which becomes its own.
  void search(std::int32_t smaller, std::int32_t larger) {
    std::int32_t const taken = take_histogram();
    leaf(smaller).histogram = taken;
    gather_pairs(leaf(smaller));
    auto const columns = data_.columns();
    for_columns(leaf(smaller).rows, [&](index_t c, split_search& search) {
      auto const at = static_cast<std::size_t>(c);
      found_[at] = {};
      if (larger >= 0 && histogram_of(larger).splittable[at] == 0) {
        histogram_of(smaller).splittable[at] = 0;
        return;
      }
      build(c, leaf(smaller));
      if (larger >= 0) {
        index_t const first = data_.first_cell(c);
        subtract(histogram_of(larger).cells.data() + first,
                 histogram_of(smaller).cells.data() + first,
                 data_.bins(c).bins());
        found_[at].larger = find(c, larger, search);
      }
      found_[at].smaller = find(c, smaller, search);
    });
    for (index_t c = 0; c < columns; ++c) {
      auto const& found = found_[static_cast<std::size_t>(c)];
      if (found.smaller.gain > leaf(smaller).best.gain) leaf(smaller).best = found.smaller;
      if (larger >= 0 && found.larger.gain > leaf(larger).best.gain) {
        leaf(larger).best = found.larger;
      }
    }
  }

  /// Calls `work(column, search)` for all columns, in threads where that pays.
  template <class F>
  void for_columns(index_t rows, F&& work) {
    auto const columns = data_.columns();
    auto const parts = static_cast<index_t>(searches_.size());
    bool const worth_it = (rows + 1500) * columns > 40000;
    index_t const chunks = worth_it ? parts : 1;
    auto const run = [&](index_t chunk) {
      for (index_t c = chunk * columns / chunks; c < (chunk + 1) * columns / chunks; ++c) {
        work(c, searches_[static_cast<std::size_t>(chunk)]);
      }
    };
    team_.for_each_chunk(chunks, run);
  }

  /// Copies the gradients of a leaf's rows, so that all columns read them in one go.
  void gather_pairs(open_leaf const& l) {
    if (l.rows == data_.rows()) return;
    for (index_t i = 0; i < l.rows; ++i) {
      auto const row = rows_[static_cast<std::size_t>(l.begin + i)];
      pairs_[static_cast<std::size_t>(i)] = gradients_[static_cast<std::size_t>(row)];
    }
  }

  void build(index_t c, open_leaf const& l) {
    auto const& bins = data_.bins(c);
    auto& histogram = histograms_[static_cast<std::size_t>(l.histogram)];
    histogram_cell* const cells = histogram.cells.data() + data_.first_cell(c);
    std::fill(cells, cells + bins.bins(), histogram_cell{0, 0});
    bool const all = l.rows == data_.rows();
    data_.with_column(c, [&](auto const* column) {
      accumulate(column,
                 all ? nullptr : rows_.data() + l.begin,
                 all ? gradients_.data() : pairs_.data(),
                 l.rows,
                 cells);
    });
    if (bins.most_frequent > 0) {
      reconstruct(cells, bins.bins(), bins.most_frequent, {l.gradient, l.hessian});
    }
  }

  split_candidate find(index_t c, std::int32_t number, split_search& search) {
    auto const& bins = data_.bins(c);
    auto const& l = leaf(number);
    auto& histogram = histogram_of(number);
    double const hessian = l.hessian + 2 * boosting_epsilon;
    double const unsplit = l.gradient * l.gradient / (hessian + parameters_.lambda_l2);
    bool splittable = false;
    auto found = search.find(histogram.cells.data() + data_.first_cell(c),
                             {bins.bins(), bins.most_frequent, bins.missing},
                             {l.gradient,
                              hessian,
                              static_cast<std::int32_t>(l.rows),
                              unsplit + parameters_.min_gain_to_split},
                             splittable);
    found.column = static_cast<std::int32_t>(c);
    histogram.splittable[static_cast<std::size_t>(c)] = splittable ? 1 : 0;
    return found;
  }

  binned_rows const& data_;
  boosting_parameters const& parameters_;
  thread_team& team_;
  std::span<gradient_pair const> gradients_;
  std::vector<std::int32_t> rows_;
  std::vector<std::int32_t> right_rows_;
  std::vector<gradient_pair> pairs_;
  std::vector<open_leaf> leaves_;
  std::vector<leaf_histogram> histograms_;
  std::vector<std::int32_t> free_histograms_;
  std::vector<column_found> found_;
  std::vector<split_search> searches_;
  boosting_tree tree_;
};

}  // namespace alx::inline v0::detail
