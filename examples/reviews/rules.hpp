// SPDX-License-Identifier: Apache-2.0
/// @file
/// The rules that are compared, as the command line and the report have them.
#pragma once

#include <alx/report/palette.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace reviews::reporting {

using alx::report::dash;
using alx::report::hue;

/// What learns, and the rows that it is tested on: the published ones, sorted by class, for the
/// replica; one unsorted pool for the others.
enum class family {
  replica,       ///< the published network
  network,       ///< the same network
  long_network,  ///< of more words a text, its embedding begun with word vectors, by Adam
  logistic,      ///< logistic regression on TF-IDF
  lsa            ///< logistic regression on latent semantic analysis
};

/// What is said of a family.
struct family_info {
  family kind;
  std::string_view prefix;  ///< of its rules' names, and in those of its figures
  std::string_view title;   ///< in a sentence and over its curves
};

inline constexpr std::array<family_info, 5> family_infos{{
    {family::replica, "replica", "the published LSTM"},
    {family::network, "lstm", "LSTM of 150 words"},
    {family::long_network, "long", "LSTM of 400 words with word vectors"},
    {family::logistic, "logistic", "logistic regression on TF-IDF"},
    {family::lsa, "lsa", "logistic regression on LSA"},
}};

constexpr family_info const& info_of(family kind) {
  return *std::find_if(family_infos.begin(), family_infos.end(), [&](family_info const& one) {
    return one.kind == kind;
  });
}

/// True where a batch is a few rows, and there are many rounds.
constexpr bool small_batches(family kind) {
  return kind == family::long_network || kind == family::logistic || kind == family::lsa;
}

/// A rule and how it is drawn.
struct rule_info {
  std::string_view name;   ///< in results.json and on the command line
  std::string_view title;  ///< in the report
  family kind;
  hue colour;
  dash pattern;
};

/// In the order of the report. A strategy has its colour whatever learns.
inline constexpr std::array<rule_info, 15> rule_infos{{
    {"full", "LSTM, all labels", family::replica, hue::green, dash::solid},
    {"class_ratio",
     "LSTM by class ratio (published)",
     family::replica,
     hue::purple,
     dash::dash_dot},
    {"lstm_error_ratio", "LSTM by error ratio", family::network, hue::vermillion, dash::solid},
    {"lstm_entropy", "LSTM by entropy", family::network, hue::blue, dash::long_dash},
    {"lstm_random", "LSTM at random", family::network, hue::ink, dash::dot},
    {"long_entropy", "long LSTM by entropy", family::long_network, hue::blue, dash::long_dash},
    {"long_entropy_kept",
     "long LSTM by entropy, weights kept",
     family::long_network,
     hue::green,
     dash::short_dash},
    {"long_random", "long LSTM at random", family::long_network, hue::ink, dash::dot},
    {"logistic_error_ratio",
     "logistic by error ratio",
     family::logistic,
     hue::vermillion,
     dash::solid},
    {"logistic_entropy", "logistic by entropy", family::logistic, hue::blue, dash::long_dash},
    {"logistic_random", "logistic at random", family::logistic, hue::ink, dash::dot},
    {"lsa_error_ratio", "LSA by error ratio", family::lsa, hue::vermillion, dash::solid},
    {"lsa_entropy", "LSA by entropy", family::lsa, hue::blue, dash::long_dash},
    {"lsa_entropy_k_center",
     "LSA by entropy, k-center",
     family::lsa,
     hue::orange,
     dash::dash_dot_dot},
    {"lsa_random", "LSA at random", family::lsa, hue::ink, dash::dot},
}};

/// The rule of this name; null where there is none.
constexpr rule_info const* find_rule(std::string_view name) {
  for (auto const& rule : rule_infos) {
    if (rule.name == name) return &rule;
  }
  return nullptr;
}

}  // namespace reviews::reporting
