// SPDX-License-Identifier: Apache-2.0
/// @file
/// What a training leaves for `reviews classify`: features and classifier in one folder.
#pragma once

#include <alx/learners/logistic_regression.hpp>
#include <alx/learners/lstm_classifier.hpp>
#include <alx/text/lsa.hpp>
#include <alx/text/tf_idf.hpp>
#include <alx/text/vectorizer.hpp>
#include <alx/text_model.hpp>

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

namespace reviews {

inline CLI::Option* add_bundle(CLI::App& app, std::string& folder) {
  return app
      .add_option("--bundle", folder, "folder for the model, its words and all, for classify")
      ->type_name("DIR");
}

inline void save_bundle(std::string const& folder, alx::text_model const& model) {
  model.save(folder);
  std::cout << "wrote   " << folder << '\n';
}

inline alx::text_model_options classes_of_reviews() {
  return {.classes = {"negative", "positive"}};
}

/// Nothing where no folder is named.
template <class Features, class Classifier>
void save_bundle(std::string const& folder,
                 Features const& features,
                 Classifier const& classifier) {
  if (folder.empty()) return;
  save_bundle(folder, alx::text_model(features, classifier, classes_of_reviews()));
}

/// What makes dense rows of texts.
struct lsa_features {
  alx::tf_idf terms;
  alx::lsa topics;
};

inline void save_bundle(std::string const& folder,
                        lsa_features const& features,
                        alx::logistic_regression const& classifier) {
  if (folder.empty()) return;
  save_bundle(folder,
              alx::text_model(features.terms, features.topics, classifier, classes_of_reviews()));
}

template <class Optimizer>
void save_bundle(std::string const& folder,
                 alx::text_vectorizer const& words,
                 alx::lstm_classifier<Optimizer> const& learner) {
  save_bundle(folder, words, learner.network());
}

}  // namespace reviews
