// SPDX-License-Identifier: Apache-2.0
/// @file
/// Reads the lines that tests/golden/*/make.py write: a name, then values.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace golden {

/// One line; every value was written so that it reads back to the bit.
struct line {
  std::string name;
  std::vector<double> values;
};

inline std::vector<line> lines(std::string const& file) {
  std::ifstream in(std::string(ALX_GOLDEN_DIR "/") + file);
  REQUIRE_MESSAGE(in.good(), file);
  std::vector<line> all;
  for (std::string text; std::getline(in, text);) {
    std::istringstream words(text);
    line one;
    words >> one.name;
    // Not words >> double: it does not read hexadecimal.
    for (std::string word; words >> word;) {
      one.values.push_back(std::strtod(word.c_str(), nullptr));
    }
    all.push_back(one);
  }
  return all;
}

}  // namespace golden
