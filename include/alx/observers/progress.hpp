// SPDX-License-Identifier: Apache-2.0
/// @file
/// Observer: one line a round, on a stream.
#pragma once

#include <alx/concepts/observer.hpp>

#include <array>
#include <cstdio>
#include <ostream>
#include <string>

namespace alx::inline v0 {

/// Whether lines may be overwritten.
enum class screen {
  plain,     ///< a file or a pipe: each round has a line of its own
  terminal,  ///< the line of a round takes the place of the one before
};

/// Says what each round brought: its number, labels, scores.
///
/// **Example.** `alx::progress show{std::cerr}; loop.run(pool, oracle, test, show);`
class progress {
 public:
  explicit progress(std::ostream& out, screen where = screen::plain) : out_(&out), where_(where) {}

  void operator()(round_scored const& event) {
    std::string line = "round " + std::to_string(event.report.round + 1) + "  " +
                       std::to_string(event.report.labelled) + " labels";
    for (score_of const& score : event.report.scores) {
      std::array<char, 32> value{};
      std::snprintf(value.data(), value.size(), "%.4f", score.value);
      line += "  " + score.metric + ' ' + value.data();
    }
    if (where_ == screen::terminal) {
      *out_ << '\r' << line << "\x1b[K" << std::flush;
    } else {
      *out_ << line << '\n';
    }
  }

  void operator()(run_finished const& event) {
    if (where_ == screen::terminal) *out_ << '\n';
    *out_ << "finished: " << event.reason << std::endl;
  }

 private:
  std::ostream* out_;
  screen where_;
};

static_assert(observer<progress>);

}  // namespace alx::inline v0
