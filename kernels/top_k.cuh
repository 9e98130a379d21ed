// SPDX-License-Identifier: Apache-2.0
/// @file
/// The most uncertain rows of a pool, straight from its probabilities: entropy, margin or least
/// confidence fused with the selection.
///
/// Two kernels. `scan_rows` reads every row once, passes over those whose ceiling (a few
/// operations, no logarithm) is below a threshold, and appends the others to a buffer.
/// `select_entries`, one block, finds which of the buffer's entries come first: utility descending,
/// id ascending. The threshold of the first scan is what a selection makes of a scan of a sample of
/// the rows; should too many rows pass, a selection among those that found room gives a better one.
///
/// **Traffic.** rows × classes × sizeof(T), once where no more rows pass than there is room for.
#pragma once

#include <alx/op/entropy_of_row.hpp>
#include <alx/op/largest_two.hpp>
#include <alx/op/uncertainty_ceiling.hpp>
#include <alx/view.hpp>

#include "device.cuh"
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace kernels {

/// A row and its utility as `ordered_bits`.
struct top_entry {
  word key;
  word id;
};

/// Utility descending, id ascending.
__device__ __forceinline__ bool not_after(top_entry a, top_entry b) {
  return a.key > b.key || (a.key == b.key && a.id <= b.id);
}

inline constexpr word no_row = ~word{0};

/// What the kernels of one search share.
struct top_state {
  top_entry last;       ///< rows after it are passed over
  top_entry threshold;  ///< what `last` was in the last scan, when entries have been chosen
  word passed;          ///< rows that were not; only so many as there is room for are kept
  word refused;         ///< the lowest row whose probabilities cannot be
  word chosen;          ///< entries that `select_entries` left
};

template <class State>
__global__ void begin_search(State* state) {
  if (thread_number() == 0) *state = {{0, no_row}, {0, no_row}, 0, no_row, 0};
}

/// The rows to look at: every `stride`-th.
struct row_steps {
  index_t count;
  index_t stride;
};

inline constexpr index_t scan_threads = 256;
inline constexpr index_t rows_at_once = 4;  // loads in flight
inline constexpr unsigned select_threads = 1024;

/// Utilities that are there already: each is its own ceiling.
struct utility_of_row {
  matrix_view<double const, device> probability;  ///< rows × 1, and no probabilities

  __device__ double operator()(index_t row) const { return probability(row, 0); }
};

struct no_ceiling {
  static constexpr double level = 0.0;
};

/// How rows lie: any number of classes, two side by side, or a utility each.
enum class row_kind { any, pairs, utilities };

/// Sums of a row, for its ceiling and to see whether it can be.
template <class Ceiling, class T, row_kind Kind>
class row_reader {
 public:
  __device__ row_reader(matrix_view<T const, device> p, Ceiling ceiling, op::ceiling_slack slack)
      : p_(p),
        ceiling_(ceiling),
        uniform_(T{1} / static_cast<T>(p.cols)),
        tolerance_(slack.tolerated<T>()) {}

  __device__ void read(index_t row) {
    if constexpr (Kind == row_kind::utilities) {
      value_ = p_(row, 0);
    } else if constexpr (Kind == row_kind::pairs) {
      struct alignas(2 * sizeof(T)) pair {
        T a, b;
      };

      pair const both = reinterpret_cast<pair const*>(p_.data)[row];
      close(ceiling_.of_two(both.a, both.b), both.a + both.b, op::smaller_of(both.a, both.b));
    } else {
      auto const p = p_.row(row);
      op::row_summary<T> summary;
      T smallest{0};
      for (index_t c = 0; c < p.size; ++c) {
        T const of_class = p[c];
        summary.add(of_class, uniform_);
        smallest = op::smaller_of(smallest, of_class);
      }
      close(ceiling_(summary), summary.sum, smallest);
    }
  }

  /// NaN is not below anything.
  [[nodiscard]] __device__ bool below(T least) const { return value_ < least; }

  [[nodiscard]] __device__ bool suspect() const { return suspect_; }

 private:
  __device__ void close(T value, T sum, T smallest) {
    T const off = sum - T{1};
    value_ = value;
    suspect_ = !(off <= tolerance_ && off >= -tolerance_) || smallest < T{0};
  }

  matrix_view<T const, device> p_;
  Ceiling ceiling_;
  T uniform_;
  T tolerance_;
  T value_{};
  bool suspect_ = false;
};

/// As detail::check_row has it.
template <class T>
__device__ bool can_be(vector_view<T const, device> p) {
  double sum = 0.0;
  bool negative = false;
  for (index_t c = 0; c < p.size; ++c) {
    negative = negative || p[c] < T{0};
    sum += static_cast<double>(p[c]);
  }
  double const off = sum - 1.0;
  return off <= 1e-3 && off >= -1e-3 && !negative;
}

template <class Formula, class Ceiling, class T, row_kind Kind>
__global__ void __launch_bounds__(scan_threads) scan_rows(Formula formula,
                                                          Ceiling ceiling,
                                                          op::ceiling_slack slack,
                                                          row_steps rows,
                                                          top_entry* entries,
                                                          word room,
                                                          top_state* state) {
  auto const& p = formula.probability;
  top_entry const last = state->last;
  bool const all = last.key == 0;
  double const least_utility = all ? 0.0 : from_ordered_bits(last.key);
  T const least = slack.lowered<T>(least_utility - ceiling.level, ceiling.level);
  row_reader<Ceiling, T, Kind> readers[rows_at_once] = {
      {p, ceiling, slack}, {p, ceiling, slack}, {p, ceiling, slack}, {p, ceiling, slack}};
  constexpr index_t tile = rows_at_once * scan_threads;
  for (index_t base = tile * blockIdx.x; base < rows.count; base += tile * gridDim.x) {
    index_t const first = base + threadIdx.x;
    bool wanted = false;
    for (index_t i = 0; i < rows_at_once; ++i) {
      index_t const step = first + i * scan_threads;
      if (step < rows.count) readers[i].read(step * rows.stride);
    }
    for (index_t i = 0; i < rows_at_once; ++i) {
      bool const there = first + i * scan_threads < rows.count;
      wanted = wanted || (there && (all || readers[i].suspect() || !readers[i].below(least)));
    }
    if (!__any_sync(whole_warp, wanted)) continue;
#pragma unroll 1
    for (index_t i = 0; i < rows_at_once; ++i) {
      index_t const step = first + i * scan_threads;
      index_t const row = step * rows.stride;
      bool passes = wanted && step < rows.count;
      top_entry entry{0, static_cast<word>(row)};
      if (passes) {
        if (Kind != row_kind::utilities && !can_be(p.row(row))) {
          atomicMin(&state->refused, entry.id);
        }
        entry.key = ordered_bits(formula(row));
        passes = all || not_after(entry, last);
      }
      unsigned const votes = __ballot_sync(whole_warp, passes);
      if (votes == 0) continue;
      unsigned const lane = threadIdx.x % 32;
      word place = 0;
      if (lane == 0) place = atomicAdd(&state->passed, static_cast<word>(__popc(votes)));
      place = __shfl_sync(whole_warp, place, 0);
      place += static_cast<word>(__popc(votes & ((1U << lane) - 1U)));
      if (passes && place < room) entries[place] = entry;
    }
  }
}

inline constexpr int digit_bits = 11;
inline constexpr unsigned digits = 1U << digit_bits;

struct select_memory {
  unsigned rows_of_digit[digits];
  unsigned sums_of_warps[32];
  unsigned kept;
  unsigned digit;
  unsigned rest;  // the rank among the entries of that digit
  bool is_all;
};

/// A part of the order of entries, as bits: the first come last, so greater is earlier.
struct digit_at {
  bool of_id;
  int shift;

  [[nodiscard]] __device__ unsigned of(top_entry e) const {
    return static_cast<unsigned>((of_id ? ~e.id : e.key) >> shift) & (digits - 1);
  }
};

/// Counts the digits of a warp's entries that are `of_these`. Those near the best begin alike: one
/// addition for the digit that the first of them has.
__device__ inline void count_digit(bool of_these, unsigned digit, select_memory& memory) {
  unsigned const votes = __ballot_sync(whole_warp, of_these);
  if (votes == 0) return;
  int const first = __ffs(static_cast<int>(votes)) - 1;
  unsigned const common = __shfl_sync(whole_warp, digit, first);
  unsigned const alike = __ballot_sync(whole_warp, of_these && digit == common);
  if (static_cast<int>(threadIdx.x % 32) == first) {
    atomicAdd(&memory.rows_of_digit[common], static_cast<unsigned>(__popc(alike)));
  } else if (of_these && digit != common) {
    atomicAdd(&memory.rows_of_digit[digit], 1U);
  }
}

/// What the first `rank` entries in the order are not after and the others are: the entry at place
/// `rank` (from 1), or what lies between it and the next. 1 ≤ rank ≤ count.
///
/// By one block: digit after digit, from the most significant, the digit is found that the entry
/// has, until all entries of that digit are among the first.
template <unsigned Threads>
__device__ top_entry
entry_at(top_entry const* entries, unsigned count, unsigned rank, select_memory& memory) {
  constexpr unsigned per_thread = digits / Threads;
  word key = 0;
  word id = 0;  // complemented
  for (int step = 0; step < 12; ++step) {
    digit_at const at{step >= 6, step % 6 == 5 ? 0 : 64 - (step % 6 + 1) * digit_bits};
    int const width = step % 6 == 5 ? 64 - 5 * digit_bits : digit_bits;
    unsigned const in_digit = (1U << width) - 1U;
    for (unsigned d = threadIdx.x; d < digits; d += Threads) memory.rows_of_digit[d] = 0;
    __syncthreads();
    word const known = step % 6 == 0 ? 0 : ~word{0} << (at.shift + width);
    for (unsigned base = 0; base < count; base += Threads) {
      unsigned const i = base + threadIdx.x;
      top_entry const e = i < count ? entries[i] : top_entry{};
      bool const same = at.of_id ? e.key == key && (~e.id & known) == id : (e.key & known) == key;
      count_digit(i < count && same, at.of(e) & in_digit, memory);
    }
    __syncthreads();
    // Thread t has the digits from `digits` − 1 − t · per_thread downwards.
    unsigned of_thread = 0;
    unsigned const top = digits - 1 - threadIdx.x * per_thread;
    for (unsigned d = 0; d < per_thread; ++d) of_thread += memory.rows_of_digit[top - d];
    unsigned sum = of_thread;
    for (unsigned by = 1; by < 32; by *= 2) {
      unsigned const other = __shfl_up_sync(whole_warp, sum, by);
      if (threadIdx.x % 32 >= by) sum += other;
    }
    if (threadIdx.x % 32 == 31) memory.sums_of_warps[threadIdx.x / 32] = sum;
    __syncthreads();
    unsigned before = sum - of_thread;
    for (unsigned w = 0; w < threadIdx.x / 32; ++w) before += memory.sums_of_warps[w];
    for (unsigned d = 0; d < per_thread; ++d) {
      unsigned const here = memory.rows_of_digit[top - d];
      if (before < rank && rank <= before + here) {
        memory.digit = top - d;
        memory.rest = rank - before;
        memory.is_all = rank == before + here;
      }
      before += here;
    }
    __syncthreads();
    rank = memory.rest;
    (at.of_id ? id : key) |= static_cast<word>(memory.digit) << at.shift;
    if (memory.is_all) break;
  }
  return {key, ~id};
}

/// What is to be left of the entries, and how near to the last of them others may be.
struct selection_wish {
  word count;
  word spare;
  double tolerance;
};

/// Sets `state->last` to the entry at place `wish.count`, or so far behind it as the tolerance and
/// the spare places reach, and copies the entries that are not after it to `chosen`. Without
/// `chosen`, makes ready for another scan, of what is not further behind than the tolerance.
/// `state->passed` entries are there, `room` of them at most. One block.
template <unsigned Threads>
__global__ void __launch_bounds__(Threads) select_entries(
    top_entry const* entries, word room, selection_wish wish, top_entry* chosen, top_state* state) {
  auto& memory = shared_memory<select_memory>();
  auto const count = static_cast<unsigned>(op::smaller_of(state->passed, room));
  if (count == 0) return;
  auto const rank = static_cast<unsigned>(op::smaller_of(wish.count, static_cast<word>(count)));
  top_entry last = entry_at<Threads>(entries, count, rank, memory);
  if (wish.spare > 0 && rank < count) {
    top_entry const near{ordered_bits(from_ordered_bits(last.key) - wish.tolerance), no_row};
    if (threadIdx.x == 0) memory.kept = 0;
    __syncthreads();
    for (unsigned i = threadIdx.x; i < count; i += Threads) {
      if (not_after(entries[i], near)) atomicAdd(&memory.kept, 1U);
    }
    __syncthreads();
    word const most = op::smaller_of(wish.count + wish.spare, static_cast<word>(count));
    word const kept = memory.kept;
    last = kept <= most ? near
                        : entry_at<Threads>(entries, count, static_cast<unsigned>(most), memory);
  }
  if (chosen == nullptr) {
    last.key = ordered_bits(from_ordered_bits(last.key) - wish.tolerance);
    last.id = wish.tolerance > 0.0 ? no_row : last.id;
    if (threadIdx.x == 0) state->passed = state->chosen = 0;
  } else {
    if (threadIdx.x == 0) state->threshold = state->last;
    for (unsigned i = threadIdx.x; i < count; i += Threads) {
      if (not_after(entries[i], last)) chosen[atomicAdd(&state->chosen, word{1})] = entries[i];
    }
  }
  if (threadIdx.x == 0) state->last = last;
}

/// Copies the rows of the chosen entries side by side.
template <class T>
__global__ void gather_rows(matrix_view<T const, device> p,
                            top_entry const* chosen,
                            top_state const* state,
                            T* out) {
  auto const values = static_cast<index_t>(state->chosen) * p.cols;
  for (index_t i = thread_number(); i < values; i += thread_count()) {
    out[i] = p(static_cast<index_t>(chosen[i / p.cols].id), i % p.cols);
  }
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
