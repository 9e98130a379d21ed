// SPDX-License-Identifier: Apache-2.0
#include <alx/learners/boosting/predict.hpp>
#include <alx/matrix.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace {

using alx::index_t;
using alx::missing_values;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

class source {
 public:
  explicit source(unsigned seed) : engine_(seed) {}

  /// 0 … n - 1
  int below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }

  /// Steps of 1/64 mostly, so that values meet thresholds, and what is at the edges.
  double number() {
    constexpr std::array edges{
        0.0, -0.0, 1e-35, -1e-35, 1e-36, 2e-35, -2e-35, 5e-324, 1e300, -1e300, infinity, -infinity};
    if (below(8) == 0) return edges.at(static_cast<std::size_t>(below(int{edges.size()})));
    return below(1000) / 64.0 - 8;
  }

  double value() {
    constexpr std::array categories{-1.0, -0.5, 31.0, 31.9, 32.0, 63.0, 64.0, 1e10, -1e10};
    int const kind = below(8);
    if (kind == 0) return nan;
    if (kind == 1) return categories.at(static_cast<std::size_t>(below(int{categories.size()})));
    return kind == 2 ? below(100) : number();
  }

  double from(std::vector<double> const& values) {
    return values[static_cast<std::size_t>(below(static_cast<int>(values.size())))];
  }

 private:
  std::mt19937 engine_;
};

enum class shape : std::uint8_t { random, left_chain, right_chain };

/// What the tests of a forest are drawn from. A column has one kind of missing values, as LightGBM
/// has it, or any at each node.
struct forest_kind {
  std::int32_t columns = 5;
  bool categorical = false;
  int missing = -1;  ///< of all nodes; -1: any
  shape grown = shape::random;
};

void split(alx::boosting_tree& tree, forest_kind const& kind, source& draw) {
  auto const leaves = static_cast<std::int32_t>(tree.leaves());
  std::int32_t const leaf = kind.grown == shape::random       ? draw.below(leaves)
                            : kind.grown == shape::left_chain ? 0
                                                              : leaves - 1;
  auto const node = static_cast<std::int32_t>(tree.nodes());
  for (auto* children : {&tree.left_child, &tree.right_child}) {
    for (auto& child : *children) {
      if (child == ~leaf) child = node;
    }
  }
  tree.left_child.push_back(~leaf);
  tree.right_child.push_back(~leaves);
  tree.leaf_value.push_back(draw.number());
  tree.split_feature.push_back(draw.below(kind.columns));
  int const missing = kind.missing < 0 ? draw.below(3) : kind.missing;
  if (kind.categorical && draw.below(2) == 0) {
    if (tree.cat_boundaries.empty()) tree.cat_boundaries.push_back(0);
    tree.threshold.push_back(static_cast<double>(tree.cat_boundaries.size() - 1));
    for (int word = draw.below(4); word > 0; --word) {
      tree.cat_threshold.push_back(static_cast<std::uint32_t>(draw.below(1 << 30)) * 5U);
    }
    tree.cat_boundaries.push_back(static_cast<std::int32_t>(tree.cat_threshold.size()));
    tree.decision_type.push_back(1 + 4 * missing);
  } else {
    tree.threshold.push_back(draw.number());
    tree.decision_type.push_back(2 * draw.below(2) + 4 * missing);
  }
}

alx::boosting_model forest(std::vector<int> const& leaves, forest_kind const& kind, source& draw) {
  alx::boosting_model model;
  for (int const count : leaves) {
    alx::boosting_tree tree;
    tree.leaf_value.push_back(0.1);
    while (tree.leaves() < count) split(tree, kind, draw);
    for (auto& value : tree.leaf_value) value = draw.below(1000000) / 3e6;
    model.trees.push_back(tree);
  }
  return model;
}

/// The same tree, its nodes but the root in the opposite order: children before their parents.
alx::boosting_tree with_nodes_reversed(alx::boosting_tree const& tree) {
  auto const nodes = static_cast<std::int32_t>(tree.nodes());
  auto const moved = [nodes](std::int32_t child) { return child > 0 ? nodes - child : child; };
  alx::boosting_tree reversed = tree;
  for (std::int32_t i = 0; i < nodes; ++i) {
    auto const from = static_cast<std::size_t>(i);
    auto const to = static_cast<std::size_t>(moved(i));
    reversed.split_feature[to] = tree.split_feature[from];
    reversed.threshold[to] = tree.threshold[from];
    reversed.decision_type[to] = tree.decision_type[from];
    reversed.left_child[to] = moved(tree.left_child[from]);
    reversed.right_child[to] = moved(tree.right_child[from]);
  }
  return reversed;
}

/// The rule as it is written down, one row at a time.
bool goes_left(alx::boosting_tree const& tree, std::size_t node, double x) {
  double const threshold = tree.threshold[node];
  if (tree.categorical(node)) {
    if (std::isnan(x) || x <= -1 || x >= 1e9) return false;
    auto const category = static_cast<std::uint32_t>(x);
    auto const set = static_cast<std::size_t>(threshold);
    auto const word = static_cast<std::size_t>(tree.cat_boundaries[set]) + category / 32;
    if (word >= static_cast<std::size_t>(tree.cat_boundaries[set + 1])) return false;
    return (tree.cat_threshold[word] >> category % 32 & 1U) != 0;
  }
  auto const missing = tree.missing(node);
  if (std::isnan(x) && missing != missing_values::nan) x = 0;
  bool const is_missing = missing == missing_values::nan
                              ? std::isnan(x)
                              : missing == missing_values::zero && std::abs(x) <= double{1e-35F};
  return is_missing ? tree.default_left(node) : x <= threshold;
}

std::int32_t leaf_of(alx::boosting_tree const& tree, alx::vector_view<double const> row) {
  std::int32_t at = tree.nodes() == 0 ? ~0 : 0;
  while (at >= 0) {
    auto const node = static_cast<std::size_t>(at);
    bool const left = goes_left(tree, node, row[tree.split_feature[node]]);
    at = left ? tree.left_child[node] : tree.right_child[node];
  }
  return ~at;
}

/// Leaves and sums of `rows` are what the rule says.
void check_block(alx::boosting_model const& model, alx::matrix_view<double const> rows) {
  alx::detail::flat_forest const forest(model);
  auto const trees = static_cast<index_t>(model.trees.size());
  alx::matrix<std::int32_t> leaves(rows.rows, trees);
  forest.find_leaves(rows, leaves);
  std::vector<double> sums(static_cast<std::size_t>(rows.rows * model.num_class));
  forest.add_values(rows, {sums.data(), rows.rows, model.num_class, 1, rows.rows});
  index_t wrong = 0;
  for (index_t r = 0; r < rows.rows; ++r) {
    std::vector<double> expected(static_cast<std::size_t>(model.num_class));
    for (index_t t = 0; t < trees; ++t) {
      auto const& tree = model.trees[static_cast<std::size_t>(t)];
      std::int32_t const leaf = leaf_of(tree, rows.row(r));
      wrong += leaves(r, t) != leaf ? 1 : 0;
      expected[static_cast<std::size_t>(t % model.num_class)] +=
          tree.leaf_value[static_cast<std::size_t>(leaf)];
    }
    for (std::size_t k = 0; k < expected.size(); ++k) {
      wrong += sums[k * static_cast<std::size_t>(rows.rows) + static_cast<std::size_t>(r)] !=
               expected[k];
    }
  }
  CHECK(wrong == 0);
}

alx::matrix<double> draw_rows(index_t rows, index_t cols, source& draw) {
  alx::matrix<double> table(rows, cols);
  for (index_t i = 0; i < rows * cols; ++i) table.data()[i] = draw.value();
  return table;
}

}  // namespace

TEST_CASE("every row reaches the leaf that the rule says, in trees of any size and kind") {
  source draw(1);
  std::vector<int> const sizes{1, 2, 3, 7, 8, 9, 31, 32, 33, 100, 255, 256, 257, 1000};
  for (int const missing : {-1, 0, 1, 2}) {
    for (bool const categorical : {false, true}) {
      CAPTURE(missing);
      CAPTURE(categorical);
      auto const model = forest(sizes, {.categorical = categorical, .missing = missing}, draw);
      check_block(model, draw_rows(128, 5, draw));
    }
  }
}

TEST_CASE("trees may be chains, to the left or to the right") {
  source draw(2);
  for (auto const grown : {shape::left_chain, shape::right_chain}) {
    auto const model = forest({31, 64, 256, 300}, {.missing = 0, .grown = grown}, draw);
    check_block(model, draw_rows(128, 5, draw));
  }
}

TEST_CASE("nodes may be numbered in any order, the root being the first") {
  source draw(7);
  auto model = forest({3, 8, 31, 32, 100, 256, 300}, {.categorical = true}, draw);
  for (auto& tree : model.trees) tree = with_nodes_reversed(tree);
  check_block(model, draw_rows(128, 5, draw));
}

TEST_CASE("blocks may have any number of rows, and rows any order of storage") {
  source draw(3);
  auto model = forest({5, 31, 300, 31, 8}, {.columns = 3, .categorical = true}, draw);
  model.num_class = 3;
  for (index_t const rows : {1, 2, 15, 16, 17, 31, 33, 63, 64, 65, 100, 127, 128}) {
    CAPTURE(rows);
    auto const table = draw_rows(rows, 3, draw);
    check_block(model, table);
    alx::matrix<double> columns(3, 2 * rows);  // every second row is not asked for
    for (index_t r = 0; r < rows; ++r) {
      for (index_t c = 0; c < 3; ++c) columns(c, 2 * r) = table(r, c);
    }
    check_block(model, {columns.data(), rows, 3, 2, 2 * rows});
  }
}

TEST_CASE("a column may have more thresholds than a byte can count") {
  source draw(4);
  for (int const missing : {0, 1, 2}) {
    auto model = forest(std::vector<int>(60, 31), {.columns = 2, .missing = missing}, draw);
    check_block(model, draw_rows(128, 2, draw));
    for (auto& tree : model.trees) {  // so uneven that buckets are of no use
      for (auto& threshold : tree.threshold) threshold = std::exp2(60 * threshold);
    }
    auto rows = draw_rows(128, 2, draw);
    for (index_t i = 0; i < 256; ++i) {
      auto const& tree = model.trees[static_cast<std::size_t>(draw.below(60))];
      if (draw.below(4) != 0) rows.data()[i] = draw.from(tree.threshold);
    }
    check_block(model, rows);
  }
}

TEST_CASE("columns may be so many that few are asked for twice") {
  source draw(6);
  for (int const missing : {-1, 0}) {
    auto const model = forest({1, 2, 31, 31, 31, 100},
                              {.columns = 150, .categorical = missing < 0, .missing = missing},
                              draw);
    auto rows = draw_rows(100, 150, draw);
    check_block(model, rows);
    for (index_t i = 0; i < 100 * 150; ++i) rows.data()[i] = draw.number();  // no NaN
    check_block(model, rows);
  }
}

TEST_CASE("thresholds may be a single one, or infinite") {
  source draw(5);
  for (double const threshold : {0.0, 1.5, infinity, -infinity, 1.7e308, -5e-324}) {
    CAPTURE(threshold);
    auto model = forest({2, 2, 2, 2, 2, 2, 2, 2}, {.columns = 1}, draw);
    for (auto& tree : model.trees) tree.threshold[0] = threshold;
    auto rows = draw_rows(128, 1, draw);
    for (index_t r = 0; r < 32; ++r) {
      rows(r, 0) =
          r % 2 == 0 ? threshold : std::nextafter(threshold, r % 4 == 1 ? infinity : -infinity);
    }
    check_block(model, rows);
    for (auto& tree : model.trees) tree.threshold[0] = draw.below(2) == 0 ? threshold : -threshold;
    check_block(model, rows);
  }
}
