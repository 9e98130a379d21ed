// SPDX-License-Identifier: Apache-2.0
/// @file
/// The numbers of a round, by name, and over the repeats of a rule.
#pragma once

#include "results.hpp"
#include <array>
#include <cmath>
#include <vector>

namespace notebook {

/// One number of a round, under its name in results.json.
struct measure {
  char const* name;
  double (*of)(round_record const&);
};

inline constexpr std::array<measure, 8> measures = {{
    {"entropy", [](round_record const& r) { return r.entropy; }},
    {"ignorance", [](round_record const& r) { return r.ignorance; }},
    {"modified_ignorance", [](round_record const& r) { return r.modified_ignorance; }},
    {"fp", [](round_record const& r) { return static_cast<double>(r.fp); }},
    {"fn", [](round_record const& r) { return static_cast<double>(r.fn); }},
    {"auc", [](round_record const& r) { return r.auc; }},
    {"auc_fresh", [](round_record const& r) { return r.auc_fresh; }},
    {"auc_unlabelled", [](round_record const& r) { return r.auc_unlabelled; }},
}};

/// What each of `runs` has for a measure in a round, where it is defined.
[[nodiscard]] inline std::vector<double> values_at(std::vector<run_record const*> const& runs,
                                                   std::size_t round,
                                                   measure const& wanted) {
  std::vector<double> values;
  for (run_record const* run : runs) {
    if (round >= run->rounds.size()) continue;
    double const value = wanted.of(run->rounds[round]);
    if (std::isfinite(value)) values.push_back(value);
  }
  return values;
}

}  // namespace notebook
