// SPDX-License-Identifier: Apache-2.0
/// @file
/// How the columns of a pool are cut into bins, and which are of use.
#pragma once

#include <alx/error.hpp>
#include <alx/learners/boosting/binning.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/random.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace alx::inline v0::detail {

/// The columns' bins, made from the rows `ids` of a pool.
class used_columns {
 public:
  used_columns(matrix_view<double const> pool,
               std::span<index_t const> ids,
               boosting_parameters const& parameters,
               thread_team& team)
      : features_(static_cast<std::size_t>(pool.cols)) {
    auto const sample = sample_rows(ids, parameters);
    auto const sampled = static_cast<index_t>(sample.size());
    auto const min_rows =
        static_cast<index_t>(static_cast<double>(parameters.min_data_in_leaf * sampled) /
                             static_cast<double>(ids.size()));
    team.for_each_chunk(pool.cols, [&](index_t column) {
      auto const values = pool.col(column);
      std::vector<double> known(sample.size());
      std::transform(
          sample.begin(), sample.end(), known.begin(), [&](index_t id) { return values[id]; });
      auto const& names = parameters.categorical_feature;
      bool const categorical = std::find(names.begin(), names.end(), column) != names.end();
      features_[static_cast<std::size_t>(column)] =
          categorical ? find_category_bins(known, parameters, min_rows)
                      : find_bins(known, parameters, min_rows);
    });
    choose();
  }

  /// The columns of use.
  [[nodiscard]] index_t count() const { return static_cast<index_t>(column_.size()); }

  /// How column `c` of use is called in the pool.
  [[nodiscard]] std::int32_t pool_column(index_t c) const {
    return column_[static_cast<std::size_t>(c)];
  }

  [[nodiscard]] feature_bins const& bins(index_t c) const {
    return features_[static_cast<std::size_t>(pool_column(c))];
  }

  /// All columns of the pool.
  [[nodiscard]] std::vector<feature_bins> const& features() const { return features_; }

  [[nodiscard]] std::int32_t most_bins() const { return most_bins_; }

 private:
  /// LightGBM makes the bins from a sample when there are many rows.
  static std::vector<index_t> sample_rows(std::span<index_t const> ids,
                                          boosting_parameters const& parameters) {
    auto const rows = static_cast<std::int32_t>(ids.size());
    std::vector<index_t> sample;
    lightgbm_random random(data_seed(parameters));
    for (std::int32_t const i : random.sample(rows, parameters.bin_construct_sample_cnt)) {
      sample.push_back(ids[static_cast<std::size_t>(i)]);
    }
    return sample;
  }

  void choose() {
    for (std::size_t f = 0; f < features_.size(); ++f) {
      if (!features_[f].usable) continue;
      column_.push_back(static_cast<std::int32_t>(f));
      most_bins_ = std::max(most_bins_, features_[f].bins());
    }
    if (most_bins_ > 65536) {
      throw data_error("gradient_boosting: a column has " + std::to_string(most_bins_ - 1) +
                       " frequent categories; at most 65535 can be told apart");
    }
  }

  std::vector<feature_bins> features_;
  std::vector<std::int32_t> column_;
  std::int32_t most_bins_ = 0;
};

}  // namespace alx::inline v0::detail
