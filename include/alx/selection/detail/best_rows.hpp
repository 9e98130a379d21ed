// SPDX-License-Identifier: Apache-2.0
/// @file
/// The best of many rows, kept while they pass by.
#pragma once

#include <alx/selection/ranking.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

struct ranked_row {
  double utility = 0.0;
  index_t id = 0;
};

/// The order of asking: utility descending, id ascending.
inline bool before(ranked_row const& a, ranked_row const& b) {
  return a.utility > b.utility || (a.utility == b.utility && a.id < b.id);
}

/// The first `size` rows, in that order, of all that were offered in any order.
class best_rows {
 public:
  /// `at_most`: how many will be offered, if that is known to be fewer.
  best_rows(index_t size, index_t at_most)
      : size_(static_cast<std::size_t>(std::max<index_t>(std::min(size, at_most), 0))) {
    heap_.reserve(size_);
  }

  void offer(ranked_row row) {
    if (is_full()) {
      if (size_ == 0 || !before(row, heap_.front())) return;
      std::pop_heap(heap_.begin(), heap_.end(), before);
      heap_.pop_back();
    }
    heap_.push_back(row);
    std::push_heap(heap_.begin(), heap_.end(), before);
  }

  [[nodiscard]] bool is_full() const { return heap_.size() == size_; }

  /// The row that a better one would replace; there is one.
  [[nodiscard]] ranked_row const& last() const { return heap_.front(); }

  [[nodiscard]] std::vector<ranked_row> const& in_any_order() const { return heap_; }

  [[nodiscard]] std::vector<ranked_row> in_order() && {
    std::sort_heap(heap_.begin(), heap_.end(), before);
    return std::move(heap_);
  }

 private:
  std::size_t size_;
  std::vector<ranked_row> heap_;  // the front is the last in order
};

/// Their ids and utilities.
inline ranking ranking_of(std::vector<ranked_row> const& rows) {
  ranking made;
  for (auto const& row : rows) {
    made.ids.push_back(row.id);
    made.utility.push_back(row.utility);
  }
  return made;
}

}  // namespace alx::inline v0::detail
