// SPDX-License-Identifier: Apache-2.0
/// @file
/// Numbers as text that reads back to the same bits.
#pragma once

#include <array>
#include <charconv>
#include <string>

namespace alx::inline v0::detail {

/// The shortest digits that read back as the same number.
[[nodiscard]] inline std::string shortest(double value) {
  std::array<char, 32> text{};
  auto const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

}  // namespace alx::inline v0::detail
