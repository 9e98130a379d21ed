// SPDX-License-Identifier: Apache-2.0
/// @file
/// One run of the experiment: a rule, a seed, and what is recorded of each round.
#pragma once

#include <alx/learners/gradient_boosting.hpp>
#include <alx/loop.hpp>
#include <alx/metrics/confusion.hpp>
#include <alx/metrics/predicted_labels.hpp>
#include <alx/metrics/roc_auc.hpp>
#include <alx/metrics/silhouette.hpp>
#include <alx/numpy/random_state.hpp>
#include <alx/numpy/sum.hpp>
#include <alx/selection/numpy_choice.hpp>
#include <alx/stopping/rounds.hpp>
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/ignorance.hpp>
#include <alx/strategies/product.hpp>
#include <alx/strategies/random.hpp>

#include "data.hpp"
#include "results.hpp"
#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace notebook {

/// The rules, in the order of the published table.
inline constexpr std::array<char const*, 6> rule_names = {"entropy",
                                                          "ignorance",
                                                          "prioritisation",
                                                          "random",
                                                          "modified_ignorance",
                                                          "modified_prioritisation"};

struct settings {
  alx::index_t rounds = 100;
  alx::index_t initial = 50;
  alx::index_t batch = 10;
};

/// As published: the constant inside the logarithm, and division by the largest.
inline constexpr double entropy_epsilon = 1e-6;

/// The classifier of the published experiment, `LGBMClassifier(random_state=42)`.
[[nodiscard]] inline alx::gradient_boosting learner() {
  alx::boosting_parameters parameters;
  parameters.seed = 42;
  return alx::gradient_boosting{parameters};
}

/// ROC AUC of the hard labels; NaN where it is not defined: no rows, or one class among them.
struct hard_auc {
  [[nodiscard]] double operator()(std::span<alx::label_t const> truth,
                                  alx::matrix_view<double const> probability) const {
    return has_both(truth) ? alx::roc_auc{alx::roc_auc_of::hard_labels}(truth, probability)
                           : std::numeric_limits<double>::quiet_NaN();
  }

  [[nodiscard]] double operator()(std::span<alx::label_t const> truth,
                                  std::span<alx::label_t const> predicted) const {
    return has_both(truth) ? alx::roc_auc::of_labels(truth, predicted)
                           : std::numeric_limits<double>::quiet_NaN();
  }

  [[nodiscard]] std::string_view name() const { return "auc"; }

 private:
  static bool has_both(std::span<alx::label_t const> truth) {
    return std::find(truth.begin(), truth.end(), 0) != truth.end() &&
           std::find(truth.begin(), truth.end(), 1) != truth.end();
  }
};

/// What one model makes of every pool row.
struct judgement {
  std::vector<alx::label_t> label;
  std::vector<double> entropy;
  std::vector<double> ignorance;
  std::vector<double> modified_ignorance;

  judgement(alx::matrix_view<double const> features,
            alx::matrix_view<double const> probability,
            alx::silhouette& silhouette)
      : label(static_cast<std::size_t>(features.rows)),
        entropy(label.size()),
        ignorance(label.size()),
        modified_ignorance(label.size()) {
    alx::predicted_labels(probability, label);
    auto const s = silhouette.samples(features, label);
    auto const entropy_of = alx::op::entropy_of_row{probability, entropy_epsilon};
    for (std::size_t i = 0; i < label.size(); ++i) {
      entropy[i] = entropy_of(static_cast<alx::index_t>(i));
      ignorance[i] = 1.0 - alx::rounded(s[i] * s[i]);
      modified_ignorance[i] = -s[i];
    }
  }
};

/// Observer: writes down each round as the published program does, and the two scores it hides.
class recorder {
 public:
  recorder(data const& all, std::function<void()> round_done)
      : all_(&all), round_done_(std::move(round_done)) {}

  void operator()(alx::model_fitted const& event) {
    judgement const seen(event.round.features, event.round.probability, silhouette_);
    std::span<alx::label_t const> const truth = all_->pool.labels;
    alx::confusion const errors(truth, seen.label, 2);
    round_record round;
    round.entropy = total(seen.entropy);
    round.ignorance = total(seen.ignorance);
    round.modified_ignorance = total(seen.modified_ignorance);
    round.fp = errors.fp();
    round.fn = errors.fn();
    round.auc = hard_auc{}(truth, seen.label);
    round.auc_unlabelled = unlabelled_auc(event.round.candidates, seen.label);
    rounds_.push_back(std::move(round));
  }

  void operator()(alx::round_scored const& event) {
    rounds_.back().auc_fresh = event.report.score;
    for (alx::index_t const id : event.report.added) {
      rounds_.back().asked.push_back(all_->id[static_cast<std::size_t>(id)]);
    }
    round_done_();
  }

  [[nodiscard]] std::vector<round_record> take() { return std::move(rounds_); }

  /// What the recorder asks, for a rule to ask too.
  [[nodiscard]] alx::silhouette& silhouette() { return silhouette_; }

 private:
  [[nodiscard]] double unlabelled_auc(std::span<alx::index_t const> unlabelled,
                                      std::span<alx::label_t const> predicted) const {
    std::vector<alx::label_t> truth(unlabelled.size());
    std::vector<alx::label_t> label(unlabelled.size());
    for (std::size_t i = 0; i < unlabelled.size(); ++i) {
      auto const id = static_cast<std::size_t>(unlabelled[i]);
      truth[i] = all_->pool.labels[id];
      label[i] = predicted[id];
    }
    return hard_auc{}(truth, label);
  }

  [[nodiscard]] static double total(std::vector<double> const& values) {
    return alx::numpy::sum({values.data(), static_cast<alx::index_t>(values.size())});
  }

  data const* all_;
  std::function<void()> round_done_;
  alx::silhouette silhouette_;
  std::vector<round_record> rounds_;
};

/// One rule with one seed: all of its rounds.
template <alx::strategy Strategy, alx::selection Selection = alx::top>
[[nodiscard]] std::vector<round_record> run_with(data const& all,
                                                 settings const& how,
                                                 std::uint64_t seed,
                                                 recorder& record,
                                                 Strategy strategy,
                                                 Selection selection = {}) {
  auto const rows = all.pool.features.rows();
  auto const numpy_seed = static_cast<std::uint32_t>(seed);
  alx::loop_options options{.batch = how.batch, .seed = seed};
  options.first = alx::numpy::random_state(numpy_seed).choice(rows, std::min(how.initial, rows));
  alx::loop const loop{
      learner(), std::move(strategy), alx::rounds{how.rounds}, options, std::move(selection)};
  alx::truth const oracle{all.pool.labels};
  if (all.fresh.labels.empty()) {
    loop.run(all.pool.features, oracle, record);
  } else {
    loop.run(all.pool.features, oracle, record, alx::evaluate{all.fresh, hard_auc{}});
  }
  return record.take();
}

/// The published rules by name.
[[nodiscard]] inline std::vector<round_record> run_rule(std::string const& rule,
                                                        data const& all,
                                                        settings const& how,
                                                        std::uint64_t seed,
                                                        std::function<void()> const& round_done) {
  recorder record(all, round_done);
  alx::silhouette& silhouette = record.silhouette();
  alx::entropy const entropy{entropy_epsilon, alx::entropy_scale::pool_maximum};
  auto const run = [&](auto... policies) {
    return run_with(all, how, seed, record, std::move(policies)...);
  };
  if (rule == "entropy") return run(entropy);
  if (rule == "ignorance") return run(alx::ignorance{silhouette});
  if (rule == "prioritisation") return run(entropy * alx::ignorance{silhouette});
  if (rule == "modified_ignorance") return run(alx::modified_ignorance{silhouette});
  if (rule == "modified_prioritisation") return run(entropy * alx::modified_ignorance{silhouette});
  if (rule == "random") {
    auto const initial = std::min(how.initial, all.pool.features.rows());
    return run(alx::random{},
               alx::replica::numpy_choice{static_cast<std::uint32_t>(seed), initial});
  }
  throw alx::option_error("rule: '" + rule + "' is not known");
}

/// Marks what a round asked as known.
inline void add_asked(data const& all, round_record const& round, std::vector<bool>& known) {
  for (alx::index_t const asked : round.asked) {
    auto const at = std::lower_bound(all.id.begin(), all.id.end(), asked);
    known[static_cast<std::size_t>(at - all.id.begin())] = true;
  }
}

/// The pool rows marked as known, with their labels.
struct known_rows {
  std::vector<alx::index_t> ids;
  std::vector<alx::label_t> labels;

  known_rows(data const& all, std::vector<bool> const& known) {
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (!known[i]) continue;
      ids.push_back(static_cast<alx::index_t>(i));
      labels.push_back(all.pool.labels[i]);
    }
  }
};

/// What the model of some round of a run made of every pool row, fitted again from the ids asked.
[[nodiscard]] inline evolution look_back(data const& all,
                                         run_record const& run,
                                         alx::index_t round) {
  std::vector<bool> known(all.pool.labels.size());
  for (alx::index_t r = 0; r <= round; ++r) {
    add_asked(all, run.rounds[static_cast<std::size_t>(r)], known);
  }
  known_rows const rows(all, known);
  auto model = learner();
  model.fit(all.pool.features, {rows.ids, rows.labels});
  alx::matrix<double> probability(all.pool.features.rows(), 2);
  model.predict_proba(all.pool.features, probability);
  alx::silhouette silhouette;
  judgement seen(all.pool.features, probability, silhouette);
  return {run.rule,
          run.seed,
          round,
          std::move(known),
          std::move(seen.label),
          std::move(seen.entropy),
          std::move(seen.ignorance)};
}

}  // namespace notebook
