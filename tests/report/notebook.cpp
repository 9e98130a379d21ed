// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "markup.hpp"
#include "notebook/report.hpp"
#include <set>

using namespace notebook;

namespace {

/// Four rounds of two labels; a rule's scores rise by `gain` over random's. Repeats differ by
/// `spread`, alike for all rules, and by a little that is the rule's own.
run_record make_run(std::string const& rule, std::uint64_t seed, double gain, double spread) {
  run_record run{rule, seed, {}};
  double const own = 1e-4 * static_cast<double>(seed * rule.size() % 5);
  for (alx::index_t i = 0; i < 4; ++i) {
    double const auc =
        0.8 + 0.01 * static_cast<double>(i) + gain + own + spread * static_cast<double>(seed);
    run.rounds.push_back({{2 * i, 2 * i + 1},
                          100.0 + own,
                          90.0,
                          -50.0,
                          20 + i,
                          30 - i,
                          auc,
                          auc - 0.05 - gain,
                          auc - 0.01});
  }
  return run;
}

struct scene {
  experiment_record record;
  std::vector<double> values;
  std::vector<alx::label_t> labels;
  std::vector<evolution> evolutions;

  scene() {
    record.initial = 2;
    record.batch = 2;
    record.rounds = 4;
    record.repeats = 3;
    record.auc_fresh_all_labels = 0.81;
    record.auc_fresh_best_possible = 0.85;
    record.published_setting = true;
    record.fresh_name = "fresh rows";
    for (auto const& rule : reporting::rule_infos) {
      for (std::uint64_t seed = 0; seed < 3; ++seed) {
        double const gain = rule.name == "random" ? 0.0 : 0.05;
        record.runs.push_back(make_run(std::string(rule.name), seed, gain, 0.001));
      }
    }
    for (int i = 0; i < 20; ++i) {
      labels.push_back(i % 2);
      for (int c = 0; c < 4; ++c) {
        values.push_back(static_cast<double>(i * (c + 1) % 7));
      }
    }
    evolutions.push_back({"entropy",
                          0,
                          3,
                          std::vector<bool>(20),
                          labels,
                          std::vector<double>(20, 0.5),
                          std::vector<double>(20, 0.9)});
    evolutions[0].labelled[3] = true;
    evolutions[0].predicted[0] = 1;
  }

  [[nodiscard]] alx::matrix_view<double const> features() const { return {values.data(), 20, 4}; }

  std::string page() const { return notebook_page(record, features(), labels, evolutions); }
};

alx::summary between(double lower, double upper) {
  alx::summary s;
  s.mean = (lower + upper) / 2.0;
  s.n = 5;
  s.of_mean = {lower, upper};
  return s;
}

}  // namespace

TEST_CASE("the page is well formed, the same every time, and asks nothing of the network") {
  scene const s;
  auto const html = s.page();
  CHECK(markup::fault(html).empty());
  CHECK(html == s.page());
  for (auto const* outside : {"<script", "http", "url(", "@import", "src=", "<link"}) {
    CHECK_FALSE(markup::has(html, outside));
  }
  auto const ids = markup::values(html, "id");
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
}

TEST_CASE("every chart has a text alternative and every figure its data") {
  auto const html = scene().page();
  CHECK(markup::count(html, "<svg ") == 2 + 7 + 3);
  CHECK(markup::count(html, "<desc ") == markup::count(html, "<svg "));
  CHECK(markup::count(html, "<figure>") == 1 + 7 + 1);
  CHECK(markup::count(html, "<summary>Data of this figure") == markup::count(html, "<figure>"));
}

TEST_CASE("the ignorance curve shows the four rules that share its definition") {
  scene const s;
  CHECK(reporting::curves_chart(s.record, reporting::quantities::ignorance).series.size() == 4);
  CHECK(reporting::curves_chart(s.record, reporting::quantities::auc).series.size() == 6);
  auto const fresh = reporting::curves_chart(s.record, reporting::quantities::fresh);
  CHECK(fresh.references.size() == 2);
  CHECK_FALSE(fresh.series[0].marker.has_value());
}

TEST_CASE("the last two rules stand beside the rows that their formulas made") {
  CHECK(reporting::find_rule("modified_ignorance")->published.name ==
        "entropy + modified ignorance");
  CHECK(reporting::find_rule("modified_ignorance")->published.auc == 0.9149);
  CHECK(reporting::find_rule("modified_prioritisation")->published.name == "modified ignorance");
  CHECK(reporting::find_rule("modified_prioritisation")->published.auc == 0.9093);
  auto const html = scene().page();
  CHECK(markup::has(html, "the other way round from their names"));
}

TEST_CASE("inside and outside are those of single runs") {
  scene s;
  auto const table = [&] {
    return to_html(reporting::published_table(s.record, reporting::quantities::auc));
  };
  CHECK(markup::count(table(), ">inside<") == 0);
  for (auto& run : s.record.runs) {
    if (run.rule == "entropy") {
      // 0.9160 lies 3.5 sd below: outside of the mean's interval (2.5 sd), inside of single runs'
      // (5)
      run.rounds.back().auc = 0.9195 + 0.001 * (static_cast<double>(run.seed) - 1.0);
    }
  }
  CHECK(markup::count(table(), ">inside<") == 1);
  CHECK(markup::count(table(), ">outside<") == 5);
  s.record.repeats = 1;
  std::erase_if(s.record.runs, [](run_record const& run) { return run.seed > 0; });
  CHECK(markup::count(table(), ">one repeat<") == 6);
}

TEST_CASE("verdicts follow the interval") {
  using reporting::verdict;
  CHECK(reporting::judge_greater(between(0.001, 0.02)) == verdict::holds);
  CHECK(reporting::judge_greater(between(-0.02, -0.001)) == verdict::fails);
  CHECK(reporting::judge_greater(between(-0.001, 0.02)) == verdict::open);
  CHECK(reporting::judge_greater(between(0.0, 0.02)) == verdict::open);
  CHECK(reporting::judge_greater(alx::summary{}) == verdict::open);
  CHECK(reporting::judge_close(between(-0.009, 0.009)) == verdict::holds);
  CHECK(reporting::judge_close(between(0.011, 0.02)) == verdict::fails);
  CHECK(reporting::judge_close(between(-0.02, -0.011)) == verdict::fails);
  CHECK(reporting::judge_close(between(-0.02, 0.009)) == verdict::open);
}

TEST_CASE("a gain that is memory holds on all rows and is not shown on fresh ones") {
  scene const s;  // on fresh rows the gain is taken away again
  auto const claim = reporting::active_beats_random(s.record);
  CHECK(claim.parts.size() == 15);
  CHECK(reporting::judge_all(claim, "all rows (labelled ones included)") ==
        reporting::overall::holds);
  CHECK(reporting::judge_all(claim, "fresh rows") == reporting::overall::open);
  auto const html = s.page();
  CHECK(markup::has(html,
                    "On fresh rows, at 8 labels: no difference from random is shown for "
                    "entropy ("));
  CHECK(markup::has(html, "On fresh rows: <strong>no difference shown</strong>."));
}

TEST_CASE("one contradiction fails a claim; a part of it is said to be a part") {
  using reporting::overall;
  using reporting::verdict;
  reporting::claim c;
  c.parts = {{"r", "a", between(1, 2), verdict::holds}, {"r", "b", between(-1, 2), verdict::open}};
  CHECK(reporting::judge_all(c, "r") == overall::holds_in_part);
  c.parts.push_back({"r", "c", between(-2, -1), verdict::fails});
  CHECK(reporting::judge_all(c, "r") == overall::fails);
  c.parts = {{"r", "b", between(-1, 2), verdict::open}};
  CHECK(reporting::judge_all(c, "r") == overall::open);
}

TEST_CASE("differences are paired by seed, whatever the order of the runs") {
  scene s;
  auto const before =
      reporting::final_difference(s.record, "entropy", "random", reporting::quantities::auc);
  std::reverse(s.record.runs.begin(), s.record.runs.end());
  auto const after =
      reporting::final_difference(s.record, "entropy", "random", reporting::quantities::auc);
  CHECK(before.mean == doctest::Approx(after.mean));
  CHECK(before.sd == doctest::Approx(after.sd));
  CHECK(before.sd < 0.0005);  // the repeats' common spread of 0.001 a seed is gone
}

TEST_CASE("labels saved count to the point from which random's end is kept") {
  scene s;
  CHECK(reporting::labels_saved(s.record, "entropy", reporting::quantities::auc) == 6.0);
  CHECK(reporting::labels_saved(s.record, "random", reporting::quantities::auc) == 0.0);
  for (auto& run : s.record.runs) {
    if (run.rule == "entropy") {
      run.rounds[1].auc = 0.1;
    }
    if (run.rule == "ignorance") {
      run.rounds[3].auc = 0.1;
    }
  }
  CHECK(reporting::labels_saved(s.record, "entropy", reporting::quantities::auc) == 2.0);
  CHECK(std::isnan(reporting::labels_saved(s.record, "ignorance", reporting::quantities::auc)));
}

TEST_CASE("a user's own data: no published values, no fresh rows, one rule, one repeat") {
  scene s;
  std::erase_if(s.record.runs, [](run_record const& run) {
    return run.rule != "modified_ignorance" || run.seed > 0;
  });
  for (auto& round : s.record.runs[0].rounds) {
    round.auc_fresh = reporting::unknown;
  }
  s.record.runs[0].rounds.back().auc_unlabelled = reporting::unknown;
  s.record.published_setting = false;
  s.record.repeats = 1;
  s.record.fresh_name = "holdout";
  s.record.auc_fresh_all_labels = reporting::unknown;
  s.record.auc_fresh_best_possible = reporting::unknown;
  s.values[5] = reporting::unknown;
  auto const html = s.page();
  CHECK(markup::fault(html).empty());
  CHECK_FALSE(markup::has(html, "published values"));
  CHECK_FALSE(markup::has(html, "nan"));
  CHECK_FALSE(markup::has(html, "inf"));
  CHECK(markup::has(html, "--rule modified_ignorance "));
  CHECK(markup::has(html, "Random was not run"));
}

TEST_CASE("few features, few rounds: the page is made all the same") {
  scene s;
  for (auto& run : s.record.runs) {
    run.rounds.resize(1);
  }
  auto const html = notebook_page(s.record, {s.values.data(), 20, 1}, s.labels, {});
  CHECK(markup::fault(html).empty());
  auto const ids = markup::values(html, "id");
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
}

TEST_CASE("the figures are files that stand alone, under names of their own") {
  scene const s;
  auto const files = notebook_figures(s.record, s.features(), s.labels, s.evolutions);
  CHECK(files.size() == 12);
  std::set<std::string> names;
  for (auto const& file : files) {
    std::string const& name = file.first;
    std::string const& svg = file.second;
    CAPTURE(name);
    CHECK(markup::fault(svg).empty());
    CHECK(markup::has(svg, "xmlns"));
    CHECK(name.ends_with(".svg"));
    names.insert(name);
  }
  CHECK(names.size() == files.size());
  CHECK(names.count("auc-fresh.svg") == 1);
}

TEST_CASE("what does not belong together is refused with both numbers") {
  scene s;
  s.labels.pop_back();
  CHECK_THROWS_WITH_AS(s.page(), "report: 20 x 4 features with 19 labels", alx::shape_error);
  s = scene();
  s.labels[4] = 2;
  CHECK_THROWS_AS(s.page(), alx::data_error);
  s = scene();
  s.evolutions[0].entropy.pop_back();
  CHECK_THROWS_AS(s.page(), alx::shape_error);
  s = scene();
  s.evolutions[0].predicted[2] = -1;
  CHECK_THROWS_AS(s.page(), alx::shape_error);
  s = scene();
  s.record.runs[3].rounds.pop_back();
  CHECK_THROWS_WITH_AS(
      s.page(), "report: run ignorance/0 has 3 rounds, the first run 4", alx::shape_error);
  s = scene();
  s.record.runs[3].rule = "unheard";
  CHECK_THROWS_WITH_AS(s.page(), "report: run unheard/0 is of an unknown rule", alx::data_error);
  s.record.runs.clear();
  CHECK_THROWS_AS(s.page(), alx::shape_error);
}
