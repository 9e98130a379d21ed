// SPDX-License-Identifier: Apache-2.0
// The program `reviews`: its parts one after the other on made-up texts, and what it cannot use.
#include <alx/config.hpp>
#include <alx/data/npy.hpp>
#include <alx/learners/logistic_regression.hpp>
#include <alx/matrix.hpp>
#include <alx/text/tf_idf.hpp>
#include <alx/text_model.hpp>

#include <doctest/doctest.h>

#include "support/program_folder.hpp"
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// 40 texts, half of them good; one in four is of the test half.
void write_texts(support::program_folder const& here) {
  std::ofstream out(here.at("texts.csv"), std::ios::binary);
  std::vector<std::int64_t> labels;
  out << "label,text,split\n";
  for (int i = 0; i < 40; ++i) {
    labels.push_back(i % 2);
    out << i % 2 << ",\"Film " << i
        << (i % 2 == 1 ? " is fine, very fine" : " is bad, \"\"very\"\" bad") << "\","
        << (i % 4 == 3 ? "test" : "train") << '\n';
  }
  alx::write_npy(here.at("y.npy"), std::span<std::int64_t const>(labels));
  alx::matrix<std::int32_t> far(2, 3);
  far(1, 2) = 3000;
  alx::write_npy(here.at("far.npy"), far.view());
  std::ofstream(here.at("open.csv")) << "label,text\n1,\"never closed\n";
}

}  // namespace

TEST_CASE("reviews: texts to tokens, training, prediction, a bundle that classifies") {
  support::program_folder here;
  write_texts(here);
  std::string const data = "--data texts.csv ";
  REQUIRE(here.run("reviews vectorize " + data +
                   "--max-tokens 20 --length 6 --vocabulary V.txt --output t.npy") == 0);
  CHECK(alx::read_npy_int32(here.at("t.npy")).rows() == 40);
  REQUIRE(
      here.run("reviews train --tokens t.npy --labels y.npy --valid-tokens t.npy "
               "--valid-labels y.npy --epochs 15 --batch 5 --learning-rate 0.01 --history h.json "
               "--save w.weights.h5 --vocabulary V.txt --bundle model") == 0);
  REQUIRE(here.run("reviews predict --weights w.weights.h5 --tokens t.npy --output p.npy") == 0);
  auto const p = alx::read_npy_vector(here.at("p.npy"));
  REQUIRE(p.size() == 40);
  for (std::size_t i = 0; i < p.size(); ++i) CHECK((p[i] > 0.5) == (i % 2 == 1));
  REQUIRE(here.run("reviews classify --bundle model 'fine, very fine' 'bad film'") == 0);
  CHECK(here.said.find("positive\n") < here.said.find("negative\n"));
  REQUIRE(here.run("reviews train --tokens t.npy --labels y.npy --initial-weights w.weights.h5 "
                   "--epochs 1 --history h.json") == 0);
  CHECK(here.content("h.json").find("\"step_loss\":[") != std::string::npos);
}

TEST_CASE("reviews classify: a bundle of three classes") {
  support::program_folder here;
  alx::tf_idf terms({.idf = alx::idf_kind::none, .norm = alx::row_norm::none});
  terms.fit(std::vector<std::string_view>{"goal rain"});
  alx::matrix<double> const w({0.0, 2.0, 3.0, 0.0, 0.0, 0.0}, 3, 2);  // of goal, of rain
  std::vector<alx::label_t> const seen = {0, 1, 2};
  std::vector<double> const b = {0.0, 0.0, 1.0};
  alx::text_model(
      terms, alx::logistic_regression(seen, w.view(), b), {.classes = {"weather", "sport", "else"}})
      .save(here.at("model"));
  REQUIRE(here.run("reviews classify --bundle model 'a goal' rain nothing") == 0);
  CHECK(here.said == "0.843795\tsport\n0.665241\tweather\n0.576117\telse\n");
  REQUIRE(here.run("reviews classify --help") == 0);
  CHECK(here.said.find("of more that of the class which is named") != std::string::npos);
}

TEST_CASE("reviews active: the bundle of an lsa classifies") {
  support::program_folder here;
  {
    std::ofstream out(here.at("many.csv"));
    out << "label,text\n";
    for (int i = 0; i < 11'000; ++i) {
      out << i % 2 << (i % 2 == 1 ? ",very fine w" : ",dull bore w") << i % 101 << " v" << i % 103
          << '\n';
    }
  }
  REQUIRE(here.run("reviews active --data many.csv --learner lsa --strategy entropy --initial 100 "
                   "--batch 10 --rounds 1 --bundle model") == 0);
  CHECK(here.content("model/model.txt").find("kind lsa\nclass negative") != std::string::npos);
  REQUIRE(here.run("reviews classify --bundle model 'a dull bore w3' 'very fine w7'") == 0);
  CHECK(here.said.find("\tnegative\n") < here.said.find("\tpositive\n"));
  CHECK(here.said.find("\tpositive\n") != std::string::npos);
}

TEST_CASE("reviews asks for labels with an LSTM that begins with word vectors") {
  support::program_folder here;
  write_texts(here);
  std::string const active =
      "reviews active --data texts.csv --initial 400 --batch 4 --rounds 1 --length 8 ";
  CHECK(here.run(active + "--embedding nothing") == 2);
  CHECK(here.refuses(active + "--embedding word_vectors", {"40 distinct texts", "5000"}));
}

TEST_CASE("reviews compares, and does not do again what is there") {
  support::program_folder here;
  write_texts(here);
  std::string const compare =
      "reviews compare --data texts.csv --test 10 --validation 10 --long-initial 4 --long-batch 4 "
      "--long-labels 8 --logistic-initial 4 --logistic-batch 4 --logistic-labels 12 --out out ";
  REQUIRE(here.run(compare + "--seeds 1 --only long_random,logistic_entropy") == 0);
  CHECK(here.said.find("long LSTM at random") != std::string::npos);
  auto const results = here.content("out/results.json");
  REQUIRE(here.run(compare + "--seeds 2 --only logistic_entropy") == 0);
  CHECK(here.said.find("1 of 2 runs of this configuration are there already") != std::string::npos);
  CHECK(here.content("out/report.html").find("long LSTM at random") != std::string::npos);
  CHECK(here.content("out/results.json") != results);
  REQUIRE(here.run(compare + "--seeds 1 --only long_random,logistic_entropy") == 0);
}

TEST_CASE("reviews compare gives the same bytes on 1 and 2 threads, at once and in two parts") {
  support::program_folder here;
  write_texts(here);
  std::string const compare =
      "reviews compare --data texts.csv --seeds 1 --test 10 --validation 10 --long-initial 4 "
      "--long-batch 4 --long-labels 8 --logistic-initial 4 --logistic-batch 4 --logistic-labels "
      "12 ";
  REQUIRE(here.run(compare + "--threads 1 --out one --only long_entropy,logistic_entropy") == 0);
  REQUIRE(here.run(compare + "--threads 2 --out two --only logistic_entropy") == 0);
  REQUIRE(here.run(compare + "--threads 2 --out two --only long_entropy,logistic_entropy") == 0);
  CHECK(here.content("one/results.json") == here.content("two/results.json"));
}

TEST_CASE("reviews names what it cannot use") {
  support::program_folder here;
  write_texts(here);
  std::string const vectorize = "reviews vectorize --vocabulary V.txt --output t.npy --data ";
  CHECK(here.refuses(vectorize + "none.csv", {"none.csv"}));
  CHECK(here.refuses(vectorize + "open.csv", {"open.csv", "line 2", "text"}));
  CHECK(here.refuses(vectorize + "texts.csv --text-column body", {"texts.csv", "body", "text"}));
  REQUIRE(here.run(vectorize + "texts.csv --max-tokens 20 --length 4") == 0);
  std::string const train = "reviews train --history h.json --save w.weights.h5 ";
  CHECK(here.refuses(train + "--tokens far.npy --labels y.npy", {"far.npy", "2", "y.npy", "40"}));
  REQUIRE(here.run(train + "--tokens t.npy --labels y.npy --epochs 1 --vocabulary-size 50") == 0);
  std::string const predict = "reviews predict --output p.npy --weights w.weights.h5 --tokens ";
  CHECK(here.refuses(predict + "t.npy", {"w.weights.h5", "embedding", "50", "3000"}));
  REQUIRE(here.run(train + "--tokens t.npy --labels y.npy --epochs 1") == 0);
  CHECK(here.refuses(predict + "far.npy", {"row 1", "place 2", "3000"}));
  CHECK(here.refuses(train + "--tokens t.npy --labels y.npy --learning-rate 1e38",
                     {"step", "learning rate"}));
  CHECK(here.refuses("reviews active --data texts.csv --learner logistic --device gpu",
                     {"--device gpu", "lstm", "logistic"}));
  if (ALX_HAS_GPU == 0) {
    CHECK(here.refuses(train + "--tokens t.npy --labels y.npy --device gpu",
                       {"--device gpu", "built without CUDA"}));
  }
  CHECK(here.refuses("reviews classify --bundle none text", {"none"}));
  CHECK(here.run("reviews ") == 2);
  CHECK(here.run("reviews train --tokens t.npy") == 2);
}
