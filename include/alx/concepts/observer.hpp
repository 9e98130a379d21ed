// SPDX-License-Identifier: Apache-2.0
/// @file
/// The role "observer": is told what happens, and cannot change it.
#pragma once

#include <alx/query.hpp>
#include <alx/round_view.hpp>

#include <concepts>
#include <span>
#include <string>
#include <vector>

namespace alx::inline v0 {

/// A model is about to be fitted.
struct round_begun {
  index_t round;     ///< counted from 0
  index_t labelled;  ///< rows it will learn from
};

/// A model has been fitted and has predicted the pool.
struct model_fitted {
  round_view const& round;
};

/// One evaluated number of a round.
struct score_of {
  std::string metric;
  double value = 0.0;
};

/// What there is to tell of a round once its model is scored.
struct round_report {
  index_t round = 0;             ///< counted from 0
  index_t labelled = 0;          ///< rows the model was fitted on
  std::vector<index_t> added;    ///< ids labelled since the model before, in the order of answers
  double score = 0.0;            ///< the first of `scores`; NaN where nothing is evaluated
  std::vector<score_of> scores;  ///< one a metric of each `evaluate`, in order
};

/// The round is scored.
struct round_scored {
  round_report const& report;
};

/// The rows to ask next are chosen.
struct batch_chosen {
  query const& asked;
};

/// Nothing more will be asked.
struct run_finished {
  std::string const& reason;
};

/// A callable that takes at least one of the events above; the others do not reach it.
template <class O>
concept observer = std::invocable<O&, round_begun const&> ||
    std::invocable<O&, model_fitted const&> || std::invocable<O&, round_scored const&> ||
    std::invocable<O&, batch_chosen const&> || std::invocable<O&, run_finished const&>;

/// Tells an observer of an event, if it wants to know.
template <class Observer, class Event>
void notify(Observer& watching, Event const& event) {
  if constexpr (std::invocable<Observer&, Event const&>) watching(event);
}

/// Has what the concept asks for and nothing more.
struct observer_archetype {
  void operator()(run_finished const& /*event*/) {}
};

static_assert(observer<observer_archetype>);

}  // namespace alx::inline v0
