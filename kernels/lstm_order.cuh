// SPDX-License-Identifier: Apache-2.0
/// @file
/// The batches of an epoch's order, some at a time: which rows they have, and where their tokens
/// occur.
#pragma once

#include <alx/gpu/buffer.hpp>
#include <alx/view.hpp>

#include "device.cuh"
#include "lstm_cell.cuh"
#include "lstm_network.cuh"
#include "lstm_occurrences.cuh"
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace kernels {

/// Where a training is. A graph of one step's kernels is the same for all steps: what differs they
/// read here.
struct training_place {
  int step;           ///< in the batches that are ready; -1 before the first
  std::uint32_t key;  ///< of all steps: names the random numbers
  int stopped;        ///< a loss was not finite
};

class batch_order {
 public:
  batch_order() = default;
  batch_order(token_rows const& rows, index_t batch, index_t vocabulary);

  /// Rows that `prepare` takes at a time, whole batches.
  [[nodiscard]] index_t most_rows() const { return most_steps_ * batch_; }

  [[nodiscard]] index_t most_steps() const { return most_steps_; }

  [[nodiscard]] index_t batch() const { return batch_; }

  [[nodiscard]] index_t length() const { return rows_.length; }

  /// Makes ready for the steps of the rows that `order` names; the first has number `first`.
  void prepare(std::int32_t const* order, index_t count, std::uint32_t first);

  // Of a step of `rows` rows, wherever the training is then:

  [[nodiscard]] batch_rows rows_of_step(int rows) const {
    return {rows_.tokens,
            order_.data(),
            &place_.data()->step,
            static_cast<int>(batch_),
            rows,
            static_cast<int>(rows_.length)};
  }

  [[nodiscard]] sorted_occurrences occurrences(int rows) const {
    return {begin_.data(),
            places_.data(),
            &place_.data()->step,
            static_cast<int>(batch_),
            rows,
            static_cast<int>(rows_.length),
            static_cast<int>(vocabulary_)};
  }

  [[nodiscard]] training_place* place() { return place_.data(); }

 private:
  token_rows rows_{};
  index_t batch_ = 0;
  index_t vocabulary_ = 0;
  index_t most_steps_ = 0;
  index_t slice_ = 0;   // occurrences that are placed together
  index_t slices_ = 0;  // of a batch
  gpu_buffer<int> order_;
  gpu_buffer<int> counts_;
  gpu_buffer<int> begin_;
  gpu_buffer<int> places_;
  gpu_buffer<training_place> place_;
};

}  // namespace kernels
}  // namespace v0
}  // namespace alx
