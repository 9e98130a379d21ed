// SPDX-License-Identifier: Apache-2.0
/// @file
/// A terminal that gives each key at once, and is given back as it was however the program ends:
/// also by a signal, and while it is stopped.
#pragma once

#include <alx/error.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <termios.h>
#include <unistd.h>

namespace label {

/// How the terminal reads. `lines`: with echo, as a shell has it, but that Ctrl-C ends the line.
enum class input_mode { as_it_was, keys, lines };

namespace detail {

/// What the signal handlers need, one for the process: there is one terminal.
struct terminal_state {
  int in = -1;
  int out = -1;                                          ///< -1 where it takes no sequences
  int wake = -1;                                         ///< where "draw again" is written
  std::atomic<input_mode> mode = input_mode::as_it_was;  ///< that is wanted
  std::array<termios, 3> settings = {};                  ///< by mode
};

inline constexpr std::array deadly = {SIGTERM, SIGHUP, SIGINT, SIGABRT, SIGQUIT};
inline constexpr std::array passing = {SIGTSTP, SIGCONT, SIGWINCH};

static_assert(std::atomic<input_mode>::is_always_lock_free);

inline terminal_state the_terminal;
inline std::array<struct sigaction, deadly.size()> deadly_before;
inline std::array<struct sigaction, passing.size()> passing_before;

/// Whether another job of the shell has the terminal.
inline bool in_background() {
  pid_t const foreground = tcgetpgrp(the_terminal.in);
  return foreground >= 0 && foreground != getpgrp();
}

/// Sets what the mode needs. In the background it stops the program until it is in the foreground.
inline void apply(input_mode mode) {
  tcsetattr(the_terminal.in, TCSANOW, &the_terminal.settings[static_cast<std::size_t>(mode)]);
}

/// Gives the terminal back, with plain letters again. In signal handlers: nothing here waits.
inline void give_back() {
  if (the_terminal.mode == input_mode::as_it_was || in_background()) return;
  pollfd ready = {the_terminal.out, POLLOUT, 0};
  if (poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0) {
    constexpr std::string_view plain = "\x1b[0m\n";
    [[maybe_unused]] auto const written = write(the_terminal.out, plain.data(), plain.size());
  }
  tcsetattr(the_terminal.in, TCSANOW, &the_terminal.settings[0]);
}

inline void on_deadly(int signal) {
  give_back();
  for (std::size_t i = 0; i < deadly.size(); ++i) {
    if (deadly[i] == signal) sigaction(signal, &deadly_before[i], nullptr);
  }
  raise(signal);  // when this returns
}

/// Takes the terminal again, where this is the foreground, and wakes the reading.
inline void on_change(int signal) {
  int const before = errno;
  if (signal == SIGCONT && !in_background()) apply(the_terminal.mode);
  [[maybe_unused]] auto const written = write(the_terminal.wake, "w", 1);
  errno = before;
}

inline void on_stop(int signal) {
  int const before = errno;
  struct sigaction ours = {};
  struct sigaction stop = {};
  stop.sa_handler = SIG_DFL;
  give_back();
  sigaction(signal, &stop, &ours);
  raise(signal);  // stops here: SA_NODEFER
  sigaction(signal, &ours, nullptr);
  on_change(SIGCONT);
  errno = before;
}

}  // namespace detail

/// Holds the terminal `in` until it is destroyed; `out` (or -1) is told to write plainly again when
/// a signal ends or stops the program. One at a time.
///
/// **Throws.** `state_error` where there is one already; `error` where the terminal refuses.
class raw_mode {
 public:
  raw_mode(int in, int out) {
    auto& state = detail::the_terminal;
    if (state.in >= 0) throw alx::state_error("terminal: it is in use already");
    termios was = {};
    if (tcgetattr(in, &was) != 0 || pipe2(pipe_.data(), O_NONBLOCK | O_CLOEXEC) != 0) {
      throw alx::error(std::string("terminal: ") + std::strerror(errno));
    }
    state.in = in;
    state.out = out;
    state.wake = pipe_[1];
    state.settings = {was, keys_of(was), lines_of(was)};
    catch_signals();
    set(input_mode::keys);
  }

  raw_mode(raw_mode const&) = delete;
  raw_mode& operator=(raw_mode const&) = delete;

  ~raw_mode() {
    detail::the_terminal.mode = input_mode::as_it_was;
    if (!detail::in_background()) detail::apply(input_mode::as_it_was);
    for (std::size_t i = 0; i < detail::deadly.size(); ++i) {
      sigaction(detail::deadly[i], &detail::deadly_before[i], nullptr);
    }
    for (std::size_t i = 0; i < detail::passing.size(); ++i) {
      sigaction(detail::passing[i], &detail::passing_before[i], nullptr);
    }
    detail::the_terminal.in = -1;
    detail::the_terminal.wake = -1;
    close(pipe_[0]);
    close(pipe_[1]);
  }

  void set(input_mode mode) {
    detail::the_terminal.mode = mode;
    detail::apply(mode);
  }

  /// Can be read when the window has changed or the program is continued.
  [[nodiscard]] int wake() const { return pipe_[0]; }

  /// Reads what woke. In the background it stops the program until it is in the foreground.
  void wake_up() const {
    std::array<char, 64> many;  // NOLINT: what is in it does not matter
    while (read(pipe_[0], many.data(), many.size()) > 0) {
    }
    // Continued to be ended: the signal that ends comes first.
    if (detail::in_background()) poll(nullptr, 0, 50);
    detail::apply(detail::the_terminal.mode);
  }

 private:
  /// Each byte at once, none shown. Ctrl-C is a byte; Ctrl-Z and Ctrl-\ remain signals.
  static termios keys_of(termios was) {
    was.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL | INLCR | IGNCR | ISTRIP);
    was.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | IEXTEN);
    was.c_lflag |= ISIG;
    was.c_oflag |= OPOST | ONLCR;
    was.c_cc[VINTR] = _POSIX_VDISABLE;
    was.c_cc[VMIN] = 1;
    was.c_cc[VTIME] = 0;
    return was;
  }

  static termios lines_of(termios was) {
    was.c_iflag |= ICRNL;
    was.c_lflag |= ECHO | ECHOE | ICANON | ISIG;
    was.c_oflag |= OPOST | ONLCR;
    was.c_cc[VINTR] = _POSIX_VDISABLE;
    was.c_cc[VEOL] = '\x03';
    return was;
  }

  /// What is ignored stays ignored (nohup).
  static void catch_signals() {
    struct sigaction ours = {};
    sigfillset(&ours.sa_mask);
    ours.sa_handler = detail::on_deadly;
    for (std::size_t i = 0; i < detail::deadly.size(); ++i) {
      sigaction(detail::deadly[i], nullptr, &detail::deadly_before[i]);
      if (detail::deadly_before[i].sa_handler == SIG_IGN) continue;
      sigaction(detail::deadly[i], &ours, nullptr);
    }
    sigemptyset(&ours.sa_mask);
    for (std::size_t i = 0; i < detail::passing.size(); ++i) {
      bool const stop = detail::passing[i] == SIGTSTP;
      ours.sa_handler = stop ? detail::on_stop : detail::on_change;
      ours.sa_flags = stop ? SA_RESTART | SA_NODEFER : SA_RESTART;
      sigaction(detail::passing[i], nullptr, &detail::passing_before[i]);
      if (stop && detail::passing_before[i].sa_handler == SIG_IGN) continue;
      sigaction(detail::passing[i], &ours, nullptr);
    }
  }

  std::array<int, 2> pipe_ = {-1, -1};
};

}  // namespace label
