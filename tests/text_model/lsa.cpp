// SPDX-License-Identifier: Apache-2.0
// Bundles of latent semantic analysis and a logistic regression.
#include <alx/data/npy.hpp>
#include <alx/error.hpp>
#include <alx/learners/logistic_regression.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>
#include <alx/random.hpp>
#include <alx/text/lsa.hpp>
#include <alx/text/tf_idf.hpp>
#include <alx/text_model.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <support/bundle_files.hpp>
#include <support/scratch_folder.hpp>
#include <vector>

namespace {

namespace fs = std::filesystem;
using support::complaint, support::holds, support::read, support::said;
using texts = std::vector<std::string_view>;

texts const known = {"rain and wind tomorrow",
                     "the striker scored twice",
                     "shares fell and bonds rose",
                     "wind and snow",
                     "a late goal, a red card",
                     "the bank cut its rate"};
texts const asked = {
    "snow tomorrow", "a goal twice", "the rate of shares", "", "zebra", "the wind"};

/// The parts of a model, fitted.
struct parts {
  explicit parts(int classes, alx::lsa_options options = {.dimensions = 4}) : topics(options) {
    alx::thread_team alone;
    auto const rows = topics.fit_transform(terms.fit_transform<float>(known).view(), alone);
    std::vector<alx::index_t> const ids = {0, 1, 2, 3, 4, 5};
    std::vector<alx::label_t> labels = {0, 1, 2, 0, 1, 2};
    for (auto& label : labels) label %= classes;
    learner.fit(rows.view(), {ids, labels, classes});
  }

  [[nodiscard]] alx::text_model model(std::vector<std::string> const& names) const {
    return {terms, topics, learner, {.classes = names}};
  }

  alx::tf_idf terms{{.ngrams = {1, 2}}};
  alx::lsa topics;
  alx::logistic_regression learner{{.c = 10.0}};
};

std::vector<std::string> const three = {"weather", "sport", "money"};

std::vector<double> all(alx::text_model const& model, int threads = 1) {
  alx::thread_team team(threads);
  alx::matrix<double> p(std::ssize(asked), std::ssize(model.classes()));
  model.predict_proba(asked, p.view(), team);
  return {p.data(), p.data() + p.rows() * p.cols()};
}

}  // namespace

TEST_CASE("an lsa's probabilities are those of its parts, what the training gave, to the bit") {
  parts const made(3);
  alx::thread_team alone;
  auto const rows = made.topics.transform(made.terms.transform<float>(asked).view(), alone);
  alx::matrix<double> p(std::ssize(asked), 3);
  made.learner.predict_proba(rows.view(), p.view());
  auto const model = made.model(three);
  std::vector<double> const expected(p.data(), p.data() + p.rows() * p.cols());
  CHECK(model.kind() == alx::text_model_kind::lsa);
  CHECK(all(model) == expected);
  CHECK(all(model, 3) == expected);
  CHECK(p(0, 0) > 0.5);
  CHECK(p(1, 1) > 0.5);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    alx::matrix<double> one(1, 3);
    model.predict_proba(std::span(asked).subspan(i, 1), one.view(), alone);
    for (std::size_t k = 0; k < 3; ++k) CHECK(one.data()[k] == expected[3 * i + k]);
  }
}

TEST_CASE("save and load of an lsa: the same bits") {
  for (int const classes : {1, 2, 3}) {
    for (auto const norm : {alx::row_norm::none, alx::row_norm::l1, alx::row_norm::l2}) {
      CAPTURE(classes);
      support::scratch_folder const scratch;
      auto names = three;
      names.resize(classes == 3 ? 3 : 2);
      auto const model = parts(classes, {.dimensions = 3, .norm = norm}).model(names);
      model.save(scratch.path() / "b");
      auto const back = alx::text_model::load(scratch.path() / "b");
      CHECK(back.kind() == alx::text_model_kind::lsa);
      CHECK(back.classes() == names);
      CHECK(all(back) == all(model));
      back.save(scratch.path() / "c");
      for (auto const* name : {"model.txt", "terms.txt", "components.npy", "weights.npy"}) {
        CHECK(read(scratch.path() / "c" / name) == read(scratch.path() / "b" / name));
      }
      CHECK(std::distance(fs::directory_iterator(scratch.path() / "c"), {}) == 4);
    }
  }
}

TEST_CASE("what the bundle of an lsa looks like") {
  support::scratch_folder const scratch;
  parts const made(2);
  alx::text_model const model(
      made.terms, made.topics, made.learner, {.classes = {"no", "yes"}, .threshold = 0.25});
  model.save(scratch.path());
  auto const terms = std::to_string(made.terms.cols());
  auto const text = read(scratch.path() / "model.txt");
  CHECK(
      text.starts_with("alx text_model 2\nkind lsa\nclass no\nclass yes\nthreshold 0.25\n"
                       "seen 0 1\nwords " +
                       terms + "\ndimensions 4\nnorm l2\nhash terms.txt "));
  CHECK(text.find("\nhash components.npy ") < text.find("\nhash weights.npy "));
  auto const components = alx::read_npy_matrix(scratch.path() / "components.npy");
  CHECK(components.rows() == 4);
  CHECK(components.cols() == made.terms.cols());
  CHECK(components(1, 2) == static_cast<double>(made.topics.components()(1, 2)));
  CHECK(holds(read(scratch.path() / "components.npy"), "'<f4'"));
  CHECK(alx::read_npy_vector(scratch.path() / "weights.npy").size() == 5);
  // It takes another kind's place, and another kind its.
  alx::text_model const plain(
      made.terms,
      alx::logistic_regression(std::vector<double>(static_cast<std::size_t>(made.terms.cols())),
                               0.5));
  plain.save(scratch.path());
  CHECK(!fs::exists(scratch.path() / "components.npy"));
  model.save(scratch.path());
  CHECK(alx::text_model::load(scratch.path()).threshold() == 0.25);
}

TEST_CASE("parts of an lsa's model that do not fit") {
  parts const made(3);
  parts const smaller(3, {.dimensions = 3});
  auto const make = [](auto... given) {
    return [=] { alx::text_model const model(given..., {.classes = three}); };
  };
  CHECK_NOTHROW(make(made.terms, made.topics, made.learner)());
  CHECK(said<alx::state_error>(make(alx::tf_idf(), made.topics, made.learner)) ==
        "text_model: a tf_idf before fit");
  CHECK(said<alx::state_error>(make(made.terms, alx::lsa(), made.learner)) ==
        "text_model: an lsa before fit");
  CHECK(said<alx::state_error>(make(made.terms, made.topics, alx::logistic_regression())) ==
        "text_model: a logistic_regression before fit");
  CHECK(said<alx::shape_error>(make(made.terms, smaller.topics, made.learner)) ==
        "text_model: an lsa of 3 dimensions, but a logistic_regression of 4 features");
  alx::tf_idf other;
  other.fit(known);
  CHECK(said<alx::shape_error>(make(other, made.topics, made.learner)) ==
        "text_model: a tf_idf of " + std::to_string(other.cols()) + " terms, but an lsa of " +
            std::to_string(made.terms.cols()) + " columns");
}

TEST_CASE("an lsa's files, missing, cut, of another bundle, not finite") {
  parts const made(2);
  auto const model = made.model({"no", "yes"});
  for (std::string const name : {"terms.txt", "components.npy", "weights.npy"}) {
    CHECK(holds(complaint(model, [&](fs::path const& b) { fs::remove(b / name); }),
                name + ": no such file"));
    CHECK(holds(complaint(model,
                          [&](fs::path const& b) {
                            fs::resize_file(b / name, fs::file_size(b / name) - 1);
                          }),
                name + ": "));
  }
  auto const spoil = [&](float value) {
    return complaint(model, [&](fs::path const& b) {
      auto const whole = made.topics.components();
      std::vector<float> changed;
      for (alx::index_t d = 0; d < whole.rows; ++d) {
        for (alx::index_t c = 0; c < whole.cols; ++c) changed.push_back(whole(d, c));
      }
      changed[static_cast<std::size_t>(whole.cols) + 2] = value;
      alx::detail::npy::write_table(
          b / "components.npy",
          alx::matrix_view<float const>(changed.data(), whole.rows, whole.cols));
    });
  };
  CHECK(holds(spoil(0.75F), "components.npy: is not the file that was saved with model.txt"));
  CHECK(holds(spoil(std::nanf("")), "components.npy: lsa: component 1, column 2 is not finite"));
  CHECK(holds(complaint(model,
                        [](fs::path const& b) {
                          alx::write_npy(b / "components.npy", alx::matrix<double>(4, 3).view());
                        }),
              "components.npy: 3 columns, model.txt says "));
  CHECK(holds(complaint(model,
                        [](fs::path const& b) {
                          alx::write_npy(b / "components.npy",
                                         std::span<float const>(std::vector<float>(9)));
                        }),
              "components.npy: "));
}

TEST_CASE("model.txt of an lsa, damaged") {
  auto const model = parts(2).model({"no", "yes"});
  auto const line = [&](std::string_view from, std::string_view to, int number) {
    auto const why = complaint(model, from, to);
    holds(why, "model.txt: line " + std::to_string(number) + ": ");
    return why;
  };
  CHECK(complaint(model, "", "").empty());
  CHECK(holds(line("dimensions 4", "dimensions 0", 8), "dimensions is 0"));
  CHECK(holds(line("dimensions 4\n", "", 8), "instead of dimensions"));
  CHECK(holds(line("norm l2", "norm l3", 9), "unknown word \"l3\""));
  CHECK(holds(line("norm l2", "norm l2 l1", 9), "more than one word"));
  CHECK(holds(line("hash components.npy", "hash weights.npy", 11), "instead of components.npy"));
  CHECK(holds(line("alx text_model 2", "alx text_model 1", 2), "is none of lstm, logistic"));
  CHECK(holds(complaint(model, "dimensions 4", "dimensions 5"),
              "components.npy: 4 rows, model.txt says 5"));
  CHECK(holds(complaint(model, "dimensions 4", "dimensions 2147483647"), "components.npy: 4 rows"));
  CHECK(holds(complaint(model, "seen 0 1", "seen 0 1 2"), "class 2 cannot stand here"));
}
