// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/journal/exchange.hpp>

#include <doctest/doctest.h>

#include "exchange_files.hpp"
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace exchange_test;

namespace {

/// Something awkward in every field.
class record_maker {
 public:
  record_maker(std::uint32_t seed, names const& classes) : bits_(seed), classes_(classes) {}

  std::size_t below(std::size_t n) { return bits_() % n; }

  std::string text() {
    static names const awkward = {"",
                                  "a,b",
                                  "\"",
                                  "say \"no\"",
                                  "two\nlines",
                                  "dos\r\nlines\r",
                                  "a\ttab",
                                  "naïve",
                                  "😀👩‍👩‍👧",
                                  "漢字",
                                  "\xE2\x80\xA8",
                                  "\xEF\xBB\xBFmark",
                                  std::string("nul\0nul", 7),
                                  " blanks ",
                                  "null",
                                  "12",
                                  "{\"a\": [1]}",
                                  "__label__x y",
                                  "data:label",
                                  "\\n\\",
                                  "<b>&amp;</b>"};
    std::string out = awkward[below(awkward.size())];
    for (std::size_t more = below(3); more > 0; --more) out += awkward[below(awkward.size())];
    return out;
  }

  names shape() {
    static std::vector<names> const shapes = {{"text"},
                                              {"text", "source"},
                                              {"age", "text", "job, now"},
                                              {"review"},
                                              {"a", "label", "opinion", "deed"},
                                              {"text", "label"},
                                              {"meta", "text", "answer"},
                                              {"text", "_hash", "alx", "id"},
                                              {"text", "data:label", ""},
                                              {"text", "data", "annotations", "annotator"},
                                              {}};
    return shapes[below(shapes.size())];
  }

  alx::exchange_record record(names const& shape, std::size_t row) {
    static names const users = {"ada", "7", "007", "", "ada@example.org", "Ω,\"x\"\n"};
    static std::vector<std::int64_t> const times = {
        0, 1, 999, -1, -123'456'789, 1'763'890'935'123, 253'402'300'799'999};
    static std::vector<double> const values = {
        0.0, -0.0, 0.1, 1.0, 1.0 / 3.0, 12345.678, 5e-324, 1.7976931348623157e308};
    alx::exchange_record out{.id = std::to_string(row)};
    for (auto const& name : shape) out.data.emplace_back(name, text());
    out.what = static_cast<deed>(below(4));
    if (out.what == deed::answer) out.label = classes_[below(classes_.size())];
    out.user = users[below(users.size())];
    out.time = times[below(times.size())];
    out.seconds = values[below(values.size())];
    out.why = static_cast<asked_for>(below(6));
    out.model = static_cast<std::int64_t>(below(3)) * 1'000'000'007;
    for (std::size_t k = 0; below(3) != 0 && k < classes_.size(); ++k) {
      out.opinion.push_back(std::ldexp(static_cast<double>(bits_()), -32));
    }
    out.utility = values[below(values.size())];
    return out;
  }

  /// Several people's records of each of a few rows.
  records file(bool one_shape) {
    auto const common = shape();
    records out;
    for (std::size_t row = 0; row < 4; ++row) {
      auto const here = one_shape ? common : shape();
      auto const first = record(here, row);
      out.push_back(first);
      for (std::size_t people = below(3); people > 0; --people) {
        out.push_back(record(here, row));
        out.back().data = first.data;
      }
    }
    return out;
  }

 private:
  std::mt19937 bits_;
  names classes_;
};

}  // namespace

TEST_CASE("what is written reads back the same and is written the same again") {
  names const classes = {"neg", "po,s\n\"itive\"", "😀"};
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    record_maker make(seed, classes);
    auto const all = make.file(true);
    auto const mixed = make.file(false);
    for (auto const format : formats) {
      CAPTURE(seed);
      CAPTURE(alx::name_of(format));
      auto const text = alx::to_text(all, classes, format);
      auto const back = read(text, format, classes);
      REQUIRE(without_places(back) == all);
      REQUIRE(alx::to_text(back, classes, format) == text);
      REQUIRE(alx::guess_format("labels", text) == format);
      auto const other = alx::to_text(mixed, classes, format);
      REQUIRE(alx::to_text(read(other, format, classes), classes, format) == other);
    }
  }
}

TEST_CASE("a record as each tool has it") {
  records const all = {{.id = "4",
                        .data = {{"text", "Great"}, {"source", "letter"}},
                        .label = "pos",
                        .user = "ada@example.org",
                        .time = 1'795'426'935'123,
                        .seconds = 2.5,
                        .why = asked_for::learning,
                        .model = 9,
                        .opinion = {0.25, 0.75},
                        .utility = 0.5},
                       {.id = "4",
                        .data = {{"text", "Great"}, {"source", "letter"}},
                        .what = deed::discard,
                        .user = "10",
                        .why = asked_for::repetition}};
  names const classes = {"neg", "pos"};

  CHECK(alx::to_text(all, classes, exchange_format::csv) ==
        "id,text,source,label,deed,user,time,seconds,why,model,utility,opinion\n"
        "4,Great,letter,pos,answer,ada@example.org,2026-11-23T09:42:15.123Z,2.5,learning,9,0.5,"
        "0.25 0.75\n"
        "4,Great,letter,,discard,10,1970-01-01T00:00:00.000Z,0,repetition,0,0,\n");

  CHECK(alx::to_text(all, classes, exchange_format::label_studio) ==
        "[\n"
        R"({"id":4,"data":{"text":"Great","source":"letter"},"annotations":[)"
        R"({"completed_by":{"email":"ada@example.org"},"result":[{"from_name":"label",)"
        R"("to_name":"text","type":"choices","value":{"choices":["pos"]}}],)"
        R"("was_cancelled":false,"created_at":"2026-11-23T09:42:15.123Z","lead_time":2.5},)"
        R"({"completed_by":10,"result":[],"was_cancelled":true,)"
        R"("created_at":"1970-01-01T00:00:00.000Z","lead_time":0.0}],)"
        R"("predictions":[{"model_version":"alx 9","score":0.75,"result":[{"from_name":"label",)"
        R"("to_name":"text","type":"choices","value":{"choices":["pos"]}}]}],)"
        R"("meta":{"alx":{"id":"4","people":[{"user":"ada@example.org","deed":"answer",)"
        R"("why":"learning","model":9,"opinion":[0.25,0.75],"utility":0.5},)"
        R"({"user":"10","deed":"discard","why":"repetition","model":0,"opinion":[],)"
        R"("utility":0.0}]}}})"
        "\n]\n");

  CHECK(alx::to_text(all, classes, exchange_format::doccano) ==
        R"({"text":"Great","source":"letter","label":["pos"],"alx":{"id":"4",)"
        R"("user":"ada@example.org","time":"2026-11-23T09:42:15.123Z","seconds":2.5,)"
        R"("deed":"answer","why":"learning","model":9,"opinion":[0.25,0.75],"utility":0.5}})"
        "\n"
        R"({"text":"Great","source":"letter","label":[],"alx":{"id":"4","user":"10",)"
        R"("time":"1970-01-01T00:00:00.000Z","seconds":0.0,"deed":"discard",)"
        R"("why":"repetition","model":0,"opinion":[],"utility":0.0}})"
        "\n");

  auto const prodigy = alx::to_text(all, classes, exchange_format::prodigy);
  CHECK(prodigy.substr(0, prodigy.find('\n')) ==
        R"({"text":"Great","source":"letter","options":[{"id":"neg","text":"neg"},)"
        R"({"id":"pos","text":"pos"}],"accept":["pos"],"answer":"accept","_view_id":"choice",)"
        R"("_annotator_id":"ada@example.org","_timestamp":1795426935,"alx":{"id":"4",)"
        R"("time":"2026-11-23T09:42:15.123Z","seconds":2.5,"deed":"answer","why":"learning",)"
        R"("model":9,"opinion":[0.25,0.75],"utility":0.5}})");
  CHECK(has(prodigy, R"("accept":[],"answer":"ignore")"));
}

TEST_CASE("what a tool changed counts, not what was written beside it") {
  names const classes = {"neg", "pos"};
  records const all = {{.id = "0",
                        .data = {{"text", "x"}},
                        .what = deed::discard,
                        .user = "ada",
                        .time = 5'000'123}};
  auto const changed = [&](exchange_format format, std::string const& from, std::string const& to) {
    auto text = alx::to_text(all, classes, format);
    auto const at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    return read(text, format, classes).front();
  };
  auto const prodigy = changed(exchange_format::prodigy,
                               R"("accept":[],"answer":"ignore")",
                               R"("accept":["pos"],"answer":"accept")");
  CHECK(prodigy.what == deed::answer);
  CHECK(prodigy.label == "pos");
  CHECK(changed(exchange_format::prodigy, R"("_timestamp":5000)", R"("_timestamp":5001)").time ==
        5'001'000);
  CHECK(changed(exchange_format::prodigy, R"("_annotator_id":"ada")", R"("_annotator_id":"bob")")
            .user == "bob");
  CHECK(changed(exchange_format::doccano, R"("label":[])", R"("label":["neg"])").label == "neg");
  auto const studio =
      changed(exchange_format::label_studio, R"("was_cancelled":true)", R"("was_cancelled":false)");
  CHECK(studio.what == deed::abstain);
}

TEST_CASE("what is told apart where it is nearly the same") {
  names const classes = {"neg", "pos"};
  auto const same = [&](records const& all, exchange_format format) {
    auto const text = alx::to_text(all, classes, format);
    CHECK(without_places(read(text, format, classes)) == all);
    return text;
  };
  columns const answer = {{"text", "x"}, {"answer", "accept"}};
  for (auto const format : formats) {
    same({{.id = "1", .data = answer, .label = "pos"}}, format);
    same({{.id = "1", .data = {{"text", "a"}}, .label = "pos"},
          {.id = "1", .data = {{"text", "b"}}, .label = "pos"}},
         format);
  }
  // One person twice: each time with what the model of then thought; the newest predicts.
  auto const twice =
      same({{.id = "1", .label = "pos", .user = "ada", .model = 1, .opinion = {1, 0}},
            {.id = "1", .label = "neg", .user = "ada", .model = 3, .opinion = {0, 1}},
            {.id = "1", .what = deed::skip, .user = "ada", .model = 2, .opinion = {1, 0}}},
           exchange_format::label_studio);
  CHECK(has(twice, R"("predictions":[{"model_version":"alx 3","score":1.0,)"));
  // A label left over from an answer that is none any more; a line end of old.
  auto const table =
      alx::to_text(records{{.data = {{"text", "\r"}}, .what = deed::skip, .label = "pos"}},
                   classes,
                   exchange_format::csv);
  CHECK(has(table, "\n,\"\r\",,skip,"));
  CHECK(read("__label__pos x\r\n", exchange_format::doccano)[0].data == columns{{"text", "x"}});
}

namespace {

/// Of three rows, numbered from 1 in files, the second is not there.
std::optional<alx::index_t> row_of(alx::exchange_record const& record) {
  if (record.id != "1" && record.id != "3") return std::nullopt;
  return record.id == "1" ? 0 : 2;
}

columns data_of(alx::index_t row) {
  return {{"text", "row " + std::to_string(row)}};
}

}  // namespace

TEST_CASE("entries of a journal and back") {
  names const classes = {"neg", "pos"};
  std::vector<alx::journal_entry> const live = {
      {.number = 1, .row = 2, .label = 0, .user = "ada", .time = 10, .seconds = 1.5},
      {.number = 2,
       .row = 0,
       .label = 1,
       .user = "bob",
       .time = 20,
       .model = 1,
       .opinion = {0.5, 0.5},
       .utility = 0.7},
      {.number = 3, .what = deed::skip, .row = 0, .user = "ada", .time = 30},
      {.number = 4, .row = 2, .label = 1, .user = "ada", .time = 40, .why = asked_for::repetition},
      {.number = 5, .what = deed::edit, .row = 0, .user = "ada", .text = "other"},
      {.number = 6, .what = deed::undo, .row = 0, .user = "bob"},
      {.number = 7, .what = deed::discard, .row = 0, .user = "cyd", .time = 50},
      {.number = 8, .what = deed::abstain, .row = 0, .user = "ada", .time = 60},
      {.number = 9, .what = deed::edit, .row = 0, .user = "bob", .text = "new"}};
  auto const all = alx::records_of(live, classes, data_of);
  CHECK(said(all) == "answer pos|discard |abstain |answer pos");
  CHECK(all[0].data == columns{{"text", "row 0"}});
  CHECK(all[0].opinion == std::vector<double>{0.5, 0.5});
  CHECK(all[3].id == "3");
  CHECK(all[3].why == asked_for::repetition);

  for (auto const format : formats) {
    auto const text = alx::to_text(all, classes, format);
    auto entries = alx::entries_of(read(text, format, classes), classes, row_of);
    REQUIRE(entries.size() == 4);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      entries[i].number = static_cast<std::int64_t>(i + 1);
    }
    CHECK(entries[0] == alx::journal_entry{.number = 1,
                                           .row = 0,
                                           .label = 1,
                                           .user = "bob",
                                           .time = 20,
                                           .model = 1,
                                           .opinion = {0.5, 0.5},
                                           .utility = 0.7});
    CHECK(entries[2].label == -1);
    CHECK(alx::to_text(alx::records_of(entries, classes, data_of), classes, format) == text);
  }
}

TEST_CASE("records that are no entries, and entries that are no records") {
  names const classes = {"neg", "pos"};
  auto const entries = [&](std::string const& bytes) {
    return alx::entries_of(read(bytes, exchange_format::csv), classes, row_of);
  };
  auto const one = entries("id,text,label\n3,a,neg\n").front();
  CHECK(one.row == 2);
  CHECK(one.why == asked_for::import);
  CHECK(one.text == "t: line 2 (row 1)");
  CHECK(complaint([&] { return entries("id,label\n1,x\n1,y\n1,x\n"); }) ==
        "labels that are no class: 'x' (t: line 2 (row 1)), 'y' (t: line 3 (row 2)); the classes "
        "are 'neg', 'pos'");
  std::string const longer(59, 'a');
  CHECK(complaint([&] {
          return entries("id,text,label\n1,,neg\n2," + longer + "éb,neg\n9,,pos\n");
        }) == "t: line 3 (row 2): no row here has number '2' or text '" + longer + "'; and 1 more");
  std::vector<alx::journal_entry> const wrong = {{.number = 3, .label = 2}};
  CHECK(complaint([&] { return alx::records_of(wrong, classes, data_of); }) ==
        "entry 3 has label 2 of 2 classes");
}

TEST_CASE("moments") {
  auto const parse = [](char const* text) { return alx::detail::parse_time(text); };
  CHECK(parse("1970-01-01T00:00:00Z") == 0);
  CHECK(parse("2020-02-29 23:59:59.9999+01:00") == 1'583'017'199'999);
  CHECK(parse("1969-12-31T23:59:59.5") == -500);
  for (auto const* const wrong : {"",
                                  "2020",
                                  "2020-13-01T00:00:00Z",
                                  "2020-01-01T24:00:00Z",
                                  "2020-01-01T00:00:00ZZ",
                                  "2020-01-01T00:00:00+99:00",
                                  "2020-01-01x00:00:00",
                                  "2020-01-01T00-00-00"}) {
    CAPTURE(wrong);
    CHECK(!parse(wrong));
  }
  for (std::int64_t const at : {std::int64_t{-62'167'219'200'000},
                                std::int64_t{-1},
                                std::int64_t{951'782'400'007},
                                std::int64_t{253'402'300'799'999}}) {
    CHECK(parse(alx::detail::iso_time(at).c_str()) == at);
  }
}
