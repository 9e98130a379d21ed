// SPDX-License-Identifier: Apache-2.0
/// @file
/// What a training leaves for `reviews classify`: features and classifier in one folder.
#pragma once

#include <alx/error.hpp>
#include <alx/learners/lstm_classifier.hpp>
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

/// Features that a bundle does not hold.
struct no_bundle {};

template <class Classifier>
void save_bundle(std::string const& folder,
                 no_bundle const& /*features*/,
                 Classifier const& /*classifier*/) {
  if (folder.empty()) return;
  throw alx::option_error("--bundle: a bundle holds no model of latent semantic analysis");
}

/// Nothing where no folder is named.
template <class Features, class Classifier>
void save_bundle(std::string const& folder,
                 Features const& features,
                 Classifier const& classifier) {
  if (folder.empty()) return;
  alx::text_model(features, classifier, {.classes = {"negative", "positive"}}).save(folder);
  std::cout << "wrote   " << folder << '\n';
}

template <class Optimizer>
void save_bundle(std::string const& folder,
                 alx::text_vectorizer const& words,
                 alx::lstm_classifier<Optimizer> const& learner) {
  save_bundle(folder, words, learner.network());
}

}  // namespace reviews
