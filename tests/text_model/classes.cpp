// SPDX-License-Identifier: Apache-2.0
// Bundles of more than two classes, and of classes that were not seen.
#include <alx/data/npy.hpp>
#include <alx/error.hpp>
#include <alx/learners/logistic_regression.hpp>
#include <alx/learners/lstm_classifier.hpp>
#include <alx/matrix.hpp>
#include <alx/metrics/predicted_labels.hpp>
#include <alx/parallel.hpp>
#include <alx/text/tf_idf.hpp>
#include <alx/text/vectorizer.hpp>
#include <alx/text/vocabulary.hpp>
#include <alx/text_model.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <support/bundle_files.hpp>
#include <support/scratch_folder.hpp>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using support::complaint, support::holds, support::read, support::said, support::write;
using texts = std::vector<std::string_view>;

texts const known = {"rain and wind tomorrow",
                     "the striker scored twice",
                     "shares fell and bonds rose",
                     "wind and snow",
                     "a late goal, a red card",
                     "the bank cut its rate",
                     "the choir sang, the striker rose",
                     "dough, flour and salt"};
texts const asked = {
    "snow tomorrow", "a goal twice", "the rate of shares", "", "zebra", "dough, flour, salt"};

std::vector<std::string> const five = {
    "weather", "sport", "money", "music", "food \xF0\x9F\x8D\x9E"};

std::vector<std::string> names(std::size_t count) {
  return {five.begin(), five.begin() + static_cast<std::ptrdiff_t>(count)};
}

/// Fitted on all texts, or those whose label is not negative.
alx::logistic_regression fitted(alx::tf_idf& terms, std::vector<alx::label_t> const& labels) {
  auto const rows = terms.fit_transform(known);
  std::vector<alx::index_t> ids;
  std::vector<alx::label_t> given;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;
    ids.push_back(static_cast<alx::index_t>(i));
    given.push_back(labels[i]);
  }
  alx::logistic_regression learner({.c = 10.0});
  learner.fit(rows.view(), {ids, given, 5});
  return learner;
}

alx::text_model model_of(std::vector<alx::label_t> const& labels, std::size_t classes) {
  alx::tf_idf terms({.ngrams = {1, 2}});
  auto const learner = fitted(terms, labels);
  return {terms, learner, {.classes = names(classes)}};
}

alx::text_model of_three() {
  return model_of({0, 1, 2, 0, 1, 2, 1, 2}, 3);
}

alx::matrix<double> all(alx::text_model const& model, int threads = 1) {
  alx::thread_team team(threads);
  alx::matrix<double> p(std::ssize(asked), std::ssize(model.classes()));
  model.predict_proba(asked, p.view(), team);
  return p;
}

std::vector<double> values(alx::matrix<double> const& p) {
  return {p.data(), p.data() + p.rows() * p.cols()};
}

}  // namespace

TEST_CASE("probabilities of classes are those of the parts, on any threads") {
  std::vector<alx::label_t> const labels = {0, 1, 2, 0, 1, 2, 3, 4};
  auto const model = model_of(labels, 5);
  alx::tf_idf terms({.ngrams = {1, 2}});
  auto const learner = fitted(terms, labels);
  alx::matrix<double> p(std::ssize(asked), 5);
  learner.predict_proba(terms.transform(asked).view(), p.view());
  CHECK(values(all(model)) == values(p));
  CHECK(values(all(model, 3)) == values(p));
  CHECK(p(0, 0) > 0.5);
  CHECK(p(1, 1) > 0.5);
  CHECK(p(5, 4) > 0.5);
}

TEST_CASE("save and load of 2, 3 and 5 classes, with all seen and not: the same bits") {
  struct example {
    std::vector<alx::label_t> labels;
    std::size_t classes;
    std::string seen;  // "": version 1 says nothing of it
  };

  std::vector<example> const examples = {
      {{0, 1, 1, 0, 1, 1, 1, 1}, 2, ""},
      {{1, 1, 1, -1, -1, -1, -1, -1}, 2, "1"},
      {{0, 1, 2, 0, 1, 2, 1, 2}, 3, "0 1 2"},
      {{0, 2, 2, 0, 0, 2, 2, 2}, 3, "0 2"},
      {{2, 2, -1, -1, -1, -1, -1, 2}, 3, "2"},
      {{0, 1, 2, 0, 1, 2, 3, 4}, 5, "0 1 2 3 4"},
      {{1, 2, 4, 1, 2, 4, 2, 4}, 5, "1 2 4"},
      {{0, 1, 1, 0, 1, 1, 1, 1}, 5, "0 1"},
  };
  for (auto const& one : examples) {
    CAPTURE(one.seen);
    CAPTURE(one.classes);
    support::scratch_folder const scratch;
    auto const model = model_of(one.labels, one.classes);
    model.save(scratch.path() / "b");
    auto const text = read(scratch.path() / "b/model.txt");
    CHECK(text.starts_with(one.seen.empty() ? "alx text_model 1\n" : "alx text_model 2\n"));
    CHECK((text.find("\nseen " + one.seen + "\n") == text.npos) == one.seen.empty());
    auto const back = alx::text_model::load(scratch.path() / "b");
    CHECK(back.kind() == alx::text_model_kind::logistic);
    CHECK(back.classes() == names(one.classes));
    CHECK(values(all(back)) == values(all(model)));
    auto const p = all(back);
    for (alx::label_t k = 0; k < std::ssize(back.classes()); ++k) {
      bool const unseen = !one.seen.empty() && one.seen.find(std::to_string(k)) == one.seen.npos;
      CHECK((p(0, k) == 0.0) == unseen);
    }
    back.save(scratch.path() / "c");
    CHECK(read(scratch.path() / "c/model.txt") == text);
    CHECK(read(scratch.path() / "c/weights.npy") == read(scratch.path() / "b/weights.npy"));
  }
}

TEST_CASE("weights.npy of three classes: the intercepts, then class by class") {
  alx::tf_idf terms({.idf = alx::idf_kind::none, .norm = alx::row_norm::none});
  terms.fit(texts{"bad good"});
  std::vector<alx::label_t> const seen = {0, 1, 3};
  std::vector<double> const b = {0.5, 0.25, -0.75};
  alx::matrix<double> const w({1.0, 2.0, 3.0, 4.0, 5.0, 6.0}, 3, 2);
  support::scratch_folder const scratch;
  alx::text_model const model(
      terms, alx::logistic_regression(seen, w.view(), b), {.classes = names(4)});
  model.save(scratch.path());
  CHECK(alx::read_npy_vector(scratch.path() / "weights.npy") ==
        std::vector<double>{0.5, 0.25, -0.75, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0});
  CHECK(read(scratch.path() / "model.txt")
            .starts_with("alx text_model 2\nkind logistic\nclass weather\nclass sport\n"
                         "class money\nclass music\nseen 0 1 3\nwords 2\nhash terms.txt "));
  // By hand: "good" has the scores 2.5, 4.25 and 5.25.
  alx::matrix<double> p(1, 4);
  alx::thread_team alone;
  model.predict_proba(texts{"good"}, p.view(), alone);
  double const sum = std::exp(2.5) + std::exp(4.25) + std::exp(5.25);
  CHECK(p(0, 0) == doctest::Approx(std::exp(2.5) / sum));
  CHECK(p(0, 1) == doctest::Approx(std::exp(4.25) / sum));
  CHECK(p(0, 2) == 0.0);
  CHECK(p(0, 3) == doctest::Approx(std::exp(5.25) / sum));
}

TEST_CASE("the class of a text's probabilities") {
  auto const three = of_three();
  CHECK(three.class_of(std::vector<double>{0.2, 0.5, 0.3}) == 1);
  CHECK(three.class_of(std::vector<double>{0.4, 0.2, 0.4}) == 0);
  CHECK(three.class_of(std::vector<double>{0.2, 0.4, 0.4}) == 1);
  CHECK(three.class_name(2) == "money");
  auto const p = all(three);
  std::vector<alx::label_t> labels(asked.size());
  alx::predicted_labels(p.view(), labels);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    std::span<double const> const row(&p(static_cast<alx::index_t>(i), 0), 3);
    CHECK(three.class_of(row) == labels[i]);
  }
  alx::tf_idf terms;
  auto const learner = fitted(terms, {0, 1, 1, 0, 1, 1, 1, 1});
  alx::text_model const two(terms, learner, {.threshold = 0.7});
  CHECK(two.class_of(std::vector<double>{0.3, 0.7}) == 0);
  CHECK(two.class_of(std::vector<double>{0.25, 0.75}) == 1);
}

TEST_CASE("two classes: predict_proba is probabilities, rows and columns of any stride") {
  auto const model = model_of({0, 1, 1, 0, 1, 1, 1, 1}, 2);
  alx::thread_team alone;
  auto const of_one = model.probabilities(asked, alone);
  std::vector<double> room(3 * asked.size());
  alx::matrix_view<double> const out(
      room.data(), std::ssize(asked), 2, 1, std::ssize(asked));  // column after column
  model.predict_proba(asked, out, alone);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    auto const row = static_cast<alx::index_t>(i);
    CHECK(out(row, 1) == of_one[i]);
    CHECK(out(row, 0) == 1.0 - of_one[i]);
    CHECK(room[2 * asked.size() + i] == 0.0);
  }
}

TEST_CASE("what cannot be asked of many classes") {
  auto const three = of_three();
  alx::thread_team alone;
  auto const one = [&](auto const& call) { return said<alx::shape_error>(call); };
  CHECK(one([&] { static_cast<void>(three.probabilities(asked, alone)); }) ==
        "text_model: 3 classes have no single probability; predict_proba gives all");
  CHECK(holds(one([&] { static_cast<void>(three.probability("snow")); }), "3 classes"));
  CHECK(one([&] { static_cast<void>(three.class_of(0.5)); }) ==
        "text_model: 3 classes have no single probability; class_of takes all");
  CHECK(one([&] {
          static_cast<void>(three.class_of(std::vector<double>{0.5, 0.5}));
        }) == "text_model: 2 probabilities of 3 classes");
  alx::matrix<double> p(std::ssize(asked), 2);
  CHECK(one([&] { three.predict_proba(asked, p.view(), alone); }) ==
        "text_model: room for 6 x 2 probabilities of 6 texts and 3 classes");
  alx::matrix<double> few(5, 3);
  CHECK(one([&] { three.predict_proba(asked, few.view(), alone); }) ==
        "text_model: room for 5 x 3 probabilities of 6 texts and 3 classes");
}

TEST_CASE("names and classes that do not fit") {
  alx::tf_idf terms;
  auto const learner = fitted(terms, {0, 1, 3, 0, 1, 3, 1, 3});
  auto const make = [&](alx::text_model_options options) {
    return [&terms, &learner, options] { alx::text_model const made(terms, learner, options); };
  };
  CHECK(said<alx::shape_error>(make({.classes = names(3)})) ==
        "text_model: the logistic_regression has seen class 3, but there are names of 3 classes");
  CHECK_NOTHROW(make({.classes = names(4)})());
  auto const wrong = [&](alx::text_model_options const& options) {
    return said<alx::option_error>(make(options));
  };
  CHECK(holds(wrong({.classes = {"a", "b", "c", "b"}}), "classes 1 and 3 are both named \"b\""));
  CHECK(holds(wrong({.classes = {"a", "b", "c", ""}}), "name of class 3 is empty"));
  CHECK(holds(wrong({.classes = {"a"}}), "1 names of classes, must be two or more"));
  CHECK(holds(wrong({.classes = {}}), "0 names of classes, must be two or more"));
  CHECK(holds(wrong({.classes = names(4), .threshold = 0.7}), "0.7, but 4 classes have none"));
  alx::text_vectorizer const words(alx::vocabulary::adapt(known, 0), 4);
  auto network = alx::make_lstm_network({.max_tokens = 50, .width = 2, .units = 2, .hidden = 2});
  alx::thread_team alone;
  network.initialise(1, alone);
  CHECK(holds(said<alx::shape_error>(
                  [&] { alx::text_model const made(words, network, {.classes = names(3)}); }),
              "an lstm_network tells two classes apart, not 3"));
}

TEST_CASE("model.txt of many classes, damaged") {
  auto const model = model_of({0, 2, 3, 0, 2, 3, 2, 3}, 4);
  auto const line = [&](std::string_view from, std::string_view to, int number) {
    auto const why = complaint(model, from, to);
    holds(why, "model.txt: line " + std::to_string(number) + ": ");
    return why;
  };
  CHECK(complaint(model, "", "").empty());
  CHECK(holds(line("seen 0 2 3", "seen 0 2 4", 7), "seen: class 4 cannot stand here"));
  CHECK(holds(line("seen 0 2 3", "seen 0 3 2", 7), "class 2 cannot stand here; ascending, of 4"));
  CHECK(holds(line("seen 0 2 3", "seen 0 2 2", 7), "class 2 cannot"));
  CHECK(holds(line("seen 0 2 3", "seen -1 2 3", 7), "class -1 cannot"));
  CHECK(holds(line("seen 0 2 3", "seen ", 7), "seen: \"\" is not a number"));
  CHECK(holds(line("seen 0 2 3", "seen 0 x 3", 7), "seen: \"x\""));
  CHECK(holds(line("seen 0 2 3\n", "", 7), "\"words\" instead of seen"));
  CHECK(holds(line("seen", "threshold 0.5\nseen", 7), "\"threshold\" instead of seen"));
  CHECK(holds(line("class music\n", "", 6), "class 3 cannot stand here"));
  CHECK(holds(line("class music", "class sport", 6), "classes 1 and 3 are both named"));
  CHECK(holds(line("class music", "class ", 6), "class 3 is empty"));
  CHECK(holds(line("class money\nclass music\nseen 0 2 3", "seen 0 1", 5), "instead of threshold"));
  CHECK(holds(line("alx text_model 2", "alx text_model 1", 5), "\"class\" instead of threshold"));
  CHECK(holds(line("alx text_model 2", "alx text_model 3", 1), "reads up to 2"));
  CHECK(holds(complaint(model, "seen 0 2 3", "seen 0 2"), "weights.npy: "));
  CHECK(holds(complaint(model, "kind logistic", "kind lstm"), "\"hash\" instead of length"));
  // A name may be changed and a class added by hand.
  support::scratch_folder const scratch;
  model.save(scratch.path());
  auto const text = read(scratch.path() / "model.txt");
  write(scratch.path() / "model.txt",
        support::replaced(text, "class music\n", "class class\nclass new one\n"));
  auto const edited = alx::text_model::load(scratch.path());
  CHECK(edited.class_name(3) == "class");
  CHECK(edited.class_name(4) == "new one");
  for (alx::index_t i = 0; i < std::ssize(asked); ++i) {
    CHECK(all(edited)(i, 3) == all(model)(i, 3));
    CHECK(all(edited)(i, 4) == 0.0);
  }
  // Cut short anywhere it is refused.
  for (std::size_t size = 0; size < text.size(); ++size) {
    write(scratch.path() / "model.txt", text.substr(0, size));
    holds(said([&] { static_cast<void>(alx::text_model::load(scratch.path())); }),
          "model.txt: line ");
  }
}

TEST_CASE("weights of many classes, damaged") {
  auto const model = of_three();
  auto const spoil = [&](std::size_t at, double value) {
    return complaint(model, [&](fs::path const& b) {
      auto weights = alx::read_npy_vector(b / "weights.npy");
      weights[at] = value;
      alx::write_npy(b / "weights.npy", std::span<double const>(weights));
    });
  };
  CHECK(holds(spoil(4, std::nan("")), "weights.npy: weight 4 of"));
  CHECK(holds(spoil(4, 1.0), "weights.npy: is not the file that was saved"));
  CHECK(holds(complaint(model,
                        [](fs::path const& b) {
                          alx::write_npy(b / "weights.npy",
                                         std::span<double const>(std::vector<double>(9)));
                        }),
              "9 weights, the sizes in model.txt make "));
}

TEST_CASE("bundles of version 1, written before there was another") {
  fs::path const golden = ALX_GOLDEN_DIR "/text_model";
  texts const before = {"a warm joy", "dull", "", "a long, warm film"};
  std::istringstream numbers(read(golden / "probabilities.txt"));
  std::vector<double> logistic(before.size());
  std::vector<double> lstm(before.size());
  for (std::size_t i = 0; i < before.size(); ++i) numbers >> logistic[i] >> lstm[i];
  REQUIRE(numbers);
  alx::thread_team alone;
  auto const found = alx::text_model::load(golden / "logistic").probabilities(before, alone);
  auto const found_lstm = alx::text_model::load(golden / "lstm").probabilities(before, alone);
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(found[i] == doctest::Approx(logistic[i]).epsilon(1e-12));
    CHECK(found_lstm[i] == doctest::Approx(lstm[i]).epsilon(1e-5));
  }
  CHECK(alx::text_model::load(golden / "logistic").threshold() == 0.25);
  for (auto const* kind : {"logistic", "lstm"}) {
    support::scratch_folder const scratch;
    alx::text_model::load(golden / kind).save(scratch.path() / "b");
    for (auto const& entry : fs::directory_iterator(golden / kind)) {
      CAPTURE(entry.path().string());
      CHECK(read(scratch.path() / "b" / entry.path().filename()) == read(entry.path()));
    }
    CHECK(std::distance(fs::directory_iterator(scratch.path() / "b"), {}) == 3);
  }
}
