// SPDX-License-Identifier: Apache-2.0
// The programs as a user calls them: what goes wrong is named on one line, and the exit status is 1
// for bad input, 2 for wrong usage.
#include <alx/data/blobs.hpp>
#include <alx/data/npy.hpp>
#include <alx/matrix.hpp>

#include <doctest/doctest.h>

#include "support/program_folder.hpp"
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

void write(support::program_folder const& here,
           std::string const& name,
           std::vector<double> const& values) {
  alx::write_npy(here.at(name), std::span<double const>(values));
}

/// Small tables and labels, good and bad.
void write_tables(support::program_folder const& here) {
  auto const blobs = alx::make_blobs({.samples = 80, .centers = 2, .features = 3});
  alx::write_npy(here.at("X.npy"), blobs.features.view());
  std::vector<double> y(blobs.labels.begin(), blobs.labels.end());
  write(here, "y.npy", y);
  y[7] = std::numeric_limits<double>::quiet_NaN();
  write(here, "nan.npy", y);
  y[7] = 0.5;
  write(here, "half.npy", y);
  y[7] = 7.0;
  write(here, "three.npy", y);
  y.resize(79);
  y[7] = 1.0;
  write(here, "short.npy", y);
  alx::write_npy(here.at("wide.npy"), alx::matrix<double>(5, 4).view());
  alx::write_npy(here.at("constant.npy"), alx::matrix<double>(80, 2).view());
  alx::write_npy(here.at("row.npy"), alx::matrix<double>(1, 3).view());
  write(here, "one.npy", {1.0});
  fs::copy_file(here.at("X.npy"), here.at("torn.npy"));
  fs::resize_file(here.at("torn.npy"), fs::file_size(here.at("torn.npy")) - 5);
  std::ofstream(here.at("text.npy")) << "no array";
}

}  // namespace

TEST_CASE("gradient_boosting trains, predicts, and names what it cannot use") {
  support::program_folder here;
  write_tables(here);
  std::string const train = "gradient_boosting train --model m.txt --threads 1 --features ";
  std::string const predict = "gradient_boosting predict --model m.txt --output p.npy --features ";
  REQUIRE(here.run(train + "X.npy --labels y.npy --param num_iterations=5") == 0);
  REQUIRE(here.run(predict + "X.npy") == 0);
  CHECK(alx::read_npy_vector(here.at("p.npy")).size() == 80);
  CHECK(here.refuses(train + "none.npy --labels y.npy", {"none.npy"}));
  CHECK(here.refuses(train + "torn.npy --labels y.npy", {"torn.npy"}));
  CHECK(here.refuses(train + "text.npy --labels y.npy", {"text.npy"}));
  CHECK(here.refuses(train + "y.npy --labels y.npy", {"y.npy"}));
  CHECK(here.refuses(train + "X.npy --labels nan.npy", {"nan.npy", "row 7"}));
  CHECK(here.refuses(train + "X.npy --labels half.npy", {"half.npy", "row 7"}));
  CHECK(here.refuses(train + "X.npy --labels three.npy", {"three.npy", "classes"}));
  CHECK(here.refuses(train + "X.npy --labels short.npy", {"X.npy", "80", "short.npy", "79"}));
  CHECK(here.refuses(train + "X.npy --labels y.npy --weights short.npy", {"short.npy", "79"}));
  CHECK(here.refuses(train + "X.npy --labels y.npy --param num_leafs=5",
                     {"num_leafs", "num_leaves"}));
  CHECK(here.refuses(train + "X.npy --labels y.npy --param num_leaves=1", {"num_leaves", "1"}));
  CHECK(here.refuses(predict + "wide.npy", {"4", "3"}));
  std::string const model = here.content("m.txt");
  std::ofstream(here.at("m.txt"), std::ios::trunc) << model.substr(0, model.size() / 3);
  CHECK(here.refuses(predict + "X.npy", {"m.txt"}));
}

TEST_CASE("gradient_boosting learns classes and values, stops early, and tells what counted") {
  support::program_folder here;
  write_tables(here);
  std::string const train = "gradient_boosting train --model m.txt --features X.npy --labels ";
  std::string const valid = " --valid-features X.npy --valid-labels y.npy";
  REQUIRE(here.run(train + "three.npy --objective multiclass --param num_iterations=4") == 0);
  REQUIRE(here.run("gradient_boosting predict --features X.npy --model m.txt --output p.npy") == 0);
  CHECK(alx::read_npy_matrix(here.at("p.npy")).cols() == 3);
  REQUIRE(here.run(train + "half.npy --objective regression --categorical 2") == 0);
  REQUIRE(here.run("gradient_boosting importance --model m.txt --gain") == 0);
  REQUIRE(here.run(train + "y.npy --losses l.npy --param early_stopping_round=3" + valid) == 0);
  CHECK_FALSE(alx::read_npy_vector(here.at("l.npy")).empty());
  CHECK(here.refuses(train + "y.npy --objective multiclass", {"classes", "three or more"}));
  CHECK(here.refuses(train + "y.npy --categorical 3", {"3"}));
  CHECK(here.refuses(train + "y.npy --param is_unbalance=1 scale_pos_weight=2",
                     {"is_unbalance", "scale_pos_weight"}));
  CHECK(here.refuses(train + "y.npy --param monotone_constraints=1", {"monotone_constraints"}));
  CHECK(here.run(train + "y.npy --valid-features X.npy") == 2);
}

TEST_CASE("one row and constant columns give a model that knows the classes' shares") {
  support::program_folder here;
  write_tables(here);
  REQUIRE(here.run("gradient_boosting train --features row.npy --labels one.npy --model m.txt") ==
          0);
  REQUIRE(here.run("gradient_boosting predict --features row.npy --model m.txt --output p.npy") ==
          0);
  CHECK(alx::read_npy_vector(here.at("p.npy"))[0] == doctest::Approx(1.0).epsilon(1e-12));
  REQUIRE(here.run(
              "gradient_boosting train --features constant.npy --labels y.npy --model m.txt") == 0);
  REQUIRE(
      here.run("gradient_boosting predict --features constant.npy --model m.txt --output p.npy") ==
      0);
  CHECK(alx::read_npy_vector(here.at("p.npy"))[3] == doctest::Approx(0.5).epsilon(1e-12));
}

TEST_CASE("silhouette writes one value a row, and names what it cannot use") {
  support::program_folder here;
  write_tables(here);
  std::string const begin = "silhouette --output s.npy --features ";
  for (char const* metric : {"euclidean", "sqeuclidean", "cosine", "manhattan"}) {
    CHECK(here.run(begin + "X.npy --labels y.npy --metric " + metric) == 0);
    CHECK(alx::read_npy_vector(here.at("s.npy")).size() == 80);
  }
  CHECK(here.refuses(begin + "X.npy --labels short.npy", {"X.npy", "short.npy"}));
  CHECK(here.refuses(begin + "torn.npy --labels y.npy", {"torn.npy"}));
  CHECK(here.refuses(begin + "X.npy --labels nan.npy", {"nan.npy", "row 7"}));
}

TEST_CASE(
    "notebook runs on a table of one's own, goes on where it stopped, and repeats its bytes") {
  support::program_folder here;
  write_tables(here);
  std::string const run =
      "notebook --features X.npy --labels y.npy --holdout 0.25 --rounds 3 --repeats 2 --initial 20 "
      "--batch 5 --quiet --out deep/er ";
  REQUIRE(here.run(run + "--threads 1") == 0);
  std::string const first = here.content("deep/er/results.json");
  CHECK(first.find("\"prioritisation/1\"") != std::string::npos);
  for (char const* name : {"report.html", "curves.csv", "tables.md", "auc-fresh.svg"}) {
    CHECK(fs::exists(here.at("deep/er/" + std::string(name))));
  }
  REQUIRE(here.run(run + "--threads 3") == 0);
  CHECK(here.said.find("12 of 12 runs") != std::string::npos);
  REQUIRE(here.run(run + "--threads 3 --fresh") == 0);
  CHECK(here.said.find("12 of 12 runs") == std::string::npos);
  CHECK(here.content("deep/er/results.json") == first);
  CHECK(here.run("notebook --features X.npy --labels y.npy --rounds 99 --repeats 1 --initial 70 "
                 "--rule random --quiet") == 0);  // the pool ends before the rounds do
  CHECK(here.refuses("notebook --features X.npy --labels three.npy", {"three.npy", "classes"}));
  CHECK(here.refuses("notebook --features X.npy --labels short.npy", {"X.npy", "short.npy"}));
  CHECK(here.refuses("notebook --features none.npy --labels y.npy", {"none.npy"}));
  CHECK(
      here.refuses("notebook --rounds 1 --repeats 1 --rule random --quiet --out y.npy", {"y.npy"}));
}

TEST_CASE("wrong usage has status 2, help 0") {
  support::program_folder here;
  write_tables(here);
  for (char const* program : {"notebook", "gradient_boosting", "silhouette"}) {
    CHECK(here.run(std::string(program) + " --no-such-option") == 2);
    CHECK(here.run(std::string(program) + " --help") == 0);
    CHECK(here.said.find("--threads") + here.said.find("train") != 2 * std::string::npos);
  }
  CHECK(here.run("notebook --rule nonsense") == 2);
  CHECK(here.run("notebook --holdout 0.2") == 2);
  CHECK(here.run("silhouette --features X.npy") == 2);
}

TEST_CASE("the programs of the README run") {
  support::program_folder here;
  write_tables(here);
  CHECK(here.run("quick_start ") == 0);
  CHECK(here.said.find(" 200 labels  AUC on fresh rows 0.8") != std::string::npos);
  CHECK(here.run("your_own_strategy ") == 0);
  CHECK(here.said.find("finished: 5 rounds done") != std::string::npos);
}
