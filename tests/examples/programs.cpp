// SPDX-License-Identifier: Apache-2.0
// The programs as a user calls them: what goes wrong is named on one line, and the exit status is 1
// for bad input, 2 for wrong usage.
#include <alx/data/blobs.hpp>
#include <alx/data/npy.hpp>
#include <alx/matrix.hpp>

#include <doctest/doctest.h>

#include "support/golden_lines.hpp"
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

/// Tables of text: those of tests/golden/table, and some that are wrong.
void write_text_tables(support::program_folder const& here) {
  for (char const* name : {"train.csv", "new.csv", "pandas.model.txt"}) {
    fs::copy_file(std::string(ALX_GOLDEN_DIR "/table/") + name, here.at(name));
  }
  std::string const rows = "1,a,x\n2,b,y\n2,c,x\n5,d,z\n";
  std::ofstream(here.at("three.csv")) << "n,t,y\n" << rows << rows;
  std::ofstream(here.at("text.csv")) << "t,y\na,0\nb,1\nc,0\n";
  std::ofstream(here.at("colon.csv")) << "a:b,y\n1,0\n5,1\n2,0\n";
  std::ofstream(here.at("latin.csv")) << "a,y\n1,0\ncaf\xE9,1\n2,0\n";
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

TEST_CASE("gradient_boosting learns from a table of text, as LightGBM does from one of pandas") {
  support::program_folder here;
  write_text_tables(here);
  std::string const predict = "gradient_boosting predict --output p.npy --data new.csv --model ";
  auto const theirs = golden::lines("table/probability.txt").at(0).values;
  REQUIRE(here.run(predict + "pandas.model.txt") == 0);
  CHECK(alx::read_npy_vector(here.at("p.npy")) == theirs);
  CHECK(here.said.find("column 'color': 2 values not seen") != std::string::npos);
  CHECK(here.said.find("column 'home city': 1 value not seen") != std::string::npos);
  std::string const train = "gradient_boosting train --model m.txt --label-column y --data ";
  REQUIRE(here.run(train +
                   "train.csv --param num_iterations=4 num_leaves=7 min_data_in_leaf=5 "
                   "min_data_per_group=5 cat_smooth=2 --valid-data train.csv --losses l.npy") == 0);
  CHECK(here.said.find("home city  category         -  6: 10, 9, Bern") != std::string::npos);
  CHECK(here.said.find("'no' is class 0, 'yes' is class 1") != std::string::npos);
  CHECK(alx::read_npy_vector(here.at("l.npy")).size() == 4);
  CHECK(here.content("m.txt").find(
            "\npandas_categorical:[[\"10\",\"9\",\"Bern\",\"Z\\u00fcrich\",") != std::string::npos);
  REQUIRE(here.run(predict + "m.txt") == 0);
  CHECK(alx::read_npy_vector(here.at("p.npy")) == theirs);
}

TEST_CASE("gradient_boosting says what it cannot use of a table of text") {
  support::program_folder here;
  write_text_tables(here);
  std::string const train = "gradient_boosting train --model m.txt --label-column y --data ";
  REQUIRE(here.run(train + "three.csv --objective multiclass") == 0);
  REQUIRE(here.run("gradient_boosting train --model m.txt --label-column n --data three.csv "
                   "--objective regression --type y=category t=ignored") == 0);
  REQUIRE(here.run("gradient_boosting predict --output p.npy --data train.csv --model m.txt") == 0);
  CHECK(here.said.find("column 'y': 160 values not seen") != std::string::npos);
  CHECK(here.refuses(train + "three.csv", {"column 'y' has 3 classes ('x', 'y', 'z')", "two"}));
  CHECK(here.refuses(train + "text.csv", {"text.csv", "no column to learn from", "--type"}));
  CHECK(here.refuses(train + "colon.csv", {"'a:b'", "LightGBM"}));
  CHECK(here.refuses(train + "latin.csv", {"line 3 (row 2), column 'a'", "Latin-1", "iconv"}));
  CHECK(here.refuses(train + "text.csv --type t=number", {"column 't'", "'a' is not a number"}));
  CHECK(here.refuses(train + "text.csv --type u=number", {"no column 'u'", "'t', 'y'"}));
  CHECK(here.refuses("gradient_boosting train --model m.txt --label-column z --data text.csv",
                     {"no column 'z'", "'t', 'y'"}));
  CHECK(here.refuses(train + "train.csv --valid-data three.csv", {"three.csv", "no column 'age'"}));
  std::string const model = here.content("pandas.model.txt");
  std::ofstream(here.at("cut.txt")) << model.substr(0, model.rfind("\npandas_categorical"));
  CHECK(here.refuses("gradient_boosting predict --output p.npy --data new.csv --model cut.txt",
                     {"cut.txt", "pandas_categorical"}));
  for (char const* wrong : {"--type t=digit",
                            "--separator ab",
                            "--categorical 0",
                            "--losses l.npy",
                            "--valid-weights w.npy",
                            "--features X.npy --labels y.npy"}) {
    CHECK(here.run(train + "text.csv " + wrong) == 2);
  }
  CHECK(here.run("gradient_boosting train --model m.txt --data text.csv") == 2);
  CHECK(here.run("gradient_boosting train --model m.txt") == 2);
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

TEST_CASE("notebook runs on a table of text with two classes") {
  support::program_folder here;
  write_text_tables(here);
  REQUIRE(here.run("notebook --data train.csv --label-column y --rule prioritisation --rounds 3 "
                   "--repeats 1 --holdout 0.25 --initial 20 --quiet") == 0);
  CHECK(here.said.find("160 rows x 10 features") != std::string::npos);
  CHECK(here.said.find("'no' is class 0, 'yes' is class 1") != std::string::npos);
  CHECK(here.refuses("notebook --label-column y --data three.csv", {"3 classes", "two"}));
  CHECK(here.refuses("notebook --label-column t --data none.csv", {"none.csv"}));
  CHECK(here.run("notebook --data train.csv") == 2);
  CHECK(here.run("notebook --holdout 0.2") == 2);
}
