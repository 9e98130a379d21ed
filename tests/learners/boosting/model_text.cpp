// SPDX-License-Identifier: Apache-2.0
#include <alx/learners/boosting/model_parse.hpp>
#include <alx/learners/boosting/model_text.hpp>
#include <alx/learners/gradient_boosting.hpp>

#include <doctest/doctest.h>

#include "learners/boosting/golden_rows.hpp"
#include "support/golden_lines.hpp"
#include <cstdio>
#include <string>
#include <vector>

using namespace std::literals;

namespace {

/// A model's text with one part replaced by another.
std::string damaged(std::string const& from,
                    std::string const& to,
                    std::string const& model = "missing") {
  std::string text = golden::file(model + ".model.txt");
  std::size_t const at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  text.replace(at, from.size(), to);
  std::size_t const sizes = text.find("tree_sizes=");  // would be the first thing noticed
  text.replace(
      sizes, text.find('\n', sizes) - sizes, "tree_sizes=" + [&] {
        std::string all;
        for (std::size_t t = text.find("\nTree="); t != std::string::npos;) {
          std::size_t const next = text.find("\nTree=", t + 1);
          std::size_t const end = next == std::string::npos ? text.find("\nend of trees") : next;
          all += (all.empty() ? "" : " ") + std::to_string(end - t);
          t = next;
        }
        return all;
      }());
  return text;
}

std::string message_of(std::string const& text) {
  try {
    static_cast<void>(alx::parse_model(text, "m.txt"));
  } catch (alx::data_error const& error) {
    return error.what();
  }
  return "read";
}

}  // namespace

TEST_CASE("models of LightGBM are read and written again without a change") {
  for (auto const* name : {"missing",
                           "zero_missing",
                           "sigmoid",
                           "one_leaf",
                           "categorical",
                           "three_classes",
                           "regression"}) {
    CAPTURE(name);
    std::string const text = golden::file(name + std::string(".model.txt"));
    std::string const again = alx::model_text(alx::parse_model(text, name));
    constexpr auto end = "\nend of parameters\n";
    CHECK(again.substr(0, again.find(end)) == text.substr(0, text.find(end)));
  }
}

TEST_CASE("models of LightGBM predict what they predict in LightGBM, to the bit") {
  auto const t = golden::draw("mixed", 300, 3, 99);
  alx::matrix_view<double const> const pool{t.features.data(), 40, 3};
  int models = 0;
  for (auto const& line : golden::lines("boosting/predictions.txt")) {
    CAPTURE(line.name);
    std::string const name = line.name.substr(0, line.name.rfind('_'));
    std::string const file = ALX_GOLDEN_DIR "/boosting/" + name + ".model.txt";
    auto const learner = alx::gradient_boosting::load(file);
    if (line.name.ends_with("_raw")) {
      std::vector<double> raw(40);
      learner.predict_raw(pool, raw);
      CHECK(raw == line.values);
    } else if (line.name.ends_with("_probability")) {
      alx::matrix<double> out(40, 2);
      learner.predict_proba(pool, out);
      for (alx::index_t r = 0; r < 40; ++r) {
        CHECK(out(r, 1) == line.values[static_cast<std::size_t>(r)]);
        CHECK(out(r, 0) == 1.0 - out(r, 1));
      }
    } else {
      alx::matrix<std::int32_t> out(40, static_cast<alx::index_t>(learner.model().trees.size()));
      learner.predict_leaf(pool, out);
      std::vector<double> const leaves(out.data(), out.data() + out.rows() * out.cols());
      CHECK(leaves == line.values);
    }
    ++models;
  }
  CHECK(models == 12);
}

TEST_CASE("models of other kinds are refused by name") {
  CHECK(message_of(golden::file("linear.model.txt")) ==
        "m.txt: tree 0, is_linear: is '1', which is not supported");
}

TEST_CASE("damaged models are refused, with the tree and the field") {
  struct damage {
    char const* from;
    char const* to;
    char const* message;
  };

  for (auto const& d : std::vector<damage>{
           {"decision_type=10",
            "decision_type=11",
            "tree 0, threshold: 1.0000000180025095e-35 is none of the 0 sets of categories"},
           {"decision_type=10", "decision_type=16", "tree 0, decision_type: 16 is unknown"},
           {"num_leaves=5", "num_leaves=6", "tree 0, leaf_value: 5 values instead of 6"},
           {"num_leaves=5", "num_leaves=0", "tree 0, num_leaves: 0 is less than 1"},
           {"num_leaves=5",
            "num_leaves=2147483647",
            "tree 0, leaf_value: 5 values instead of 2147483647"},
           {"num_leaves=5",
            "num_leaves=five",
            "tree 0, num_leaves: 'five' is not a number it can have"},
           {"Tree=1", "Tree=7", "tree 1, Tree: out of order"},
           {"max_feature_idx=2",
            "max_feature_idx=1",
            "header, feature_names: 3 columns, but max_feature_idx is 1"},
           {"max_feature_idx=2",
            "max_feature_idx=-1",
            "header, feature_names: 3 columns, but max_feature_idx is -1"},
           {"version=v4", "version=v9", "header, version: 'v9' is neither v3 nor v4"},
           {"sigmoid:1",
            "sigmoid:-1",
            "header, objective: sigmoid is -1, not a finite number above 0"},
           {"\nobjective=", "\nobjectiv=", "header, objective: is missing"},
           {"label_index=0",
            "label_index=0\naverage_output",
            "header, average_output: is not supported"}}) {
    CAPTURE(d.from);
    CHECK(message_of(damaged(d.from, d.to)) == "m.txt: " + std::string(d.message));
  }
  CHECK(message_of("") == "m.txt: not a model of LightGBM (its first line is not 'tree')");
  CHECK(message_of("tree\n") == "m.txt: damaged: the line 'end of trees' is missing");
  CHECK(message_of("tree\n\nend of trees\n") == "m.txt: header, version: is missing");
}

TEST_CASE("trees that are no trees are refused, read or made by hand") {
  auto model = alx::parse_model(golden::file("missing.model.txt"), "golden");
  auto const message = [&]() -> std::string {
    try {
      alx::gradient_boosting const learner(model);
      CHECK(message_of(alx::model_text(model)) == "read");
      return "read";
    } catch (alx::data_error const& error) {
      CHECK_THROWS_AS(static_cast<void>(alx::model_text(model)), alx::data_error);
      return error.what();
    }
  };
  auto const with_children = [&](std::vector<std::int32_t> left, std::vector<std::int32_t> right) {
    model.trees[1].left_child = std::move(left);
    model.trees[1].right_child = std::move(right);
    return message();
  };
  std::string const where = "gradient_boosting: tree 1, left_child, right_child: ";
  CHECK(with_children({1, 2, 3, -1}, {-2, -3, -4, -6}) == where + "leaf 5 does not exist");
  CHECK(with_children({1, 2, 4, -1}, {-2, -3, -4, -5}) == where + "node 4 does not exist");
  CHECK(with_children({1, 2, 3, -1}, {-2, -3, -4, -1}) == where + "leaf 0 has two parents");
  CHECK(with_children({1, 2, 0, -1}, {-2, -3, -4, -5}) == where + "node 0 has two parents");
  CHECK(with_children({-1, 2, 3, 1}, {-2, -3, -4, -5}) ==
        where + "some nodes cannot be reached from the root");
  CHECK(with_children({1, 2, 3, -2147483647 - 1}, {-2, -3, -4, -5}) ==
        where + "leaf 2147483647 does not exist");
  CHECK(with_children({1, 2, 3, -1}, {-2, -3, -4, -5}) == "read");
  model.trees[2].split_feature[0] = 3;
  CHECK(message() == "gradient_boosting: tree 2, split_feature: 3 is not in 0 ... 2");
  model.trees[2].split_feature[0] = 0;
  model.trees[0].leaf_value[1] = golden::infinity;
  CHECK(message() == "gradient_boosting: tree 0, leaf_value: inf is not finite");
  model.trees[0].leaf_value.pop_back();
  CHECK(message() == "gradient_boosting: tree 0, leaf_value: 4 values instead of 5");
  model.trees[0].leaf_value.assign(5, 1);
  model.trees[0].threshold[1] = golden::missing;
  CHECK(message() == "gradient_boosting: tree 0, threshold: NaN");
  CHECK(message_of(damaged("threshold=", "threshold=nan ")) ==
        "m.txt: tree 0, threshold: 5 values instead of 4");
  CHECK(message_of(damaged("right_child=-2 2", "right_child=-2 0")) ==
        "m.txt: tree 0, left_child, right_child: node 0 has two parents");
}

TEST_CASE("damaged sets of categories and classes are refused") {
  auto const message = [](char const* model, char const* from, char const* to) {
    return message_of(damaged(from, to, model));
  };
  CHECK(message("categorical", "num_cat=1", "num_cat=9") ==
        "m.txt: tree 0, num_cat: 9 is not in 0 ... 3");
  CHECK(message("categorical", "num_cat=1", "num_cat=0") ==
        "m.txt: tree 0, threshold: 0 is none of the 0 sets of categories");
  CHECK(message("categorical", "cat_boundaries=0 1", "cat_boundaries=0 2") ==
        "m.txt: tree 0, cat_boundaries: do not share out the 1 words of cat_threshold");
  CHECK(message("three_classes", "num_class:3", "num_class:4") ==
        "m.txt: header, num_class: is '3', which is not supported");
  CHECK(message("three_classes", "num_tree_per_iteration=3", "num_tree_per_iteration=1") ==
        "m.txt: header, num_tree_per_iteration: is '1', which is not supported");
  CHECK(message("regression", "objective=regression", "objective=regression sqrt") ==
        "m.txt: header, objective: is 'regression sqrt', which is not supported");
  CHECK(message("regression", "objective=regression", "objective=poisson") ==
        "m.txt: header, objective: is 'poisson', which is not supported");
}

TEST_CASE("whatever the bytes are, a model is read or refused") {
  std::string const text = golden::file("missing.model.txt");
  auto const trees = golden::trees_of(text);
  for (std::size_t length = 0; length < trees.size(); length += 3) {
    CHECK(message_of(text.substr(0, length)) != "read");
  }
  golden::generator random(3);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string changed(trees);
    int const changes = 1 + i % 3;
    for (int c = 0; c < changes; ++c) {
      auto const at = static_cast<std::size_t>(random() * static_cast<double>(changed.size()));
      constexpr auto bytes = "0123456789-=. \n\0e\xFFTx"sv;
      changed[at] = bytes[static_cast<std::size_t>(random() * static_cast<double>(bytes.size()))];
    }
    try {
      alx::gradient_boosting const learner(alx::parse_model(changed, "m"));
      alx::matrix<double> const row(1, 3);
      alx::matrix<double> out(1, 2);
      if (learner.model().features() == 3) learner.predict_proba(row, out);
    } catch (alx::data_error const&) {
      ++refused;
    }
  }
  CHECK(refused > 300);
  CHECK(refused < 3000);
}
