// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the example programs share: how they end, how they tell the time, and where they compute.
#pragma once

#include <alx/backend.hpp>
#include <alx/error.hpp>
#include <alx/parallel.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <map>
#include <new>
#include <string>

namespace program {

/// The command line as a shell reads it.
inline std::string command_text(int argc, char const* const* argv) {
  constexpr char const* plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,=:+@%";
  std::string text;
  for (int i = 0; i < argc; ++i) {
    std::string const word = argv[i];
    bool const as_it_is = !word.empty() && word.find_first_not_of(plain) == std::string::npos;
    std::string quoted = "'";
    for (char const c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += (i == 0 ? "" : " ") + (as_it_is ? word : quoted + "'");
  }
  return text;
}

/// Parses the command line, does the work and gives the exit status: 0 done (or help shown), 1 bad
/// input, 2 wrong usage. An error is one line on the error stream that begins with "error: ".
///
/// A `Program` has the texts `name` and `purpose`, `describe(CLI::App&)`, which adds its options,
/// and `work()`, which is called when they are set; one with `called_as(command)` is told how it
/// was called.
template <class Program>
int run(int argc, char const* const* argv) {
  try {
    Program program;
    CLI::App app(Program::purpose, Program::name);
    program.describe(app);
    if constexpr (requires { program.called_as(std::string()); }) {
      program.called_as(command_text(argc, argv));
    }
    try {
      app.parse(argc, argv);
    } catch (CLI::ParseError const& end) {
      return app.exit(end) == 0 ? 0 : 2;
    }
    program.work();
    return 0;
  } catch (std::bad_alloc const&) {
    std::fputs("error: not enough memory\n", stderr);
  } catch (std::exception const& failure) {
    std::fprintf(stderr, "error: %s\n", failure.what());
  }
  return 1;
}

/// `value` as `printf` writes it.
inline std::string text(char const* format, double value) {
  std::string out(64, '\0');
  auto const length = std::snprintf(out.data(), out.size(), format, value);
  out.resize(static_cast<std::size_t>(length));
  return out;
}

/// "1 tree", "2 trees".
inline std::string count(std::ptrdiff_t number, std::string const& thing) {
  return std::to_string(number) + " " + thing + (number == 1 ? "" : "s");
}

/// Seconds since it was made or last asked.
class stopwatch {
 public:
  /// As text, in milliseconds where that reads better.
  std::string lap() {
    auto const now = clock::now();
    std::chrono::duration<double> const seconds = now - begun_;
    begun_ = now;
    bool const brief = seconds.count() < 1.0;
    return brief ? text("%.1f ms", seconds.count() * 1000.0) : text("%.2f s", seconds.count());
  }

 private:
  using clock = std::chrono::steady_clock;
  clock::time_point begun_ = clock::now();
};

/// Adds an option whose words stand for values; `into` is the default.
template <class Value>
void add_choice(CLI::App& app,
                std::string const& name,
                Value& into,
                std::map<std::string, Value> const& words,
                std::string const& text) {
  auto const now =
      std::find_if(words.begin(), words.end(), [&](auto const& one) { return one.second == into; });
  app.add_option_function<std::string>(
         name, [&into, words](std::string const& word) { into = words.at(word); }, text)
      ->check(CLI::IsMember(words))
      ->default_str(now->first);
}

/// Adds `--threads`; 0, the default, is all that the machine has.
inline void add_threads(CLI::App& app, int& threads) {
  app.add_option(
         "--threads", threads, "Threads; 0: all of the machine. Results do not depend on it")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

inline std::string threads_text(int threads) {
  int const used = threads > 0 ? threads : alx::hardware_threads();
  return count(used, "thread");
}

/// Where a program computes.
struct place {
  std::string device = "cpu";
  int threads = 0;
};

/// Adds `--device` and `--threads`.
inline void add_place(CLI::App& app, place& where) {
  app.add_option("--device", where.device, "Where to compute: cpu, or gpu (an NVIDIA GPU)")
      ->check(CLI::IsMember({"cpu", "gpu"}))
      ->type_name("NAME")
      ->capture_default_str();
  add_threads(app, where.threads);
}

inline std::string place_text(place const& where) {
  return where.device == "gpu" ? "the GPU" : threads_text(where.threads);
}

/// Calls `use` with alx::cpu or alx::gpu.
template <class F>
auto on(place const& where, F&& use) {
  if (where.device == "gpu") {
#if ALX_HAS_GPU
    return use(alx::gpu{});
#else
    throw alx::option_error(
        "--device gpu: this program was built without CUDA; `cmake --preset gpu` builds it with");
#endif
  }
  return use(alx::cpu{.threads = where.threads});
}

}  // namespace program
