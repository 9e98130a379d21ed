// SPDX-License-Identifier: Apache-2.0
#include <alx/data/csv.hpp>
#include <alx/data/encoding.hpp>
#include <alx/data/labels.hpp>
#include <alx/data/table.hpp>
#include <alx/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using names = std::vector<std::string>;
using type = alx::column_type;

alx::csv_table parse(std::string bytes) {
  return alx::csv_table::parse(std::move(bytes), "t.csv");
}

alx::data_table make(std::string bytes, alx::table_options const& options = {}) {
  return alx::make_table(parse(std::move(bytes)), options);
}

/// The only column of a table with these fields, one a line.
alx::table_column column(std::string const& fields, alx::table_options const& options = {}) {
  std::string bytes = "x\n";
  for (char const one : fields) bytes += one == ' ' ? std::string("\n") : std::string(1, one);
  return make(bytes + "\n", options).columns.at(0);
}

/// What `work` throws.
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

std::string const people =
    "id,age,city,remark,plan,y\n"
    "1,41,Bern,a long story,A,no\n"
    "2,18.5, Basel ,another,A,yes\n"
    "3,NA,Bern,third,A,no\n"
    "4,-3e1,?,fourth,A,yes\n"
    "5,41,Basel,fifth,A,no\n";

}  // namespace

TEST_CASE("table: numbers, categories, text and what is ignored") {
  auto const table = make(people, {.leave_out = {"y"}});
  REQUIRE(table.columns.size() == 5);
  CHECK(table.columns[0].type == type::ignored);
  CHECK(table.columns[0].note == "counts the rows");
  auto const& age = table.columns[1];
  CHECK(age.type == type::number);
  CHECK(age.source == 1);
  CHECK(age.missing == 1);
  CHECK(age.distinct == 3);
  CHECK(age.least == -30.0);
  CHECK(age.greatest == 41.0);
  auto const& city = table.columns[2];
  CHECK(city.type == type::category);
  CHECK(city.categories == names{"Basel", "Bern"});
  CHECK(city.distinct == 2);
  CHECK(city.missing == 1);
  CHECK(table.columns[3].type == type::text);
  CHECK(table.columns[3].note == "different in every row");
  CHECK(table.columns[4].type == type::ignored);
  CHECK(table.columns[4].note == "one value only");
  CHECK(table.feature_columns == std::vector<alx::index_t>{1, 2});
  CHECK(table.feature_names() == names{"age", "city"});
  CHECK(table.categorical_features() == std::vector<std::int32_t>{1});
  REQUIRE(table.features.rows() == 5);
  REQUIRE(table.features.cols() == 2);
  CHECK(table.features(1, 0) == 18.5);
  CHECK(std::isnan(table.features(2, 0)));
  CHECK(table.features(0, 1) == 1.0);
  CHECK(table.features(1, 1) == 0.0);  // blanks around a field are not part of it
  CHECK(std::isnan(table.features(3, 1)));
}

TEST_CASE("table: what a column is, by its fields") {
  CHECK(column("1 2 2").type == type::number);
  CHECK(column("1 2 nan NULL None N/A null NaN").missing == 6);
  CHECK(column("1 2 nan").type == type::number);
  CHECK(column("1 2 inf").type == type::text);
  CHECK(column("1 2 1e999").type == type::text);
  CHECK(column("a b a b").type == type::category);
  CHECK(column("a b a c").type == type::text);  // not twice each on average
  CHECK(column("1.5x 1.5x 2 2").categories == names{"1.5x", "2"});
  CHECK(column("2024-01-02 2024-01-02").type == type::ignored);
  CHECK(column("2024-01-02 2024-01-02 2024-01-03 2024-01-03").type == type::category);
  CHECK(make("x\n\"1,234\"\n\"1,234\"\n\"2,000\"\n\"2,000\"\n").columns[0].type == type::category);
  CHECK(column("NA ? NA").note == "no value");
  CHECK(column("7 7.0 7e0").note == "one value only");
  CHECK(column("7 7 NA").type == type::number);  // to have it or not may tell something
  CHECK(column("a b c a b c", {.most_categories = 2}).type == type::text);
  CHECK(column("a b a b b a", {.most_categories = 2}).type == type::category);
  CHECK(column("a none a none", {.missing = {"none"}}).missing == 2);
}

TEST_CASE("table: rows that count themselves") {
  CHECK(column("0 1 2 3").note == "counts the rows");
  CHECK(column("1 2 3").note == "counts the rows");
  CHECK(column("1 2").type == type::number);
  CHECK(column("2 3 4").type == type::number);
  CHECK(column("1 2 4").type == type::number);
  CHECK(column("3 2 1").type == type::number);
  CHECK(column("1 2 NA").type == type::number);
  CHECK(column("1 2 3 NA").type == type::number);
}

TEST_CASE("table: what is told holds, and what cannot be so is named") {
  CHECK(column("1 2 3", {.types = {{"x", type::number}}}).type == type::number);
  auto const codes = column("10 9 10", {.types = {{"x", type::category}}});
  CHECK(codes.categories == names{"10", "9"});
  CHECK(codes.distinct == 2);
  CHECK(column("1 2 2", {.types = {{"x", type::text}}}).type == type::text);
  CHECK(make("x\n5\n6\n6\n", {.types = {{"x", type::ignored}}}).features.cols() == 0);
  auto const none = column("NA NA", {.types = {{"x", type::number}}});
  CHECK(none.type == type::number);
  CHECK(std::isnan(none.least));
  auto const why = refusal([] { make("a,b\n1,2\n3,x7\n", {.types = {{"b", type::number}}}); });
  CHECK(has(why, "t.csv: line 3 (row 2), column 'b': 'x7' is not a number"));
  CHECK(has(refusal([] {
              make(people, {.types = {{"agee", type::number}}});
            }),
            "no column 'agee'; there are 'id', 'age'"));
  CHECK(has(refusal([] { make(people, {.leave_out = {"z"}}); }), "no column 'z'"));
  CHECK(has(refusal([] { make("a,b\n"); }), "no row"));
}

TEST_CASE("table: the same columns of another file, categories with the codes they had") {
  auto const table = make("n,c,t\n1,red,p\n2,blue,q\n1,red,r\n2,blue,s\n");
  auto const more = alx::features_of(parse("c,more,n\ngreen,1,5\nblue,2,NA\n NA ,3,-1\nred,4,0\n"),
                                     table.columns);
  REQUIRE(more.features.cols() == 2);
  CHECK(more.features(0, 0) == 5.0);
  CHECK(std::isnan(more.features(0, 1)));
  CHECK(more.features(1, 1) == 0.0);
  CHECK(std::isnan(more.features(1, 0)));
  CHECK(std::isnan(more.features(2, 1)));
  CHECK(more.features(3, 1) == 1.0);
  CHECK(more.unseen == std::vector<alx::index_t>{0, 1});
  alx::table_column by_hand{.name = "c", .type = type::category};
  by_hand.categories = {"red", "blue"};  // a model's, in whatever order
  auto const codes = alx::features_of(parse("c\nblue\nred\n"), {&by_hand, 1});
  CHECK(codes.features(0, 0) == 1.0);
  CHECK(codes.features(1, 0) == 0.0);
  auto const of = [&](std::string bytes) {
    return refusal([&] { (void)alx::features_of(parse(std::move(bytes)), table.columns); });
  };
  CHECK(has(of("c,m\nred,1\n"), "no column 'n'; there are 'c', 'm'"));
  CHECK(has(of("c,n\nred,one\n"), "line 2 (row 1), column 'n': 'one' is not a number"));
  CHECK(has(of("c,n\n"), "no row"));
  CHECK(has(of("c,n\nr\xE9,1\n"), "column 'c'"));
}

TEST_CASE("table: the summary has a short line a column") {
  std::string bytes = "\"a very long column name, longer than most\",x\ty,v\xC3\xA9lo,w\n";
  for (int i = 0; i < 40; ++i) {
    std::string const number = std::to_string(i % 20);
    bytes += "some category that is long " + number + "," + (i == 3 ? "" : number) +
             ".123456789012,oui,r" + std::to_string(i) + "\n";
  }
  bytes += "some category that is long 0,,oui,z\n";
  auto const text = alx::table_summary(make(bytes));
  std::vector<std::string> lines(1);
  for (char const one : text) {
    if (one == '\n') lines.emplace_back();
    if (one != '\n') lines.back() += one;
  }
  REQUIRE(lines.size() == 6);
  for (auto const& line : lines) CHECK(line.size() < 80 + 1);
  CHECK(lines[0] == "column                    type       missing  content");
  CHECK(lines[1] ==
        "a very long column na...  category         -  20: some category that is long...");
  CHECK(lines[2] ==
        "x y                       number           1  0.123457 to 19.1235, 20 different");
  CHECK(lines[3] == "v\xC3\xA9lo                      ignored          -  one value only");
  CHECK(lines[4] == "w                         text             -  different in every row");
}

TEST_CASE("table: the separator is what the header has most of, outside quotes") {
  CHECK(alx::guess_separator("a,b;c,d\n") == ',');
  CHECK(alx::guess_separator("a;b\n1,2,3;4,5,6\n") == ';');
  CHECK(alx::guess_separator("\xEF\xBB\xBF\r\n\na\tb\tc,d\n") == '\t');
  CHECK(alx::guess_separator("\"a,b,c\"|d\n") == '|');
  CHECK(alx::guess_separator("\"a\n;\"|d\n;;;") == '|');
  CHECK(alx::guess_separator("a\nb;c\n") == ',');
  CHECK(alx::guess_separator("") == ',');
}

TEST_CASE("table: bytes that are not UTF-8 are named, and what to do about them") {
  auto const why = refusal([] { make("a,b\n1,\"x\"\"\xC3\xA9\"\n2,the caf\xE9 there\n"); });
  CHECK(has(why, "t.csv: line 3 (row 2), column 'b': is not UTF-8 (byte 0xE9 after 'the caf')"));
  CHECK(has(why, "iconv -f WINDOWS-1252 -t UTF-8"));
  CHECK(has(refusal([] { make("a,b\xFCr\n1,2\n"); }), "the header is not UTF-8 (byte 0xFC"));
  CHECK(has(refusal([] {
              make(
                  "\xFF\xFE"
                  "a");
            }),
            "UTF-16"));
  CHECK(has(refusal([] {
              make(
                  "\xFE\xFF"
                  "a");
            }),
            "UTF-16"));
  CHECK(has(refusal([] { make("PK\x03\x04..."); }), "spreadsheet"));
  CHECK(make("a,b\n1,\"x\"\"\xC3\xA9\"\n2,\"\xC3\xA9\"\"\"\n").columns[1].type == type::text);
}

TEST_CASE("Windows-1252 as UTF-8") {
  CHECK(alx::latin1_to_utf8("caf\xE9 \x80"
                            "5 \x93q\x94") ==
        "caf\xC3\xA9 \xE2\x82\xAC"
        "5 \xE2\x80\x9Cq\xE2\x80\x9D");
  CHECK(alx::latin1_to_utf8("\x81\x9F\xA0\xFF") == "\xC2\x81\xC5\xB8\xC2\xA0\xC3\xBF");
  CHECK(alx::latin1_to_utf8("plain") == "plain");
}

TEST_CASE("labels: one statement for texts and tables") {
  auto const of = [](std::string const& values) {
    return alx::labels_of(parse("y,x\n" + values), 0);
  };
  auto const words = of("no,1\nyes,1\nMaybe,1\nno,1\n");
  CHECK(words.classes == names{"Maybe", "no", "yes"});
  CHECK(words.labels == std::vector<alx::label_t>{1, 2, 0, 1});
  auto const numbers = of("2,1\n0,1\n");
  CHECK(numbers.classes == names{"0", "1", "2"});
  CHECK(numbers.labels == std::vector<alx::label_t>{2, 0});
  CHECK(has(refusal([&] { of("no,1\n,1\n"); }), "line 3 (row 2), column 'y': no label"));
}
