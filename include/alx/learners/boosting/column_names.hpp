// SPDX-License-Identifier: Apache-2.0
/// @file
/// Names for the columns of a model, as LightGBM takes them.
#pragma once

#include <alx/error.hpp>
#include <alx/learners/boosting/tree.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// What LightGBM calls a column of this name: blanks become underscores.
///
/// **Throws.** `data_error` for a name that LightGBM refuses, with one of " , : [ ] { }, and for
/// one that would not fit on a line: empty, or with control characters.
[[nodiscard]] inline std::string lightgbm_name(std::string_view name) {
  if (name.empty()) throw data_error("a column without a name cannot be in a model of LightGBM");
  std::string out(name);
  for (char& one : out) {
    bool const control = static_cast<unsigned char>(one) < 0x20;
    if (control || std::string_view("\",:[]{}").find(one) != std::string_view::npos) {
      throw data_error("column '" + out + "': its name has " +
                       (control ? "a control character" : std::string(1, one)) +
                       ", which LightGBM does not allow; it is to be renamed or left out");
    }
    if (one == ' ') one = '_';
  }
  return out;
}

/// Gives the columns of a model these names, one each.
///
/// **Throws.** `shape_error` where there are not as many; `data_error` as `lightgbm_name` does, and
/// for two that are the same.
inline void name_columns(boosting_model& model, std::span<std::string const> names) {
  if (names.size() != model.feature_names.size()) {
    throw shape_error("name_columns: " + std::to_string(names.size()) + " names for " +
                      std::to_string(model.feature_names.size()) + " columns");
  }
  std::set<std::string> seen;
  std::vector<std::string> taken;
  for (auto const& name : names) {
    taken.push_back(lightgbm_name(name));
    if (seen.insert(taken.back()).second) continue;
    throw data_error("columns: two are called '" + taken.back() +
                     "' in a model of LightGBM, where blanks are underscores");
  }
  model.feature_names = std::move(taken);
}

}  // namespace alx::inline v0
