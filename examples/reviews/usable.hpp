// SPDX-License-Identifier: Apache-2.0
/// @file
/// The review experiment for somebody who does not know the pool's classes: one unsorted pool, rows
/// split at random, exact duplicates removed.
#pragma once

#include <alx/data/duplicates.hpp>
#include <alx/data/texts.hpp>
#include <alx/error.hpp>
#include <alx/learners/logistic_regression.hpp>
#include <alx/learners/lstm_classifier.hpp>
#include <alx/learners/nn/optimizers.hpp>
#include <alx/loop.hpp>
#include <alx/matrix.hpp>
#include <alx/metrics/accuracy.hpp>
#include <alx/metrics/confusion.hpp>
#include <alx/metrics/log_loss.hpp>
#include <alx/parallel.hpp>
#include <alx/random.hpp>
#include <alx/selection/error_ratio.hpp>
#include <alx/selection/k_center.hpp>
#include <alx/selection/top.hpp>
#include <alx/sparse.hpp>
#include <alx/stopping/combine.hpp>
#include <alx/stopping/rounds.hpp>
#include <alx/stopping/target_score.hpp>
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/random.hpp>
#include <alx/text/lsa.hpp>
#include <alx/text/tf_idf.hpp>
#include <alx/text/vectorizer.hpp>
#include <alx/text/vocabulary.hpp>
#include <alx/text/word_vectors.hpp>

#include "bundle.hpp"
#include "records.hpp"
#include "support/program.hpp"
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace reviews {

/// What an LSTM's embedding begins with.
enum class first_embedding {
  drawn,
  word_vectors  ///< of the words' neighbours in the pool
};

/// How an active run goes. The defaults are the published sizes.
struct active_options {
  std::string learner = "lstm";          ///< lstm, logistic or lsa
  std::string strategy = "error_ratio";  ///< or entropy, entropy_k_center, random
  alx::index_t initial = 15'000;
  alx::index_t batch = 5000;
  alx::index_t rounds = 3;  ///< batches after the first training
  double target = 1.0;      ///< accuracy on the validation rows at which to stop
  alx::index_t validation = 5000;
  alx::index_t test = 5000;
  alx::index_t max_tokens = 3000;
  alx::index_t length = 150;
  first_embedding embedding = first_embedding::drawn;
  alx::lstm_start start = alx::lstm_start::anew;
  alx::index_t training_batch = 256;  ///< rows a step of the LSTM
  std::string optimizer = "rmsprop";  ///< or adam
  program::place where{};             ///< of the LSTM; the rest is the host's
  std::string bundle{};               ///< folder for the last model; none where empty
};

/// Three disjoint sets of distinct texts, drawn at random.
struct open_split {
  /// Texts with their labels and their ids among all.
  struct part {
    std::vector<alx::index_t> ids;
    std::vector<std::string_view> texts;
    std::vector<alx::label_t> labels;
  };

  part test;
  part validation;
  part pool;

  open_split(alx::labelled_texts const& all, active_options const& options, std::uint64_t seed) {
    auto const distinct = alx::distinct_rows(all.texts);
    auto const rows = std::ssize(distinct);
    if (rows <= options.test + options.validation) {
      throw alx::data_error("reviews: " + std::to_string(rows) +
                            " distinct texts leave no pool beside " +
                            std::to_string(options.validation) + " for validation and " +
                            std::to_string(options.test) + " for the test");
    }
    alx::philox random(seed, 0, alx::purpose::split);
    auto const shuffled = alx::sample(distinct, rows, random);
    auto next = shuffled.begin();
    auto const take = [&](part& to, alx::index_t count) {
      for (auto const end = next + count; next != end; ++next) {
        to.ids.push_back(*next);
        to.texts.push_back(all.texts[static_cast<std::size_t>(*next)]);
        to.labels.push_back(all.labels[static_cast<std::size_t>(*next)]);
      }
    };
    take(test, options.test);
    take(validation, options.validation);
    take(pool, rows - options.test - options.validation);
  }
};

/// How probabilities do on rows whose classes are known.
inline alx::nn::epoch_scores scores_of(std::span<alx::label_t const> truth,
                                       alx::matrix_view<double const> probability) {
  alx::confusion const counted(truth, probability);
  alx::nn::epoch_scores s;
  s.loss = alx::log_loss{}(truth, probability);
  s.binary_accuracy = static_cast<double>(counted.correct()) / static_cast<double>(truth.size());
  s.false_negatives = counted.fn();
  s.false_positives = counted.fp();
  return s;
}

/// The three sets as a learner reads them, and what reads texts so.
template <class Table, class Features>
struct open_tables {
  Features features;
  Table test;
  Table validation;
  Table pool;
};

/// Token rows, by the vocabulary of the pool: it takes no labels.
inline open_tables<alx::matrix<std::int32_t>, alx::text_vectorizer> token_tables(
    open_split const& split, active_options const& options, alx::thread_team& team) {
  alx::text_vectorizer const ids(alx::vocabulary::adapt(split.pool.texts, options.max_tokens, team),
                                 options.length);
  return {ids,
          ids.transform(split.test.texts, team),
          ids.transform(split.validation.texts, team),
          ids.transform(split.pool.texts, team)};
}

/// TF-IDF of the full texts, by the words of the pool.
inline open_tables<alx::sparse_matrix<float>, alx::tf_idf> tf_idf_tables(open_split const& split,
                                                                         alx::thread_team& team) {
  alx::tf_idf terms({.min_df = 2, .frequency = alx::term_frequency::sublinear});
  auto pool = terms.fit_transform<float>(split.pool.texts);
  auto test = terms.transform<float>(split.test.texts, team);
  auto validation = terms.transform<float>(split.validation.texts, team);
  return {std::move(terms), std::move(test), std::move(validation), std::move(pool)};
}

/// Dense rows: bigram weights of the full texts in 100 dimensions, by the texts of the pool.
inline open_tables<alx::matrix<double>, lsa_features> lsa_tables(open_split const& split,
                                                                 alx::thread_team& team) {
  alx::tf_idf terms({.ngrams = {1, 2}, .min_df = 5, .frequency = alx::term_frequency::sublinear});
  auto const weights = terms.fit_transform<float>(split.pool.texts);
  alx::lsa topics({.dimensions = 100});
  auto pool = topics.fit_transform(weights.view(), team);
  auto const rows = [&](std::vector<std::string_view> const& texts) {
    return topics.transform(terms.transform<float>(texts, team).view(), team);
  };
  auto test = rows(split.test.texts);
  auto validation = rows(split.validation.texts);
  return {{std::move(terms), std::move(topics)},
          std::move(test),
          std::move(validation),
          std::move(pool)};
}

/// Records each round of one run.
template <class Tables>
class round_recorder {
 public:
  round_recorder(open_split const& split, Tables const& tables, run_record& record)
      : split_(&split), tables_(&tables), record_(&record) {}

  template <class Learner>
  void operator()(alx::fitted_learner<Learner> const& event) {
    round_record round;
    round.labels = std::ssize(event.round.labelled);
    round.test = scored(event.learner, tables_->test, split_->test);
    round.validation = scores_of(event.round.validation_labels, event.round.validation_probability);
    if constexpr (requires { event.learner.history(); }) {
      round.training = event.learner.history();
      round.training.step_loss.clear();
    }
    record_->rounds.push_back(std::move(round));
  }

  void operator()(alx::batch_chosen const& event) {
    if (record_->rounds.empty()) return;  // the first rows are drawn, no model asked for them
    round_record& round = record_->rounds.back();
    alx::index_t ones = 0;
    for (alx::index_t const row : event.asked.ids) {
      auto const at = static_cast<std::size_t>(row);
      round.asked.push_back(split_->pool.ids[at]);
      ones += split_->pool.labels[at];
    }
    round.share_of_ones = static_cast<double>(ones) / static_cast<double>(event.asked.ids.size());
  }

  template <class Event>
  void operator()(Event const& /*other*/) {}

 private:
  template <class Learner, class Table>
  static alx::nn::epoch_scores scored(Learner const& learner,
                                      Table const& rows,
                                      open_split::part const& known) {
    alx::matrix<double> probability(rows.rows(), 2);
    learner.predict_proba(rows.view(), probability.view());
    return scores_of(known.labels, probability.view());
  }

  open_split const* split_;
  Tables const* tables_;
  run_record* record_;
};

/// Runs one learner with the strategy of `options`; `done(record)` is called after each round.
template <class Tables, class Learner, class Done>
run_record run_open(open_split const& split,
                    Tables const& tables,
                    Learner const& learner,
                    active_options const& options,
                    std::uint64_t seed,
                    Done&& done) {
  run_record record{options.learner + "_" + options.strategy, seed, {}};
  alx::loop_options const sizes{.initial = options.initial, .batch = options.batch, .seed = seed};
  auto const stop = alx::rounds{options.rounds + 1} || alx::target_score{options.target};
  auto const run = [&](auto strategy, auto selection) {
    alx::loop const loop{learner, strategy, stop, sizes, selection};
    auto session = loop.begin(
        tables.pool, alx::validate{tables.validation, split.validation.labels, alx::accuracy{}});
    round_recorder<Tables> recorder(split, tables, record);
    alx::truth const oracle(split.pool.labels);
    while (auto const asked = session.ask(recorder)) {
      session.tell(*asked, oracle(*asked));
      if (!record.rounds.empty()) done(record);
    }
    done(record);
    save_bundle(options.bundle, tables.features, session.model());
  };
  if (options.strategy == "error_ratio") {
    run(alx::entropy{}, alx::error_ratio{});
  } else if (options.strategy == "entropy") {
    run(alx::entropy{}, alx::top{});
  } else if (options.strategy == "entropy_k_center") {
    run(alx::entropy{}, alx::k_center{});
  } else if (options.strategy == "random") {
    run(alx::random{}, alx::top{});
  } else {
    throw alx::option_error("strategy: '" + options.strategy + "' is not known");
  }
  return record;
}

/// A run of the LSTM.
template <class Optimizer, class Done>
run_record run_network(open_split const& split,
                       active_options const& options,
                       Optimizer rule,
                       std::uint64_t seed,
                       alx::thread_team& team,
                       Done&& done) {
  auto const tables = token_tables(split, options, team);
  alx::lstm_options how;
  how.shape.max_tokens = options.max_tokens;
  how.training.seed = seed;
  how.training.batch = options.training_batch;
  how.start = options.start;
  auto learner = program::on(options.where, [&](auto backend) {
    return alx::lstm_classifier<Optimizer>(how, rule, backend);
  });
  if (options.embedding == first_embedding::word_vectors) {
    auto const vectors = alx::word_vectors(
        tables.pool.view(), how.shape.max_tokens, {.width = how.shape.width}, team);
    learner.begin_with(vectors.view());
  }
  learner.validate_on(tables.validation.view(), split.validation.labels);
  return run_open(split, tables, learner, options, seed, done);
}

/// A whole run from the texts.
template <class Done>
run_record run_active(alx::labelled_texts const& all,
                      active_options const& options,
                      std::uint64_t seed,
                      Done&& done) {
  open_split const split(all, options, seed);
  alx::thread_team team(options.where.threads);
  if (options.learner == "logistic") {
    auto const tables = tf_idf_tables(split, team);
    return run_open(split, tables, alx::logistic_regression{}, options, seed, done);
  }
  if (options.learner == "lsa") {
    auto const tables = lsa_tables(split, team);
    return run_open(split, tables, alx::logistic_regression{{.c = 10.0}}, options, seed, done);
  }
  if (options.optimizer == "adam") {
    return run_network(split, options, alx::nn::adam{}, seed, team, done);
  }
  return run_network(split, options, alx::nn::rmsprop{}, seed, team, done);
}

}  // namespace reviews
