// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sends rows through all trees of a model, a block at a time.
#pragma once

#include <alx/detail/lanes.hpp>
#include <alx/learners/boosting/forest_keys.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace alx::inline v0::detail {

/// The trees of a model, laid out for rows that come in blocks.
///
/// A row's leaf is found without walking: leaves are numbered from left to right, a row begins with
/// all of them, each node whose test it fails takes those of its left subtree away, and the first
/// that remains is the leaf. Rows hold a bit a leaf, eight leaves at a time, so that a node costs
/// three instructions for as many rows as a vector has bytes. Trees of very many
/// leaves are walked, and all trees where columns are many and tests few.
///
/// **Reference.** Lucchese et al.: QuickScorer (2015); Ye et al.: RapidScorer (2018).
class flat_forest {
 public:
  static constexpr index_t block_rows = forest_keys::block_rows;

  flat_forest() = default;

  explicit flat_forest(boosting_model const& model)
      : sums_(model.num_class),
        walk_all_(few_tests_a_column(model)),
        keys_(model, [&](boosting_tree const& tree) { return !walked(tree); }) {
    auto const* test = keys_.tests().data();
    for (auto const& tree : model.trees) {
      if (walked(tree)) {
        trees_.push_back({size_of(value_), 0, size_of(nodes_)});
        add_nodes(tree);
      } else {
        add_parts(tree, test);
        test += tree.nodes();
      }
    }
  }

  [[nodiscard]] index_t trees() const { return static_cast<index_t>(trees_.size()); }

  /// Sums a row: tree i adds to number i mod `sums()`.
  [[nodiscard]] index_t sums() const { return sums_; }

  /// Adds the leaf values of up to `block_rows` rows to `sums`, rows × `sums()`, column by column;
  /// a row's trees in their order.
  void add_values(matrix_view<double const> rows, matrix_view<double> sums) const {
    visit(rows, [&](index_t tree, std::int32_t first_leaf, std::int32_t const* leaf) {
      double* const sum = sums.data + tree % sums_ * sums.col_stride;
      add_up(value_.data() + first_leaf, leaf, rows.rows, sum);
    });
  }

  /// Writes the number of the leaf of each row, up to `block_rows` of them, in each tree.
  void find_leaves(matrix_view<double const> rows, matrix_view<std::int32_t> out) const {
    visit(rows, [&](index_t tree, std::int32_t first_leaf, std::int32_t const* leaf) {
      std::int32_t const* const number = number_.data() + first_leaf;
      for (index_t r = 0; r < rows.rows; ++r) out(r, tree) = number[leaf[r]];
    });
  }

 private:
  using bytes = lanes<std::int8_t>;
  static constexpr index_t most_leaves = 256;  // that a byte can number
  static constexpr std::int32_t part_leaves = 8;
  static constexpr index_t vector_rows = sizeof(bytes);
  static constexpr index_t group_rows = 2 * vector_rows;  // share what is loaded for a node

  /// What a node takes away from eight leaves where its test fails.
  struct removal {
    std::int32_t keys;     ///< where its line of keys begins
    std::int32_t rank;     ///< the same byte four times
    std::int32_t removed;  ///< likewise, a bit a leaf
  };

  /// A node of a tree that is walked. The right child comes after the left; a leaf is its own.
  struct walk_node {
    double threshold;
    std::int32_t column;
    std::int32_t left;
  };

  /// What else there is to a node that is walked.
  struct walk_rule {
    std::int32_t number;  ///< of the leaf; of categories: where their set begins
    std::int32_t words;   ///< of the set of categories
    bool missing_left;
    bool zero_is_missing;
  };

  struct place {
    std::int32_t first_leaf;
    std::int32_t parts;  ///< of eight leaves; none: it is walked
    std::int32_t first;  ///< part, or node
  };

  /// A node whose left leaves are [begin, end) in the order from left to right.
  struct left_leaves {
    std::int32_t begin;
    std::int32_t end;
  };

  static std::int32_t size_of(auto const& values) {
    return static_cast<std::int32_t>(values.size());
  }

  static std::int32_t line_of(forest_keys::test test) {
    return test.line * static_cast<std::int32_t>(block_rows);
  }

  /// Keys are made for every row and column, whether its leaf depends on them or not.
  static bool few_tests_a_column(boosting_model const& model) {
    constexpr index_t few = 6;
    std::vector<std::uint8_t> used(model.feature_names.size());
    index_t columns = 0;
    index_t tests = 0;
    for (auto const& tree : model.trees) {
      tests += tree.nodes();
      for (std::int32_t const feature : tree.split_feature) {
        auto const column = static_cast<std::size_t>(feature);
        if (column >= used.size()) used.resize(column + 1);
        columns += used[column] == 0 ? 1 : 0;
        used[column] = 1;
      }
    }
    return columns > 64 && tests < few * columns;
  }

  [[nodiscard]] bool walked(boosting_tree const& tree) const {
    return walk_all_ || tree.leaves() > most_leaves;
  }

  void add_parts(boosting_tree const& tree, forest_keys::test const* tests) {
    number_leaves(tree);
    auto const leaves = static_cast<std::int32_t>(tree.leaves());
    trees_.push_back(
        {size_of(value_), (leaves + part_leaves - 1) / part_leaves, size_of(ends_) - 1});
    for (std::int32_t part = 0; part < trees_.back().parts; ++part) {
      add_removals(part_leaves * part, tests);
    }
    std::size_t const first = value_.size();
    std::size_t const count = tree.leaf_value.size();
    value_.resize(first + count);
    number_.resize(first + count);
    for (std::size_t number = 0; number < count; ++number) {
      std::size_t const at = first + static_cast<std::size_t>(first_leaf_[count - 1 - number]);
      value_[at] = tree.leaf_value[number];
      number_[at] = static_cast<std::int32_t>(number);
    }
  }

  /// Numbers a tree's leaves from left to right: what is below child c is in the two arrays at
  /// leaves + c (a leaf's c is negative). No branch depends on the tree's shape, which nothing
  /// could foresee.
  void number_leaves(boosting_tree const& tree) {
    auto const nodes = static_cast<std::size_t>(tree.nodes());
    auto const leaves = static_cast<std::size_t>(tree.leaves());
    auto const below = [leaves](std::int32_t child) {
      return leaves + static_cast<std::size_t>(static_cast<index_t>(child));
    };
    order_.resize(nodes + 1);
    order_[0] = 0;
    std::size_t size = nodes > 0 ? 1 : 0;
    for (std::size_t i = 0; i < size; ++i) {
      for (auto const* children : {&tree.left_child, &tree.right_child}) {
        std::int32_t const child = (*children)[static_cast<std::size_t>(order_[i])];
        order_[size] = child;
        size += child >= 0 ? 1U : 0U;
      }
    }
    leaves_below_.resize(leaves + nodes);
    std::fill_n(leaves_below_.begin(), leaves, 1);
    first_leaf_.resize(leaves + nodes);
    first_leaf_[nodes > 0 ? leaves : 0] = 0;
    left_leaves_.resize(nodes);
    for (std::size_t i = nodes; i-- > 0;) {
      auto const node = static_cast<std::size_t>(order_[i]);
      leaves_below_[leaves + node] = leaves_below_[below(tree.left_child[node])] +
                                     leaves_below_[below(tree.right_child[node])];
    }
    for (std::size_t i = 0; i < nodes; ++i) {
      auto const node = static_cast<std::size_t>(order_[i]);
      std::int32_t const begin = first_leaf_[leaves + node];
      std::int32_t const end = begin + leaves_below_[below(tree.left_child[node])];
      first_leaf_[below(tree.left_child[node])] = begin;
      first_leaf_[below(tree.right_child[node])] = end;
      left_leaves_[node] = {begin, end};
    }
  }

  /// Adds what the nodes of the last tree take away of the eight leaves from `first` on.
  void add_removals(std::int32_t first, forest_keys::test const* tests) {
    std::array<removal, most_leaves> found;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::size_t count = 0;
    for (std::size_t i = 0; i < left_leaves_.size(); ++i) {
      auto const bits_up_to = [first](std::int32_t leaf) {
        return (1U << static_cast<std::uint32_t>(std::clamp(leaf - first, 0, part_leaves))) - 1U;
      };
      auto const removed = bits_up_to(left_leaves_[i].end) & ~bits_up_to(left_leaves_[i].begin);
      found[count] = {line_of(tests[i]),
                      in_each_byte(static_cast<std::uint8_t>(tests[i].rank)),
                      in_each_byte(static_cast<std::uint8_t>(removed))};
      count += removed != 0 ? 1U : 0U;
    }
    removals_.insert(removals_.end(), found.begin(), found.begin() + count);
    ends_.push_back(size_of(removals_));
  }

  static std::int32_t in_each_byte(std::uint8_t byte) {
    return static_cast<std::int32_t>(byte * 0x01010101U);
  }

  void add_nodes(boosting_tree const& tree) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::int32_t const first = size_of(nodes_);
    std::vector<std::int32_t> child{tree.leaves() == 1 ? ~0 : 0};  // level by level
    for (std::size_t i = 0; i < child.size(); ++i) {
      if (child[i] < 0) {
        nodes_.push_back({infinity, 0, size_of(nodes_)});
        rules_.push_back({~child[i], 0, true, false});
        continue;
      }
      auto const at = static_cast<std::size_t>(child[i]);
      auto const missing = tree.missing(at);
      bool const as_zero = missing == missing_values::none;
      walk_node node{tree.threshold[at], tree.split_feature[at], first + size_of(child)};
      walk_rule rule{0,
                     0,
                     as_zero ? 0.0 <= tree.threshold[at] : tree.default_left(at),
                     missing == missing_values::zero};
      if (tree.categorical(at)) {
        auto const set = category_set(tree, at);
        node.threshold = std::numeric_limits<double>::quiet_NaN();  // an empty set is no comparison
        rule.missing_left = false;
        rule.number = size_of(sets_);
        rule.words = size_of(set);
        sets_.insert(sets_.end(), set.begin(), set.end());
      }
      careful_ = careful_ || rule.zero_is_missing || tree.categorical(at);
      nodes_.push_back(node);
      rules_.push_back(rule);
      child.push_back(tree.left_child[at]);
      child.push_back(tree.right_child[at]);
    }
    for (std::int32_t leaf = 0; leaf < tree.leaves(); ++leaf) number_.push_back(leaf);
    value_.insert(value_.end(), tree.leaf_value.begin(), tree.leaf_value.end());
  }

  /// Calls `use(tree, where its leaves begin, leaf)` with the leaves of the rows, one after the
  /// other.
  template <class F>
  void visit(matrix_view<double const> rows, F&& use) const {
    // One line at least: trees that ask nothing still get a place among them.
    std::vector<std::int8_t> keys(
        static_cast<std::size_t>(std::max<index_t>(keys_.lines(), 1) * block_rows));
    keys_.compute(rows, keys.data());
    bool const careful = careful_ || (!nodes_.empty() && has_nan(rows));
    std::array<std::uint8_t, block_rows> found{};
    std::array<std::int32_t, block_rows> leaf{};
    for (std::size_t t = 0; t < trees_.size(); ++t) {
      place const& tree = trees_[t];
      if (tree.parts == 0) {
        careful ? walk<true>(tree, rows, leaf.data()) : walk<false>(tree, rows, leaf.data());
      } else {
        find_leaves(tree, rows.rows, keys.data(), found.data());
        std::copy(found.begin(), found.end(), leaf.begin());
      }
      use(static_cast<index_t>(t), tree.first_leaf, leaf.data());
    }
  }

  void find_leaves(place const& tree,
                   index_t rows,
                   std::int8_t const* keys,
                   std::uint8_t* found) const {
    for (index_t r = 0; r < rows; r += group_rows) {
      if (rows - r <= vector_rows) {
        first_remaining<1>(tree, keys + r, found + r);
      } else {
        first_remaining<2>(tree, keys + r, found + r);
      }
    }
  }

  static void add_up(double const* __restrict value,
                     std::int32_t const* __restrict leaf,
                     index_t rows,
                     double* __restrict sum) {
    for (index_t r = 0; r < rows; ++r) sum[r] += value[leaf[r]];
  }

  static bytes splat(std::int32_t four_bytes) {
    return reinterpret_cast<bytes>(lanes<std::int32_t>{} + four_bytes);
  }

  /// The first leaf of a tree that no node takes away, of `Vectors` vectors of rows.
  template <std::size_t Vectors>
  void first_remaining(place const& tree, std::int8_t const* keys, std::uint8_t* leaf) const {
    std::array<bytes, Vectors> first_leaf{};
    std::array<bytes, Vectors> found{};
    for (std::int32_t part = tree.parts - 1; part >= 0; --part) {
      auto const end = ends_.data() + tree.first + part;
      std::array<bytes, Vectors> remaining{};
      remaining.fill(~bytes{});
      for (std::int32_t i = end[0]; i < end[1]; ++i) {
        removal const& node = removals_[static_cast<std::size_t>(i)];
        bytes const rank = splat(node.rank);
        bytes const removed = splat(node.removed);
        for (std::size_t v = 0; v < Vectors; ++v) {
          auto const key = load_lanes<bytes>(keys + node.keys + v * sizeof(bytes));
          remaining[v] &= ~((key > rank) & removed);
        }
      }
      for (std::size_t v = 0; v < Vectors; ++v) {
        auto const any = remaining[v] != 0;
        found[v] = any ? remaining[v] : found[v];
        first_leaf[v] =
            any ? bytes{} + static_cast<std::int8_t>(part_leaves * part) : first_leaf[v];
      }
    }
    for (std::size_t v = 0; v < Vectors; ++v) {
      store_lanes(leaf + v * sizeof(bytes), first_leaf[v] + lowest_bit(found[v]));
    }
  }

  /// The number of the lowest bit that is set in each byte.
  static bytes lowest_bit(bytes set) {
    auto const bits = reinterpret_cast<lanes<std::uint8_t>>(set);
    auto const lowest = bits & -bits;
    auto const where = [&](std::uint8_t among, std::int8_t number) {
      return ((lowest & among) != 0) & number;
    };
    return where(0xAA, 1) | where(0xCC, 2) | where(0xF0, 4);
  }

  static bool has_nan(matrix_view<double const> rows) {
    for (index_t r = 0; r < rows.rows; ++r) {
      double const* const row = &rows(r, 0);
      bool found = false;
      if (rows.col_stride == 1) {
        for (index_t c = 0; c < rows.cols; ++c) found |= row[c] != row[c];
      } else {
        for (index_t c = 0; c < rows.cols; ++c) found |= rows(r, c) != rows(r, c);
      }
      if (found) return true;
    }
    return false;
  }

  [[nodiscard]] bool among_categories(walk_rule const& rule, double x) const {
    if (!(x > -1 && x < 32.0 * rule.words)) return false;
    auto const category = static_cast<std::uint32_t>(x);
    std::uint32_t const word = sets_[static_cast<std::size_t>(rule.number) + category / 32];
    return (word >> category % 32 & 1U) != 0;
  }

  template <bool Careful>
  [[nodiscard]] std::int32_t step(std::int32_t at, double const* row, index_t stride) const {
    walk_node const& node = nodes_[static_cast<std::size_t>(at)];
    double const x = row[node.column * stride];
    bool left = x <= node.threshold;
    if constexpr (Careful) {
      walk_rule const& rule = rules_[static_cast<std::size_t>(at)];
      bool const missing = (x != x) | (rule.zero_is_missing & counts_as_zero(x));
      left = missing ? rule.missing_left : left;
      if (rule.words > 0) left = among_categories(rule, x);
    }
    return node.left + (left ? 0 : 1);
  }

  /// Walks eight rows at a time: their loads do not wait for each other. `Careful` where values may
  /// be missing or categories.
  template <bool Careful>
  void walk(place const& tree, matrix_view<double const> rows, std::int32_t* leaf) const {
    constexpr std::size_t together = 8;
    for (index_t r = 0; r < rows.rows; r += index_t{together}) {
      std::array<std::int32_t, together> at{};
      at.fill(tree.first);
      std::array<double const*, together> row{};
      for (std::size_t i = 0; i < together; ++i) {
        row[i] = &rows(std::min(r + static_cast<index_t>(i), rows.rows - 1), 0);
      }
      std::int32_t moved = 0;
      do {
        moved = 0;
        for (std::size_t i = 0; i < together; ++i) {
          std::int32_t const next = step<Careful>(at[i], row[i], rows.col_stride);
          moved |= next ^ at[i];
          at[i] = next;
        }
      } while (moved != 0);
      for (std::int32_t const node : at) *leaf++ = rules_[static_cast<std::size_t>(node)].number;
    }
  }

  index_t sums_ = 1;
  bool walk_all_ = false;
  bool careful_ = false;  // some walked node asks for more than a comparison
  forest_keys keys_;
  std::vector<place> trees_;
  std::vector<double> value_;  // of all leaves
  std::vector<std::int32_t> number_;
  std::vector<removal> removals_;
  std::vector<std::int32_t> ends_{0};  // of the removals of each part
  std::vector<walk_node> nodes_;
  std::vector<walk_rule> rules_;
  std::vector<std::uint32_t> sets_;       // of categories
  std::vector<left_leaves> left_leaves_;  // of the last tree, as what follows
  std::vector<std::int32_t> order_;       // nodes, parents before children
  std::vector<std::int32_t> leaves_below_;
  std::vector<std::int32_t> first_leaf_;
};

}  // namespace alx::inline v0::detail
