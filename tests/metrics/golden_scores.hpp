// SPDX-License-Identifier: Apache-2.0
/// @file
/// The cases of tests/golden/metrics/scores.txt.
#pragma once

#include <alx/matrix.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <string>
#include <support/golden_lines.hpp>
#include <vector>

namespace golden {

/// Labels, probabilities, and what scikit-learn says of them.
struct scored {
  std::string name;
  std::vector<alx::label_t> truth;
  alx::matrix<double> probability;
  std::map<std::string, std::vector<double>> expected;
};

inline std::vector<scored> scores() {
  std::vector<scored> all;
  alx::index_t classes = 0;
  for (auto const& [name, values] : lines("metrics/scores.txt")) {
    if (name.rfind("case_", 0) == 0) {
      classes = static_cast<alx::index_t>(values.at(0));
      all.emplace_back().name = name;
    } else if (name == "truth") {
      for (double const v : values) all.back().truth.push_back(static_cast<alx::label_t>(v));
    } else if (name == "probability") {
      auto const rows = static_cast<alx::index_t>(values.size()) / classes;
      all.back().probability = alx::matrix<double>(values, rows, classes);
    } else {
      all.back().expected[name] = values;
    }
  }
  return all;
}

/// How often `metric` was compared with its golden value, each time to the bit or within `within`.
template <class Metric>
int compare(Metric const& metric, std::string const& column, double within = 0.0) {
  int compared = 0;
  for (auto const& one : scores()) {
    auto const found = one.expected.find(column);
    if (found == one.expected.end()) continue;
    CAPTURE(one.name);
    double const score = metric(one.truth, one.probability);
    CHECK(std::abs(score - found->second.at(0)) <= within);
    ++compared;
  }
  return compared;
}

/// Probabilities of class 0 and 1 from those of class 1.
inline alx::matrix<double> two_classes(std::vector<double> const& p) {
  alx::matrix<double> table(static_cast<alx::index_t>(p.size()), 2);
  for (alx::index_t r = 0; r < table.rows(); ++r) {
    table(r, 1) = p[static_cast<std::size_t>(r)];
    table(r, 0) = 1.0 - table(r, 1);
  }
  return table;
}

}  // namespace golden
