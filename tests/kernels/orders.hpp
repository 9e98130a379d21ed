// SPDX-License-Identifier: Apache-2.0
/// @file
/// What tests of kernels share. They run under host execution or on a GPU, and call kernels as
/// users do, through alx::gpu.
#pragma once

#if defined(ALX_HOST_EXECUTION)
#include <kernels/host_execution.hpp>
#endif

#include <cstdint>

namespace orders {

/// With sanitizers, which look at memory and take long, two orders have to do.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
inline constexpr std::uint64_t count = sanitized ? 2 : 10;

/// Calls `run` ten times, under host execution with another order of the threads each time.
template <class F>
void for_ten(F&& run) {
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
#if defined(ALX_HOST_EXECUTION)
    alx::host_execution::seed = seed;
#endif
    run();
  }
}

}  // namespace orders
