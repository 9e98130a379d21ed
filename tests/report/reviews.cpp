// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "markup.hpp"
#include "reviews/report.hpp"
#include <cmath>
#include <set>

using namespace reviews;
using reporting::verdict;
using reporting::wanted;

namespace {

alx::nn::epoch_scores scores(double accuracy, alx::index_t fn, alx::index_t fp) {
  alx::nn::epoch_scores s;
  s.loss = 0.5 - accuracy / 10.0;
  s.binary_accuracy = accuracy;
  s.false_negatives = fn;
  s.false_positives = fp;
  return s;
}

round_record make_round(alx::index_t labels, double accuracy, alx::index_t fn, alx::index_t fp) {
  round_record round;
  round.labels = labels;
  round.test = scores(accuracy, fn, fp);
  round.validation = scores(accuracy + 0.01, fn, fp);
  return round;
}

void add_epochs(round_record& round, int epochs) {
  for (int e = 0; e < epochs; ++e) {
    round.training.training.push_back(scores(0.7 + 0.02 * e, 10, 10));
    round.training.validation.push_back(scores(0.69 + 0.01 * e, 10, 10));
  }
  round.training.best_epoch = epochs - 1;
}

tested_run run_of(std::string rule, std::uint64_t seed, std::vector<round_record> rounds) {
  for (std::size_t r = 0; r + 1 < rounds.size(); ++r) {
    rounds[r].asked = {3, 1};
    rounds[r].share_of_ones = 0.25 * static_cast<double>(r + 1);
  }
  return {{std::move(rule), seed, std::move(rounds)}, 2500, 2500};
}

/// Three seeds s = 0, 1, 2 of four rules. Differences that the tests count by hand:
/// class ratio − full: −.02, −.01, −.03 in accuracy; FP +60, +50, +70; FN −20, +10, −20.
struct scene {
  comparison_record record;

  explicit scene(std::uint64_t seeds = 3) {
    std::array<double, 3> const lower{.02, .01, .03};
    std::array<alx::index_t, 3> const more_fp{60, 50, 70};
    std::array<alx::index_t, 3> const more_fn{-20, 10, -20};
    record.published_setting = true;
    record.command = "reviews compare --data <FILE>";
    for (std::uint64_t s = 0; s < seeds; ++s) {
      double const base = 0.85 + 0.002 * static_cast<double>(s);
      auto full = make_round(40'000, base, 400, 350);
      add_epochs(full, 5);
      record.runs.push_back(run_of("full", s, {full}));
      auto first = make_round(15'000, base - 0.05, 500, 500);
      auto last = make_round(29'997, base - lower[s], 400 + more_fn[s], 350 + more_fp[s]);
      add_epochs(first, 4);
      add_epochs(last, 3);
      record.runs.push_back(run_of("class_ratio", s, {first, last}));
      auto const curve = [&](double gain) {
        return std::vector<round_record>{make_round(50, 0.70 + gain, 700, 800),
                                         make_round(100, 0.86 + gain, 350, 350),
                                         make_round(150, 0.84 + gain, 400, 400),
                                         make_round(200, 0.85 + gain, 375, 375)};
      };
      double const own = 0.0001 * static_cast<double>(s);
      record.runs.push_back(run_of("logistic_entropy", s, curve(0.02 + own)));
      record.runs.push_back(run_of("logistic_random", s, curve(0.0)));
    }
  }
};

reporting::claim const* find(std::vector<reporting::claim> const& claims, std::string_view part) {
  for (auto const& c : claims) {
    if (c.statement.find(part) != std::string::npos) return &c;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("verdicts follow the interval and what is claimed") {
  CHECK(reporting::judge({0.1, 0.2}, wanted::more) == verdict::holds);
  CHECK(reporting::judge({0.1, 0.2}, wanted::less) == verdict::fails);
  CHECK(reporting::judge({0.1, 0.2}, wanted::same) == verdict::fails);
  CHECK(reporting::judge({-0.2, -0.1}, wanted::more) == verdict::fails);
  CHECK(reporting::judge({-0.2, -0.1}, wanted::less) == verdict::holds);
  CHECK(reporting::judge({-0.2, -0.1}, wanted::same) == verdict::fails);
  CHECK(reporting::judge({-0.1, 0.1}, wanted::more) == verdict::open);
  CHECK(reporting::judge({-0.1, 0.0}, wanted::less) == verdict::open);
  CHECK(reporting::judge({-0.1, 0.0}, wanted::same) == verdict::holds);
  CHECK(reporting::judge({}, wanted::same) == verdict::undecided);
  CHECK(reporting::judge({}, wanted::more) == verdict::undecided);
}

TEST_CASE("the published claims, counted by hand") {
  scene const s;
  auto const claims = reporting::judge_claims(s.record);
  auto const* suffices = find(claims, "30,000 labels suffice");
  REQUIRE(suffices != nullptr);
  // -.02, -.01, -.03: mean -.02, sd .01, t(2) = 4.302653
  double const half = 4.302652729911275 * 0.01 / std::sqrt(3.0);
  auto const& ours = suffices->parts[0];
  CHECK(ours.mean == doctest::Approx(-0.02));
  CHECK(ours.of_mean.lower == doctest::Approx(-0.02 - half));
  CHECK(ours.of_mean.upper == doctest::Approx(-0.02 + half));
  CHECK(ours.result == verdict::open);
  CHECK(suffices->parts[1].of == "Keras 3.15");
  auto const* errors = find(claims, "fewer false positives");
  REQUIRE(errors != nullptr);
  CHECK(errors->parts[0].what == "false positives, active − full");
  CHECK(errors->parts[0].mean == doctest::Approx(60.0));
  CHECK(errors->parts[0].result == verdict::fails);  // 60 ± 4.30 · 10 / √3
  CHECK(errors->parts[2].mean == doctest::Approx(-10.0));
  CHECK(errors->parts[2].result == verdict::open);
  CHECK(reporting::overall(*errors, reporting::this_run) == "does not hold");
  auto const* balanced = find(claims, "better balanced");
  REQUIRE(balanced != nullptr);
  double const full = 50.0 / 750.0;
  double const mean = (30.0 / 790.0 + 10.0 / 810.0 + 40.0 / 800.0) / 3.0 - full;
  CHECK(balanced->parts[0].mean == doctest::Approx(mean));
}

TEST_CASE("our means are held against Keras' without pairs") {
  scene const s;
  auto const claims = reporting::judge_claims(s.record);
  auto const* same = find(claims, "as good as Keras'");
  REQUIRE(same != nullptr);
  REQUIRE(same->parts.size() == 2);
  auto const expected =
      alx::welch_difference(std::vector<double>{.85, .852, .854},
                            reporting::keras_values(&reporting::keras_seed::full_accuracy));
  CHECK(same->parts[0].mean == doctest::Approx(expected.mean));
  CHECK(same->parts[0].of_mean.upper == doctest::Approx(expected.of_mean.upper));
}

TEST_CASE("usable rules are held against random at the same labels") {
  scene s;
  for (auto& one : s.record.runs) {
    if (one.run.rule == "logistic_random") one.run.rounds.pop_back();
  }
  auto const claims = reporting::judge_claims(s.record);
  auto const* random = find(claims, "chance, logistic regression on TF-IDF");
  REQUIRE(random != nullptr);
  REQUIRE(random->parts.size() == 1);
  CHECK(random->parts[0].mean == doctest::Approx(0.0201));  // with 150 labels in both
  CHECK(random->parts[0].result == verdict::holds);
  CHECK(find(claims, "chance, LSTM") == nullptr);  // it was not run
  s = scene();
  for (auto& one : s.record.runs) {
    if (one.run.rule == "logistic_entropy") one.run.rounds.back().test.binary_accuracy += 0.03;
  }
  auto const whole = reporting::judge_claims(s.record);
  auto const* both = find(whole, "chance, logistic regression on TF-IDF");
  REQUIRE(both->parts.size() == 2);
  CHECK(both->parts[0].mean == doctest::Approx(0.0501));
  CHECK(both->parts[1].mean == doctest::Approx(0.0201 + 0.03 * 25.0 / 150.0));
}

TEST_CASE("labels count from where the level is kept") {
  scene const s;
  auto const entropy = reporting::labels_to_keep(s.record, "logistic_entropy", 0.8508);
  CHECK(entropy.of_seeds == std::vector<double>{100, 100, 100});
  CHECK(entropy.of_mean == 100.0);
  CHECK(reporting::needed_text(entropy) == "100 ± 0");
  auto const random = reporting::labels_to_keep(s.record, "logistic_random", 0.8508);
  CHECK(random.of_seeds.empty());
  CHECK(std::isnan(random.of_mean));
  CHECK(reporting::needed_text(random) == "not reached");
  CHECK(reporting::needed_text({{1500, 900}, 3, 1700}) == "900 … 1,500 (2 of 3 seeds)");
  CHECK(reporting::needed_text({{1500}, 1, 1500}) == "1,500");
}

TEST_CASE("the table has ours, Keras' and the published line") {
  scene const s;
  auto const t = reporting::model_table(s.record);
  REQUIRE(t.rows.size() == 8);
  // .85, .852, .854: sd .002
  CHECK(t.rows[0] == std::vector<std::string>{"LSTM, all labels",
                                              "ours, 3 seeds",
                                              "40,000",
                                              "0.8520 ± 0.0050",
                                              "400 ± 0",
                                              "350 ± 0",
                                              "0.4148 ± 0.0005"});
  CHECK(t.rows[2] ==
        std::vector<std::string>{"", "published", "40,000", "0.8508", "397", "349", "0.3373"});
  CHECK(t.rows[5] ==
        std::vector<std::string>{"", "published", "29,997", "0.8424", "491", "297", "–"});
  CHECK(t.rows[7][3] == "0.8500 ± 0.0000");
  auto const plain = reporting::to_plain(t);
  CHECK(markup::count(plain, "\n") == 9);
  CHECK(markup::has(plain, "\nLSTM, all labels"));
}

TEST_CASE("other sizes have nothing published beside them") {
  scene s;
  s.record.published_setting = false;
  CHECK(reporting::model_table(s.record).rows.size() == 4);
  auto const claims = reporting::judge_claims(s.record);
  CHECK(find(claims, "Keras") == nullptr);
  CHECK(find(claims, "30,000 labels suffice")->parts.size() == 1);
  CHECK_FALSE(markup::has(compare_page(s.record), "Keras 3.15"));
}

TEST_CASE("trainings follow one another, and rounds begin between epochs") {
  scene const s;
  auto const runs = reporting::runs_with(s.record, "class_ratio");
  auto const curve = reporting::epochs_of(runs[0]->run, reporting::epoch_accuracy);
  REQUIRE(curve.x.size() == 4 + 1 + 3);
  CHECK(curve.x[3] == 4.0);
  CHECK(std::isnan(curve.x[4]));
  CHECK(curve.x[5] == 5.0);
  CHECK(curve.training[5] == doctest::Approx(0.7));
  CHECK(curve.validation[7] == doctest::Approx(0.71));
  CHECK(curve.boundaries == std::vector<double>{4.5});
}

TEST_CASE("confusion counts add up to the test rows") {
  scene const s;
  auto const mean = reporting::confusion_of(s.record, "class_ratio");
  CHECK(mean.fp == doctest::Approx(410.0));
  CHECK(mean.fn == doctest::Approx(390.0));
  CHECK(mean.tn == doctest::Approx(2090.0));
  CHECK(mean.tp == doctest::Approx(2110.0));
}

TEST_CASE("the page is well formed, the same every time, and asks nothing of the network") {
  scene s;
  s.record.asked.push_back({"logistic_entropy", 0, {{1, "<b>\"Good\" & cheap</b><script>"}}});
  auto const html = compare_page(s.record);
  CHECK(markup::fault(html).empty());
  CHECK(html == compare_page(s.record));
  for (auto const* outside : {"<script", "http", "url(", "@import", "src=", "<link", "<b>"}) {
    CHECK_FALSE(markup::has(html, outside));
  }
  CHECK(markup::has(html, "&lt;b&gt;&quot;Good&quot; &amp; cheap&lt;/b&gt;&lt;script&gt;"));
  auto const ids = markup::values(html, "id");
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
  CHECK(markup::count(html, "<desc ") == markup::count(html, "<svg "));
  CHECK(markup::count(html, "<summary>Data of this figure") == markup::count(html, "<figure>"));
}

TEST_CASE("no text of a review is in the tables for documents") {
  scene s;
  s.record.asked.push_back({"logistic_entropy", 0, {{1, "a review of mine"}}});
  CHECK_FALSE(markup::has(reporting::tables_markdown(s.record), "a review of mine"));
  CHECK_FALSE(markup::has(reporting::curves_csv(s.record), "a review of mine"));
}

TEST_CASE("one seed has no intervals and decides nothing") {
  scene const s(1);
  auto const html = compare_page(s.record);
  CHECK(markup::fault(html).empty());
  CHECK_FALSE(markup::has(html, "nan"));
  CHECK_FALSE(markup::has(html, "inf"));
  auto const claims = reporting::judge_claims(s.record);
  for (auto const& c : claims) {
    CAPTURE(c.statement);
    CHECK(reporting::overall(c, reporting::this_run) == "not decided: no interval from one seed");
  }
  CHECK(markup::has(html, "not decided: no interval from one seed"));
  CHECK(reporting::model_table(s.record).rows[0][3] == "0.8500");
}

TEST_CASE("rules that were not run are left out") {
  scene s;
  std::erase_if(s.record.runs,
                [](tested_run const& one) { return one.run.rule != "logistic_random"; });
  auto const html = compare_page(s.record);
  CHECK(markup::fault(html).empty());
  CHECK(reporting::judge_claims(s.record).empty());
  CHECK_FALSE(markup::has(html, "Training histories"));
  s = scene();
  std::erase_if(s.record.runs, [](tested_run const& one) { return one.run.rule != "full"; });
  CHECK(markup::fault(compare_page(s.record)).empty());
  s.record.runs.clear();
  CHECK_THROWS_WITH_AS(compare_page(s.record), "report: there is no run", alx::shape_error);
  s.record.runs.push_back(run_of("guess", 4, {make_round(1, 0.5, 1, 1)}));
  CHECK_THROWS_WITH_AS(
      compare_page(s.record), "report: run guess/4 is of an unknown rule", alx::data_error);
  s.record.runs[0].run.rule = "full";
  s.record.runs[0].run.rounds.clear();
  CHECK_THROWS_WITH_AS(compare_page(s.record), "report: run full/4 has no round", alx::shape_error);
}

TEST_CASE("pairs are those of one seed, whatever the order of the runs") {
  scene s;
  auto const before = reporting::judge_claims(s.record);
  std::reverse(s.record.runs.begin(), s.record.runs.end());
  auto const after = reporting::judge_claims(s.record);
  REQUIRE(before.size() == after.size());
  CHECK(before[0].parts[0].of_mean.lower == doctest::Approx(after[0].parts[0].of_mean.lower));
  std::erase_if(s.record.runs,
                [](tested_run const& one) { return one.run.rule == "full" && one.run.seed == 1; });
  CHECK(reporting::judge_claims(s.record)[0].parts[0].mean == doctest::Approx(-0.025));
}

TEST_CASE("curves for a spreadsheet: a line a rule, round and measure") {
  scene const s;
  auto const csv = reporting::curves_csv(s.record);
  CHECK(csv.starts_with("rule,round,labels,measure,mean,lower,upper,seeds\n"));
  CHECK(markup::count(csv, "\n") == 1 + 5 * (1 + 2 + 4 + 4));
  CHECK(markup::has(csv, "\nlogistic_random,3,200,fn,375,375,375,3\n"));
  CHECK(markup::has(reporting::curves_csv(scene(1).record), "\nfull,0,40000,fp,350,,,1\n"));
}

TEST_CASE("the figures are files that stand alone, under names of their own") {
  auto const files = compare_figures(scene().record);
  std::set<std::string> names;
  for (auto const& file : files) {
    std::string const& name = file.first;
    std::string const& svg = file.second;
    CAPTURE(name);
    CHECK(markup::fault(svg).empty());
    CHECK(markup::has(svg, "xmlns"));
    names.insert(name);
  }
  CHECK(names.size() == files.size());
  CHECK(names == std::set<std::string>{"confusion-full.svg",
                                       "confusion-class_ratio.svg",
                                       "confusion-logistic_entropy.svg",
                                       "confusion-logistic_random.svg",
                                       "history-full-loss.svg",
                                       "history-full-accuracy.svg",
                                       "history-class_ratio-loss.svg",
                                       "history-class_ratio-accuracy.svg",
                                       "curves-logistic.svg",
                                       "shares-logistic.svg"});
}

TEST_CASE("an excerpt ends with a whole letter") {
  CHECK(excerpt("short", 10) == "short");
  CHECK(excerpt("abcdef", 3) == "abc …");
  CHECK(excerpt("ab\xC3\xA9z", 3) == "ab …");
  CHECK(excerpt("ab\xC3\xA9z", 4) == "ab\xC3\xA9 …");
}
