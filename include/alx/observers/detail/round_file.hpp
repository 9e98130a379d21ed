// SPDX-License-Identifier: Apache-2.0
/// @file
/// A text file that grows by a line a round.
#pragma once

#include <alx/detail/shortest.hpp>
#include <alx/error.hpp>

#include <fstream>
#include <memory>
#include <string>

namespace alx::inline v0::detail {

/// Copies share the file, so that an observer stays a copyable value.
class round_file {
 public:
  explicit round_file(std::string path)
      : path_(std::move(path)), out_(std::make_shared<std::ofstream>(path_, std::ios::binary)) {
    check("be opened for writing");
  }

  /// Writes the line out before it returns.
  void line(std::string const& text) {
    *out_ << text << '\n' << std::flush;
    check("be written");
  }

 private:
  void check(char const* what) const {
    if (!*out_) throw data_error("'" + path_ + "' cannot " + what);
  }

  std::string path_;
  std::shared_ptr<std::ofstream> out_;
};

}  // namespace alx::inline v0::detail
