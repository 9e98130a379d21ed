// SPDX-License-Identifier: Apache-2.0
/// @file
/// The columns of use as kernels have them.
#pragma once

#include <alx/learners/boosting/on_gpu.hpp>

#include "boosting_split.cuh"
#include <vector>

namespace alx {
inline namespace v0 {
namespace kernels {

inline std::vector<boosting_column> columns_of(std::vector<detail::gpu_column> const& columns) {
  std::vector<boosting_column> made;
  index_t cells = 0;
  for (auto const& c : columns) {
    made.push_back({c.bins, c.most_frequent, c.missing, c.categorical, c.tried_alone, cells});
    cells += c.bins;
  }
  return made;
}

inline int most_bins(std::vector<detail::gpu_column> const& columns) {
  int most = 0;
  for (auto const& c : columns) most = c.bins > most ? c.bins : most;
  return most;
}

inline int set_words_of(std::vector<detail::gpu_column> const& columns) {
  int words = 0;
  for (auto const& c : columns) {
    int const own = c.categorical ? (c.bins + 31) / 32 : 0;
    words = own > words ? own : words;
  }
  return words;
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
