// SPDX-License-Identifier: Apache-2.0
/// @file
/// Memory from which vectors are loaded without crossing cache lines.
#pragma once

#include <cstddef>
#include <new>

namespace alx::inline v0::detail {

/// Memory that begins where a cache line does: no vector crosses two.
template <class T>
struct line_allocator {
  using value_type = T;

  static constexpr std::align_val_t line{64};

  line_allocator() = default;

  template <class U>
  explicit line_allocator(line_allocator<U> const& /*other*/) {}

  static T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), line)); }

  static void deallocate(T* p, std::size_t /*n*/) { ::operator delete(p, line); }

  bool operator==(line_allocator const&) const = default;
};

}  // namespace alx::inline v0::detail
