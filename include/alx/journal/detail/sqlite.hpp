// SPDX-License-Identifier: Apache-2.0
/// @file
/// SQLite's C library as values that close themselves and errors that name the file.
#pragma once

#include <alx/error.hpp>

#include <cstdint>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>

namespace alx::inline v0::detail::sqlite {

/// Words of a damaged file as one line that any terminal can show.
inline std::string plain(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

/// What SQLite says went wrong, in words for who labels.
inline std::string words_for(int code, sqlite3* db) {
  int const kind = code & 0xff;  // without SQLite's extension
  if (kind == SQLITE_FULL) return "the disk is full";
  if (kind == SQLITE_NOTADB) return "is no journal";
  if (kind == SQLITE_CORRUPT) return "is damaged: " + plain(sqlite3_errmsg(db));
  if (kind == SQLITE_READONLY || kind == SQLITE_PERM) return "cannot be written";
  if (kind == SQLITE_IOERR) {
    return "cannot be read or written (is the disk full?): " + std::string(sqlite3_errstr(code));
  }
  return sqlite3_errmsg(db);
}

/// One statement, prepared once.
class statement {
 public:
  statement(sqlite3* db, std::string const& name, std::string_view sql) : db_(db), name_(name) {
    sqlite3_stmt* made = nullptr;
    int const code =
        sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &made, nullptr);
    made_.reset(made);
    if (code != SQLITE_OK) refuse(code);
  }

  /// Values for the question marks, from the first; then one step.
  template <class... Values>
  bool run(Values const&... values) {
    sqlite3_reset(made_.get());
    int at = 0;
    (bind(++at, values), ...);
    return step();
  }

  /// Whether there is a row; where there is none the statement is ready to be run again.
  bool step() {
    int const code = sqlite3_step(made_.get());
    if (code == SQLITE_ROW) return true;
    int const end = sqlite3_reset(made_.get());
    if (code != SQLITE_DONE) refuse(end != SQLITE_OK ? end : code);
    return false;
  }

  [[nodiscard]] std::int64_t integer(int column) const {
    return sqlite3_column_int64(made_.get(), column);
  }

  [[nodiscard]] double real(int column) const { return sqlite3_column_double(made_.get(), column); }

  [[nodiscard]] bool is_null(int column) const {
    return sqlite3_column_type(made_.get(), column) == SQLITE_NULL;
  }

  [[nodiscard]] std::string text(int column) const {
    auto const* const bytes = static_cast<char const*>(sqlite3_column_blob(made_.get(), column));
    auto const size = static_cast<std::size_t>(sqlite3_column_bytes(made_.get(), column));
    return bytes == nullptr ? std::string() : std::string(bytes, size);
  }

 private:
  struct finish {
    void operator()(sqlite3_stmt* made) const { sqlite3_finalize(made); }
  };

  void bind(int at, std::int64_t value) { check(sqlite3_bind_int64(made_.get(), at, value)); }

  void bind(int at, double value) { check(sqlite3_bind_double(made_.get(), at, value)); }

  void bind(int at, std::nullptr_t) { check(sqlite3_bind_null(made_.get(), at)); }

  void bind(int at, std::string_view value) {
    // A null pointer would be NULL and no empty text.
    check(sqlite3_bind_text(made_.get(),
                            at,
                            value.empty() ? "" : value.data(),
                            static_cast<int>(value.size()),
                            SQLITE_TRANSIENT));
  }

  void check(int code) const {
    if (code != SQLITE_OK) refuse(code);
  }

  [[noreturn]] void refuse(int code) const {
    throw data_error(name_ + ": " + words_for(code, db_));
  }

  sqlite3* db_;
  std::string name_;
  std::unique_ptr<sqlite3_stmt, finish> made_;
};

/// An open database.
class database {
 public:
  explicit database(std::string const& path) : name_(path) {
    sqlite3* opened = nullptr;
    int const code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
    opened_.reset(opened);
    if (code != SQLITE_OK) throw data_error(name_ + ": " + words_for(code, opened));
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, 2000);  // somebody may be reading it
  }

  [[nodiscard]] statement prepare(std::string_view sql) const {
    return {opened_.get(), name_, sql};
  }

  /// Runs one statement that gives no rows, or whose rows nobody wants.
  void run(std::string_view sql) const {
    auto once = prepare(sql);
    while (once.step()) {
    }
  }

  /// The first value of the first row, as a number.
  [[nodiscard]] std::int64_t number(std::string_view sql) const {
    auto once = prepare(sql);
    return once.step() ? once.integer(0) : 0;
  }

  [[nodiscard]] std::string text(std::string_view sql) const {
    auto once = prepare(sql);
    return once.step() ? once.text(0) : std::string();
  }

  /// Calls `work` in a transaction, which is taken back where `work` throws.
  template <class F>
  void all_or_nothing(F&& work) const {
    run("BEGIN IMMEDIATE");
    try {
      work();
      run("COMMIT");
    } catch (...) {
      // A disk that is full may have ended it already.
      if (sqlite3_get_autocommit(opened_.get()) == 0) {
        sqlite3_exec(opened_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
      }
      throw;
    }
  }

 private:
  struct close {
    void operator()(sqlite3* opened) const { sqlite3_close_v2(opened); }
  };

  std::string name_;
  std::unique_ptr<sqlite3, close> opened_;
};

}  // namespace alx::inline v0::detail::sqlite
