// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/journal/exchange.hpp>

#include <doctest/doctest.h>

#include "exchange_files.hpp"
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

using namespace exchange_test;

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
  CHECK(refusal(one + "\n[1]\n", exchange_format::doccano) ==
        "t: line 2: of type array, and an object is wanted");
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
  CHECK(has(studio("3"), "task 1, annotation 1: of type number, and an object is wanted"));
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
