// SPDX-License-Identifier: Apache-2.0
/// @file
/// The best split of a column in two sibling leaves, by one warp: LightGBM's arithmetic and tie
/// rules, so the same splits as on the CPU.
///
/// Half a warp has a leaf. Sums from bin to bin are made one after the other by one thread, as
/// identity needs; all else (estimates of rows, gains, the choice) is done by 16 threads at once.
#pragma once

#include <alx/learners/boosting/category_arithmetic.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/open_leaf.hpp>
#include <alx/learners/boosting/split_arithmetic.hpp>

#include "device.cuh"
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace kernels {

using detail::bin_sums;
using detail::boosting_epsilon;
using detail::category_limits;
using detail::column_result;
using detail::histogram_cell;
using detail::leaf_totals;
using detail::split_candidate;
using detail::split_limits;

inline constexpr int half_warp = 16;

/// What is known of a column of use.
struct boosting_column {
  int bins;
  int most_frequent;
  bool missing;
  bool categorical;
  bool tried_alone;  ///< its categories, one by one
  index_t first_cell;

  [[nodiscard]] __device__ bool two_passes() const { return missing && bins > 2; }
};

inline constexpr int bins_at_once = 64;

struct half_warp_memory {
  bin_sums sums[bins_at_once];
};

/// The best threshold that half a warp has seen: the greatest gain, the earliest among equals.
struct best_threshold {
  double gain;
  int place;  ///< in the order in which thresholds are tried
  bin_sums side;

  [[nodiscard]] __device__ bool beats(best_threshold const& other) const {
    return gain > other.gain || (gain == other.gain && place < other.place);
  }
};

__device__ __forceinline__ unsigned lane_of_half() {
  return threadIdx.x % half_warp;
}

/// The value that the thread `from` of this half has.
template <class T>
__device__ T of_half(T value, unsigned from) {
  return __shfl_sync(
      whole_warp, value, static_cast<int>(threadIdx.x / half_warp * half_warp % 32 + from));
}

template <class T>
__device__ T least_of_half(T value) {
  for (int by = half_warp / 2; by > 0; by /= 2) {
    T const other = __shfl_xor_sync(whole_warp, value, by);
    value = other < value ? other : value;
  }
  return value;
}

__device__ inline best_threshold best_of_half(best_threshold best) {
  for (int by = half_warp / 2; by > 0; by /= 2) {
    best_threshold other;
    other.gain = __shfl_xor_sync(whole_warp, best.gain, by);
    other.place = __shfl_xor_sync(whole_warp, best.place, by);
    other.side.gradient = __shfl_xor_sync(whole_warp, best.side.gradient, by);
    other.side.hessian = __shfl_xor_sync(whole_warp, best.side.hessian, by);
    other.side.rows = __shfl_xor_sync(whole_warp, best.side.rows, by);
    if (other.beats(best)) best = other;
  }
  return best;
}

/// One direction through the bins: `count` of them from `first` on, `step` apart. The threshold at
/// a place has its bin minus `before` as the last that goes left.
struct bin_pass {
  int first;
  int count;
  int step;
  int before;
  bool missing_left;
};

/// The search as detail::column_scan specifies it, of one column in one leaf by half a warp. A half
/// without a leaf takes part with a leaf of no rows: both halves go the same way.
class column_search {
 public:
  __device__ column_search(histogram_cell const* cells,
                           boosting_column const& column,
                           leaf_totals const& leaf,
                           split_limits const& limits,
                           half_warp_memory& memory)
      : cells_(cells), column_(column), leaf_(leaf), limits_(limits), memory_(memory) {}

  __device__ column_result find() {
    column_result result;
    int const kept = column_.two_passes() ? 2 : 1;
    go_through({column_.bins - kept, column_.bins - kept, -1, 1, true},
               {0.0, boosting_epsilon, 0},
               result);
    if (column_.missing && !column_.two_passes()) result.best.missing_left = false;
    if (column_.two_passes()) from_left(result);
    return result;
  }

 private:
  __device__ void from_left(column_result& result) {
    if (column_.most_frequent != 0) {
      go_through({0, column_.bins - 1, 1, 0, false}, {0.0, boosting_epsilon, 0}, result);
      return;
    }
    // The first cell is what the others leave.
    bin_sums rest{leaf_.gradient, leaf_.shared_hessian() - boosting_epsilon, leaf_.rows};
    for (int first = 1; first < column_.bins; first += bins_at_once) {
      int const count = load({first, column_.bins - first, 1, 0, false}, 0);
      if (lane_of_half() == 0) {
        for (int i = 0; i < count; ++i) rest.take_away(memory_.sums[i]);
      }
      __syncwarp();
    }
    rest.gradient = of_half(rest.gradient, 0);
    rest.hessian = of_half(rest.hessian, 0);
    rest.rows = of_half(rest.rows, 0);
    go_through({0, column_.bins - 1, 1, 0, false}, rest, result, true);
  }

  /// Loads up to `bins_at_once` bins of a pass, from place `begin` on. Returns how many.
  __device__ int load(bin_pass const& pass, int begin) {
    int const left = pass.count - begin;
    int const count = left < bins_at_once ? left : bins_at_once;
    double const rows_per_hessian = leaf_.rows_per_hessian();
    for (int i = static_cast<int>(lane_of_half()); i < count; i += half_warp) {
      auto const cell = cells_[pass.first + (begin + i) * pass.step];
      memory_.sums[i] = {cell.gradient, cell.hessian, rows_in(cell, rows_per_hessian)};
    }
    __syncwarp();
    return count;
  }

  /// `first_is_made`: at place 0 the side is `side` as it is.
  __device__ void go_through(bin_pass const& pass,
                             bin_sums side,
                             column_result& result,
                             bool first_is_made = false) {
    best_threshold best{leaf_.gain_to_beat, pass.count, {}};
    bool found = false;
    bool ended = leaf_.rows == 0;
    for (int begin = 0; begin < pass.count; begin += bins_at_once) {
      int const count = load(pass, begin);
      if (lane_of_half() == 0) {
        for (int i = 0; i < count; ++i) {
          if (begin + i > 0 || !first_is_made) side.add(memory_.sums[i]);
          memory_.sums[i] = side;
        }
      }
      __syncwarp();
      int const first_end = least_of_half(end_among(count));
      int const end = ended ? 0 : first_end;
      for (int i = static_cast<int>(lane_of_half()); i < end; i += half_warp) {
        offer(memory_.sums[i], begin + i, best, found);
      }
      ended = ended || end < count;  // each thread has read what it will load the next bins to
    }
    best = best_of_half(best);
    found = least_of_half(found ? 0 : 1) == 0;
    result.splittable = result.splittable || found;
    if (!found || best.place == pass.count) return;
    split_candidate split;
    split.bin = pass.first + best.place * pass.step - pass.before;
    split.missing_left = pass.missing_left;
    result.offer(leaf_, best.gain, split, best.side.gradient, best.side.hessian);
  }

  /// The first of `count` loaded thresholds at which the other side is too small, so that the pass
  /// ends there.
  [[nodiscard]] __device__ int end_among(int count) const {
    int end = count;
    for (int i = static_cast<int>(lane_of_half()); i < count; i += half_warp) {
      auto const& side = memory_.sums[i];
      if (!limits_.too_small(side) && limits_.too_small_beside(side, leaf_) && i < end) end = i;
    }
    return end;
  }

  __device__ void offer(bin_sums const& side, int place, best_threshold& best, bool& found) const {
    if (limits_.too_small(side)) return;
    double const gain = detail::split_gain(side.gradient, side.hessian, leaf_, limits_);
    if (gain <= leaf_.gain_to_beat) return;
    found = true;
    if (gain > best.gain) best = {gain, place, side};
  }

  histogram_cell const* cells_;
  boosting_column const& column_;
  leaf_totals const& leaf_;
  split_limits const& limits_;
  half_warp_memory& memory_;
};

/// The rank of a bin, at its number; and at each place of the ranking, the bin that has it.
struct ranked_category {
  double rank;
  int bin;
};

/// The search as detail::category_search specifies it. `ranked` has room for the column's bins;
/// `set` (a bit a bin) gets the categories that go left.
class category_search {
 public:
  __device__ category_search(histogram_cell const* cells,
                             int bins,
                             detail::category_arithmetic const& arithmetic,
                             ranked_category* ranked)
      : cells_(cells), bins_(bins), arithmetic_(arithmetic), ranked_(ranked) {}

  __device__ column_result find(unsigned* set, int words) {
    best_threshold best{-HUGE_VAL, bins_, {}};
    bool first = true;
    int ranked = 0;
    if (arithmetic_.tried_alone()) {
      best = best_of_half(try_each());
    } else {
      ranked = rank();
      __syncwarp();
      if (lane_of_half() == 0) {
        try_sets(ranked, true, best);
        double const gain = best.gain;
        try_sets(ranked, false, best);
        first = !(best.gain > gain);
      }
      best.gain = of_half(best.gain, 0);
      best.place = of_half(best.place, 0);
      best.side.gradient = of_half(best.side.gradient, 0);
      best.side.hessian = of_half(best.side.hessian, 0);
      first = of_half(first ? 1 : 0, 0) != 0;
    }
    auto const& leaf = arithmetic_.leaf();
    column_result result;
    result.splittable = leaf.rows > 0 && best.gain > leaf.gain_to_beat;
    if (result.splittable) {
      result.best = {best.gain - leaf.gain_to_beat,
                     best.side.gradient,
                     best.side.hessian,
                     -1,
                     best.place,
                     first};
    }
    write_set(result, ranked, set, words);
    return result;
  }

 private:
  __device__ void offer(double gain, bin_sums const& left, int place, best_threshold& best) const {
    if (arithmetic_.beats(gain, best.gain)) best = {gain, place, left};
  }

  __device__ best_threshold try_each() const {
    best_threshold best{-HUGE_VAL, bins_, {}};
    for (int bin = 1 + static_cast<int>(lane_of_half()); bin < bins_; bin += half_warp) {
      arithmetic_.try_alone(
          cells_[bin], [&](double gain, bin_sums const& left) { offer(gain, left, bin, best); });
    }
    return best;
  }

  /// Bins of enough rows, ascending by their rank. Returns how many.
  __device__ int rank() {
    int const first = 1 + static_cast<int>(lane_of_half());
    for (int bin = first; bin < bins_; bin += half_warp) {
      auto const& cell = cells_[bin];
      ranked_[bin].rank = arithmetic_.has_enough(cell) ? arithmetic_.rank_of(cell) : HUGE_VAL;
    }
    __syncwarp();
    int ranked = 0;
    for (int bin = 1; bin < bins_; ++bin) ranked += ranked_[bin].rank < HUGE_VAL ? 1 : 0;
    for (int bin = first; bin < bins_; bin += half_warp) {
      double const own = ranked_[bin].rank;
      if (!(own < HUGE_VAL)) continue;
      int place = 0;
      for (int other = 1; other < bins_; ++other) {
        double const theirs = ranked_[other].rank;
        place += theirs < own || (theirs == own && other < bin) ? 1 : 0;
      }
      ranked_[place].bin = bin;
    }
    return ranked;
  }

  [[nodiscard]] __device__ int ranked_bin(int place, int ranked, bool first) const {
    return ranked_[first ? place : ranked - 1 - place].bin;
  }

  /// Sets of the first categories of the ranking, or the last.
  __device__ void try_sets(int ranked, bool first, best_threshold& best) const {
    arithmetic_.try_sets(
        ranked,
        [&](int i) -> histogram_cell const& { return cells_[ranked_bin(i, ranked, first)]; },
        [&](double gain, bin_sums const& left, int i) { offer(gain, left, i, best); });
  }

  __device__ void write_set(column_result const& result,
                            int ranked,
                            unsigned* set,
                            int words) const {
    for (int w = static_cast<int>(lane_of_half()); w < words; w += half_warp) set[w] = 0;
    __syncwarp();
    if (!result.splittable || lane_of_half() != 0) return;
    auto const send = [set](int bin) { set[bin / 32] |= 1U << (bin % 32); };
    if (arithmetic_.tried_alone()) return send(result.best.bin);
    for (int i = 0; i <= result.best.bin; ++i) {
      send(ranked_bin(i, ranked, result.best.missing_left));
    }
  }

  histogram_cell const* cells_;
  int bins_;
  detail::category_arithmetic const& arithmetic_;
  ranked_category* ranked_;
};

}  // namespace kernels
}  // namespace v0
}  // namespace alx
