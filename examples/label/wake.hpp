// SPDX-License-Identifier: Apache-2.0
/// @file
/// Tells a thread that waits for keys that something else has happened.
#pragma once

#include <alx/error.hpp>

#include <array>
#include <fcntl.h>
#include <unistd.h>

namespace label {

/// A pipe to oneself.
class wake {
 public:
  /// **Throws.** `state_error` where there is no descriptor left.
  wake() {
    if (pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
      throw alx::state_error("no pipe can be opened");
    }
  }

  wake(wake const&) = delete;
  wake& operator=(wake const&) = delete;

  ~wake() {
    for (int const end : ends_) close(end);
  }

  /// From any thread.
  void ring() const {
    char const one = '!';
    (void)!write(ends_[1], &one, 1);  // a full pipe will be read in any case
  }

  /// Can be read after `ring`, until `drain`.
  [[nodiscard]] int descriptor() const { return ends_[0]; }

  void drain() const {
    std::array<char, 64> rest{};
    while (read(ends_[0], rest.data(), rest.size()) > 0) {
    }
  }

 private:
  std::array<int, 2> ends_{};
};

}  // namespace label
