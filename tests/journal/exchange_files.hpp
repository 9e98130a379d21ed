// SPDX-License-Identifier: Apache-2.0
/// @file
/// Reading files of other tools, and what is said of those that cannot be read.
#pragma once

#include <alx/error.hpp>
#include <alx/journal/exchange.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exchange_test {

using records = std::vector<alx::exchange_record>;
using names = std::vector<std::string>;
using columns = std::vector<std::pair<std::string, std::string>>;
using alx::asked_for;
using alx::deed;
using alx::exchange_format;

inline constexpr exchange_format formats[] = {exchange_format::csv,
                                              exchange_format::label_studio,
                                              exchange_format::doccano,
                                              exchange_format::prodigy};
inline constexpr exchange_format json_formats[] = {
    exchange_format::label_studio, exchange_format::doccano, exchange_format::prodigy};

inline records without_places(records all) {
  for (auto& one : all) one.place.clear();
  return all;
}

inline std::string golden(std::string const& file) {
  std::ifstream in(ALX_GOLDEN_DIR "/exchange/" + file, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), file);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

inline records read(std::string_view bytes, exchange_format format, names const& classes = {}) {
  return alx::from_text(bytes, "t", classes, format);
}

inline records read_golden(std::string const& file,
                           exchange_format format,
                           names const& classes = {}) {
  return alx::from_text(golden(file), file, classes, format);
}

/// What a call throws as a data_error; nothing where it does not.
template <class Call>
inline std::string complaint(Call const& call) {
  try {
    (void)call();
  } catch (alx::data_error const& why) {
    return why.what();
  }
  return {};
}

inline std::string refusal(std::string_view bytes,
                           exchange_format format,
                           names const& classes = {}) {
  return complaint([&] { return read(bytes, format, classes); });
}

inline bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// deed and label of each, as "answer Positive|skip ".
inline std::string said(records const& all) {
  std::string out;
  for (auto const& one : all) {
    out += (out.empty() ? "" : "|") + std::string(alx::name_of(one.what)) + ' ' + one.label;
  }
  return out;
}

}  // namespace exchange_test
