// SPDX-License-Identifier: Apache-2.0
/// @file
/// What is said of a file that cannot be what it is said to be.
#pragma once

#include <alx/error.hpp>

#include "scratch_folder.hpp"
#include <filesystem>
#include <string>
#include <string_view>

namespace support {

/// The message with which `load(path)` refuses a file that holds `content`; empty where it does
/// not.
template <class Load>
std::string complaint_of(std::string_view content, Load&& load) {
  scratch_folder const folder;
  auto const path = folder.write("refused.txt", content);
  try {
    static_cast<void>(load(path));
    return "";
  } catch (alx::data_error const& why) {
    return why.what();
  }
}

}  // namespace support
