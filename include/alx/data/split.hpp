// SPDX-License-Identifier: Apache-2.0
/// @file
/// Setting rows aside that no policy sees.
#pragma once

#include <alx/error.hpp>
#include <alx/random.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// Two parts of a table, by row id; each ascending, together every row once.
struct holdout_rows {
  std::vector<index_t> in;   ///< what is kept
  std::vector<index_t> out;  ///< what is set aside
};

/// Sets `share` of the rows aside, rounded to a whole number of them; every set of that many rows
/// is equally likely, whatever the labels. `take` (labelled_table.hpp) makes tables of the parts.
///
/// **Throws.** `option_error` where `share` is not between 0 and 1, `shape_error` where there is
/// not one label a row, `data_error` where a part would be empty.
inline holdout_rows holdout(matrix_view<double const> features,
                            std::span<label_t const> labels,
                            double share,
                            std::uint64_t seed) {
  if (!(share > 0.0 && share < 1.0)) {
    throw option_error("holdout: share is " + std::to_string(share) +
                       ", must be greater than 0 and less than 1");
  }
  if (static_cast<index_t>(labels.size()) != features.rows) {
    throw shape_error("holdout: " + std::to_string(features.rows) + " rows but " +
                      std::to_string(labels.size()) + " labels");
  }
  auto const aside = static_cast<index_t>(std::lround(share * static_cast<double>(features.rows)));
  if (aside == 0 || aside == features.rows) {
    throw data_error("holdout: a share of " + std::to_string(share) + " of " +
                     std::to_string(features.rows) + " rows leaves a part empty");
  }
  std::vector<index_t> rows(labels.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<index_t>(i);
  philox random(seed, 0, purpose::split);
  holdout_rows parts{{}, sample(rows, aside, random)};
  std::sort(parts.out.begin(), parts.out.end());
  std::set_difference(
      rows.begin(), rows.end(), parts.out.begin(), parts.out.end(), std::back_inserter(parts.in));
  return parts;
}

}  // namespace alx::inline v0
