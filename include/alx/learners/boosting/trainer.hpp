// SPDX-License-Identifier: Apache-2.0
/// @file
/// The rounds of boosting: gradients at the scores, a tree for each sum, new scores.
#pragma once

#include <alx/learners/boosting/early_stopping.hpp>
#include <alx/learners/boosting/engine.hpp>
#include <alx/learners/boosting/model_text.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/objective.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/sampling.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/learners/boosting/used_columns.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// Multiplies all values of a tree with the learning rate.
inline void shrink(boosting_tree& tree, double rate) {
  for (auto* values : {&tree.leaf_value, &tree.internal_value}) {
    for (double& value : *values) value = learnt_value(value, rate);
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

/// What the scores of each sum begin with, and whether there is anything to learn for it.
struct sum_starts {
  std::vector<double> bias;
  std::vector<std::uint8_t> trains;

  sum_starts(used_columns const& columns,
             boosting_targets const& targets,
             boosting_loss const& loss) {
    for (std::int32_t k = 0; k < targets.sums; ++k) {
      bias.push_back(initial_score(targets, k));
      trains.push_back(columns.count() > 0 && loss.trains(k) ? 1 : 0);
    }
  }

  [[nodiscard]] bool any() const { return std::ranges::find(trains, 1) != trains.end(); }
};

/// Makes the trees of a model, those of one iteration after the other. `Engine` does the work.
template <class Engine>
class boosting_rounds {
 public:
  /// `make(loss)` gives the engine; it is not called where there is nothing to learn.
  template <class F>
  boosting_rounds(used_columns const& columns,
                  boosting_rows const& rows,
                  boosting_parameters const& parameters,
                  F&& make)
      : rows_(rows),
        parameters_(parameters),
        loss_(rows.targets, parameters),
        bag_(loss_, parameters),
        columns_(columns.count(), parameters),
        starts_(columns, rows.targets, loss_) {
    if (!starts_.any()) return;
    engine_ = make(loss_);
    for (std::size_t k = 0; k < sums(); ++k) engine_->begin(k, starts_.bias[k]);
  }

  /// What the scores of sum k begin with.
  [[nodiscard]] std::span<double const> bias() const { return starts_.bias; }

  /// One iteration. Its trees, shrunken but without bias, are passed to `use(k, tree)`.
  ///
  /// An iteration in which nothing can be split leaves no trees, but the first always does.
  template <class F>
  void run(F&& use) {
    if (engine_) engine_->find_gradients();
    if (bag_.due(iteration_)) bag_.draw();
    bool const first = trees_.empty();
    bool any_split = false;
    for (std::size_t k = 0; k < sums(); ++k) {
      auto tree = grow(k);
      if (tree.leaves() > 1) {
        any_split = true;
        shrink(tree, parameters_.learning_rate);
        engine_->add_to_scores(tree, k, bag());
        use(k, tree);
        if (first && starts_.bias[k] != 0) add_bias(tree, starts_.bias[k]);
      } else {
        tree = constant_tree(first ? starts_.bias[k] : 0.0, static_cast<index_t>(rows_.ids.size()));
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
  [[nodiscard]] std::size_t sums() const { return starts_.bias.size(); }

  [[nodiscard]] bagged_rows bag() const { return {bag_.in(), bag_.out()}; }

  boosting_tree grow(std::size_t k) {
    if (starts_.trains[k] == 0) return constant_tree(0, 0);
    if (columns_.active()) columns_.draw();
    if (bag_.empty()) return constant_tree(0, 0);
    return engine_->grow(k, bag(), columns_.flags());
  }

  boosting_rows const& rows_;
  boosting_parameters const& parameters_;
  boosting_loss loss_;
  row_bag bag_;
  column_sample columns_;
  sum_starts starts_;
  std::unique_ptr<Engine> engine_;  // none where there is nothing to learn
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

/// Runs the iterations, with validation rows or without (null).
template <class Engine>
void train_trees(boosting_rounds<Engine> rounds,
                 boosting_rows const* validation,
                 boosting_parameters const& parameters,
                 thread_team& team,
                 trained_model& result) {
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

/// Trains on rows that have been checked; `validation` may be null. `make(columns, loss)` gives the
/// engine.
template <class F>
trained_model train(used_columns const& columns,
                    boosting_rows const& rows,
                    boosting_rows const* validation,
                    boosting_parameters const& parameters,
                    thread_team& team,
                    F&& make) {
  trained_model result;
  auto& model = result.model;
  model.objective = rows.targets.objective;
  model.num_class = rows.targets.sums;
  for (auto const& bins : columns.features()) {
    model.feature_names.push_back("Column_" + std::to_string(model.feature_names.size()));
    model.feature_infos.push_back(feature_info(bins));
  }
  using engine = typename std::invoke_result_t<F&, boosting_loss const&>::element_type;
  train_trees(boosting_rounds<engine>(columns, rows, parameters, make),
              validation,
              parameters,
              team,
              result);
  model.parameters = parameters_text(parameters, model);
  return result;
}

/// On the CPU.
inline trained_model train(boosting_rows const& rows,
                           boosting_rows const* validation,
                           boosting_parameters const& parameters,
                           thread_team& team) {
  used_columns const columns(rows.pool, rows.ids, parameters, team);
  return train(columns, rows, validation, parameters, team, [&](boosting_loss const& loss) {
    return std::make_unique<cpu_engine>(columns, rows, loss, parameters, team);
  });
}

}  // namespace alx::inline v0::detail
