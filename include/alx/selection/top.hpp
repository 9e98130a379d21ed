// SPDX-License-Identifier: Apache-2.0
/// @file
/// Selection: the rows of the highest utility.
#pragma once

#include <alx/concepts/selection.hpp>
#include <alx/selection/detail/best_rows.hpp>

#include <cstddef>
#include <span>
#include <utility>
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
    detail::best_rows best(count, static_cast<index_t>(utility.size()));
    for (std::size_t i = 0; i < utility.size(); ++i) best.offer({utility[i], round.candidates[i]});
    std::vector<index_t> ids;
    for (auto const& row : std::move(best).in_order()) ids.push_back(row.id);
    return ids;
  }
};

static_assert(selection<top>);

}  // namespace alx::inline v0
