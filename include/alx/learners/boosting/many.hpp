// SPDX-License-Identifier: Apache-2.0
/// @file
/// Many models fitted at once on a GPU.
#pragma once

#include <alx/learners/boosting/early_stopping.hpp>
#include <alx/learners/boosting/engine_on_gpu.hpp>
#include <alx/learners/boosting/objective.hpp>
#include <alx/learners/boosting/on_gpu.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/trainer.hpp>
#include <alx/learners/boosting/used_columns.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace alx::inline v0::detail {

/// Whether all trees of a model are grown on all rows and columns, so that nothing need be drawn
/// between them.
inline bool draws_nothing(boosting_parameters const& parameters) {
  return parameters.bagging_freq <= 0 && parameters.feature_fraction >= 1;
}

/// A model for each set of rows, which have been checked.
inline std::vector<boosting_model> train_many(std::vector<boosting_rows> const& sets,
                                              boosting_parameters const& parameters,
                                              boosting_gpu where,
                                              thread_team& team) {
  std::vector<std::unique_ptr<used_columns const>> columns(sets.size());
  std::vector<std::vector<double>> features(sets.size());
  std::vector<gpu_fit> fits(sets.size());
  std::vector<boosting_model> models(sets.size());
  auto const count = static_cast<index_t>(sets.size());
  team.for_each_chunk(count, [&](index_t number) {
    auto const i = static_cast<std::size_t>(number);
    thread_team alone(1);
    columns[i] = std::make_unique<used_columns const>(sets[i].pool, sets[i].ids, parameters, alone);
    boosting_loss const loss(sets[i].targets, parameters);
    sum_starts const starts(*columns[i], sets[i].targets, loss);
    if (!starts.any()) return;
    features[i] = features_of(*columns[i], sets[i]);
    fits[i] = {rows_for_gpu(sets[i], loss, features[i]),
               columns_for_gpu(*columns[i], parameters),
               starts.bias,
               starts.trains};
  });
  std::vector<std::size_t> asked;
  std::vector<gpu_fit> wanted;
  for (std::size_t i = 0; i < fits.size(); ++i) {
    if (fits[i].bias.empty()) continue;
    asked.push_back(i);
    wanted.push_back(std::move(fits[i]));
  }
  auto const fitted = where.functions->fit_many(wanted,
                                                options_for_gpu(parameters),
                                                parameters.num_iterations,
                                                parameters.learning_rate,
                                                where.device);
  std::vector<grown_model const*> grown(sets.size());
  for (std::size_t i = 0; i < asked.size(); ++i) grown[asked[i]] = &fitted[i];
  team.for_each_chunk(count, [&](index_t number) {
    auto const i = static_cast<std::size_t>(number);
    thread_team alone(1);
    auto const sums = static_cast<std::size_t>(sets[i].targets.sums);
    auto const make = [&](boosting_loss const& /*loss*/) {
      return std::make_unique<recorded_engine>(*columns[i], parameters, *grown[i], sums);
    };
    models[i] = train(*columns[i], sets[i], nullptr, parameters, alone, make).model;
  });
  return models;
}

}  // namespace alx::inline v0::detail
