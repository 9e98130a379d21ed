// SPDX-License-Identifier: Apache-2.0
/// @file
/// The experiment as published: Keras' "Review classification using active learning".
#pragma once

#include <alx/data/imdb.hpp>
#include <alx/data/texts.hpp>
#include <alx/learners/lstm_classifier.hpp>
#include <alx/learners/nn/fit_options.hpp>
#include <alx/parallel.hpp>
#include <alx/random.hpp>
#include <alx/selection/class_ratio.hpp>
#include <alx/text/vectorizer.hpp>
#include <alx/text/vocabulary.hpp>

#include "bundle.hpp"
#include "network_trainer.hpp"
#include "records.hpp"
#include "support/program.hpp"
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reviews {

/// Sizes of the published experiment.
struct replica_options {
  alx::imdb_protocol_options rows{};
  alx::index_t max_tokens = 3000;
  alx::index_t length = 150;
  alx::index_t batch = 5000;            ///< labels a round
  alx::index_t rounds = 3;              ///< after the first training
  alx::index_t shuffle_buffer = 20000;  ///< rows: less than there are in the later rounds
  alx::index_t epochs = 20;
  program::place where{};  ///< that the network is trained on
  std::string bundle{};    ///< folder for the last model; none where empty
};

/// Both published models on one split of the reviews. The seed orders the rows of each half and
/// class, and names all that is drawn.
class replica {
 public:
  replica(alx::labelled_texts const& all,
          replica_options const& options,
          std::uint64_t seed,
          alx::thread_team& team)
      : options_(options),
        seed_(seed),
        team_(&team),
        labels_(all.labels),
        rows_(split(all, options, seed)),
        words_(words_of(all, options, rows_.training, team)),
        tokens_(words_.transform(all.texts, team)),
        validation_(*this, rows_.validation),
        test_(*this, rows_.test) {}

  /// The model of all labels.
  template <class Watch>
  run_record full(Watch&& watch) const {
    model m = new_model();
    run_record record{"full", seed_, {}};
    record.rounds.push_back(fit(m, rows_.all_training(), 0, watch));
    m.network.set_weights(m.best.weights, *team_);
    record.rounds.back().test = score(m);
    save_bundle(options_.bundle, words_, m.network);
    return record;
  }

  /// Sampling by the class ratio of the errors on the **test** rows, from pools sorted by class.
  /// One checkpoint goes on over all rounds; its weights are taken up after each round but the
  /// first training.
  template <class Watch>
  run_record active(Watch&& watch) const {
    model m = new_model();
    run_record record{"class_ratio", seed_, {}};
    alx::replica::class_ratio pools(rows_.pool[0], rows_.pool[1]);
    std::vector<alx::index_t> known = rows_.training;
    record.rounds.push_back(fit(m, known, 0, watch));
    record.rounds.back().test = score(m);
    for (alx::index_t r = 1; r <= options_.rounds; ++r) {
      round_record& last = record.rounds.back();
      auto const fn = last.test.false_negatives;
      auto const fp = last.test.false_positives;
      last.share_of_ones =
          fn > 0 && fp > 0 ? static_cast<double>(fp) / static_cast<double>(fn + fp) : 0.5;
      last.asked = pools.next(fn, fp, options_.batch);
      known.insert(known.end(), last.asked.begin(), last.asked.end());
      auto next = fit(m, known, r, watch);
      m.network.set_weights(m.best.weights, *team_);
      next.test = score(m);
      record.rounds.push_back(std::move(next));
    }
    save_bundle(options_.bundle, words_, m.network);
    return record;
  }

 private:
  static alx::imdb_rows split(alx::labelled_texts const& all,
                              replica_options options,
                              std::uint64_t seed) {
    options.rows.seed = seed;
    return alx::imdb_protocol(all.labels, all.half, options.rows);
  }

  /// Knows the tokens of the training rows.
  static alx::text_vectorizer words_of(alx::labelled_texts const& all,
                                       replica_options const& options,
                                       std::span<alx::index_t const> training,
                                       alx::thread_team& team) {
    std::vector<std::string_view> counted;
    for (alx::index_t const id : training) {
      counted.push_back(all.texts[static_cast<std::size_t>(id)]);
    }
    return {alx::vocabulary::adapt(counted, options.max_tokens, team), options.length};
  }

  /// Rows with their labels, side by side.
  struct part {
    alx::nn::gathered_rows copies;
    alx::nn::batch all;

    part(replica const& of, std::span<alx::index_t const> ids)
        : all(copies.take({of.tokens_.view(), of.labels_}, ids)) {}

    part(part const&) = delete;
    part& operator=(part const&) = delete;
  };

  /// A network and the best weights that its trainings have met.
  struct model {
    alx::lstm_network network = alx::make_lstm_network();
    alx::nn::checkpoint best;
  };

  [[nodiscard]] model new_model() const {
    model m;
    m.network.initialise(seed_, *team_);
    return m;
  }

  /// A training with a new optimizer, from the weights that the network has.
  template <class Watch>
  round_record fit(model& m,
                   std::span<alx::index_t const> ids,
                   alx::index_t round,
                   Watch&& watch) const {
    alx::nn::fit_options how;
    how.epochs = options_.epochs;
    how.shuffle = {options_.shuffle_buffer};
    how.how = alx::nn::embedding_gradient::per_occurrence;
    how.seed = alx::philox(seed_, static_cast<std::uint32_t>(round), alx::purpose::shuffle)();
    part const known(*this, ids);
    round_record record;
    record.labels = static_cast<alx::index_t>(ids.size());
    record.training =
        with_trainer(options_.where, m.network, {}, alx::nn::rmsprop{}, *team_, [&](auto& trainer) {
          return trainer.fit(known.all, validation_.all, how, m.best, watch);
        });
    record.validation =
        record.training.validation[static_cast<std::size_t>(record.training.best_epoch)];
    return record;
  }

  [[nodiscard]] alx::nn::epoch_scores score(model const& m) const {
    return alx::nn::epoch_scores(m.network.score(test_.all, *team_));
  }

  replica_options options_;
  std::uint64_t seed_;
  alx::thread_team* team_;
  std::span<alx::label_t const> labels_;
  alx::imdb_rows rows_;
  alx::text_vectorizer words_;
  alx::matrix<std::int32_t> tokens_;
  part validation_;
  part test_;
};

}  // namespace reviews
