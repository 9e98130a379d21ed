// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/parallel.hpp>
#include <alx/text/hashing_vectorizer.hpp>
#include <alx/text/tf_idf.hpp>
#include <alx/text/words.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <support/complaint.hpp>
#include <text/golden_words.hpp>
#include <utility>
#include <vector>

namespace {

using texts = std::vector<std::string_view>;
using tokens = std::vector<std::string>;
using entries = std::vector<std::pair<std::int32_t, double>>;

template <class T>
entries row(alx::sparse_matrix<T> const& table, alx::index_t r) {
  auto const found = table.view().row(r);
  entries out;
  for (std::size_t i = 0; i < found.columns.size(); ++i) {
    out.emplace_back(found.columns[i], static_cast<double>(found.values[i]));
  }
  return out;
}

template <class T>
bool same(alx::sparse_matrix<T> const& a, alx::sparse_matrix<T> const& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  for (alx::index_t r = 0; r < a.rows(); ++r) {
    if (row(a, r) != row(b, r)) return false;
  }
  return true;
}

tokens terms(alx::tf_idf const& made) {
  tokens out;
  for (alx::index_t i = 0; i < made.cols(); ++i) out.emplace_back(made.term(i));
  return out;
}

tokens words(std::string_view text, alx::letter_case letters = alx::letter_case::lower) {
  alx::word_splitter splitter(letters);
  tokens out;
  for (auto const& word : splitter.split(text)) out.emplace_back(splitter.joined(word, word));
  return out;
}

void check_row(entries const& found, golden::words const& line, alx::index_t r) {
  auto const expected = line.numbers();
  REQUIRE_MESSAGE(2 * found.size() == expected.size(), "row " << r);
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i].first == static_cast<std::int32_t>(expected[2 * i]));
    CHECK(std::abs(found[i].second - expected[2 * i + 1]) <= 1e-14 * std::abs(expected[2 * i + 1]));
  }
}

/// The lines of terms.txt that follow `case NAME`, up to the next.
std::vector<golden::words> lines_of(std::string const& name) {
  std::vector<golden::words> found;
  bool here = false;
  for (auto const& line : golden::lines_of_words("terms.txt")) {
    if (line.name == "case") {
      here = line.values.at(0) == name;
    } else if (here) {
      found.push_back(line);
    }
  }
  return found;
}

void check_case(std::string const& name, alx::tf_idf_options const& options) {
  CAPTURE(name);
  golden::corpus const made;
  alx::tf_idf learnt(options);
  auto const table = learnt.fit_transform(made.texts);
  alx::index_t next = 0;
  for (auto const& line : lines_of(name)) {
    if (line.name == "terms") {
      tokens expected;
      for (auto const& term : line.values) expected.push_back(golden::bytes(term));
      REQUIRE(terms(learnt) == expected);
    } else if (line.name == "idf") {
      auto const expected = line.numbers();
      REQUIRE(learnt.idf().size() == expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(std::abs(learnt.idf()[i] - expected[i]) <= 1e-14 * expected[i]);
      }
    } else {
      check_row(row(table, next), line, next);
      ++next;
    }
  }
  CHECK(next == table.rows());
  alx::thread_team team(3);
  CHECK(same(learnt.transform(made.texts, team), table));
  alx::tf_idf fitted(options);
  fitted.fit(made.texts);
  CHECK(same(fitted.transform(made.texts), table));
}

void check_hashing(std::string const& name, alx::hashing_options const& options) {
  CAPTURE(name);
  golden::corpus const made;
  alx::hashing_vectorizer const hashing(options);
  alx::thread_team team(3);
  auto const table = hashing.transform(made.texts, team);
  auto const lines = lines_of(name);
  REQUIRE(std::ssize(lines) == table.rows());
  for (alx::index_t r = 0; r < table.rows(); ++r) {
    check_row(row(table, r), lines[static_cast<std::size_t>(r)], r);
    auto const text = made.texts[static_cast<std::size_t>(r)];
    CHECK(row(hashing.transform(text), 0) == row(table, r));
  }
}

double crc32(std::string_view bytes) {
  std::uint32_t remainder = 0xFFFFFFFFU;
  for (char const byte : bytes) {
    remainder ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0U ? 0xEDB88320U : 0U);
    }
  }
  return static_cast<double>(~remainder);
}

std::filesystem::path scratch(std::string const& name) {
  return std::filesystem::temp_directory_path() / ("alx_text_" + name);
}

std::string content_of(std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string complaint(std::string_view content) {
  return support::complaint_of(content, alx::tf_idf::load);
}

bool holds(std::string const& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string with(std::string text, std::string_view old, std::string_view now) {
  auto const at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), now);
}

}  // namespace

TEST_CASE("words have at least two letters, digits or underscores") {
  CHECK(words("It's a so-so 10/10 _x_ é éé I") ==
        tokens{"it", "so", "so", "10", "10", "_x_", "éé"});
  CHECK(words("").empty());
  CHECK(words("a b c ! é").empty());
  CHECK(words("ÄB äb", alx::letter_case::kept) == tokens{"ÄB", "äb"});
  CHECK(words("ÄB ΟΔΟΣ ΟΔΟΣ.Α") == tokens{"äb", "οδος", "οδοσ"});
  CHECK(words("xx\xFFyy \xE4zz\xC1\x89ww \xED\xA0\x80qq") == tokens{"xx", "yy", "zz", "ww", "qq"});
  CHECK(words("ab\xE4") == tokens{"ab"});
}

TEST_CASE("every code point is part of words, and lower-cased, as in Python") {
  std::vector<double> found;
  for (std::int32_t begin = 0; begin < 0x110000; begin += 4096) {
    std::string piece;
    for (std::int32_t point = begin; point < begin + 4096; ++point) {
      if (point != begin) piece += ' ';
      if (point >= 0xD800 && point <= 0xDFFF) continue;
      std::string parted;
      for (auto const& word : words("xA" + golden::utf8(point) + "b")) {
        parted += (parted.empty() ? "" : " ") + word;
      }
      piece += parted;
    }
    found.push_back(crc32(piece));
  }
  auto const line = golden::lines_of_words("terms.txt").at(0);
  CHECK(line.name == "points");
  CHECK(found == line.numbers());
}

TEST_CASE("weights of three texts by hand") {
  alx::tf_idf made({.norm = alx::row_norm::none});
  auto const table = made.fit_transform(texts{"bb aa bb", "aa", "aa cc"});
  CHECK(terms(made) == tokens{"aa", "bb", "cc"});
  CHECK(made.documents() == 3);
  double const rare = 1.0 + std::log(4.0 / 2.0);
  CHECK(row(table, 0) == entries{{0, 1.0}, {1, 2.0 * rare}});
  CHECK(row(table, 2) == entries{{0, 1.0}, {2, rare}});
  CHECK(row(made.transform("cc dd cc AA"), 0) == entries{{0, 1.0}, {2, 2.0 * rare}});
  CHECK(row(made.transform("dd"), 0).empty());
  CHECK(made.transform(texts{}).rows() == 0);

  alx::tf_idf plain({.frequency = alx::term_frequency::sublinear,
                     .idf = alx::idf_kind::plain,
                     .norm = alx::row_norm::l1});
  double const x = (1.0 + std::log(2.0)) * (1.0 + std::log(3.0));
  auto const first = row(plain.fit_transform(texts{"bb aa bb", "aa", "aa cc"}), 0);
  CHECK(first.at(0).second == doctest::Approx(1.0 / (1.0 + x)).epsilon(1e-15));
  CHECK(first.at(1).second == doctest::Approx(x / (1.0 + x)).epsilon(1e-15));
}

TEST_CASE("floats are the doubles, rounded") {
  golden::corpus const made;
  alx::tf_idf learnt;
  auto const wide = learnt.fit_transform(made.texts);
  auto const narrow = learnt.transform<float>(made.texts);
  for (alx::index_t r = 0; r < wide.rows(); ++r) {
    auto expected = row(wide, r);
    for (auto& one : expected) one.second = static_cast<double>(static_cast<float>(one.second));
    CHECK(row(narrow, r) == expected);
  }
}

TEST_CASE("terms, idf and rows of hostile texts are scikit-learn's") {
  using namespace alx;
  check_case("default", {});
  check_case("pairs", {.ngrams = {1, 2}, .min_df = 2, .frequency = term_frequency::sublinear});
  check_case("triples", {.ngrams = {2, 3}, .idf = idf_kind::plain, .norm = row_norm::l1});
  check_case("counts",
             {.min_df = 0.02, .max_df = 0.2, .idf = idf_kind::none, .norm = row_norm::none});
  check_case("binary",
             {.max_df = 9, .frequency = term_frequency::binary, .letters = alx::letter_case::kept});
  check_case("frequent", {.max_features = 4, .idf = idf_kind::none, .norm = row_norm::none});
}

TEST_CASE("hashed terms of hostile texts are scikit-learn's") {
  using namespace alx;
  check_hashing("hashing", {});
  check_hashing("hashing_pairs", {.n_features = 64, .ngrams = {1, 2}, .norm = row_norm::l1});
  check_hashing("hashing_positive",
                {.n_features = 1000, .sign = hash_sign::positive, .norm = row_norm::none});
  check_hashing("hashing_binary",
                {.n_features = 8,
                 .value = hash_value::binary,
                 .norm = row_norm::none,
                 .letters = letter_case::kept});
}

TEST_CASE("n-grams against all that a map counts, in order") {
  std::string text;
  std::uint32_t state = 1;
  std::vector<std::string> made;
  for (int i = 0; i < 400; ++i) {
    text.clear();
    for (int j = 0; j < i % 17; ++j) {
      state = state * 1664525U + 1013904223U;
      text +=
          std::string(1 + (state >> 28U) % 3, static_cast<char>('a' + (state >> 20U) % 3)) + "b ";
    }
    made.push_back(text);
  }
  texts const shown(made.begin(), made.end());
  std::map<std::string, std::int32_t> counts;  // ordered by bytes
  for (auto const& one : made) {
    auto const found = words(one);
    for (std::size_t n = 2; n <= 4; ++n) {
      for (std::size_t i = 0; i + n <= found.size(); ++i) {
        std::string term = found[i];
        for (std::size_t j = 1; j < n; ++j) term += " " + found[i + j];
        ++counts[term];
      }
    }
  }
  alx::tf_idf learnt({.ngrams = {2, 4}, .idf = alx::idf_kind::none, .norm = alx::row_norm::none});
  auto const table = learnt.fit_transform(shown);
  std::map<std::string, std::int32_t> found;
  for (alx::index_t r = 0; r < table.rows(); ++r) {
    for (auto const& [column, value] : row(table, r)) {
      found[std::string(learnt.term(column))] += static_cast<std::int32_t>(value);
    }
  }
  CHECK(found == counts);
  CHECK(std::is_sorted(counts.begin(), counts.end()));
  tokens expected;
  for (auto const& one : counts) expected.push_back(one.first);
  CHECK(terms(learnt) == expected);

  // the 20 most frequent of them, of equally frequent ones the first
  std::vector<std::pair<std::int32_t, std::string>> order;
  for (auto const& [term, count] : counts) order.emplace_back(-count, term);
  std::sort(order.begin(), order.end());
  tokens most;
  for (std::size_t i = 0; i < 20; ++i) most.push_back(order[i].second);
  std::sort(most.begin(), most.end());
  alx::tf_idf few({.ngrams = {2, 4}, .max_features = 20});
  few.fit(shown);
  CHECK(terms(few) == most);
}

TEST_CASE("a saved tf_idf is read back to the bit") {
  golden::corpus const made;
  alx::tf_idf learnt({.ngrams = {1, 3},
                      .min_df = 2,
                      .max_df = 0.1,
                      .max_features = 300,
                      .frequency = alx::term_frequency::sublinear,
                      .idf = alx::idf_kind::plain,
                      .norm = alx::row_norm::l1,
                      .letters = alx::letter_case::kept});
  auto const table = learnt.fit_transform(made.texts);
  auto const path = scratch("terms.txt");
  learnt.save(path);
  auto const again = alx::tf_idf::load(path);
  CHECK(same(again.transform(made.texts), table));
  CHECK(terms(again) == terms(learnt));
  CHECK(again.documents() == learnt.documents());
  CHECK(again.options().max_features == 300);
  auto const written = content_of(path);
  again.save(path);
  CHECK(content_of(path) == written);
  CHECK(holds(written, "\nngrams 1 3\nmin_df 2 texts\nmax_df 0.1 share\n"));
  std::filesystem::remove(path);
}

TEST_CASE("a file that is no tf_idf is refused, and the line named") {
  alx::tf_idf learnt;
  learnt.fit(texts{"aa bb", "aa"});
  auto const path = scratch("terms_good.txt");
  learnt.save(path);
  auto const good = content_of(path);
  std::filesystem::remove(path);
  CHECK(complaint(good).empty());
  CHECK(holds(complaint(""), "line 1: the file ends before it"));
  CHECK(holds(complaint("\n[UNK]\nthe"), "line 1: is not \"alx tf_idf 1\""));
  CHECK(holds(complaint(with(good, "ngrams 1 1", "ngrams 2 1")), "ngrams are 2 to 1"));
  CHECK(holds(complaint(with(good, "ngrams 1 1", "ngrams 1 x")), "line 2: \"x\" is not a number"));
  CHECK(holds(complaint(with(good, "norm l2", "norm l3")), "line 8: unknown word \"l3\""));
  CHECK(holds(complaint(with(good, "norm l2\n", "")), "line 8: \"letters\" instead of norm"));
  CHECK(holds(complaint(with(good, "min_df 1 texts", "min_df 0.5 texts")), "line 3: 0.5"));
  CHECK(holds(complaint(with(good, "max_df 1 share", "max_df 7 share")), "max_df is 7 share"));
  CHECK(holds(complaint(with(good, "terms 2", "terms 3")), "line 14: the file ends before it"));
  CHECK(holds(complaint(with(good, "terms 2", "terms 1")), "line 12: is the last of 1 terms"));
  CHECK(holds(complaint(with(good, "terms 2", "terms -2")), "line 11: no terms"));
  CHECK(holds(complaint(with(good, " aa\n", " cc\n")), "line 13: term \"bb\" does not come after"));
  CHECK(holds(complaint(with(good, " bb\n", " aa\n")), "line 13: term \"aa\""));
  CHECK(holds(complaint(with(good, "1 aa", "inf aa")), "line 12: the idf is not finite"));
  CHECK(holds(complaint(good.substr(0, good.size() - 1)), "line 13: has no end"));
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK(holds(complaint(good.substr(0, size)), "refused.txt: line "));
  }
}

TEST_CASE("options out of range, and fits that cannot be, are refused and change nothing") {
  using namespace alx;
  CHECK_THROWS_WITH_AS(
      tf_idf({.ngrams = {0, 1}}), doctest::Contains("ngrams are 0 to 1"), option_error);
  CHECK_THROWS_WITH_AS(tf_idf({.min_df = 0}), doctest::Contains("min_df is 0 texts"), option_error);
  CHECK_THROWS_WITH_AS(
      tf_idf({.max_df = 1.5}), doctest::Contains("max_df is 1.5 share"), option_error);
  CHECK_THROWS_AS(tf_idf({.min_df = std::nan("")}), option_error);
  CHECK_THROWS_AS(tf_idf({.max_features = -1}), option_error);
  CHECK_THROWS_AS(hashing_vectorizer({.n_features = 0}), option_error);
  CHECK_THROWS_AS(hashing_vectorizer({.ngrams = {2, 1}}), option_error);

  CHECK_THROWS_AS(static_cast<void>(tf_idf().transform("aa")), state_error);
  CHECK_THROWS_AS(tf_idf().save(scratch("unfitted.txt")), state_error);
  tf_idf made({.min_df = 2});
  made.fit(texts{"aa bb", "aa"});
  CHECK_THROWS_AS(made.fit(texts{}), data_error);
  CHECK_THROWS_WITH_AS(
      made.fit(texts{"aa", "bb"}), doctest::Contains("no term of 2 texts"), data_error);
  CHECK_THROWS_AS(made.fit(texts{"!", "."}), data_error);
  CHECK(terms(made) == tokens{"aa"});
  tf_idf never({.min_df = 3, .max_df = 0.5});
  CHECK_THROWS_WITH_AS(
      never.fit(texts{"aa", "bb"}), doctest::Contains("max_df is 0.5 share"), option_error);
}
