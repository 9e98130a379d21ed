// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sums of squared distances from a row to a cluster without looking at pairs: from the cluster's
/// count, sum and sum of squares, all in integers.
#pragma once

#include <alx/metrics/detail/fixed_grid.hpp>
#include <alx/metrics/detail/label_slots.hpp>
#include <alx/metrics/detail/moment_arithmetic.hpp>
#include <alx/parallel.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

/// What is made of the rows before squared distances are taken.
enum class moments_of { rows, directions };

/// The grid for rows whose widest feature spans `widest`, or for directions.
///
/// **Throws.** `numeric_error` where the features span more or less than a grid can.
inline fixed_grid moment_grid(moments_of what, index_t rows, index_t features, double widest) {
  // A coordinate is rounded from a double, a cluster's sum of them is an int64, and three sums of
  // squares make a wide_int.
  int const bits = std::min({52, 62 - bits_of(rows), (125 - bits_of(rows * features)) / 2});
  // 1 itself needs no spare bit: 2^bits, and not less.
  if (what == moments_of::directions) return grid_for(1.0, 1, bits + 1);
  check_extent(widest, widest, smallest_extent);
  return grid_for(widest, 1, bits);
}

/// With every difference of two rows off by at most δ, the mean m of squares is off by at most
/// 2δ·√m + δ² for the exact m (Cauchy and Schwarz), so by 2δ·√m + 3δ² for the computed one. A
/// coordinate is off by at most one unit, and a direction by what its division rounds.
inline double error_of_moments(moments_of what, index_t features, double scale, double mean) {
  auto const count = static_cast<double>(features);
  double delta = 2.0 * std::sqrt(count);
  if (what == moments_of::directions) {
    delta += (count + 6.0) * std::numeric_limits<double>::epsilon() * scale;
  }
  return 2.0 * delta * std::sqrt(mean) + 3.0 * delta * delta;
}

/// Sums of squared distances in grid units, from each cluster's count, sum and sum of squares.
///
/// For `directions` rows have length 1, where |z_i − z_j|²/2 is the cosine distance (and 0 for
/// equal rows, as 1 − z_i·z_j would not be). A row of zeros has no direction: it is at distance 1
/// from every other row, as scikit-learn has it.
class moment_sums {
 public:
  /// **Throws.** As `moment_grid`.
  moment_sums(matrix_view<double const> rows, moments_of what) : what_(what) {
    coordinates_.resize(static_cast<std::size_t>(rows.rows * rows.cols));
    square_.resize(static_cast<std::size_t>(rows.rows));
    std::vector<double> low(static_cast<std::size_t>(rows.cols));
    double widest = 0.0;
    if (what_ == moments_of::rows) {
      for (index_t f = 0; f < rows.cols; ++f) {
        auto const range = range_of(rows.col(f));
        low[static_cast<std::size_t>(f)] = range.low;
        widest = std::max(widest, range.width());
      }
    }
    grid_ = moment_grid(what_, rows.rows, rows.cols, widest);
    space_ = moment_space::of(what_ == moments_of::directions, rows.cols, grid_.scale);
    for (index_t r = 0; r < rows.rows; ++r) {
      auto* const z = coordinates_.data() + r * rows.cols;
      square_[static_cast<std::size_t>(r)] =
          what_ == moments_of::rows ? place_row(rows.row(r), low.data(), grid_.scale, z)
                                    : place_direction(rows.row(r), grid_.scale, z);
    }
  }

  void compute(matrix_view<double const> /*rows*/,
               label_slots const& slots,
               thread_team& /*team*/) {
    clusters_.clear();
    make_room(slots);
    for (index_t r = 0; r < slots.rows(); ++r) add<1>(r, slots.slot(r));
  }

  /// **Cost.** One pass over the features of each row that moved.
  void move(std::span<moved_row const> moved, label_slots const& slots, thread_team& /*team*/) {
    make_room(slots);
    for (auto const& m : moved) {
      add<-1>(m.row, m.from);
      add<1>(m.row, m.to);
    }
  }

  /// The sums from the rows `first` … to a slot, a row itself adding 0, in squared grid units.
  void of_slot(index_t slot, label_slots const& slots, index_t first, std::span<double> out) const {
    auto const& of = clusters_[static_cast<std::size_t>(slot)];
    moment_cluster const to{of.sum.data(), of.squares, slots.count(slot), of.without_direction};
    index_t row = first;
    for (auto& value : out) {
      moment_row const from{coordinates(row), square(row)};
      value = static_cast<double>(space_.squares_to(from, to, slots.slot(row) == slot));
      ++row;
    }
  }

  /// Of a coordinate, for directions on the scale of length 1.
  [[nodiscard]] double unit() const { return grid_.unit; }

  [[nodiscard]] double error_of_mean(double mean) const {
    return error_of_moments(what_, space_.features, grid_.scale, mean);
  }

 private:
  struct cluster {
    std::vector<std::int64_t> sum;
    wide_int squares = 0;
    index_t without_direction = 0;
  };

  [[nodiscard]] std::int64_t const* coordinates(index_t row) const {
    return coordinates_.data() + row * space_.features;
  }

  [[nodiscard]] wide_int square(index_t row) const {
    return square_[static_cast<std::size_t>(row)];
  }

  void make_room(label_slots const& slots) {
    clusters_.resize(static_cast<std::size_t>(slots.slots()),
                     {std::vector<std::int64_t>(static_cast<std::size_t>(space_.features)), 0, 0});
  }

  template <int Sign>
  void add(index_t row, index_t slot) {
    auto& to = clusters_[static_cast<std::size_t>(slot)];
    auto const* const z = coordinates(row);
    for (index_t f = 0; f < space_.features; ++f)
      to.sum[static_cast<std::size_t>(f)] += Sign * z[f];
    to.squares += Sign * square(row);
    if (!space_.has_direction(square(row))) to.without_direction += Sign;
  }

  moments_of what_;
  moment_space space_;
  fixed_grid grid_;
  std::vector<std::int64_t> coordinates_;  // row · feature
  std::vector<wide_int> square_;           // |z|² of each row
  std::vector<cluster> clusters_;
};

}  // namespace alx::inline v0::detail
