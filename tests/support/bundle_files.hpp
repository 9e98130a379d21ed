// SPDX-License-Identifier: Apache-2.0
/// @file
/// The files of a `text_model`'s bundle, changed, and what is said of them.
#pragma once

#include <alx/error.hpp>
#include <alx/text_model.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <support/scratch_folder.hpp>

namespace support {

namespace fs = std::filesystem;

inline std::string read(fs::path const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write(fs::path const& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  auto const at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// What a call says that throws `Error`; "" where it does not.
template <class Error = alx::data_error>
std::string said(std::function<void()> const& call) {
  try {
    call();
  } catch (Error const& why) {
    return why.what();
  }
  return "";
}

/// What is said of a bundle in which `damage(folder)` has changed something.
inline std::string complaint(alx::text_model const& model,
                             std::function<void(fs::path const&)> damage) {
  scratch_folder const scratch;
  auto const folder = scratch.path() / "b";
  model.save(folder);
  damage(folder);
  return said([&] { static_cast<void>(alx::text_model::load(folder)); });
}

/// The same, one text of model.txt changed.
inline std::string complaint(alx::text_model const& model,
                             std::string_view from,
                             std::string_view to) {
  return complaint(model, [&](fs::path const& folder) {
    write(folder / "model.txt", replaced(read(folder / "model.txt"), from, to));
  });
}

inline bool holds(std::string const& text, std::string_view part) {
  INFO(text);
  bool const found = text.find(part) != std::string::npos;
  CHECK_MESSAGE(found, part);
  return found;
}

}  // namespace support
