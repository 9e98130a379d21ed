// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the machine can do at best, for the table of script/compare: nanoseconds of a square root
/// (vectors of them, in the cache, one thread), GB/s read from memory by two threads.
#include <alx/parallel.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>

namespace {

/// Seconds of the fastest of several times.
template <class F>
double fastest(F&& work) {
  double least = 1e9;
  for (int i = 0; i < 9; ++i) {
    auto const begin = std::chrono::steady_clock::now();
    work();
    std::chrono::duration<double> const seconds = std::chrono::steady_clock::now() - begin;
    least = std::min(least, seconds.count());
  }
  return least;
}

/// Built with -fno-math-errno: else the root of a negative number must be a call, and no vector.
double seconds_of_a_root() {
  constexpr int passes = 2000;
  std::vector<double> const values(2048, 2.0);
  std::vector<double> out(values.size());
  auto const seconds = fastest([&] {
    for (int pass = 0; pass < passes; ++pass) {
      double const* const from = values.data();
      double* __restrict to = out.data();
      for (std::size_t i = 0; i < values.size(); ++i) to[i] = std::sqrt(from[i]);
      asm volatile("" : : "r"(to) : "memory");
    }
  });
  return seconds / (passes * static_cast<double>(values.size()));
}

double bytes_a_second() {
  constexpr alx::index_t chunks = 64;
  constexpr std::size_t chunk_size = 1 << 20;
  std::vector<unsigned> const values(chunks * chunk_size, 1U);
  std::vector<unsigned> sums(chunks);
  alx::thread_team team(2);
  auto const seconds = fastest([&] {
    team.for_each_chunk(chunks, [&](alx::index_t chunk) {
      auto const at = static_cast<std::size_t>(chunk);
      auto const* const from = values.data() + at * chunk_size;
      unsigned sum = 0;
      for (std::size_t i = 0; i < chunk_size; ++i) sum += from[i];
      sums[at] = sum;
    });
  });
  return static_cast<double>(values.size() * sizeof(unsigned)) / seconds;
}

}  // namespace

int main() {
  std::printf("%.4f %.4f\n", seconds_of_a_root() * 1e9, bytes_a_second() / 1e9);
}
