// SPDX-License-Identifier: Apache-2.0
/// @file
/// `reviews compare`: the published models and the usable rules over several seeds, side by side.
#pragma once

#include <alx/error.hpp>
#include <alx/experiment/cells.hpp>
#include <alx/experiment/store.hpp>
#include <alx/parallel.hpp>
#include <alx/report/text.hpp>

#include "replica.hpp"
#include "report.hpp"
#include "run_lines.hpp"
#include "support/program.hpp"
#include "texts.hpp"
#include "usable.hpp"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace reviews {

/// Sizes of the comparison. The defaults are the published ones, and small batches for the long
/// LSTM and for the logistic regressions, to which a round costs little.
struct compare_sizes {
  alx::index_t test = 5000;        ///< rows; in the replica half of them of each class
  alx::index_t validation = 5000;  ///< likewise
  alx::index_t initial = 15'000;   ///< likewise
  alx::index_t batch = 5000;
  alx::index_t rounds = 3;
  alx::index_t long_initial = 1000;
  alx::index_t long_batch = 1000;
  alx::index_t long_labels = 5000;
  alx::index_t logistic_initial = 50;
  alx::index_t logistic_batch = 50;
  alx::index_t logistic_labels = 2000;

  bool operator==(compare_sizes const&) const = default;

  [[nodiscard]] replica_options replica(program::place const& where) const {
    replica_options options;
    options.where = where;
    options.rows.validation = validation / 2;
    options.rows.test = test / 2;
    options.rows.training = initial / 2;
    options.batch = batch;
    options.rounds = rounds;
    return options;
  }

  /// Of a rule that can be used.
  [[nodiscard]] active_options usable(std::string const& rule, program::place const& where) const {
    active_options options;
    options.strategy = rule.substr(rule.find('_') + 1);
    options.validation = validation;
    options.test = test;
    options.where = where;
    auto const until = [&](alx::index_t first, alx::index_t asked, alx::index_t labels) {
      options.initial = first;
      options.batch = asked;
      options.rounds = std::max<alx::index_t>(0, labels - first) / asked;
    };
    switch (reporting::find_rule(rule)->kind) {
      case reporting::family::long_network:
        options.length = 400;
        options.embedding = first_embedding::word_vectors;
        options.training_batch = 32;
        options.optimizer = "adam";
        if (rule == "long_entropy_kept") {
          options.strategy = "entropy";
          options.start = alx::lstm_start::last_weights;
        }
        until(long_initial, long_batch, long_labels);
        break;
      case reporting::family::logistic:
        options.learner = "logistic";
        until(logistic_initial, logistic_batch, logistic_labels);
        break;
      case reporting::family::lsa:
        options.learner = "lsa";
        until(logistic_initial, logistic_batch, logistic_labels);
        break;
      default:
        until(initial, batch, initial + rounds * batch);
    }
    return options;
  }
};

class compare {
 public:
  static constexpr char const* name = "compare";
  static constexpr char const* purpose =
      "The published models, rules that can be used without knowing the answers, and the obvious\n"
      "alternative, over several seeds: a table beside the published one, curves, and what holds.";

  void describe(CLI::App& app) {
    auto const rules = rule_names();
    source_.describe(app);
    app.add_option("--seeds", seeds_, "runs of each rule; run r has seed SEED + r")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--seed", seed_, "the first")->capture_default_str();
    app.add_option("--only",
                   only_,
                   "rules to run, with commas between; what the folder has of\n"
                   "others is reported with them")
        ->delimiter(',')
        ->check(CLI::IsMember(rules));
    app.add_option(
        "--out",
        out_,
        "folder for results.json, curves.csv, tables.md, report.html and its figures; made with\n"
        "its parents. Runs of the same sizes that are there are not done again");
    describe_sizes(app);
    program::add_place(app, where_);
  }

  void work() const {
    program::stopwatch watch;
    auto const all = source_.read();
    alx::result_store store(out_, configuration(all));
    run_missing(all, store);
    store.finish(kept_cells(store));
    auto const record = collect(all, store);
    std::cout << reporting::to_plain(reporting::model_table(record)) << '\n';
    if (auto const needed = reporting::needed_table(record); !needed.rows.empty()) {
      std::cout << needed.caption << ":\n" << reporting::to_plain(needed) << '\n';
    }
    if (!out_.empty()) write_report(record);
    std::cout << program::count(std::ssize(record.runs), "run") << " in " << watch.lap() << " on "
              << program::place_text(where_) << '\n';
  }

 private:
  void describe_sizes(CLI::App& app) {
    auto const size = [&](char const* option, alx::index_t& into, char const* what) {
      app.add_option(option, into, what)->check(CLI::PositiveNumber)->capture_default_str();
    };
    size("--test", sizes_.test, "test rows");
    size("--validation", sizes_.validation, "validation rows");
    size("--initial", sizes_.initial, "rows that the first LSTM learns from");
    size("--batch", sizes_.batch, "rows labelled after each of its rounds");
    size("--rounds", sizes_.rounds, "batches that are asked for");
    size("--long-initial", sizes_.long_initial, "rows that the first long LSTM learns from");
    size("--long-batch", sizes_.long_batch, "rows labelled after each of its rounds");
    size("--long-labels", sizes_.long_labels, "labels at which it ends");
    size("--logistic-initial", sizes_.logistic_initial, "rows of the first logistic regressions");
    size("--logistic-batch", sizes_.logistic_batch, "rows labelled after each of their rounds");
    size("--logistic-labels", sizes_.logistic_labels, "labels at which they end");
  }

  /// What a run depends on beside its rule and seed. The reviews are told by their sizes.
  [[nodiscard]] json configuration(alx::labelled_texts const& all) const {
    std::size_t bytes = 0;
    for (auto const text : all.texts) bytes += text.size();
    json made{{"reviews", all.texts.size()},
              {"bytes", bytes},
              {"good", std::count(all.labels.begin(), all.labels.end(), 1)},
              {"test", sizes_.test},
              {"validation", sizes_.validation},
              {"initial", sizes_.initial},
              {"batch", sizes_.batch},
              {"rounds", sizes_.rounds},
              {"long_initial", sizes_.long_initial},
              {"long_batch", sizes_.long_batch},
              {"long_labels", sizes_.long_labels},
              {"logistic_initial", sizes_.logistic_initial},
              {"logistic_batch", sizes_.logistic_batch},
              {"logistic_labels", sizes_.logistic_labels}};
    if (where_.device != "cpu") made["device"] = where_.device;  // whose bits are others
    return made;
  }

  [[nodiscard]] static std::vector<std::string> rule_names() {
    std::vector<std::string> names(reporting::rule_infos.size());
    std::transform(reporting::rule_infos.begin(),
                   reporting::rule_infos.end(),
                   names.begin(),
                   [](auto const& rule) { return rule.name; });
    return names;
  }

  /// Every rule with every seed asked for.
  [[nodiscard]] std::vector<alx::cell> cells_asked() const {
    return alx::cells_of(rule_names(), seeds_, seed_);
  }

  [[nodiscard]] std::vector<alx::cell> known_cells(alx::result_store const& store) const {
    auto cells = cells_asked();
    std::erase_if(cells, [&](alx::cell const& run) { return !store.has(run); });
    return cells;
  }

  /// Those, and what the folder has of the seeds that follow: fewer seeds today lose no run.
  [[nodiscard]] std::vector<alx::cell> kept_cells(alx::result_store const& store) const {
    auto cells = known_cells(store);
    for (auto seed = seed_ + static_cast<std::uint64_t>(seeds_);; ++seed) {
      auto const before = cells.size();
      for (auto const& rule : reporting::rule_infos) {
        alx::cell run{std::string(rule.name), seed};
        if (store.has(run)) cells.push_back(std::move(run));
      }
      if (cells.size() == before) return cells;
    }
  }

  void run_missing(alx::labelled_texts const& all, alx::result_store& store) const {
    auto const wanted = [&](alx::cell const& run) {
      return only_.empty() || std::find(only_.begin(), only_.end(), run.rule) != only_.end();
    };
    std::vector<alx::cell> missing;
    alx::index_t there = 0;
    for (alx::cell const& run : cells_asked()) {
      if (!wanted(run)) continue;
      if (store.has(run)) {
        ++there;
      } else {
        missing.push_back(run);
      }
    }
    if (there > 0) {
      std::cout << there << " of " << there + std::ssize(missing)
                << " runs of this configuration are there already" << std::endl;
    }
    run_lines lines(missing);
    for (alx::cell const& run : missing) {
      lines.begin(run);
      auto const record = run_cell(all, run, lines);
      store.add(run, to_json(record));
      auto const& last = record.rounds.back();
      lines.end(program::text("accuracy %.4f", last.test.binary_accuracy) + " with " +
                program::count(last.labels, "label"));
    }
  }

  [[nodiscard]] run_record run_cell(alx::labelled_texts const& all,
                                    alx::cell const& run,
                                    run_lines& lines) const {
    if (reporting::find_rule(run.rule)->kind == reporting::family::replica) {
      alx::thread_team team(where_.threads);
      replica const published(all, sizes_.replica(where_), run.seed, team);
      auto const watch = [&](auto const& event) { lines.watch(event); };
      return run.rule == "full" ? published.full(watch) : published.active(watch);
    }
    return run_active(
        all, sizes_.usable(run.rule, where_), run.seed, [&](run_record const& record) {
          lines.round(record.rounds.back().labels);
        });
  }

  [[nodiscard]] comparison_record collect(alx::labelled_texts const& all,
                                          alx::result_store const& store) const {
    comparison_record record;
    record.published_setting = sizes_ == compare_sizes{} && all.texts.size() == 50'000;
    record.command = "build/release/examples/reviews compare --data FILE --seeds " +
                     std::to_string(seeds_) + " --seed " + std::to_string(seed_) + " --out DIR";
    std::map<std::uint64_t, alx::index_t> ones;  // of a seed's random test rows
    for (alx::cell const& run : known_cells(store)) {
      tested_run tested{run_from(run.rule, run.seed, store.rounds(run)), sizes_.test / 2, 0};
      if (reporting::find_rule(run.rule)->kind != reporting::family::replica) {
        auto const known = ones.find(run.seed);
        tested.ones =
            known != ones.end() ? known->second : (ones[run.seed] = ones_among_test(all, run.seed));
      }
      tested.zeros = sizes_.test - tested.ones;
      if (run.seed == seed_ && run.rule != "full") add_asked(all, tested.run, record);
      record.runs.push_back(std::move(tested));
    }
    return record;
  }

  [[nodiscard]] alx::index_t ones_among_test(alx::labelled_texts const& all,
                                             std::uint64_t seed) const {
    active_options options;
    options.test = sizes_.test;
    options.validation = sizes_.validation;
    open_split const split(all, options, seed);
    return std::count(split.test.labels.begin(), split.test.labels.end(), 1);
  }

  static void add_asked(alx::labelled_texts const& all,
                        run_record const& run,
                        comparison_record& record) {
    auto const& ids = run.rounds.front().asked;
    if (ids.empty()) return;
    asked_reviews asked{run.rule, run.seed, {}};
    for (std::size_t i = 0; i < std::min<std::size_t>(10, ids.size()); ++i) {
      auto const row = static_cast<std::size_t>(ids[i]);
      asked.first.push_back({all.labels[row], excerpt(all.texts[row], 300)});
    }
    record.asked.push_back(std::move(asked));
  }

  void write_report(comparison_record const& record) const {
    std::filesystem::path const out = out_;
    auto const write = [&](std::string const& file, std::string const& text) {
      alx::report::write_text((out / file).string(), text);
    };
    write("curves.csv", reporting::curves_csv(record));
    write("tables.md", reporting::tables_markdown(record));
    write("report.html", compare_page(record));
    for (auto const& [file, svg] : compare_figures(record)) write(file, svg);
    std::cout << "report: " << (out / "report.html").string()
              << "\nresults.json, curves.csv, tables.md and the figures are beside it\n";
  }

  text_source source_;
  alx::index_t seeds_ = 5;
  std::uint64_t seed_ = 0;
  std::vector<std::string> only_;
  std::string out_;
  compare_sizes sizes_;
  program::place where_;
};

}  // namespace reviews
