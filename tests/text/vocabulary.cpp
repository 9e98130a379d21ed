// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/parallel.hpp>
#include <alx/text/vocabulary.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <support/complaint.hpp>
#include <text/golden_words.hpp>
#include <vector>

namespace {

using tokens = std::vector<std::string>;
using texts = std::vector<std::string_view>;

tokens all(alx::vocabulary const& words) {
  tokens out;
  for (std::int32_t id = 0; id < words.size(); ++id) out.emplace_back(words.token(id));
  return out;
}

std::filesystem::path scratch(std::string const& name) {
  return std::filesystem::temp_directory_path() / ("alx_text_" + name);
}

std::string complaint(std::string_view content) {
  return support::complaint_of(content, alx::vocabulary::load);
}

bool holds(std::string const& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("by count, then by bytes, both descending") {
  auto const words = alx::vocabulary::adapt(texts{"b a a", "C c! é", "zz a [UNK] unk"});
  CHECK(all(words) == tokens{"", "[UNK]", "a", "unk", "c", "é", "zz", "b"});
  CHECK(words.id("c") == 4);
  CHECK(words.id("") == alx::vocabulary::padding);
  CHECK(words.id("[UNK]") == alx::vocabulary::unknown);
  CHECK(words.id("never") == alx::vocabulary::unknown);
  CHECK(words.id("zzz") == alx::vocabulary::unknown);
}

TEST_CASE("max_tokens counts padding and unknown") {
  CHECK(all(alx::vocabulary::adapt(texts{"a b b"}, 3)) == tokens{"", "[UNK]", "b"});
  CHECK(all(alx::vocabulary::adapt(texts{"a b b"}, 2)) == tokens{"", "[UNK]"});
  CHECK(all(alx::vocabulary::adapt(texts{"a b b"}, 100)).size() == 4);
  CHECK(all(alx::vocabulary::adapt(texts{}, 100)) == tokens{"", "[UNK]"});
  CHECK_THROWS_WITH_AS(static_cast<void>(alx::vocabulary::adapt(texts{"a"}, 1)),
                       doctest::Contains("max_tokens is 1"),
                       alx::option_error);
  CHECK_THROWS_AS(static_cast<void>(alx::vocabulary::adapt(texts{"a"}, -2)), alx::option_error);
}

TEST_CASE("the vocabularies of hostile texts are those of Keras, on any number of threads") {
  golden::corpus const made;
  int compared = 0;
  for (auto const& line : golden::lines_of_words("keras.txt")) {
    if (line.name != "vocabulary") continue;
    tokens expected;
    for (std::size_t i = 1; i < line.values.size(); ++i) {
      expected.push_back(golden::bytes(line.values[i]));
    }
    for (int const threads : {1, 2, 3}) {
      alx::thread_team team(threads);
      auto const words = alx::vocabulary::adapt(made.texts, std::stoi(line.values.at(0)), team);
      CHECK(all(words) == expected);
      for (std::int32_t id = 0; id < words.size(); ++id) CHECK(words.id(words.token(id)) == id);
    }
    ++compared;
  }
  CHECK(compared == 3);
}

TEST_CASE("many texts, many tokens: threads change nothing") {
  std::vector<std::string> made;
  for (int i = 0; i < 3000; ++i) {
    made.push_back("w" + std::to_string(i % 7) + " w" + std::to_string(i * i % 1009) + " common");
  }
  texts const shown(made.begin(), made.end());
  alx::thread_team team(4);
  auto const words = alx::vocabulary::adapt(shown, 0, team);
  CHECK(all(words) == all(alx::vocabulary::adapt(shown)));
  CHECK(words.token(2) == "common");
}

TEST_CASE("a saved vocabulary is read back, bytes and all") {
  using namespace std::string_literals;
  std::string const odd = "nul\0 \0 \xFF\xFE é 😀 a\xE2\x80\xA8z x\x1Cy"s;
  auto const words = alx::vocabulary::adapt(texts{odd, "é"});
  auto const path = scratch("saved.txt");
  words.save(path);
  CHECK(all(alx::vocabulary::load(path)) == all(words));
  std::ifstream in(path, std::ios::binary);
  std::string const written{std::istreambuf_iterator<char>(in), {}};
  CHECK(written.starts_with("\n[UNK]\né\n"));
  CHECK(!written.ends_with('\n'));
  in.close();
  alx::vocabulary().save(path);
  CHECK(all(alx::vocabulary::load(path)) == tokens{"", "[UNK]"});
  std::filesystem::remove(path);
  CHECK(complaint("\n[UNK]\na\n").empty());
}

TEST_CASE("a file that is no vocabulary is refused, and the line named") {
  CHECK(holds(complaint(""), "line 2"));
  CHECK(holds(complaint("\n"), "line 2"));
  CHECK(holds(complaint("the\n[UNK]\n"), "line 1: is \"the\", must be \"\""));
  CHECK(holds(complaint("\nthe\n"), "line 2: is \"the\", must be \"[UNK]\""));
  CHECK(holds(complaint("\n[UNK]\na\n\nb"), "line 4: is empty"));
  CHECK(holds(complaint("\n[UNK]\na\n\n"), "line 4: is empty"));
  CHECK(holds(complaint("\n[UNK]\na\nb\na\nc"), "line 5: \"a\" stands in line 3 already"));
  CHECK(holds(complaint("\n[UNK]\na\n[UNK]"), "line 4: \"[UNK]\" stands in line 2 already"));
  CHECK(holds(complaint("\n[UNK]\na b"), "line 3: \"a b\" holds white space"));
  CHECK(holds(complaint("\n[UNK]\na\r\n"), "line 3"));
  CHECK(holds(complaint("\r\n[UNK]\r\na\r\n"), "line 1"));
  CHECK(holds(complaint("x"), "refused.txt"));
  CHECK_THROWS_WITH_AS(static_cast<void>(alx::vocabulary::load("/no/such/file")),
                       doctest::Contains("/no/such/file"),
                       alx::data_error);
  CHECK_THROWS_AS(alx::vocabulary().save("/no/such/folder/v.txt"), alx::data_error);
}

TEST_CASE("only ids that exist have tokens") {
  CHECK_THROWS_WITH_AS(static_cast<void>(alx::vocabulary().token(2)),
                       doctest::Contains("id 2 is not among 0 ... 1"),
                       alx::data_error);
  CHECK_THROWS_AS(static_cast<void>(alx::vocabulary().token(-1)), alx::data_error);
}
