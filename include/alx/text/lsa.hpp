// SPDX-License-Identifier: Apache-2.0
/// @file
/// Latent semantic analysis: a few hundred dense numbers a text, made of the sparse weights of all
/// texts and of no label. A classifier learns from them with fewer labels than from the weights.
#pragma once

#include <alx/error.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>
#include <alx/sparse.hpp>
#include <alx/text/detail/gram_factor.hpp>
#include <alx/text/detail/panel.hpp>
#include <alx/text/row_norm.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0 {

struct lsa_options {
  index_t dimensions = 300;      ///< of the dense rows, ≥ 1
  int iterations = 4;            ///< of the subspace, ≥ 0: more come closer to the exact vectors
  index_t oversampling = 10;     ///< directions followed beside those kept, ≥ 0
  row_norm norm = row_norm::l2;  ///< what is 1 of each dense row
  std::uint64_t seed = 0;        ///< of the directions begun with
};

/// The truncated singular value decomposition of a table, by randomised subspace iteration.
///
/// **Formula.** Of a table A ≈ U Σ Vᵀ the rows of Vᵀ, `components()`, and σ, `singular_values()`,
/// descending. A row x becomes x V, then divided by its norm; on the fitted rows x V is u Σ. Found
/// as: Y = A Ω with Ω random of dimensions + oversampling columns; `iterations` times Y ← A Aᵀ Q
/// with Q an orthonormal basis of Y; then from the singular values of Aᵀ Q.
///
/// **Reference.** Halko, Martinsson, Tropp: Finding structure with randomness (2011), algorithm
/// 4.4; scikit-learn's `TruncatedSVD(algorithm="randomized")`, from which the rule for the signs is
/// taken: of each component the entry largest in magnitude, the first of those, is positive.
///
/// **Semantics.** The same bits for the same table, options and build, on any number of threads.
/// Computed in float with inner products in double: a singular value is within 10⁻⁶ of the exact
/// one, as far as the iterations came there. Directions that the table does not have (it has fewer
/// than `dimensions`, or σ is at most 10⁻⁵ of the largest) are all zeros, with the singular value
/// 0. A row of zeros stays one.
///
/// **Cost.** 2 · iterations + 3 passes over the values of the table, `dimensions` multiplications
/// for each; memory: 4 bytes for each number of (rows + columns) × dimensions, and 8 for each value
/// of the table. Of that stays columns × dimensions.
///
/// **Example.** `lsa topics({.dimensions = 100}); auto const dense = topics.fit_transform(
/// table.view(), team); learner.fit(dense.view(), labelled);`
class lsa {
 public:
  /// **Throws.** `option_error` naming the option that is out of range.
  explicit lsa(lsa_options options = {}) : options_(options) {
    auto const at_least = [](char const* name, index_t value, index_t least) {
      if (value >= least) return;
      throw option_error("lsa: " + std::string(name) + " is " + std::to_string(value) +
                         ", must be " + std::to_string(least) + " or more");
    };
    at_least("dimensions", options.dimensions, 1);
    at_least("iterations", options.iterations, 0);
    at_least("oversampling", options.oversampling, 0);
  }

  /// The directions that `components()` gave: `transform` gives the same bits again. Their singular
  /// values are not known.
  ///
  /// **Throws.** `shape_error` where there is no direction or no column; `data_error` naming both
  /// of a number that is not finite.
  explicit lsa(matrix_view<float const> components, row_norm norm = row_norm::l2)
      : options_{.dimensions = components.rows, .norm = norm} {
    if (components.rows < 1 || components.cols < 1) {
      throw shape_error("lsa: components of " + std::to_string(components.rows) + " x " +
                        std::to_string(components.cols));
    }
    vectors_ = detail::lsa::panel(components.cols, components.rows);
    for (index_t c = 0; c < components.cols; ++c) {
      for (index_t d = 0; d < components.rows; ++d) {
        float const value = components(d, c);
        if (!std::isfinite(value)) {
          throw data_error("lsa: component " + std::to_string(d) + ", column " + std::to_string(c) +
                           " is not finite");
        }
        vectors_.row(c)[d] = value;
      }
    }
  }

  [[nodiscard]] lsa_options const& options() const { return options_; }

  /// Learns the directions of `table`; what was learnt before is gone.
  ///
  /// **Throws.** `option_error` where there are fewer rows or columns than dimensions; `data_error`
  /// naming row and column of a value that is not finite as float; `numeric_error` where sums leave
  /// the floats. Then all is as before.
  void fit(sparse_view<float> table, thread_team& team) { learn(table, team); }

  void fit(sparse_view<double> table, thread_team& team) { learn(table, team); }

  /// A dense row for each row of `table`.
  ///
  /// **Throws.** `state_error` before a fit, `shape_error` for another number of columns than was
  /// fitted on, `data_error` as `fit`.
  [[nodiscard]] matrix<double> transform(sparse_view<float> table, thread_team& team) const {
    return project(table, team);
  }

  [[nodiscard]] matrix<double> transform(sparse_view<double> table, thread_team& team) const {
    return project(table, team);
  }

  /// `fit`, then `transform` of the same table.
  matrix<double> fit_transform(sparse_view<float> table, thread_team& team) {
    learn(table, team);
    return project(table, team);
  }

  matrix<double> fit_transform(sparse_view<double> table, thread_team& team) {
    learn(table, team);
    return project(table, team);
  }

  /// As many as dimensions, descending; none before a fit, or where only directions were given.
  [[nodiscard]] std::span<double const> singular_values() const { return singular_values_; }

  /// Vᵀ, dimensions × columns of the table: orthonormal rows, but those of a singular value 0.
  /// Before a fit 0 × 0.
  [[nodiscard]] matrix_view<float const> components() const {
    index_t const dimensions = vectors_.rows == 0 ? 0 : options_.dimensions;
    return {vectors_.values.data(), dimensions, vectors_.rows, 1, vectors_.stride};
  }

 private:
  template <class T>
  static void check_values(sparse_view<T> table) {
    for (index_t r = 0; r < table.rows; ++r) {
      auto const row = table.row(r);
      for (std::size_t i = 0; i < row.values.size(); ++i) {
        if (std::isfinite(static_cast<float>(row.values[i]))) continue;
        throw data_error("lsa: row " + std::to_string(r) + ", column " +
                         std::to_string(row.columns[i]) + ": " + std::to_string(row.values[i]) +
                         " is not finite as float");
      }
    }
  }

  template <class T>
  void learn(sparse_view<T> table, thread_team& team) {
    index_t const most = std::min(table.rows, table.cols);
    if (options_.dimensions > most) {
      throw option_error("lsa: dimensions is " + std::to_string(options_.dimensions) +
                         ", a table of " + std::to_string(table.rows) + " x " +
                         std::to_string(table.cols) + " has at most " + std::to_string(most));
    }
    check_values(table);
    index_t const width =
        options_.dimensions + std::min(options_.oversampling, most - options_.dimensions);
    auto right = detail::lsa::random_panel(table.cols, width, options_.seed, team);
    {
      detail::lsa::transposed_table const columns(table);
      detail::lsa::panel left(table.rows, width);
      for (int i = 0; i <= options_.iterations; ++i) {
        detail::lsa::multiply(table, right, left, team);
        orthonormalise(left, team);
        if (i == options_.iterations) orthonormalise(left, team);  // what the first rounded
        detail::lsa::multiply(columns.view(), left, right, team);
      }
    }
    auto found = detail::lsa::decompose(detail::lsa::factor(finite_gram(right, team)));
    detail::lsa::multiply_by(right, found.m, team);
    fix_signs(right);
    found.values.resize(static_cast<std::size_t>(options_.dimensions));
    singular_values_ = std::move(found.values);
    vectors_ = std::move(right);
  }

  static detail::lsa::square finite_gram(detail::lsa::panel const& x, thread_team& team) {
    auto products = detail::lsa::gram(x, team);
    for (index_t i = 0; i < products.size; ++i) {
      if (!std::isfinite(products.row(i)[i])) {
        throw numeric_error("lsa: direction " + std::to_string(i) + " of " +
                            std::to_string(products.size) +
                            " left the floats; are the values of the table very large?");
      }
    }
    return products;
  }

  static void orthonormalise(detail::lsa::panel& x, thread_team& team) {
    auto const m = detail::lsa::orthonormalising(detail::lsa::factor(finite_gram(x, team)));
    detail::lsa::multiply_by(x, m, team);
  }

  static void fix_signs(detail::lsa::panel& x) {
    std::vector<float> largest(static_cast<std::size_t>(x.cols));
    for (index_t r = 0; r < x.rows; ++r) {
      float const* const row = x.row(r);
      for (std::size_t c = 0; c < largest.size(); ++c) {
        if (std::abs(row[c]) > std::abs(largest[c])) largest[c] = row[c];
      }
    }
    for (index_t r = 0; r < x.rows; ++r) {
      float* const row = x.row(r);
      for (std::size_t c = 0; c < largest.size(); ++c) {
        if (largest[c] < 0.0F) row[c] = -row[c];
      }
    }
  }

  template <class T>
  [[nodiscard]] matrix<double> project(sparse_view<T> table, thread_team& team) const {
    if (vectors_.rows == 0) throw state_error("lsa: transform before fit");
    if (table.cols != vectors_.rows) {
      throw shape_error("lsa: " + std::to_string(table.cols) + " columns, fitted on " +
                        std::to_string(vectors_.rows));
    }
    check_values(table);
    auto const dimensions = static_cast<std::size_t>(options_.dimensions);
    matrix<double> dense(table.rows, options_.dimensions);
    detail::lsa::for_rows(table.rows, 256, team, [&](index_t first, index_t last) {
      std::vector<float> rows(static_cast<std::size_t>((last - first) * vectors_.stride));
      detail::lsa::multiply_rows(table, first, last, vectors_, rows.data());
      for (index_t r = first; r < last; ++r) {
        double* const to = &dense(r, 0);
        std::copy_n(rows.data() + (r - first) * vectors_.stride, dimensions, to);
        detail::normalise(std::span(to, dimensions), options_.norm);
      }
    });
    return dense;
  }

  lsa_options options_;
  std::vector<double> singular_values_;
  detail::lsa::panel vectors_;  // V, with the directions beside those kept
};

}  // namespace alx::inline v0
