// SPDX-License-Identifier: Apache-2.0
/// @file
/// Where execution goes on, and how it is passed from one stack to another: what host execution
/// makes threads of. (C++17.)
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1  // NOLINT(*): what g++ defines itself
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace alx {
inline namespace v0 {
namespace host_execution {

/// Where execution goes on: of a fiber, or of who switched to it.
struct context {
#if defined(__x86_64__)
  void* stack_pointer = nullptr;
#else
  ucontext_t registers{};
#endif
  void* fake_stack = nullptr;    // of AddressSanitizer
  void const* bottom = nullptr;  // lowest byte of its stack
  std::size_t stack_bytes = 0;
};

#if defined(__x86_64__)
extern "C" void alx_switch_stack(void** save, void* load);
asm(R"(
  .text
  .weak alx_switch_stack
  .type alx_switch_stack,@function
alx_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .size alx_switch_stack,.-alx_switch_stack
)");
#endif

/// `ends`: nothing will come back to `from`.
inline void switch_context(context& from, context& to, bool ends = false) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(ends ? nullptr : &from.fake_stack, to.bottom, to.stack_bytes);
#else
  static_cast<void>(ends);
#endif
#if defined(__x86_64__)
  alx_switch_stack(&from.stack_pointer, to.stack_pointer);
#else
  swapcontext(&from.registers, &to.registers);
#endif
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(from.fake_stack, nullptr, nullptr);
#endif
}

}  // namespace host_execution
}  // namespace v0
}  // namespace alx
