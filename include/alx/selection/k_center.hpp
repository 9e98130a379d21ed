// SPDX-License-Identifier: Apache-2.0
/// @file
/// Selection: useful rows that lie far from each other and from what is labelled.
#pragma once

#include <alx/concepts/selection.hpp>
#include <alx/detail/feature_rows.hpp>
#include <alx/error.hpp>
#include <alx/selection/detail/uncovered_rows.hpp>
#include <alx/selection/top.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace alx::inline v0 {

/// Spreads a batch over the pool: of the `among · count` candidates of the highest utility, one
/// after the other the row that is farthest from all labelled rows and from those taken before
/// (k-center greedy, the core-set rule, after a filter by utility).
///
/// **Formula.** argmax_{x ∈ C} min_{c ∈ L ∪ B} ‖x − c‖₂, C the candidates that are left, L the
/// labelled rows, B the batch so far; ties to the lowest id. With no row labelled the first is the
/// one of the highest utility. `among = 0`: all candidates, whatever their utility.
///
/// **When.** Where `top` asks near-duplicates of one row: large batches, pools with copies. On
/// features in which distance means something: scaled ones, or dense vectors of texts.
///
/// **Cost.** |C| · (|L| + count) · features products and sums, |C| · features values of memory.
///
/// **Throws.** `option_error` for `among` below 0; `shape_error` where the pool is no table;
/// `data_error` naming row and column of a value that is not finite.
///
/// **Reference.** O. Sener and S. Savarese (2018), "Active learning for convolutional neural
/// networks: a core-set approach".
struct k_center {
  index_t among = 10;  ///< candidates looked at for each row of the batch; 0: all

  [[nodiscard]] std::vector<index_t> select(round_view const& round,
                                            std::span<double const> utility,
                                            index_t count) const {
    if (among < 0) {
      throw option_error("k_center: among is " + std::to_string(among) + "; it must be 0 or more");
    }
    detail::check_table("k_center", round);
    auto const rows = static_cast<index_t>(utility.size());
    count = std::min(count, rows);
    if (count <= 0) return {};
    auto ids =
        top{}.select(round, utility, among == 0 || among > rows / count ? rows : among * count);
    index_t const best = ids.front();
    std::sort(ids.begin(), ids.end());
    detail::uncovered_rows rest(round.features, ids);
    for (index_t const id : round.labelled) rest.cover_from(id);
    std::vector<index_t> batch;
    if (round.labelled.empty()) {
      auto const place = std::lower_bound(ids.begin(), ids.end(), best) - ids.begin();
      batch.push_back(rest.take(static_cast<std::size_t>(place)));
    }
    while (std::ssize(batch) < count) batch.push_back(rest.take_farthest());
    return batch;
  }
};

static_assert(selection<k_center>);

}  // namespace alx::inline v0
