// SPDX-License-Identifier: Apache-2.0
/// @file
/// The rows of a tree ordered by leaf.
#pragma once

#include <alx/detail/lanes.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

class leaf_order {
 public:
  leaf_order(index_t rows, thread_team& team)
      : team_(team),
        rows_(static_cast<std::size_t>(rows)),
        left_(rows_.size()),
        right_(rows_.size() + apart) {}

  /// One leaf with the rows in `bag`, ascending; none: all.
  void begin_tree(std::span<std::int32_t const> bag) {
    if (bag.empty()) {
      std::iota(rows_.begin(), rows_.end(), 0);
    } else {
      std::copy(bag.begin(), bag.end(), rows_.begin());
    }
  }

  [[nodiscard]] std::span<std::int32_t const> part(index_t begin, index_t count) const {
    return {rows_.data() + begin, static_cast<std::size_t>(count)};
  }

  /// Puts those rows of a leaf first for whose bin `goes_left` is 1 (else 0); each side stays
  /// ascending. Returns how many they are. Of `goes_left`, 256 are read if bins are bytes.
  template <class Bin>
  index_t partition(index_t begin,
                    index_t count,
                    Bin const* column,
                    std::uint8_t const* goes_left) {
    index_t const chunks = (count + chunk_rows - 1) / chunk_rows;
    if (chunks <= 1) {
      index_t const lefts = divide(begin, count, rows_.data() + begin, column, goes_left);
      std::copy_n(right_.begin() + apart + begin, count - lefts, rows_.begin() + begin + lefts);
      return lefts;
    }
    lefts_.assign(static_cast<std::size_t>(chunks), 0);
    for_chunks(begin, count, [&](std::size_t chunk, index_t first, index_t n) {
      lefts_[chunk] = divide(first, n, left_.data() + first, column, goes_left);
    });
    index_t const all_lefts = std::accumulate(lefts_.begin(), lefts_.end(), index_t{0});
    for_chunks(begin, count, [&](std::size_t chunk, index_t first, index_t n) {
      auto const here = lefts_.begin() + static_cast<std::ptrdiff_t>(chunk);
      index_t const before = std::accumulate(lefts_.begin(), here, index_t{0});
      std::copy_n(left_.begin() + first, *here, rows_.begin() + begin + before);
      std::copy_n(
          right_.begin() + apart + first, n - *here, rows_.begin() + first + all_lefts - before);
    });
    return all_lefts;
  }

 private:
  static constexpr index_t chunk_rows = 16384;
  static constexpr index_t apart = 128;  // rows, so that loads and stores differ in their low bits

  /// Calls `work(chunk, its first row, rows)`.
  template <class F>
  void for_chunks(index_t begin, index_t count, F&& work) {
    team_.for_each_chunk((count + chunk_rows - 1) / chunk_rows, [&](index_t chunk) {
      index_t const first = chunk * chunk_rows;
      work(static_cast<std::size_t>(chunk), begin + first, std::min(chunk_rows, count - first));
    });
  }

  /// Copies rows to `left`, or to their place on the right, without a branch that nobody could
  /// guess. `left` may be where the rows are.
  template <class Bin>
  index_t divide(index_t begin,
                 index_t count,
                 std::int32_t* left,
                 Bin const* column,
                 std::uint8_t const* goes_left) {
    std::int32_t const* const rows = rows_.data() + begin;
    std::int32_t* const right = right_.data() + begin + apart;
    index_t i = 0;
    index_t lefts = 0;
    if constexpr (sizeof(Bin) == 1) {
      auto const done =
          separate({rows, static_cast<std::size_t>(count)}, column, goes_left, left, right);
      i = static_cast<index_t>(done.seen);
      lefts = static_cast<index_t>(done.chosen);
    }
    for (; i < count; ++i) {
      std::int32_t const row = rows[i];
      auto const to_left = index_t{goes_left[column[row]]};
      right[i - lefts] = row;
      left[lefts] = row;
      lefts += to_left;
    }
    return lefts;
  }

  thread_team& team_;
  std::vector<std::int32_t> rows_;
  std::vector<std::int32_t> left_;  // of chunks, before they are put together
  std::vector<std::int32_t> right_;
  std::vector<index_t> lefts_;  // of each chunk
};

}  // namespace alx::inline v0::detail
