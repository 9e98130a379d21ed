// SPDX-License-Identifier: Apache-2.0
#include <alx/data/csv.hpp>
#include <alx/data/text_rows.hpp>
#include <alx/error.hpp>

#include <doctest/doctest.h>

#include "support/scratch_folder.hpp"
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using views = std::vector<std::string_view>;
using names = std::vector<std::string>;

alx::text_rows lines(std::string bytes) {
  return alx::texts_of_lines(std::move(bytes), "t.txt");
}

alx::text_rows column(std::string bytes, std::string_view name) {
  return alx::texts_of_column(alx::csv_table::parse(std::move(bytes), "t.csv"), name);
}

template <class F>
std::string refusal(F&& work) {
  try {
    work();
  } catch (alx::data_error const& why) {
    return why.what();
  }
  return {};
}

bool has(std::string_view text, std::string_view part) {
  bool const found = text.find(part) != std::string_view::npos;
  if (!found) MESSAGE(text);
  return found;
}

void write(fs::path const& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("text rows: a column of a table") {
  auto const rows = column("id,text\n7,\"one \"\"two\"\"\"\n8,\n9,three\n", "text");
  CHECK(rows.texts == views{"one \"two\"", "", "three"});
  CHECK(rows.names == names{"row 1", "row 2", "row 3"});
  CHECK(has(refusal([] { column("a,b\n1,2\n", "text"); }), "no column 'text'; there are 'a', 'b'"));
  CHECK(has(refusal([] { column("a,b\n", "a"); }), "no row"));
  auto const why = refusal([] { column("a,b\n1,2\n1,\xE9\n", "b"); });
  CHECK(has(why, "t.csv: line 3 (row 2), column 'b': is not UTF-8"));
  CHECK(has(why, "iconv"));
  CHECK(column("a,b\n1,\xE9\n", "a").texts == views{"1"});  // what is not asked for may be anything
}

TEST_CASE("text rows: a text a line, blank lines skipped and counted") {
  auto const rows = lines("\xEF\xBB\xBFone\r\n\n \t\r\n two \nthree");
  CHECK(rows.texts == views{"one", " two ", "three"});
  CHECK(rows.names == names{"line 1", "line 4", "line 5"});
  CHECK(lines("one\n").texts == views{"one"});
  CHECK(has(refusal([] { lines(""); }), "t.txt: an empty file"));
  CHECK(has(refusal([] { lines("\xEF\xBB\xBF"); }), "an empty file"));
  CHECK(has(refusal([] { lines("\n \n"); }), "t.txt: only blank lines"));
  CHECK(has(refusal([] { lines("one\n\ncaf\xE9\n"); }), "t.txt: line 3 is not UTF-8 (byte 0xE9"));
  CHECK(has(refusal([] { lines("\xFF\xFEo"); }), "UTF-16"));
  auto const copy = [] { return lines("kept alive\n"); }();
  CHECK(copy.texts[0] == "kept alive");
}

TEST_CASE("text rows: the files of a folder, by name") {
  support::scratch_folder folder;
  auto const at = [&](char const* name) { return folder.path() / name; };
  CHECK(has(refusal([&] { (void)alx::read_text_folder(folder.path()); }), "no file"));
  write(at("b.txt"), "second\nwith two lines\n");
  write(at("a.txt"),
        "\xEF\xBB\xBF"
        "first");
  write(at("c"), " ");
  write(at(".hidden"), "\xE9");
  fs::create_directory(at("below"));
  write(at("below") / "d.txt", "not read");
  auto const rows = alx::read_text_folder(folder.path());
  CHECK(rows.texts == views{"first", "second\nwith two lines\n", " "});
  CHECK(rows.names == names{"a.txt", "b.txt", "c"});
  write(at("d.txt"), "caf\xE9");
  auto why = refusal([&] { (void)alx::read_text_folder(folder.path()); });
  CHECK(has(why, "d.txt: is not UTF-8 (byte 0xE9 after 'caf')"));
  write(at("d.txt"), "");
  why = refusal([&] { (void)alx::read_text_folder(folder.path()); });
  CHECK(has(why, "d.txt: an empty file"));
  why = refusal([&] { (void)alx::read_text_folder(at("none")); });
  CHECK(has(why, "none"));
}

TEST_CASE("text rows: lines of a file") {
  support::scratch_folder folder;
  write(folder.path() / "t.txt", "one\ntwo\n");
  CHECK(alx::read_text_lines(folder.path() / "t.txt").texts == views{"one", "two"});
  CHECK(has(refusal([&] { (void)alx::read_text_lines(folder.path() / "u.txt"); }), "no such file"));
}
