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
#include <alx/metrics/detail/pair_sums.hpp>
#include <alx/op/distance.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace alx::inline v0 {

/// How far apart two rows are; the names are scikit-learn's. The cosine distance to a row of zeros
/// is 1.
enum class distance { euclidean, sqeuclidean, cosine, manhattan };

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
/// in use, always.
///
/// **Reference.** P. J. Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation and
/// validation of cluster analysis.
class silhouette {
 public:
  explicit silhouette(distance between = distance::euclidean, cpu backend = {})
      : between_(between), backend_(backend) {}

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
      *this = silhouette(between_, backend_);
      called_ = true;
    } else {
      if (!holds(rows)) bind(rows);
      std::visit([&](auto& sums) { follow(sums, labels); }, sums_);
    }
    return values_;
  }

  /// Of the last call's values; 0 for no rows.
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
    double const e = std::visit([m](auto const& sums) { return sums.error_of_mean(m); }, sums_);
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
    if (!called_ || rows.rows != rows_.rows() || rows.cols != rows_.cols()) return false;
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
    sums_ = sums_of(rows_, between_);
  }

  static any_sums sums_of(matrix_view<double const> rows, distance between) {
    switch (between) {
      case distance::sqeuclidean:
        return detail::moment_sums(rows, detail::moments_of::rows);
      case distance::cosine:
        return detail::moment_sums(rows, detail::moments_of::directions);
      case distance::manhattan:
        return detail::pair_sums<op::manhattan>(rows);
      case distance::euclidean:
        break;
    }
    return detail::pair_sums<op::euclidean>(rows);
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
    called_ = true;
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
      double const larger = std::max(of.own[i], of.nearest_other[i]);
      values[i] = larger > 0.0 ? (of.nearest_other[i] - of.own[i]) / larger : 0.0;
      smallest = larger > 0.0 ? std::min(smallest, larger) : smallest;
    }
    return smallest;
  }

  /// Fewer pairs than this are not worth waking a thread for.
  static constexpr index_t small_work = 1 << 16;

  distance between_;
  cpu backend_;
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

}  // namespace alx::inline v0
