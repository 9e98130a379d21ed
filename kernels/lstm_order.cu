// SPDX-License-Identifier: Apache-2.0
#include "lstm_order.cuh"
#include <algorithm>

namespace alx {
inline namespace v0 {
namespace kernels {

namespace {

inline constexpr unsigned count_threads = 256;
inline constexpr unsigned place_threads = 32;

/// What is held ready at a time: steps, and occurrences of them all, or tokens.
inline constexpr index_t steps_at_once = 128;
inline constexpr index_t values_at_once = index_t{1} << 24;

}  // namespace

batch_order::batch_order(token_rows const& rows, index_t batch, index_t vocabulary)
    : rows_(rows),
      batch_(batch),
      vocabulary_(vocabulary),
      most_steps_(std::clamp<index_t>(
          values_at_once / std::max(batch * rows.length, vocabulary), 1, steps_at_once)),
      slice_(std::max(least_slice, vocabulary)),
      slices_(parts_of(batch * rows.length, slice_)),
      order_(most_steps_ * batch),
      counts_(most_steps_ * slices_ * vocabulary),
      begin_(most_steps_ * (vocabulary + 1)),
      places_(most_steps_ * batch * rows.length),
      place_(1) {}

void batch_order::prepare(std::int32_t const* order, index_t count, std::uint32_t first) {
  auto const steps = static_cast<unsigned>(parts_of(count, batch_));
  order_.upload(order, count);
  training_place const before{-1, first - 1, 0};
  place_.upload(&before, 1);
  counts_.fill(0);
  occurrence_problem const p{rows_.tokens,
                             order_.data(),
                             static_cast<int>(batch_),
                             static_cast<int>(count),
                             static_cast<int>(rows_.length),
                             static_cast<int>(vocabulary_),
                             static_cast<int>(slices_),
                             static_cast<int>(slice_),
                             counts_.data(),
                             begin_.data(),
                             places_.data()};
  dim3 const slices(static_cast<unsigned>(slices_), steps);
  launch({slices, count_threads}, count_occurrences<count_threads>, p);
  launch({steps, count_threads, count_threads * sizeof(int)}, place_tokens<count_threads>, p);
  launch({slices, place_threads}, place_occurrences<place_threads>, p);
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
