// SPDX-License-Identifier: Apache-2.0
/// @file
/// Threads for work that comes in numbered chunks. The chunks are the caller's choice and never
/// depend on the number of threads, so results that are kept per chunk are the same on any number.
#pragma once

#include <alx/config.hpp>
#include <alx/view.hpp>

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// The threads that this machine runs at once, at least 1.
inline int hardware_threads() {
  unsigned const n = std::thread::hardware_concurrency();
  return n == 0 ? 1 : static_cast<int>(n);
}

/// A fixed number of threads, the caller's among them, asleep while there is nothing to do.
///
/// **Example.** `thread_team team(4); team.for_each_chunk(10, [&](index_t chunk) { … });`
///
/// One caller at a time; work that itself calls the same team is a defect. With one thread, or one
/// chunk, nothing is locked and no thread is woken.
class thread_team {
 public:
  /// `threads` ≤ 0 means all that the machine has.
  explicit thread_team(int threads = 1) : size_(threads > 0 ? threads : hardware_threads()) {
    for (int i = 1; i < size_; ++i) {
      workers_.emplace_back([this](std::stop_token const& stop) { serve(stop); });
    }
  }

  thread_team(thread_team const&) = delete;
  thread_team& operator=(thread_team const&) = delete;
  thread_team(thread_team&&) = delete;
  thread_team& operator=(thread_team&&) = delete;

  ~thread_team() {
    for (auto& worker : workers_) worker.request_stop();
    wake_.notify_all();
  }

  [[nodiscard]] int size() const { return size_; }

  /// Calls `work(0) … work(chunks - 1)`, each once, and returns when all have returned.
  ///
  /// **Throws.** What the failing chunk of the lowest number threw, after all others have ended.
  template <class F>
  void for_each_chunk(index_t chunks, F&& work) {
    if (size_ == 1 || chunks <= 1) {
      for (index_t i = 0; i < chunks; ++i) work(i);
      return;
    }
    std::unique_lock lock(mutex_);
    call_ = [](void* context, index_t i) {
      (*static_cast<std::remove_reference_t<F>*>(context))(i);
    };
    context_ = const_cast<void*>(static_cast<void const*>(std::addressof(work)));  // NOLINT
    next_ = 0;
    chunks_ = chunks;
    unfinished_ = chunks;
    failed_ = nullptr;
    wake_.notify_all();
    take_chunks(lock);
    done_.wait(lock, [this] { return unfinished_ == 0; });
    chunks_ = 0;
    if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
  }

 private:
  void serve(std::stop_token const& stop) {
    std::unique_lock lock(mutex_);
    while (wake_.wait(lock, stop, [this] { return next_ < chunks_; })) take_chunks(lock);
  }

  /// Runs chunks until none is left to begin. `lock` is held on entry and on return.
  void take_chunks(std::unique_lock<std::mutex>& lock) {
    while (next_ < chunks_) {
      index_t const chunk = next_++;
      auto* const call = call_;
      void* const context = context_;
      lock.unlock();
      std::exception_ptr failure;
      try {
        call(context, chunk);
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      if (failure && (!failed_ || chunk < failed_chunk_)) {
        failed_ = failure;
        failed_chunk_ = chunk;
      }
      if (--unfinished_ == 0) done_.notify_one();
    }
  }

  int size_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::condition_variable done_;
  void (*call_)(void*, index_t) = nullptr;
  void* context_ = nullptr;
  index_t next_ = 0;
  index_t chunks_ = 0;
  index_t unfinished_ = 0;
  index_t failed_chunk_ = 0;
  std::exception_ptr failed_;
  std::vector<std::jthread> workers_;  // last: joined before what they use is gone
};

}  // namespace alx::inline v0
