// SPDX-License-Identifier: Apache-2.0
/// @file
/// A trained model of texts in one piece: what turns a text into numbers, the weights, the names
/// of the classes and the threshold between two. What a training leaves for those who use it.
#pragma once

#include <alx/error.hpp>
#include <alx/learners/logistic_regression.hpp>
#include <alx/learners/lstm_classifier.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>
#include <alx/text/lsa.hpp>
#include <alx/text/tf_idf.hpp>
#include <alx/text/vectorizer.hpp>
#include <alx/text_model/detail/bundle_description.hpp>
#include <alx/text_model/detail/bundle_folder.hpp>
#include <alx/text_model/detail/bundle_parts.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace alx::inline v0 {

/// Turns a text into the probabilities of its classes: two with an LSTM, two or more else.
///
/// **Semantics.** A value; all calls may be made by any number of threads at a time. A text's
/// probabilities have the same bits alone, among others, on any number of threads, and after `save`
/// and `load`. Rows of `tf_idf` are taken as double, for an `lsa` as float: a logistic regression
/// that learnt from sparse rows of float gives what it gave in its training to about 1e-7. A class
/// that it has not seen has probability 0.
///
/// **The bundle** that `save` writes is a folder:
///  - model.txt: a line `alx text_model 1` (the version; 2 for an `lsa`, more than two classes, or
///    one of two not seen), then a line each: `kind`; `class`, as often as there are classes;
///    `threshold`, of two; `seen`, the classes that were, of version 2; `words`; of an LSTM
///    `length`, `tokens`, `width`, `units`, `hidden`; of an `lsa` `dimensions`, `norm`; `hash` for
///    each of the other files: name and MurmurHash3. Names and threshold may be changed by hand.
///  - vocabulary.txt as Keras has it (`vocabulary::save`), or terms.txt (`tf_idf::save`);
///  - components.npy, of an `lsa`: its `components()`, float32, dimensions × terms;
///  - weights.npy: one float32 array in the order of Keras' `get_weights()`, each flattened (the
///    embedding; kernel, recurrent kernel, bias forward, then backward; two dense layers: kernel,
///    bias); or float64: of two classes the intercept, then a coefficient a term or dimension; of
///    more seen an intercept each, then the coefficients of the first, of the second and so on.
///
/// It is written beside its place and renamed into it: a save that is killed leaves the bundle that
/// was there, or, between two renames, none there and the old one as FOLDER.old. It takes the place
/// of a bundle only, never of other files. One process at a time may save to a folder.
///
/// **Cost.** Loading the published network: some 30 ms. A text: well under a millisecond; many at
/// once are several times faster.
///
/// **Example.** `auto const model = text_model::load("sentiment"); model.probability("A joy.");`
class text_model {
 public:
  /// **Throws.** `option_error` for names or a threshold that cannot be; `shape_error` where the
  /// vocabulary has more tokens than the embedding, or there are more than two classes;
  /// `data_error` where a weight is not finite.
  text_model(text_vectorizer features, lstm_network classifier, text_model_options options = {})
      : text_model(detail::bundle::lstm_parts{std::move(features), std::move(classifier)},
                   std::move(options)) {}

  /// **Throws.** The same for options and weights; `state_error` where a part is not fitted;
  /// `shape_error` where `features` has another number of terms, or a class without a name was
  /// fitted on.
  text_model(tf_idf features, logistic_regression classifier, text_model_options options = {})
      : text_model(detail::bundle::logistic_parts{std::move(features), std::move(classifier)},
                   std::move(options)) {}

  /// **Throws.** The same.
  text_model(tf_idf features,
             lsa topics,
             logistic_regression classifier,
             text_model_options options = {})
      : text_model(
            detail::bundle::lsa_parts{
                std::move(features), std::move(topics), std::move(classifier)},
            std::move(options)) {}

  /// Reads what `save` wrote.
  ///
  /// **Throws.** `data_error` naming the file, and where there is one the line and field, that is
  /// missing, damaged, another bundle's or of a newer version.
  static text_model load(std::filesystem::path const& folder);

  /// Writes a bundle: all of it, or what was there stays.
  ///
  /// **Throws.** `data_error` where the folder holds anything but a bundle or cannot be written.
  void save(std::filesystem::path const& folder) const {
    detail::bundle::replace(folder, [this](std::filesystem::path const& to) {
      std::visit([&](auto const& parts) { detail::bundle::save(parts, options_, to); }, parts_);
    });
  }

  /// Of class 1; of two classes, as `probabilities`.
  [[nodiscard]] double probability(std::string_view text) const {
    thread_team alone;
    return probabilities(std::span(&text, 1), alone).front();
  }

  /// Of class 1, one a text. Needs memory for the numbers of all texts at once.
  ///
  /// **Throws.** `shape_error` where there are more than two classes.
  [[nodiscard]] std::vector<double> probabilities(std::span<std::string_view const> texts,
                                                  thread_team& team) const {
    expect_two("predict_proba gives all");
    matrix<double> both(std::ssize(texts), 2);
    predict_proba(texts, both.view(), team);
    std::vector<double> of_one(texts.size());
    for (std::size_t i = 0; i < of_one.size(); ++i) of_one[i] = both(static_cast<index_t>(i), 1);
    return of_one;
  }

  /// Fills texts × classes. Needs memory for the numbers of all texts at once.
  ///
  /// **Throws.** `shape_error` where `out` has another shape.
  void predict_proba(std::span<std::string_view const> texts,
                     matrix_view<double> out,
                     thread_team& team) const {
    if (out.rows != std::ssize(texts) || out.cols != std::ssize(classes())) {
      throw shape_error("text_model: room for " + std::to_string(out.rows) + " x " +
                        std::to_string(out.cols) + " probabilities of " +
                        std::to_string(texts.size()) + " texts and " +
                        std::to_string(classes().size()) + " classes");
    }
    std::visit([&](auto const& parts) { detail::bundle::predict(parts, texts, out, team); },
               parts_);
  }

  /// 1 where the probability of class 1 is more than the threshold, else 0; at 0.5 what the
  /// classifiers and `predicted_labels` say.
  ///
  /// **Throws.** `shape_error` where there are more than two classes.
  [[nodiscard]] label_t class_of(double probability) const {
    expect_two("class_of takes all");
    return probability > options_.threshold ? 1 : 0;
  }

  /// Of a text's probabilities, one a class: of two the same, of more the largest, of equal ones
  /// the lowest.
  ///
  /// **Throws.** `shape_error` for another number of them.
  [[nodiscard]] label_t class_of(std::span<double const> probabilities) const {
    if (probabilities.size() != classes().size()) {
      throw shape_error("text_model: " + std::to_string(probabilities.size()) +
                        " probabilities of " + std::to_string(classes().size()) + " classes");
    }
    if (probabilities.size() == 2) return class_of(probabilities[1]);
    auto const best = std::max_element(probabilities.begin(), probabilities.end());
    return static_cast<label_t>(best - probabilities.begin());
  }

  /// The names, from class 0.
  [[nodiscard]] std::vector<std::string> const& classes() const { return options_.classes; }

  /// The name of a class.
  [[nodiscard]] std::string const& class_name(label_t one) const {
    return options_.classes.at(static_cast<std::size_t>(one));
  }

  /// Between two classes; of more always 0.5, and without meaning.
  [[nodiscard]] double threshold() const { return options_.threshold; }

  [[nodiscard]] text_model_kind kind() const {
    return std::visit([](auto const& parts) { return parts.kind; }, parts_);
  }

 private:
  template <class Parts>
  text_model(Parts parts, text_model_options options)
      : options_(std::move(options)), parts_(std::move(parts)) {
    detail::bundle::check(options_);
    std::visit([this](auto const& made) { detail::bundle::check(made, classes().size()); }, parts_);
  }

  /// **Throws.** `shape_error` where one probability does not tell all, with what does.
  void expect_two(char const* instead) const {
    if (classes().size() == 2) return;
    throw shape_error("text_model: " + std::to_string(classes().size()) +
                      " classes have no single probability; " + instead);
  }

  text_model_options options_;
  std::
      variant<detail::bundle::lstm_parts, detail::bundle::logistic_parts, detail::bundle::lsa_parts>
          parts_;
};

inline text_model text_model::load(std::filesystem::path const& folder) {
  namespace bundle = detail::bundle;
  bundle::expect_folder(folder);
  auto what = bundle::read_description(folder);
  auto const made = [&](auto parts) {
    try {
      bundle::check(parts, what.options.classes.size());
    } catch (shape_error const& why) {
      throw data_error(folder.string() + ": " + why.what());
    }
    bundle::expect_hashes(folder, what);
    return text_model(std::move(parts), std::move(what.options));
  };
  if (what.kind == text_model_kind::lstm) return made(bundle::load_lstm(folder, what));
  if (what.kind == text_model_kind::lsa) return made(bundle::load_lsa(folder, what));
  return made(bundle::load_logistic(folder, what));
}

}  // namespace alx::inline v0
