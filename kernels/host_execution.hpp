// SPDX-License-Identifier: Apache-2.0
/// @file
/// Runs CUDA kernels as plain C++, so that their logic is tested where no GPU is. (C++17.)
///
/// A thread is a fiber. Fibers of up to three blocks are ready at once; which of them runs next is
/// drawn from a seed (some warps lag as far behind as they can), and each runs until it waits at a
/// barrier, takes part in a warp operation, or is interrupted in an atomic one. So what a missing
/// barrier would let happen does happen, under some seed. A barrier that not all threads reach, or
/// not the same one, is an error that names file and line. Shared memory and allocations are filled
/// with 0xff, which is NaN in a float.
///
/// Not modelled: the order in which writes become visible (memory fences do nothing), spinning on
/// what another block writes, masks of less than a warp.
#pragma once

#include "host_scheduler.hpp"
#include <array>
#include <cstdint>

// What kernels may call, by CUDA's names. --------------------------------------------------------

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming)
inline void __syncthreads(char const* file = __builtin_FILE(), int line = __builtin_LINE()) {
  alx::host_execution::running->wait(alx::host_execution::thread_state::at_barrier, {file, line});
}

inline void __syncwarp(unsigned mask = 0xffffffffU,
                       char const* file = __builtin_FILE(),
                       int line = __builtin_LINE()) {
  alx::host_execution::exchange_in_warp(mask, 0, {file, line});
}

inline void __threadfence() {}

inline void __threadfence_block() {}

template <class T>
T __shfl_sync(unsigned mask,
              T value,
              int from,
              char const* file = __builtin_FILE(),
              int line = __builtin_LINE()) {
  auto const& all = alx::host_execution::exchange_in_warp(mask, value, {file, line});
  return alx::host_execution::value_of<T>(all[static_cast<unsigned>(from) % 32U]);
}

template <class T>
T __shfl_xor_sync(unsigned mask,
                  T value,
                  int with,
                  char const* file = __builtin_FILE(),
                  int line = __builtin_LINE()) {
  auto const lane = static_cast<int>(alx::host_execution::running->current().number % 32U);
  return __shfl_sync(mask, value, lane ^ with, file, line);
}

template <class T>
T __shfl_up_sync(unsigned mask,
                 T value,
                 unsigned by,
                 char const* file = __builtin_FILE(),
                 int line = __builtin_LINE()) {
  unsigned const lane = alx::host_execution::running->current().number % 32U;
  return __shfl_sync(mask, value, static_cast<int>(lane < by ? lane : lane - by), file, line);
}

inline unsigned __ballot_sync(unsigned mask,
                              int predicate,
                              char const* file = __builtin_FILE(),
                              int line = __builtin_LINE()) {
  auto const& all = alx::host_execution::exchange_in_warp(mask, predicate, {file, line});
  unsigned set = 0;
  for (unsigned i = 0; i < 32; ++i) {
    set |= alx::host_execution::value_of<int>(all[i]) != 0 ? 1U << i : 0U;
  }
  return set;
}

inline unsigned __match_any_sync(unsigned mask,
                                 unsigned value,
                                 char const* file = __builtin_FILE(),
                                 int line = __builtin_LINE()) {
  auto const& all = alx::host_execution::exchange_in_warp(mask, value, {file, line});
  unsigned same = 0;
  for (unsigned i = 0; i < 32; ++i) {
    same |= alx::host_execution::value_of<unsigned>(all[i]) == value ? 1U << i : 0U;
  }
  return same;
}

inline int __any_sync(unsigned mask,
                      int predicate,
                      char const* file = __builtin_FILE(),
                      int line = __builtin_LINE()) {
  return __ballot_sync(mask, predicate, file, line) != 0 ? 1 : 0;
}

template <class T>
T atomicAdd(T* place, T value) {
  return alx::host_execution::atomically(place, [=](T old) { return static_cast<T>(old + value); });
}

template <class T>
T atomicMin(T* place, T value) {
  return alx::host_execution::atomically(place, [=](T old) { return value < old ? value : old; });
}

template <class T>
T atomicMax(T* place, T value) {
  return alx::host_execution::atomically(place, [=](T old) { return old < value ? value : old; });
}

/// The same operations, not atomic: what a test must notice. Only script/mutate-kernels writes them
/// into kernels.
namespace weakened {

template <class T>
T atomicAdd(T* place, T value) {
  return alx::host_execution::read_and_write(place,
                                             [=](T old) { return static_cast<T>(old + value); });
}

template <class T>
T atomicMin(T* place, T value) {
  return alx::host_execution::read_and_write(place,
                                             [=](T old) { return value < old ? value : old; });
}

template <class T>
T atomicMax(T* place, T value) {
  return alx::host_execution::read_and_write(place,
                                             [=](T old) { return old < value ? value : old; });
}

}  // namespace weakened

inline int __ffs(int bits) {
  return __builtin_ffs(bits);
}

inline int __popc(unsigned bits) {
  return __builtin_popcount(bits);
}

// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)
