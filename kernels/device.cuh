// SPDX-License-Identifier: Apache-2.0
/// @file
/// The seam between kernels and what runs them: CUDA where nvcc compiles, else host_execution.hpp.
/// (C++17.)
#pragma once

#if !defined(__CUDACC__)
#include "host_execution.hpp"
#endif

#include <alx/error.hpp>
#include <alx/view.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

namespace alx {
inline namespace v0 {
namespace kernels {

/// What 64-bit atomic operations of CUDA take.
using word = unsigned long long;

inline constexpr unsigned whole_warp = 0xffffffffU;

/// **Throws.** `gpu_error` naming the call.
#if defined(__CUDACC__)
inline void check(cudaError_t answer, char const* call) {
  if (answer == cudaSuccess) return;
  static_cast<void>(cudaGetLastError());  // it is told once
  throw gpu_error(std::string(call) + ": " + cudaGetErrorName(answer) + ", " +
                  cudaGetErrorString(answer));
}
#endif

/// Of the GPU in use: a few blocks for each keep it busy.
inline unsigned multiprocessors() {
#if defined(__CUDACC__)
  int number = 0;
  int device = 0;
  check(cudaGetDevice(&device), "cudaGetDevice");
  check(cudaDeviceGetAttribute(&number, cudaDevAttrMultiProcessorCount, device),
        "cudaDeviceGetAttribute");
  return static_cast<unsigned>(number);
#else
  return 1;
#endif
}

/// Blocks of a launch, threads of a block, and its shared memory.
struct launch_shape {
  dim3 blocks;
  unsigned threads = 32;
  std::size_t shared_bytes = 0;
};

/// ⌈items / size⌉
inline index_t parts_of(index_t items, index_t size) {
  return (items + size - 1) / size;
}

/// As many blocks of `threads` as cover `items`, at most `most`.
inline unsigned blocks_for(index_t items, index_t threads, unsigned most = 0x7fffffffU) {
  index_t const wanted = parts_of(items, threads);
  return static_cast<unsigned>(wanted < static_cast<index_t>(most) ? wanted : most);
}

/// A thread an item; with many items threads take several: a few blocks a multiprocessor.
inline launch_shape shape_for(index_t items, unsigned threads, unsigned blocks_each = 8) {
  return {blocks_for(items, threads, blocks_each * multiprocessors()), threads};
}

/// Calls a kernel, after all that this host thread asked for before.
///
/// **Throws.** `gpu_error` where the launch is refused; what fails later is told by a later call.
template <class... Parameters, class... Arguments>
void launch(launch_shape shape, void (*kernel)(Parameters...), Arguments const&... arguments) {
  if (shape.blocks.x == 0 || shape.blocks.y == 0) return;
#if defined(__CUDACC__)
  if (shape.shared_bytes > std::size_t{48} * 1024) {
    check(cudaFuncSetAttribute(reinterpret_cast<void const*>(kernel),
                               cudaFuncAttributeMaxDynamicSharedMemorySize,
                               static_cast<int>(shape.shared_bytes)),
          "cudaFuncSetAttribute");
  }
  cudaLaunchConfig_t config{};
  config.gridDim = shape.blocks;
  config.blockDim = dim3(shape.threads);
  config.dynamicSmemBytes = shape.shared_bytes;
  config.stream = cudaStreamPerThread;
  check(cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...),
        "cudaLaunchKernelEx");
#else
  host_execution::do_or_record([=] {
    host_execution::scheduler(shape.blocks, {shape.threads, 1, 1}, shape.shared_bytes, [&] {
      kernel(arguments...);
    }).run();
  });
#endif
}

/// The shared memory of the block, as a `T`: what the launch gave bytes for. There is no other kind
/// in our kernels, so that tests can fill it with what nobody wrote.
template <class T>
__device__ __forceinline__ T& shared_memory() {
#if defined(__CUDACC__)
  extern __shared__ __align__(16) unsigned char block_memory[];
  return *reinterpret_cast<T*>(block_memory);
#else
  return *static_cast<T*>(host_execution::shared_memory(sizeof(T)));
#endif
}

/// The number of the thread in its launch, and how many there are.
__device__ __forceinline__ index_t thread_number() {
  return static_cast<index_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

__device__ __forceinline__ index_t thread_count() {
  return static_cast<index_t>(gridDim.x) * blockDim.x;
}

/// A 64-bit sum in shared memory as two words: additions of 32 bits are one instruction there, of
/// 64 a loop.
struct shared_sum {
  unsigned low;
  unsigned high;

  __device__ void add(word value) {
    auto const to_low = static_cast<unsigned>(value);
    unsigned const old = atomicAdd(&low, to_low);
    unsigned const carry = old + to_low < old ? 1U : 0U;
    unsigned const to_high = static_cast<unsigned>(value >> 32U) + carry;
    if (to_high != 0) atomicAdd(&high, to_high);
  }

  [[nodiscard]] __device__ word value() const { return word{high} << 32U | low; }
};

/// The bits of a number.
template <class Real>
ALX_HOST_DEVICE word bits_of_real(Real value) {
  std::conditional_t<sizeof(Real) == sizeof(word), word, unsigned> bits = 0;
  static_assert(sizeof bits == sizeof value);
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

/// The bits of a double, as a number that grows with it; NaN is not expected.
ALX_HOST_DEVICE inline word ordered_bits(double value) {
  word const bits = bits_of_real(value);
  return (bits >> 63U) != 0 ? ~bits : bits | (word{1} << 63U);
}

/// What `ordered_bits` was made of.
ALX_HOST_DEVICE inline double from_ordered_bits(word key) {
  word const bits = (key >> 63U) != 0 ? key & ~(word{1} << 63U) : ~key;
  double value = 0.0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
