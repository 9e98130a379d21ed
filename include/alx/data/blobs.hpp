// SPDX-License-Identifier: Apache-2.0
/// @file
/// Gaussian blobs: rows around a few centres, the table on which active learning is tried out.
#pragma once

#include <alx/data/labelled_table.hpp>
#include <alx/error.hpp>
#include <alx/matrix.hpp>
#include <alx/numpy/random_state.hpp>
#include <alx/rounding.hpp>
#include <alx/view.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// The names, the meaning and the defaults of scikit-learn's `make_blobs`.
struct blobs_options {
  /// The same bounds for every feature of every centre.
  struct range {
    double lo;
    double hi;
  };

  index_t samples = 100;
  index_t centers = 3;
  index_t features = 2;
  double cluster_std = 1.0;
  range center_box{-10.0, 10.0};
  std::uint32_t random_state = 0;
};

/// Rows, the centre each was drawn around, and what they were drawn from.
struct blobs {
  matrix<double> features;
  std::vector<label_t> labels;  ///< the number of the row's centre
  matrix<double> centers;
  blobs_options options;

  /// Fresh rows around the same centres, as many around each as nearly can be: exactly
  /// scikit-learn's `make_blobs(rows, centers=centers, cluster_std=options.cluster_std,
  /// random_state=random_state)`, which draws no centres.
  ///
  /// **Throws.** `option_error` where `rows` < 1.
  [[nodiscard]] labelled_table draw(index_t rows, std::uint32_t random_state) const;
};

}  // namespace alx::inline v0

namespace alx::inline v0::detail {

inline void check(blobs_options const& options) {
  auto const at_least_one = [](index_t value, char const* name) {
    if (value < 1) {
      throw option_error(std::string("make_blobs: ") + name + " is " + std::to_string(value) +
                         ", must be at least 1");
    }
  };
  at_least_one(options.samples, "samples");
  at_least_one(options.centers, "centers");
  at_least_one(options.features, "features");
  if (options.centers > std::numeric_limits<label_t>::max()) {
    throw option_error("make_blobs: centers is " + std::to_string(options.centers) +
                       ", more than a label can number");
  }
  if (std::signbit(options.cluster_std) || !std::isfinite(options.cluster_std)) {
    throw option_error("make_blobs: cluster_std is " + std::to_string(options.cluster_std) +
                       ", must be finite and not negative");
  }
  auto const [lo, hi] = options.center_box;
  if (!std::isfinite(hi - lo) || lo > hi) {
    throw option_error("make_blobs: center_box is " + std::to_string(lo) + " to " +
                       std::to_string(hi) + ", must be finite and ascending");
  }
}

/// The rows of one centre after the other, then all shuffled.
inline labelled_table draw_around(matrix<double> const& centers,
                                  index_t rows,
                                  double deviation,
                                  numpy::random_state& random) {
  index_t const features = centers.cols();
  labelled_table drawn{matrix<double>(rows, features), {}};
  index_t row = 0;
  for (index_t k = 0; k < centers.rows(); ++k) {
    index_t const end = row + rows / centers.rows() + (k < rows % centers.rows() ? 1 : 0);
    for (; row < end; ++row) {
      for (index_t c = 0; c < features; ++c) {
        drawn.features(row, c) = random.normal(centers(k, c), deviation);
      }
      drawn.labels.push_back(static_cast<label_t>(k));
    }
  }
  return take(drawn.features, drawn.labels, random.permutation(rows));
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0 {

/// Draws centres evenly in the box and rows around them, normally, with the same deviation in
/// every direction.
///
/// Bit for bit scikit-learn's `make_blobs` of the same arguments (1.9.1), as far as `std::log` is
/// the one that NumPy was linked to. Where `samples` do not divide evenly, the first centres get
/// one more.
///
/// **Throws.** `option_error` naming what is out of range.
inline blobs make_blobs(blobs_options const& options = {}) {
  detail::check(options);
  numpy::random_state random(options.random_state);
  matrix<double> centers(options.centers, options.features);
  for (index_t k = 0; k < options.centers; ++k) {
    for (index_t c = 0; c < options.features; ++c) {
      centers(k, c) = random.uniform(options.center_box.lo, options.center_box.hi);
    }
  }
  auto rows = detail::draw_around(centers, options.samples, options.cluster_std, random);
  return {std::move(rows.features), std::move(rows.labels), std::move(centers), options};
}

inline labelled_table blobs::draw(index_t rows, std::uint32_t random_state) const {
  if (rows < 1) {
    throw option_error("blobs::draw: rows is " + std::to_string(rows) + ", must be at least 1");
  }
  numpy::random_state random(random_state);
  return detail::draw_around(centers, rows, options.cluster_std, random);
}

/// The labels that the best possible rule gives to `rows`: the nearest centre, of equally near
/// ones the first. No learner can be right more often on average, for all centres are equally
/// likely (but for one row) and spread alike.
///
/// **Throws.** `shape_error` where the rows have another number of features than the centres.
inline std::vector<label_t> bayes_labels(blobs const& source, matrix_view<double const> rows) {
  auto const& centers = source.centers;
  if (rows.cols != centers.cols()) {
    throw shape_error("bayes_labels: rows of " + std::to_string(rows.cols) +
                      " features, centres of " + std::to_string(centers.cols()));
  }
  std::vector<label_t> nearest(static_cast<std::size_t>(rows.rows));
  for (index_t r = 0; r < rows.rows; ++r) {
    double least = std::numeric_limits<double>::infinity();
    for (index_t k = 0; k < centers.rows(); ++k) {
      double distance = 0.0;
      for (index_t c = 0; c < rows.cols; ++c) {
        double const difference = rows(r, c) - centers(k, c);
        distance += rounded(difference * difference);
      }
      if (distance < least) {
        least = distance;
        nearest[static_cast<std::size_t>(r)] = static_cast<label_t>(k);
      }
    }
  }
  return nearest;
}

}  // namespace alx::inline v0
