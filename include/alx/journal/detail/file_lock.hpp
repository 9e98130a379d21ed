// SPDX-License-Identifier: Apache-2.0
/// @file
/// A file that one process at a time may have open.
#pragma once

#include <alx/error.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace alx::inline v0::detail {

/// Holds a file for this process until it ends, however it ends.
///
/// The lock is flock's, which SQLite's own locks do not see. It must outlive whatever else has the
/// file open in this process: closing the file would let go of locks of the other kind.
class file_lock {
 public:
  enum class missing { make, refuse };

  /// **Throws.** `data_error` where the file cannot be opened, `state_error` where another process
  /// holds it.
  file_lock(std::string const& path, missing then)
      : file_(
            open(path.c_str(), O_RDWR | O_CLOEXEC | (then == missing::make ? O_CREAT : 0), 0666)) {
    if (file_ < 0) throw data_error(path + ": cannot be opened: " + std::strerror(errno));
    if (flock(file_, LOCK_EX | LOCK_NB) == 0) return;
    close(file_);
    throw state_error(path +
                      ": is in use by another process; one at a time may write to a journal");
  }

  file_lock(file_lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

  file_lock& operator=(file_lock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }

  file_lock(file_lock const&) = delete;
  file_lock& operator=(file_lock const&) = delete;

  ~file_lock() {
    if (file_ >= 0) close(file_);
  }

 private:
  int file_;
};

}  // namespace alx::inline v0::detail
