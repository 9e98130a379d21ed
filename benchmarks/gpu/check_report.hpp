// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the program check says: one JSON object a line.
#pragma once

#include <alx/view.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace check_report {

inline bool small = false;
inline int failures = 0;

/// One of two sizes.
inline alx::index_t size(alx::index_t real, alx::index_t for_sanitizer) {
  return small ? for_sanitizer : real;
}

inline void say(std::string const& check, bool right, std::string const& what) {
  failures += right ? 0 : 1;
  std::printf("{\"check\": \"%s\", \"right\": %s, \"what\": \"%s\"}\n",
              check.c_str(),
              right ? "true" : "false",
              what.c_str());
  std::fflush(stdout);
}

inline double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

inline void say_median(std::string const& work, std::vector<double> seconds) {
  std::ranges::sort(seconds);
  std::printf("{\"work\": \"%s\", \"seconds\": %.9f}\n", work.c_str(), seconds[seconds.size() / 2]);
  std::fflush(stdout);
}

/// The median seconds of some calls after one to warm up; each must wait for its result.
template <class F>
void time(std::string const& work, int calls, F&& call) {
  if (small) return;
  call();
  std::vector<double> seconds;
  for (int i = 0; i < calls; ++i) {
    auto const begin = std::chrono::steady_clock::now();
    call();
    seconds.push_back(seconds_since(begin));
  }
  say_median(work, std::move(seconds));
}

}  // namespace check_report
