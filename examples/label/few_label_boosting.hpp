// SPDX-License-Identifier: Apache-2.0
/// @file
/// Boosted trees for the first labels: LightGBM's defaults want 20 rows a leaf and so learn nothing
/// from fewer than 40.
#pragma once

#include <alx/concepts/learner.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/matrix.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace label {

/// `gradient_boosting` with leaves as small as the labels are few, and of the classes that labelled
/// rows have: the others get probability 0.
class few_label_boosting {
 public:
  explicit few_label_boosting(std::vector<std::int32_t> categories = {}, int threads = 0)
      : categories_(std::move(categories)), threads_(threads) {}

  void fit(alx::matrix_view<double const> pool, alx::labelled_rows rows) {
    seen_.assign(rows.labels.begin(), rows.labels.end());
    std::sort(seen_.begin(), seen_.end());
    seen_.erase(std::unique(seen_.begin(), seen_.end()), seen_.end());
    std::vector<alx::label_t> labels;
    for (auto const label : rows.labels) {
      auto const at = std::lower_bound(seen_.begin(), seen_.end(), label);
      labels.push_back(static_cast<alx::label_t>(at - seen_.begin()));
    }
    alx::gradient_boosting learner(parameters(std::ssize(labels), pool.cols),
                                   {.threads = threads_});
    auto const classes = std::max<std::ptrdiff_t>(std::ssize(seen_), 2);
    learner.fit(pool,
                {.ids = rows.ids,
                 .labels = labels,
                 .classes = static_cast<alx::label_t>(classes),
                 .weights = rows.weights});
    model_ = std::move(learner);
  }

  void predict_proba(alx::matrix_view<double const> pool, alx::matrix_view<double> out) const {
    alx::matrix<double> of_seen(pool.rows, std::max<alx::index_t>(std::ssize(seen_), 2));
    model_->predict_proba(pool, of_seen.view());
    for (alx::index_t r = 0; r < out.rows; ++r) {
      for (alx::index_t c = 0; c < out.cols; ++c) out(r, c) = 0.0;
      for (std::size_t k = 0; k < seen_.size(); ++k) {
        out(r, seen_[k]) = of_seen(r, static_cast<alx::index_t>(k));
      }
    }
  }

  [[nodiscard]] alx::gradient_boosting const& model() const { return *model_; }

  /// The classes that the model's own, 0, 1, …, stand for.
  [[nodiscard]] std::vector<alx::label_t> const& seen() const { return seen_; }

 private:
  /// A leaf of a twentieth of the rows, as of LightGBM's 20 where there are 400 and more; each tree
  /// on other rows and, where there are many, other columns, which few labels make the most of
  /// (docs/labelling-measured.md).
  [[nodiscard]] alx::boosting_parameters parameters(std::ptrdiff_t rows,
                                                    alx::index_t columns) const {
    alx::boosting_parameters how;
    how.bagging_fraction = 0.7;
    how.bagging_freq = 1;
    how.feature_fraction = std::clamp(6.0 / static_cast<double>(columns), 0.3, 1.0);
    how.lambda_l2 = 1.0;
    how.min_data_in_leaf = static_cast<std::int32_t>(std::clamp<std::ptrdiff_t>(rows / 20, 2, 20));
    how.min_data_in_bin = 1;
    how.feature_pre_filter = false;
    how.cat_smooth = 1.0;
    how.min_data_per_group = how.min_data_in_leaf;
    how.categorical_feature = categories_;
    return how;
  }

  std::vector<std::int32_t> categories_;
  int threads_;
  std::vector<alx::label_t> seen_;
  std::optional<alx::gradient_boosting> model_;
};

}  // namespace label
