// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the rounds of boosting have done for them, on a GPU.
#pragma once

#include <alx/error.hpp>
#include <alx/learners/boosting/categorical.hpp>
#include <alx/learners/boosting/early_stopping.hpp>
#include <alx/learners/boosting/engine.hpp>
#include <alx/learners/boosting/objective.hpp>
#include <alx/learners/boosting/on_gpu.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/split_finder.hpp>
#include <alx/learners/boosting/tree.hpp>
#include <alx/learners/boosting/tree_writer.hpp>
#include <alx/learners/boosting/used_columns.hpp>
#include <alx/view.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace alx::inline v0::detail {

/// A GPU and what it does for boosting; without functions it is not asked.
struct boosting_gpu {
  boosting_functions const* functions = nullptr;
  int device = 0;
};

inline gpu_objective objective_of(boosting_objective objective) {
  switch (objective) {
    case boosting_objective::multiclass:
      return gpu_objective::multiclass;
    case boosting_objective::regression:
      return gpu_objective::regression;
    case boosting_objective::binary:
      break;
  }
  return gpu_objective::binary;
}

/// The training rows' values in the columns of use.
inline std::vector<double> features_of(used_columns const& columns, boosting_rows const& rows) {
  std::vector<double> features;
  features.reserve(rows.ids.size() * static_cast<std::size_t>(columns.count()));
  for (auto const id : rows.ids) {
    for (index_t c = 0; c < columns.count(); ++c) {
      features.push_back(rows.pool(id, columns.pool_column(c)));
    }
  }
  return features;
}

inline gpu_columns columns_for_gpu(used_columns const& columns,
                                   boosting_parameters const& parameters) {
  gpu_columns made;
  for (index_t c = 0; c < columns.count(); ++c) {
    auto const& bins = columns.bins(c);
    bool const categorical = bins.categorical();
    made.column.push_back({bins.bins(),
                           bins.most_frequent,
                           bins.missing,
                           categorical,
                           categorical && tried_alone(bins, parameters)});
    auto const first = categorical ? made.categories.size() : made.bounds.size();
    made.first_bound.push_back(static_cast<index_t>(first));
    made.bounds.insert(made.bounds.end(), bins.upper.begin(), bins.upper.end());
    for (auto const bin : bins.by_category) {
      made.categories.push_back(bins.categories[static_cast<std::size_t>(bin)]);
      made.bin_of_category.push_back(bin);
    }
  }
  return made;
}

inline gpu_tree_options options_for_gpu(boosting_parameters const& parameters) {
  return {limits_of(parameters),
          category_limits_of(parameters),
          parameters.min_gain_to_split,
          parameters.num_leaves,
          parameters.max_depth};
}

/// `features` are `features_of` the rows.
inline gpu_rows rows_for_gpu(boosting_rows const& rows,
                             boosting_loss const& loss,
                             std::vector<double> const& features) {
  auto const& targets = rows.targets;
  auto const weights = loss.class_weights();
  return {objective_of(targets.objective),
          targets.sums,
          static_cast<index_t>(rows.ids.size()),
          features.data(),
          targets.labels.data(),
          targets.values.data(),
          targets.weights.data(),
          weights[0],
          weights[1]};
}

/// The bins that split `s` sends left; none for a split at a threshold.
inline std::vector<std::int32_t> left_categories(grown_tree const& grown,
                                                 std::size_t s,
                                                 feature_bins const& bins) {
  std::vector<std::int32_t> left;
  if (!bins.categorical()) return left;
  auto const* const set = grown.sets.data() + s * static_cast<std::size_t>(grown.set_words);
  for (std::int32_t bin = 0; bin < bins.bins(); ++bin) {
    if ((set[bin / 32] >> static_cast<unsigned>(bin % 32) & 1U) != 0) left.push_back(bin);
  }
  return left;
}

/// The tree that a GPU grew, split by split.
///
/// **Throws.** `numeric_error` where a split left a leaf without rows.
inline boosting_tree write_down(grown_tree const& grown,
                                used_columns const& columns,
                                tree_writer& writer) {
  std::vector<open_leaf> leaves(1);
  leaves[0].rows = grown.rows;
  leaves[0].gradient = grown.total.gradient;
  leaves[0].hessian = grown.total.hessian;
  writer.begin(leaves[0]);
  for (std::size_t s = 0; s < grown.splits.size(); ++s) {
    auto const& split = grown.splits[s];
    auto const at = static_cast<std::size_t>(split.leaf);
    open_leaf before = leaves[at];
    before.best = split.best;
    check_sides(before.rows, split.left_rows);
    auto const categories = left_categories(grown, s, columns.bins(split.best.column));
    writer.split(split.leaf, before, split.left_rows, categories);
    auto const children = children_of(before, split.left_rows);
    leaves[at] = children.left;
    leaves.push_back(children.right);
  }
  return writer.take();
}

/// As `cpu_engine`. The splits are the CPU's wherever sums of gradients are exact in double; trees
/// are written down from them here.
class gpu_engine {
 public:
  gpu_engine(used_columns const& columns,
             boosting_rows const& rows,
             boosting_loss const& loss,
             boosting_parameters const& parameters,
             boosting_gpu where)
      : columns_(columns), writer_(columns, parameters), functions_(where.functions) {
    auto const features = features_of(columns, rows);
    object_ = {functions_->make(rows_for_gpu(rows, loss, features),
                                columns_for_gpu(columns, parameters),
                                options_for_gpu(parameters),
                                where.device),
               functions_->destroy};
  }

  void begin(std::size_t k, double bias) { functions_->begin(object_.get(), number(k), bias); }

  void find_gradients() { functions_->find_gradients(object_.get()); }

  boosting_tree grow(std::size_t k, bagged_rows bag, std::span<std::uint8_t const> flags) {
    auto const grown = functions_->grow(
        object_.get(), number(k), as_pointers(bag), flags.empty() ? nullptr : flags.data());
    return write_down(grown, columns_, writer_);
  }

  void add_to_scores(boosting_tree const& tree, std::size_t k, bagged_rows bag) {
    functions_->add_to_scores(object_.get(), number(k), tree.leaf_value, as_pointers(bag));
  }

 private:
  static std::int32_t number(std::size_t k) { return static_cast<std::int32_t>(k); }

  static gpu_bag as_pointers(bagged_rows bag) {
    return {bag.in.empty() ? nullptr : bag.in.data(),
            static_cast<index_t>(bag.in.size()),
            bag.out.data(),
            static_cast<index_t>(bag.out.size())};
  }

  used_columns const& columns_;
  tree_writer writer_;
  boosting_functions const* functions_;
  std::unique_ptr<void, void (*)(void*) noexcept> object_{nullptr, nullptr};
};

/// Gives out the trees of a model that is there already, in the order in which they were grown.
class recorded_engine {
 public:
  recorded_engine(used_columns const& columns,
                  boosting_parameters const& parameters,
                  grown_model const& model,
                  std::size_t sums)
      : columns_(columns), writer_(columns, parameters), model_(model), sums_(sums) {}

  void begin(std::size_t /*k*/, double /*bias*/) {}

  void find_gradients() { ++iteration_; }

  boosting_tree grow(std::size_t k,
                     bagged_rows /*bag*/,
                     std::span<std::uint8_t const> /*columns*/) {
    return write_down(model_.at((iteration_ - 1) * sums_ + k), columns_, writer_);
  }

  void add_to_scores(boosting_tree const& /*tree*/, std::size_t /*k*/, bagged_rows /*bag*/) {}

 private:
  used_columns const& columns_;
  tree_writer writer_;
  grown_model const& model_;
  std::size_t sums_;
  std::size_t iteration_ = 0;  // counted from 1
};

}  // namespace alx::inline v0::detail
