// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sums of squared distances from a row to a cluster without looking at pairs: from the cluster's
/// count, sum and sum of squares, all in integers.
#pragma once

#include <alx/metrics/detail/fixed_grid.hpp>
#include <alx/metrics/detail/label_slots.hpp>
#include <alx/parallel.hpp>
#include <alx/rounding.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

__extension__ typedef __int128 wide_int;  // NOLINT(modernize-use-using): `using` cannot say it

/// What is made of the rows before squared distances are taken.
enum class moments_of { rows, directions };

/// Σ_{j∈C} |z_i − z_j|² = n_C·|z_i|² + Σ|z_j|² − 2·z_i·Σz_j, z the rows in whole grid units.
///
/// For `directions` rows have length 1, where |z_i − z_j|²/2 is the cosine distance (and 0 for
/// equal rows, as 1 − z_i·z_j would not be). A row of zeros has no direction: it is at distance 1
/// from every other row, as scikit-learn has it.
///
/// **Error.** A coordinate is off by at most one unit, and a direction by what its division rounds.
class moment_sums {
 public:
  /// **Throws.** `numeric_error` where the features span more or less than a grid can.
  moment_sums(matrix_view<double const> rows, moments_of what) : what_(what), features_(rows.cols) {
    // A coordinate is rounded from a double, a cluster's sum of them is an int64, and three sums of
    // squares make a wide_int.
    int const bits =
        std::min({52, 62 - bits_of(rows.rows), (125 - bits_of(rows.rows * rows.cols)) / 2});
    coordinates_.resize(static_cast<std::size_t>(rows.rows * rows.cols));
    square_.resize(static_cast<std::size_t>(rows.rows));
    if (what_ == moments_of::rows) {
      place_rows(rows, bits);
    } else {
      place_directions(rows, bits);
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
    auto const& to = clusters_[static_cast<std::size_t>(slot)];
    index_t row = first;
    for (auto& value : out) {
      value = static_cast<double>(sum_to(row, to, slots.count(slot), slots.slot(row) == slot));
      ++row;
    }
  }

  /// Of a coordinate, for directions on the scale of length 1.
  [[nodiscard]] double unit() const { return grid_.unit; }

  /// With every difference of two rows off by at most δ, the mean m of squares is off by at most
  /// 2δ·√m + δ² for the exact m (Cauchy and Schwarz), so by 2δ·√m + 3δ² for the computed one.
  [[nodiscard]] double error_of_mean(double mean) const {
    auto const features = static_cast<double>(features_);
    double delta = 2.0 * std::sqrt(features);
    if (what_ == moments_of::directions) {
      delta += (features + 6.0) * std::numeric_limits<double>::epsilon() * grid_.scale;
    }
    return 2.0 * delta * std::sqrt(mean) + 3.0 * delta * delta;
  }

 private:
  struct cluster {
    std::vector<std::int64_t> sum;
    wide_int squares = 0;
    index_t without_direction = 0;
  };

  [[nodiscard]] std::int64_t const* coordinates(index_t row) const {
    return coordinates_.data() + row * features_;
  }

  /// Counted from the box's lower corner, so that an offset costs no bits.
  void place_rows(matrix_view<double const> rows, int bits) {
    double widest = 0.0;
    for (index_t f = 0; f < features_; ++f) {
      widest = std::max(widest, range_of(rows.col(f)).width());
    }
    check_extent(widest, widest, smallest_extent);
    grid_ = grid_for(widest, 1, bits);
    for (index_t f = 0; f < features_; ++f) {
      double const low = range_of(rows.col(f)).low;
      for (index_t r = 0; r < rows.rows; ++r) put(r, f, rows(r, f) - low);
    }
  }

  void place_directions(matrix_view<double const> rows, int bits) {
    grid_ = grid_for(1.0, 1, bits + 1);  // 1 itself needs no spare bit: 2^bits, and not less
    apart_ = static_cast<wide_int>(2.0 * grid_.scale * grid_.scale);
    for (index_t r = 0; r < rows.rows; ++r) {
      double largest = 0.0;
      for (index_t f = 0; f < features_; ++f) largest = std::max(largest, std::abs(rows(r, f)));
      if (largest == 0.0) continue;
      int exponent = 0;  // the direction stays the same, and no square leaves the range
      std::frexp(largest, &exponent);
      double squares = 0.0;
      for (index_t f = 0; f < features_; ++f) {
        double const x = std::ldexp(rows(r, f), -exponent);
        squares += rounded(x * x);
      }
      double const length = std::sqrt(squares);
      for (index_t f = 0; f < features_; ++f) {
        put(r, f, std::ldexp(rows(r, f), -exponent) / length);
      }
    }
  }

  void put(index_t row, index_t feature, double value) {
    std::int64_t const size = nearest(std::abs(value) * grid_.scale);
    std::int64_t const z = value < 0.0 ? -size : size;
    coordinates_[static_cast<std::size_t>(row * features_ + feature)] = z;
    square_[static_cast<std::size_t>(row)] += wide_int{z} * z;
  }

  void make_room(label_slots const& slots) {
    clusters_.resize(static_cast<std::size_t>(slots.slots()),
                     {std::vector<std::int64_t>(static_cast<std::size_t>(features_)), 0, 0});
  }

  template <int Sign>
  void add(index_t row, index_t slot) {
    auto& to = clusters_[static_cast<std::size_t>(slot)];
    auto const* const z = coordinates(row);
    for (index_t f = 0; f < features_; ++f) to.sum[static_cast<std::size_t>(f)] += Sign * z[f];
    to.squares += Sign * square_[static_cast<std::size_t>(row)];
    if (has_no_direction(row)) to.without_direction += Sign;
  }

  [[nodiscard]] bool has_no_direction(index_t row) const {
    return what_ == moments_of::directions && square_[static_cast<std::size_t>(row)] == 0;
  }

  [[nodiscard]] wide_int sum_to(index_t row, cluster const& to, index_t count, bool own) const {
    if (has_no_direction(row)) return (count - static_cast<index_t>(own)) * apart_;
    wide_int product = 0;
    auto const* const z = coordinates(row);
    for (index_t f = 0; f < features_; ++f) {
      product += wide_int{z[f]} * to.sum[static_cast<std::size_t>(f)];
    }
    index_t const with_direction = count - to.without_direction;
    return with_direction * square_[static_cast<std::size_t>(row)] + to.squares - 2 * product +
           to.without_direction * apart_;
  }

  moments_of what_;
  index_t features_;
  fixed_grid grid_;
  wide_int apart_ = 0;                     // |z_i − z_j|² where the cosine distance is 1
  std::vector<std::int64_t> coordinates_;  // row · feature
  std::vector<wide_int> square_;           // |z|² of each row
  std::vector<cluster> clusters_;
};

}  // namespace alx::inline v0::detail
