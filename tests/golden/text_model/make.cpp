// SPDX-License-Identifier: Apache-2.0
// Makes the bundles and probabilities of this folder: version 1, as written before there was
// another. To be compiled with the headers of commit b3eba6d: g++ -std=c++20 -O1 -Iinclude make.cpp
// -pthread; run in this folder.
#include <alx/text_model.hpp>

#include <cstdio>
#include <string_view>
#include <vector>

int main() {
  std::vector<std::string_view> const known = {"a fine, warm film",
                                               "dull and long, a bore",
                                               "fine actors, a warm joy",
                                               "a long dull evening"};
  std::vector<std::string_view> const asked = {"a warm joy", "dull", "", "a long, warm film"};
  std::vector<alx::index_t> const ids = {0, 1, 2, 3};
  std::vector<alx::label_t> const labels = {1, 0, 1, 0};
  alx::thread_team alone;

  alx::tf_idf terms({.ngrams = {1, 2}, .frequency = alx::term_frequency::sublinear});
  auto const rows = terms.fit_transform(known);
  alx::logistic_regression learner({.c = 10.0});
  learner.fit(rows.view(), {ids, labels});
  alx::text_model const logistic(terms, learner, {{"bad", "good"}, 0.25});

  auto network = alx::make_lstm_network({.max_tokens = 16, .width = 3, .units = 2, .hidden = 4});
  network.initialise(3, alone);
  network.change_weights(alone, [](auto weights) {
    for (float& weight : weights) weight *= 3.0F;
  });
  alx::text_vectorizer const words(alx::vocabulary::adapt(known, 0), 5);
  alx::text_model const lstm(words, network);

  logistic.save("logistic");
  lstm.save("lstm");
  std::FILE* const out = std::fopen("probabilities.txt", "w");
  auto const a = logistic.probabilities(asked, alone);
  auto const b = lstm.probabilities(asked, alone);
  for (std::size_t i = 0; i < asked.size(); ++i) std::fprintf(out, "%.17g %.17g\n", a[i], b[i]);
  std::fclose(out);
}
