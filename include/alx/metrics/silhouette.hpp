// SPDX-License-Identifier: Apache-2.0
/// @file
/// The silhouette: how much closer is a row to its own cluster than to the nearest other one?
/// Exact, and kept up to date at the cost of the labels that changed.
#pragma once

#include <alx/backend.hpp>
#include <alx/detail/feature_rows.hpp>
#include <alx/error.hpp>
#include <alx/matrix.hpp>
#include <alx/metrics/detail/label_slots.hpp>
#include <alx/metrics/detail/moment_sums.hpp>
#include <alx/metrics/detail/pair_grid.hpp>
#include <alx/metrics/detail/pair_sums.hpp>
#include <alx/metrics/detail/sums_on_gpu.hpp>
#include <alx/op/distance.hpp>
#include <alx/op/silhouette.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace alx::inline v0 {

/// The silhouette of every row of a table under labels that change from call to call.
///
/// **Formula.** s = (b − a) / max(a, b), a the mean distance to the other rows of the row's
/// cluster, b the smallest mean distance to the rows of another one. s = 0 where the row is alone
/// in its cluster, where a = b = 0, and everywhere while one label is in use.
///
/// **Semantics.** Distances do not depend on labels. Each is rounded once to a whole number of
/// units and added in integers, so that a label that changed is an exact subtraction and addition:
/// what `samples` returns has the same bits as a fresh computation, on any number of threads.
/// Squared Euclidean and cosine distances are summed without looking at pairs, from rows rounded to
/// a grid.
///
/// **Error.** `error_bound()` says it for the rows and labels at hand: around 1e-14 for data
/// without far outliers. Beside a far outlier the unit is coarse for everyone else: the bound is
/// about unit / (smallest mean distance).
///
/// **Cost.** Euclidean and Manhattan: n²/2 distances at first, then n · (labels that changed), and
/// 8 bytes · n · (2 features + labels in use). Squared Euclidean and cosine: n · features · labels
/// in use, always. On a GPU the same (with more than 64 labels in use a change costs n²/2 again),
/// and n labels and n values go there and back a call; the rows go there once.
///
/// **Reference.** P. J. Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation and
/// validation of cluster analysis.
class silhouette {
 public:
  explicit silhouette(distance between = distance::euclidean, cpu backend = {})
      : between_(between), backend_(backend) {}

  /// Sums are kept on a GPU. Those of squared Euclidean and cosine distances are the CPU's to the
  /// bit with either precision.
  silhouette(distance between, gpu where, precision digits = precision::float64)
      : between_(between),
        digits_(digits),
        on_gpu_(detail::make_sums_on_gpu(between, digits, where.device)) {}

  explicit silhouette(gpu where) : silhouette(distance::euclidean, where) {}

  /// One value per row, valid until the next call.
  ///
  /// What is known of the last rows is used again where these are the same, which is decided by
  /// comparing all values; the memory they lie in does not matter.
  ///
  /// **Throws.** `shape_error` for other than one label a row; `data_error` naming the row for a
  /// negative label, and row and column for a feature that is not finite; `numeric_error` where
  /// distances are too large or too small for doubles.
  std::span<double const> samples(matrix_view<double const> rows, std::span<label_t const> labels) {
    check(rows, labels);
    if (labels.empty()) {
      forget();
      grid_there_ = {};
    } else {
      if (!holds(rows)) bind(rows);
      if (on_gpu_) {
        follow_on_gpu(labels);
      } else {
        std::visit([&](auto& sums) { follow(sums, labels); }, sums_);
      }
    }
    called_ = true;
    return values_;
  }

  /// The same for rows, and labels 0 … classes - 1, in the memory of this silhouette's GPU: nothing
  /// goes to the host. `out` has a value for each row.
  ///
  /// **Throws.** `state_error` where the silhouette has no GPU; `data_error` for labels that are
  /// not in 0 … classes - 1; else as above.
  void samples(matrix_view<double const, device> rows,
               vector_view<label_t const, device> labels,
               label_t classes,
               vector_view<double, device> out) {
    if (!on_gpu_) throw state_error("silhouette: rows on a GPU need a silhouette{gpu{}}");
    if (rows.rows != labels.size || rows.rows != out.size) {
      throw shape_error("silhouette: " + std::to_string(rows.rows) + " rows, " +
                        std::to_string(labels.size) + " labels and room for " +
                        std::to_string(out.size) + " values");
    }
    bool const held = called_ && there_ && on_gpu_->holds(on_gpu_.self(), rows);
    forget();
    called_ = false;
    there_ = true;
    if (rows.rows == 0) return;
    if (!held) scale_on_gpu(on_gpu_->bind_there(on_gpu_.self(), rows), rows.rows);
    features_there_ = rows.cols;
    smallest_mean_ = on_gpu_->follow_there(on_gpu_.self(), labels, classes, out);
    called_ = true;
  }

  /// Of the last call's values; 0 for no rows. Of values on a GPU nothing is known here.
  [[nodiscard]] double mean() const {
    require_call();
    double sum = 0.0;
    for (double const s : values_) sum += s;
    return values_.empty() ? 0.0 : sum / static_cast<double>(values_.size());
  }

  /// What distances (squared Euclidean: coordinates; cosine: those of rows scaled to length 1) are
  /// whole multiples of. 0 where all rows are the same.
  [[nodiscard]] double unit() const {
    require_call();
    if (on_gpu_) return grid_there_.unit;
    return std::visit([](auto const& sums) { return sums.unit(); }, sums_);
  }

  /// No value of the last call is further from the exact silhouette than this.
  ///
  /// **Formula.** With mean distances off by at most e and m the smallest max(a, b) of a row:
  /// 2η / (1 − η) + 2^-50, η = e/m; at most 2. Rows with a = b = 0 are taken for duplicates and are
  /// not counted.
  [[nodiscard]] double error_bound() const {
    require_call();
    double const m = smallest_mean_;
    if (!(m < std::numeric_limits<double>::infinity())) return 0.0;
    double const e =
        on_gpu_ ? error_of_mean(m)
                : std::visit([m](auto const& sums) { return sums.error_of_mean(m); }, sums_);
    return e < m / 2.0 ? std::min(2.0, 2.0 * e / (m - e) + 0x1p-50) : 2.0;
  }

 private:
  using any_sums = std::variant<detail::moment_sums,
                                detail::pair_sums<op::euclidean>,
                                detail::pair_sums<op::manhattan>>;

  static void check(matrix_view<double const> rows, std::span<label_t const> labels) {
    if (rows.rows != static_cast<index_t>(labels.size())) {
      throw shape_error("silhouette: " + std::to_string(rows.rows) + " rows and " +
                        std::to_string(labels.size()) + " labels");
    }
    for (std::size_t r = 0; r < labels.size(); ++r) {
      if (labels[r] >= 0) continue;
      throw data_error("silhouette: row " + std::to_string(r) + " has the label " +
                       std::to_string(labels[r]) + ": labels are 0 or more");
    }
  }

  void require_call() const {
    if (!called_) throw state_error("silhouette: ask for samples first");
  }

  [[nodiscard]] bool holds(matrix_view<double const> rows) const {
    if (!called_ || there_ || rows.rows != rows_.rows() || rows.cols != rows_.cols()) return false;
    if (rows.col_stride == 1 && rows.row_stride == rows.cols) {
      auto const values = static_cast<std::size_t>(rows.rows * rows.cols);
      return values == 0 || std::memcmp(rows_.data(), rows.data, values * sizeof(double)) == 0;
    }
    for (index_t r = 0; r < rows.rows; ++r) {
      for (index_t f = 0; f < rows.cols; ++f) {
        if (rows(r, f) != rows_(r, f)) return false;
      }
    }
    return true;
  }

  void bind(matrix_view<double const> rows) {
    called_ = false;
    follows_ = false;
    rows_ = matrix<double>(rows.rows, rows.cols);
    for (index_t r = 0; r < rows.rows; ++r) {
      detail::copy_finite("silhouette", rows, r, rows_.view().row(r));
    }
    if (!on_gpu_) {
      sums_ = sums_here();
    } else {
      there_ = false;
      features_there_ = rows_.cols();
      scale_on_gpu(on_gpu_->bind(on_gpu_.self(), rows_.view()), rows_.rows());
    }
  }

  /// As no call had been.
  void forget() {
    rows_ = {};
    sums_ = detail::moment_sums({}, detail::moments_of::rows);
    slots_ = {};
    values_.clear();
    follows_ = false;
    smallest_mean_ = std::numeric_limits<double>::infinity();
  }

  /// Makes the grid for rows that were bound, whose columns have these ranges.
  void scale_on_gpu(detail::column_ranges const& ranges, index_t rows) {
    if (ranges.not_finite >= 0) {
      auto const columns = static_cast<index_t>(ranges.low.size());
      throw data_error("silhouette: row " + std::to_string(ranges.not_finite / columns) +
                       ", column " + std::to_string(ranges.not_finite % columns) +
                       " is not finite");
    }
    switch (between_) {
      case distance::sqeuclidean:
      case distance::cosine:
        return scale_moments(ranges, rows);
      case distance::manhattan:
        return scale_pairs(detail::pair_box<op::manhattan>{}, ranges, rows);
      case distance::euclidean:
        return scale_pairs(detail::pair_box<op::euclidean>{}, ranges, rows);
    }
  }

  void scale_moments(detail::column_ranges const& ranges, index_t rows) {
    double widest = 0.0;
    for (std::size_t f = 0; f < ranges.low.size(); ++f) {
      widest = std::max(widest, ranges.high[f] - ranges.low[f]);
    }
    set_grid(detail::moment_grid(moments(), rows, features_there_, widest), ranges.low);
  }

  /// In float, rows are counted from the box's lower corner: an offset would cost digits.
  template <class Box>
  void scale_pairs(Box box, detail::column_ranges const& ranges, index_t rows) {
    bool const in_float = digits_ == precision::float32;
    auto low = ranges.low;
    for (std::size_t f = 0; f < low.size(); ++f) {
      box.add(ranges.high[f] - low[f]);
      if (!in_float && ranges.high[f] > low[f]) low[f] = 0.0;
    }
    set_grid(in_float ? box.grid(1, float_bits) : box.grid(rows), std::move(low));
  }

  void set_grid(detail::fixed_grid grid, std::vector<double> low) {
    grid_there_ = grid;
    on_gpu_->set_scale(on_gpu_.self(), {std::move(low), grid.scale});
  }

  void follow_on_gpu(std::span<label_t const> labels) {
    index_t const n = rows_.rows();
    index_t const changes = follows_ ? slots_.changes(labels) : n;
    if (changes == 0) return;
    bool const from_nothing = !follows_ || changes > n / 2;
    follows_ = false;  // as below
    if (from_nothing) {
      slots_.assign(labels);
    } else {
      static_cast<void>(slots_.update(labels));
    }
    auto const slots = slots_.slots_of(0, labels.size());
    std::vector<std::int32_t> const narrow(slots.begin(), slots.end());
    values_.resize(labels.size());
    smallest_mean_ = on_gpu_->follow(
        on_gpu_.self(), {narrow.data(), slots_.slots()}, from_nothing, values_.data());
    follows_ = true;
  }

  /// As the sums on the CPU have it. In float a coordinate is off by a quarter of a unit, a
  /// difference and a product of a step each, and the root by two.
  [[nodiscard]] double error_of_mean(double mean) const {
    if (between_ == distance::sqeuclidean || between_ == distance::cosine) {
      return detail::error_of_moments(moments(), features_there_, grid_there_.scale, mean);
    }
    if (digits_ == precision::float64) {
      return between_ == distance::manhattan
                 ? detail::error_of_pairs<op::manhattan>(features_there_, mean)
                 : detail::error_of_pairs<op::euclidean>(features_there_, mean);
    }
    auto const features = static_cast<double>(features_there_);
    double const of_rows = 0.5 * (between_ == distance::manhattan ? features : std::sqrt(features));
    return 0.5 + of_rows + (features + 4.0) * 0x1p-24 * mean;
  }

  [[nodiscard]] detail::moments_of moments() const {
    return between_ == distance::cosine ? detail::moments_of::directions : detail::moments_of::rows;
  }

  [[nodiscard]] any_sums sums_here() const {
    switch (between_) {
      case distance::sqeuclidean:
      case distance::cosine:
        return detail::moment_sums(rows_, moments());
      case distance::manhattan:
        return detail::pair_sums<op::manhattan>(rows_);
      case distance::euclidean:
        break;
    }
    return detail::pair_sums<op::euclidean>(rows_);
  }

  /// Brings sums and values up to date, by whichever way looks at fewer pairs.
  template <class Sums>
  void follow(Sums& sums, std::span<label_t const> labels) {
    index_t const n = rows_.rows();
    index_t const changes = follows_ ? slots_.changes(labels) : n;
    if (changes == 0) return;
    thread_team team(n * changes < small_work ? 1 : backend_.threads);
    follows_ = false;  // until all is done: what is thrown on the way leaves a fresh start
    if (changes > n / 2) {
      slots_.assign(labels);
      sums.compute(rows_, slots_, team);
    } else {
      auto const moved = slots_.update(labels);
      sums.move(moved, slots_, team);
    }
    compute_values(sums, team);
    follows_ = true;
  }

  template <class Sums>
  void compute_values(Sums const& sums, thread_team& team) {
    auto const n = static_cast<std::size_t>(rows_.rows());
    auto const chunks = (n + rows_per_chunk - 1) / rows_per_chunk;
    values_.resize(n);
    std::vector<double> smallest(chunks);
    team.for_each_chunk(static_cast<index_t>(chunks), [&](index_t chunk) {
      index_t const first = chunk * static_cast<index_t>(rows_per_chunk);
      auto const from = static_cast<std::size_t>(first);
      auto const rows = std::min(rows_per_chunk, n - from);
      auto const of = means_of(sums, first, rows);
      smallest[static_cast<std::size_t>(chunk)] =
          values_of(of, std::span(values_).subspan(from, rows));
    });
    smallest_mean_ = *std::min_element(smallest.begin(), smallest.end());
  }

  static constexpr std::size_t rows_per_chunk = 256;

  /// Of consecutive rows, in grid units. Both 0 where the silhouette is 0 by definition.
  struct means {
    std::array<double, rows_per_chunk> own;
    std::array<double, rows_per_chunk> nearest_other;
  };

  /// One cluster after the other, without a branch for whose it is: rows of all clusters alternate.
  template <class Sums>
  [[nodiscard]] means means_of(Sums const& sums, index_t first, std::size_t rows) const {
    means of;  // NOLINT(*-member-init): as far as there are rows
    of.own.fill(0.0);
    of.nearest_other.fill(std::numeric_limits<double>::infinity());
    std::array<double, rows_per_chunk> to_slot;  // NOLINT(*-member-init)
    auto const slot_of = slots_.slots_of(first, rows);
    for (index_t s = 0; s < slots_.slots(); ++s) {
      if (slots_.count(s) == 0) continue;
      auto const count = static_cast<double>(slots_.count(s));
      sums.of_slot(s, slots_, first, std::span(to_slot).first(rows));
      for (std::size_t i = 0; i < rows; ++i) {
        bool const own = slot_of[i] == s;
        double const nearest = std::min(of.nearest_other[i], to_slot[i] / count);
        of.own[i] = own ? to_slot[i] : of.own[i];
        of.nearest_other[i] = own ? of.nearest_other[i] : nearest;
      }
    }
    for (std::size_t i = 0; i < rows; ++i) {
      auto const others = static_cast<double>(slots_.count(slot_of[i]) - 1);
      bool const defined = slots_.labels_in_use() > 1 && others > 0.0;
      of.own[i] = defined ? of.own[i] / others : 0.0;
      of.nearest_other[i] = defined ? of.nearest_other[i] : 0.0;
    }
    return of;
  }

  /// Returns the smallest mean that was divided by.
  static double values_of(means const& of, std::span<double> values) {
    double smallest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < values.size(); ++i) {
      op::silhouette_of_means const row{of.own[i], of.nearest_other[i]};
      values[i] = row.value();
      smallest = row.larger() > 0.0 ? std::min(smallest, row.larger()) : smallest;
    }
    return smallest;
  }

  /// Fewer pairs than this are not worth waking a thread for.
  static constexpr index_t small_work = 1 << 16;

  /// Of a distance in float, before it is rounded: what a float holds, less the bit that rounds.
  static constexpr int float_bits = 22;

  distance between_;
  cpu backend_;
  precision digits_ = precision::float64;
  detail::sums_on_gpu on_gpu_;     // none: sums_ are asked
  detail::fixed_grid grid_there_;  // of the sums on a GPU
  index_t features_there_ = 0;
  bool there_ = false;    // the rows were on the GPU already, and there is no copy of them here
  bool called_ = false;   // values_ belongs to rows_
  bool follows_ = false;  // sums_ belongs to slots_
  matrix<double> rows_;
  any_sums sums_{detail::moment_sums({}, detail::moments_of::rows)};
  detail::label_slots slots_;
  std::vector<double> values_;
  double smallest_mean_ = std::numeric_limits<double>::infinity();
};

/// The silhouette of every row, once. Class `silhouette` says what is computed and thrown.
inline std::vector<double> silhouette_samples(matrix_view<double const> rows,
                                              std::span<label_t const> labels,
                                              distance between = distance::euclidean,
                                              cpu backend = {}) {
  silhouette of(between, backend);
  auto const values = of.samples(rows, labels);
  return {values.begin(), values.end()};
}

inline std::vector<double> silhouette_samples(matrix_view<double const> rows,
                                              std::span<label_t const> labels,
                                              distance between,
                                              gpu where,
                                              precision digits = precision::float64) {
  silhouette of(between, where, digits);
  auto const values = of.samples(rows, labels);
  return {values.begin(), values.end()};
}

}  // namespace alx::inline v0
