// SPDX-License-Identifier: Apache-2.0
/// @file
/// The training rows as bin numbers, one byte a value (two where a column has more than 256 bins).
#pragma once

#include <alx/learners/boosting/used_columns.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

/// Columns of bin numbers, those of no use left out. The columns outlive it.
class binned_rows {
 public:
  binned_rows(matrix_view<double const> pool,
              std::span<index_t const> ids,
              used_columns const& columns,
              thread_team& team)
      : columns_(columns), rows_(static_cast<index_t>(ids.size())) {
    auto const values = static_cast<std::size_t>(columns.count() * rows_);
    if (columns.most_bins() <= 256) {
      narrow_.resize(values);
    } else {
      wide_.resize(values);
    }
    team.for_each_chunk((rows_ + block_rows - 1) / block_rows, [&](index_t block) {
      if (wide_.empty()) {
        fill(block * block_rows, pool, ids, narrow_.data());
      } else {
        fill(block * block_rows, pool, ids, wide_.data());
      }
    });
  }

  [[nodiscard]] index_t rows() const { return rows_; }

  [[nodiscard]] used_columns const& columns_of_use() const { return columns_; }

  [[nodiscard]] index_t columns() const { return columns_.count(); }

  [[nodiscard]] feature_bins const& bins(index_t c) const { return columns_.bins(c); }

  [[nodiscard]] std::int32_t most_bins() const { return columns_.most_bins(); }

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
      auto const values = pool.col(columns_.pool_column(c));
      for (std::size_t i = 0; i < block.size(); ++i) value[i] = values[block[i]];
      bins(c).find({value.data(), block.size()}, bin.data());
      Bin* const to = out + c * rows_ + first;
      for (std::size_t i = 0; i < block.size(); ++i) to[i] = static_cast<Bin>(bin[i]);
    }
  }

  used_columns const& columns_;
  index_t rows_;
  std::vector<std::uint8_t> narrow_;  // one of the two is used
  std::vector<std::uint16_t> wide_;
};

}  // namespace alx::inline v0::detail
