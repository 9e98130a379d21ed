// SPDX-License-Identifier: Apache-2.0
/// @file
/// Writes a model as LightGBM's text, byte for byte up to `end of trees`.
#pragma once

#include <alx/learners/boosting/model_check.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace alx::inline v0 {

/// What makes a column important.
enum class importance_type : std::uint8_t {
  split,  ///< how many nodes ask for it
  gain,   ///< what these nodes gained in all
};

/// One a column of the model, as LightGBM's `feature_importance` gives them.
inline std::vector<double> feature_importance(boosting_model const& model, importance_type type) {
  std::vector<double> importance(model.feature_names.size());
  for (auto const& tree : model.trees) {
    for (std::size_t i = 0; i < tree.split_feature.size(); ++i) {
      if (!(tree.split_gain[i] > 0)) continue;
      importance[static_cast<std::size_t>(tree.split_feature[i])] +=
          type == importance_type::split
              ? 1.0
              : static_cast<double>(static_cast<float>(tree.split_gain[i]));
    }
  }
  return importance;
}

namespace detail {

/// As printf's `%.<digits>g` in the C locale.
inline void append_number(std::string& text, double value, int digits) {
  std::array<char, 40> buffer{};
  auto const end =
      std::to_chars(
          buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, digits)
          .ptr;
  text.append(buffer.data(), end);
}

/// `key=a b c` and a line end; numbers with `digits` digits.
template <class T>
void append_line(std::string& text,
                 std::string_view key,
                 std::vector<T> const& values,
                 int digits = 17) {
  text.append(key);
  char separator = '=';
  for (T const& value : values) {
    text += separator;
    separator = ' ';
    if constexpr (std::is_same_v<T, double>) {
      append_number(text, value, digits);
    } else if constexpr (std::is_integral_v<T>) {
      text += std::to_string(value);
    } else {
      text += value;
    }
  }
  text += values.empty() ? "=\n" : "\n";
}

inline std::string tree_text(boosting_tree const& tree, std::size_t number) {
  std::string text = "Tree=" + std::to_string(number) +
                     "\nnum_leaves=" + std::to_string(tree.leaves()) +
                     "\nnum_cat=" + std::to_string(tree.category_sets()) + "\n";
  append_line(text, "split_feature", tree.split_feature);
  append_line(text, "split_gain", tree.split_gain, 6);
  append_line(text, "threshold", tree.threshold);
  append_line(text, "decision_type", tree.decision_type);
  append_line(text, "left_child", tree.left_child);
  append_line(text, "right_child", tree.right_child);
  append_line(text, "leaf_value", tree.leaf_value);
  append_line(text, "leaf_weight", tree.leaf_weight);
  append_line(text, "leaf_count", tree.leaf_count);
  append_line(text, "internal_value", tree.internal_value, 6);
  append_line(text, "internal_weight", tree.internal_weight, 6);
  append_line(text, "internal_count", tree.internal_count);
  if (tree.category_sets() > 0) {
    append_line(text, "cat_boundaries", tree.cat_boundaries);
    append_line(text, "cat_threshold", tree.cat_threshold);
  }
  text += "is_linear=0\nshrinkage=";
  append_number(text, tree.shrinkage, 6);
  return text += "\n\n\n";
}

/// How often each column is split on, most often first.
inline std::string importances_text(boosting_model const& model) {
  auto const splits = feature_importance(model, importance_type::split);
  std::vector<std::size_t> order(splits.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(
      order.begin(), order.end(), [&](auto a, auto b) { return splits[a] > splits[b]; });
  std::string text = "\nfeature_importances:\n";
  for (auto const f : order) {
    if (splits[f] > 0)
      text += model.feature_names[f] + "=" + std::to_string(static_cast<index_t>(splits[f])) + "\n";
  }
  return text;
}

}  // namespace detail

/// The model as LightGBM writes it; LightGBM reads it.
///
/// **Throws.** `data_error` where a model made by hand is none.
inline std::string model_text(boosting_model const& model) {
  detail::check(model, "model_text");
  std::vector<std::string> trees;
  std::vector<std::size_t> sizes;
  for (auto const& tree : model.trees) {
    trees.push_back(detail::tree_text(tree, trees.size()));
    sizes.push_back(trees.back().size());
  }
  std::string const classes = std::to_string(model.num_class);
  std::string text = "tree\nversion=" + model.version + "\nnum_class=" + classes +
                     "\nnum_tree_per_iteration=" + classes + "\nlabel_index=" + model.label_index +
                     "\nmax_feature_idx=" + std::to_string(model.features() - 1) + "\nobjective=";
  text += detail::name_of(model.objective);
  if (model.objective == boosting_objective::multiclass) text += " num_class:" + classes;
  if (model.objective == boosting_objective::binary) {
    text += " sigmoid:";
    detail::append_number(text, model.sigmoid, 6);
  }
  text += '\n';
  detail::append_line(text, "feature_names", model.feature_names);
  if (!model.monotone_constraints.empty()) {
    text += "monotone_constraints=" + model.monotone_constraints + "\n";
  }
  detail::append_line(text, "feature_infos", model.feature_infos);
  detail::append_line(text, "tree_sizes", sizes);
  text += '\n';
  for (auto const& tree : trees) text += tree;
  text += "end of trees\n" + detail::importances_text(model);
  text += "\nparameters:\n" + model.parameters + "\nend of parameters\n";
  if (!model.pandas_categorical.empty()) {
    text += "\npandas_categorical:" + model.pandas_categorical + "\n";
  }
  return text;
}

}  // namespace alx::inline v0
