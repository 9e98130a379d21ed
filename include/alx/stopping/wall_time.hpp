// SPDX-License-Identifier: Apache-2.0
/// @file
/// Stopping: time is up.
#pragma once

#include <alx/concepts/stopping_criterion.hpp>

#include <chrono>

namespace alx::inline v0 {

/// Stops at the first round that ends `limit` or more after this object was made. A run that it
/// ends cannot be repeated label for label; everything else here can.
class wall_time {
 public:
  explicit wall_time(std::chrono::duration<double> limit) : limit_(limit) {}

  [[nodiscard]] stop_reason stop(round_view const& /*round*/) const {
    std::chrono::duration<double> const passed = std::chrono::steady_clock::now() - begun_;
    if (passed < limit_) return {};
    return std::to_string(passed.count()) + " s passed, " + std::to_string(limit_.count()) +
           " s allowed";
  }

 private:
  std::chrono::duration<double> limit_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

static_assert(stopping_criterion<wall_time>);

}  // namespace alx::inline v0
