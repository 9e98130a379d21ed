// SPDX-License-Identifier: Apache-2.0
/// @file
/// The training rows as bin numbers, one byte a value (two where a column has more than 256 bins).
#pragma once

#include <alx/error.hpp>
#include <alx/learners/boosting/binning.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/random.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace alx::inline v0::detail {

/// Columns of bin numbers, those of no use left out.
class binned_rows {
 public:
  binned_rows(matrix_view<double const> pool,
              std::span<index_t const> ids,
              boosting_parameters const& parameters,
              thread_team& team)
      : rows_(static_cast<index_t>(ids.size())), features_(static_cast<std::size_t>(pool.cols)) {
    auto const sample = sample_rows(ids, parameters);
    auto const sampled = static_cast<index_t>(sample.size());
    auto const min_rows = static_cast<index_t>(
        static_cast<double>(parameters.min_data_in_leaf * sampled) / static_cast<double>(rows_));
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
    choose_columns();
    team.for_each_chunk((rows_ + block_rows - 1) / block_rows, [&](index_t block) {
      if (wide_.empty()) {
        fill(block * block_rows, pool, ids, narrow_.data());
      } else {
        fill(block * block_rows, pool, ids, wide_.data());
      }
    });
  }

  [[nodiscard]] index_t rows() const { return rows_; }

  /// The columns of use.
  [[nodiscard]] index_t columns() const { return static_cast<index_t>(column_.size()); }

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

  /// Calls `use` with a pointer to the bin numbers of column `c`, of whichever type they are.
  template <class F>
  void with_column(index_t c, F&& use) const {
    if (wide_.empty()) {
      use(narrow_.data() + c * rows_);
    } else {
      use(wide_.data() + c * rows_);
    }
  }

 private:
  /// So few that what is read along with one column's values is still there for its neighbours'.
  static constexpr index_t block_rows = 512;

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

  void choose_columns() {
    for (std::size_t f = 0; f < features_.size(); ++f) {
      if (!features_[f].usable) continue;
      column_.push_back(static_cast<std::int32_t>(f));
      most_bins_ = std::max(most_bins_, features_[f].bins());
    }
    if (most_bins_ > 65536) {
      throw data_error("gradient_boosting: a column has " + std::to_string(most_bins_ - 1) +
                       " frequent categories; at most 65535 can be told apart");
    }
    auto const values = static_cast<std::size_t>(columns() * rows_);
    if (most_bins_ <= 256) {
      narrow_.resize(values);
    } else {
      wide_.resize(values);
    }
  }

  /// Bins the block of rows that begins with `first`; `out` is rows × columns of use, column by
  /// column.
  template <class Bin>
  void fill(index_t first,
            matrix_view<double const> pool,
            std::span<index_t const> ids,
            Bin* out) const {
    auto const block = ids.subspan(static_cast<std::size_t>(first))
                           .first(static_cast<std::size_t>(std::min(block_rows, rows_ - first)));
    std::array<double, block_rows> value;      // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::array<std::int32_t, block_rows> bin;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    for (index_t c = 0; c < columns(); ++c) {
      auto const values = pool.col(pool_column(c));
      for (std::size_t i = 0; i < block.size(); ++i) value[i] = values[block[i]];
      bins(c).find({value.data(), block.size()}, bin.data());
      Bin* const to = out + c * rows_ + first;
      for (std::size_t i = 0; i < block.size(); ++i) to[i] = static_cast<Bin>(bin[i]);
    }
  }

  index_t rows_;
  std::vector<feature_bins> features_;
  std::vector<std::int32_t> column_;
  std::int32_t most_bins_ = 0;
  std::vector<std::uint8_t> narrow_;  // one of the two is used
  std::vector<std::uint16_t> wide_;
};

}  // namespace alx::inline v0::detail
