// SPDX-License-Identifier: Apache-2.0
#include <alx/data/csv.hpp>
#include <alx/journal/entry.hpp>
#include <alx/metrics/agreement.hpp>
#include <alx/metrics/proportion.hpp>
#include <alx/random.hpp>

#include <doctest/doctest.h>

#include "label/results.hpp"
#include "report/markup.hpp"
#include "support/scratch_folder.hpp"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using alx::asked_for;
using alx::deed;
using alx::index_t;
using alx::label_t;

std::string read(std::filesystem::path const& path) {
  std::ifstream const file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A labelling of rows of which class `row % classes` is true, by a model that is the more often
/// right the more labels it knows.
class labelling {
 public:
  explicit labelling(index_t rows, int classes = 2, index_t holdout = 100) {
    plan_.rows = rows;
    plan_.holdout = holdout;
    plan_.seed = 7;
    for (int c = 0; c < classes; ++c) plan_.classes.push_back("class " + std::to_string(c));
    what_.rows = rows;
    what_.is_text = true;
    what_.show = [this](index_t row, label::book const&, label::lesson const*) {
      return text_.empty() ? label::shown_row{{"", "text of row " + std::to_string(row)}}
                           : label::shown_row{{"", text_}};
    };
    what_.name = [this](index_t row) { return prefix_ + "row " + std::to_string(row + 1); };
    what_.learn = [this](label::book const& known) { return learn(known); };
    what_.save = [this](std::filesystem::path const& folder, double threshold) {
      saved_ = threshold;
      return std::vector<std::string>{(folder / "model").string()};
    };
  }

  labelling(labelling const&) = delete;
  labelling& operator=(labelling const&) = delete;

  [[nodiscard]] label_t truth(index_t row) const {
    return static_cast<label_t>(row % plan_.class_count());
  }

  void add(deed what,
           index_t row,
           label_t label = -1,
           asked_for why = asked_for::learning,
           std::string user = "ann") {
    alx::journal_entry entry;
    entry.number = std::ssize(entries_) + 1;
    entry.what = what;
    entry.row = row;
    entry.label = label;
    entry.why = why;
    entry.user = std::move(user);
    entry.seconds = why == asked_for::import ? 0.0 : 2.0 + static_cast<double>(row % 7);
    entries_.push_back(std::move(entry));
  }

  void undo(std::int64_t number) {
    add(deed::undo, entries_[static_cast<std::size_t>(number) - 1].row);
    entries_.back().undone = number;
  }

  /// True answers: `learnt` rows to learn from and `kept` of those kept apart, mixed.
  void answer(index_t learnt, index_t kept) {
    auto const reserved = label::estimation_rows(plan_);
    std::set<index_t> const apart(reserved.begin(), reserved.end());
    index_t row = 0;
    for (index_t i = 0; i < std::max(learnt, kept); ++i) {
      if (i < learnt) {
        while (apart.count(row) > 0) ++row;
        add(deed::answer, row, truth(row));
        ++row;
      }
      if (i < kept) {
        auto const one = reserved[static_cast<std::size_t>(i)];
        add(deed::answer, one, truth(one), asked_for::estimation);
      }
    }
  }

  /// Reads the journal, learns where that is possible.
  label::outcome const& finish() {
    reserved_ = label::estimation_rows(plan_);
    book_.emplace(plan_, reserved_, entries_);
    if (book_->can_learn()) model_ = learn(*book_);
    learnt_from_.clear();
    outcome_ = {
        &what_, &*book_, entries_, model_.get(), 0.9, balance_, "file.csv", "label file.csv"};
    return outcome_;
  }

  double balance_ = 1.0;
  label::plan plan_;
  label::subject what_;
  std::vector<alx::journal_entry> entries_;
  label::outcome outcome_;
  std::vector<std::int64_t> learnt_from_;  ///< sizes of the books that `learn` saw
  std::optional<double> saved_;
  std::string text_;
  std::string prefix_;
  double lean_ = 0.0;  ///< moves probabilities of class 1

 private:
  std::shared_ptr<label::lesson> learn(label::book const& known) {
    learnt_from_.push_back(known.size());
    auto said = std::make_shared<label::lesson>();
    said->model = known.size();
    said->labels = std::ssize(known.learnt().ids);
    auto const classes = index_t{plan_.class_count()};
    said->probability = alx::matrix<double>(plan_.rows, classes);
    alx::philox random{plan_.seed, 3, 3};
    double const skill = 1.0 - 3.0 / (4.0 + static_cast<double>(said->labels) / 5.0);
    for (index_t row = 0; row < plan_.rows; ++row) {
      double sum = 0.0;
      for (index_t c = 0; c < classes; ++c) {
        double p = 0.05 + static_cast<double>(random.below(1000)) / 1000.0;
        if (c == truth(row)) p += 2.0 * skill * static_cast<double>(random.below(1000)) / 1000.0;
        if (c == 1) p += lean_;
        said->probability(row, c) = p;
        sum += p;
      }
      for (index_t c = 0; c < classes; ++c) said->probability(row, c) /= sum;
    }
    return said;
  }

  std::vector<index_t> reserved_;
  std::optional<label::book> book_;
  std::shared_ptr<label::lesson const> model_;
};

alx::csv_table predictions(labelling& one) {
  return alx::csv_table::parse(
      label::reporting::predictions_csv(label::reporting::find(one.finish())), "predictions.csv");
}

std::string page(labelling& one) {
  auto found = label::reporting::find(one.finish());
  found.curve = label::learning_curve(*found.from);
  return label::reporting::report_page(found);
}

/// What holds of every page.
void check_page(std::string const& html) {
  CHECK(markup::fault(html) == "");
  CHECK(!markup::has(html, "<script"));
  CHECK(!markup::has(html, "nan"));
  auto const ids = markup::values(html, "id");
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
}

}  // namespace

TEST_CASE("curve_steps: tens while they are few, else by a factor, all below the total") {
  using label::reporting::curve_steps;
  CHECK(curve_steps(10, 12).empty());
  CHECK(curve_steps(31, 12) == std::vector<index_t>{10, 20, 30});
  CHECK(curve_steps(120, 12).size() == 11);
  for (index_t const total : {121, 1000, 100'000}) {
    auto const steps = curve_steps(total, 12);
    CHECK(steps.size() >= 8);
    CHECK(steps.size() <= 11);
    CHECK(std::all_of(steps.begin(), steps.end(), [](auto s) { return s % 10 == 0; }));
    CHECK(steps.front() == 10);
    CHECK(steps.back() < total);
    CHECK(std::adjacent_find(steps.begin(), steps.end(), std::greater_equal<>()) == steps.end());
  }
  CHECK(curve_steps(1000, 3) == std::vector<index_t>{10, 100});
}

TEST_CASE("learning_curve: from beginnings of the journal, on the same rows, all answers last") {
  labelling one(500);
  one.answer(55, 40);
  auto const curve = label::learning_curve(one.finish());
  std::vector<index_t> labels;
  for (auto const& point : curve) {
    labels.push_back(point.labels);
    CHECK(point.scored == 40);
  }
  CHECK(labels == std::vector<index_t>{10, 20, 30, 40, 50, 55});
  // Entries alternate until the 40th kept row: the tenth label is entry 19.
  CHECK(one.learnt_from_ == std::vector<std::int64_t>{19, 39, 59, 79, 90, 95});
  auto const right = label::estimate(*one.outcome_.known, *one.outcome_.model).right;
  CHECK(curve.back().right == right);
  CHECK(curve.front().right < curve.back().right);
}

TEST_CASE("learning_curve: undone answers and beginnings of one class") {
  labelling one(500);
  for (index_t row = 0; row < 20; ++row) one.add(deed::answer, 2 * row, 0);
  one.answer(40, 10);
  one.undo(1);
  auto const curve = label::learning_curve(one.finish());
  REQUIRE(!curve.empty());
  CHECK(curve.back().labels == std::ssize(one.outcome_.known->learnt().ids));
  for (std::size_t i = 1; i < curve.size(); ++i) CHECK(curve[i - 1].labels < curve[i].labels);
  CHECK(one.learnt_from_.back() == std::ssize(one.entries_));
}

TEST_CASE("learning_curve: nothing is learnt where there is nothing to score on") {
  labelling one(500);
  one.answer(55, 0);
  CHECK(label::learning_curve(one.finish()).empty());
  CHECK(one.learnt_from_.empty());
}

TEST_CASE("predictions.csv: each row, how it is known, probabilities to the last bit") {
  labelling one(60, 3);
  one.plan_.classes = {"a,b", "say \"c\"", "d\ne"};
  one.prefix_ = "x, ";
  one.answer(20, 5);
  auto const apart = label::estimation_rows(one.plan_);
  std::vector<index_t> rest;
  for (index_t row = 40; row < 60; ++row) {
    if (std::find(apart.begin(), apart.end(), row) == apart.end()) rest.push_back(row);
  }
  one.add(deed::discard, rest[0]);
  one.add(deed::abstain, rest[1]);
  one.add(deed::skip, rest[2]);
  one.add(deed::answer, rest[3], 0);
  one.add(deed::answer, rest[3], 1, asked_for::repetition, "bob");
  auto const table = predictions(one);
  auto const& from = one.outcome_;
  REQUIRE(table.rows() == 60);
  CHECK(table.cols() == 8);
  CHECK(table.find_column("probability_say \"c\"") == index_t{3});
  auto const known = table.column("known");
  auto const label = table.column("label");
  for (index_t row = 0; row < 60; ++row) {
    CHECK(table(row, 0) == std::to_string(row + 1));
    CHECK(table(row, 1) == "x, row " + std::to_string(row + 1));
    double largest = 0.0;
    std::string_view best;
    for (index_t c = 0; c < 3; ++c) {
      double const p = std::stod(std::string(table(row, 2 + c)));
      CHECK(p == from.model->probability(row, c));
      if (p > largest) best = one.plan_.classes[static_cast<std::size_t>(c)];
      largest = std::max(largest, p);
    }
    CHECK(table(row, table.column("predicted")) == best);
    bool const labelled = table(row, known) == "learnt" || table(row, known) == "estimate";
    CHECK(table(row, label) ==
          (labelled ? one.plan_.classes[static_cast<std::size_t>(one.truth(row))] : ""));
  }
  CHECK(table(rest[0], known) == "discarded");
  CHECK(table(rest[1], known) == "cannot tell");
  CHECK(table(rest[2], known) == "predicted");
  CHECK(table(rest[3], known) == "disagreement");
  index_t learnt = 0;
  index_t estimate = 0;
  for (index_t row = 0; row < 60; ++row) {
    learnt += table(row, known) == "learnt" ? 1 : 0;
    estimate += table(row, known) == "estimate" ? 1 : 0;
  }
  CHECK(learnt == 20);
  CHECK(estimate == 5);
}

TEST_CASE("predictions.csv: without a model, what people said") {
  labelling one(10);
  one.add(deed::answer, 3, 1);
  auto const table = predictions(one);
  CHECK(one.outcome_.model == nullptr);
  CHECK(table(3, table.column("probability_class 0")).empty());
  CHECK(table(3, table.column("predicted")).empty());
  CHECK(table(3, table.column("label")) == "class 1");
}

TEST_CASE("the threshold costs least on the rows kept apart, and only where these suffice") {
  labelling one(500);
  one.lean_ = 0.8;
  one.answer(40, 60);
  one.finish();
  auto const& scored = one.outcome_.known->scored();
  for (double const balance : {0.2, 5.0}) {
    CAPTURE(balance);
    one.outcome_.balance = balance;
    auto const found = label::reporting::find(one.outcome_);
    REQUIRE(found.chosen);
    auto const cost = [&](double threshold) {
      double sum = 0.0;
      for (std::size_t i = 0; i < scored.ids.size(); ++i) {
        bool const named = one.outcome_.model->probability(scored.ids[i], 1) > threshold;
        if (named != (scored.labels[i] == 1)) sum += named ? 1.0 : balance;
      }
      return sum;
    };
    for (double t = 0.0; t <= 1.0; t += 0.01) CHECK(cost(found.threshold()) <= cost(t) + 1e-9);
    CHECK(cost(found.threshold()) < cost(0.5));
    for (index_t row = 0; row < 500; ++row) {
      bool const named = one.outcome_.model->probability(row, 1) > found.threshold();
      CHECK(found.predicted[static_cast<std::size_t>(row)] == (named ? 1 : 0));
    }
  }
  one.outcome_.balance = 1.0;
  CHECK(label::reporting::find(one.outcome_).threshold() == 0.5);
  labelling few(500);
  few.balance_ = 5.0;
  few.lean_ = 0.8;
  few.answer(40, 19);
  CHECK(label::reporting::find(few.finish()).threshold() == 0.5);
  labelling just(500);
  just.balance_ = 5.0;
  just.answer(40, 20);
  CHECK(label::reporting::find(just.finish()).chosen);
  labelling three(500, 3);
  three.balance_ = 5.0;
  three.answer(40, 60);
  CHECK(!label::reporting::find(three.finish()).chosen);
}

TEST_CASE("the threshold is 0.5 where all rows kept apart have one class") {
  labelling one(500);
  one.lean_ = 0.8;
  one.answer(40, 0);
  for (auto const row : label::estimation_rows(one.plan_)) {
    one.add(deed::answer, row, 1, asked_for::estimation);
  }
  CHECK(!label::reporting::find(one.finish()).chosen);
  check_page(page(one));
}

TEST_CASE("errors without a row's own choice: every row counted once, seldom better") {
  labelling one(500);
  one.lean_ = 0.5;
  one.balance_ = 2.0;
  one.answer(30, 90);
  auto const found = label::reporting::find(one.finish());
  auto const fair = label::reporting::without_own_choice(one.outcome_);
  CHECK(fair.tp + fair.tn + fair.fp + fair.fn == 90);
  CHECK(fair.tp + fair.fn == found.chosen->tp + found.chosen->fn);
  CHECK(fair.fp + 2 * fair.fn >= found.chosen->fp + 2 * found.chosen->fn);
  auto const half = label::reporting::at_half(one.outcome_);
  CHECK(half.tp + half.tn == found.right.right);
}

TEST_CASE("write_results: the files, the model with its threshold and learnt last") {
  support::scratch_folder const folder;
  auto const to = folder.path() / "deep" / "out";
  labelling one(300);
  one.lean_ = 0.7;
  one.balance_ = 3.0;
  one.answer(40, 40);
  one.add(deed::answer, 0, 1 - one.truth(0), asked_for::repetition, "b,ob");
  one.add(deed::answer, 0, one.truth(0), asked_for::repetition, "b,ob");
  auto const written = label::write_results(one.finish(), to);
  CHECK(one.saved_ == label::reporting::find(one.outcome_).threshold());
  CHECK(one.saved_ != 0.5);
  CHECK(one.learnt_from_.back() == std::ssize(one.entries_));
  CHECK(written == std::vector<std::string>{(to / "model").string(),
                                            (to / "predictions.csv").string(),
                                            (to / "disagreements.csv").string(),
                                            (to / "report.html").string()});
  CHECK(read(to / "disagreements.csv") ==
        "row,name,answer_ann,\"answer_b,ob\"\n1,row 1,class 0,class 1 / class 0\n");
  check_page(read(to / "report.html"));
  one.add(deed::answer, 0, 0, asked_for::adjudication);
  CHECK(label::write_results(one.finish(), to).size() == 3);
  CHECK(!std::filesystem::exists(to / "disagreements.csv"));
}

TEST_CASE("write_results: nothing but a page and a table where nothing was answered") {
  support::scratch_folder const folder;
  labelling one(10);
  CHECK(label::write_results(one.finish(), folder.path()).size() == 2);
  CHECK(!one.saved_);
  auto const html = read(folder.path() / "report.html");
  check_page(html);
  CHECK(markup::has(html, "There is no model yet"));
}

TEST_CASE("the page: any number of classes, of rows kept apart, of people") {
  for (int const classes : {2, 3, 10}) {
    for (index_t const kept : {0, 1, 19, 20, 60}) {
      CAPTURE(classes);
      CAPTURE(kept);
      labelling one(400, classes);
      one.answer(45, kept);
      check_page(page(one));
      for (index_t row = 0; row < 12; ++row) {
        one.add(deed::answer, row, 0, asked_for::repetition, "bob");
        one.add(deed::answer, row, 1, asked_for::repetition, "eve");
      }
      check_page(page(one));
    }
  }
}

TEST_CASE("the page: no rows kept apart at all, every row answered") {
  labelling one(30, 2, 0);
  one.answer(30, 0);
  auto const html = page(one);
  check_page(html);
  CHECK(markup::has(html, "no rows are kept apart"));
  CHECK(markup::has(html, "Every row was decided on"));
}

TEST_CASE("the page escapes what comes from outside and cuts long texts") {
  labelling one(100);
  std::string const evil = "<script>alert(\"1\")</script> & ";
  one.plan_.classes = {evil + "0", evil + "1"};
  one.prefix_ = evil;
  one.text_ = evil;
  for (int i = 0; i < 100'000; ++i) one.text_ += "wörd ";
  one.answer(30, 20);
  one.add(deed::answer, 1, 0, asked_for::repetition, evil);
  one.finish();
  one.outcome_.title = evil;
  one.outcome_.command = "label '" + evil + "'";
  auto found = label::reporting::find(one.outcome_);
  found.curve = label::learning_curve(one.outcome_);
  auto const html = label::reporting::report_page(found);
  check_page(html);
  CHECK(markup::has(html, "label &#39;&lt;script&gt;"));
  CHECK(html.size() < 200'000);
}

TEST_CASE("key sentences: what was reached, and what to do") {
  auto const all = [](labelling& one, double target) {
    one.finish();
    one.outcome_.target = target;
    auto found = label::reporting::find(one.outcome_);
    found.curve = label::learning_curve(one.outcome_);
    std::string text;
    for (auto const& sentence : label::reporting::key_sentences(found)) text += sentence + "\n";
    return text;
  };
  labelling one(800);
  one.answer(100, 100);
  one.add(deed::answer, 500, 0, asked_for::import);
  auto const text = all(one, 0.3);
  auto const right = label::estimate(*one.outcome_.known, *one.outcome_.model).right;
  CHECK(markup::has(text, "200 answers in 16 minutes, half of them in less than 5.0 s each; 1 "));
  CHECK(markup::has(text, "Estimated accuracy: " + std::to_string(right) + " %"));
  CHECK(markup::has(text, "is shown"));
  CHECK(markup::has(all(one, 0.999), "is not reached"));
  CHECK(markup::has(all(one, static_cast<double>(right) / 100.0 - 0.01), "neither shown nor"));
  CHECK(markup::has(text, "instead of"));
}

TEST_CASE("rows_to_show: the first number whose interval lies above the target") {
  using label::reporting::rows_to_show;
  auto const n = rows_to_show({93, 100}, 0.9);
  REQUIRE(n);
  CHECK(*n > 100);
  CHECK(alx::wilson(static_cast<index_t>(std::floor(0.93 * double(*n))), *n).lower >= 0.9);
  CHECK(alx::wilson(static_cast<index_t>(std::floor(0.93 * double(*n - 1))), *n - 1).lower < 0.9);
  CHECK(!rows_to_show({90, 100}, 0.9));
  CHECK(!rows_to_show({80, 100}, 0.9));
}

TEST_CASE("rows to look at again: in order, of those they are about") {
  labelling one(300, 3);
  one.answer(60, 30);
  auto const& reserved = label::estimation_rows(one.plan_);
  one.add(deed::answer, reserved[40], (one.truth(reserved[40]) + 1) % 3, asked_for::estimation);
  one.finish();
  auto const& said = *one.outcome_.model;
  auto const uncertain = label::reporting::least_certain(one.outcome_, 20);
  REQUIRE(uncertain.size() == 20);
  std::set<index_t> shown;
  for (auto const& [p, row] : uncertain) {
    CHECK(one.outcome_.known->state(row) == label::row_state::unknown);
    CHECK(p == said.probability(row, label::likeliest(said, row)));
    shown.insert(row);
  }
  CHECK(std::is_sorted(uncertain.begin(), uncertain.end()));
  for (index_t row = 0; row < 300; ++row) {
    bool const open = one.outcome_.known->state(row) == label::row_state::unknown;
    if (!open || shown.count(row) > 0) continue;
    CHECK(said.probability(row, label::likeliest(said, row)) >= uncertain.back().first);
  }
  auto const labels = label::reporting::labels_of_rows(*one.outcome_.known);
  auto const doubtful = label::reporting::most_doubtful(one.outcome_, 1000);
  CHECK(!doubtful.empty());
  CHECK(std::is_sorted(doubtful.begin(), doubtful.end()));
  index_t differ = 0;
  for (index_t row = 0; row < 300; ++row) {
    auto const label = labels[static_cast<std::size_t>(row)];
    differ += label >= 0 && label != label::likeliest(said, row) ? 1 : 0;
  }
  CHECK(std::ssize(doubtful) == differ);
}

TEST_CASE("people: pairs of first answers, answers to the same question again") {
  labelling one(100);
  auto const say = [&](index_t row, label_t label, char const* who, asked_for why) {
    one.add(deed::answer, row, label, why, who);
  };
  using enum asked_for;
  say(0, 0, "ann", learning);
  say(0, 0, "bob", repetition);
  say(1, 1, "bob", learning);
  say(1, 0, "ann", repetition);
  say(1, 1, "cid", adjudication);  // knows what the others said
  say(2, 1, "ann", learning);
  say(2, 1, "bob", repetition);
  say(2, 0, "ann", repetition);  // her second answer
  say(3, 1, "cid", learning);
  say(3, 1, "ann", repetition);
  auto const compared = label::reporting::compare_people(*one.finish().known);
  CHECK(one.outcome_.known->people() == std::vector<std::string>{"ann", "bob", "cid"});
  REQUIRE(compared.pairs.size() == 2);
  auto const& ann_bob = compared.pairs.at({0, 1});
  CHECK(ann_bob.first == std::vector<label_t>{0, 0, 1});
  CHECK(ann_bob.second == std::vector<label_t>{0, 1, 1});
  CHECK(ann_bob.alike() == 2);
  CHECK(compared.with_others(0).right == 3);
  CHECK(compared.with_others(0).of == 4);
  CHECK(compared.with_others(2).of == 1);
  CHECK(compared.again[0].of == 1);
  CHECK(compared.again[0].right == 0);
  CHECK(compared.first.size() == 8);
  auto const html = page(one);
  auto const alpha = alx::krippendorff_alpha(compared.first, 2);
  CHECK(markup::has(html, "alpha of all: " + alx::report::number(alpha, 2)));
  CHECK(markup::has(html, "ann and bob"));
  CHECK(markup::has(html,
                    alx::report::number(alx::cohen_kappa(ann_bob.first, ann_bob.second, 2), 2)));
}

TEST_CASE("what was done: counted with what was taken back, imports apart") {
  labelling one(50);
  one.add(deed::answer, 0, 0);
  one.add(deed::skip, 1);
  one.add(deed::skip, 2);
  one.undo(2);
  one.add(deed::answer, 3, 1, asked_for::import);
  auto const t = label::reporting::deeds_table(one.finish());
  REQUIRE(t.rows.size() == 7);
  CHECK(t.rows[0] == std::vector<std::string>{"answered", "1", "0"});
  CHECK(t.rows[2] == std::vector<std::string>{"skipped", "2", "1"});
  CHECK(t.rows[5] == std::vector<std::string>{"taken back (undo)", "1", "–"});
  CHECK(t.rows[6] == std::vector<std::string>{"read from a file", "1", "–"});
}

TEST_CASE("time: quantiles as numpy has them, blocks that leave no answer out but a rest") {
  using label::reporting::quantile;
  CHECK(quantile({4.0, 1.0, 3.0, 2.0}, 0.5) == 2.5);
  CHECK(quantile({4.0, 1.0, 3.0, 2.0}, 0.25) == 1.75);
  CHECK(quantile({5.0}, 0.75) == 5.0);
  CHECK(std::isnan(quantile({}, 0.5)));
  std::vector<double> seconds;
  for (int i = 0; i < 1003; ++i) seconds.push_back(i);
  auto const blocks = label::reporting::time_blocks(seconds);
  CHECK(blocks.size() <= 30);
  CHECK(blocks.front().median == 16.5);
  CHECK(blocks.back().last > 1003.0 - 34.0);
  CHECK(label::reporting::time_blocks({1.0, 2.0}).size() == 1);
  CHECK(label::reporting::time_blocks({}).empty());
  CHECK(label::reporting::time_text(0.42) == "0.4 s");
  CHECK(label::reporting::time_text(89.0) == "89 s");
  CHECK(label::reporting::time_text(90.0) == "1.5 minutes");
  CHECK(label::reporting::time_text(7200.0) == "2.0 hours");
}

TEST_CASE("calibration: too large, too small, or as chance explains") {
  using label::reporting::calibration_sentence;
  CHECK(markup::has(calibration_sentence({80, 100}, 0.95), "surer than it should be"));
  CHECK(markup::has(calibration_sentence({95, 100}, 0.70), "better than it thinks"));
  CHECK(markup::has(calibration_sentence({80, 100}, 0.85), "than chance explains, though"));
  CHECK(markup::has(calibration_sentence({800, 1000}, 0.81), "than chance explains."));
}

TEST_CASE("ranges are rounded outwards: what is not shown does not look as if") {
  CHECK(alx::wilson(80, 83).lower < 0.9);
  CHECK(label::reporting::range_text(80, 83) == "89 to 99 %");
  CHECK(label::reporting::range_text(0, 0) == "–");
  CHECK(label::reporting::range_text(5, 5) == "56 to 100 %");
}

TEST_CASE("class_of: of two classes the second where its probability is more than the threshold") {
  label::lesson said;
  said.probability = alx::matrix<double>(2, 2);
  said.probability(0, 0) = said.probability(0, 1) = 0.5;
  said.probability(1, 0) = 0.4;
  said.probability(1, 1) = 0.6;
  CHECK(label::reporting::class_of(said, 0, 0.5) == 0);
  CHECK(label::reporting::class_of(said, 0, 0.49) == 1);
  CHECK(label::reporting::class_of(said, 1, 0.6) == 0);
  CHECK(label::reporting::class_of(said, 1, 0.5) == 1);
}
