// SPDX-License-Identifier: Apache-2.0
/// @file
/// A pool that stays on a GPU: a round of active learning goes there and back with nothing but ids.
#pragma once

#include <alx/backend.hpp>
#include <alx/error.hpp>
#include <alx/gpu/buffer.hpp>
#include <alx/gpu/matrix.hpp>
#include <alx/gpu/rows.hpp>
#include <alx/selection/detail/best_rows.hpp>
#include <alx/selection/detail/near_best_on_gpu.hpp>
#include <alx/selection/ranking.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// Gives every row of a pool on a GPU a utility.
template <class S>
concept strategy_on_gpu = requires(S& s,
                                   gpu_round_view const& round,
                                   vector_view<double, device> utility) {
  { s.score(round, utility) } -> std::same_as<void>;
};

/// Predicts probabilities of a pool on a GPU.
template <class L>
concept learner_on_gpu = requires(L const& l,
                                  matrix_view<double const, device> pool,
                                  matrix_view<double, device> out) {
  { l.predict_proba(pool, out) } -> std::same_as<void>;
};

/// The rows of a pool, copied to a GPU once, and room for what a round computes of them.
///
/// **Semantics.** Predict, score, choose: what a session does between two questions, with the
/// strategies' own formulas. The utilities are the host's but for the last bits of exponentials and
/// logarithms; rows whose utilities differ by less may change places.
///
/// **Cost.** Memory: rows × (features + classes + 1) × 8 bytes, and what the strategy keeps. A
/// round copies the ids of excluded rows there, and the batch back.
class gpu_pool {
 public:
  /// **Throws.** `gpu_error`; `option_error` where there are fewer than two classes.
  gpu_pool(matrix_view<double const> rows, label_t classes, gpu where)
      : features_(rows, where), probability_(rows.rows, at_least_two(classes), where) {
    utility_ = gpu_buffer<double>(rows.rows);
  }

  /// The rows, as learners and metrics on the same GPU take them.
  [[nodiscard]] matrix_view<double const, device> features() const { return features_.view(); }

  /// Of the last round.
  [[nodiscard]] matrix_view<double const, device> probability() const {
    return probability_.view();
  }

  /// The `batch` rows of the highest utility, but for those in `excluded` (labelled, set aside).
  ///
  /// **Throws.** What learner and strategy throw; `shape_error` naming an excluded row that the
  /// pool has not; `data_error` naming the row where a utility is not a number.
  template <learner_on_gpu Learner, strategy_on_gpu Strategy>
  ranking best(Learner const& learner,
               Strategy& strategy,
               index_t batch,
               std::span<index_t const> excluded = {}) {
    if (features_.rows() == 0 || batch <= 0) return {};
    learner.predict_proba(features_.view(), probability_.view());
    vector_view<double, device> const utility{utility_.data(), utility_.size()};
    strategy.score(gpu_round_view{probability(), features()}, utility);
    exclude(utility, excluded);
    auto const count = std::min(batch, features_.rows());
    return ranked(detail::best_on_gpu({utility.data, utility.size}, count), batch);
  }

 private:
  static label_t at_least_two(label_t classes) {
    if (classes >= 2) return classes;
    throw option_error("gpu_pool: " + std::to_string(classes) + " classes are fewer than two");
  }

  void exclude(vector_view<double, device> utility, std::span<index_t const> ids) const {
    for (auto const id : ids) {
      if (id >= 0 && id < utility.size) continue;
      throw shape_error("gpu_pool: row " + std::to_string(id) + " is not one of the pool's " +
                        std::to_string(utility.size));
    }
    if (ids.empty()) return;
    gpu_buffer<index_t> there(static_cast<index_t>(ids.size()));
    there.upload(ids.data(), there.size());
    detail::exclude_on_gpu(utility, {there.data(), there.size()});
  }

  static ranking ranked(detail::best_utilities const& found, index_t batch) {
    detail::best_rows best(batch, static_cast<index_t>(found.ids.size()));
    for (std::size_t i = 0; i < found.ids.size(); ++i) {
      if (found.utility[i] == -HUGE_VAL) continue;  // excluded
      if (!std::isfinite(found.utility[i])) {
        throw data_error("gpu_pool: row " + std::to_string(found.ids[i]) +
                         " has a utility that is not finite");
      }
      best.offer({found.utility[i], found.ids[i]});
    }
    return detail::ranking_of(std::move(best).in_order());
  }

  gpu_matrix<double> features_;
  gpu_matrix<double> probability_;
  gpu_buffer<double> utility_;
};

}  // namespace alx::inline v0
