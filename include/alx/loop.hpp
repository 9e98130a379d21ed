// SPDX-License-Identifier: Apache-2.0
/// @file
/// The active-learning loop: a learner, a strategy, a stopping criterion and a selection, composed
/// at compile time. The light entry to the library: no models, no Eigen.
#pragma once

#include <alx/concepts/learner.hpp>
#include <alx/concepts/metric.hpp>
#include <alx/concepts/observer.hpp>
#include <alx/concepts/oracle.hpp>
#include <alx/concepts/selection.hpp>
#include <alx/concepts/stopping_criterion.hpp>
#include <alx/concepts/strategy.hpp>
#include <alx/evaluate.hpp>
#include <alx/observers/history.hpp>
#include <alx/oracles/truth.hpp>
#include <alx/pool.hpp>
#include <alx/selection/top.hpp>
#include <alx/session.hpp>
#include <alx/stopping/combine.hpp>
#include <alx/stopping/labels.hpp>

#include <limits>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace alx::inline v0 {

namespace detail {

/// The `validate` among what is given to `run`, or `no_validation`.
template <class... Extras>
[[nodiscard]] auto validation_among(Extras const&... extras) {
  static_assert((int{is_validate<Extras>} + ... + 0) <= 1, "one validate at most can steer a run");
  auto found = std::tuple_cat([](auto const& extra) {
    if constexpr (is_validate<std::remove_cvref_t<decltype(extra)>>) {
      return std::tuple(extra);
    } else {
      return std::tuple<>();
    }
  }(extras)...);
  if constexpr (std::tuple_size_v<decltype(found)> == 0) {
    return no_validation{};
  } else {
    return std::get<0>(std::move(found));
  }
}

/// What `run` takes besides pool and oracle.
template <class T>
concept run_extra = is_evaluate<std::remove_cvref_t<T>> || is_validate<std::remove_cvref_t<T>> ||
    observer<std::remove_cvref_t<T>>;

}  // namespace detail

/// Learns from few labels by choosing which rows are labelled next.
///
/// A round: fit the learner on the labelled rows in ascending order of ids, predict the pool, ask
/// the stopping criterion, score the rows that may be asked, select a batch, wait for its labels.
/// `run` asks an oracle; `begin` gives a `session` that waits for whoever answers. Both are the
/// same code.
///
/// **Example.**
/// ```
/// auto loop = alx::loop{alx::gradient_boosting{}, alx::entropy{}, alx::labels{500},
///                       {.initial = 50, .batch = 10, .seed = 0}};
/// auto const rounds = loop.run(pool, alx::truth{labels}, alx::evaluate{test, alx::accuracy{}});
/// ```
///
/// A loop is a recipe: each run begins with copies of its policies, so it can be run any number of
/// times, and the same seed gives the same rows.
template <class Learner, strategy Strategy, stopping_criterion Stop, selection Selection = top>
class loop {
 public:
  loop(Learner learner,
       Strategy strategy,
       Stop stop,
       loop_options options = {},
       Selection selection = {})
      : policies_{std::move(learner), std::move(strategy), std::move(stop), std::move(selection)},
        options_(std::move(options)) {}

  /// A session that waits for answers. Keeps a view of the rows.
  template <class Rows, class Validation = no_validation>
  requires learner<Learner, pool_of<Rows>>

  [[nodiscard]] auto begin(Rows const& rows, Validation validation = {}) const {
    return session<pool_of<Rows>, Learner, Strategy, Stop, Selection, Validation>(
        as_pool(rows), policies_, options_, std::move(validation));
  }

  /// A table that would be gone before the first question is not accepted.
  template <class T>
  void begin(matrix<T>&& rows) const = delete;

  /// A session that goes on from a saved state.
  ///
  /// **Throws.** `state_error` where the state is of another pool or seed.
  template <class Rows, class Validation = no_validation>
  requires learner<Learner, pool_of<Rows>>

  [[nodiscard]] auto resume(Rows const& rows,
                            session_state const& state,
                            Validation validation = {}) const {
    auto resumed = begin(rows, std::move(validation));
    resumed.restore(state);
    return resumed;
  }

  /// Asks `oracle` until the stopping criterion holds or no row is left, and returns the rounds.
  ///
  /// `extras` are, in any order: `evaluate{…}`s, whose scores are reported and which no policy
  /// sees; one `validate{…}`, by whose score policies may steer; observers, by reference.
  ///
  /// **Throws.** What a session throws; `state_error` where the oracle answers nothing at all.
  template <class Rows, oracle Oracle, detail::run_extra... Extras>
  requires learner<Learner, pool_of<Rows>> history run(Rows const& rows,
                                                       Oracle&& oracle,
                                                       Extras&&... extras)
  const {
    auto running = begin(rows, detail::validation_among(extras...));
    history rounds;
    std::size_t reported = 0;
    auto const tell_all = [&](auto const& event) {
      notify(rounds, event);
      (notify(extras, event), ...);
    };
    auto const watch = [&]<class Event>(Event const& event) {
      if constexpr (std::is_same_v<Event, fitted_learner<Learner>>) {
        round_report const report = make_report(running, reported, event, extras...);
        reported = running.labelled().size();
        tell_all(round_scored{report});
      } else {
        tell_all(event);
      }
    };
    while (auto asked = running.ask(watch)) {
      std::vector<answer> const answers = oracle(std::as_const(*asked));
      if (answers.empty()) {
        throw state_error("run: the oracle gave no answer to query " +
                          std::to_string(asked->ticket));
      }
      running.tell(*asked, answers);
    }
    return rounds;
  }

 private:
  template <class Session, class... Extras>
  [[nodiscard]] round_report make_report(Session const& running,
                                         std::size_t reported,
                                         fitted_learner<Learner> const& fitted,
                                         Extras&... extras) const {
    round_report report;
    report.round = fitted.round.round;
    auto const labelled = running.labelled();
    report.labelled = static_cast<index_t>(labelled.size());
    report.added.assign(labelled.begin() + static_cast<index_t>(reported), labelled.end());
    [[maybe_unused]] auto const score = [&]<class Extra>(Extra& extra) {
      if constexpr (is_evaluate<Extra>) extra.score(fitted.learner, options_.classes, report);
    };
    (score(extras), ...);
    report.score = report.scores.empty() ? std::numeric_limits<double>::quiet_NaN()
                                         : report.scores.front().value;
    return report;
  }

  policies<Learner, Strategy, Stop, Selection> policies_;
  loop_options options_;
};

}  // namespace alx::inline v0
