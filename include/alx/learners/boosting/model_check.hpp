// SPDX-License-Identifier: Apache-2.0
/// @file
/// Makes sure that a model made or read elsewhere can be walked.
#pragma once

#include <alx/detail/shortest.hpp>
#include <alx/error.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alx::inline v0::detail {

/// A tree under inspection, and errors that name it.
class tree_check {
 public:
  tree_check(boosting_tree const& tree, std::string_view where) : tree_(tree), where_(where) {}

  /// **Throws.** `data_error` where the tree cannot be walked.
  void run(index_t features) const {
    check_sizes();
    check_categories();
    check_nodes(features);
    check_children();
  }

 private:
  [[noreturn]] void fail(std::string_view field, std::string const& what) const {
    throw data_error(std::string(where_) + ", " + std::string(field) + ": " + what);
  }

  void check_sizes() const {
    std::size_t const nodes = tree_.threshold.size();
    auto const expect = [&](std::string_view field, auto const& values, std::size_t size) {
      if (values.size() == size) return;
      fail(field, std::to_string(values.size()) + " values instead of " + std::to_string(size));
    };
    expect("leaf_value", tree_.leaf_value, nodes + 1);
    expect("split_feature", tree_.split_feature, nodes);
    expect("split_gain", tree_.split_gain, nodes);
    expect("decision_type", tree_.decision_type, nodes);
    expect("left_child", tree_.left_child, nodes);
    expect("right_child", tree_.right_child, nodes);
    expect("internal_value", tree_.internal_value, nodes);
    expect("internal_weight", tree_.internal_weight, nodes);
    expect("internal_count", tree_.internal_count, nodes);
    if (nodes > 0 || !tree_.leaf_weight.empty())
      expect("leaf_weight", tree_.leaf_weight, nodes + 1);
    if (nodes > 0 || !tree_.leaf_count.empty()) expect("leaf_count", tree_.leaf_count, nodes + 1);
  }

  void check_categories() const {
    auto const& bounds = tree_.cat_boundaries;
    bool const none = bounds.empty() && tree_.cat_threshold.empty();
    bool const all = !bounds.empty() && bounds.front() == 0 &&
                     static_cast<std::size_t>(bounds.back()) == tree_.cat_threshold.size();
    if ((!none && !all) || !std::is_sorted(bounds.begin(), bounds.end())) {
      fail("cat_boundaries",
           "do not share out the " + std::to_string(tree_.cat_threshold.size()) +
               " words of cat_threshold");
    }
  }

  void check_nodes(index_t features) const {
    for (std::size_t i = 0; i < tree_.threshold.size(); ++i) {
      std::int32_t const feature = tree_.split_feature[i];
      if (feature < 0 || feature >= features) {
        fail("split_feature",
             std::to_string(feature) + " is not in 0 ... " + std::to_string(features - 1));
      }
      if (std::isnan(tree_.threshold[i])) fail("threshold", "NaN");
      std::int32_t const type = tree_.decision_type[i];
      bool const known = type >= 0 && type < 12;
      if (known && type % 2 == 1) check_set(tree_.threshold[i]);
      if (!known) fail("decision_type", std::to_string(type) + " is unknown");
    }
    for (double const value : tree_.leaf_value) {
      if (!std::isfinite(value)) fail("leaf_value", shortest(value) + " is not finite");
    }
  }

  /// The threshold of a categorical node is the number of its set.
  void check_set(double number) const {
    bool const whole = number >= 0 && number < static_cast<double>(tree_.category_sets()) &&
                       number == std::floor(number);
    if (!whole) {
      fail("threshold",
           shortest(number) + " is none of the " + std::to_string(tree_.category_sets()) +
               " sets of categories");
    }
  }

  /// Every node and leaf is reached from the root, once.
  void check_children() const {
    std::vector<bool> node_seen(tree_.threshold.size());
    std::vector<bool> leaf_seen(tree_.leaf_value.size());
    std::vector<std::int32_t> open{node_seen.empty() ? ~0 : 0};
    std::size_t reached = 0;
    while (!open.empty()) {
      std::int32_t const child = open.back();
      open.pop_back();
      auto& seen = child < 0 ? leaf_seen : node_seen;
      auto const at = static_cast<std::size_t>(child < 0 ? ~child : child);
      if (at >= seen.size() || seen[at]) {
        fail("left_child, right_child",
             (child < 0 ? "leaf " : "node ") + std::to_string(at) +
                 (at >= seen.size() ? " does not exist" : " has two parents"));
      }
      seen[at] = true;
      ++reached;
      if (child < 0) continue;
      open.push_back(tree_.right_child[at]);
      open.push_back(tree_.left_child[at]);
    }
    if (reached != node_seen.size() + leaf_seen.size()) {
      fail("left_child, right_child", "some nodes cannot be reached from the root");
    }
  }

  boosting_tree const& tree_;
  std::string_view where_;
};

/// **Throws.** `data_error`, naming `name`, the tree and the field, where `model` cannot be used.
inline void check(boosting_model const& model, std::string const& name) {
  std::size_t const features = model.feature_names.size();
  if (features == 0 || model.feature_infos.size() != features) {
    throw data_error(name + ": header, feature_names: " + std::to_string(features) +
                     " columns, feature_infos: " + std::to_string(model.feature_infos.size()));
  }
  if (!(model.sigmoid > 0) || !std::isfinite(model.sigmoid)) {
    throw data_error(name + ": header, objective: sigmoid is " + shortest(model.sigmoid) +
                     ", not a finite number above 0");
  }
  if (model.pandas_categorical.find('\n') != std::string::npos) {
    throw data_error(name + ": pandas_categorical: is to be one line");
  }
  bool const many = model.objective == boosting_objective::multiclass;
  if (many ? model.num_class < 2 : model.num_class != 1) {
    throw data_error(name + ": header, num_class: " + std::to_string(model.num_class) +
                     " does not go with " + std::string(name_of(model.objective)));
  }
  if (model.trees.size() % static_cast<std::size_t>(model.num_class) != 0) {
    throw data_error(name + ": header, num_class: " + std::to_string(model.trees.size()) +
                     " trees are no multiple of " + std::to_string(model.num_class));
  }
  for (std::size_t t = 0; t < model.trees.size(); ++t) {
    std::string where = name + ": tree ";
    where += std::to_string(t);
    tree_check(model.trees[t], where).run(model.features());
  }
}

}  // namespace alx::inline v0::detail
