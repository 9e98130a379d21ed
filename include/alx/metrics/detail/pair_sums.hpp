// SPDX-License-Identifier: Apache-2.0
/// @file
/// For every row and every cluster, the sum of the distances from the row to the cluster's rows, in
/// whole units of a grid: exact in any order, and kept up to date by what changes.
#pragma once

#include <alx/detail/lanes.hpp>
#include <alx/detail/line_allocator.hpp>
#include <alx/metrics/detail/fixed_grid.hpp>
#include <alx/metrics/detail/label_slots.hpp>
#include <alx/metrics/detail/pair_grid.hpp>
#include <alx/metrics/detail/root.hpp>
#include <alx/op/distance.hpp>
#include <alx/parallel.hpp>
#include <alx/rounding.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

/// Sums of `Distance` over pairs of rows.
///
/// Rows lie in tiles of 256, each feature of a tile side by side, so that loops over a tile have a
/// fixed length and stride 1. In which place a row lies is free: a full computation puts the rows
/// of a cluster next to each other, so that a tile has few runs of equal slots. Features are kept
/// in grid units, so distances are in grid units as they come.
///
/// A distance is rounded by adding 2^52 (`no_fraction`; 16 times both for roots, which come so),
/// and the bits of that sum are added up as they are, modulo 2^64: a row's sum to a slot holds the
/// bits of what was added once for each row of the slot, and `of_slot` takes them out.
///
/// **Error.** Each distance is off by at most half a unit and, before that, by what its computation
/// in double rounds.
template <class Distance>
class pair_sums {
 public:
  static constexpr index_t tile_rows = 256;

  /// Makes the grid; `compute` takes a copy of the rows.
  ///
  /// **Throws.** `numeric_error` where distances, or their squares, leave the range of double.
  explicit pair_sums(matrix_view<double const> rows)
      : rows_(rows.rows), features_(rows.cols), tiles_((rows.rows + tile_rows - 1) / tile_rows) {
    pair_box<Distance> box;
    for (index_t f = 0; f < rows.cols; ++f) box.add(range_of(rows.col(f)).width());
    grid_ = box.grid(rows_);
  }

  /// All sums from nothing; the rows lie cluster after cluster from then on. **Cost.** n²/2
  /// distances.
  void compute(matrix_view<double const> rows, label_slots const& slots, thread_team& team) {
    place_rows(rows, slots);
    sums_.assign(static_cast<std::size_t>(slots.slots() * places()), 0);
    team.for_each_chunk(tiles_, [&](index_t tile) { add_tiles(tile, tile); });
    for (index_t round = 0; round < even_tiles() - 1; ++round) {
      team.for_each_chunk(even_tiles() / 2, [&](index_t table) { add_round(round, table); });
    }
  }

  /// Follows rows that moved. **Cost.** n distances for each.
  void move(std::span<moved_row const> moved, label_slots const& slots, thread_team& team) {
    sums_.resize(static_cast<std::size_t>(slots.slots() * places()), 0);
    team.for_each_chunk(tiles_, [&](index_t tile) {
      for (auto const& m : moved) move_in_tile(m, tile);
    });
  }

  /// The sums from the rows `first` … to a slot, a row itself adding 0, in grid units.
  void of_slot(index_t slot, label_slots const& slots, index_t first, std::span<double> out) const {
    std::uint64_t const* const sum = sums_.data() + slot * places();
    index_t const* const place = place_.data() + first;
    auto const roundings = static_cast<std::uint64_t>(slots.count(slot)) * bits_of_rounding;
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<double>(static_cast<std::int64_t>(sum[place[i]] - roundings));
    }
  }

  [[nodiscard]] double unit() const { return grid_.unit; }

  /// By how much a mean distance can be off, both in units.
  [[nodiscard]] double error_of_mean(double mean) const {
    return error_of_pairs<Distance>(features_, mean);
  }

 private:
  using reals = lanes<double>;
  using wholes = lanes<std::uint64_t>;

  template <class T>
  using aligned = std::vector<T, line_allocator<T>>;

  struct alignas(vector_bytes) tile_distances : std::array<std::uint64_t, tile_rows> {};

  static constexpr auto width = static_cast<index_t>(lane_count<double>);
  static constexpr std::size_t registers = 8;  ///< side by side, so that none waits for another
  static constexpr index_t group = static_cast<index_t>(registers) * width;

  static constexpr double rounding = pair_rounding<Distance>;
  static constexpr auto bits_of_rounding = std::bit_cast<std::uint64_t>(rounding);

  /// As `take_roots` wants it.
  struct lane_products {
    using whole = wholes;

    static reals product(reals a, reals b) { return rounded_lanes(a * b); }
  };

  /// Places first … last - 1 of a tile, all in one slot.
  struct run {
    index_t slot = 0;
    index_t first = 0;
    index_t last = 0;
  };

  /// Copies the rows, cluster after cluster.
  void place_rows(matrix_view<double const> rows, label_slots const& slots) {
    std::vector<index_t> next(static_cast<std::size_t>(slots.slots()) + 1, 0);
    for (index_t s = 0; s < slots.slots(); ++s) {
      next[static_cast<std::size_t>(s) + 1] = next[static_cast<std::size_t>(s)] + slots.count(s);
    }
    place_.resize(static_cast<std::size_t>(rows_));
    slot_.resize(static_cast<std::size_t>(rows_));
    for (index_t r = 0; r < rows_; ++r) {
      index_t const at = next[static_cast<std::size_t>(slots.slot(r))]++;
      place_[static_cast<std::size_t>(r)] = at;
      slot_[static_cast<std::size_t>(at)] = slots.slot(r);
    }
    values_.assign(static_cast<std::size_t>(places() * columns()), 0.0);
    for (index_t f = 0; f < features_; ++f) place_feature(rows.col(f), f);
  }

  /// Places past the last row repeat one, so that what is computed there stays inside the box; it
  /// is never read. A feature that is the same everywhere stays 0: its value could be more units
  /// than a double holds.
  void place_feature(vector_view<double const> values, index_t feature) {
    if (range_of(values).width() == 0.0) return;
    auto const put = [&](index_t at, double value) {
      index_t const to = (at / tile_rows * columns() + feature) * tile_rows + at % tile_rows;
      values_[static_cast<std::size_t>(to)] = value * grid_.scale;
    };
    for (index_t r = 0; r < rows_; ++r) put(place_[static_cast<std::size_t>(r)], values[r]);
    for (index_t at = rows_; at < places(); ++at) put(at, values[0]);
  }

  [[nodiscard]] index_t places() const { return tiles_ * tile_rows; }

  /// Of `values_`: one of zeros where there is no feature.
  [[nodiscard]] index_t columns() const { return std::max<index_t>(features_, 1); }

  [[nodiscard]] double const* tile_values(index_t tile) const {
    return values_.data() + tile * columns() * tile_rows;
  }

  [[nodiscard]] std::uint64_t* tile_sums(index_t slot, index_t tile) {
    return sums_.data() + slot * places() + tile * tile_rows;
  }

  [[nodiscard]] index_t rows_in(index_t tile) const {
    return std::min(tile_rows, rows_ - tile * tile_rows);
  }

  /// Calls `take(i, bits)` with the distances from the row at `at` to the `width` places from `i`
  /// of a tile, rounded, as bits; i goes from `first`, a multiple of `group`, past the last row.
  template <class Take>
  void for_distances(index_t at, index_t tile, index_t first, Take const& take) const {
    double const* const from = tile_values(at / tile_rows) + at % tile_rows;
    index_t const values = columns() * tile_rows;
    for (index_t i = first; i < rows_in(tile); i += group) {
      double const* const to = tile_values(tile) + i;
      auto const term = [&](index_t f, std::size_t v) {
        auto const there = load_lanes<reals>(to + f + static_cast<index_t>(v) * width);
        return rounded_lanes(Distance::term(from[f] - there));
      };
      std::array<reals, registers> sum;  // NOLINT(*-member-init)
      for (std::size_t v = 0; v < registers; ++v) sum[v] = term(0, v);
      for (index_t f = tile_rows; f < values; f += tile_rows) {
        for (std::size_t v = 0; v < registers; ++v) sum[v] += term(f, v);
      }
      if constexpr (Distance::has_squares) take_roots<lane_products, registers>(sum.data());
      for (std::size_t v = 0; v < registers; ++v) {
        take(i + static_cast<index_t>(v) * width, std::bit_cast<wholes>(sum[v] + rounding));
      }
    }
  }

  static void add(std::uint64_t* to, wholes distance) {
    store_lanes(to, load_lanes<wholes>(to) + distance);
  }

  static std::uint64_t total(tile_distances const& distance, index_t first, index_t last) {
    wholes sums{};
    index_t i = first;
    for (; i + width <= last; i += width) sums += load_lanes<wholes>(distance.data() + i);
    std::uint64_t sum = 0;
    for (; i < last; ++i) sum += distance[static_cast<std::size_t>(i)];
    for (index_t v = 0; v < width; ++v) sum += sums[v];
    return sum;
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

  /// Each distance between two tiles goes to the row of the one and to the row of the other. In a
  /// tile itself a row looks at its own group, whose rows look back, and at the groups after it.
  void add_tiles(index_t tile, index_t other) {
    auto const runs = runs_of(other);
    tile_distances distance;  // NOLINT(*-member-init)
    for (index_t i = 0; i < rows_in(tile); ++i) {
      index_t const at = tile * tile_rows + i;
      index_t const first = tile == other ? i / group * group : 0;
      index_t const both_ways = tile == other ? first + group : 0;
      std::uint64_t* const to = tile_sums(slot_[static_cast<std::size_t>(at)], other);
      for_distances(at, other, first, [&](index_t place, wholes bits) {
        add(to + place, bits);
        store_lanes(distance.data() + place, bits);
      });
      for (auto const& r : runs) {
        if (r.last <= both_ways) continue;
        tile_sums(r.slot, tile)[i] += total(distance, std::max(r.first, both_ways), r.last);
      }
    }
  }

  [[nodiscard]] std::vector<run> runs_of(index_t tile) const {
    std::vector<run> runs;
    for (index_t i = 0; i < rows_in(tile); ++i) {
      index_t const slot = slot_[static_cast<std::size_t>(tile * tile_rows + i)];
      if (runs.empty() || runs.back().slot != slot) runs.push_back({slot, i, i});
      runs.back().last = i + 1;
    }
    return runs;
  }

  void move_in_tile(moved_row const& m, index_t tile) {
    std::uint64_t* const from = tile_sums(m.from, tile);
    std::uint64_t* const to = tile_sums(m.to, tile);
    index_t const at = place_[static_cast<std::size_t>(m.row)];
    for_distances(at, tile, 0, [&](index_t place, wholes bits) {
      add(from + place, -bits);
      add(to + place, bits);
    });
  }

  index_t rows_;
  index_t features_;
  index_t tiles_;
  fixed_grid grid_;
  aligned<double> values_;       // tile · feature · place, in grid units
  std::vector<index_t> place_;   // of each row
  std::vector<index_t> slot_;    // of each row's place, when it was filled
  aligned<std::uint64_t> sums_;  // slot · place
};

}  // namespace alx::inline v0::detail
