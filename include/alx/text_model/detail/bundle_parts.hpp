// SPDX-License-Identifier: Apache-2.0
/// @file
/// The kinds of model that a bundle can hold: how each reads texts, and its files.
#pragma once

#include <alx/data/detail/file_bytes.hpp>
#include <alx/data/npy.hpp>
#include <alx/error.hpp>
#include <alx/learners/logistic_regression.hpp>
#include <alx/learners/lstm_classifier.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>
#include <alx/report/text.hpp>
#include <alx/text/lsa.hpp>
#include <alx/text/tf_idf.hpp>
#include <alx/text/vectorizer.hpp>
#include <alx/text/vocabulary.hpp>
#include <alx/text_model/detail/bundle_description.hpp>
#include <alx/text_model/detail/bundle_folder.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0::detail::bundle {

struct lstm_parts {
  static constexpr auto kind = text_model_kind::lstm;

  text_vectorizer features;
  lstm_network classifier;
};

struct logistic_parts {
  static constexpr auto kind = text_model_kind::logistic;

  tf_idf features;
  logistic_regression classifier;
};

struct lsa_parts {
  static constexpr auto kind = text_model_kind::lsa;

  tf_idf features;
  alx::lsa topics;
  logistic_regression classifier;
};

/// Fills texts × classes.
inline void predict(lstm_parts const& model,
                    std::span<std::string_view const> texts,
                    matrix_view<double> probability,
                    thread_team& team) {
  auto const tokens = model.features.transform(texts, team);
  model.classifier.predict(tokens.view(), probability, team);
}

inline void predict(logistic_parts const& model,
                    std::span<std::string_view const> texts,
                    matrix_view<double> probability,
                    thread_team& team) {
  auto const rows = model.features.transform(texts, team);
  model.classifier.predict_proba(rows.view(), probability);
}

inline void predict(lsa_parts const& model,
                    std::span<std::string_view const> texts,
                    matrix_view<double> probability,
                    thread_team& team) {
  auto const rows = model.features.transform<float>(texts, team);
  model.classifier.predict_proba(model.topics.transform(rows.view(), team).view(), probability);
}

/// As they are saved: Keras' order; the intercepts, then the coefficients, class by class.
inline std::vector<float> weights_of(lstm_parts const& model) {
  auto const weights = model.classifier.weights();
  return {weights.begin(), weights.end()};
}

inline std::vector<double> weights_of(logistic_regression const& classifier) {
  auto const coefficients = classifier.coefficients();
  std::vector<double> weights(classifier.intercept().begin(), classifier.intercept().end());
  for (index_t k = 0; k < coefficients.rows; ++k) {
    for (index_t j = 0; j < coefficients.cols; ++j) weights.push_back(coefficients(k, j));
  }
  return weights;
}

inline std::vector<double> weights_of(logistic_parts const& model) {
  return weights_of(model.classifier);
}

inline std::vector<double> weights_of(lsa_parts const& model) {
  return weights_of(model.classifier);
}

/// **Throws.** `data_error` naming the first that is not finite.
template <class Weights>
void expect_finite(std::string const& where, Weights const& weights) {
  auto const wrong = std::find_if(
      weights.begin(), weights.end(), [](auto weight) { return !std::isfinite(weight); });
  if (wrong == weights.end()) return;
  throw data_error(where + ": weight " + std::to_string(wrong - weights.begin()) + " of " +
                   std::to_string(weights.size()) + " is " + std::to_string(*wrong) +
                   ", not finite");
}

/// **Throws.** `shape_error` where the network knows fewer tokens than there are, or the names are
/// not of two classes.
inline void check(lstm_parts const& model, std::size_t classes) {
  if (classes != 2) {
    throw shape_error("text_model: an lstm_network tells two classes apart, not " +
                      std::to_string(classes));
  }
  if (model.features.words().size() > model.classifier.tokens()) {
    throw shape_error("text_model: a vocabulary of " +
                      std::to_string(model.features.words().size()) +
                      " tokens, but an embedding of " + std::to_string(model.classifier.tokens()));
  }
  expect_finite("text_model", weights_of(model));
}

/// **Throws.** `state_error` where a part is not fitted; `shape_error` where `classifier` does not
/// fit what is made of a text, or knows more classes than there are names.
inline void check(logistic_regression const& classifier,
                  std::string const& rows,
                  index_t cols,
                  std::size_t classes) {
  auto const seen = classifier.classes();
  if (seen.empty()) throw state_error("text_model: a logistic_regression before fit");
  if (static_cast<std::size_t>(seen.back()) >= classes) {
    throw shape_error("text_model: the logistic_regression has seen class " +
                      std::to_string(seen.back()) + ", but there are names of " +
                      std::to_string(classes) + " classes");
  }
  if (classifier.coefficients().cols != cols) {
    throw shape_error("text_model: " + rows + ", but a logistic_regression of " +
                      std::to_string(classifier.coefficients().cols) + " features");
  }
  expect_finite("text_model", weights_of(classifier));
}

inline std::string text_of(tf_idf const& features) {
  if (features.cols() == 0) throw state_error("text_model: a tf_idf before fit");
  return "a tf_idf of " + std::to_string(features.cols()) + " terms";
}

inline void check(logistic_parts const& model, std::size_t classes) {
  check(model.classifier, text_of(model.features), model.features.cols(), classes);
}

inline void check(lsa_parts const& model, std::size_t classes) {
  auto const terms = text_of(model.features);
  auto const components = model.topics.components();
  if (components.rows == 0) throw state_error("text_model: an lsa before fit");
  if (components.cols != model.features.cols()) {
    throw shape_error("text_model: " + terms + ", but an lsa of " +
                      std::to_string(components.cols) + " columns");
  }
  check(model.classifier,
        "an lsa of " + std::to_string(components.rows) + " dimensions",
        components.rows,
        classes);
}

/// What of it stands in model.txt.
inline void describe(lstm_parts const& model, description& what) {
  what.words = model.features.words().size();
  what.length = model.features.length();
  auto const tensors = model.classifier.tensors();
  auto const of = [&](std::string_view layer, std::string_view name) {
    return *std::find_if(tensors.begin(), tensors.end(), [&](nn::tensor const& one) {
      return one.layer == layer && one.name == name;
    });
  };
  what.shape.max_tokens = model.classifier.tokens();
  what.shape.width = of("embedding", "embeddings").cols;
  what.shape.units = of("forward", "recurrent_kernel").rows;
  what.shape.hidden = of("dense", "kernel").cols;
}

inline void describe(logistic_parts const& model, description& what) {
  what.words = model.features.cols();
  what.seen.assign(model.classifier.classes().begin(), model.classifier.classes().end());
}

inline void describe(lsa_parts const& model, description& what) {
  what.words = model.features.cols();
  what.seen.assign(model.classifier.classes().begin(), model.classifier.classes().end());
  what.dimensions = model.topics.options().dimensions;
  what.norm = model.topics.options().norm;
}

inline void save_features(lstm_parts const& model, std::filesystem::path const& folder) {
  model.features.words().save(folder / vocabulary_file);
}

inline void save_features(logistic_parts const& model, std::filesystem::path const& folder) {
  model.features.save(folder / terms_file);
}

inline void save_features(lsa_parts const& model, std::filesystem::path const& folder) {
  model.features.save(folder / terms_file);
  npy::write_table(folder / components_file, model.topics.components());
}

/// Writes all files of a bundle, that which describes them last.
template <class Parts>
void save(Parts const& model,
          text_model_options const& options,
          std::filesystem::path const& folder) {
  description what;
  what.kind = Parts::kind;
  what.options = options;
  describe(model, what);
  auto const weights = weights_of(model);
  save_features(model, folder);
  write_npy(folder / weights_file, std::span(weights));
  for (auto const file : files_of(Parts::kind)) what.hashes.push_back(hash_of(folder / file));
  report::write_text((folder / description_file).string(), text_of(what));
}

/// **Throws.** `data_error` with both numbers.
inline void expect_count(std::filesystem::path const& file,
                         char const* things,
                         index_t found,
                         index_t expected) {
  if (found == expected) return;
  refuse_file(file.string(),
              std::to_string(found) + " " + things + ", " + std::string(description_file) +
                  " says " + std::to_string(expected));
}

/// Finite numbers of type `Number`, as many as `expected`.
template <class Number>
std::vector<Number> load_weights(std::filesystem::path const& folder, double expected) {
  auto const path = folder / weights_file;
  auto const read = read_npy_vector(path);
  if (static_cast<double>(read.size()) != expected) {
    refuse_file(path.string(),
                std::to_string(read.size()) + " weights, the sizes in " +
                    std::string(description_file) + " make " + shortest(expected));
  }
  std::vector<Number> weights;
  weights.reserve(read.size());
  for (double const weight : read) weights.push_back(static_cast<Number>(weight));
  expect_finite(path.string(), weights);
  return weights;
}

/// How many weights a network has, as double: sizes that are nonsense overflow nothing, and no
/// network is made of them.
inline double weights_in(lstm_shape const& shape) {
  auto const tokens = static_cast<double>(shape.max_tokens);
  auto const width = static_cast<double>(shape.width);
  auto const units = static_cast<double>(shape.units);
  auto const hidden = static_cast<double>(shape.hidden);
  double const direction = 4 * units * (width + units + 1);
  return tokens * width + 2 * direction + (2 * units + 1) * hidden + hidden + 1;
}

inline lstm_parts load_lstm(std::filesystem::path const& folder, description const& what) {
  auto words = vocabulary::load(folder / vocabulary_file);
  expect_count(folder / vocabulary_file, "tokens", words.size(), what.words);
  auto const weights = load_weights<float>(folder, weights_in(what.shape));
  lstm_parts model{{std::move(words), what.length}, make_lstm_network(what.shape)};
  thread_team alone;
  model.classifier.set_weights(weights, alone);
  return model;
}

inline tf_idf load_terms(std::filesystem::path const& folder, description const& what) {
  auto terms = tf_idf::load(folder / terms_file);
  expect_count(folder / terms_file, "terms", terms.cols(), what.words);
  return terms;
}

/// Of rows of `features` numbers.
inline logistic_regression load_classifier(std::filesystem::path const& folder,
                                           description const& what,
                                           index_t features) {
  index_t const rows = what.seen.size() > 2 ? std::ssize(what.seen) : 1;
  auto const weights = load_weights<double>(
      folder, static_cast<double>(rows) * (static_cast<double>(features) + 1.0));
  auto const intercepts = std::span(weights).first(static_cast<std::size_t>(rows));
  return {what.seen, {weights.data() + rows, rows, features}, intercepts};
}

inline logistic_parts load_logistic(std::filesystem::path const& folder, description const& what) {
  auto terms = load_terms(folder, what);
  return {std::move(terms), load_classifier(folder, what, what.words)};
}

inline alx::lsa load_topics(std::filesystem::path const& folder, description const& what) {
  auto const path = folder / components_file;
  auto const read = read_npy_matrix(path);
  expect_count(path, "rows", read.rows(), what.dimensions);
  expect_count(path, "columns", read.cols(), what.words);
  matrix<float> components(read.rows(), read.cols());
  std::transform(
      read.data(), read.data() + read.rows() * read.cols(), components.data(), [](double value) {
        return static_cast<float>(value);
      });
  try {
    return alx::lsa(components.view(), what.norm);
  } catch (data_error const& why) {
    refuse_file(path.string(), why.what());
  }
}

inline lsa_parts load_lsa(std::filesystem::path const& folder, description const& what) {
  auto terms = load_terms(folder, what);
  auto topics = load_topics(folder, what);
  return {std::move(terms), std::move(topics), load_classifier(folder, what, what.dimensions)};
}

}  // namespace alx::inline v0::detail::bundle
