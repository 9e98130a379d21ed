// SPDX-License-Identifier: Apache-2.0
/// @file
/// What people answered, on disk before anything else happens. Needs SQLite (target alx::journal).
#pragma once

#include <alx/error.hpp>
#include <alx/journal/detail/file_lock.hpp>
#include <alx/journal/detail/sqlite.hpp>
#include <alx/journal/entry.hpp>
#include <alx/journal/live_entries.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// A file of entries to which is only ever added.
///
/// **Semantics.** An entry that `append` has returned from is on disk: no crash, kill, full disk or
/// loss of power takes it away (SQLite in WAL mode, synchronous = FULL). One that was being written
/// then is there whole or not at all. Nothing is changed or removed, an undo is an entry too. One
/// process at a time has a journal open; others may read it with any tool that reads SQLite, where
/// the view `answers` shows what holds, with names and times in words.
///
/// **Cost.** A few milliseconds an entry, nearly all of it the disk's; all entries stay in memory.
///
/// **Example.** `alx::journal kept("spam.journal", {.rows = 2000, .classes = {"ham", "spam"}});
/// kept.append({.row = 17, .label = 1, .user = "ann"});`
class journal {
 public:
  static constexpr int version = 1;  ///< of the file; a newer one is not read

  /// Opens a journal, or makes one where there is no file (or an empty one). One without entries
  /// takes over another heading.
  ///
  /// **Throws.** `state_error` where another process has it open; `data_error` naming the file that
  /// is no journal, damaged, of a newer version or of other rows, classes, seed or settings.
  journal(std::filesystem::path const& file, journal_heading const& heading)
      : journal(file, detail::file_lock::missing::make, &heading) {
    if (heading_ == heading) return;
    if (!entries_.empty()) refuse_heading(heading);
    database_.all_or_nothing([&] {
      database_.run("DELETE FROM heading");
      write_heading(heading);
    });
    heading_ = heading;
  }

  /// Opens a journal that is there, whatever it is of.
  ///
  /// **Throws.** The same, and `data_error` where there is none.
  explicit journal(std::filesystem::path const& file)
      : journal(file, detail::file_lock::missing::refuse, nullptr) {}

  [[nodiscard]] journal_heading const& heading() const { return heading_; }

  /// All entries, from the first.
  [[nodiscard]] std::vector<journal_entry> const& entries() const { return entries_; }

  /// The entries that hold.
  [[nodiscard]] std::vector<journal_entry> live() const { return live_entries(entries_); }

  /// Writes an entry and gives it its number, and the time of now where it has none.
  ///
  /// **Throws.** `data_error` where it cannot be kept, naming why: a full disk, a row or class that
  /// is not there, a number that is not finite, an undo of what does not hold. Nothing has changed
  /// then; the call may be made again.
  journal_entry const& append(journal_entry entry) { return append(std::span(&entry, 1)).front(); }

  /// The same for several, all of them or none.
  std::span<journal_entry const> append(std::span<journal_entry const> entries) {
    std::size_t const before = entries_.size();
    try {
      for (auto const& entry : entries) {
        entries_.push_back(entry);
        entries_.back().number = static_cast<std::int64_t>(entries_.size());
        if (entry.time == 0) entries_.back().time = now();
      }
      for (std::size_t i = before; i < entries_.size(); ++i) check(entries_[i]);
      if (std::any_of(entries.begin(), entries.end(), is_undo)) (void)undone_entries(entries_);
      write(std::span<journal_entry const>(entries_).subspan(before));
    } catch (...) {
      entries_.resize(before);
      throw;
    }
    return std::span<journal_entry const>(entries_).subspan(before);
  }

 private:
  using json = nlohmann::ordered_json;

  static constexpr int application = 0x616c786a;  // "alxj": what the file says that it is

  journal(std::filesystem::path const& file,
          detail::file_lock::missing then,
          journal_heading const* make)
      : name_(file.string()), lock_(name_, then), database_(name_) {
    database_.run("PRAGMA synchronous = FULL");
    if (make != nullptr && database_.number("SELECT count(*) FROM sqlite_schema") == 0) {
      make_tables(*make);
    }
    expect_journal();
    database_.run("PRAGMA journal_mode = WAL");
    read_heading();
    read_entries();
  }

  static bool is_undo(journal_entry const& entry) { return entry.what == deed::undo; }

  static std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

  void write_heading(journal_heading const& heading) const {
    auto add = database_.prepare("INSERT INTO heading VALUES (?, ?)");
    add.run(std::string_view("rows"), std::to_string(heading.rows));
    add.run(std::string_view("classes"), text_of(heading.classes));
    add.run(std::string_view("seed"), std::to_string(heading.seed));
    add.run(std::string_view("data"), heading.data);
    add.run(std::string_view("settings"), heading.settings);
  }

  void make_tables(journal_heading const& heading) const {
    database_.all_or_nothing([&] {
      database_.run("CREATE TABLE heading (name TEXT PRIMARY KEY, value TEXT NOT NULL)");
      database_.run(
          "CREATE TABLE entry (number INTEGER PRIMARY KEY, what TEXT NOT NULL, row INTEGER NOT "
          "NULL, label INTEGER NOT NULL, user TEXT NOT NULL, time INTEGER NOT NULL, seconds REAL "
          "NOT NULL, why TEXT NOT NULL, ticket INTEGER NOT NULL, model INTEGER NOT NULL, next "
          "INTEGER NOT NULL, opinion TEXT NOT NULL, utility REAL NOT NULL, parts TEXT NOT NULL, "
          "text TEXT NOT NULL, undone INTEGER NOT NULL)");
      database_.run(
          "CREATE VIEW answers AS SELECT number, what, row + 1 AS row, CASE WHEN label >= 0 THEN "
          "json_extract((SELECT value FROM heading WHERE name = 'classes'), '$[' || label || ']') "
          "END AS class, user, "
          "strftime('%Y-%m-%d %H:%M:%f', time / 1000.0, 'unixepoch') AS time, seconds, why, "
          "opinion, utility, parts, text FROM entry WHERE what <> 'undo' AND number NOT IN "
          "(SELECT undone FROM entry)");
      write_heading(heading);
      database_.run("PRAGMA application_id = " + std::to_string(application));
      database_.run("PRAGMA user_version = " + std::to_string(version));
    });
  }

  void expect_journal() const {
    if (database_.number("PRAGMA application_id") != application) {
      throw data_error(name_ + ": is no journal");
    }
    auto const found = database_.number("PRAGMA user_version");
    if (found > version) {
      throw data_error(name_ + ": is a journal of version " + std::to_string(found) +
                       "; this program reads versions up to " + std::to_string(version));
    }
    auto const health = database_.text("PRAGMA quick_check(1)");
    if (health != "ok") throw data_error(name_ + ": is damaged: " + detail::sqlite::plain(health));
  }

  /// What `take` makes of the value that `text` stands for.
  template <class Take>
  [[nodiscard]] auto read_json(std::string const& text, Take&& take) const {
    try {
      return take(json::parse(text));
    } catch (json::exception const&) {
      throw data_error(name_ + ": is damaged: '" + detail::sqlite::plain(text) +
                       "' cannot be read");
    }
  }

  void read_heading() {
    auto const value = [&](char const* name) {
      auto find = database_.prepare("SELECT value FROM heading WHERE name = ?");
      if (!find.run(std::string_view(name))) {
        throw data_error(name_ + ": is damaged: its heading has no " + name);
      }
      return find.text(0);
    };
    using names = std::vector<std::string>;
    heading_.rows = read_json(value("rows"), [](json const& is) { return is.get<index_t>(); });
    heading_.classes =
        read_json(value("classes"), [](json const& are) { return are.get<names>(); });
    heading_.seed =
        read_json(value("seed"), [](json const& is) { return is.get<std::uint64_t>(); });
    heading_.data = value("data");
    heading_.settings = value("settings");
  }

  void read_entries() {
    auto all = database_.prepare(
        "SELECT number, what, row, label, user, time, seconds, why, ticket, model, next, opinion, "
        "utility, parts, text, undone FROM entry ORDER BY number");
    while (all.step()) {
      journal_entry entry;
      entry.number = all.integer(0);
      entry.what = named<deed>(deed_names, all.text(1));
      entry.row = all.integer(2);
      entry.label = static_cast<label_t>(all.integer(3));
      entry.user = all.text(4);
      entry.time = all.integer(5);
      entry.seconds = all.real(6);
      entry.why = named<asked_for>(asked_for_names, all.text(7));
      entry.ticket = static_cast<std::uint64_t>(all.integer(8));
      entry.model = all.integer(9);
      entry.next = all.integer(10);
      entry.opinion =
          read_json(all.text(11), [](json const& are) { return are.get<std::vector<double>>(); });
      entry.utility = all.real(12);
      entry.parts = read_json(all.text(13), parts_of);
      entry.text = all.text(14);
      entry.undone = all.integer(15);
      check(entry);
      entries_.push_back(std::move(entry));
    }
    (void)undone_entries(entries_);
  }

  static std::vector<named_value> parts_of(json const& object) {
    std::vector<named_value> parts;
    for (auto const& part : object.items()) {
      parts.push_back({part.key(), part.value().get<double>()});
    }
    return parts;
  }

  template <class Value, class Names>
  [[nodiscard]] Value named(Names const& names, std::string const& name) const {
    auto const found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      throw data_error(name_ + ": is damaged: '" + detail::sqlite::plain(name) + "' is unknown");
    }
    return static_cast<Value>(found - names.begin());
  }

  void check(journal_entry const& entry) const {
    auto const refuse = [&](std::string const& why) {
      throw data_error(name_ + ": entry " + std::to_string(entry.number) + why);
    };
    if (entry.row < 0 || entry.row >= heading_.rows) {
      refuse(" is of row " + std::to_string(entry.row) + ", there are " +
             std::to_string(heading_.rows));
    }
    bool const is_class =
        entry.label >= 0 && entry.label < static_cast<label_t>(heading_.classes.size());
    if (entry.what == deed::answer && !is_class) {
      refuse(" has label " + std::to_string(entry.label) + ", there are " +
             std::to_string(heading_.classes.size()) + " classes");
    }
    bool finite = std::isfinite(entry.seconds) && std::isfinite(entry.utility);
    for (double const one : entry.opinion) finite = finite && std::isfinite(one);
    for (auto const& part : entry.parts) finite = finite && std::isfinite(part.value);
    if (!finite) refuse(": seconds, utility, parts and opinion must be finite");
  }

  /// **Throws.** `data_error` where a text in it is no UTF-8.
  [[nodiscard]] std::string text_of(json const& value) const {
    try {
      return value.dump();
    } catch (json::exception const&) {
      throw data_error(name_ + ": cannot keep '" +
                       value.dump(-1, ' ', false, json::error_handler_t::replace) +
                       "', which is not UTF-8");
    }
  }

  void write(std::span<journal_entry const> entries) const {
    database_.all_or_nothing([&] {
      auto add = database_.prepare(
          "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      for (auto const& entry : entries) {
        auto parts = json::object();
        for (auto const& part : entry.parts) parts[part.name] = part.value;
        add.run(entry.number,
                name_of(entry.what),
                std::int64_t{entry.row},
                std::int64_t{entry.label},
                std::string_view(entry.user),
                entry.time,
                entry.seconds,
                name_of(entry.why),
                static_cast<std::int64_t>(entry.ticket),
                entry.model,
                entry.next,
                text_of(entry.opinion),
                entry.utility,
                text_of(parts),
                std::string_view(entry.text),
                entry.undone);
      }
    });
  }

  [[noreturn]] void refuse_heading(journal_heading const& wanted) const {
    std::string const begin = name_ + ": was begun with ";
    auto const names = [](std::vector<std::string> const& all) { return json(all).dump(); };
    if (heading_.rows != wanted.rows || heading_.data != wanted.data) {
      throw state_error(begin + "other data (" + std::to_string(heading_.rows) + " rows, " +
                        heading_.data + "), these are " + std::to_string(wanted.rows) + " rows, " +
                        wanted.data);
    }
    if (heading_.classes != wanted.classes) {
      throw state_error(begin + "classes " + names(heading_.classes) + ", not " +
                        names(wanted.classes));
    }
    if (heading_.seed != wanted.seed) {
      throw state_error(begin + "seed " + std::to_string(heading_.seed) + ", not " +
                        std::to_string(wanted.seed));
    }
    throw state_error(begin + "settings " + heading_.settings + ", not " + wanted.settings);
  }

  std::string name_;
  detail::file_lock lock_;  // before the database: it must be let go of after it
  detail::sqlite::database database_;
  journal_heading heading_;
  std::vector<journal_entry> entries_;
};

}  // namespace alx::inline v0
