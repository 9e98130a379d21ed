// SPDX-License-Identifier: Apache-2.0
#include <alx/data/npy.hpp>
#include <alx/error.hpp>
#include <alx/learners/logistic_regression.hpp>
#include <alx/learners/lstm_classifier.hpp>
#include <alx/parallel.hpp>
#include <alx/text/tf_idf.hpp>
#include <alx/text/vectorizer.hpp>
#include <alx/text/vocabulary.hpp>
#include <alx/text_model.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <support/bundle_files.hpp>
#include <support/scratch_folder.hpp>
#include <vector>

namespace {

namespace fs = std::filesystem;
using support::complaint, support::holds, support::read, support::replaced, support::said,
    support::write;
using texts = std::vector<std::string_view>;

texts const known = {"a fine, warm film",
                     "dull and long, a bore",
                     "fine actors, a warm joy",
                     "a long dull evening",
                     "joy! joy! a fine thing",
                     "a bore of a film"};
texts const asked = {"a warm joy", "dull", "", "nothing known here", "éa \xFF film", "joy bore"};

alx::text_vectorizer vectorizer(alx::index_t length = 7) {
  return {alx::vocabulary::adapt(known, 0), length};
}

/// Random weights for ids up to `tokens`.
alx::lstm_network network(alx::index_t tokens = 30, std::uint64_t seed = 3) {
  auto made = alx::make_lstm_network({.max_tokens = tokens, .width = 6, .units = 5, .hidden = 4});
  alx::thread_team alone;
  made.initialise(seed, alone);
  made.change_weights(alone, [](auto weights) {
    for (float& weight : weights) weight *= 3.0F;
  });
  return made;
}

alx::text_model lstm(alx::text_model_options options = {}) {
  return {vectorizer(), network(), std::move(options)};
}

alx::text_model logistic(alx::text_model_options options = {}) {
  alx::tf_idf terms({.ngrams = {1, 2}, .frequency = alx::term_frequency::sublinear});
  auto const rows = terms.fit_transform(known);
  std::vector<alx::index_t> const ids = {0, 1, 2, 3, 4, 5};
  std::vector<alx::label_t> const labels = {1, 0, 1, 0, 1, 0};
  alx::logistic_regression learner({.c = 10.0});
  learner.fit(rows.view(), {ids, labels});
  return {terms, learner, std::move(options)};
}

std::vector<double> all(alx::text_model const& model, int threads = 1) {
  alx::thread_team team(threads);
  return model.probabilities(asked, team);
}

}  // namespace

TEST_CASE("a text's probability is that of its parts, alone, among others, on any threads") {
  alx::thread_team alone;
  auto const tokens = vectorizer().transform(asked);
  alx::matrix<double> p(std::ssize(asked), 2);
  network().predict(tokens.view(), p.view(), alone);
  for (auto const& model : {lstm(), logistic()}) {
    auto const together = all(model);
    CHECK(all(model, 3) == together);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      CHECK(model.probability(asked[i]) == together[i]);
      if (model.kind() != alx::text_model_kind::lstm) continue;
      CHECK(together[i] == p(static_cast<alx::index_t>(i), 1));
    }
  }
  CHECK(logistic().probability("a warm joy") > 0.7);
  CHECK(logistic().probability("dull, a long bore") < 0.3);
  CHECK(lstm().probability("a warm joy") != lstm().probability("joy warm a"));
  CHECK(all(lstm()) != all(logistic()));
  CHECK(lstm().probabilities({}, alone).empty());
}

TEST_CASE("by hand: one term, its weight and the intercept") {
  alx::tf_idf terms({.idf = alx::idf_kind::none, .norm = alx::row_norm::none});
  terms.fit(texts{"good good bad"});
  std::vector<double> const weights = {-3.0, 2.0};  // bad, good
  alx::text_model const model(terms, alx::logistic_regression(weights, 0.5));
  CHECK(model.probability("good good") == doctest::Approx(1.0 / (1.0 + std::exp(-4.5))));
  CHECK(model.probability("bad, good") == doctest::Approx(1.0 / (1.0 + std::exp(0.5))));
  CHECK(model.probability("") == doctest::Approx(1.0 / (1.0 + std::exp(-0.5))));
}

TEST_CASE("more than the threshold is class 1") {
  auto const half = lstm();
  CHECK(half.threshold() == 0.5);
  CHECK(half.class_of(0.5) == 0);
  CHECK(half.class_of(std::nextafter(0.5, 1.0)) == 1);
  CHECK(half.class_of(0.0) == 0);
  CHECK(half.class_of(1.0) == 1);
  auto const never = logistic({.threshold = 1.0});
  CHECK(never.class_of(1.0) == 0);
  auto const nearly_always = logistic({.threshold = 0.0});
  CHECK(nearly_always.class_of(0.0) == 0);
  CHECK(nearly_always.class_of(std::numeric_limits<double>::denorm_min()) == 1);
  CHECK(half.class_name(0) == "0");
  CHECK(half.class_name(1) == "1");
}

TEST_CASE("save and load: the same bits, names and threshold; from both kinds") {
  support::scratch_folder const scratch;
  alx::text_model_options const options{{"schlecht \xF0\x9F\x98\x9E", "très bon 好"}, 0.1 + 0.2};
  for (auto const& model : {lstm(options), logistic(options)}) {
    auto const folder = scratch.path() / "new" / "bundle";
    model.save(folder);
    auto const back = alx::text_model::load(folder);
    CHECK(back.kind() == model.kind());
    CHECK(all(back) == all(model));
    CHECK(back.threshold() == 0.1 + 0.2);
    CHECK(back.class_name(0) == options.classes[0]);
    CHECK(back.class_name(1) == options.classes[1]);
    auto const first = read(folder / "model.txt");
    back.save(folder);
    CHECK(read(folder / "model.txt") == first);
    CHECK(std::distance(fs::directory_iterator(folder), {}) == 3);
    CHECK(std::distance(fs::directory_iterator(scratch.path() / "new"), {}) == 1);
    fs::rename(folder, scratch.path() / "moved");  // nothing in it knows where it is
    CHECK(all(alx::text_model::load(scratch.path() / "moved/")) == all(model));
    back.save(scratch.path() / "slash/");
    CHECK(all(alx::text_model::load(scratch.path() / "slash")) == all(model));
    fs::remove_all(scratch.path() / "slash");
    fs::remove_all(scratch.path() / "moved");
  }
}

TEST_CASE("what a bundle looks like") {
  support::scratch_folder const scratch;
  lstm({{"bad", "good"}, 0.25}).save(scratch.path() / "lstm");
  logistic().save(scratch.path() / "logistic");
  auto const text = read(scratch.path() / "lstm/model.txt");
  auto const words = std::to_string(vectorizer().words().size());
  CHECK(
      text.starts_with("alx text_model 1\nkind lstm\nclass bad\nclass good\nthreshold 0.25\n"
                       "words " +
                       words +
                       "\nlength 7\ntokens 30\nwidth 6\nunits 5\nhidden 4\n"
                       "hash vocabulary.txt "));
  auto const flat = alx::read_npy_vector(scratch.path() / "lstm/weights.npy");
  auto const same = network();
  auto const weights = same.weights();
  CHECK(std::equal(flat.begin(), flat.end(), weights.begin(), weights.end()));
  CHECK(holds(read(scratch.path() / "lstm/weights.npy"), "'<f4'"));
  CHECK(holds(read(scratch.path() / "logistic/weights.npy"), "'<f8'"));
  CHECK(alx::vocabulary::load(scratch.path() / "lstm/vocabulary.txt").size() == std::stoi(words));
  CHECK(read(scratch.path() / "logistic/model.txt").starts_with("alx text_model 1\nkind logistic"));
}

TEST_CASE("a saved bundle takes the place of one of the other kind") {
  support::scratch_folder const scratch;
  lstm().save(scratch.path());  // an empty folder is none to be kept
  logistic().save(scratch.path().string() + "/");
  CHECK(alx::text_model::load(scratch.path()).kind() == alx::text_model_kind::logistic);
  CHECK(!fs::exists(scratch.path() / "vocabulary.txt"));
}

TEST_CASE("names and threshold may be edited") {
  support::scratch_folder const scratch;
  lstm().save(scratch.path());
  auto const path = scratch.path() / "model.txt";
  write(path,
        replaced(
            replaced(read(path), "threshold 0.5", "threshold 7e-1"), "class 1", "class so  so "));
  auto const model = alx::text_model::load(scratch.path());
  CHECK(model.threshold() == 0.7);
  CHECK(model.class_name(1) == "so  so ");
}

TEST_CASE("a save that was stopped leaves the old bundle or none, and the next one clears up") {
  support::scratch_folder const scratch;
  auto const folder = scratch.path() / "b";
  auto const next = scratch.path() / "b.new";
  auto const last = scratch.path() / "b.old";
  auto const load = [&] { return alx::text_model::load(folder); };
  auto const old = all(logistic());
  auto const only = [&] { return std::distance(fs::directory_iterator(scratch.path()), {}) == 1; };
  SUBCASE("while the new one was written") {
    logistic().save(folder);
    lstm().save(next);
    fs::resize_file(next / "weights.npy", 100);
    fs::remove(next / "model.txt");
    CHECK(all(load()) == old);
  }
  SUBCASE("before anything was there") {
    lstm().save(next);
    CHECK(said([&] { load(); }) == folder.string() + ": no such folder");
  }
  SUBCASE("between the renames") {
    logistic().save(last);
    lstm().save(next);
    auto const why = said([&] { load(); });
    CHECK(holds(why, folder.string() + ": no such folder"));
    CHECK(holds(why, last.string()));
    CHECK(all(alx::text_model::load(last)) == old);
  }
  SUBCASE("before the old one went") {
    lstm().save(folder);
    logistic().save(last);
    CHECK(all(load()) == all(lstm()));
  }
  lstm().save(folder);
  CHECK(all(load()) == all(lstm()));
  CHECK(only());
}

TEST_CASE("a save that fails leaves what was there") {
  support::scratch_folder const scratch;
  auto const folder = scratch.path() / "b";
  auto const refuse = [](fs::path const&) { throw alx::data_error("disk full"); };
  CHECK(said([&] { alx::detail::bundle::replace(folder, refuse); }) == "disk full");
  CHECK(fs::is_empty(scratch.path()));
  logistic().save(folder);
  CHECK(said([&] { alx::detail::bundle::replace(folder, refuse); }) == "disk full");
  CHECK(all(alx::text_model::load(folder)) == all(logistic()));
  // The last step but one fails: there is nothing to put in place of the old one.
  CHECK(holds(said([&] {
                alx::detail::bundle::replace(folder, [](auto const& to) { fs::remove_all(to); });
              }),
              folder.string() + ": cannot be saved: "));
  CHECK(all(alx::text_model::load(folder)) == all(logistic()));
  // What was interrupted between its renames comes back before anything is written.
  fs::rename(folder, scratch.path() / "b.old");
  CHECK(said([&] { alx::detail::bundle::replace(folder, refuse); }) == "disk full");
  CHECK(all(alx::text_model::load(folder)) == all(logistic()));
  CHECK(std::distance(fs::directory_iterator(scratch.path()), {}) == 1);
}

TEST_CASE("nothing but a bundle is replaced") {
  support::scratch_folder const scratch;
  auto const refusal = [&](fs::path const& folder) { return said([&] { lstm().save(folder); }); };
  scratch.write("home/letter.txt", "dear");
  CHECK(holds(refusal(scratch.path() / "home"), "holds 'letter.txt'"));
  scratch.write("other/model.txt", "of my own");
  CHECK(holds(refusal(scratch.path() / "other"), "is no bundle"));
  scratch.write("weights/weights.npy", "");
  CHECK(holds(refusal(scratch.path() / "weights"), "is no bundle"));
  fs::create_directories(scratch.path() / "odd/weights.npy");
  CHECK(holds(refusal(scratch.path() / "odd"), "holds 'weights.npy'"));
  auto const file = scratch.write("file", "x");
  CHECK(holds(refusal(file), "is not a folder"));
  CHECK(holds(refusal(file / "below"), "cannot be saved"));
  scratch.write("b.new/notes", "mine");
  CHECK(holds(refusal(scratch.path() / "b"), "b.new: holds 'notes'"));
  CHECK(holds(refusal(""), "is no name of a folder"));
  CHECK(holds(refusal("/"), "is no name of a folder"));
  for (auto const* kept : {"home/letter.txt", "other/model.txt", "file", "b.new/notes"}) {
    CHECK(fs::file_size(scratch.path() / kept) > 0);
  }
  // A newer program's bundle is one, a link leads to one.
  logistic().save(scratch.path() / "newer");
  write(scratch.path() / "newer/model.txt", "alx text_model 9\n");
  fs::create_directory_symlink(scratch.path() / "newer", scratch.path() / "link");
  CHECK(refusal(scratch.path() / "link").empty());
  CHECK(fs::is_symlink(scratch.path() / "link"));
  CHECK(all(alx::text_model::load(scratch.path() / "newer")) == all(lstm()));
}

TEST_CASE("parts that do not fit") {
  auto const make = [](auto... parts) { return [=] { alx::text_model const made(parts...); }; };
  auto const words = vectorizer();
  auto const count = words.words().size();
  CHECK_NOTHROW(make(words, network(count))());
  auto const why = said<alx::shape_error>(make(words, network(count - 1)));
  CHECK(holds(why, "vocabulary of " + std::to_string(count)));
  CHECK(holds(why, "embedding of " + std::to_string(count - 1)));
  alx::tf_idf terms;
  std::vector<double> const two = {1.0, 2.0};
  CHECK(holds(said<alx::state_error>(make(terms, alx::logistic_regression(two, 0.0))), "tf_idf"));
  terms.fit(texts{"one two three"});
  CHECK(holds(said<alx::state_error>(make(terms, alx::logistic_regression())), "before fit"));
  CHECK(holds(said<alx::shape_error>(make(terms, alx::logistic_regression(two, 0.0))),
              "tf_idf of 3 terms, but a logistic_regression of 2"));
  std::vector<alx::index_t> const ids = {0, 1};
  std::vector<alx::label_t> const labels = {0, 2};
  alx::logistic_regression other;
  auto const rows = terms.transform(texts{"one", "two"});
  other.fit(rows.view(), alx::labelled_rows{ids, labels, 3});
  CHECK(holds(said<alx::shape_error>(make(terms, other)),
              "class 2, but there are names of 2 classes"));
  auto broken = network();
  alx::thread_team alone;
  broken.change_weights(alone, [](auto weights) { weights[5] = std::nanf(""); });
  CHECK(holds(said(make(words, broken)), "weight 5 of"));
}

TEST_CASE("names and thresholds that cannot be") {
  auto const refusal = [](alx::text_model_options const& options) {
    return said<alx::option_error>([&] { lstm(options); });
  };
  CHECK(holds(refusal({.threshold = -0.1}), "threshold is -0.1"));
  CHECK(holds(refusal({.threshold = 1.5}), "threshold is 1.5"));
  CHECK(holds(refusal({.threshold = std::nan("")}), "threshold is nan"));
  CHECK(holds(refusal({.classes = {"", "1"}}), "class 0 is empty"));
  CHECK(holds(refusal({.classes = {"0", "a\nb"}}), "class 1 holds a control character"));
  CHECK(holds(refusal({.classes = {"a\tb", "1"}}), "class 0 holds a control character"));
  CHECK(holds(refusal({.classes = {"x", "x"}}), "classes 0 and 1 are both named \"x\""));
}

TEST_CASE("model.txt, damaged line by line") {
  auto const one = lstm();
  auto const line = [&](std::string_view from, std::string_view to, int number) {
    auto const why = complaint(one, from, to);
    holds(why, "model.txt: line " + std::to_string(number) + ": ");
    return why;
  };
  CHECK(complaint(one, "", "").empty());
  CHECK(holds(line("alx text_model 1", "alx text_model 3", 1), "version 3"));
  CHECK(holds(line("alx text_model 1", "alx text_model 0", 1), "no version 0"));
  CHECK(holds(line("alx text_model 1", "alx text_model x", 1), "version: \"x\""));
  CHECK(holds(line("alx text_model", "alx tf_idf", 1), "no text model"));
  CHECK(holds(line("kind lstm", "kind gru", 2), "kind: \"gru\""));
  CHECK(holds(line("kind lstm\n", "", 2), "instead of kind"));
  CHECK(holds(line("class 0\n", "class \n", 3), "name of class 0 is empty"));
  CHECK(holds(line("class 0\n", "class 1\n", 4), "both named"));
  CHECK(holds(line("threshold 0.5", "threshold 0,5", 5), "threshold: \"0,5\""));
  CHECK(holds(line("threshold 0.5", "threshold 0.5 ", 5), "threshold: \"0.5 \""));
  CHECK(holds(line("threshold 0.5", "threshold nan", 5), "threshold is nan"));
  CHECK(holds(line("threshold 0.5", "threshold 2", 5), "threshold is 2"));
  CHECK(holds(line("words ", "word ", 6), "\"word\" instead of words"));
  CHECK(holds(line("length 7", "length 0", 7), "length is 0"));
  CHECK(holds(line("length 7", "length -7", 7), "length is -7"));
  CHECK(holds(line("length 7", "length 7.5", 7), "length: \"7.5\""));
  CHECK(holds(line("tokens 30", "tokens 99999999999999999999", 8), "tokens: \"9999"));
  CHECK(holds(line("tokens 30", "tokens 2147483648", 8), "tokens is 2147483648"));
  CHECK(holds(line("hash vocabulary.txt", "hash terms.txt", 12), "\"terms.txt\" instead of"));
  CHECK(holds(complaint(one, [](auto const& b) { write(b / "model.txt", ""); }), "line 1"));
  CHECK(holds(
      complaint(one,
                [](auto const& b) { write(b / "model.txt", read(b / "model.txt") + "more 1\n"); }),
      "line 13: should be the last"));
  // Cut short anywhere it is refused, by a line that is in it or the first that is missing.
  support::scratch_folder const scratch;
  one.save(scratch.path());
  auto const whole = read(scratch.path() / "model.txt");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write(scratch.path() / "model.txt", whole.substr(0, size));
    holds(said([&] { static_cast<void>(alx::text_model::load(scratch.path())); }),
          "model.txt: line ");
  }
}

TEST_CASE("sizes that do not fit are named with both numbers") {
  auto const one = lstm();
  auto const two = logistic();
  auto const weights = std::to_string(network().weights().size());
  auto const more = std::to_string(network().weights().size() + 6);
  auto why = complaint(one, "tokens 30", "tokens 31");
  CHECK(holds(why, "weights.npy: " + weights + " weights"));
  CHECK(holds(why, "make " + more));
  CHECK(holds(complaint(one, "units 5", "units 2147483647"), "weights.npy: " + weights));
  CHECK(holds(complaint(one, "hidden 4", "hidden 5"), "weights.npy: " + weights));
  auto const count = std::to_string(vectorizer().words().size());
  CHECK(holds(complaint(one, "words " + count, "words 5"),
              "vocabulary.txt: " + count + " tokens, model.txt says 5"));
  CHECK(holds(complaint(one,
                        [](auto const& b) {
                          alx::write_npy(b / "weights.npy",
                                         std::span<float const>(std::vector<float>(99)));
                        }),
              "99 weights"));
  CHECK(holds(complaint(two, "words ", "words 1"), "terms.txt: "));
  CHECK(holds(complaint(two,
                        [](auto const& b) {
                          alx::write_npy(b / "weights.npy",
                                         std::span<double const>(std::vector<double>(9)));
                        }),
              "9 weights"));
  CHECK(holds(complaint(one, "kind lstm", "kind logistic"), "instead of hash"));
  // A longer vocabulary than the embedding, all else in order.
  why = complaint(one, [&](auto const& b) {
    std::string text = read(b / "vocabulary.txt");
    for (int i = 0; i < 30; ++i) text += "\nw" + std::to_string(i);
    write(b / "vocabulary.txt", text);
    write(b / "model.txt",
          replaced(read(b / "model.txt"),
                   "words " + count,
                   "words " + std::to_string(std::stoi(count) + 30)));
  });
  CHECK(holds(why, "vocabulary of " + std::to_string(std::stoi(count) + 30) + " tokens"));
  CHECK(holds(why, "embedding of 30"));
}

TEST_CASE("the other files, missing, cut, of another bundle, not finite") {
  for (auto const& model : {lstm(), logistic()}) {
    bool const network_kind = model.kind() == alx::text_model_kind::lstm;
    std::string const words = network_kind ? "vocabulary.txt" : "terms.txt";
    for (std::string const& name : {words, std::string("weights.npy"), std::string("model.txt")}) {
      auto const why = complaint(model, [&](auto const& b) { fs::remove(b / name); });
      CHECK(holds(why, name + ": no such file"));
    }
    CHECK(holds(complaint(model,
                          [](auto const& b) {
                            fs::resize_file(b / "weights.npy",
                                            fs::file_size(b / "weights.npy") - 1);
                          }),
                "weights.npy: "));
    auto const flip = [&](std::string const& name) {
      return complaint(model, [&](auto const& b) {
        std::string bytes = read(b / name);
        bytes[bytes.size() - 2] ^= 1;
        write(b / name, bytes);
      });
    };
    CHECK(holds(flip("weights.npy"), "weights.npy: is not the file that was saved"));
    CHECK(holds(flip(words), words));
    auto const spoil = [&](double value) {
      return complaint(model, [&](auto const& b) {
        auto weights = alx::read_npy_vector(b / "weights.npy");
        weights[3] = value;
        alx::write_npy(b / "weights.npy", std::span<double const>(weights));
      });
    };
    CHECK(holds(spoil(std::nan("")), "weights.npy: weight 3 of"));
    CHECK(holds(spoil(-std::numeric_limits<double>::infinity()), "is -inf, not finite"));
    CHECK(holds(spoil(1e300), network_kind ? "is inf, not finite" : "is not the file"));
  }
  // The last token cut short is still a vocabulary of as many tokens.
  CHECK(holds(complaint(lstm(),
                        [](auto const& b) {
                          auto const size = fs::file_size(b / "vocabulary.txt");
                          fs::resize_file(b / "vocabulary.txt", size - 1);
                        }),
              "vocabulary.txt: is not the file that was saved"));
  // Weights of another training: same shape, wrong model.
  CHECK(holds(
      complaint(lstm(),
                [](auto const& b) { alx::write_npy(b / "weights.npy", network(30, 4).weights()); }),
      "weights.npy: is not the file that was saved"));
}
