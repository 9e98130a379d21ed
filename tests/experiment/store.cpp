// SPDX-License-Identifier: Apache-2.0
#include <alx/experiment/cells.hpp>
#include <alx/experiment/meter.hpp>
#include <alx/experiment/store.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using json = alx::result_store::json;
namespace fs = std::filesystem;

/// A folder that is gone afterwards.
struct scratch {
  fs::path path = fs::temp_directory_path() / "alx-store-test" / "deep";

  scratch() { fs::remove_all(path.parent_path()); }

  ~scratch() { fs::remove_all(path.parent_path()); }

  scratch(scratch const&) = delete;
  scratch& operator=(scratch const&) = delete;
};

std::vector<std::string> const rules{"a", "b"};
json const config = {{"rounds", 2}};
json const rounds = json::parse(R"([{"auc": 0.1, "asked": [3, 1]}, {"auc": null}])");

std::string text_of(fs::path const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("cells are every rule with every seed, a repeat's rules together") {
  std::string keys;
  for (auto const& run : alx::cells_of(rules, 2, 7)) keys += run.key() + ' ';
  CHECK(keys == "a/7 b/7 a/8 b/8 ");
}

TEST_CASE("every cell is run once on any number of threads") {
  auto const cells = alx::cells_of(rules, 10, 0);
  for (int const threads : {1, 3}) {
    std::mutex mutex;
    std::multiset<std::string> seen;
    alx::run_cells(cells, threads, [&](alx::cell const& run) {
      std::scoped_lock const lock(mutex);
      seen.insert(run.key());
    });
    CHECK(seen.size() == 20);
    CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == 20);
  }
}

TEST_CASE("results are written in order, read again, and not mixed with another configuration's") {
  scratch const folder;
  auto const cells = alx::cells_of(rules, 1, 0);
  {
    alx::result_store store(folder.path, config);
    store.add(cells[1], rounds);
    store.add(cells[0], rounds);
    store.finish(cells);
  }
  CHECK(text_of(folder.path / "results.json") ==
        "{\"config\":{\"rounds\":2},\"results\":{\"a/0\":[{\"auc\":0.1,\"asked\":[3,1]},"
        "{\"auc\":null}],\"b/0\":[{\"auc\":0.1,\"asked\":[3,1]},{\"auc\":null}]}}\n");
  CHECK(!fs::exists(folder.path / "unfinished.jsonl"));
  alx::result_store again(folder.path, config);
  CHECK(again.has(cells[0]));
  CHECK(again.rounds(cells[1]) == rounds);
  again.clear();
  CHECK(!again.has(cells[0]));
  CHECK(!alx::result_store(folder.path, {{"rounds", 3}}).has(cells[0]));
}

TEST_CASE("an interrupted experiment has its finished runs, also after a torn line") {
  scratch const folder;
  auto const cells = alx::cells_of(rules, 2, 0);
  {
    alx::result_store store(folder.path, config);
    store.add(cells[0], rounds);
    store.add(cells[1], rounds);
  }
  std::ofstream(folder.path / "unfinished.jsonl", std::ios::app) << "{\"run\": \"a/1\", \"rou";
  {
    alx::result_store store(folder.path, config);
    CHECK(store.has(cells[0]));
    CHECK(store.has(cells[1]));
    CHECK(!store.has(cells[2]));
    store.add(cells[2], rounds);
  }
  alx::result_store store(folder.path, config);
  CHECK(store.has(cells[0]));
  CHECK(store.has(cells[2]));
  CHECK(!store.has(cells[3]));
  CHECK(!alx::result_store(folder.path, {{"rounds", 1}}).has(cells[0]));
}

TEST_CASE("a damaged results file is as none") {
  scratch const folder;
  fs::create_directories(folder.path);
  auto const cells = alx::cells_of(rules, 1, 0);
  for (char const* text : {"",
                           "{",
                           "[]",
                           "{\"config\":{\"rounds\":2}}",
                           "{\"config\":{\"rounds\":2},\"results\":3}"}) {
    std::ofstream(folder.path / "results.json", std::ios::trunc) << text;
    CHECK(!alx::result_store(folder.path, config).has(cells[0]));
  }
}

TEST_CASE("without a folder results stay in memory, and an impossible folder is named") {
  auto const cells = alx::cells_of(rules, 1, 0);
  alx::result_store store({}, config);
  store.add(cells[0], rounds);
  CHECK(store.rounds(cells[0]) == rounds);
  store.finish(cells);
  scratch const folder;
  fs::create_directories(folder.path.parent_path());
  std::ofstream(folder.path) << "a file";
  CHECK_THROWS_AS(alx::result_store(folder.path, config), alx::data_error);
  CHECK_THROWS_AS(alx::result_store(folder.path / "below", config), alx::data_error);
}

TEST_CASE("the meter counts runs and says how long") {
  std::ostringstream out;
  alx::meter meter(out, alx::screen::plain, 3, 1, 2);
  meter.step("a/0");
  meter.step("a/0");
  meter.run_done("a/0", "fine");
  CHECK(out.str().substr(0, 17) == "[2/3] a/0  fine  ");
  CHECK(out.str().find("left") != std::string::npos);
  std::ostringstream screen;
  alx::meter line(screen, alx::screen::terminal, 2, 0, 1);
  line.step("b/0");
  line.finish();
  CHECK(screen.str().find("[############............] 1/2 rounds  0/2 runs") != std::string::npos);
}
