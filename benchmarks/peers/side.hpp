// SPDX-License-Identifier: Apache-2.0
/// @file
/// What our sides of script/compare share: how a work is timed, and the command line.
#pragma once

#include <chrono>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <map>
#include <string>

namespace side {

/// What the command line says.
struct task {
  std::filesystem::path folder;
  int repetitions = 1;
  int threads = 1;

  /// Once to warm up and then several times; a line "wall ms, CPU ms" each. `share`: how many equal
  /// works one call does.
  template <class F>
  void time(F&& work, double share = 1.0) const {
    work();
    for (int i = 0; i < repetitions; ++i) {
      auto const begin = std::chrono::steady_clock::now();
      auto const cpu_begin = std::clock();
      work();
      auto const cpu = static_cast<double>(std::clock() - cpu_begin) * 1000.0 / CLOCKS_PER_SEC;
      std::chrono::duration<double, std::milli> const wall =
          std::chrono::steady_clock::now() - begin;
      std::printf("%.6f %.6f\n", wall.count() / share, cpu / share);
    }
  }
};

using works = std::map<std::string, void (*)(task const&)>;

/// `NAME WORK FOLDER REPETITIONS THREADS`
inline int run(char const* name, works const& all, int argc, char** argv) {
  if (argc != 5 || !all.contains(argv[1])) {
    std::fprintf(stderr, "usage: %s WORK FOLDER REPETITIONS THREADS\n", name);
    return 2;
  }
  try {
    all.at(argv[1])({argv[2], std::stoi(argv[3]), std::stoi(argv[4])});
    return 0;
  } catch (std::exception const& failure) {
    std::fprintf(stderr, "error: %s\n", failure.what());
    return 1;
  }
}

}  // namespace side
