// SPDX-License-Identifier: Apache-2.0
/// @file
/// Memory of a GPU, owned by the host program. (C++17: nvcc reads it.)
#pragma once

#include <alx/view.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace alx {
inline namespace v0 {
namespace detail {

// Defined by the target alx::gpu; they throw gpu_error. Work is done in the order of the calls of
// one host thread; a copy to the host waits for what was asked before it.
void use_gpu(int device);
int gpu_in_use();
void* gpu_allocate(std::size_t bytes);
void gpu_release(void* memory, int device) noexcept;
void gpu_fill(void* to, int byte, std::size_t bytes);
void gpu_upload(void* to, void const* from, std::size_t bytes);
void gpu_download(void* to, void const* from, std::size_t bytes, int device);
void gpu_copy(void* to, void const* from, std::size_t bytes);

}  // namespace detail

/// `size` values of type `T` on the GPU that was in use when they were made. What they are at first
/// is not said.
template <class T>
class gpu_buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  gpu_buffer() = default;

  explicit gpu_buffer(index_t size)
      : data_(size > 0 ? static_cast<T*>(detail::gpu_allocate(bytes(size))) : nullptr),
        size_(size),
        device_(detail::gpu_in_use()) {}

  explicit gpu_buffer(std::vector<T> const& values)
      : gpu_buffer(static_cast<index_t>(values.size())) {
    upload(values.data(), size_);
  }

  gpu_buffer(gpu_buffer const&) = delete;
  gpu_buffer& operator=(gpu_buffer const&) = delete;

  gpu_buffer(gpu_buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        device_(other.device_) {}

  gpu_buffer& operator=(gpu_buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(device_, other.device_);
    return *this;
  }

  ~gpu_buffer() {
    if (data_ != nullptr) detail::gpu_release(data_, device_);
  }

  [[nodiscard]] T* data() { return data_; }

  [[nodiscard]] T const* data() const { return data_; }

  [[nodiscard]] index_t size() const { return size_; }

  /// Gives all bytes of all values this value.
  void fill(int byte) {
    if (size_ > 0) detail::gpu_fill(data_, byte, bytes(size_));
  }

  [[nodiscard]] gpu_buffer copy() const {
    gpu_buffer other(size_);
    other.take(data_, size_);
    return other;
  }

  /// Copies from the same GPU.
  void take(T const* from, index_t count) {
    if (count > 0) detail::gpu_copy(data_, from, bytes(count));
  }

  void upload(T const* from, index_t count) {
    if (count > 0) detail::gpu_upload(data_, from, bytes(count));
  }

  void download(T* to, index_t count) const {
    if (count > 0) detail::gpu_download(to, data_, bytes(count), device_);
  }

  [[nodiscard]] std::vector<T> to_host() const {
    std::vector<T> values(static_cast<std::size_t>(size_));
    download(values.data(), size_);
    return values;
  }

 private:
  static std::size_t bytes(index_t size) { return static_cast<std::size_t>(size) * sizeof(T); }

  T* data_ = nullptr;
  index_t size_ = 0;
  int device_ = 0;
};

}  // namespace v0
}  // namespace alx
