// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "label/keys.hpp"
#include "label/line_editor.hpp"
#include "label/raw_mode.hpp"
#include "label/terminal.hpp"
#include "label/text_width.hpp"
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using label::charset;
using label::key;
using kind = key::kind;
using lines = std::vector<std::string>;

/// A variable of the environment, as it was again at the end.
class variable {
 public:
  variable(char const* name, char const* value) : name_(name) {
    if (char const* const was = std::getenv(name)) was_ = was;
    if (value != nullptr) {
      setenv(name, value, 1);
    } else {
      unsetenv(name);
    }
  }

  variable(variable const&) = delete;
  variable& operator=(variable const&) = delete;

  ~variable() {
    if (was_) {
      setenv(name_, was_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }

 private:
  char const* name_;
  std::optional<std::string> was_;
};

/// An xterm in UTF-8 with colours.
struct usual_environment {
  variable term{"TERM", "xterm-256color"};
  variable no_colour{"NO_COLOR", nullptr};
  variable all{"LC_ALL", "C.UTF-8"};
};

/// A bare machine may have no pseudo-terminals: what needs one is skipped there.
bool no_terminals() {
  int const person = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  bool const there = person >= 0 && grantpt(person) == 0 && unlockpt(person) == 0 &&
                     access(ptsname(person), R_OK | W_OK) == 0;
  if (person >= 0) close(person);
  return !there;
}

/// A terminal of `columns` by 24, and the one who sits at it.
class pseudo_terminal {
 public:
  explicit pseudo_terminal(unsigned short columns = 80)
      : person_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    REQUIRE(person_ >= 0);
    REQUIRE(grantpt(person_) == 0);
    REQUIRE(unlockpt(person_) == 0);
    program_ = open(ptsname(person_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(program_ >= 0);
    resize(columns);
  }

  pseudo_terminal(pseudo_terminal const&) = delete;
  pseudo_terminal& operator=(pseudo_terminal const&) = delete;

  ~pseudo_terminal() {
    hang_up();
    close(program_);
  }

  [[nodiscard]] int program() const { return program_; }

  void hang_up() {
    if (person_ >= 0) close(person_);
    person_ = -1;
  }

  void resize(unsigned short columns) const {
    winsize const window = {24, columns, 0, 0};
    REQUIRE(ioctl(person_, TIOCSWINSZ, &window) == 0);
  }

  void type(std::string_view bytes) const {
    REQUIRE(write(person_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }

  /// What the program wrote; where `last` is given, up to that, and at most for ten seconds.
  std::string seen(std::string_view last = {}) const {
    std::string all;
    int const patience = last.empty() ? 50 : 10'000;
    for (pollfd ready = {person_, POLLIN, 0}; poll(&ready, 1, patience) == 1;) {
      std::array<char, 1024> bytes = {};
      auto const count = read(person_, bytes.data(), bytes.size());
      if (count <= 0) break;
      all.append(bytes.data(), static_cast<std::size_t>(count));
      if (!last.empty() && all.find(last) != std::string::npos) break;
    }
    return all;
  }

  /// Whether it echoes and reads lines, as at first.
  [[nodiscard]] bool as_it_was() const {
    termios now = {};
    REQUIRE(tcgetattr(program_, &now) == 0);
    return (now.c_lflag & (ECHO | ICANON | ISIG)) == (ECHO | ICANON | ISIG) &&
           (now.c_iflag & ICRNL) != 0 && now.c_cc[VINTR] == '\x03' && now.c_cc[VEOL] == 0;
  }

 private:
  int person_;
  int program_ = -1;
};

/// A process whose terminal it is. It ends with what `run` returns.
class process {
 public:
  process(pseudo_terminal const& at, std::function<int(label::terminal&)> const& run)
      : id_(fork()) {
    if (id_ > 0) return;
    setsid();
    ioctl(at.program(), TIOCSCTTY, 0);
    for (int const deadly : label::detail::deadly) std::signal(deadly, SIG_DFL);  // not doctest's
    int code = 99;
    {
      label::terminal screen(at.program(), at.program());
      screen.write("ready");
      screen.flush();
      code = run(screen);
    }
    _exit(code);
  }

  void send(int signal) const { kill(id_, signal); }

  /// The status that it ended with.
  [[nodiscard]] int ended() const {
    int status = 0;
    for (int i = 0; i < 1000; ++i) {
      if (waitpid(id_, &status, WNOHANG) == id_) return status;
      std::this_thread::sleep_for(10ms);
    }
    kill(id_, SIGKILL);
    waitpid(id_, &status, 0);
    return status;
  }

 private:
  pid_t id_;
};

/// The keys that `bytes` are, all there at once.
std::vector<key> keys_in(std::string_view bytes) {
  std::vector<key> all;
  while (!bytes.empty()) {
    auto const next = label::detail::parse_key(bytes, true);
    REQUIRE(next.has_value());
    REQUIRE(next->bytes > 0);
    REQUIRE(next->bytes <= bytes.size());
    bytes.remove_prefix(next->bytes);
    all.push_back(next->pressed);
  }
  return all;
}

key character(std::string text) {
  return {kind::character, std::move(text)};
}

}  // namespace

TEST_CASE("label: columns of letters, wide letters, marks and emoji") {
  CHECK(label::columns_of("") == 0);
  CHECK(label::columns_of("plain") == 5);
  CHECK(label::columns_of("naïve") == 5);
  CHECK(label::columns_of("e\u0301") == 1);
  CHECK(label::columns_of("日本語") == 6);
  CHECK(label::columns_of("한국") == 4);
  CHECK(label::columns_of("\u1112\u1161\u11ab") == 2);  // the same syllable in its parts
  CHECK(label::columns_of("Ａ！") == 4);
  CHECK(label::columns_of("😀") == 2);
  CHECK(label::columns_of("👍🏽") == 4);
  CHECK(label::columns_of("\u2764") == 1);
  CHECK(label::columns_of("\u2764\ufe0f") == 2);
  CHECK(label::columns_of("\u2764\ufe0f", charset::ascii) == 1);
  CHECK(label::columns_of("हिन्दी") == 5);  // two of its signs stand beside, two over and under
  CHECK(label::columns_of("a\u200bb\ufeff") == 2);
  CHECK(label::columns_of("re\u00adcord") == 6);
  CHECK(label::columns_of("日本", charset::ascii) == 2);
}

TEST_CASE("label: a text cannot command the terminal") {
  CHECK(label::shown("a\x1b[2Jb") == "a\uFFFD[2Jb");
  CHECK(label::shown("a\x1b]0;t\x07", charset::ascii) == "a?]0;t?");
  CHECK(label::shown("\u009b2J") == "\uFFFD2J");
  CHECK(label::shown("a\u202eb\u2066") == "a\uFFFDb\uFFFD");
  CHECK(label::shown("a\tb\r\nc\u2028d") == "a b  c d");
  CHECK(label::shown(std::string_view("\0\x7f", 2)) == "\uFFFD\uFFFD");
  CHECK(label::shown("\xff\xc3(\xe2\x82") == "\uFFFD\uFFFD(\uFFFD\uFFFD");
  CHECK(label::shown("re\u00adcord") == "record");
  CHECK(label::shown("e\u0301 日", charset::ascii) == "e ?");
  for (int c = 0; c < 256; ++c) {  // no byte as it is, after a joiner neither
    for (std::string const before : {"", "x", "\u200d", "\xc2"}) {
      std::string const out = label::shown(before + static_cast<char>(c));
      for (char const shown : out) CHECK_FALSE((shown >= 0 && (shown < ' ' || shown == '\x7f')));
      CHECK(out.find("\xc2\x9b") == std::string::npos);
    }
  }
}

TEST_CASE("label: wrap at blanks, with the text's own lines") {
  CHECK(label::wrap("one two three", 7) == lines{"one two", "three"});
  CHECK(label::wrap("one two three", 8) == lines{"one two", "three"});
  CHECK(label::wrap("one two three", 6) == lines{"one", "two", "three"});
  CHECK(label::wrap("a\nb\r\nc\rd", 9) == lines{"a", "b", "c", "d"});
  CHECK(label::wrap("a\n\nb\n", 9) == lines{"a", "", "b"});
  CHECK(label::wrap("", 9) == lines{""});
  CHECK(label::wrap("  in\tdent  x  ", 80) == lines{"  in dent  x"});
  CHECK(label::wrap("see http://a.b/cdefgh ok", 8) == lines{"see", "http://a", ".b/cdefg", "h ok"});
  CHECK(label::wrap("word", 1) == lines{"w", "o", "r", "d"});
  CHECK(label::wrap("日本語です", 5) == lines{"日本", "語で", "す"});
  CHECK(label::wrap("日x", 1) == lines{"\uFFFD", "x"});
  CHECK(label::wrap("ae\u0301\u0302o", 2) == lines{"ae\u0301\u0302", "o"});
  CHECK(label::wrap("कि", 1) == lines{"क", "ि"});  // the glyph is wider than the line
  CHECK(label::wrap("xकि", 2) == lines{"x", "कि"});
  CHECK(label::wrap("x👍🏽", 4) == lines{"x", "👍🏽"});
  CHECK(label::wrap("日本 語", 3, charset::ascii) == lines{"??", "?"});
}

TEST_CASE("label: no line is wider than asked, and nothing but blanks is lost") {
  std::string const text =
      "The naïve café — 日本語のテキスト，長い語 — e\u0301\u0301\u0301 \xff\x1b[31m "
      "👩\u200d👩\u200d👧\u200d👦 \u2764\ufe0f हिन्दी\n\n  indented     spaces \u00a0 end";
  auto const without_blanks = [](std::string_view in) {
    std::string out;
    for (char const c : in) {
      if (c != ' ') out += c;
    }
    return out;
  };
  std::string const all = without_blanks(label::shown(text));
  for (int columns = 1; columns < 90; ++columns) {
    CAPTURE(columns);
    std::string joined;
    for (auto const& line : label::wrap(text, columns)) {
      CHECK(label::columns_of(line) <= columns);
      CHECK(label::shown(line) == line);
      joined += line;
    }
    if (columns > 1) CHECK(without_blanks(joined) == all);
    for (auto const set : {charset::utf8, charset::ascii}) {
      CHECK(label::columns_of(label::clip(text, columns, set), set) <= columns);
    }
  }
}

TEST_CASE("label: clip") {
  CHECK(label::clip("short", 5) == "short");
  CHECK(label::clip("longer", 5) == "long…");
  CHECK(label::clip("longer", 1) == "…");
  CHECK(label::clip("longer", 0).empty());
  CHECK(label::clip("日本語", 6) == "日本語");
  CHECK(label::clip("日本語", 5) == "日本…");
  CHECK(label::clip("日本語", 4) == "日…");
  CHECK(label::clip("a\u0301bc", 2) == "a\u0301…");
  CHECK(label::clip("longer", 5, charset::ascii) == "lo...");
  CHECK(label::clip("longer", 2, charset::ascii) == "..");
  CHECK(label::clip("a\nb", 9) == "a b");
}

TEST_CASE("label: the charset is the locale's") {
  variable const lang("LANG", "de_DE.UTF-8");
  variable const type("LC_CTYPE", nullptr);
  variable const all("LC_ALL", nullptr);
  CHECK(label::locale_charset() == charset::utf8);
  variable const latin("LC_CTYPE", "de_DE");
  CHECK(label::locale_charset() == charset::ascii);
  variable const over("LC_ALL", "C.utf8");
  CHECK(label::locale_charset() == charset::utf8);
  variable const none("LC_ALL", "");
  CHECK(label::locale_charset() == charset::ascii);
}

TEST_CASE("label: keys from bytes") {
  CHECK(keys_in("a1 ") == std::vector<key>{character("a"), character("1"), character(" ")});
  CHECK(keys_in("é日😀") == std::vector<key>{character("é"), character("日"), character("😀")});
  CHECK(keys_in("\r\n\t\x7f\b") ==
        std::vector<key>{
            {kind::enter}, {kind::enter}, {kind::tab}, {kind::backspace}, {kind::backspace}});
  CHECK(keys_in("\x03\x04\x01\x17") ==
        std::vector<key>{
            {kind::interrupt}, {kind::end_of_input}, {kind::control, "a"}, {kind::control, "w"}});
  CHECK(keys_in("\x1b[A\x1bOB\x1b[C\x1b[1;5D") ==
        std::vector<key>{{kind::up}, {kind::down}, {kind::right}, {kind::left}});
  CHECK(keys_in("\x1b[H\x1bOF\x1b[1~\x1b[4~\x1b[7~\x1b[8~") ==
        std::vector<key>{
            {kind::home}, {kind::end}, {kind::home}, {kind::end}, {kind::home}, {kind::end}});
  CHECK(keys_in("\x1b[3~\x1b[5~\x1b[6~\x1b[3;2~") ==
        std::vector<key>{{kind::del}, {kind::page_up}, {kind::page_down}, {kind::del}});
  CHECK(keys_in("\x1b") == std::vector<key>{{kind::escape}});
  CHECK(keys_in("\x1b\x1b[A") == std::vector<key>{{kind::escape}, {kind::up}});
}

TEST_CASE("label: unknown sequences are left out whole") {
  for (std::string const sequence : {"\x1b[[A",
                                     "\x1b[15~",
                                     "\x1b[200~",
                                     "\x1b[?1;2c",
                                     "\x1b[<0;1;2M",
                                     "\x1bOP",
                                     "\x1bO5P",
                                     "\x1b[Z",
                                     "\x1bx",
                                     "\x1b\xc3\xa9",
                                     "\x1b[",
                                     "\x1bO",
                                     "\x1b[12"}) {
    CAPTURE(sequence);
    CHECK(keys_in(sequence) == std::vector<key>{{kind::unknown}});
  }
  CHECK(keys_in("\x1b[1\x1b[A") == std::vector<key>{{kind::unknown}, {kind::up}});
  CHECK(keys_in("\xff\xc3z") ==
        std::vector<key>{character("\uFFFD"), character("\uFFFD"), character("z")});
}

TEST_CASE("label: a key of which bytes are missing is waited for") {
  for (std::string const whole : {"\x1b[A", "\x1bOA", "\x1b[1;5D", "é", "日", "😀"}) {
    for (std::size_t n = 1; n < whole.size(); ++n) {
      CHECK_FALSE(label::detail::parse_key(whole.substr(0, n), false).has_value());
    }
    CHECK(label::detail::parse_key(whole, false)->bytes == whole.size());
  }
}

namespace {

/// The line after the keys that `bytes` are.
label::edited_line edited(std::string text, std::string_view bytes) {
  label::edited_line line(std::move(text));
  for (auto const& pressed : keys_in(bytes)) line.press(pressed);
  return line;
}

}  // namespace

TEST_CASE("label: a line is edited") {
  CHECK(edited("", "abc").text() == "abc");
  CHECK(edited("ac", "\x1b[Db").text() == "abc");
  CHECK(edited("bc", "\x1b[Ha").text() == "abc");
  CHECK(edited("bc",
               "\x01"
               "a\x05"
               "d")
            .text() == "abcd");
  CHECK(edited("abc", "\x7f\x7f").text() == "a");
  CHECK(edited("", "\x7f\x1b[3~\x1b[D\x1b[C").text().empty());
  CHECK(edited("abc", "\x1b[H\x1b[3~").text() == "bc");
  CHECK(edited("日本e\u0301", "\x7f").text() == "日本");
  CHECK(edited("日本", "\x1b[D\x7f").text() == "本");
  CHECK(edited("abc", "\x1b[D\x0b").text() == "ab");
  CHECK(edited("abc", "\x1b[D\x15").text() == "c");
  CHECK(edited("one two  ", "\x17").text() == "one ");
  CHECK(edited("one", "\x17\x17").text().empty());
  CHECK(edited("a", "\x1b[A\x02\tb").text() == "a b");
}

TEST_CASE("label: the line moves where it is wider than its place") {
  std::string const digits = "0123456789";
  label::edited_line line(digits);
  CHECK(line.view(11).text == digits);
  CHECK(line.view(11).cursor == 10);
  CHECK(line.view(5).text == "6789");
  CHECK(line.view(5).cursor == 4);
  line.press({kind::left});
  CHECK(line.view(5).text == "6789");
  CHECK(line.view(5).cursor == 3);
  line.press({kind::home});
  CHECK(line.view(5).text == "01234");
  CHECK(line.view(5).cursor == 0);

  label::edited_line wide("日本語");
  CHECK(wide.view(4).text == "語");
  CHECK(wide.view(5).text == "語");
  CHECK(wide.view(4).cursor == 2);
  wide.press({kind::home});
  CHECK(wide.view(5).text == "日本");

  label::edited_line control("a\x1b[2J");
  CHECK(control.view(9).text == "a\uFFFD[2J");
  CHECK(control.view(9).cursor == 5);
}

TEST_CASE("label: keys at a terminal" * doctest::skip(no_terminals())) {
  usual_environment const usual;
  pseudo_terminal const at;
  CHECK(at.as_it_was());
  {
    label::terminal screen(at.program(), at.program());
    CHECK(screen.interactive());
    CHECK(screen.moves());
    CHECK_FALSE(at.as_it_was());
    at.type("yé\x03\r\x1b[A");
    CHECK(screen.read_key() == character("y"));
    CHECK(screen.read_key() == character("é"));
    CHECK(screen.read_key() == key{kind::interrupt});
    CHECK(screen.read_key(1s) == key{kind::enter});
    CHECK(screen.read_key(1s) == key{kind::up});
    CHECK(screen.read_key(1ms) == key{kind::timeout});
    at.type("\x1b");
    CHECK(screen.read_key(5s) == key{kind::escape});
    at.type("\x1b[15~n");
    CHECK(screen.read_key(5s) == character("n"));
    CHECK(at.seen().empty());  // no echo
    CHECK_THROWS_AS(label::terminal(at.program(), at.program()), alx::state_error);
  }
  CHECK(at.as_it_was());
}

TEST_CASE("label: keys that come in parts" * doctest::skip(no_terminals())) {
  usual_environment const usual;
  pseudo_terminal const at;
  label::terminal screen(at.program(), at.program());
  for (std::string const whole : {"\x1b[A", "\x1bOA", "\x1b[1;5A"}) {
    std::thread typing([&] {
      for (char const c : whole) {
        at.type(std::string(1, c));
        std::this_thread::sleep_for(3ms);
      }
    });
    CHECK(screen.read_key(5s) == key{kind::up});
    typing.join();
  }
  at.type("\xf0\x9f");
  std::thread typing([&] {
    std::this_thread::sleep_for(60ms);  // longer than Escape waits
    at.type("\x98\x80");
  });
  CHECK(screen.read_key(5s) == character("😀"));
  typing.join();
  at.type("\xe6\x97");
  CHECK(screen.read_key(5s) == character("\uFFFD"));
}

TEST_CASE("label: a pasted text is many characters" * doctest::skip(no_terminals())) {
  usual_environment const usual;
  pseudo_terminal const at;
  label::terminal screen(at.program(), at.program());
  std::string pasted;
  for (int i = 0; i < 300; ++i) pasted += "é";
  at.type(pasted);
  for (int i = 0; i < 300; ++i) REQUIRE(screen.read_key(5s) == character("é"));
  CHECK(screen.read_key(0ms) == key{kind::timeout});
}

TEST_CASE("label: another descriptor wakes the reading, a key comes first" *
          doctest::skip(no_terminals())) {
  usual_environment const usual;
  pseudo_terminal const at;
  label::terminal screen(at.program(), at.program());
  std::array<int, 2> ends = {-1, -1};
  REQUIRE(pipe(ends.data()) == 0);
  CHECK(screen.read_key(1ms, ends[0]) == key{kind::timeout});
  REQUIRE(write(ends[1], "x", 1) == 1);
  CHECK(screen.read_key(std::nullopt, ends[0]) == key{kind::woken});
  at.type("a");
  CHECK(screen.read_key(std::nullopt, ends[0]) == character("a"));
  CHECK(screen.read_key(std::nullopt, ends[0]) == key{kind::woken});
  char byte = 0;
  REQUIRE(read(ends[0], &byte, 1) == 1);
  close(ends[1]);
  CHECK(screen.read_key(20ms, ends[0]) == key{kind::timeout});  // closed: does not wake
  close(ends[0]);
}

TEST_CASE("label: what is written" * doctest::skip(no_terminals())) {
  usual_environment const usual;
  pseudo_terminal const at;
  label::terminal screen(at.program(), at.program());
  CHECK(screen.bold("b") == "\x1b[1mb\x1b[22m");
  CHECK(screen.coloured("c", label::colour::green) == "\x1b[32mc\x1b[39m");
  screen.clear_screen();
  screen.move_to(2, 4);
  screen.write("x\n");
  screen.clear_to_end();
  CHECK(at.seen().empty());  // not before it is flushed
  screen.flush();
  CHECK(at.seen("\x1b[J") == "\x1b[H\x1b[2J\x1b[3;5Hx\r\n\x1b[J");
}

TEST_CASE("label: a long text is written whole" * doctest::skip(no_terminals())) {
  usual_environment const usual;
  pseudo_terminal const at;
  fcntl(at.program(), F_SETFL, O_NONBLOCK);  // short writes, and "try again"
  label::terminal screen(at.program(), at.program());
  std::string const text(100'000, 'x');
  std::string seen;
  std::thread reading([&] { seen = at.seen("end"); });
  screen.write(text + "end");
  screen.flush();
  reading.join();
  CHECK(seen == text + "end");
}

TEST_CASE("label: NO_COLOR and the option leave out colours only" * doctest::skip(no_terminals())) {
  usual_environment const usual;
  pseudo_terminal const at;
  {
    variable const no_colour("NO_COLOR", "1");
    label::terminal const screen(at.program(), at.program());
    CHECK_FALSE(screen.colours());
    CHECK(screen.coloured("c", label::colour::red) == "c");
    CHECK(screen.bold("b") == "\x1b[1mb\x1b[22m");
  }
  variable const empty("NO_COLOR", "");
  CHECK(label::terminal(at.program(), at.program()).colours());
  CHECK_FALSE(label::terminal(at.program(), at.program(), {.colour = false}).colours());
}

TEST_CASE("label: a terminal that knows no sequences gets none" * doctest::skip(no_terminals())) {
  usual_environment const usual;
  for (char const* const name : {"dumb", "", "unknown", static_cast<char const*>(nullptr)}) {
    variable const term("TERM", name);
    pseudo_terminal const at;
    label::terminal screen(at.program(), at.program());
    CHECK(screen.interactive());
    CHECK_FALSE(screen.moves());
    screen.clear_screen();
    screen.move_to(3, 3);
    screen.move_to_column(5);
    screen.clear_to_end();
    screen.clear_to_end_of_line();
    screen.write(screen.bold("b") + screen.dim("d") + screen.reverse("r") + screen.underline("u") +
                 screen.coloured("c", label::colour::red) + "\n");
    screen.flush();
    CHECK(at.seen("\n") == "bdruc\r\n");
    at.type("y");
    CHECK(screen.read_key(5s) == character("y"));
  }
}

TEST_CASE("label: the size of the window" * doctest::skip(no_terminals())) {
  usual_environment const usual;
  pseudo_terminal const at(20);
  variable const columns("COLUMNS", "44");
  variable const rows("LINES", "x");
  label::terminal const screen(at.program(), at.program());
  CHECK(screen.size().columns == 20);
  CHECK(screen.size().rows == 24);
  at.resize(0);
  CHECK(screen.size().columns == 44);
  CHECK(screen.size().rows == 24);
  variable const unset("COLUMNS", nullptr);
  CHECK(screen.size().columns == 80);
}

TEST_CASE("label: a changed window is told" * doctest::skip(no_terminals())) {
  usual_environment const usual;
  pseudo_terminal const at;
  process const child(at, [](label::terminal& screen) {
    if (screen.read_key(10s).what != kind::resized) return 1;
    return screen.size().columns;
  });
  at.seen("ready");
  at.resize(20);
  CHECK(WEXITSTATUS(child.ended()) == 20);
}

TEST_CASE("label: the terminal is as it was after a signal" * doctest::skip(no_terminals())) {
  usual_environment const usual;
  for (int const signal : {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGABRT}) {
    CAPTURE(signal);
    pseudo_terminal const at;
    process const child(at, [](label::terminal& screen) {
      while (screen.read_key(10s).what != kind::timeout) {
      }
      return 0;
    });
    at.seen("ready");
    CHECK_FALSE(at.as_it_was());
    child.send(signal);
    int const status = child.ended();
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == signal);
    CHECK(at.as_it_was());
    CHECK(at.seen("\n") == "\x1b[0m\r\n");
  }
}

TEST_CASE("label: Ctrl-C is a key, and a program that ends by it gives the terminal back" *
          doctest::skip(no_terminals())) {
  usual_environment const usual;
  pseudo_terminal const at;
  process const child(at, [](label::terminal& screen) {
    return screen.read_key(10s).what == kind::interrupt ? 7 : 8;
  });
  at.seen("ready");
  at.type("\x03");
  CHECK(WEXITSTATUS(child.ended()) == 7);
  CHECK(at.as_it_was());
}

TEST_CASE("label: a connection that is gone ends the input and the output" *
          doctest::skip(no_terminals())) {
  usual_environment const usual;
  pseudo_terminal at;
  label::terminal screen(at.program(), at.program());
  at.hang_up();
  CHECK(screen.read_key(5s) == key{kind::end_of_input});
  CHECK(screen.read_key() == key{kind::end_of_input});
  CHECK_FALSE(screen.read_line().has_value());
  screen.write("x");
  CHECK_THROWS_WITH_AS(screen.flush(),
                       "the output cannot be written any more: Input/output error",
                       label::terminal_gone);
}

TEST_CASE("label: lines from a pipe, each as soon as it is there") {
  std::array<int, 2> ends = {-1, -1};
  REQUIRE(pipe(ends.data()) == 0);
  int const nowhere = open("/dev/null", O_WRONLY);
  label::terminal screen(ends[0], nowhere);
  CHECK_FALSE(screen.interactive());
  CHECK(screen.bold("b") == "b");
  auto const send = [&](std::string_view bytes) {
    REQUIRE(write(ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  };
  send("one\ntwo\r\n\nfo");
  CHECK(screen.read_line() == "one");
  CHECK(screen.read_line() == "two");
  CHECK(screen.read_line() == "");
  send("ur\n");
  CHECK(screen.read_line() == "four");
  send(std::string(10'000, 'x') + "\nlast");
  close(ends[1]);
  CHECK(screen.read_line() == std::string(10'000, 'x'));
  CHECK(screen.read_line() == "last");
  CHECK_FALSE(screen.read_line().has_value());
  CHECK_FALSE(screen.read_line().has_value());
  close(ends[0]);
  close(nowhere);
}

TEST_CASE("label: a line edited at a terminal of 20 columns" * doctest::skip(no_terminals())) {
  usual_environment const usual;
  pseudo_terminal const at(20);
  label::terminal screen(at.program(), at.program());
  at.type("日\x7f\x01>\r");
  CHECK(label::edit_line(screen, "name: ", "0123456789abcdef") == ">0123456789abcdef");
  screen.flush();
  std::string const seen = at.seen("\n");
  CHECK(seen.starts_with("\rname: 456789abcdef\x1b[K\r\x1b[18C\r"));
  CHECK(seen.find("\rname: 6789abcdef日\x1b[K\r\x1b[18C\r") != std::string::npos);
  CHECK(seen.find("\rname: 0123456789abc\x1b[K\r\x1b[6C\r") != std::string::npos);
  CHECK(seen.ends_with("\rname: >0123456789ab\x1b[K\r\x1b[7C\r\n"));
  for (std::string const cancel : {"\x1b", "\x03", "\x04"}) {
    at.type("x" + cancel);
    CHECK_FALSE(label::edit_line(screen, "name: ", "").has_value());
  }
  at.type("\r");
  CHECK(label::edit_line(screen, "a prompt wider than the half: ", "kept") == "kept");
  CHECK(at.seen("kept").find("\ra prompt…kept") != std::string::npos);
}

TEST_CASE("label: a line at a terminal that knows no sequences" * doctest::skip(no_terminals())) {
  usual_environment const usual;
  variable const term("TERM", "dumb");
  pseudo_terminal const at;
  label::terminal screen(at.program(), at.program());
  auto const answer = [&](std::string const& typed) {
    std::thread typing([&] {
      at.seen("[old] ");  // in lines, not before
      at.type(typed);
    });
    auto line = label::edit_line(screen, "name: ", "old");
    typing.join();
    return line;
  };
  CHECK(answer("nw\x7f"
               "ew\r") == "new");
  CHECK(at.seen("\n").find("nw\b \bew\r\n") != std::string::npos);  // with echo
  CHECK(answer("\r") == "old");
  CHECK_FALSE(answer("part\x03").has_value());
  CHECK_FALSE(answer("\x1b\r").has_value());
  CHECK_FALSE(answer("\x04").has_value());
  at.type("y");
  CHECK(screen.read_key(5s) == character("y"));
}
