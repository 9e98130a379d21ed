// SPDX-License-Identifier: Apache-2.0
/// @file
/// The rounds of boosting: gradients at the scores, a tree for each sum, new scores.
#pragma once

#include <alx/learners/boosting/dataset.hpp>
#include <alx/learners/boosting/early_stopping.hpp>
#include <alx/learners/boosting/grower.hpp>
#include <alx/learners/boosting/model_text.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/objective.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/route.hpp>
#include <alx/learners/boosting/sampling.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/parallel.hpp>
#include <alx/rounding.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

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

/// Makes the trees of a model, those of one iteration after the other.
class boosting_rounds {
 public:
  boosting_rounds(binned_rows const& data,
                  boosting_rows const& rows,
                  boosting_parameters const& parameters,
                  thread_team& team)
      : data_(data),
        rows_(rows),
        parameters_(parameters),
        team_(team),
        loss_(rows.targets, parameters),
        bag_(loss_, parameters),
        columns_(data.columns(), parameters),
        scores_(rows.targets.rows() * sums()),
        gradients_(scores_.size()),
        totals_(sums()) {
    for (std::size_t k = 0; k < sums(); ++k) {
      bias_.push_back(initial_score(rows.targets, static_cast<std::int32_t>(k)));
      trains_.push_back(data.columns() > 0 && loss_.trains(static_cast<std::int32_t>(k)));
      std::fill_n(scores_of(k).begin(), data.rows(), bias_.back());
    }
    if (std::find(trains_.begin(), trains_.end(), true) != trains_.end()) {
      grower_.emplace(data, parameters, team);
    }
  }

  /// What the scores of sum k begin with.
  [[nodiscard]] std::span<double const> bias() const { return bias_; }

  /// One iteration. Its trees, shrunken but without bias, are passed to `use(k, tree)`.
  ///
  /// An iteration in which nothing can be split leaves no trees, but the first always does.
  template <class F>
  void run(F&& use) {
    if (grower_) loss_.gradients(scores_, gradients_, totals_);
    if (bag_.due(iteration_)) bag_.draw();
    bool const first = trees_.empty();
    bool any_split = false;
    for (std::size_t k = 0; k < sums(); ++k) {
      auto tree = grow(k);
      if (tree.leaves() > 1) {
        any_split = true;
        shrink(tree, parameters_.learning_rate);
        add_to_scores(tree, k);
        use(k, tree);
        if (first && bias_[k] != 0) add_bias(tree, bias_[k]);
      } else {
        tree = constant_tree(first ? bias_[k] : 0.0, data_.rows());
      }
      trees_.push_back(std::move(tree));
    }
    if (!any_split && !first) trees_.resize(trees_.size() - sums());
    iteration_ += any_split ? 1 : 0;
    finished_ = !any_split && !columns_.active() && !bag_.due(iteration_);
  }

  /// No further iteration could do anything.
  [[nodiscard]] bool finished() const { return finished_; }

  [[nodiscard]] std::vector<boosting_tree> take_trees() { return std::move(trees_); }

 private:
  [[nodiscard]] std::size_t sums() const { return static_cast<std::size_t>(rows_.targets.sums); }

  [[nodiscard]] std::span<double> scores_of(std::size_t k) {
    std::size_t const rows = rows_.targets.rows();
    return std::span(scores_).subspan(k * rows, rows);
  }

  boosting_tree grow(std::size_t k) {
    if (!trains_[k]) return constant_tree(0, 0);
    if (columns_.active()) columns_.draw();
    if (bag_.empty()) return constant_tree(0, 0);
    std::size_t const rows = rows_.targets.rows();
    gradient_pair const* const gradients = gradients_.data() + k * rows;
    auto const bag = bag_.in();
    auto const total = bag.empty() ? totals_[k] : sum_of({bag, gradients});
    return grower_->grow(gradients, total, bag, columns_.flags());
  }

  void add_to_scores(boosting_tree const& tree, std::size_t k) {
    auto const scores = scores_of(k);
    for (index_t l = 0; l < tree.leaves(); ++l) {
      double const value = tree.leaf_value[static_cast<std::size_t>(l)];
      for (auto const row : grower_->rows_of_leaf(l)) {
        scores[static_cast<std::size_t>(row)] += value;
      }
    }
    auto const out = bag_.out();
    auto const place = [out](index_t i) { return out[static_cast<std::size_t>(i)]; };
    add_tree(tree, {rows_.pool, rows_.ids, scores}, static_cast<index_t>(out.size()), place, team_);
  }

  binned_rows const& data_;
  boosting_rows const& rows_;
  boosting_parameters const& parameters_;
  thread_team& team_;
  boosting_loss loss_;
  row_bag bag_;
  column_sample columns_;
  std::vector<double> scores_;
  std::vector<gradient_pair> gradients_;
  std::vector<histogram_cell> totals_;  // of the gradients of all rows
  std::vector<double> bias_;
  std::vector<bool> trains_;
  std::optional<tree_grower> grower_;  // none where there is nothing to learn
  std::vector<boosting_tree> trees_;
  std::int32_t iteration_ = 0;  // that made trees
  bool finished_ = false;
};

inline std::string feature_info(feature_bins const& bins) {
  if (!bins.usable) return "none";
  std::string text;
  for (auto const category : bins.categories) {
    if (!text.empty()) text += ':';
    text += std::to_string(category);
  }
  if (bins.categorical()) return text;
  text += '[';
  append_number(text, bins.least, 17);
  text += ':';
  append_number(text, bins.greatest, 17);
  return text += ']';
}

/// The text LightGBM keeps in a model about its training, as far as this library has such options.
inline std::string parameters_text(boosting_parameters const& parameters,
                                   boosting_model const& model) {
  std::string text = "[boosting: gbdt]\n[objective: " + std::string(name_of(model.objective)) +
                     "]\n[tree_learner: serial]\n";
  for (auto const& option : boosting_options) {
    auto const value = boosting_value(parameters, option);
    if (value.empty()) continue;
    text += '[';
    text += option.name;
    text += ": ";
    text += value;
    text += "]\n";
  }
  return text += "[enable_bundle: 0]\n[num_class: " + std::to_string(model.num_class) +
                 "]\n[sigmoid: 1]\n[boost_from_average: 1]\n";
}

/// A model, and the loss on the validation rows after each iteration.
struct trained_model {
  boosting_model model;
  std::vector<double> losses;
};

inline void train_trees(binned_rows const& data,
                        boosting_rows const& rows,
                        boosting_rows const* validation,
                        boosting_parameters const& parameters,
                        thread_team& team,
                        trained_model& result) {
  boosting_rounds rounds(data, rows, parameters, team);
  std::optional<validation_scores> scores;
  if (validation != nullptr) scores.emplace(*validation, rounds.bias(), parameters, team);
  early_stopping stopping(parameters.early_stopping_round);
  for (std::int32_t i = 0; i < parameters.num_iterations; ++i) {
    if (!rounds.finished()) {
      rounds.run([&](std::size_t k, boosting_tree const& tree) {
        if (scores) scores->add(tree, k);
      });
    }
    if (!scores && rounds.finished()) break;
    if (!scores) continue;
    result.losses.push_back(scores->loss());
    if (stopping.after(i, result.losses.back())) break;
  }
  result.model.trees = rounds.take_trees();
  if (scores && stopping.active()) {
    std::size_t const best = static_cast<std::size_t>(stopping.best() + 1) * rounds.bias().size();
    result.model.trees.resize(std::min(result.model.trees.size(), best));
  }
}

/// Trains on rows that have been checked; `validation` may be null.
inline trained_model train(boosting_rows const& rows,
                           boosting_rows const* validation,
                           boosting_parameters const& parameters,
                           thread_team& team) {
  binned_rows const data(rows.pool, rows.ids, parameters, team);
  trained_model result;
  auto& model = result.model;
  model.objective = rows.targets.objective;
  model.num_class = rows.targets.sums;
  for (auto const& bins : data.features()) {
    model.feature_names.push_back("Column_" + std::to_string(model.feature_names.size()));
    model.feature_infos.push_back(feature_info(bins));
  }
  train_trees(data, rows, validation, parameters, team, result);
  model.parameters = parameters_text(parameters, model);
  return result;
}

}  // namespace alx::inline v0::detail
