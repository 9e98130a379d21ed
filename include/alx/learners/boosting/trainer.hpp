// SPDX-License-Identifier: Apache-2.0
/// @file
/// The rounds of boosting for two classes: gradients of the logistic loss, a tree, new scores.
#pragma once

#include <alx/learners/boosting/dataset.hpp>
#include <alx/learners/boosting/grower.hpp>
#include <alx/learners/boosting/model_text.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/parallel.hpp>
#include <alx/rounding.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// Labels 0 and 1, and a weight each or none.
struct boosting_targets {
  std::span<label_t const> labels;
  std::span<float const> weights;

  [[nodiscard]] index_t positives() const {
    return std::count_if(labels.begin(), labels.end(), [](label_t l) { return l > 0; });
  }

  [[nodiscard]] bool one_class() const {
    index_t const n = positives();
    return n == 0 || n == static_cast<index_t>(labels.size());
  }
};

/// The score all rows begin with: the log odds of the positive share.
inline double initial_score(boosting_targets const& targets) {
  auto positive = static_cast<double>(targets.positives());
  auto total = static_cast<double>(targets.labels.size());
  if (!targets.weights.empty()) {
    positive = 0;
    total = 0;
    for (std::size_t i = 0; i < targets.weights.size(); ++i) {
      auto const weight = static_cast<double>(targets.weights[i]);
      positive += targets.labels[i] > 0 ? weight : 0.0;
      total += weight;
    }
  }
  double const share =
      std::max(std::min(positive / total, 1.0 - boosting_epsilon), boosting_epsilon);
  double const score = std::log(share / (1.0 - share));
  return std::abs(score) > boosting_epsilon ? score : 0.0;
}

/// First and second derivatives of the loss at the scores, rounded to float once.
inline void compute_gradients(boosting_targets const& targets,
                              std::span<double const> scores,
                              std::span<gradient_pair> out) {
  for (std::size_t i = 0; i < scores.size(); ++i) {
    double const sign = targets.labels[i] > 0 ? 1.0 : -1.0;
    double const weight = targets.weights.empty() ? 1.0 : static_cast<double>(targets.weights[i]);
    double const response = -sign / (1.0 + std::exp(sign * scores[i]));
    double const size = std::abs(response);
    out[i] = {static_cast<float>(response * weight),
              static_cast<float>(size * (1.0 - size) * weight)};
  }
}

/// Multiplies all values of a tree with the learning rate.
inline void shrink(boosting_tree& tree, double rate) {
  for (auto* values : {&tree.leaf_value, &tree.internal_value}) {
    for (double& value : *values) value = without_tiny(rounded(value * rate));
  }
  tree.shrinkage = rate;
}

/// Adds the initial score to a tree, so that a model is its trees alone.
inline void add_bias(boosting_tree& tree, double bias) {
  for (auto* values : {&tree.leaf_value, &tree.internal_value}) {
    for (double& value : *values) value = without_tiny(value + bias);
  }
  tree.shrinkage = 1;
}

inline boosting_tree constant_tree(double value, index_t rows) {
  boosting_tree tree;
  tree.leaf_value = {value};
  tree.leaf_count = {rows};
  return tree;
}

inline std::string feature_info(feature_bins const& bins) {
  if (!bins.usable) return "none";
  std::string text = "[";
  append_number(text, bins.least, 17);
  text += ':';
  append_number(text, bins.greatest, 17);
  return text += ']';
}

inline std::vector<boosting_tree> train_trees(binned_rows const& data,
                                              boosting_targets const& targets,
                                              boosting_parameters const& parameters,
                                              thread_team& team) {
  double const bias = initial_score(targets);
  std::vector<boosting_tree> trees;
  if (parameters.num_iterations > 0 && (data.columns() == 0 || targets.one_class())) {
    trees.push_back(constant_tree(bias, data.rows()));
    return trees;
  }
  tree_grower grower(data, parameters, team);
  std::vector<double> scores(targets.labels.size(), bias);
  std::vector<gradient_pair> gradients(scores.size());
  for (std::int32_t i = 0; i < parameters.num_iterations; ++i) {
    compute_gradients(targets, scores, gradients);
    auto tree = grower.grow(gradients);
    if (tree.leaves() == 1) {
      if (i == 0) trees.push_back(constant_tree(bias, data.rows()));
      break;  // the next attempts would be the same
    }
    shrink(tree, parameters.learning_rate);
    for (index_t l = 0; l < tree.leaves(); ++l) {
      double const value = tree.leaf_value[static_cast<std::size_t>(l)];
      for (auto const row : grower.rows_of_leaf(l)) scores[static_cast<std::size_t>(row)] += value;
    }
    if (i == 0 && bias != 0) add_bias(tree, bias);
    trees.push_back(std::move(tree));
  }
  return trees;
}

/// The text LightGBM keeps in a model about its training, as far as this library has such options.
inline std::string parameters_text(boosting_parameters const& parameters) {
  std::string text = "[boosting: gbdt]\n[objective: binary]\n[tree_learner: serial]\n";
  for (auto const& option : boosting_options()) {
    auto const value = boosting_value(parameters, option);
    if (!value.empty()) text += "[" + std::string(option.name) + ": " + value + "]\n";
  }
  text += "[data_random_seed: " + std::to_string(data_random_seed(parameters)) + "]\n";
  return text += "[enable_bundle: 0]\n[num_class: 1]\n[sigmoid: 1]\n[boost_from_average: 1]\n";
}

/// Trains on the rows `ids` of `pool`, whose labels and weights have been checked.
inline boosting_model train(matrix_view<double const> pool,
                            std::span<index_t const> ids,
                            boosting_targets const& targets,
                            boosting_parameters const& parameters,
                            thread_team& team) {
  binned_rows const data(pool, ids, parameters, team);
  boosting_model model;
  for (auto const& bins : data.features()) {
    model.feature_names.push_back("Column_" + std::to_string(model.feature_names.size()));
    model.feature_infos.push_back(feature_info(bins));
  }
  model.trees = train_trees(data, targets, parameters, team);
  model.parameters = parameters_text(parameters);
  return model;
}

}  // namespace alx::inline v0::detail
