// SPDX-License-Identifier: Apache-2.0
/// @file
/// A run's rounds as JSON and back; NaN is null.
#pragma once

#include "results.hpp"
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace notebook {

using json = nlohmann::ordered_json;

/// Calls `field(name, value)` for each field of a round, in the order of the file.
template <class Round, class Field>
void each_field(Round& round, Field&& field) {
  field("asked", round.asked);
  field("entropy", round.entropy);
  field("ignorance", round.ignorance);
  field("modified_ignorance", round.modified_ignorance);
  field("fp", round.fp);
  field("fn", round.fn);
  field("auc", round.auc);
  field("auc_fresh", round.auc_fresh);
  field("auc_unlabelled", round.auc_unlabelled);
}

[[nodiscard]] inline json to_json(std::vector<round_record> const& rounds) {
  json array = json::array();
  for (round_record const& round : rounds) {
    json object;
    each_field(round, [&](char const* name, auto const& value) { object[name] = value; });
    array.push_back(std::move(object));
  }
  return array;
}

[[nodiscard]] inline std::vector<round_record> from_json(json const& array) {
  std::vector<round_record> rounds;
  for (json const& object : array) {
    round_record round;
    each_field(round, [&]<class T>(char const* name, T& value) {
      json const& stored = object.at(name);
      if constexpr (std::is_same_v<T, double>) {
        value = stored.is_null() ? std::numeric_limits<double>::quiet_NaN() : stored.get<double>();
      } else {
        stored.get_to(value);
      }
    });
    rounds.push_back(std::move(round));
  }
  return rounds;
}

}  // namespace notebook
