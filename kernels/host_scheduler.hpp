// SPDX-License-Identifier: Apache-2.0
/// @file
/// Runs the blocks of a launch as fibers, in an order drawn from a seed; what host_execution.hpp
/// says is done here. (C++17.)
#pragma once

#include "host_fiber.hpp"
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// NOLINTBEGIN(bugprone-reserved-identifier): the names are CUDA's
#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __restrict__ __restrict
#define __launch_bounds__(...)

// NOLINTEND(bugprone-reserved-identifier)

struct uint3 {
  unsigned x, y, z;
};

struct dim3 {
  unsigned x, y, z;

  constexpr dim3(unsigned along_x = 1, unsigned along_y = 1, unsigned along_z = 1)  // NOLINT(*)
      : x(along_x), y(along_y), z(along_z) {}
};

struct alignas(16) float4 {
  float x, y, z, w;
};

inline float4 make_float4(float x, float y, float z, float w) {
  return {x, y, z, w};
}

inline thread_local uint3 threadIdx{};
inline thread_local uint3 blockIdx{};
inline thread_local dim3 blockDim{};
inline thread_local dim3 gridDim{};

namespace alx {
inline namespace v0 {
namespace host_execution {

/// A kernel did what a GPU need not bear.
struct kernel_error : std::logic_error {
  using std::logic_error::logic_error;
};

inline constexpr unsigned warp_threads = 32;

/// Decides the order of blocks and threads of all launches that follow.
inline thread_local std::uint64_t seed = 1;

/// Where in the source a thread waits.
struct source_line {
  char const* file = "";
  int line = 0;

  friend bool operator==(source_line a, source_line b) {
    return a.line == b.line && std::strcmp(a.file, b.file) == 0;
  }

  friend bool operator!=(source_line a, source_line b) { return !(a == b); }

  [[nodiscard]] std::string text() const { return std::string(file) + ":" + std::to_string(line); }
};

/// SplitMix64.
class random_order {
 public:
  explicit random_order(std::uint64_t from) : state_(from) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }

  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

 private:
  std::uint64_t state_;
};

enum class thread_state { ready, at_barrier, at_warp_operation, done };

struct resident_block;

struct fiber {
  context self;
  std::unique_ptr<unsigned char[]> stack;
  uint3 index{};
  unsigned number = 0;  // in its block
  resident_block* home = nullptr;
  thread_state state = thread_state::done;
  source_line line;
  std::uint64_t offered = 0;  // to the other threads of its warp
  unsigned operations = 0;    // of its warp, that it took part in
};

/// What the 32 threads of a warp offered last and before that.
struct warp_values {
  std::array<std::array<std::uint64_t, warp_threads>, 2> of_threads{};
};

/// A block that is under way. Its shared memory is poisoned when it begins.
struct resident_block {
  uint3 index{};
  std::size_t shared_bytes = 0;
  std::unique_ptr<unsigned char[]> shared;
  std::vector<std::unique_ptr<fiber>> threads;
  std::vector<warp_values> warps;
  std::uint64_t slow_warps = 0;  // a bit each
};

class scheduler;
inline thread_local scheduler* running = nullptr;

/// Stacks that no fiber has: launches are many.
inline thread_local std::vector<std::unique_ptr<unsigned char[]>> spare_stacks;

[[noreturn]] inline void fail(std::string const& what) {
  throw kernel_error("kernel: " + what);
}

inline std::string name_of(fiber const& thread) {
  auto const& block = thread.home->index;
  return "thread " + std::to_string(thread.number) + " of block (" + std::to_string(block.x) +
         ", " + std::to_string(block.y) + ", " + std::to_string(block.z) + ")";
}

/// Runs the blocks of one launch.
class scheduler {
 public:
  scheduler(dim3 grid, dim3 block, std::size_t shared_bytes, std::function<void()> body)
      : grid_(grid),
        block_(block),
        shared_bytes_(shared_bytes),
        body_(std::move(body)),
        order_(seed) {
    auto const threads = std::size_t{block.x} * block.y * block.z;
    if (threads == 0 || threads % warp_threads != 0 || threads > 1024) {
      fail("a block of " + std::to_string(threads) + " threads: 1 to 32 whole warps are allowed");
    }
    if (shared_bytes > most_shared_bytes) {
      fail(std::to_string(shared_bytes) + " bytes of shared memory: 227 KiB are allowed");
    }
    seed = order_.next();
  }

  scheduler(scheduler const&) = delete;
  scheduler& operator=(scheduler const&) = delete;

  ~scheduler() {
    for (auto& block : blocks_) {
      for (auto& thread : block.threads) {
        if (thread && thread->stack) spare_stacks.push_back(std::move(thread->stack));
      }
    }
  }

  void run() {
    std::vector<uint3> waiting;
    for (unsigned z = 0; z < grid_.z; ++z) {
      for (unsigned y = 0; y < grid_.y; ++y) {
        for (unsigned x = 0; x < grid_.x; ++x) waiting.push_back({x, y, z});
      }
    }
    order_.shuffle(waiting);
    scheduler* const outer = running;
    running = this;
    blockDim = block_;
    gridDim = grid_;
    try {
      for (std::size_t next = 0; next < waiting.size();) {
        std::size_t const together = std::min(1 + order_.below(3), waiting.size() - next);
        blocks_.resize(std::max(blocks_.size(), together));
        for (std::size_t i = 0; i < together; ++i) begin(blocks_[i], waiting[next++]);
        run_together(together);
      }
    } catch (...) {
      running = outer;
      throw;
    }
    running = outer;
  }

  [[nodiscard]] fiber& current() { return *current_; }

  /// Called by a fiber: others go on until it is its turn again.
  void wait(thread_state state, source_line line) {
    current_->state = state;
    current_->line = line;
    switch_context(current_->self, self_);
  }

  /// Called by a fiber in the middle of something: now and then others come first.
  void interrupt() {
    if (order_.below(8) == 0) wait(thread_state::ready, {});
  }

 private:
  static constexpr std::size_t most_shared_bytes = 227 * 1024;
  static constexpr std::size_t stack_bytes = 128 * 1024;

  void begin(resident_block& block, uint3 index) {
    block.index = index;
    block.shared_bytes = shared_bytes_;
    block.shared = std::make_unique<unsigned char[]>(shared_bytes_);
    std::memset(block.shared.get(), 0xff, shared_bytes_);
    std::size_t const threads = std::size_t{block_.x} * block_.y * block_.z;
    block.threads.resize(threads);
    block.warps.assign(threads / warp_threads, {});
    block.slow_warps = draw_slow_warps(block.warps.size());
    unsigned number = 0;
    for (auto& thread : block.threads) {
      if (!thread) thread = std::make_unique<fiber>();
      thread->number = number;
      thread->index = {
          number % block_.x, number / block_.x % block_.y, number / block_.x / block_.y};
      thread->home = &block;
      thread->operations = 0;
      prepare(*thread);
      ++number;
    }
  }

  static void prepare(fiber& thread) {
    if (!thread.stack && !spare_stacks.empty()) {
      thread.stack = std::move(spare_stacks.back());
      spare_stacks.pop_back();
    }
    if (!thread.stack) thread.stack.reset(new unsigned char[stack_bytes]);  // not written to
#if defined(__SANITIZE_ADDRESS__)
    __asan_unpoison_memory_region(thread.stack.get(), stack_bytes);
#endif
    thread.self = {};
    thread.self.bottom = thread.stack.get();
    thread.self.stack_bytes = stack_bytes;
    thread.state = thread_state::ready;
#if defined(__x86_64__)
    auto top = reinterpret_cast<std::uintptr_t>(thread.stack.get() + stack_bytes);
    auto* place = reinterpret_cast<std::uint64_t*>(top & ~std::uintptr_t{63});
    *--place = 0;
    *--place = reinterpret_cast<std::uint64_t>(&scheduler::enter);
    for (int i = 0; i < 6; ++i) *--place = 0;  // the registers that are kept
    thread.self.stack_pointer = place;
#else
    getcontext(&thread.self.registers);
    thread.self.registers.uc_stack.ss_sp = thread.stack.get();
    thread.self.registers.uc_stack.ss_size = stack_bytes;
    makecontext(&thread.self.registers, &scheduler::enter, 0);
#endif
  }

  /// Where a fiber begins, and the last it does.
  static void enter() {
    scheduler& by = *running;
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(nullptr, &by.self_.bottom, &by.self_.stack_bytes);
#endif
    try {
      by.body_();
    } catch (...) {
      by.thrown_ = std::current_exception();
    }
    by.current_->state = thread_state::done;
    switch_context(by.current_->self, by.self_, true);
  }

  void run_together(std::size_t blocks) {
    std::vector<fiber*> ready;
    for (;;) {
      find_ready(blocks, ready);
      if (ready.empty()) {
        for (std::size_t b = 0; b < blocks; ++b) check_finished(blocks_[b]);
        return;
      }
      hold_some_back(ready);
      order_.shuffle(ready);
      for (fiber* thread : ready) resume(*thread);
      for (std::size_t b = 0; b < blocks; ++b) release(blocks_[b]);
    }
  }

  void find_ready(std::size_t blocks, std::vector<fiber*>& ready) {
    ready.clear();
    for (std::size_t b = 0; b < blocks; ++b) {
      for (auto& thread : blocks_[b].threads) {
        if (thread->state == thread_state::ready) ready.push_back(thread.get());
      }
    }
  }

  /// Every other time only one block goes on, or one warp in two; and slow warps go on where no
  /// other warp of their block can.
  void hold_some_back(std::vector<fiber*>& ready) {
    keep(ready, [](fiber const& thread) { return !is_slow(thread); });
    auto const choice = order_.below(4);
    auto const* const block = ready[order_.below(ready.size())]->home;
    auto const warps = order_.next();
    if (choice == 0) keep(ready, [&](fiber const& thread) { return thread.home == block; });
    if (choice == 1) keep(ready, [&](fiber const& thread) { return has_warp(warps, thread); });
  }

  static bool has_warp(std::uint64_t warps, fiber const& thread) {
    return (warps >> (thread.number / warp_threads) & 1U) != 0;
  }

  static bool is_slow(fiber const& thread) {
    return has_warp(thread.home->slow_warps, thread);
  }

  /// Takes the others off, unless nobody would be left.
  template <class F>
  static void keep(std::vector<fiber*>& ready, F&& wanted) {
    auto const kept = std::stable_partition(
        ready.begin(), ready.end(), [&](fiber const* thread) { return wanted(*thread); });
    if (kept != ready.begin()) ready.erase(kept, ready.end());
  }

  /// All warps alike, one slow, or all but one.
  std::uint64_t draw_slow_warps(std::size_t warps) {
    std::uint64_t const one = std::uint64_t{1} << order_.below(warps);
    std::array<std::uint64_t, 3> const kinds{0, one, ~one};
    return kinds[order_.below(kinds.size())];
  }

  void resume(fiber& thread) {
    current_ = &thread;
    threadIdx = thread.index;
    blockIdx = thread.home->index;
    switch_context(self_, thread.self);
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  }

  /// Lets go whoever waits where all have come.
  static void release(resident_block& block) {
    for (std::size_t w = 0; w < block.warps.size(); ++w) release_warp(block, w);
    auto const waits = [](auto const& t) { return t->state == thread_state::at_barrier; };
    if (!std::all_of(block.threads.begin(), block.threads.end(), waits)) return;
    check_same_line(block, 0, block.threads.size());
    for (auto& thread : block.threads) thread->state = thread_state::ready;
  }

  static void release_warp(resident_block& block, std::size_t warp) {
    std::size_t const first = warp * warp_threads;
    for (std::size_t i = first; i < first + warp_threads; ++i) {
      if (block.threads[i]->state != thread_state::at_warp_operation) return;
    }
    check_same_line(block, first, first + warp_threads);
    auto& values = block.warps[warp].of_threads[block.threads[first]->operations % 2];
    for (std::size_t i = 0; i < warp_threads; ++i) {
      auto& thread = *block.threads[first + i];
      values[i] = thread.offered;
      thread.state = thread_state::ready;
    }
  }

  static void check_same_line(resident_block const& block, std::size_t first, std::size_t last) {
    auto const& reference = *block.threads[first];
    for (std::size_t i = first + 1; i < last; ++i) {
      auto const& other = *block.threads[i];
      if (other.line == reference.line) continue;
      fail(name_of(reference) + " waits at " + reference.line.text() + ", " + name_of(other) +
           " at " + other.line.text());
    }
  }

  /// Nobody can go on: everybody must have come to the end.
  static void check_finished(resident_block const& block) {
    fiber const* waits = nullptr;
    fiber const* other = nullptr;
    for (auto const& thread : block.threads) {
      if (thread->state == thread_state::done) {
        other = thread.get();
      } else {
        waits = thread.get();
      }
    }
    if (waits == nullptr) return;
    for (auto const& thread : block.threads) {
      if (thread->state != thread_state::done && thread->line != waits->line) other = thread.get();
    }
    fail(name_of(*waits) + " waits at " + waits->line.text() + " for ever" +
         (other == nullptr ? std::string()
          : other->state == thread_state::done
              ? ": " + name_of(*other) + " has come to its end"
              : ": " + name_of(*other) + " waits at " + other->line.text()));
  }

  dim3 grid_;
  dim3 block_;
  std::size_t shared_bytes_;
  std::function<void()> body_;
  random_order order_;
  context self_;
  fiber* current_ = nullptr;
  std::exception_ptr thrown_;
  std::vector<resident_block> blocks_;
};

/// Where launches go that are to be done later, if anywhere.
inline thread_local std::vector<std::function<void()>>* recording = nullptr;

template <class Work>
void do_or_record(Work&& work) {
  if (recording == nullptr) {
    work();
  } else {
    recording->push_back(work);
  }
}

template <class T>
std::uint64_t bits_of(T value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

template <class T>
T value_of(std::uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// Offers a value to the warp; returns what all 32 offered.
template <class T>
std::array<std::uint64_t, warp_threads> const& exchange_in_warp(unsigned mask,
                                                                T value,
                                                                source_line line) {
  static_assert(sizeof(T) <= sizeof(std::uint64_t) && std::is_trivially_copyable_v<T>);
  if (mask != 0xffffffffU) fail("a warp operation of part of a warp at " + line.text());
  fiber& me = running->current();
  me.offered = bits_of(value);
  running->wait(thread_state::at_warp_operation, line);
  unsigned const parity = me.operations++ % 2;
  return me.home->warps[me.number / warp_threads].of_threads[parity];
}

/// The block's shared memory.
inline void* shared_memory(std::size_t bytes) {
  auto& block = *running->current().home;
  if (bytes > block.shared_bytes) {
    fail("a block uses " + std::to_string(bytes) + " bytes of shared memory and was given " +
         std::to_string(block.shared_bytes));
  }
  return block.shared.get();
}

/// Reads, lets others come first for a while, and writes: for an atomic operation that others can
/// see half of.
template <class T, class F>
T read_and_write(T* place, F&& changed) {
  T const old = *place;
  for (int turn = 0; turn < 4; ++turn) running->wait(thread_state::ready, {});
  *place = changed(old);
  return old;
}

/// Nobody comes between reading and writing.
template <class T, class F>
T atomically(T* place, F&& changed) {
  running->interrupt();
  T const old = *place;
  *place = changed(old);
  return old;
}

}  // namespace host_execution
}  // namespace v0
}  // namespace alx
