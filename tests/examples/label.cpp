// SPDX-License-Identifier: Apache-2.0
// The program `label` as a script calls it: answers are lines of the standard input.
#include <alx/journal/journal.hpp>

#include <doctest/doctest.h>

#include "support/program_folder.hpp"
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

void write(support::program_folder const& here, std::string const& name, std::string const& text) {
  std::ofstream(here.at(name), std::ios::binary) << text;
}

/// 60 rows: `size` tells the class, `colour` does not, `id` counts.
std::string table() {
  std::string text = "id,size,colour\n";
  for (int i = 0; i < 60; ++i) {
    text += std::to_string(i + 1) + "," + (i % 7 == 3 ? "" : std::to_string(i % 2 * 10 + i % 5)) +
            "," + (i % 3 == 0 ? "red" : "\"dark blue\"") + "\n";
  }
  return text;
}

/// 40 texts, a line each.
std::string texts() {
  std::string text;
  for (int i = 0; i < 40; ++i) {
    text += (i % 2 == 0 ? "a fine day and good " : "a bad night, so awful ") + std::to_string(i) +
            (i % 3 == 0 ? " rain\n" : " wind\n");
  }
  return text;
}

std::string lines(std::string const& line, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += line + "\n";
  return text;
}

/// Answers without end: some of each class, with everything else between.
std::string mixed_answers(int from, int count) {
  std::string text;
  for (int i = from; i < from + count; ++i) {
    text += i % 11 == 5 ? "skip\n" : i % 13 == 7 ? "unclear\n" : i % 17 == 9 ? "discard\n" : "";
    text += i % 9 == 8 ? "undo\n" : i % 2 == 0 ? "small\n" : "2\n";
  }
  return text;
}

/// The lines of `said` that begin with a word.
std::vector<std::string> lines_of(std::string const& said, std::string const& word) {
  std::vector<std::string> found;
  std::istringstream in(said);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(word, 0) == 0) found.push_back(line);
  }
  return found;
}

std::string const on_table = "label --data t.csv --classes small,big --threads 1 --out out";

}  // namespace

TEST_CASE("label: from a table without labels to a model, predictions and a report") {
  support::program_folder here;
  write(here, "t.csv", table());
  write(here, "answers", mixed_answers(0, 40));
  REQUIRE(here.run(on_table + " --holdout 10", "answers") == 0);
  CHECK(here.said.find("size    number") != std::string::npos);
  CHECK(here.said.find("id      ignored") != std::string::npos);
  CHECK(lines_of(here.said, "kept").size() > 40);
  CHECK(here.content("out/model.txt").rfind("tree\n", 0) == 0);
  CHECK(here.content("out/predictions.csv").rfind("row,", 0) == 0);
  CHECK(lines_of(here.content("out/predictions.csv"), "60,").size() == 1);
  CHECK(here.content("out/report.html").find("</html>") != std::string::npos);
  CHECK(here.said.find("to go on: ") != std::string::npos);
  CHECK(here.said.find("label --data t.csv --classes small,big") != std::string::npos);
}

TEST_CASE("label: a session in pieces asks what one in one piece asks") {
  support::program_folder here;
  write(here, "t.csv", table());
  write(here, "all", mixed_answers(0, 36));
  REQUIRE(here.run(on_table + "1 --holdout 10 --repeat 0.2 --no-results", "all") == 0);
  auto const whole = lines_of(here.said, "ask");
  std::vector<std::string> pieces;
  std::istringstream each(mixed_answers(0, 36));
  for (std::string line; std::getline(each, line);) {
    write(here, "one", line + "\n");
    REQUIRE(here.run(on_table + "2 --holdout 10 --repeat 0.2 --no-results", "one") == 0);
    pieces.push_back(lines_of(here.said, "ask").front());
  }
  pieces.push_back(lines_of(here.said, "ask").back());
  CHECK(pieces == whole);
  alx::journal const first(here.at("out1/answers.journal"));
  alx::journal const second(here.at("out2/answers.journal"));
  REQUIRE(first.entries().size() == second.entries().size());
  for (std::size_t i = 0; i < first.entries().size(); ++i) {
    auto entry = second.entries()[i];
    entry.time = first.entries()[i].time;
    entry.seconds = first.entries()[i].seconds;
    CHECK(entry == first.entries()[i]);
  }
}

TEST_CASE("label: texts from lines, a column and a folder; one can be edited") {
  support::program_folder here;
  write(here, "t.txt", texts());
  write(here, "answers", lines("good\nbad", 8) + "edit a new text\ngood\n");
  for (std::string const learner : {"logistic", "lsa"}) {
    std::string const call = "label --data t.txt --classes good,bad --out out --learner " + learner;
    REQUIRE(here.run(call + " --threads 1", "answers") == 0);
    CHECK(lines_of(here.said, "kept 17 ").front().find(" edit") != std::string::npos);
    CHECK(lines_of(here.said, "ask 18 ").front().find(": a new text") != std::string::npos);
    CHECK(fs::exists(here.at("out/model/model.txt")));
    fs::remove_all(here.at("out"));
  }
  fs::create_directory(here.at("folder"));
  write(here, "folder/a.txt", "first");
  write(here, "folder/b.txt", "second\nline");
  REQUIRE(here.run("label --data folder --classes x,y") == 0);
  CHECK(here.said.find("2 texts: texts, one a file") != std::string::npos);
  write(here, "c.csv", "n;comment\n1;\"so, so\"\n2;well\n3;\n");
  REQUIRE(here.run("label --data c.csv --text-column comment --classes x,y") == 0);
  CHECK(here.said.find("3 texts: column 'comment'") != std::string::npos);
}

TEST_CASE("label: several people, repetitions, disagreements and who decides them") {
  support::program_folder here;
  write(here, "t.csv", table());
  write(here, "ann", lines("small\nbig", 15));
  write(here, "bob", lines("big\nsmall", 15));
  std::string const call = on_table + " --holdout 10 --no-results --user ";
  REQUIRE(here.run(call + "ann", "ann") == 0);
  REQUIRE(here.run(call + "bob --repeat 0.5", "bob") == 0);
  auto const again = lines_of(here.said, "ask");
  std::size_t repetitions = 0;
  for (auto const& line : again) repetitions += line.find("repetition") != line.npos ? 1U : 0U;
  CHECK(repetitions >= 10);
  write(here, "cho", "small\nundo\nbig\nskip\nquit\n");
  REQUIRE(here.run(call + "cho --adjudicate", "cho") == 0);
  CHECK(here.said.find("ann says ") != std::string::npos);
  CHECK(here.said.find("bob says ") != std::string::npos);
  alx::journal const kept(here.at("out/answers.journal"));
  auto const live = kept.live();
  CHECK(live.back().user == "cho");
  CHECK(live.back().label == 1);
  CHECK(live.back().why == alx::asked_for::adjudication);
}

TEST_CASE("label: export, import and export give the same bytes") {
  support::program_folder here;
  write(here, "t.txt", texts());
  write(
      here, "ann", lines("good\nbad", 8) + "skip\nunclear\ndiscard\nedit \"so\", he said\ngood\n");
  write(here, "bob", lines("bad", 6));
  std::string const call = "label --data t.txt --classes good,bad --no-results --out ";
  REQUIRE(here.run(call + "out --user ann", "ann") == 0);
  REQUIRE(here.run(call + "out --user 'bob b' --repeat 0.9", "bob") == 0);
  for (std::string const format : {"csv", "label-studio", "doccano", "prodigy"}) {
    CAPTURE(format);
    REQUIRE(here.run(call + "out --export a." + format + " --format " + format) == 0);
    REQUIRE(here.run(call + format + " --import a." + format + " --format " + format) == 0);
    CHECK(here.said.find(" 0 there already") != std::string::npos);
    REQUIRE(here.run(call + format + " --import a." + format + " --format " + format) == 0);
    CHECK(here.said.find(": 0 added") != std::string::npos);
    REQUIRE(here.run(call + format + " --export b." + format + " --format " + format) == 0);
    CHECK(here.content("a." + format) == here.content("b." + format));
    CHECK(here.content("a." + format).size() > 1000);
  }
}

TEST_CASE("label: what other tools write is read by its text, and what is no row here is named") {
  support::program_folder here;
  write(here, "t.txt", "one\ntwo\nthree\nthree\n");
  std::string const call = "label --data t.txt --classes good,bad --no-results --out out ";
  write(
      here,
      "ls.json",
      R"([{"id": 3, "data": {"ref_id": 7, "my_text": "two"}, "annotations": [{"id": 1, "completed_by": 9,
        "was_cancelled": false, "result": [{"type": "choices", "from_name": "s", "to_name": "t",
        "value": {"choices": ["bad"]}}]}]}])");
  REQUIRE(here.run(call + "--import ls.json") == 0);
  CHECK(here.said.find("1 added") != std::string::npos);
  write(here, "d.jsonl", R"({"id": 1, "text": "one", "label": ["good"]})");
  REQUIRE(here.run(call + "--import d.jsonl") == 0);
  write(here, "p.jsonl", R"({"text": "three", "label": "good", "answer": "accept"})");
  CHECK(here.refuses(call + "--import p.jsonl", {"p.jsonl", "three"}));
  write(here, "other.jsonl", R"({"text": "one", "label": ["great"]})");
  CHECK(here.refuses(call + "--import other.jsonl", {"great"}));
  alx::journal const kept(here.at("out/answers.journal"));
  REQUIRE(kept.entries().size() == 2);
  CHECK(kept.entries()[0].row == 1);
  CHECK(kept.entries()[0].label == 1);
  CHECK(kept.entries()[1].row == 0);
}

TEST_CASE("label names what it cannot use, and keeps what was kept") {
  support::program_folder here;
  write(here, "t.csv", table());
  write(here, "word", "small\nnothing\n");
  std::string const call = on_table + " ";
  CHECK(here.run(call, "word") == 1);
  CHECK(here.said.find("'nothing' is no class and no command") != std::string::npos);
  CHECK(here.said.find("kept 1 row") != std::string::npos);
  CHECK(here.refuses("label --data t.csv --classes one --out o", {"--classes", "two names"}));
  CHECK(here.refuses("label --data t.csv --classes a,b,a --out o", {"--classes", "'a'", "twice"}));
  CHECK(here.refuses("label --data t.csv --classes x,y --out out", {"classes", "small", "x"}));
  CHECK(here.refuses(call + "--seed 3", {"seed 0, not 3"}));
  CHECK(here.refuses(call + "--separator ';,'", {"--separator", "';,'"}));
  CHECK(here.refuses(call + "--export e.jsonl", {"--export e.jsonl", "--format"}));
  CHECK(here.refuses(call + "--user \"$(printf 'a\\nb')\"", {"--user", "control character"}));
  std::string many = "c0";
  for (int i = 1; i < 60; ++i) many += ",c" + std::to_string(i);
  CHECK(here.refuses("label --data t.csv --out o --classes " + many, {"60 classes", "keys"}));
  CHECK(here.refuses(call + "--type size=long", {"--type", "size=long"}));
  CHECK(here.refuses(call + "--type width=number", {"t.csv", "'width'", "'size'"}));
  CHECK(here.refuses(call + "--learner lsa", {"--learner lsa", "tables"}));
  CHECK(here.refuses("label --data none.csv --classes a,b", {"none.csv"}));
  write(here, "t.csv", table() + "61,1,red\n");
  CHECK(here.refuses(call, {"other data", "60 rows", "61 rows"}));
  write(here, "empty.csv", "");
  CHECK(here.refuses("label --data empty.csv --classes a,b", {"empty.csv", "empty file"}));
  write(here, "one.csv", "x,y\n1,2\n");
  CHECK(here.refuses("label --data one.csv --classes a,b", {"one.csv", "1 row"}));
  write(here, "same.csv", "x,y\n1,2\n1,2\n1,2\n");
  CHECK(
      here.refuses("label --data same.csv --classes a,b", {"same.csv", "no column to learn from"}));
  write(here, "latin.csv", "text\nna\xEFve\nplain\n");
  CHECK(here.refuses("label --data latin.csv --text-column text --classes a,b",
                     {"latin.csv", "Latin-1"}));
  CHECK(here.run("label --data latin.csv --text-column text --encoding latin1 --classes a,b") == 0);
  CHECK(here.said.find("ask 1 row") != std::string::npos);
  CHECK(here.run("label --classes a,b") == 2);
  CHECK_FALSE(fs::exists(here.at("o")));
  // A journal in which nothing was answered may be begun anew with other classes.
  CHECK(here.run("label --data latin.csv --encoding latin1 --text-column text --classes c,d") == 0);
}

TEST_CASE("label: classes seen once or never, equal rows, and no rows left") {
  support::program_folder here;
  write(here, "same.txt", lines("the same text", 12));
  write(here, "answers", "a\nb\n" + lines("a", 20));
  REQUIRE(here.run("label --data same.txt --classes a,b,c --holdout 0", "answers") == 0);
  CHECK(lines_of(here.said, "kept").size() == 12);
  CHECK(here.said.find("every row was answered") != std::string::npos);
  write(here, "slip", "undo\nb\n");
  REQUIRE(here.run("label --data same.txt --classes a,b,c --holdout 0", "slip") == 0);
  CHECK(lines_of(here.said, "kept 14 ").front().find(" b") != std::string::npos);
  CHECK(fs::exists(here.at("same-labels/model/model.txt")));
  write(here, "one class", lines("a", 8));
  write(here, "u.txt", texts());
  REQUIRE(here.run("label --data u.txt --classes a,b", "'one class'") == 0);
  CHECK(here.said.find("no model yet") != std::string::npos);
}
