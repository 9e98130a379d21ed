// SPDX-License-Identifier: Apache-2.0
/// @file
/// Turns the values of rows into small integers that answer every test of a forest.
#pragma once

#include <alx/detail/radix_sort.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// The keys of the rows of one block: a few lines of keys, one byte a row.
///
/// A line of keys belongs to a column. Its tests' thresholds are sorted, and the key of a value is
/// the number of thresholds below it, so that `value <= threshold[rank]` is `key <= rank`: exactly,
/// and 64 rows an instruction. What a missing value does is settled by its key, and so is a set of
/// categories; all tests are alike afterwards. A column of more than 254 thresholds has several
/// lines, each for its part of them.
class forest_keys {
 public:
  static constexpr index_t block_rows = 128;

  /// A test is passed, and the left child is next, where `keys[line · block_rows + row] <= rank`.
  struct test {
    std::int32_t line = 0;
    std::int8_t rank = 0;
  };

  forest_keys() = default;

  /// Only for trees that are `wanted`.
  template <class F>
  forest_keys(boosting_model const& model, F&& wanted) {
    std::vector<std::vector<asked>> numbers;
    std::vector<std::vector<node_place>> categories;
    for (auto const& tree : model.trees) {
      if (wanted(tree)) collect(tree, numbers, categories);
    }
    for (std::size_t slot = 0; slot < numbers.size(); ++slot) add_numbers(slot, numbers[slot]);
    for (std::size_t column = 0; column < categories.size(); ++column) {
      add_categories(column, categories[column]);
    }
    thresholds_.insert(
        thresholds_.end(), most_thresholds + 1, infinity);  // read past the last line
  }

  [[nodiscard]] index_t lines() const { return lines_; }

  /// The tests of all nodes, wanted tree after wanted tree.
  [[nodiscard]] std::vector<test> const& tests() const { return tests_; }

  /// Fills in the keys of up to `block_rows` rows; `keys` has room for `lines()` · `block_rows`.
  void compute(matrix_view<double const> rows, std::int8_t* keys) const {
    for (auto const& line : number_lines_) compute_numbers(line, rows.col(line.column), keys);
    for (auto const& lines : category_lines_) {
      compute_categories(lines, rows.col(lines.column), keys);
    }
  }

 private:
  static constexpr std::size_t most_thresholds = 254;  // keys 0 … 254, and 255 for missing ones
  static constexpr std::size_t buckets_a_threshold = 8;
  static constexpr std::int32_t lowest_key = -128;
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  struct asked {
    std::uint64_t threshold;  ///< as `ordered_key`
    std::int32_t node;        ///< counted over all trees
  };

  struct node_place {
    std::int32_t node;
    std::span<std::uint32_t const> left;  ///< one bit a category
  };

  /// Where a value's bucket begins among the thresholds, the rest is a search of a few steps.
  struct number_line {
    double low;  ///< bucket = (value - low) · scale, from 0 to `last`: monotone; NaN: `last`
    double scale;
    double last;
    std::int32_t column;
    std::int32_t line;
    std::int32_t starts;
    std::int32_t thresholds;
    std::int32_t half;  ///< a bucket holds less than 2 · half thresholds
    missing_values missing;
  };

  /// Up to eight sets of categories of one column.
  struct category_lines {
    std::int32_t column;
    std::int32_t line;
    std::int32_t lines;
    index_t table;            ///< one byte a category: the sets it is in
    std::int32_t categories;  ///< the byte after them is of all other values
  };

  static std::int32_t size_of(auto const& values) {
    return static_cast<std::int32_t>(values.size());
  }

  void collect(boosting_tree const& tree,
               std::vector<std::vector<asked>>& numbers,
               std::vector<std::vector<node_place>>& categories) {
    for (std::size_t i = 0; i < tree.threshold.size(); ++i) {
      auto const node = size_of(tests_);
      auto const column = static_cast<std::size_t>(tree.split_feature[i]);
      if (tree.categorical(i)) {
        if (categories.size() <= column) categories.resize(column + 1);
        categories[column].push_back({node, category_set(tree, i)});
        tests_.push_back({});
      } else {
        auto const slot = 3 * column + static_cast<std::size_t>(tree.missing(i));
        if (numbers.size() <= slot) numbers.resize(slot + 1);
        numbers[slot].push_back({ordered_key(tree.threshold[i]), node});
        tests_.push_back({tree.default_left(i) ? 1 : 0, 0});
      }
    }
  }

  void add_numbers(std::size_t slot, std::vector<asked>& nodes) {
    radix_sort(nodes, [](asked const& a) { return a.threshold; });
    auto const missing = static_cast<missing_values>(slot % 3);
    std::vector<double> part;
    for (auto const& [key, node] : nodes) {
      double const threshold = value_of_key(key);
      if (part.empty() || part.back() != threshold) {
        if (part.size() == most_thresholds) {
          add_line(static_cast<std::int32_t>(slot / 3), missing, part);
          part.clear();
        }
        part.push_back(threshold);
      }
      auto& answer = tests_[static_cast<std::size_t>(node)];
      // Where missing values go left, keys and ranks are one higher, and theirs the lowest.
      std::int32_t const up = missing == missing_values::none ? 0 : answer.line;
      answer = {lines_ + up, static_cast<std::int8_t>(lowest_key + size_of(part) - 1 + up)};
    }
    if (!part.empty()) add_line(static_cast<std::int32_t>(slot / 3), missing, part);
  }

  void add_line(std::int32_t column, missing_values missing, std::vector<double> const& sorted) {
    constexpr double least = std::numeric_limits<double>::min();
    constexpr double most = std::numeric_limits<double>::max();
    auto const buckets = static_cast<double>(buckets_a_threshold * sorted.size());
    number_line line{};
    line.low = sorted.front();
    line.scale = std::clamp((buckets - 1) / (sorted.back() - line.low), least, most);
    line.last = buckets;
    line.column = column;
    line.line = lines_;
    line.starts = size_of(starts_);
    line.thresholds = size_of(thresholds_);
    line.missing = missing;
    add_starts(line, sorted);
    thresholds_.insert(thresholds_.end(), sorted.begin(), sorted.end());
    thresholds_.insert(thresholds_.end(), static_cast<std::size_t>(2 * line.half - 1), infinity);
    std::uint8_t for_nan = 255;
    if (missing == missing_values::none) {
      for_nan = static_cast<std::uint8_t>(std::lower_bound(sorted.begin(), sorted.end(), 0.0) -
                                          sorted.begin());
    }
    starts_.push_back(for_nan);
    number_lines_.push_back(line);
    lines_ += missing == missing_values::none ? 1 : 2;
  }

  /// Adds how many thresholds are below each bucket.
  void add_starts(number_line& line, std::vector<double> const& sorted) {
    starts_.resize(starts_.size() + static_cast<std::size_t>(line.last) + 1);
    std::uint8_t* const starts = starts_.data() + line.starts;
    for (double const threshold : sorted) ++starts[bucket(line, threshold)];
    std::uint8_t most = 1;
    std::uint8_t below = 0;
    for (std::int32_t b = 0; b <= static_cast<std::int32_t>(line.last); ++b) {
      most = std::max(most, starts[b]);
      below = static_cast<std::uint8_t>(below + std::exchange(starts[b], below));
    }
    line.half = 1;
    while (2 * line.half <= most) line.half *= 2;
  }

  static std::int32_t bucket(number_line const& line, double value) {
    double at = (value - line.low) * line.scale;
    at = at < line.last ? at : line.last;
    at = at > 0 ? at : 0;
    return static_cast<std::int32_t>(at);
  }

  void add_categories(std::size_t column, std::vector<node_place> const& nodes) {
    for (std::size_t first = 0; first < nodes.size(); first += 8) {
      auto const group =
          std::span(nodes).subspan(first, std::min(nodes.size() - first, std::size_t{8}));
      std::size_t words = 0;
      for (auto const& node : group) words = std::max(words, node.left.size());
      std::vector<std::uint8_t> table(32 * words + 1);
      for (std::size_t i = 0; i < group.size(); ++i) {
        for (std::size_t c = 0; c < 32 * group[i].left.size(); ++c) {
          std::uint32_t const bit = group[i].left[c / 32] >> (c % 32) & 1U;
          table[c] = static_cast<std::uint8_t>(table[c] | bit << i);
        }
        tests_[static_cast<std::size_t>(group[i].node)] = {lines_ + static_cast<std::int32_t>(i),
                                                           0};
      }
      category_lines_.push_back({static_cast<std::int32_t>(column),
                                 lines_,
                                 size_of(group),
                                 static_cast<index_t>(tables_.size()),
                                 size_of(table) - 1});
      tables_.insert(tables_.end(), table.begin(), table.end());
      lines_ += size_of(group);
    }
  }

  void compute_numbers(number_line const& line,
                       vector_view<double const> values,
                       std::int8_t* keys) const {
    std::int8_t* const out = keys + line.line * block_rows;
    search(line, values, out);
    if (line.missing == missing_values::none) return;
    if (line.missing == missing_values::zero) {
      for (index_t r = 0; r < values.size; ++r) {
        if (counts_as_zero(values[r])) out[r] = std::numeric_limits<std::int8_t>::max();
      }
    }
    for (index_t r = 0; r < block_rows; ++r) {
      out[block_rows + r] = static_cast<std::int8_t>(static_cast<std::uint8_t>(out[r]) + 1U);
    }
  }

  /// Loops of one step each, which compilers vectorise. NaN is below no threshold: its key is the
  /// start of its bucket.
  void search(number_line const& line, vector_view<double const> values, std::int8_t* out) const {
    std::uint8_t const* const starts = starts_.data() + line.starts;
    double const* const threshold = thresholds_.data() + line.thresholds;
    auto const nan = static_cast<std::int32_t>(line.last) + 1;
    std::array<double, block_rows> value;     // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::array<std::int32_t, block_rows> at;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    auto const rows = static_cast<std::size_t>(values.size);
    for (std::size_t r = 0; r < rows; ++r) value[r] = values[static_cast<index_t>(r)];
    for (std::size_t r = 0; r < rows; ++r) {
      std::int32_t const number = bucket(line, value[r]);
      at[r] = value[r] != value[r] ? nan : number;
    }
    for (std::size_t r = 0; r < rows; ++r) at[r] = starts[at[r]];
    for (std::int32_t half = line.half; half > 0; half /= 2) {
      for (std::size_t r = 0; r < rows; ++r) {
        at[r] += threshold[at[r] + half - 1] < value[r] ? half : 0;
      }
    }
    for (std::size_t r = 0; r < rows; ++r) out[r] = static_cast<std::int8_t>(at[r] + lowest_key);
  }

  void compute_categories(category_lines const& lines,
                          vector_view<double const> values,
                          std::int8_t* keys) const {
    std::uint8_t const* const table = tables_.data() + lines.table;
    std::array<std::uint8_t, block_rows> sets{};
    for (index_t r = 0; r < values.size; ++r) {
      double const x = values[r];
      bool const known = x > -1 && x < lines.categories;
      sets[static_cast<std::size_t>(r)] =
          table[known ? static_cast<std::int32_t>(x) : lines.categories];
    }
    for (std::int32_t i = 0; i < lines.lines; ++i) {
      std::int8_t* const out = keys + (lines.line + i) * block_rows;
      for (index_t r = 0; r < block_rows; ++r) {
        bool const left = (sets[static_cast<std::size_t>(r)] >> i & 1) != 0;
        out[r] = left ? std::numeric_limits<std::int8_t>::min()
                      : std::numeric_limits<std::int8_t>::max();
      }
    }
  }

  std::vector<number_line> number_lines_;
  std::vector<category_lines> category_lines_;
  std::vector<test> tests_;
  std::vector<double> thresholds_;
  std::vector<std::uint8_t> starts_;
  std::vector<std::uint8_t> tables_;
  std::int32_t lines_ = 0;
};

}  // namespace alx::inline v0::detail
