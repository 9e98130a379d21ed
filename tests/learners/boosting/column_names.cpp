// SPDX-License-Identifier: Apache-2.0
#include <alx/data/csv.hpp>
#include <alx/data/labels.hpp>
#include <alx/data/table.hpp>
#include <alx/error.hpp>
#include <alx/learners/boosting/column_names.hpp>
#include <alx/learners/boosting/model_parse.hpp>
#include <alx/learners/boosting/model_text.hpp>
#include <alx/learners/gradient_boosting.hpp>

#include <doctest/doctest.h>

#include "support/golden_lines.hpp"
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using names = std::vector<std::string>;

std::string content(std::string const& name) {
  std::ifstream in(std::string(ALX_GOLDEN_DIR "/table/") + name, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

template <class Error, class F>
std::string refusal(F&& work) {
  try {
    work();
  } catch (Error const& why) {
    return why.what();
  }
  return {};
}

/// Of two columns.
alx::boosting_model one_leaf() {
  alx::boosting_model model;
  model.feature_names = {"Column_0", "Column_1"};
  model.feature_infos = {"none", "none"};
  return model;
}

}  // namespace

TEST_CASE("a model of a table is the one that LightGBM trains on the table of pandas") {
  auto const file = alx::csv_table::parse(content("train.csv"), "train.csv");
  auto const table = alx::make_table(file, {.leave_out = {"y"}});
  auto const known = alx::labels_of(file, file.column("y"));
  REQUIRE(known.classes == names{"no", "yes"});
  alx::boosting_parameters parameters;
  parameters.num_iterations = 4;
  parameters.num_leaves = 7;
  parameters.min_data_in_leaf = 5;
  parameters.min_data_per_group = 5;
  parameters.cat_smooth = 2;
  parameters.categorical_feature = table.categorical_features();
  alx::gradient_boosting learner{parameters};
  std::vector<alx::index_t> ids(known.labels.size());
  std::iota(ids.begin(), ids.end(), 0);
  learner.fit(table.features, {.ids = ids, .labels = known.labels, .classes = 2});
  auto model = learner.model();
  alx::name_columns(model, table.feature_names());
  CHECK(model.feature_names == names{"age", "home_city", "color"});
  std::string const ours = alx::model_text(model);
  std::string const theirs = content("pandas.model.txt");
  constexpr std::string_view end = "\nend of trees\n";
  CHECK(ours.substr(0, ours.find(end)) == theirs.substr(0, theirs.find(end)));
  CHECK(ours.find("pandas_categorical") == std::string::npos);
  CHECK(ours.ends_with("\nend of parameters\n"));
}

TEST_CASE("the categories of pandas are kept as they are written") {
  std::string const theirs = content("pandas.model.txt");
  auto const model = alx::parse_model(theirs, "pandas.model.txt");
  auto const at = theirs.rfind("\npandas_categorical:[[\"10\", ");
  REQUIRE(at != std::string::npos);
  CHECK("\npandas_categorical:" + model.pandas_categorical + "\n" == theirs.substr(at));
  CHECK(alx::model_text(model).ends_with("\nend of parameters\n" + theirs.substr(at)));
  for (std::string const nothing : {"null", "[]"}) {
    auto const without = alx::parse_model(
        theirs.substr(0, at) + "\npandas_categorical:" + nothing + "\n", "pandas.model.txt");
    CHECK(without.pandas_categorical.empty());
  }
  auto broken = model;
  broken.pandas_categorical += '\n';
  CHECK_THROWS_AS((void)alx::model_text(broken), alx::data_error);
}

TEST_CASE("names of columns are those that LightGBM takes") {
  CHECK(alx::lightgbm_name("a b  c") == "a_b__c");
  CHECK(alx::lightgbm_name("gr\xC3\xB6\xC3\x9F"
                           "e=1(%)") ==
        "gr\xC3\xB6\xC3\x9F"
        "e=1(%)");
  for (char const bad : std::string_view("\",:[]{}\n\t")) {
    auto const why =
        refusal<alx::data_error>([&] { (void)alx::lightgbm_name("x" + std::string(1, bad)); });
    CHECK(why.find("LightGBM") != std::string::npos);
  }
  CHECK_THROWS_AS((void)alx::lightgbm_name(""), alx::data_error);
  auto model = one_leaf();
  alx::name_columns(model, names{"x y", "z"});
  CHECK(model.feature_names == names{"x_y", "z"});
  auto const twice = refusal<alx::data_error>([&] {
    alx::name_columns(model, names{"x y", "x_y"});
  });
  CHECK(twice.find("two are called 'x_y'") != std::string::npos);
  CHECK(model.feature_names == names{"x_y", "z"});
  auto const few = refusal<alx::shape_error>([&] { alx::name_columns(model, names{"x"}); });
  CHECK(few.find("1 names for 2 columns") != std::string::npos);
}
