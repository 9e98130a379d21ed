// SPDX-License-Identifier: Apache-2.0
/// @file
/// Selection: the rows of the highest utility.
#pragma once

#include <alx/concepts/selection.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace alx::inline v0 {

/// The `count` candidates of the highest utility, best first; equal utilities go to the lower id.
///
/// **Cost.** One pass; a heap of `count` entries, touched only by rows that enter it. The pool is
/// never sorted.
struct top {
  [[nodiscard]] std::vector<index_t> select(round_view const& round,
                                            std::span<double const> utility,
                                            index_t count) const {
    auto const size = static_cast<std::size_t>(std::max<index_t>(count, 0));
    auto const better = [](entry const& a, entry const& b) {
      return a.utility > b.utility || (a.utility == b.utility && a.id < b.id);
    };
    std::vector<entry> best;  // a heap whose front is the worst of the best
    best.reserve(std::min(size, utility.size()));
    for (std::size_t i = 0; i < utility.size(); ++i) {
      entry const row{utility[i], round.candidates[i]};
      if (best.size() == size) {
        if (size == 0 || !better(row, best.front())) continue;
        std::pop_heap(best.begin(), best.end(), better);
        best.pop_back();
      }
      best.push_back(row);
      std::push_heap(best.begin(), best.end(), better);
    }
    std::sort_heap(best.begin(), best.end(), better);
    std::vector<index_t> ids;
    ids.reserve(best.size());
    for (entry const& row : best) ids.push_back(row.id);
    return ids;
  }

 private:
  struct entry {
    double utility;
    index_t id;
  };
};

static_assert(selection<top>);

}  // namespace alx::inline v0
