// SPDX-License-Identifier: Apache-2.0
/// @file
/// The published blobs experiment: boosted trees learn to separate blobs while entropy, silhouette
/// "ignorance", their products and chance compete to choose which rows are labelled.

#include <alx/experiment/cells.hpp>
#include <alx/experiment/meter.hpp>
#include <alx/experiment/store.hpp>

#include "notebook/data.hpp"
#include "notebook/json.hpp"
#include "notebook/limits.hpp"
#include "notebook/output.hpp"
#include "notebook/report.hpp"
#include "notebook/run.hpp"
#include "support/data_file.hpp"
#include "support/program.hpp"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using notebook::json;

struct options {
  std::string rule = "all";
  notebook::settings how;
  alx::index_t repeats = 10;
  std::uint32_t seed = 0;
  int threads = 0;
  std::string out;
  bool fresh = false;
  bool quiet = false;
  std::string features;
  std::string labels;
  program::data_file data;
  double holdout = 0.0;
};

void describe_table(CLI::App& app, options& given) {
  auto* const group = app.add_option_group("your own table instead of the blobs", "One of these");
  group->require_option(0, 1);
  auto* const features =
      group->add_option("--features", given.features, "numbers: rows x features, .npy");
  auto* const labels = app.add_option("--labels", given.labels, "its labels, two classes, .npy");
  features->needs(labels);
  labels->needs(features);
  program::add_data(app, *group, given.data);
  app.add_option(
         "--holdout", given.holdout, "share of your rows that is never asked, only scored, 0 ... 1")
      ->check(CLI::Range(0.0, 1.0));
  app.callback([&app, &given] {
    bool const own = !given.features.empty() || !given.data.path.empty();
    if (app.count("--holdout") > 0 && !own) {
      throw CLI::RequiresError("--holdout", "--features or --data");
    }
  });
}

void describe(CLI::App& app, options& given) {
  std::vector<std::string> rules(notebook::rule_names.begin(), notebook::rule_names.end());
  rules.emplace_back("all");
  app.add_option("--rule", given.rule, "how rows are chosen")
      ->check(CLI::IsMember(rules))
      ->capture_default_str();
  app.add_option("--rounds", given.how.rounds, "how often the model is fitted")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--repeats", given.repeats, "runs of each rule; repeat r has seed SEED + r")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--initial", given.how.initial, "rows labelled at random to begin with")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--batch", given.how.batch, "rows labelled after each round")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", given.seed, "of the first repeat")->capture_default_str();
  program::add_threads(app, given.threads);
  app.add_option(
      "--out",
      given.out,
      "folder for results.json, curves.csv, tables.md, report.html and its figures; made with its\n"
      "parents. A finished run of the same configuration there is reported again, an\n"
      "interrupted one goes on");
  app.add_flag("--fresh", given.fresh, "begin anew, whatever is in the folder");
  app.add_flag("--quiet", given.quiet, "no progress");
  describe_table(app, given);
}

std::vector<std::string> chosen_rules(options const& given) {
  if (given.rule != "all") return {given.rule};
  return {notebook::rule_names.begin(), notebook::rule_names.end()};
}

json configuration(options const& given, notebook::data const& all) {
  return {{"data", all.name},
          {"rules", chosen_rules(given)},
          {"rounds", given.how.rounds},
          {"initial", given.how.initial},
          {"batch", given.how.batch},
          {"repeats", given.repeats},
          {"seed", given.seed}};
}

/// Runs what the store does not have yet.
void run_missing(options const& given,
                 notebook::data const& all,
                 std::vector<alx::cell> const& cells,
                 alx::result_store& store) {
  std::vector<alx::cell> missing;
  for (alx::cell const& run : cells) {
    if (!store.has(run)) missing.push_back(run);
  }
  auto const there = static_cast<alx::index_t>(cells.size() - missing.size());
  if (there > 0) {
    std::cout << there << " of " << cells.size() << " runs of this configuration are there already"
              << std::endl;
  }
  std::ostream silent(nullptr);
  bool const terminal = isatty(STDERR_FILENO) != 0;
  alx::meter meter(given.quiet ? silent : std::cerr,
                   terminal ? alx::screen::terminal : alx::screen::plain,
                   static_cast<alx::index_t>(cells.size()),
                   there,
                   given.how.rounds);
  alx::run_cells(missing, given.threads, [&](alx::cell const& run) {
    auto const rounds =
        notebook::run_rule(run.rule, all, given.how, run.seed, [&] { meter.step(run.key()); });
    store.add(run, notebook::to_json(rounds));
    meter.run_done(run.key(),
                   program::text("AUC %.4f", rounds.back().auc) +
                       program::text(", fresh %.4f", rounds.back().auc_fresh));
  });
  meter.finish();
}

notebook::experiment_record collect(options const& given,
                                    notebook::data const& all,
                                    std::vector<alx::cell> const& cells,
                                    alx::result_store const& store) {
  notebook::experiment_record record;
  for (alx::cell const& run : cells) {
    record.runs.push_back({run.rule, run.seed, notebook::from_json(store.rounds(run))});
  }
  record.initial = given.how.initial;
  record.batch = given.how.batch;
  record.rounds = given.how.rounds;
  record.repeats = given.repeats;
  record.seed = given.seed;
  record.fresh_name = all.fresh_name;
  record.published_setting = all.name == "blobs" && given.how.rounds == 100 &&
                             given.how.initial == 50 && given.how.batch == 10;
  auto const limits = notebook::limits_on_fresh(all);
  record.auc_fresh_all_labels = limits.all_labels;
  record.auc_fresh_best_possible = limits.best_possible;
  record.rival_auc_fresh = notebook::rival_on_fresh(all, record.runs);
  return record;
}

/// At four rounds of the first repeat of each rule.
std::vector<notebook::evolution> evolutions(notebook::data const& all,
                                            notebook::experiment_record const& record) {
  std::vector<notebook::evolution> panels;
  for (notebook::run_record const& run : record.runs) {
    if (run.seed != record.seed) continue;
    auto const last = static_cast<alx::index_t>(run.rounds.size()) - 1;
    alx::index_t before = -1;
    for (alx::index_t const round : {alx::index_t{0}, last / 10, (2 * last) / 5, last}) {
      if (round != before) panels.push_back(notebook::look_back(all, run, round));
      before = round;
    }
  }
  return panels;
}

void write_report(options const& given,
                  notebook::data const& all,
                  notebook::experiment_record const& record) {
  std::filesystem::path const out = given.out;
  auto const panels = evolutions(all, record);
  alx::report::write_text((out / "curves.csv").string(), notebook::curves_csv(record));
  alx::report::write_text((out / "tables.md").string(), notebook::tables_markdown(record));
  alx::report::write_text(
      (out / "report.html").string(),
      notebook::notebook_page(record, all.pool.features, all.pool.labels, panels));
  for (auto const& [name, svg] :
       notebook::notebook_figures(record, all.pool.features, all.pool.labels, panels)) {
    alx::report::write_text((out / name).string(), svg);
  }
}

notebook::data data_of(options const& given) {
  if (!given.data.path.empty()) {
    return notebook::user_table(notebook::text_table(given.data), given.holdout, given.seed);
  }
  if (given.features.empty()) return notebook::published_blobs();
  return notebook::user_table(
      notebook::npy_table(given.features, given.labels), given.holdout, given.seed);
}

void run(options const& given) {
  program::stopwatch watch;
  auto const all = data_of(given);
  auto const cells = alx::cells_of(chosen_rules(given), given.repeats, given.seed);
  alx::result_store store(given.out, configuration(given, all));
  if (given.fresh) store.clear();
  run_missing(given, all, cells, store);
  store.finish(cells);
  auto const record = collect(given, all, cells, store);
  std::cout << notebook::final_table(record);
  if (!given.out.empty()) {
    write_report(given, all, record);
    std::cout << "\nreport: " << (std::filesystem::path(given.out) / "report.html").string()
              << "\nresults.json, curves.csv, tables.md and the figures are beside it\n";
  }
  std::cout << cells.size() << " runs of " << given.how.rounds << " rounds in " << watch.lap()
            << std::endl;
}

class notebook_program {
 public:
  static constexpr char const* name = "notebook";
  static constexpr char const* purpose =
      "Boosted trees learn to separate two classes; six rules compete to choose which rows are\n"
      "labelled. Without a table of your own: the published blobs experiment.";

  void describe(CLI::App& app) {
    app.footer("Exit status: 0 done, 1 bad input, 2 wrong usage.");
    ::describe(app, given_);
  }

  void work() const { ::run(given_); }

 private:
  options given_;
};

}  // namespace

int main(int argc, char** argv) {
  return program::run<notebook_program>(argc, argv);
}
