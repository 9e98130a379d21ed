// SPDX-License-Identifier: Apache-2.0
/// @file
/// What a journal keeps of one thing that somebody did: to which row, who, when, how long it took,
/// and what the model thought of the row then.
#pragma once

#include <alx/view.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alx::inline v0 {

/// What somebody did with a row.
enum class deed : std::uint8_t {
  answer,   ///< gave it a class
  abstain,  ///< said that nobody can tell
  skip,     ///< did not want to say now
  discard,  ///< said that it is no row to learn from
  edit,     ///< changed its text
  undo,     ///< took back an earlier entry
};

/// Why a row was shown.
enum class asked_for : std::uint8_t {
  learning,      ///< a model chose it
  beginning,     ///< no model was there yet
  estimation,    ///< drawn at random to score the model on; no model learns from its answer
  repetition,    ///< to see whether two people, or one twice, agree
  adjudication,  ///< to decide what others disagree on
  import,        ///< it was not: the answer comes from a file
};

inline constexpr std::array<std::string_view, 6> deed_names = {
    "answer", "abstain", "skip", "discard", "edit", "undo"};
inline constexpr std::array<std::string_view, 6> asked_for_names = {
    "learning", "beginning", "estimation", "repetition", "adjudication", "import"};

[[nodiscard]] constexpr std::string_view name_of(deed what) {
  return deed_names[static_cast<std::size_t>(what)];
}

[[nodiscard]] constexpr std::string_view name_of(asked_for why) {
  return asked_for_names[static_cast<std::size_t>(why)];
}

/// One of the numbers that a row's utility was made of.
struct named_value {
  std::string name;
  double value = 0.0;

  friend bool operator==(named_value const&, named_value const&) = default;
};

/// One line of a journal. Times are those of the clock of the machine that wrote it.
struct journal_entry {
  std::int64_t number = 0;  ///< 1, 2, …, given by the journal
  deed what = deed::answer;
  index_t row = 0;                      ///< position in the data
  label_t label = -1;                   ///< of an answer: its class; otherwise -1
  std::string user{};                   ///< who
  std::int64_t time = 0;                ///< when, milliseconds since 1970 began, UTC
  double seconds = 0.0;                 ///< from showing the row to the answer
  asked_for why = asked_for::learning;  ///< the reason for showing it
  std::uint64_t ticket = 0;             ///< of the question that it answers; 0: of none
  std::int64_t model = 0;  ///< which model chose the row, by whatever number it has; 0: none did
  std::int64_t next = 0;   ///< which model chooses the next row, where that is settled already
  std::vector<double>
      opinion{};  ///< of the model there was when the row was shown: the probability of each class
  double utility = 0.0;              ///< of the row then
  std::vector<named_value> parts{};  ///< what the utility was made of
  std::string text{};                ///< of an edit: the new text; of an import: where from
  std::int64_t undone = 0;           ///< of an undo: the number of the entry taken back

  friend bool operator==(journal_entry const&, journal_entry const&) = default;
};

/// What a journal says of itself, fixed when it is made.
struct journal_heading {
  index_t rows = 0;                    ///< of the data
  std::vector<std::string> classes{};  ///< names of classes 0, 1, …
  std::uint64_t seed = 0;              ///< of everything that is drawn
  std::string data{};                  ///< a fingerprint of the rows, to know them again
  std::string settings{};              ///< whatever else decides which rows are asked

  friend bool operator==(journal_heading const&, journal_heading const&) = default;
};

}  // namespace alx::inline v0
