// SPDX-License-Identifier: Apache-2.0
/// @file
/// For every row and every cluster, the sum of the distances from the row to the cluster's rows, in
/// whole units of a grid: exact in any order, and kept up to date by what changes.
#pragma once

#include <alx/metrics/detail/fixed_grid.hpp>
#include <alx/metrics/detail/label_slots.hpp>
#include <alx/op/distance.hpp>
#include <alx/parallel.hpp>
#include <alx/rounding.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

#if defined(__AVX512F__)
inline constexpr std::size_t doubles_in_register = 8;
#elif defined(__AVX__)
inline constexpr std::size_t doubles_in_register = 4;
#else
inline constexpr std::size_t doubles_in_register = 2;
#endif

/// As many doubles as a register holds; arithmetic is per element.
typedef double doubles  // NOLINT(modernize-use-using): clang 14 wants the attribute so
    __attribute__((vector_size(doubles_in_register * sizeof(double))));

inline doubles load(double const* from) {
  doubles values;
  std::memcpy(&values, from, sizeof values);
  return values;
}

/// `rounded` for a vector.
inline void round_now(doubles& values) {
#if defined(__x86_64__)
  asm("" : "+x"(values));  // NOLINT(hicpp-no-assembler)
#elif defined(__aarch64__)
  asm("" : "+w"(values));  // NOLINT(hicpp-no-assembler)
#else
  for (std::size_t i = 0; i < doubles_in_register; ++i) values[i] = rounded(values[i]);
#endif
}

/// Sums of `Distance` over pairs of rows.
///
/// Rows lie in tiles of 256, each feature of a tile side by side, so that loops over a tile have a
/// fixed length and stride 1. In which place a row lies is free: a full computation puts the rows
/// of a cluster next to each other, so that a tile has few runs of equal slots.
///
/// **Error.** Each distance is off by at most half a unit and, before that, by what its computation
/// in double rounds.
template <class Distance>
class pair_sums {
 public:
  static constexpr index_t lanes = 256;

  /// Makes the grid; `compute` takes a copy of the rows.
  ///
  /// **Throws.** `numeric_error` where distances, or their squares, leave the range of double.
  explicit pair_sums(matrix_view<double const> rows)
      : rows_(rows.rows), features_(rows.cols), tiles_((rows.rows + lanes - 1) / lanes) {
    auto const [widest, diagonal] = box_of(rows);
    check_extent(widest, diagonal, smallest_diagonal);
    grid_ = grid_for(diagonal, rows_, 62);
    fits_52_bits_ = diagonal * grid_.scale < no_fraction - 1.0;
  }

  /// All sums from nothing; the rows lie cluster after cluster from then on. **Cost.** n²/2
  /// distances.
  void compute(matrix_view<double const> rows, label_slots const& slots, thread_team& team) {
    place_rows(rows, slots);
    sums_.assign(static_cast<std::size_t>(slots.slots() * tiles_ * lanes), 0);
    team.for_each_chunk(tiles_, [&](index_t tile) { add_own_tile(tile); });
    for (index_t round = 0; round < even_tiles() - 1; ++round) {
      team.for_each_chunk(even_tiles() / 2, [&](index_t table) { add_round(round, table); });
    }
  }

  /// Follows rows that moved. **Cost.** n distances for each.
  void move(std::span<moved_row const> moved, label_slots const& slots, thread_team& team) {
    sums_.resize(static_cast<std::size_t>(slots.slots() * tiles_ * lanes), 0);
    team.for_each_chunk(tiles_, [&](index_t tile) {
      for (auto const& m : moved) move_in_tile(m, tile);
    });
  }

  /// The sum from `row` to each slot, the row itself adding 0, in grid units.
  void of_row(index_t row, label_slots const& /*slots*/, std::span<double> out) const {
    std::int64_t const* sum = sums_.data() + place(row);
    for (auto& value : out) {
      value = static_cast<double>(*sum);
      sum += tiles_ * lanes;
    }
  }

  [[nodiscard]] double unit() const { return grid_.unit; }

  /// By how much a mean distance can be off, both in units: the grid's rounding and what
  /// differences, squares, their sum, the root and the division round.
  [[nodiscard]] double error_of_mean(double mean) const {
    double const roundings = static_cast<double>(features_) / (Distance::has_squares ? 2.0 : 1.0);
    return 0.5 + (roundings + 4.0) * std::numeric_limits<double>::epsilon() / 2.0 * mean;
  }

 private:
  using block = std::array<double, lanes>;
  using whole_block = std::array<std::int64_t, lanes>;

  /// A feature's tile takes 2 KB: more of them would push each other out of the first cache.
  static constexpr index_t features_at_once = 16;

  /// Below it, squares of differences that the grid still sees could vanish.
  static constexpr double smallest_diagonal = Distance::has_squares ? 0x1p-450 : smallest_extent;

  /// The longest side of the rows' box, and the distance between its opposite corners by the steps
  /// of every other distance.
  struct box {
    double widest = 0.0;
    double diagonal = 0.0;
  };

  /// Places first … last - 1 of a tile, all in one slot.
  struct run {
    index_t slot = 0;
    index_t first = 0;
    index_t last = 0;
  };

  [[nodiscard]] std::size_t place(index_t row) const {
    return static_cast<std::size_t>(place_[static_cast<std::size_t>(row)]);
  }

  static box box_of(matrix_view<double const> rows) {
    double widest = 0.0;
    double sum = 0.0;
    for (index_t f = 0; f < rows.cols; ++f) {
      double const side = range_of(rows.col(f)).width();
      widest = std::max(widest, side);
      sum += rounded(Distance::term(side));
    }
    return {widest, Distance::of_sum(sum)};
  }

  /// Copies the rows, cluster after cluster. Places past the last row repeat it, so that what is
  /// computed there stays inside the box; it is never read.
  void place_rows(matrix_view<double const> rows, label_slots const& slots) {
    std::vector<index_t> next(static_cast<std::size_t>(slots.slots()) + 1, 0);
    for (index_t s = 0; s < slots.slots(); ++s) {
      next[static_cast<std::size_t>(s) + 1] = next[static_cast<std::size_t>(s)] + slots.count(s);
    }
    auto const places = static_cast<std::size_t>(tiles_ * lanes);
    place_.resize(static_cast<std::size_t>(rows_));
    slot_.assign(places, 0);
    values_.resize(places * static_cast<std::size_t>(std::max<index_t>(features_, 1)));
    index_t last_row = 0;
    for (index_t r = 0; r < rows_; ++r) {
      index_t const at = next[static_cast<std::size_t>(slots.slot(r))]++;
      place_[static_cast<std::size_t>(r)] = at;
      slot_[static_cast<std::size_t>(at)] = slots.slot(r);
      put(rows, r, at);
      if (at == rows_ - 1) last_row = r;
    }
    for (index_t at = rows_; at < tiles_ * lanes; ++at) put(rows, last_row, at);
  }

  void put(matrix_view<double const> rows, index_t row, index_t at) {
    double* const to = values_.data() + (at / lanes * features_) * lanes + at % lanes;
    for (index_t f = 0; f < features_; ++f) to[f * lanes] = rows(row, f);
  }

  [[nodiscard]] double const* tile_values(index_t tile) const {
    return values_.data() + tile * features_ * lanes;
  }

  [[nodiscard]] std::int64_t* tile_sums(index_t slot, index_t tile) {
    return sums_.data() + (slot * tiles_ + tile) * lanes;
  }

  [[nodiscard]] index_t rows_in(index_t tile) const {
    return std::min(lanes, rows_ - tile * lanes);
  }

  /// Distances from the row at `at` to all places of a tile, in grid units.
  void distances(index_t at, index_t tile, whole_block& out) const {
    double const* const from = tile_values(at / lanes) + at % lanes;
    block sums{};
    for (index_t f = 0; f < features_; f += features_at_once) {
      add_terms(from + f * lanes,
                tile_values(tile) + f * lanes,
                std::min(features_at_once, features_ - f),
                sums);
    }
    for (auto& sum : sums) sum = Distance::of_sum(sum) * grid_.scale;
    if (fits_52_bits_) {
      for (std::size_t i = 0; i < lanes; ++i) out[i] = nearest_below_2_52(sums[i]);
    } else {
      for (std::size_t i = 0; i < lanes; ++i) out[i] = nearest(sums[i]);
    }
  }

  /// Adds some features' terms, in their order, the sums of a few lanes staying in a register.
  static void add_terms(double const* from, double const* to, index_t features, block& sums) {
    std::array<double, features_at_once> value;  // NOLINT(*-member-init): as far as it is read
    for (index_t f = 0; f < features; ++f) value[static_cast<std::size_t>(f)] = from[f * lanes];
    for (std::size_t i = 0; i < lanes; i += doubles_in_register) {
      auto sum = load(&sums[i]);
      for (index_t f = 0; f < features; ++f) {
        auto term = Distance::term(value[static_cast<std::size_t>(f)] - load(to + f * lanes + i));
        round_now(term);
        sum += term;
      }
      std::memcpy(&sums[i], &sum, sizeof sum);
    }
  }

  static void add(whole_block const& __restrict distance, std::int64_t* __restrict to) {
    for (std::size_t i = 0; i < lanes; ++i) to[i] += distance[i];
  }

  void add_own_tile(index_t tile) {
    whole_block distance;  // NOLINT(*-member-init)
    for (index_t i = 0; i < rows_in(tile); ++i) {
      index_t const at = tile * lanes + i;
      distances(at, tile, distance);
      add(distance, tile_sums(slot_[static_cast<std::size_t>(at)], tile));
    }
  }

  /// Every pair of different tiles: a tournament in which each tile meets each other once and
  /// plays once a round, so that the pairs of a round write to different places. (Tiles but the
  /// last move around a circle; with an odd number the last one is nobody.)
  void add_round(index_t round, index_t table) {
    index_t const circle = even_tiles() - 1;
    index_t const a = (round + table) % circle;
    index_t const b = table == 0 ? circle : (round + circle - table) % circle;
    if (std::max(a, b) < tiles_) add_tiles(std::min(a, b), std::max(a, b));
  }

  [[nodiscard]] index_t even_tiles() const { return tiles_ + tiles_ % 2; }

  /// Each distance between two tiles goes to the row of the one and to the row of the other.
  void add_tiles(index_t tile, index_t other) {
    auto const runs = runs_of(other);
    whole_block distance;  // NOLINT(*-member-init)
    for (index_t i = 0; i < rows_in(tile); ++i) {
      index_t const at = tile * lanes + i;
      distances(at, other, distance);
      add(distance, tile_sums(slot_[static_cast<std::size_t>(at)], other));
      for (auto const& r : runs) {
        std::int64_t sum = 0;
        for (index_t j = r.first; j < r.last; ++j) sum += distance[static_cast<std::size_t>(j)];
        tile_sums(r.slot, tile)[i] += sum;
      }
    }
  }

  [[nodiscard]] std::vector<run> runs_of(index_t tile) const {
    std::vector<run> runs;
    for (index_t i = 0; i < rows_in(tile); ++i) {
      index_t const slot = slot_[static_cast<std::size_t>(tile * lanes + i)];
      if (runs.empty() || runs.back().slot != slot) runs.push_back({slot, i, i});
      runs.back().last = i + 1;
    }
    return runs;
  }

  void move_in_tile(moved_row const& m, index_t tile) {
    whole_block distance;  // NOLINT(*-member-init)
    distances(static_cast<index_t>(place(m.row)), tile, distance);
    std::int64_t* const from = tile_sums(m.from, tile);
    std::int64_t* const to = tile_sums(m.to, tile);
    for (std::size_t i = 0; i < lanes; ++i) {
      from[i] -= distance[i];
      to[i] += distance[i];
    }
  }

  index_t rows_;
  index_t features_;
  index_t tiles_;
  fixed_grid grid_;
  bool fits_52_bits_ = true;
  std::vector<double> values_;      // tile · feature · lane
  std::vector<index_t> place_;      // of each row
  std::vector<index_t> slot_;       // of each place, when it was filled
  std::vector<std::int64_t> sums_;  // slot · place
};

}  // namespace alx::inline v0::detail
