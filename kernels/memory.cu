// SPDX-License-Identifier: Apache-2.0
// Memory of the GPU, for <alx/gpu/buffer.hpp>.
#include <alx/gpu/buffer.hpp>

#include "device.cuh"
#include <cstdlib>
#include <cstring>

namespace alx {
inline namespace v0 {
namespace detail {

#if defined(__CUDACC__)

using kernels::check;

namespace {

/// The GPU that memory is on, for a while. What goes wrong the next call tells.
class while_on {
 public:
  explicit while_on(int device) noexcept {
    static_cast<void>(cudaGetDevice(&before_));
    static_cast<void>(cudaSetDevice(device));
  }

  while_on(while_on const&) = delete;
  while_on& operator=(while_on const&) = delete;

  ~while_on() { static_cast<void>(cudaSetDevice(before_)); }

 private:
  int before_ = 0;
};

}  // namespace

int gpu_in_use() {
  int device = 0;
  check(cudaGetDevice(&device), "cudaGetDevice");
  return device;
}

void use_gpu(int device) {
  check(cudaSetDevice(device), "cudaSetDevice");
  // Freed memory stays with the program: a fit in each round asks for the same again.
  cudaMemPool_t pool{};
  check(cudaDeviceGetDefaultMemPool(&pool, device), "cudaDeviceGetDefaultMemPool");
  auto keep = static_cast<std::uint64_t>(-1);
  check(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep),
        "cudaMemPoolSetAttribute");
}

void* gpu_allocate(std::size_t bytes) {
  void* memory = nullptr;
  check(cudaMallocAsync(&memory, bytes, cudaStreamPerThread), "cudaMallocAsync");
  return memory;
}

void gpu_release(void* memory, int device) noexcept {
  while_on const own(device);
  static_cast<void>(cudaFreeAsync(memory, cudaStreamPerThread));
}

void gpu_fill(void* to, int byte, std::size_t bytes) {
  check(cudaMemsetAsync(to, byte, bytes, cudaStreamPerThread), "cudaMemsetAsync");
}

void gpu_upload(void* to, void const* from, std::size_t bytes) {
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, cudaStreamPerThread),
        "cudaMemcpyAsync to the device");
  // Until the copy is done its source must stay, and other host threads must not read it there.
  check(cudaStreamSynchronize(cudaStreamPerThread), "cudaStreamSynchronize");
}

void gpu_download(void* to, void const* from, std::size_t bytes, int device) {
  while_on const own(device);
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, cudaStreamPerThread),
        "cudaMemcpyAsync to the host");
  check(cudaStreamSynchronize(cudaStreamPerThread), "cudaStreamSynchronize");
}

void gpu_copy(void* to, void const* from, std::size_t bytes) {
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, cudaStreamPerThread),
        "cudaMemcpyAsync on the device");
}

#else

int gpu_in_use() {
  return 0;
}

void use_gpu(int device) {
  if (device != 0)
    throw gpu_error("host execution has one device, 0; not " + std::to_string(device));
}

void* gpu_allocate(std::size_t bytes) {
  if (host_execution::recording != nullptr) throw gpu_error("recorded work asks for memory");
  void* const memory = std::malloc(bytes);
  if (memory == nullptr) throw gpu_error("no memory for " + std::to_string(bytes) + " bytes");
  std::memset(memory, 0xff, bytes);
  return memory;
}

void gpu_release(void* memory, int /*device*/) noexcept {
  std::free(memory);
}

void gpu_fill(void* to, int byte, std::size_t bytes) {
  std::memset(to, byte, bytes);
}

void gpu_upload(void* to, void const* from, std::size_t bytes) {
  std::memcpy(to, from, bytes);
}

void gpu_download(void* to, void const* from, std::size_t bytes, int /*device*/) {
  std::memcpy(to, from, bytes);
}

void gpu_copy(void* to, void const* from, std::size_t bytes) {
  std::memcpy(to, from, bytes);
}

#endif

}  // namespace detail
}  // namespace v0
}  // namespace alx
