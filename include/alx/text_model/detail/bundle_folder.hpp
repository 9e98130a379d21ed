// SPDX-License-Identifier: Apache-2.0
/// @file
/// A folder that is replaced as a whole: who stops a save half-way finds the old one or none.
#pragma once

#include <alx/data/detail/file_bytes.hpp>
#include <alx/error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace alx::inline v0::detail::bundle {

inline constexpr std::string_view description_file = "model.txt";
inline constexpr std::string_view vocabulary_file = "vocabulary.txt";
inline constexpr std::string_view terms_file = "terms.txt";
inline constexpr std::string_view components_file = "components.npy";
inline constexpr std::string_view weights_file = "weights.npy";

/// How the first line of `description_file` begins, whatever the version.
inline constexpr std::string_view title = "alx text_model ";

inline std::filesystem::path beside(std::filesystem::path folder, char const* ending) {
  return folder += ending;
}

/// The folder that is meant: no slash at its end, and what a link leads to.
///
/// **Throws.** `data_error` for what names no folder that can be replaced.
inline std::filesystem::path resolved(std::filesystem::path const& folder) {
  auto place = std::filesystem::weakly_canonical(folder);
  if (!place.has_filename()) place = place.parent_path();
  if (!place.has_filename()) {
    refuse_file("'" + folder.string() + "'", "is no name of a folder for a bundle");
  }
  return place;
}

/// **Throws.** `data_error` naming what lies there and is no file of a bundle: it is not ours to
/// delete.
inline void expect_own_files(std::filesystem::path const& folder) {
  if (!std::filesystem::is_directory(folder)) refuse_file(folder.string(), "is not a folder");
  constexpr std::array own = {
      description_file, vocabulary_file, terms_file, components_file, weights_file};
  for (auto const& entry : std::filesystem::directory_iterator(folder)) {
    auto const name = entry.path().filename().string();
    bool const known = std::find(own.begin(), own.end(), name) != own.end();
    if (known && entry.is_regular_file()) continue;
    refuse_file(folder.string(),
                "holds '" + name + "', which is no part of a bundle; not replaced");
  }
}

/// The same, and where there are files they must be a bundle's, of any version.
inline void expect_replaceable(std::filesystem::path const& folder) {
  if (!std::filesystem::exists(folder)) return;
  expect_own_files(folder);
  auto const description = folder / description_file;
  bool const described =
      std::filesystem::exists(description) && file_bytes(description).starts_with(title);
  if (!described && !std::filesystem::is_empty(folder)) {
    refuse_file(folder.string(), "has files, but is no bundle; not replaced");
  }
}

/// Removes what a save that was stopped has left.
inline void clear(std::filesystem::path const& folder) {
  if (!std::filesystem::exists(folder)) return;
  expect_own_files(folder);
  std::filesystem::remove_all(folder);
}

/// Calls `write(folder)` with the folder `place`.new, which then takes the place of `place`.
template <class Write>
void replace_resolved(std::filesystem::path const& place, Write const& write) {
  namespace files = std::filesystem;
  auto const next = beside(place, ".new");
  auto const last = beside(place, ".old");
  expect_replaceable(place);
  clear(next);
  if (!files::exists(place) && files::exists(last)) files::rename(last, place);
  clear(last);
  files::create_directories(next);
  try {
    write(next);
    if (files::exists(place)) files::rename(place, last);
    files::rename(next, place);
  } catch (...) {
    std::error_code ignored;
    if (!files::exists(place, ignored)) files::rename(last, place, ignored);
    files::remove_all(next, ignored);
    throw;
  }
  clear(last);
}

/// Makes the folder `folder` what `write(a folder)` writes. Steps: `folder`.new is written, the old
/// one becomes `folder`.old, the new one `folder`, the old one goes.
///
/// **Throws.** `data_error` where `folder` holds anything else than a bundle, or cannot be written;
/// then all is as before.
template <class Write>
void replace(std::filesystem::path const& folder, Write const& write) {
  try {
    replace_resolved(resolved(folder), write);
  } catch (std::filesystem::filesystem_error const& why) {
    refuse_file(folder.string(), "cannot be saved: " + why.code().message());
  }
}

/// **Throws.** `data_error` where no folder is there, saying where the one before lies if a save
/// was stopped in the middle.
inline void expect_folder(std::filesystem::path const& folder) {
  std::error_code ignored;
  if (std::filesystem::is_directory(folder, ignored)) return;
  auto const plain = folder.has_filename() ? folder : folder.parent_path();
  auto const last = beside(plain, ".old");
  bool const stopped = std::filesystem::is_directory(last, ignored);
  refuse_file(folder.string(),
              stopped
                  ? "no such folder: a save was stopped, the bundle before it is " + last.string()
                  : "no such folder");
}

}  // namespace alx::inline v0::detail::bundle
