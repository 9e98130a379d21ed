// SPDX-License-Identifier: Apache-2.0
/// @file
/// Our side of script/compare for texts: does one work on the files of a folder, once to warm up
/// and then several times, prints a line "wall ms, CPU ms" for each, and writes what came out
/// beside them. reviews.py tells of the files.
#include <alx/data/csv.hpp>
#include <alx/data/npy.hpp>
#include <alx/learners/lstm_classifier.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>
#include <alx/text/vectorizer.hpp>
#include <alx/text/vocabulary.hpp>

#include "side.hpp"
#include <string>
#include <string_view>
#include <vector>

namespace {

using side::task;

constexpr alx::index_t length = 150;
constexpr alx::index_t max_tokens = 3000;

alx::lstm_network network_of(task const& given, alx::thread_team& team) {
  auto const values = alx::read_npy_vector(given.folder / "weights.npy");
  auto made = alx::make_lstm_network({.max_tokens = max_tokens});
  made.set_weights(std::vector<float>(values.begin(), values.end()), team);
  return made;
}

alx::csv_table table_of(task const& given) {
  return alx::read_csv(given.folder / "texts.csv");
}

alx::vocabulary words_of(task const& given) {
  return alx::vocabulary::load(given.folder / "words.txt");
}

void train(task const& given, alx::nn::embedding_gradient how) {
  alx::thread_team team(given.threads);
  auto network = network_of(given, team);
  auto const tokens = alx::read_npy_int32(given.folder / "tokens.npy");
  auto const numbers = alx::read_npy_labels(given.folder / "labels.npy");
  std::vector<alx::label_t> const labels(numbers.begin(), numbers.end());
  alx::nn::trainer trainer(network, alx::nn::rmsprop{}, team);
  alx::nn::fit_options options{
      .epochs = 1, .shuffle = alx::nn::shuffling::none(), .seed = 0, .how = how};
  std::vector<double> losses;
  given.time([&] {
    alx::nn::checkpoint best;
    auto const past =
        trainer.fit({tokens.view(), labels}, {}, options, best, [](auto const& /*event*/) {});
    losses.push_back(past.training.front().loss);
    ++options.seed;
  });
  alx::write_npy(given.folder / "alx.npy", losses);
}

void train_summed(task const& given) {
  train(given, alx::nn::embedding_gradient::summed);
}

void train_per_occurrence(task const& given) {
  train(given, alx::nn::embedding_gradient::per_occurrence);
}

void predict(task const& given) {
  alx::thread_team team(given.threads);
  auto const network = network_of(given, team);
  auto const tokens = alx::read_npy_int32(given.folder / "tokens.npy");
  alx::matrix<double> probability(tokens.rows(), 2);
  given.time([&] { network.predict(tokens.view(), probability.view(), team); });
  std::vector<double> of_one;
  for (alx::index_t row = 0; row < tokens.rows(); ++row) of_one.push_back(probability(row, 1));
  alx::write_npy(given.folder / "alx.npy", of_one);
}

void vectorize(task const& given) {
  alx::thread_team team(given.threads);
  auto const table = table_of(given);
  auto const texts = table.values(table.column("text"));
  alx::text_vectorizer const vectorizer(words_of(given), length);
  alx::matrix<std::int32_t> ids;
  given.time([&] { ids = vectorizer.transform(texts, team); });
  alx::write_npy(given.folder / "alx.npy", ids.view());
}

void adapt(task const& given) {
  alx::thread_team team(given.threads);
  auto const table = table_of(given);
  auto const texts = table.values(table.column("text"));
  alx::vocabulary found;
  given.time([&] { found = alx::vocabulary::adapt(texts, max_tokens, team); });
  auto const ids = alx::text_vectorizer(found, length).transform(texts, team);
  alx::write_npy(given.folder / "alx.npy", ids.view());
}

/// Each text on its own, as they come to somebody who asks for one.
void classify(task const& given) {
  alx::thread_team team(given.threads);
  auto const network = network_of(given, team);
  auto const table = table_of(given);
  auto texts = table.values(table.column("text"));
  texts.resize(50);
  alx::text_vectorizer const vectorizer(words_of(given), length);
  std::vector<double> p(texts.size());
  auto const work = [&] {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      alx::matrix<double> probability(1, 2);
      network.predict(vectorizer.transform(texts[i]).view(), probability.view(), team);
      p[i] = probability(0, 1);
    }
  };
  given.time(work, static_cast<double>(texts.size()));
  alx::write_npy(given.folder / "alx.npy", p);
}

side::works const works{
    {"train", train_summed},
    {"train_per_occurrence", train_per_occurrence},
    {"predict", predict},
    {"vectorize", vectorize},
    {"adapt", adapt},
    {"classify", classify},
};

}  // namespace

int main(int argc, char** argv) {
  return side::run("compare_reviews", works, argc, argv);
}
