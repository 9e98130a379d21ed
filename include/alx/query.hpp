// SPDX-License-Identifier: Apache-2.0
/// @file
/// A question to the oracle, and an answer.
#pragma once

#include <alx/view.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alx::inline v0 {

/// A label, or nothing: whoever was asked does not know, or does not want to say.
using answer = std::optional<label_t>;

/// The answer of someone who does not know. The row is set aside and not asked again.
inline constexpr std::nullopt_t abstain = std::nullopt;

/// One of the numbers that the utilities of a query were made of.
struct utility_part {
  std::string name;           ///< of the strategy it comes from
  std::vector<double> value;  ///< one an id of the query
};

/// Rows that want a label, and why these.
struct query {
  std::uint64_t ticket = 0;         ///< names the query in `tell`
  index_t round = 0;                ///< how often the model had been fitted before
  std::vector<index_t> ids;         ///< in the order of asking; positions in the pool
  std::vector<double> utility;      ///< one an id; empty for the first query, which no model chose
  std::vector<utility_part> parts;  ///< what the utilities were made of
};

}  // namespace alx::inline v0
