// SPDX-License-Identifier: Apache-2.0
/// @file
/// How far an experiment is, and how long it will take: one line on a terminal, a line a run
/// elsewhere.
#pragma once

#include <alx/observers/progress.hpp>
#include <alx/view.hpp>

#include <chrono>
#include <cmath>
#include <mutex>
#include <ostream>
#include <string>

namespace alx::inline v0 {

/// Counts steps of all runs together. Any thread may call it.
class meter {
 public:
  /// `done` of `runs` were there before, from an interrupted experiment.
  meter(std::ostream& out, screen where, index_t runs, index_t done, index_t steps_of_run)
      : out_(&out),
        where_(where),
        runs_(runs),
        runs_done_(done),
        steps_(runs * steps_of_run),
        steps_before_(done * steps_of_run),
        steps_done_(steps_before_) {}

  /// A step (a round) of the run `name` is done.
  void step(std::string const& name) {
    std::scoped_lock const lock(mutex_);
    ++steps_done_;
    auto const now = clock::now();
    if (where_ == screen::plain || now - shown_ < std::chrono::milliseconds(200)) return;
    shown_ = now;
    show(name);
  }

  /// The run `name` is done; `result` says in a few words what came out.
  void run_done(std::string const& name, std::string const& result) {
    std::scoped_lock const lock(mutex_);
    ++runs_done_;
    if (where_ == screen::terminal) {
      show(name);
    } else {
      *out_ << '[' << runs_done_ << '/' << runs_ << "] " << name << "  " << result << "  "
            << time_left() << std::endl;
    }
  }

  /// Ends the line on a terminal.
  void finish() {
    std::scoped_lock const lock(mutex_);
    if (where_ == screen::terminal) *out_ << "\r\x1b[K" << std::flush;
  }

 private:
  using clock = std::chrono::steady_clock;

  void show(std::string const& name) {
    constexpr index_t width = 24;
    index_t const filled = steps_ == 0 ? width : width * steps_done_ / steps_;
    std::string const bar(static_cast<std::size_t>(filled), '#');
    std::string const rest(static_cast<std::size_t>(width - filled), '.');
    *out_ << "\r[" << bar << rest << "] " << steps_done_ << '/' << steps_ << " rounds  "
          << runs_done_ << '/' << runs_ << " runs  " << time_left() << "  " << name << "\x1b[K"
          << std::flush;
  }

  /// Judged by the steps done since this program began.
  [[nodiscard]] std::string time_left() const {
    index_t const done = steps_done_ - steps_before_;
    if (done <= 0) return "";
    double const passed = std::chrono::duration<double>(clock::now() - begun_).count();
    double const left =
        passed * static_cast<double>(steps_ - steps_done_) / static_cast<double>(done);
    auto const seconds = std::lround(left);
    std::string const rest = std::to_string(seconds % 60);
    return std::to_string(seconds / 60) + (rest.size() < 2 ? ":0" : ":") + rest + " left";
  }

  std::mutex mutex_;
  std::ostream* out_;
  screen where_;
  index_t runs_;
  index_t runs_done_;
  index_t steps_;
  index_t steps_before_;
  index_t steps_done_;
  clock::time_point begun_ = clock::now();
  clock::time_point shown_{};
};

}  // namespace alx::inline v0
