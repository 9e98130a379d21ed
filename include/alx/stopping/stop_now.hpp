// SPDX-License-Identifier: Apache-2.0
/// @file
/// Stopping: somebody says so from outside.
#pragma once

#include <alx/concepts/stopping_criterion.hpp>

#include <atomic>
#include <memory>

namespace alx::inline v0 {

/// Stops at the end of the round in which `request()` was called, on this object or on any copy of
/// it, from any thread.
///
/// **Example.** `alx::stop_now stop; alx::loop loop{learner, strategy, stop || alx::labels{100}};`,
/// then `stop.request()` where a button or a signal is handled.
class stop_now {
 public:
  void request() const { requested_->store(true); }

  [[nodiscard]] stop_reason stop(round_view const& /*round*/) const {
    if (!requested_->load()) return {};
    return "a stop was requested";
  }

 private:
  std::shared_ptr<std::atomic<bool>> requested_ = std::make_shared<std::atomic<bool>>(false);
};

static_assert(stopping_criterion<stop_now>);

}  // namespace alx::inline v0
