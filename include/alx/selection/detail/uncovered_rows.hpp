// SPDX-License-Identifier: Apache-2.0
/// @file
/// How far rows lie from the nearest of a growing set of centres.
#pragma once

#include <alx/detail/feature_rows.hpp>
#include <alx/detail/lanes.hpp>
#include <alx/detail/line_allocator.hpp>
#include <alx/op/distance.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

/// Some rows of a table and, of each, the squared Euclidean distance to its nearest centre, added
/// in the order of the features. Eight rows lie side by side, feature after feature, so that they
/// are measured together.
class uncovered_rows {
 public:
  /// **Throws.** `data_error` naming row and column of a value that is not finite.
  uncovered_rows(matrix_view<double const> table, std::span<index_t const> ids)
      : table_(table),
        ids_(ids),
        tiles_((ids.size() + width - 1) / width),
        values_(tiles_ * width * features()),
        nearest_(tiles_ * width, std::numeric_limits<double>::infinity()),
        centre_(features()) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      read(ids[i]);
      double* const to = values_.data() + i / width * width * features() + i % width;
      for (std::size_t f = 0; f < features(); ++f) to[f * width] = centre_[f];
    }
  }

  /// One more centre, by its row in the table. **Cost.** rows · features.
  void cover_from(index_t id) {
    read(id);
    for (std::size_t tile = 0; tile < tiles_; ++tile) cover(tile);
  }

  /// The row farthest from all centres, the first of those equally far; it is a centre from then
  /// on and not taken again. There must be one.
  index_t take_farthest() {
    auto const last = nearest_.begin() + std::ssize(ids_);
    return take(
        static_cast<std::size_t>(std::max_element(nearest_.begin(), last) - nearest_.begin()));
  }

  /// The row in this place of `ids`, as `take_farthest` does.
  index_t take(std::size_t place) {
    cover_from(ids_[place]);
    nearest_[place] = -1.0;  // below every distance, and below every later minimum
    return ids_[place];
  }

 private:
  static constexpr std::size_t width = 8;
  using vec = lanes<double>;
  static constexpr std::size_t vectors = width / lane_count<double>;

  [[nodiscard]] std::size_t features() const { return static_cast<std::size_t>(table_.cols); }

  /// A row of the table into `centre_`.
  void read(index_t id) { copy_finite("k_center", table_, id, {centre_.data(), table_.cols}); }

  void cover(std::size_t tile) {
    std::array<vec, vectors> sums{};
    double const* value = values_.data() + tile * width * features();
    for (double const at : centre_) {
      for (auto& sum : sums) {
        sum += rounded_lanes(op::euclidean::term(load_lanes<vec>(value) - at));
        value += lane_count<double>;
      }
    }
    double* near = nearest_.data() + tile * width;
    for (auto const& sum : sums) {
      auto const before = load_lanes<vec>(near);
      store_lanes(near, sum < before ? sum : before);
      near += lane_count<double>;
    }
  }

  matrix_view<double const> table_;
  std::span<index_t const> ids_;
  std::size_t tiles_;
  std::vector<double, line_allocator<double>> values_;
  std::vector<double> nearest_;
  std::vector<double> centre_;  // the row that is measured from
};

}  // namespace alx::inline v0::detail
