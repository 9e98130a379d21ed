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
#include <alx/text/detail/tf_idf_file.hpp>
#include <alx/text/row_norm.hpp>
#include <alx/text_model/detail/bundle_folder.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace alx::inline v0 {

/// What makes a probability of a text.
enum class text_model_kind {
  lstm,      ///< tokens of a vocabulary, an `lstm_network`
  logistic,  ///< `tf_idf`, a `logistic_regression`
  lsa,       ///< `tf_idf`, `lsa`, a `logistic_regression`
};

/// What is said of the classes.
struct text_model_options {
  std::vector<std::string> classes = {"0", "1"};  ///< names, two or more, each one line
  double threshold = 0.5;  ///< of two: class 1 where its probability is **more** than this
};

}  // namespace alx::inline v0

namespace alx::inline v0::detail::bundle {

/// Version 1 knows the first two kinds and two classes, both seen; it is written for what it knows.
inline constexpr int version = 2;
inline constexpr std::array<std::string_view, 3> kind_names = {"lstm", "logistic", "lsa"};

/// What tells a file beside model.txt from that of another bundle.
inline std::uint32_t hash_of(std::filesystem::path const& path) {
  return murmur_hash(file_bytes(path));
}

inline std::string_view words_file(text_model_kind kind) {
  return kind == text_model_kind::lstm ? vocabulary_file : terms_file;
}

/// The files beside model.txt.
inline std::vector<std::string_view> files_of(text_model_kind kind) {
  if (kind == text_model_kind::lsa) return {terms_file, components_file, weights_file};
  return {words_file(kind), weights_file};
}

/// The text of model.txt as values.
struct description {
  text_model_kind kind = text_model_kind::lstm;
  text_model_options options;
  std::vector<label_t> seen = {0, 1};  ///< ascending; the others have probability 0
  index_t words = 0;                   ///< tokens of the vocabulary, terms of the tf_idf
  index_t length = 1;                  ///< tokens a text; of an LSTM only, as the shape
  lstm_shape shape{};
  index_t dimensions = 1;  ///< of an lsa only, as the norm
  row_norm norm = row_norm::l2;
  std::vector<std::uint32_t> hashes;  ///< as `files_of`
};

inline int version_of(description const& what) {
  bool const first = what.kind != text_model_kind::lsa && what.options.classes.size() == 2 &&
                     what.seen.size() == 2;
  return first ? 1 : 2;
}

/// What is wrong with the name of a class; empty: nothing.
inline std::string wrong_with(std::vector<std::string> const& names, std::size_t i) {
  auto const& name = names.at(i);
  if (name.empty()) return "the name of class " + std::to_string(i) + " is empty";
  for (char const c : name) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) continue;
    return "the name of class " + std::to_string(i) + " holds a control character";
  }
  auto const here = names.begin() + static_cast<std::ptrdiff_t>(i);
  auto const before = std::find(names.begin(), here, name);
  if (before == here) return "";
  return "classes " + std::to_string(before - names.begin()) + " and " + std::to_string(i) +
         " are both named \"" + name + "\"";
}

inline std::string wrong_with(double threshold) {
  if (threshold >= 0.0 && threshold <= 1.0) return "";
  return "threshold is " + shortest(threshold) + ", must be from 0 to 1";
}

/// What cannot be of many names, or of many names and the threshold; empty: nothing.
inline std::string wrong_with(text_model_options const& options) {
  auto const count = options.classes.size();
  if (count < 2) return std::to_string(count) + " names of classes, must be two or more";
  if (count == 2 || options.threshold == 0.5) return "";
  return "threshold is " + shortest(options.threshold) + ", but " + std::to_string(count) +
         " classes have none";
}

/// **Throws.** `option_error` naming what cannot be.
inline void check(text_model_options const& options) {
  auto const expect = [](std::string const& wrong) {
    if (!wrong.empty()) throw option_error("text_model: " + wrong);
  };
  for (std::size_t i = 0; i < options.classes.size(); ++i) expect(wrong_with(options.classes, i));
  expect(wrong_with(options.threshold));
  expect(wrong_with(options));
}

inline std::string list_of(std::span<label_t const> classes) {
  std::string text;
  for (auto const one : classes) text.append(text.empty() ? "" : " ").append(std::to_string(one));
  return text;
}

inline std::string text_of(description const& what) {
  std::string text;
  auto const line = [&](std::string_view name, std::string const& value) {
    text.append(name).append(1, ' ').append(value).append(1, '\n');
  };
  text.append(title).append(std::to_string(version_of(what))).append(1, '\n');
  line("kind", name_of(what.kind, kind_names));
  for (auto const& name : what.options.classes) line("class", name);
  if (what.options.classes.size() == 2) line("threshold", shortest(what.options.threshold));
  if (version_of(what) > 1) line("seen", list_of(what.seen));
  line("words", std::to_string(what.words));
  if (what.kind == text_model_kind::lstm) {
    line("length", std::to_string(what.length));
    line("tokens", std::to_string(what.shape.max_tokens));
    line("width", std::to_string(what.shape.width));
    line("units", std::to_string(what.shape.units));
    line("hidden", std::to_string(what.shape.hidden));
  }
  if (what.kind == text_model_kind::lsa) {
    line("dimensions", std::to_string(what.dimensions));
    line("norm", name_of(what.norm, norm_names));
  }
  auto const files = files_of(what.kind);
  for (std::size_t i = 0; i < files.size(); ++i) {
    line("hash", std::string(files[i]) + ' ' + std::to_string(what.hashes.at(i)));
  }
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

/// The version.
inline int read_title(line_reader& lines) {
  lines.next_line();
  auto const line = lines.here();
  if (!line.starts_with(title)) {
    lines.refuse("does not begin with \"" + std::string(title) + "\": no text model");
  }
  auto const found = to_number<int>(lines, "version", line.substr(title.size()));
  if (found > version) {
    lines.refuse("the bundle has version " + std::to_string(found) +
                 ", written by a newer program; this one reads up to " + std::to_string(version));
  }
  if (found < 1) lines.refuse("there is no version " + std::to_string(found));
  return found;
}

inline std::uint32_t read_hash(line_reader& lines, std::string_view file) {
  lines.next_line("hash");
  auto const found = lines.word();
  if (found != file) {
    lines.refuse("hash: \"" + std::string(found) + "\" instead of " + std::string(file));
  }
  return to_number<std::uint32_t>(lines, "hash", lines.here());
}

inline text_model_kind read_kind(line_reader& lines, int written) {
  auto const known = std::span(kind_names).first(written == 1 ? 2 : kind_names.size());
  auto const name = read_field(lines, "kind");
  std::string all;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i] == name) return static_cast<text_model_kind>(i);
    all.append(i == 0 ? "" : ", ").append(known[i]);
  }
  lines.refuse("kind: \"" + std::string(name) + "\" is none of " + all);
}

inline bool class_follows(line_reader ahead) {
  if (ahead.at_end()) return false;
  ahead.next_line();
  return ahead.word() == "class";
}

inline void read_options(line_reader& lines, int written, text_model_options& options) {
  auto const expect = [&](std::string const& wrong) {
    if (!wrong.empty()) lines.refuse(wrong);
  };
  options.classes.clear();
  while (options.classes.size() < 2 || (written > 1 && class_follows(lines))) {
    options.classes.emplace_back(read_field(lines, "class"));
    expect(wrong_with(options.classes, options.classes.size() - 1));
  }
  if (options.classes.size() > 2) return;
  options.threshold = to_number<double>(lines, "threshold", read_field(lines, "threshold"));
  expect(wrong_with(options.threshold));
}

/// **Throws.** `data_error` where they do not ascend or are no classes.
inline std::vector<label_t> read_seen(line_reader& lines, std::size_t classes) {
  std::vector<label_t> seen;
  lines.next_line("seen");
  while (seen.empty() || !lines.here().empty()) {
    auto const one = to_number<label_t>(lines, "seen", lines.word());
    bool const ascends = one > (seen.empty() ? -1 : seen.back());
    if (!ascends || static_cast<std::size_t>(one) >= classes) {
      lines.refuse("seen: class " + std::to_string(one) + " cannot stand here; ascending, of " +
                   std::to_string(classes));
    }
    seen.push_back(one);
  }
  return seen;
}

/// **Throws.** `data_error` naming the file, the line and the field that is wrong.
inline description parse(std::string const& file, std::string_view text) {
  line_reader lines(file, text);
  auto const written = read_title(lines);
  description what;
  what.kind = read_kind(lines, written);
  read_options(lines, written, what.options);
  if (written > 1) what.seen = read_seen(lines, what.options.classes.size());
  what.words = read_size(lines, "words");
  if (what.kind == text_model_kind::lstm) {
    what.length = read_size(lines, "length");
    what.shape.max_tokens = read_size(lines, "tokens");
    what.shape.width = read_size(lines, "width");
    what.shape.units = read_size(lines, "units");
    what.shape.hidden = read_size(lines, "hidden");
  }
  if (what.kind == text_model_kind::lsa) {
    what.dimensions = read_size(lines, "dimensions");
    lines.next_line("norm");
    what.norm = lines.one_of<row_norm>(norm_names);
    if (!lines.here().empty()) lines.refuse("norm: more than one word");
  }
  for (auto const name : files_of(what.kind)) what.hashes.push_back(read_hash(lines, name));
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
inline void expect_hashes(std::filesystem::path const& folder, description const& what) {
  auto const files = files_of(what.kind);
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto const found = hash_of(folder / files[i]);
    auto const written = what.hashes.at(i);
    if (found == written) continue;
    refuse_file((folder / files[i]).string(),
                "is not the file that was saved with " + std::string(description_file) +
                    ": its hash is " + std::to_string(found) + ", not " + std::to_string(written));
  }
}

}  // namespace alx::inline v0::detail::bundle
