// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/journal/exchange.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using records = std::vector<alx::exchange_record>;
using names = std::vector<std::string>;
using columns = std::vector<std::pair<std::string, std::string>>;
using alx::asked_for;
using alx::deed;
using alx::exchange_format;

constexpr exchange_format formats[] = {exchange_format::csv,
                                       exchange_format::label_studio,
                                       exchange_format::doccano,
                                       exchange_format::prodigy};
constexpr exchange_format json_formats[] = {
    exchange_format::label_studio, exchange_format::doccano, exchange_format::prodigy};

records without_places(records all) {
  for (auto& one : all) one.place.clear();
  return all;
}

std::string golden(std::string const& file) {
  std::ifstream in(ALX_GOLDEN_DIR "/exchange/" + file, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), file);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

records read(std::string_view bytes, exchange_format format, names const& classes = {}) {
  return alx::from_text(bytes, "t", classes, format);
}

records read_golden(std::string const& file, exchange_format format, names const& classes = {}) {
  return alx::from_text(golden(file), file, classes, format);
}

/// What a call throws as a data_error; nothing where it does not.
template <class Call>
std::string complaint(Call const& call) {
  try {
    (void)call();
  } catch (alx::data_error const& why) {
    return why.what();
  }
  return {};
}

std::string refusal(std::string_view bytes, exchange_format format, names const& classes = {}) {
  return complaint([&] { return read(bytes, format, classes); });
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// deed and label of each, as "answer Positive|skip ".
std::string said(records const& all) {
  std::string out;
  for (auto const& one : all) {
    out += (out.empty() ? "" : "|") + std::string(alx::name_of(one.what)) + ' ' + one.label;
  }
  return out;
}

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
  CHECK(read("__label__pos x\r\n", exchange_format::doccano)[0].data == columns{{"text", "x"}});
}

TEST_CASE("Label Studio's own examples") {
  auto const all = read_golden("label_studio.json", exchange_format::label_studio);
  CHECK(said(all) == "answer Positive|answer Negative|skip |abstain ");
  CHECK(all[0].data == columns{{"my_text", "The otters are back"},
                               {"ref_id", "456"},
                               {"meta_info",
                                R"({"timestamp":"2020-03-09 18:15:28.212882",)"
                                R"("location":"South Pier"})"}});
  CHECK(alx::shown_text(all[0]) == "The otters are back");
  CHECK(all[0].place == "label_studio.json: task 1, annotation 1");
  CHECK(all[0].id.empty());
  CHECK(all[0].why == asked_for::import);
  CHECK(all[1].id == "17");
  CHECK(all[1].user == "10");
  CHECK(all[1].time == 1'615'328'168'728);
  CHECK(all[1].seconds == 4.288);
  CHECK(all[2].user == "ada@example.org");
  CHECK(all[2].time == 1'585'742'400'000);
  CHECK(all[3].time == all[2].time);  // the same moment in another zone
  CHECK(all[3].user == "12");
  CHECK(all[3].place == "label_studio.json: task 2, annotation 3");

  auto const old = read_golden("label_studio_before_1.json", exchange_format::label_studio);
  CHECK(said(old) == "answer Positive");
}

TEST_CASE("Label Studio's JSON_MIN") {
  for (auto const& classes : {names{}, names{"Positive", "Neutral", "Negative"}}) {
    auto const all = read_golden("label_studio_min.json", exchange_format::label_studio, classes);
    CHECK(said(all) == "answer Positive|abstain ");
    CHECK(all[0].data == columns{{"text", "The otters are back"}});
    CHECK(all[0].id == "1");
    CHECK(all[0].user == "1");
    CHECK(all[0].seconds == 4.288);
    CHECK(all[0].time == 1'615'328'168'728);
    auto const old =
        read_golden("label_studio_min_old.json", exchange_format::label_studio, classes);
    CHECK(said(old) == "answer Positive|answer Negative|answer Neutral");
    CHECK(old[2].data == columns{{"reviewText", "The hinge wants some oil"}});
  }
  // The classes tell which of two questions is meant, wherever its column is.
  std::string const two = R"([{"mood":"good","text":"a","topic":"pier"}])";
  CHECK(said(read(two, exchange_format::label_studio, {"good", "bad"})) == "answer good");
  CHECK(said(read(two, exchange_format::label_studio)) == "answer pier");
  CHECK(said(read(R"([{"label":"good","text":"a"}])", exchange_format::label_studio)) ==
        "answer good");
  CHECK(
      has(refusal(R"([{"text":"a","mood":{"choices":["x","y"]}}])", exchange_format::label_studio),
          R"(t: task 1: 'mood' has ["x","y"], and one class is wanted)"));
}

TEST_CASE("Label Studio: choices among others, and what is none") {
  std::string const two = R"([{"data":{"text":"a"},"annotations":[{"result":[
    {"from_name":"topic","type":"choices","value":{"choices":["pier"]}},
    {"from_name":"note","type":"textarea","value":{"text":["hm"]}},
    {"from_name":"mood","type":"choices","value":{"choices":["good"]}}]}]}])";
  CHECK(said(read(two, exchange_format::label_studio, {"good", "bad"})) == "answer good");
  CHECK(refusal(two, exchange_format::label_studio) ==
        R"(t: task 1, annotation 1: chose ["pier","good"], and one class is wanted)");
  auto const rectangles = complaint(
      [] { return read_golden("label_studio_rectangles.json", exchange_format::label_studio); });
  CHECK(rectangles ==
        "label_studio_rectangles.json: task 1, annotation 1: has 'rectanglelabels' and no choices, "
        "and a class is wanted");
}

TEST_CASE("doccano's own examples") {
  auto const all = read_golden("doccano.jsonl", exchange_format::doccano);
  CHECK(said(all) == "answer negative|answer positive|answer positive");
  CHECK(all[0].data == columns{{"text", "Nobody answered the bell."}});
  CHECK(all[1].id == "41");
  CHECK(all[1].data ==
        columns{{"text", "A very good swap."}, {"wikiPageId", "7"}, {"source", "letters"}});
  CHECK(all[2].place == "doccano.jsonl: line 3");
  CHECK(said(read_golden("doccano.json", exchange_format::doccano)) == "answer negative");
  auto const fast = read_golden("doccano_fast_text.txt", exchange_format::doccano);
  CHECK(said(fast) == "answer negative|answer positive|answer positive");
  CHECK(fast[1].data == columns{{"text", "A very good swap."}});
  CHECK(complaint([] { return read_golden("doccano_spans.jsonl", exchange_format::doccano); }) ==
        R"(doccano_spans.jsonl: line 2: 'label' has [0,12,"PERSON"]: parts of texts are marked )"
        "there, and classes of whole texts are wanted");
}

TEST_CASE("doccano: other names and shapes") {
  CHECK(said(read(R"({"text":"a","label":"pos"})", exchange_format::doccano)) == "answer pos");
  CHECK(said(read(R"({"data":"a","labels":["pos"]})", exchange_format::doccano)) == "answer pos");
  CHECK(said(read(R"({"text":"a","entities":[[0,1,"x"]],"cats":["fly"]})",
                  exchange_format::doccano)) == "answer fly");
  CHECK(said(read("\xEF\xBB\xBF{\"text\":\"a\",\"label\":1}\r\n\r\n", exchange_format::doccano)) ==
        "answer 1");
}

TEST_CASE("Prodigy's own examples") {
  names const classes = {"bad", "good"};
  auto const choice = read_golden("prodigy_choice.jsonl", exchange_format::prodigy);
  CHECK(said(choice) == "answer POSITIVE|answer 2|abstain |skip |abstain ");
  CHECK(choice[0].user == "letters-ada");
  CHECK(choice[0].time == 1'606'124'535'000);
  CHECK(choice[0].data == columns{{"text", "Which one is it?"}});
  CHECK(choice[1].user == "letters-bob");
  CHECK(said(read_golden("prodigy_choice.jsonl", exchange_format::prodigy, classes)) ==
        "answer good|answer bad|abstain |skip |abstain ");

  auto const one = read_golden("prodigy_binary.jsonl", exchange_format::prodigy);
  CHECK(said(one) == "answer INSULT|abstain |skip ");
  CHECK(one[1].data ==
        columns{{"text", "How kind of you."}, {"meta", R"({"section":"letters","score":0.8055})"}});
  CHECK(said(read_golden("prodigy_binary.jsonl", exchange_format::prodigy, {"INSULT", "FINE"})) ==
        "answer INSULT|answer FINE|skip ");
  CHECK(said(read_golden(
            "prodigy_binary.jsonl", exchange_format::prodigy, {"INSULT", "FINE", "ODD"})) ==
        "answer INSULT|abstain |skip ");
}

TEST_CASE("examples of other tools are written the same again") {
  std::pair<char const*, exchange_format> const files[] = {
      {"label_studio.json", exchange_format::label_studio},
      {"label_studio_min.json", exchange_format::label_studio},
      {"doccano.jsonl", exchange_format::doccano},
      {"doccano_fast_text.txt", exchange_format::doccano},
      {"prodigy_choice.jsonl", exchange_format::prodigy},
      {"prodigy_binary.jsonl", exchange_format::prodigy}};
  for (auto const& file : files) {
    CAPTURE(file.first);
    auto const all = read_golden(file.first, file.second);
    CHECK(alx::guess_format(file.first, golden(file.first)) == file.second);
    for (auto const format : formats) {
      CAPTURE(alx::name_of(format));
      auto const text = alx::to_text(all, {}, format);
      auto const back = read(text, format);
      CHECK(said(back) == said(all));
      CHECK(alx::to_text(back, {}, format) == text);
    }
  }
}

TEST_CASE("a table that only has texts and labels") {
  auto const all = read("text,label\n\"Terrible, really\",negative\nnone yet,\nGood,positive\n",
                        exchange_format::csv);
  CHECK(said(all) == "answer negative|answer positive");
  CHECK(all[0].data == columns{{"text", "Terrible, really"}});
  CHECK(all[1].place == "t: line 4 (row 3)");
  CHECK(all[1].why == asked_for::import);
  CHECK(read("label,time\na,1763890935123\n", exchange_format::csv)[0].time == 1'763'890'935'123);
}

TEST_CASE("the tool that wrote a file") {
  auto const guess = [](char const* bytes) { return alx::guess_format("", bytes); };
  CHECK(guess("text,label\na,b\n") == exchange_format::csv);
  CHECK(guess("__label__a b\n") == exchange_format::doccano);
  CHECK(guess("\n[{\"data\": {\"text\": \"}\\\"\"}}]") == exchange_format::label_studio);
  CHECK(guess(R"([{"text":"a","mood":"b"}])") == exchange_format::label_studio);
  CHECK(guess(R"([{"text":"a","label":["b"]}])") == exchange_format::doccano);
  CHECK(guess(R"({"text":"a","label":["b"]})") == exchange_format::doccano);
  CHECK(guess(R"({"text":"a","label":"b","answer":"reject"})") == exchange_format::prodigy);
  CHECK(guess("{broken") == exchange_format::doccano);
  CHECK(alx::guess_format("a.csv", "[x],label") == exchange_format::csv);
}

TEST_CASE("refused in words: no such file") {
  for (auto const format : formats) {
    CHECK(refusal("", format) == "t: an empty file");
    CHECK(refusal(" \n\n", format) == "t: an empty file");
  }
  std::string const one = R"({"text":"a","label":["b"]})";
  CHECK(refusal(one + "\n{\"text\": nope}\n", exchange_format::doccano) ==
        "t: line 2: not JSON at byte 11");
  CHECK(refusal(one + "\n[1]\n", exchange_format::doccano) == "t: line 2: a array, no object");
  CHECK(refusal("[{\"data\":{}},\n\n{]", exchange_format::label_studio) ==
        "t: not JSON at byte 17 (line 3)");
  CHECK(has(refusal("[" + std::string(200, '['), exchange_format::label_studio), "100 deep"));
  CHECK(has(refusal(R"([{"data":{"n":1e999}}])", exchange_format::label_studio),
            "not JSON that can be read"));
}

TEST_CASE("refused in words: another tool's file") {
  std::string const doccano =
      "{\"text\":\"a\",\"label\":[\"b\"]}\n{\"text\":\"c\",\"label\":[\"d\"]}\n";
  std::string const prodigy = R"({"text":"a","label":"b","answer":"reject"})";
  std::string const studio = R"([{"data":{"text":"a"},"annotations":[]}])";
  CHECK(refusal(doccano, exchange_format::label_studio) ==
        "t: not JSON at byte 28 (line 2); it looks like a file of doccano");
  CHECK(refusal(doccano, exchange_format::prodigy) ==
        "t: no labels in it; it looks like a file of doccano");
  CHECK(refusal(prodigy, exchange_format::doccano) ==
        "t: line 1: 'answer' is 'reject', which is Prodigy's; it looks like a file of Prodigy");
  CHECK(has(refusal(studio, exchange_format::doccano), "; it looks like a file of Label Studio"));
  CHECK(has(refusal(studio, exchange_format::prodigy), "; it looks like a file of Label Studio"));
  CHECK(has(refusal(doccano, exchange_format::csv), "; it looks like a file of doccano"));
  CHECK(has(refusal("text,label\na,b\n", exchange_format::prodigy), "a file of CSV"));
  CHECK(read(studio, exchange_format::label_studio).empty());
}

TEST_CASE("refused in words: a field of the wrong type") {
  auto const studio = [](std::string const& annotation) {
    return refusal(R"([{"data":{"text":"a"},"annotations":[)" + annotation + "]}]",
                   exchange_format::label_studio);
  };
  CHECK(studio(R"({"lead_time":"4"})") ==
        "t: task 1, annotation 1: 'lead_time' is of type string; a number is wanted");
  CHECK(studio(R"({"created_at":"yesterday"})") ==
        "t: task 1, annotation 1: 'created_at' is \"yesterday\", no time like "
        "2026-11-23T09:42:15.123Z");
  CHECK(has(studio(R"({"created_at":"2021-02-29T00:00:00Z"})"), "no time like"));
  CHECK(has(studio(R"({"created_at":true})"), "'created_at' is of type boolean"));
  CHECK(has(studio(R"({"was_cancelled":1})"), "'was_cancelled' is of type number"));
  CHECK(has(studio(R"({"result":{}})"), "'result' is of type object; a list is wanted"));
  CHECK(has(studio("3"), "task 1, annotation 1: a number"));
  CHECK(has(refusal(R"([{"data":"a"}])", exchange_format::label_studio),
            "t: task 1: 'data' is of type string; an object is wanted"));
  CHECK(has(refusal(R"({"text":"a","label":{}})", exchange_format::doccano),
            "'label' is of type object; a label or a list of labels is wanted"));
  CHECK(has(refusal(R"({"text":"a","label":["b","c"]})", exchange_format::doccano),
            R"('label' has ["b","c"], and one class is wanted)"));
  CHECK(has(refusal(R"({"text":"a"})", exchange_format::doccano), "t: line 1: no field 'label'"));
  CHECK(has(refusal("__label__a __label__b c\n", exchange_format::doccano), "several labels"));
  CHECK(has(refusal(R"({"text":"a","answer":"yes"})", exchange_format::prodigy),
            "'answer' is 'yes', not accept, reject or ignore"));
  CHECK(has(refusal(R"({"text":"a","answer":"accept","spans":[]})", exchange_format::prodigy),
            "neither 'accept' nor 'label' names a class"));
  CHECK(
      has(refusal(R"({"text":"a","accept":["b","c"],"answer":"accept"})", exchange_format::prodigy),
          "and one class is wanted"));
  auto const alx = [](std::string const& fields) {
    return refusal(R"({"text":"a","label":["b"],"alx":{)" + fields + "}}",
                   exchange_format::doccano);
  };
  CHECK(alx(R"("deed":"undo")") == "t: line 1: 'deed' is 'undo', which is unknown");
  CHECK(alx(R"("why":"fun")") == "t: line 1: 'why' is 'fun', which is unknown");
  CHECK(has(alx(R"("model":1.5)"), "'model' is of type number; a whole number is wanted"));
  CHECK(has(alx(R"("opinion":[null])"), "'opinion' is of type null; a number is wanted"));
  CHECK(has(alx(R"("columns":[["a"]])"), "'columns' is of type array; a pair"));
}

TEST_CASE("refused in words: a table") {
  auto const table = [](std::string const& bytes) { return refusal(bytes, exchange_format::csv); };
  CHECK(has(table("text,class\na,b\n"), "no column 'label'; there are 'text', 'class'"));
  CHECK(table("label,seconds\na,2s\n") ==
        "t: line 2 (row 1), column 'seconds': '2s' is not a number that can stand here");
  CHECK(has(table("label,deed\na,undo\n"), "column 'deed': 'undo' is unknown"));
  CHECK(has(table("label,time\na,noon\n"), "column 'time': 'noon' is not a number"));
  CHECK(has(table("label,opinion\na,0.5 x\n"), "column 'opinion'"));
}

TEST_CASE("refused in words: what cannot be written, and labels that are no class") {
  names const classes = {"neg", "pos"};
  auto const written = [&](alx::exchange_record const& record, exchange_format format) {
    return complaint([&] { return alx::to_text(records{record}, classes, format); });
  };
  for (auto const format : formats) {
    CHECK(has(written({.label = "Neg"}, format), "'Neg' (record 1); the classes are 'neg', 'pos'"));
    CHECK(has(written({.what = deed::edit}, format), "record 1: is no answer"));
    CHECK(has(written({.data = {{"a", ""}, {"a", ""}}, .what = deed::skip}, format),
              "record 1: has two columns called 'a'"));
    double const nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(has(written({.what = deed::skip, .opinion = {nan}}, format), "must be finite"));
    CHECK(has(written({.what = deed::skip, .time = std::int64_t{1} << 60}, format), "0 to 9999"));
  }
  for (auto const format : json_formats) {
    CHECK(written({.data = {{"text", "\xFF"}}, .what = deed::skip}, format) ==
          "record 1: a text that is not UTF-8 cannot stand in JSON");
  }
  CHECK(refusal("label\npos\nnag\nNeg\nnag\n", exchange_format::csv, classes) ==
        "labels that are no class: 'nag' (t: line 3 (row 2)), 'Neg' (t: line 4 (row 3)); the "
        "classes are 'neg', 'pos'");
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
      {.number = 8, .what = deed::abstain, .row = 0, .user = "ada", .time = 60}};
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
