// SPDX-License-Identifier: Apache-2.0
/// @file
/// `reviews full` and `reviews active`: one model of all labels, and one that asks for its own.
#pragma once

#include <alx/error.hpp>
#include <alx/parallel.hpp>
#include <alx/report/text.hpp>

#include "bundle.hpp"
#include "epoch_lines.hpp"
#include "records.hpp"
#include "replica.hpp"
#include "support/program.hpp"
#include "texts.hpp"
#include "usable.hpp"
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <string>

namespace reviews {

inline void print_header() {
  std::cout << " labels   test accuracy      FN    FP    loss   asked next, share of class 1\n";
}

inline void print_round(round_record const& round) {
  std::string line(120, '\0');
  auto const length = std::snprintf(line.data(),
                                    line.size(),
                                    "%7td   %13.4f  %6td%6td  %6.4f",
                                    round.labels,
                                    round.test.binary_accuracy,
                                    round.test.false_negatives,
                                    round.test.false_positives,
                                    round.test.loss);
  line.resize(static_cast<std::size_t>(length));
  if (!round.asked.empty()) {
    line +=
        "   " + std::to_string(round.asked.size()) + program::text(", %.4f", round.share_of_ones);
  }
  std::cout << line << std::endl;
}

/// `DIR/run.json`: the rule, the seed and each round.
inline void write_run(std::string const& out, run_record const& run) {
  if (out.empty()) return;
  std::filesystem::path const folder = out;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (!std::filesystem::is_directory(folder)) {
    throw alx::data_error("'" + out + "' cannot be made: " + failed.message());
  }
  json const all{{"rule", run.rule}, {"seed", run.seed}, {"rounds", to_json(run)}};
  alx::report::write_text((folder / "run.json").string(), all.dump() + '\n');
  std::cout << "wrote   " << (folder / "run.json").string() << '\n';
}

/// What both commands ask for.
struct run_options {
  text_source source;
  std::uint64_t seed = 0;
  std::string out;
  std::string bundle;
  program::place where;

  void describe(CLI::App& app) {
    source.describe(app);
    app.add_option("--seed", seed, "of the split and of all that is drawn")->capture_default_str();
    app.add_option("--out", out, "folder for run.json")->type_name("DIR");
    add_bundle(app, bundle);
    program::add_place(app, where);
  }
};

class full {
 public:
  static constexpr char const* name = "full";
  static constexpr char const* purpose =
      "The published model of all 40,000 labels, and how it does on the test rows.";

  void describe(CLI::App& app) { given_.describe(app); }

  void work() const {
    program::stopwatch watch;
    auto const all = given_.source.read();
    alx::thread_team team(given_.where.threads);
    replica_options options;
    options.bundle = given_.bundle;
    options.where = given_.where;
    auto const run = replica(all, options, given_.seed, team).full(epoch_lines{});
    print_header();
    print_round(run.rounds.back());
    std::cout << "in " << watch.lap() << " on " << program::place_text(given_.where) << '\n';
    write_run(given_.out, run);
  }

 private:
  run_options given_;
};

class active {
 public:
  static constexpr char const* name = "active";
  static constexpr char const* purpose =
      "A model learns from few labels and asks for more. class_ratio_replica is the published\n"
      "rule, which reads the test rows and true classes; the others are for somebody who has no\n"
      "labels: one unsorted pool, rows split at random, exact duplicates removed.";

  void describe(CLI::App& app) {
    given_.describe(app);
    app.add_option(
           "--learner",
           how_.learner,
           "lstm, logistic (regression, on TF-IDF of the full texts), or lsa (the same on 100\n"
           "dimensions of their bigrams)")
        ->check(CLI::IsMember({"lstm", "logistic", "lsa"}))
        ->capture_default_str();
    app.add_option("--strategy",
                   how_.strategy,
                   "how rows are chosen; entropy_k_center: of the ten times as many most\n"
                   "uncertain those far from each other (lsa)")
        ->check(
            CLI::IsMember({replica_rule, "error_ratio", "entropy", "entropy_k_center", "random"}))
        ->capture_default_str();
    app.add_option("--initial", how_.initial, "rows labelled to begin with")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--batch", how_.batch, "rows labelled after each round")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--rounds", how_.rounds, "batches that are asked for")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    describe_network(app);
    app.add_option("--target",
                   how_.target,
                   "accuracy on the validation rows at which to stop; class_ratio_replica has none")
        ->check(CLI::Range(0.0, 1.0));
  }

  void work() const {
    program::stopwatch watch;
    auto const all = given_.source.read();
    print_header();
    auto const run = how_.strategy == replica_rule ? run_replica(all) : run_usable(all);
    std::cout << "in " << watch.lap() << " on " << program::place_text(given_.where) << '\n';
    write_run(given_.out, run);
  }

 private:
  /// Of the LSTM alone.
  void describe_network(CLI::App& app) {
    app.add_option("--max-tokens", how_.max_tokens, "words that the LSTM knows")
        ->check(CLI::Range(2, 1'000'000))
        ->capture_default_str();
    app.add_option("--length", how_.length, "words of a text that it reads")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    program::add_choice(
        app,
        "--embedding",
        how_.embedding,
        {{"drawn", first_embedding::drawn}, {"word_vectors", first_embedding::word_vectors}},
        "what its embedding begins with; word_vectors: made from the pool's texts");
    program::add_choice(
        app,
        "--start",
        how_.start,
        {{"anew", alx::lstm_start::anew}, {"last_weights", alx::lstm_start::last_weights}},
        "what a round's training begins with");
    app.add_option("--optimizer", how_.optimizer, "rmsprop or adam, as Keras has them")
        ->check(CLI::IsMember({"rmsprop", "adam"}))
        ->capture_default_str();
    app.add_option("--training-batch", how_.training_batch, "rows a step of its training")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
  }

  static constexpr char const* replica_rule = "class_ratio_replica";

  [[nodiscard]] run_record run_replica(alx::labelled_texts const& all) const {
    if (how_.learner != "lstm") {
      throw alx::option_error("class_ratio_replica is a rule of the lstm; --learner is " +
                              how_.learner);
    }
    replica_options options;
    options.batch = how_.batch;
    options.rounds = how_.rounds;
    options.rows.training = how_.initial / 2;
    options.bundle = given_.bundle;
    options.where = given_.where;
    alx::thread_team team(given_.where.threads);
    auto run = replica(all, options, given_.seed, team).active(epoch_lines{});
    for (auto const& round : run.rounds) print_round(round);
    return run;
  }

  [[nodiscard]] run_record run_usable(alx::labelled_texts const& all) const {
    if (given_.where.device == "gpu" && how_.learner != "lstm") {
      throw alx::option_error("--device gpu: only the lstm computes there; --learner is " +
                              how_.learner);
    }
    auto options = how_;
    options.where = given_.where;
    options.bundle = given_.bundle;
    return run_active(
        all, options, given_.seed, [](run_record const& run) { print_round(run.rounds.back()); });
  }

  run_options given_;
  active_options how_;
};

}  // namespace reviews
