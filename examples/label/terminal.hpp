// SPDX-License-Identifier: Apache-2.0
/// @file
/// The terminal of a person: keys in, text out; and the same program's lines where there is none.
#pragma once

#include <alx/error.hpp>

#include "label/keys.hpp"
#include "label/raw_mode.hpp"
#include "label/terminal_facts.hpp"
#include "label/text_width.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace label {

/// Nobody sees the output any more: the connection or the reader is gone.
struct terminal_gone : alx::error {
  using error::error;
};

struct terminal_options {
  bool colour = true;  ///< where the terminal and NO_COLOR allow it
};

enum class colour { red = 31, green, yellow, blue, magenta, cyan, white };

/// Reads keys from `in` and writes to `out` (descriptors that stay open). Where both are terminals,
/// `in` gives keys at once, from construction to destruction; elsewhere `read_line` reads lines.
///
/// Cursor, clearing and styles are ANSI sequences; where TERM is unset, `dumb` or `unknown`, and
/// where no person looks, there are none, and the output is plain lines.
///
/// **Throws.** `state_error` where another one holds the terminal. Output throws `terminal_gone`.
class terminal {
 public:
  explicit terminal(int in = STDIN_FILENO, int out = STDOUT_FILENO, terminal_options options = {})
      : in_(in),
        out_(out),
        interactive_(isatty(in) == 1 && isatty(out) == 1),
        moves_(interactive_ && !detail::is_plain(detail::variable("TERM"))),
        colours_(moves_ && options.colour && detail::variable("NO_COLOR").empty()) {
    if (interactive_) raw_.emplace(in, moves_ ? out : -1);
  }

  terminal(terminal const&) = delete;
  terminal& operator=(terminal const&) = delete;

  ~terminal() {
    try {
      flush();
    } catch (alx::error const&) {  // NOLINT(bugprone-empty-catch): nobody to tell
    }
  }

  /// Whether a person is at both ends.
  [[nodiscard]] bool interactive() const { return interactive_; }

  /// Whether the cursor moves and parts of the screen are cleared.
  [[nodiscard]] bool moves() const { return moves_; }

  [[nodiscard]] bool colours() const { return colours_; }

  [[nodiscard]] charset encoding() const { return encoding_; }

  /// Of the window; else COLUMNS and LINES; else 80 by 24.
  [[nodiscard]] terminal_size size() const { return detail::window_size(in_, out_); }

  /// The next key; `resized` where the window has changed, `timeout` after that time (none: it
  /// waits), `woken` while `wake_fd` can be read and there is no key. `end_of_input`, each time,
  /// where there is nobody any more. Writes what is unwritten first.
  [[nodiscard]] key read_key(std::optional<std::chrono::milliseconds> timeout = std::nullopt,
                             int wake_fd = -1);

  /// The next line without its end, as soon as it is there; empty at the end of the input. At a
  /// terminal the line is typed with echo, and empty where Ctrl-C or Escape was typed.
  [[nodiscard]] std::optional<std::string> read_line();

  /// Adds to what `flush` writes; the text is not changed: `shown` and `wrap` make it safe.
  void write(std::string_view text) { unwritten_ += text; }

  void flush();

  void clear_screen() { command("\x1b[H\x1b[2J"); }

  /// From the cursor to the end of the screen.
  void clear_to_end() { command("\x1b[J"); }

  void clear_to_end_of_line() { command("\x1b[K"); }

  /// From 0 at the upper left.
  void move_to(int row, int column) {
    command("\x1b[" + std::to_string(row + 1) + ";" + std::to_string(column + 1) + "H");
  }

  void move_to_column(int column) {
    command("\r");
    if (column > 0) command("\x1b[" + std::to_string(column) + "C");
  }

  // The text in a style; unchanged where the terminal has none. Styles may stand in each other.

  [[nodiscard]] std::string bold(std::string_view text) const { return styled(text, "1", "22"); }

  [[nodiscard]] std::string dim(std::string_view text) const { return styled(text, "2", "22"); }

  [[nodiscard]] std::string underline(std::string_view text) const {
    return styled(text, "4", "24");
  }

  [[nodiscard]] std::string reverse(std::string_view text) const { return styled(text, "7", "27"); }

  [[nodiscard]] std::string coloured(std::string_view text, colour ink) const {
    return colours_ ? styled(text, std::to_string(static_cast<int>(ink)), "39") : std::string(text);
  }

 private:
  using clock = std::chrono::steady_clock;

  /// The bytes of one key come this close to each other, and a person no faster; a sequence that
  /// has clearly begun is waited for longer.
  static constexpr std::chrono::milliseconds escape_time{30};
  static constexpr std::chrono::milliseconds sequence_time{200};

  enum class event { input, gone, resized, woken, timeout };

  void command(std::string_view sequence) {
    if (moves_) unwritten_ += sequence;
  }

  [[nodiscard]] std::string styled(std::string_view text,
                                   std::string_view on,
                                   std::string_view off) const {
    std::string out;
    if (moves_) out.append("\x1b[").append(on).append("m");
    out += text;
    if (moves_) out.append("\x1b[").append(off).append("m");
    return out;
  }

  /// For poll: -1 where there is no end.
  static int milliseconds_to(std::optional<clock::time_point> end) {
    if (!end) return -1;
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(*end - clock::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, 1 << 30));
  }

  std::optional<event> read_more();
  event wait(std::optional<clock::time_point> until, int wake_fd = -1);
  bool rest_comes();

  int in_;
  int out_;
  bool interactive_;
  bool moves_;
  bool colours_;
  charset encoding_ = locale_charset();
  std::optional<raw_mode> raw_;
  std::string unread_;  ///< bytes that are no key or line yet
  std::string unwritten_;
};

inline void terminal::flush() {
  std::string const text = std::exchange(unwritten_, {});
  for (std::size_t at = 0; at < text.size();) {
    auto const count = ::write(out_, text.data() + at, text.size() - at);
    if (count > 0) {
      at += static_cast<std::size_t>(count);
    } else if (count < 0 && errno == EAGAIN) {
      pollfd ready = {out_, POLLOUT, 0};
      poll(&ready, 1, -1);
    } else if (count == 0 || errno != EINTR) {
      int const cause = count == 0 ? EIO : errno;
      throw terminal_gone(std::string("the output cannot be written any more: ") +
                          std::strerror(cause));
    }
  }
}

/// Adds the bytes that are there; empty where there are none yet.
inline std::optional<terminal::event> terminal::read_more() {
  std::array<char, 4096> bytes;  // NOLINT: filled by read
  auto const count = read(in_, bytes.data(), bytes.size());
  if (count > 0) {
    unread_.append(bytes.data(), static_cast<std::size_t>(count));
    return event::input;
  }
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return std::nullopt;
  return event::gone;
}

/// The first thing that happens.
inline terminal::event terminal::wait(std::optional<clock::time_point> until, int wake_fd) {
  std::array<pollfd, 3> fds = {
      {{in_, POLLIN, 0}, {raw_ ? raw_->wake() : -1, POLLIN, 0}, {wake_fd, POLLIN, 0}}};
  for (;;) {
    int const count = poll(fds.data(), fds.size(), milliseconds_to(until));
    if (count < 0 && errno != EINTR) return event::gone;
    if (count == 0 && milliseconds_to(until) == 0) return event::timeout;
    if (count <= 0) continue;
    if (fds[1].revents != 0) {
      raw_->wake_up();
      return event::resized;
    }
    auto const read = fds[0].revents != 0 ? read_more() : std::nullopt;
    if (read) return *read;
    if ((fds[2].revents & POLLIN) != 0) return event::woken;
    if (fds[2].revents != 0) fds[2].fd = -1;  // closed at its other end
  }
}

/// Reads what follows the beginning of a key, where that comes soon.
inline bool terminal::rest_comes() {
  auto const until = clock::now() + (unread_ == "\x1b" ? escape_time : sequence_time);
  for (;;) {
    pollfd more = {in_, POLLIN, 0};
    int const count = poll(&more, 1, milliseconds_to(until));
    if (count == 0 || (count < 0 && errno != EINTR)) return false;
    if (count < 0) continue;
    if (auto const read = read_more()) return *read == event::input;
  }
}

inline key terminal::read_key(std::optional<std::chrono::milliseconds> timeout, int wake_fd) {
  flush();
  std::optional<clock::time_point> until;
  if (timeout) until = clock::now() + *timeout;
  for (;;) {
    for (bool complete = false; !unread_.empty();) {
      auto const next = detail::parse_key(unread_, complete);
      if (!next) {
        complete = !rest_comes();
        continue;
      }
      unread_.erase(0, next->bytes);
      complete = false;
      if (next->pressed.what != key::kind::unknown) return next->pressed;
    }
    switch (wait(until, wake_fd)) {
      case event::input:
        break;
      case event::gone:
        return {key::kind::end_of_input};
      case event::resized:
        return {key::kind::resized};
      case event::woken:
        return {key::kind::woken};
      case event::timeout:
        return {key::kind::timeout};
    }
  }
}

inline std::optional<std::string> terminal::read_line() {
  if (raw_) raw_->set(input_mode::lines);  // before the prompt is seen
  flush();
  std::string_view const ends = raw_ ? "\r\n\x03" : "\n";
  std::size_t end = unread_.find_first_of(ends);
  bool gone = false;
  while (end == std::string::npos && !gone) {
    gone = wait(std::nullopt) == event::gone;
    end = unread_.find_first_of(ends);
  }
  if (raw_) raw_->set(input_mode::keys);
  if (gone && unread_.empty()) return std::nullopt;
  std::string line = unread_.substr(0, end);
  bool const cancelled = raw_ && (line.find('\x1b') != std::string::npos ||
                                  (end != std::string::npos && unread_[end] == '\x03'));
  unread_.erase(0, end == std::string::npos ? end : end + 1);
  if (cancelled) return std::nullopt;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace label
