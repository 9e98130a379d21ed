// SPDX-License-Identifier: Apache-2.0
/// @file
/// The file of a fitted `tf_idf`: a line that says what it is, a line for each option, the idf and
/// the text of each term. Included by tf_idf.hpp, whose members end here.
#pragma once

#include <alx/data/detail/file_bytes.hpp>
#include <alx/detail/line_reader.hpp>
#include <alx/detail/shortest.hpp>
#include <alx/error.hpp>
#include <alx/report/text.hpp>
#include <alx/text/tf_idf.hpp>
#include <alx/view.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

namespace alx::inline v0::detail {

inline constexpr std::string_view tf_idf_title = "alx tf_idf 1";
inline constexpr std::array<std::string_view, 3> frequency_names = {"raw", "sublinear", "binary"};
inline constexpr std::array<std::string_view, 3> idf_names = {"none", "plain", "smooth"};
inline constexpr std::array<std::string_view, 3> norm_names = {"none", "l1", "l2"};
inline constexpr std::array<std::string_view, 2> letter_names = {"lower", "kept"};
inline constexpr std::array<std::string_view, 2> unit_names = {"texts", "share"};

inline std::string options_text(tf_idf_options const& options) {
  auto const limit = [](document_limit const& one) {
    return shortest(one.value()) + " " + name_of(one.measured_in(), unit_names) + "\n";
  };
  return "ngrams " + std::to_string(options.ngrams.min) + " " + std::to_string(options.ngrams.max) +
         "\nmin_df " + limit(options.min_df) + "max_df " + limit(options.max_df) + "max_features " +
         std::to_string(options.max_features) + "\nfrequency " +
         name_of(options.frequency, frequency_names) + "\nidf " + name_of(options.idf, idf_names) +
         "\nnorm " + name_of(options.norm, norm_names) + "\nletters " +
         name_of(options.letters, letter_names) + "\n";
}

inline document_limit read_limit(line_reader& lines, std::string_view name) {
  lines.next_line(name);
  auto const value = lines.number<double>();
  if (lines.one_of<document_limit::unit>(unit_names) == document_limit::unit::share) return value;
  if (!(value >= 1.0 && value < 0x1p53 && std::trunc(value) == value)) {
    lines.refuse(shortest(value) + " is not a number of texts");
  }
  return static_cast<std::int64_t>(value);
}

inline tf_idf_options read_options(line_reader& lines) {
  tf_idf_options options;
  lines.next_line("ngrams");
  options.ngrams.min = lines.number<std::int32_t>();
  options.ngrams.max = lines.number<std::int32_t>();
  options.min_df = read_limit(lines, "min_df");
  options.max_df = read_limit(lines, "max_df");
  lines.next_line("max_features");
  options.max_features = lines.number<index_t>();
  lines.next_line("frequency");
  options.frequency = lines.one_of<term_frequency>(frequency_names);
  lines.next_line("idf");
  options.idf = lines.one_of<idf_kind>(idf_names);
  lines.next_line("norm");
  options.norm = lines.one_of<row_norm>(norm_names);
  lines.next_line("letters");
  options.letters = lines.one_of<letter_case>(letter_names);
  return options;
}

/// The options as one that can be used.
inline tf_idf checked(tf_idf_options const& options, line_reader const& lines) {
  try {
    return tf_idf(options);
  } catch (option_error const& why) {
    lines.refuse(why.what());
  }
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0 {

inline void tf_idf::save(std::filesystem::path const& path) const {
  if (cols() == 0) throw state_error("tf_idf: save before fit");
  std::string text(detail::tf_idf_title);
  text += "\n" + detail::options_text(options_) + "documents " + std::to_string(documents_) +
          "\nterms " + std::to_string(cols()) + "\n";
  for (index_t i = 0; i < cols(); ++i) {
    text.append(detail::shortest(idf_[static_cast<std::size_t>(i)])).append(1, ' ');
    text.append(term(i)).append(1, '\n');
  }
  report::write_text(path.string(), text);
}

inline tf_idf tf_idf::load(std::filesystem::path const& path) {
  auto const bytes = detail::file_bytes(path);
  detail::line_reader lines(path.string(), bytes);
  lines.next_line();
  if (lines.here() != detail::tf_idf_title) {
    lines.refuse("is not \"" + std::string(detail::tf_idf_title) + "\": no file of a tf_idf");
  }
  tf_idf made = detail::checked(detail::read_options(lines), lines);
  lines.next_line("documents");
  made.documents_ = lines.number<index_t>();
  lines.next_line("terms");
  auto const terms = lines.number<std::int32_t>();
  if (terms < 1) lines.refuse("no terms");
  for (std::int32_t i = 0; i < terms; ++i) {
    lines.next_line();
    auto const idf = lines.number<double>();
    if (!std::isfinite(idf)) lines.refuse("the idf is not finite");
    auto const term = lines.here();
    if (term.empty() || (i > 0 && term <= made.term(i - 1))) {
      lines.refuse("term \"" + std::string(term) + "\" does not come after the one before it");
    }
    made.add_term(term, idf);
  }
  if (!lines.at_end())
    lines.refuse("is the last of " + std::to_string(terms) + " terms, but lines follow");
  return made;
}

}  // namespace alx::inline v0
