// SPDX-License-Identifier: Apache-2.0
/// @file
/// One round of the library's loop for a book: fit, predict, rank.
#pragma once

#include <alx/error.hpp>
#include <alx/loop.hpp>
#include <alx/stopping/certainty.hpp>
#include <alx/stopping/stable_predictions.hpp>
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/least_confident.hpp>
#include <alx/strategies/margin.hpp>
#include <alx/strategies/random.hpp>

#include "book.hpp"
#include "lesson.hpp"
#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace label {

/// The strategy that the command line names.
class named_strategy {
 public:
  static constexpr std::array<std::string_view, 4> names = {
      "entropy", "margin", "least_confident", "random"};

  explicit named_strategy(std::string_view name) : name_(name) {
    if (name == "margin") rule_ = alx::margin{};
    if (name == "least_confident") rule_ = alx::least_confident{};
    if (name == "random") rule_ = alx::random{};
  }

  void score(alx::round_view const& round, std::span<double> utility) {
    std::visit([&](auto& rule) { rule.score(round, utility); }, rule_);
  }

  [[nodiscard]] std::string_view name() const { return name_; }

 private:
  std::string name_;
  std::variant<alx::entropy, alx::margin, alx::least_confident, alx::random> rule_;
};

/// A person ends this run.
struct until_told {
  alx::stop_reason stop(alx::round_view const& /*round*/) { return {}; }
};

template <class Learner, class Pool>
class rounds {
 public:
  /// `pool` must live as long.
  rounds(Learner learner, Pool const& pool, std::string_view strategy, plan const& settled)
      : session_(make(std::move(learner), pool, strategy, settled)), seed_(settled.seed) {}

  /// **Throws.** What a session throws.
  [[nodiscard]] std::shared_ptr<lesson> learn(book const& known) {
    auto const begin = std::chrono::steady_clock::now();
    auto said = std::make_shared<lesson>();
    said->model = known.size();
    said->content = known.content();
    session_.restore(state_of(known));
    auto const watch = [&]<class Event>(Event const& event) {
      if constexpr (std::is_same_v<Event, alx::fitted_learner<Learner>>) {
        measure(event.round, *said);
      }
    };
    if (auto asked = session_.ask(watch)) said->ranking = std::move(*asked);
    auto const shown = session_.probability();
    said->probability = alx::matrix<double>(shown.rows, shown.cols);
    std::copy_n(shown.data, shown.rows * shown.cols, said->probability.data());
    said->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return said;
  }

  /// The model of the last round.
  [[nodiscard]] Learner const& model() const { return session_.model(); }

 private:
  /// So many rows are ranked that a person who is faster than the model does not run out of them.
  static constexpr alx::index_t ranked = 64;

  static auto make(Learner learner,
                   Pool const& pool,
                   std::string_view strategy,
                   plan const& settled) {
    alx::loop const composed{std::move(learner),
                             named_strategy(strategy),
                             until_told{},
                             {.initial = 1,
                              .batch = std::max(settled.batch, ranked),
                              .seed = settled.seed,
                              .classes = settled.class_count()}};
    return composed.begin(pool);
  }

  /// The book as the session knows it; the round's number is the book's size, so that what is
  /// drawn at random is a function of the book too.
  [[nodiscard]] alx::session_state state_of(book const& known) const {
    alx::session_state state;
    state.seed = seed_;
    state.rows = known.settled().rows;
    state.round = known.size();
    state.next_ticket = static_cast<std::uint64_t>(known.size()) + 1;
    state.labelled = known.learnt().ids;
    state.labels = known.learnt().labels;
    std::vector<bool> learnt(static_cast<std::size_t>(state.rows));
    for (auto const row : state.labelled) learnt[static_cast<std::size_t>(row)] = true;
    std::vector<bool> aside(static_cast<std::size_t>(state.rows));
    for (auto const row : known.reserved()) aside[static_cast<std::size_t>(row)] = true;
    for (alx::index_t row = 0; row < state.rows; ++row) {
      auto const at = static_cast<std::size_t>(row);
      if (learnt[at]) continue;
      if (aside[at] || known.state(row) != row_state::unknown) state.set_aside.push_back(row);
    }
    return state;
  }

  void measure(alx::round_view const& round, lesson& said) {
    said.labels = std::ssize(round.labelled);
    if (round.candidates.empty()) return;
    std::vector<double> utility(round.candidates.size());
    alx::entropy{}.score(round, utility);
    said.mean_entropy =
        std::accumulate(utility.begin(), utility.end(), 0.0) / static_cast<double>(utility.size());
    if (stable_.stop(round)) said.stops.emplace_back("its predictions no longer change");
    if (alx::mean_entropy_below{0.05}.stop(round)) said.stops.emplace_back("it is nearly certain");
  }

  decltype(make(std::declval<Learner>(),
                std::declval<Pool const&>(),
                std::string_view(),
                std::declval<plan const&>())) session_;
  std::uint64_t seed_;
  alx::stable_predictions stable_;
};

}  // namespace label
