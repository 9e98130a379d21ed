// SPDX-License-Identifier: Apache-2.0
/// @file
/// First questions, before any model: rows spread over the data.
///
/// **Reference.** Arthur, Vassilvitskii: k-means++ (2007): each row is drawn with a probability
/// that grows with the squared distance to the nearest row drawn before. Unlike the farthest row
/// itself, which is often an outlier that teaches little, a drawn one tends to come from a group of
/// rows.
#pragma once

#include <alx/random.hpp>
#include <alx/view.hpp>

#include "book.hpp"
#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace label {

class spread_rows {
 public:
  /// `distances(row, out)`: the squared distance of every row to `row`.
  using measure = std::function<void(alx::index_t, std::span<double>)>;

  spread_rows(alx::index_t rows, measure distances)
      : distances_(std::move(distances)), nearest_(static_cast<std::size_t>(rows)) {}

  /// A row that nobody has looked at and that is not kept apart; nothing where none is left. A
  /// function of the book alone.
  ///
  /// **Cost.** A pass over the data for each row that was decided since the last call.
  [[nodiscard]] std::optional<alx::index_t> next(book const& known) {
    std::vector<alx::index_t> decided;
    for (auto const& entry : known.live()) {
      if (entry.what != alx::deed::edit) decided.push_back(entry.row);
    }
    look_at(decided);
    weight_ = nearest_;
    for (auto const row : known.reserved()) weight_[static_cast<std::size_t>(row)] = -1.0;
    double sum = 0.0;
    alx::index_t left = 0;
    for (std::size_t i = 0; i < weight_.size(); ++i) {
      if (known.state(static_cast<alx::index_t>(i)) != row_state::unknown) weight_[i] = -1.0;
      if (weight_[i] < 0.0) continue;
      ++left;
      sum += weight_[i];
    }
    if (left == 0) return std::nullopt;
    auto random = known.settled().stream(draw::beginning, known.first_turns());
    return sum > 0.0 ? by_weight(random.uniform() * sum) : by_number(random.below(left));
  }

 private:
  /// Distances to the nearest of `decided`; one for each row before the first.
  void look_at(std::vector<alx::index_t> const& decided) {
    bool const goes_on = decided.size() >= seen_.size() && !seen_.empty() &&
                         std::equal(seen_.begin(), seen_.end(), decided.begin());
    if (!goes_on) {
      seen_.clear();
      double const far = decided.empty() ? 1.0 : std::numeric_limits<double>::infinity();
      std::fill(nearest_.begin(), nearest_.end(), far);
    }
    distance_.resize(nearest_.size());
    for (std::size_t k = seen_.size(); k < decided.size(); ++k) {
      distances_(decided[k], distance_);
      for (std::size_t i = 0; i < nearest_.size(); ++i) {
        nearest_[i] = std::min(nearest_[i], distance_[i]);
      }
    }
    seen_ = decided;
  }

  [[nodiscard]] alx::index_t by_weight(double at) const {
    alx::index_t last = 0;
    for (std::size_t i = 0; i < weight_.size(); ++i) {
      if (!(weight_[i] > 0.0)) continue;
      last = static_cast<alx::index_t>(i);
      at -= weight_[i];
      if (at < 0.0) break;
    }
    return last;
  }

  [[nodiscard]] alx::index_t by_number(alx::index_t which) const {
    std::size_t i = 0;
    while (weight_[i] < 0.0 || which-- > 0) ++i;
    return static_cast<alx::index_t>(i);
  }

  measure distances_;
  std::vector<alx::index_t> seen_;
  std::vector<double> nearest_;
  std::vector<double> distance_;
  std::vector<double> weight_;
};

}  // namespace label
