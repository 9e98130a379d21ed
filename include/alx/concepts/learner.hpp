// SPDX-License-Identifier: Apache-2.0
/// @file
/// The role "learner": what is trained on the labelled rows and gives probabilities for all rows.
#pragma once

#include <alx/view.hpp>

#include <concepts>
#include <span>

namespace alx::inline v0 {

/// The rows a learner is trained on: positions in the pool, and what is known of them.
struct labelled_rows {
  std::span<index_t const> ids;      ///< ascending, each once
  std::span<label_t const> labels;   ///< one an id, 0 … classes - 1
  label_t classes = 2;               ///< how many classes there are, seen or not
  std::span<float const> weights{};  ///< one an id, or none: all weigh the same
};

/// Is trained from scratch on some rows of a pool and gives every row of a pool probabilities.
///
/// **Semantics.**
/// 1. `fit` forgets what was fitted before, unless the learner says that it goes on from it.
/// 2. `predict_proba` fills pool rows × classes; each row is finite, ≥ 0 and sums to 1.
/// 3. Fewer classes among the labels than there are is not an error: the learner says what it
/// knows.
/// 4. The same rows in the same order give the same bits, on any number of threads.
template <class L, class Pool>
concept learner = std::copy_constructible<L> &&
    requires(L& l, L const& fitted, Pool const& pool, labelled_rows rows, matrix_view<double> out) {
  l.fit(pool, rows);
  { fitted.predict_proba(pool, out) } -> std::same_as<void>;
};

/// Has what the concept asks for and nothing more.
template <class Pool>
struct learner_archetype {
  void fit(Pool const& /*pool*/, labelled_rows /*rows*/) {}

  void predict_proba(Pool const& /*pool*/, matrix_view<double> /*out*/) const {}
};

static_assert(learner<learner_archetype<int>, int>);

}  // namespace alx::inline v0
