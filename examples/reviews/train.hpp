// SPDX-License-Identifier: Apache-2.0
/// @file
/// `reviews train`: the published network, trained on rows of tokens.
#pragma once

#include <alx/data/npy.hpp>
#include <alx/error.hpp>
#include <alx/learners/lstm_classifier.hpp>
#include <alx/parallel.hpp>
#include <alx/report/text.hpp>
#include <alx/text/vectorizer.hpp>
#include <alx/text/vocabulary.hpp>

#include "bundle.hpp"
#include "epoch_lines.hpp"
#include "history_json.hpp"
#include "network_file.hpp"
#include "network_trainer.hpp"
#include "support/program.hpp"
#include "support/tables.hpp"
#include <CLI/CLI.hpp>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace reviews {

/// Rows of tokens and a class each, from two files.
struct labelled_tokens {
  alx::matrix<std::int32_t> tokens;
  std::vector<alx::label_t> labels;

  labelled_tokens() = default;

  labelled_tokens(std::string const& tokens_file, std::string const& labels_file)
      : tokens(alx::read_npy_int32(tokens_file)) {
    for (auto const label : alx::read_npy_labels(labels_file)) {
      if (label != 0 && label != 1) {
        throw alx::data_error(labels_file + ": row " + std::to_string(labels.size()) + ": label " +
                              std::to_string(label) + " is neither 0 nor 1");
      }
      labels.push_back(static_cast<alx::label_t>(label));
    }
    program::expect_same_rows(
        tokens_file, tokens.rows(), labels_file, static_cast<alx::index_t>(labels.size()));
  }

  [[nodiscard]] alx::nn::batch all() const { return {tokens.view(), labels}; }
};

class train {
 public:
  static constexpr char const* name = "train";
  static constexpr char const* purpose =
      "Trains the published network on rows of tokens. With validation rows the training ends\n"
      "early and the weights of the lowest validation loss are saved, without them the last.";

  void describe(CLI::App& app) {
    auto const file = [&](char const* option, std::string& into, char const* what) {
      return app.add_option(option, into, what)->type_name("FILE");
    };
    file("--tokens", tokens_, "rows x length, .npy")->required();
    file("--labels", labels_, "0 or 1, one a row, .npy of any numbers")->required();
    auto* valid = file("--valid-tokens", valid_tokens_, "rows that epochs are judged by");
    auto* valid_labels = file("--valid-labels", valid_labels_, "their labels");
    valid->needs(valid_labels);
    valid_labels->needs(valid);
    file("--initial-weights", initial_, "to begin with, Keras' .weights.h5; default: drawn");
    file("--save", save_, "weights to write, Keras' .weights.h5");
    auto* words = file("--vocabulary", vocabulary_, "the words behind the tokens, for --bundle");
    add_bundle(app, bundle_)->needs(words);
    file("--history", history_, "Keras' history and each step's loss, .json")->required();
    describe_training(app);
  }

  void work() const {
    program::stopwatch watch;
    alx::thread_team team(where_.threads);
    labelled_tokens const rows(tokens_, labels_);
    labelled_tokens valid;
    if (!valid_tokens_.empty()) valid = labelled_tokens(valid_tokens_, valid_labels_);
    auto const words = words_of(rows.tokens.cols());
    auto network = alx::make_lstm_network(shape_);
    if (initial_.empty()) {
      network.initialise(how_.seed, team);
    } else {
      load(initial_, network, team);
    }
    std::cout << "read      " << program::count(rows.tokens.rows(), "row") << " of "
              << rows.tokens.cols() << " tokens in " << watch.lap() << std::endl;
    alx::nn::checkpoint best;
    auto const past = optimizer_ == "adam"
                          ? fit(network, alx::nn::adam{}, rows, valid, best, team)
                          : fit(network, alx::nn::rmsprop{}, rows, valid, best, team);
    std::cout << "trained   " << past.training.size() << " epochs (" << past.ended << ") in "
              << watch.lap() << " on " << program::place_text(where_) << '\n';
    alx::report::write_text(history_, to_json(past).dump() + '\n');
    if (!best.weights.empty()) network.set_weights(best.weights, team);
    if (!save_.empty()) save(save_, network, network.weights());
    if (words) save_bundle(bundle_, *words, network);
  }

 private:
  void describe_training(CLI::App& app) {
    auto* plain = app.add_flag("--no-shuffle", plain_, "rows in their order");
    app.add_option("--shuffle-buffer",
                   how_.shuffle.buffer,
                   "rows mixed at a time, as tf.data's shuffle does; default: all")
        ->check(CLI::PositiveNumber)
        ->excludes(plain);
    app.add_option("--dropout", shape_.dropout, "share of values left out")->capture_default_str();
    app.add_option("--optimizer", optimizer_, "rmsprop or adam")
        ->check(CLI::IsMember({"rmsprop", "adam"}))
        ->capture_default_str();
    app.add_option("--learning-rate", learning_rate_, "of the optimizer")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    program::add_choice(app,
                        "--embedding-gradient",
                        how_.how,
                        {{"summed", alx::nn::embedding_gradient::summed},
                         {"per_occurrence", alx::nn::embedding_gradient::per_occurrence}},
                        "squared as a sum, or each occurrence's as Keras on TensorFlow does");
    app.add_option("--epochs", how_.epochs, "at most")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--batch", how_.batch, "rows a step")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option(
           "--patience", how_.patience, "epochs without a lower validation loss; 0: endless")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--vocabulary-size", shape_.max_tokens, "ids that the network knows")
        ->check(CLI::Range(1, 100'000'000))
        ->capture_default_str();
    app.add_option("--seed", how_.seed, "of weights, shuffling and dropout")->capture_default_str();
    program::add_place(app, where_);
  }

  /// What turns texts into rows of `length` tokens, for the bundle; nothing without one.
  [[nodiscard]] std::optional<alx::text_vectorizer> words_of(alx::index_t length) const {
    if (bundle_.empty()) return std::nullopt;
    auto words = alx::vocabulary::load(vocabulary_);
    if (words.size() > shape_.max_tokens) {
      throw alx::data_error(vocabulary_ + ": " + std::to_string(words.size()) +
                            " tokens, --vocabulary-size is " + std::to_string(shape_.max_tokens));
    }
    return alx::text_vectorizer(std::move(words), length);
  }

  template <class Optimizer>
  alx::nn::training_history fit(alx::lstm_network& network,
                                Optimizer rule,
                                labelled_tokens const& rows,
                                labelled_tokens const& valid,
                                alx::nn::checkpoint& best,
                                alx::thread_team& team) const {
    rule.learning_rate = learning_rate_;
    auto how = how_;
    if (plain_) how.shuffle = alx::nn::shuffling::none();
    try {
      return with_trainer(where_, network, shape_, rule, team, [&](auto& trainer) {
        return trainer.fit(rows.all(), valid.all(), how, best, epoch_lines{});
      });
    } catch (alx::numeric_error const&) {
      if (!save_.empty() && !best.weights.empty()) save(save_, network, best.weights);
      throw;
    }
  }

  std::string tokens_;
  std::string labels_;
  std::string valid_tokens_;
  std::string valid_labels_;
  std::string initial_;
  std::string save_;
  std::string history_;
  std::string vocabulary_;
  std::string bundle_;
  std::string optimizer_ = "rmsprop";
  double learning_rate_ = 0.001;
  bool plain_ = false;
  alx::lstm_shape shape_{};
  alx::nn::fit_options how_{};
  program::place where_;
};

}  // namespace reviews
