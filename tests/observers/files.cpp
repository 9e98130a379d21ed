// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/observers/csv.hpp>
#include <alx/observers/history.hpp>
#include <alx/observers/jsonl.hpp>
#include <alx/observers/progress.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::vector<alx::round_report> const reports = {
    {0, 5, {4, 2}, 0.1, {{"auc", 0.1}, {"a \"b\",\n", 1.0 / 3}}},
    {1, 6, {9}, 0.5, {{"auc", 0.5}, {"a \"b\",\n", std::numeric_limits<double>::quiet_NaN()}}}};

/// What an observer leaves in a file.
template <class Observer>
std::string written() {
  auto const path = std::filesystem::temp_directory_path() / "alx-observer-test";
  {
    Observer observer(path.string());
    for (auto const& report : reports) observer(alx::round_scored{report});
  }
  std::ifstream in(path, std::ios::binary);
  std::string const text{std::istreambuf_iterator<char>(in), {}};
  in.close();
  std::filesystem::remove(path);
  return text;
}

}  // namespace

TEST_CASE("csv has a heading, a line a round, and numbers that read back") {
  CHECK(written<alx::csv>() ==
        "round,labelled,auc,\"a \"\"b\"\",\n\"\n0,5,0.1,0.3333333333333333\n1,6,0.5,nan\n");
}

TEST_CASE("each line of jsonl is an object with ids and scores") {
  std::istringstream lines(written<alx::jsonl>());
  std::string line;
  std::getline(lines, line);
  auto const first = nlohmann::json::parse(line);
  CHECK(first["round"] == 0);
  CHECK(first["labelled"] == 5);
  CHECK(first["added"] == std::vector<int>{4, 2});
  CHECK(first["scores"]["a \"b\",\n"].get<double>() == 1.0 / 3);
  std::getline(lines, line);
  CHECK(nlohmann::json::parse(line)["scores"]["a \"b\",\n"].is_null());
}

TEST_CASE("a path that cannot be written is named") {
  CHECK_THROWS_WITH_AS(alx::csv("/nowhere/at/all.csv"),
                       "'/nowhere/at/all.csv' cannot be opened for writing",
                       alx::data_error);
}

TEST_CASE("progress writes a line a round, or one line that changes") {
  std::ostringstream plain;
  std::ostringstream screen;
  alx::progress lines(plain);
  alx::progress line(screen, alx::screen::terminal);
  std::string const reason = "enough";
  for (auto const& report : reports) {
    alx::notify(lines, alx::round_scored{report});
    alx::notify(line, alx::round_scored{report});
  }
  alx::notify(lines, alx::run_finished{reason});
  alx::notify(line, alx::run_finished{reason});
  CHECK(plain.str().substr(0, 43) == "round 1  5 labels  auc 0.1000  a \"b\",\n 0.33");
  CHECK(plain.str().find("finished: enough\n") != std::string::npos);
  CHECK(screen.str().front() == '\r');
}

TEST_CASE("history keeps the reports") {
  alx::history kept;
  for (auto const& report : reports) alx::notify(kept, alx::round_scored{report});
  alx::notify(kept, alx::round_begun{2, 7});  // not its business
  CHECK(kept.rounds.size() == 2);
  CHECK(kept.back().labelled == 6);
}
