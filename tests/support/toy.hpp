// SPDX-License-Identifier: Apache-2.0
/// @file
/// A learner small enough to work out by hand, and a line of rows for it.
#pragma once

#include <alx/concepts/learner.hpp>
#include <alx/matrix.hpp>

#include <algorithm>
#include <vector>

namespace support {

/// Rows 0 … n - 1 on a line, each its own feature; class 1 from `border` on.
struct line {
  alx::matrix<double> features;
  std::vector<alx::label_t> labels;

  line(alx::index_t rows, double border) : features(rows, 1) {
    for (alx::index_t i = 0; i < rows; ++i) {
      features(i, 0) = static_cast<double>(i);
      labels.push_back(features(i, 0) >= border ? 1 : 0);
    }
  }
};

/// P(class 1) rises along the line, from 0 at the last known row of class 0 to 1 at the first known
/// row of class 1: what is between them is unsure, most of all the middle.
struct toy_learner {
  double below = 0.0;
  double above = 0.0;
  int fits = 0;
  std::vector<alx::index_t> last_ids{};

  void fit(alx::matrix_view<double const> pool, alx::labelled_rows rows) {
    ++fits;
    last_ids.assign(rows.ids.begin(), rows.ids.end());
    below = -1.0;
    above = static_cast<double>(pool.rows);
    for (std::size_t i = 0; i < rows.ids.size(); ++i) {
      double const x = pool(rows.ids[i], 0);
      if (rows.labels[i] == 0) below = std::max(below, x);
      if (rows.labels[i] == 1) above = std::min(above, x);
    }
  }

  void predict_proba(alx::matrix_view<double const> pool, alx::matrix_view<double> out) const {
    for (alx::index_t i = 0; i < pool.rows; ++i) {
      double const p = std::clamp((pool(i, 0) - below) / (above - below), 0.0, 1.0);
      out(i, 0) = 1.0 - p;
      out(i, 1) = p;
    }
  }
};

static_assert(alx::learner<toy_learner, alx::matrix_view<double const>>);

}  // namespace support
