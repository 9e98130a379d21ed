// SPDX-License-Identifier: Apache-2.0
/// @file
/// A bundle's model.txt: what kind of model it is, its sizes, its classes, and the files beside it.
#pragma once

#include <alx/data/detail/file_bytes.hpp>
#include <alx/detail/line_reader.hpp>
#include <alx/detail/shortest.hpp>
#include <alx/error.hpp>
#include <alx/learners/lstm_classifier.hpp>
#include <alx/text/detail/murmur_hash.hpp>
#include <alx/text_model/detail/bundle_folder.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

namespace alx::inline v0 {

/// What makes a probability of a text.
enum class text_model_kind {
  lstm,      ///< tokens of a vocabulary, an `lstm_network`
  logistic,  ///< `tf_idf`, a `logistic_regression`
};

/// What is said of the two classes.
struct text_model_options {
  std::array<std::string, 2> classes = {"0", "1"};  ///< names, each one line
  double threshold = 0.5;  ///< class 1 where its probability is **more** than this
};

}  // namespace alx::inline v0

namespace alx::inline v0::detail::bundle {

inline constexpr int version = 1;
inline constexpr std::array<std::string_view, 2> kind_names = {"lstm", "logistic"};

/// What tells a file beside model.txt from that of another bundle.
inline std::uint32_t hash_of(std::filesystem::path const& path) {
  return murmur_hash(file_bytes(path));
}

inline std::string_view words_file(text_model_kind kind) {
  return kind == text_model_kind::lstm ? vocabulary_file : terms_file;
}

/// The text of model.txt as values.
struct description {
  text_model_kind kind = text_model_kind::lstm;
  text_model_options options;
  index_t words = 0;   ///< tokens of the vocabulary, terms of the tf_idf
  index_t length = 1;  ///< tokens a text; of an LSTM only, as the shape
  lstm_shape shape{};
  std::uint32_t words_hash = 0;
  std::uint32_t weights_hash = 0;
};

/// What is wrong with the name of a class; empty: nothing.
inline std::string wrong_with(std::array<std::string, 2> const& names, std::size_t i) {
  auto const& name = names.at(i);
  if (name.empty()) return "the name of class " + std::to_string(i) + " is empty";
  for (char const c : name) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) continue;
    return "the name of class " + std::to_string(i) + " holds a control character";
  }
  return i == 1 && name == names[0] ? "both classes are named \"" + name + "\"" : "";
}

inline std::string wrong_with(double threshold) {
  if (threshold >= 0.0 && threshold <= 1.0) return "";
  return "threshold is " + shortest(threshold) + ", must be from 0 to 1";
}

/// **Throws.** `option_error` naming what cannot be.
inline void check(text_model_options const& options) {
  for (auto const& wrong : {wrong_with(options.classes, 0),
                            wrong_with(options.classes, 1),
                            wrong_with(options.threshold)}) {
    if (!wrong.empty()) throw option_error("text_model: " + wrong);
  }
}

inline std::string text_of(description const& what) {
  bool const lstm = what.kind == text_model_kind::lstm;
  std::string text;
  auto const line = [&](std::string_view name, std::string const& value) {
    text.append(name).append(1, ' ').append(value).append(1, '\n');
  };
  text.append(title).append(std::to_string(version)).append(1, '\n');
  line("kind", name_of(what.kind, kind_names));
  for (auto const& name : what.options.classes) line("class", name);
  line("threshold", shortest(what.options.threshold));
  line("words", std::to_string(what.words));
  if (lstm) {
    line("length", std::to_string(what.length));
    line("tokens", std::to_string(what.shape.max_tokens));
    line("width", std::to_string(what.shape.width));
    line("units", std::to_string(what.shape.units));
    line("hidden", std::to_string(what.shape.hidden));
  }
  line("hash", std::string(words_file(what.kind)) + ' ' + std::to_string(what.words_hash));
  line("hash", std::string(weights_file) + ' ' + std::to_string(what.weights_hash));
  return text;
}

template <class Number>
Number to_number(line_reader const& lines, std::string_view name, std::string_view text) {
  Number value{};
  auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) {
    lines.refuse(std::string(name) + ": \"" + std::string(text) + "\" is not a number it can be");
  }
  return value;
}

/// The whole line behind `name`.
inline std::string_view read_field(line_reader& lines, std::string_view name) {
  lines.next_line(name);
  return lines.here();
}

inline index_t read_size(line_reader& lines, std::string_view name) {
  auto const value = to_number<index_t>(lines, name, read_field(lines, name));
  constexpr index_t most = std::numeric_limits<std::int32_t>::max();
  if (value < 1 || value > most) {
    lines.refuse(std::string(name) + " is " + std::to_string(value) + ", must be from 1 to " +
                 std::to_string(most));
  }
  return value;
}

inline void read_title(line_reader& lines) {
  lines.next_line();
  auto const line = lines.here();
  if (!line.starts_with(title)) {
    lines.refuse("is not \"" + std::string(title) + std::to_string(version) + "\": no text model");
  }
  auto const found = to_number<int>(lines, "version", line.substr(title.size()));
  if (found > version) {
    lines.refuse("the bundle has version " + std::to_string(found) +
                 ", written by a newer program; this one reads up to " + std::to_string(version));
  }
  if (found < 1) lines.refuse("there is no version " + std::to_string(found));
}

inline std::uint32_t read_hash(line_reader& lines, std::string_view file) {
  lines.next_line("hash");
  auto const found = lines.word();
  if (found != file) {
    lines.refuse("hash: \"" + std::string(found) + "\" instead of " + std::string(file));
  }
  return to_number<std::uint32_t>(lines, "hash", lines.here());
}

inline text_model_kind read_kind(line_reader& lines) {
  auto const name = read_field(lines, "kind");
  auto const found = std::find(kind_names.begin(), kind_names.end(), name);
  if (found == kind_names.end()) {
    lines.refuse("kind: \"" + std::string(name) + "\" is neither " + std::string(kind_names[0]) +
                 " nor " + std::string(kind_names[1]));
  }
  return static_cast<text_model_kind>(found - kind_names.begin());
}

inline void read_options(line_reader& lines, text_model_options& options) {
  auto const expect = [&](std::string const& wrong) {
    if (!wrong.empty()) lines.refuse(wrong);
  };
  for (std::size_t i = 0; i < options.classes.size(); ++i) {
    options.classes.at(i) = read_field(lines, "class");
    expect(wrong_with(options.classes, i));
  }
  options.threshold = to_number<double>(lines, "threshold", read_field(lines, "threshold"));
  expect(wrong_with(options.threshold));
}

/// **Throws.** `data_error` naming the file, the line and the field that is wrong.
inline description parse(std::string const& file, std::string_view text) {
  line_reader lines(file, text);
  read_title(lines);
  description what;
  what.kind = read_kind(lines);
  read_options(lines, what.options);
  what.words = read_size(lines, "words");
  if (what.kind == text_model_kind::lstm) {
    what.length = read_size(lines, "length");
    what.shape.max_tokens = read_size(lines, "tokens");
    what.shape.width = read_size(lines, "width");
    what.shape.units = read_size(lines, "units");
    what.shape.hidden = read_size(lines, "hidden");
  }
  what.words_hash = read_hash(lines, words_file(what.kind));
  what.weights_hash = read_hash(lines, weights_file);
  if (!lines.at_end()) lines.refuse("should be the last, but lines follow");
  return what;
}

inline description read_description(std::filesystem::path const& folder) {
  auto const path = folder / description_file;
  auto const bytes = file_bytes(path);
  return parse(path.string(), bytes);
}

/// **Throws.** `data_error` where the file is not the one that was written with model.txt, though
/// it can be read.
inline void expect_hash(std::filesystem::path const& folder,
                        std::string_view name,
                        std::uint32_t written) {
  auto const found = hash_of(folder / name);
  if (found == written) return;
  refuse_file((folder / name).string(),
              "is not the file that was saved with " + std::string(description_file) +
                  ": its hash is " + std::to_string(found) + ", not " + std::to_string(written));
}

}  // namespace alx::inline v0::detail::bundle
