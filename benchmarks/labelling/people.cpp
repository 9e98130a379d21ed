// SPDX-License-Identifier: Apache-2.0
/// @file
/// Simulated people who label with examples/label: how much a strategy saves them, whether the
/// estimate of the accuracy is honest, and which first rows show all classes soonest.

#include "first.hpp"
#include "person.hpp"
#include "summary.hpp"
#include "support/program.hpp"
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace {

class people_program {
 public:
  static constexpr char const* name = "people";
  static constexpr char const* purpose =
      "Simulated people who label: one line of results every few answers; --summary reads them.";

  void describe(CLI::App& app) {
    app.add_option("--data", how_.from.data, "a .csv with the true classes, or: blobs");
    app.add_option("--text-column", how_.from.text_column, "the column of texts");
    app.add_option("--label-column", how_.from.label_column, "the column of classes");
    app.add_option("--pool", how_.from.pool, "rows to label");
    app.add_option("--test", how_.from.test, "fresh rows, at most");
    app.add_option("--rare", how_.from.rare, "share of the last class in the pool");
    app.add_option("--strategies", how_.strategies)->delimiter(',');
    app.add_option("--wrong", how_.wrong, "shares of wrong answers")->delimiter(',');
    app.add_option("--learner", how_.learner, "of texts: lsa or logistic");
    app.add_option("--seeds", how_.seeds, "repeats");
    app.add_option("--answers", how_.answers, "of each person");
    app.add_option("--every", how_.every, "answers between two lines");
    app.add_option("--batch", how_.batch, "new labels between two models");
    app.add_flag("--first", first_, "compare first rows instead");
    app.add_option("--summary", files_, "read results instead");
    app.add_option("--share", share_, "the target: so much of what the second strategy reaches");
    program::add_threads(app, how_.threads);
  }

  void work() const {
    if (!files_.empty()) {
      auto const all = people::read_results(files_);
      std::pair const two(how_.strategies.front(), how_.strategies.back());
      people::print_needed(all, two, share_);
      people::print_last(all, two);
      people::print_coverage(all, {50, 100, 200, 300, 400});
      people::print_looks(all);
    } else if (first_) {
      people::compare_first_rows(how_);
    } else {
      people::run_people(how_);
    }
  }

 private:
  people::run_options how_;
  std::vector<std::string> files_;
  bool first_ = false;
  double share_ = 0.95;
};

}  // namespace

int main(int argc, char** argv) {
  return program::run<people_program>(argc, argv);
}
