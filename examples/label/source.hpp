// SPDX-License-Identifier: Apache-2.0
/// @file
/// From a file or folder that nobody has labelled to what is labelled.
#pragma once

#include <alx/data/csv.hpp>
#include <alx/data/encoding.hpp>
#include <alx/data/table.hpp>
#include <alx/data/text_rows.hpp>
#include <alx/error.hpp>
#include <alx/parallel.hpp>
#include <alx/text/detail/murmur_hash.hpp>

#include "../support/program.hpp"
#include "plan.hpp"
#include "subject.hpp"
#include "table_subject.hpp"
#include "text_subject.hpp"
#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace label {

/// Where the rows come from and how they are read.
struct source_options {
  std::string data;
  std::string text_column;
  std::string separator;           ///< empty: guessed from the header
  std::string encoding = "utf-8";  ///< or latin1
  std::map<std::string, alx::column_type> types{};
  std::vector<std::string> leave_out{};
};

/// How rows are learnt from.
struct learning_options {
  std::string learner;  ///< empty: by the kind of rows
  std::string strategy = "margin";
  int threads = 0;
};

/// The rows as read: texts, or a table.
class source {
 public:
  /// **Throws.** `data_error` naming the file, and the line, row and column of what is wrong.
  explicit source(source_options const& from) {
    namespace fs = std::filesystem;
    fs::path const path = from.data;
    if (!fs::exists(path)) throw alx::data_error(from.data + ": there is no such file or folder");
    if (fs::is_directory(path)) {
      texts_ = alx::read_text_folder(path);
      kind_ = "texts, one a file";
    } else if (path.extension() == ".txt") {
      texts_ = alx::texts_of_lines(bytes_of(from), from.data);
      kind_ = "texts, one a line";
    } else {
      read_table(from);
    }
    if (rows() < 2) {
      throw alx::data_error(from.data + ": " + program::count(rows(), "row") +
                            "; a model needs two at the very least");
    }
  }

  [[nodiscard]] alx::index_t rows() const {
    return texts_ ? std::ssize(texts_->texts) : fields_->rows();
  }

  [[nodiscard]] bool is_text() const { return texts_.has_value(); }

  /// "8c1d03fa": tells other rows from these, or the same ones read in another way.
  [[nodiscard]] std::string fingerprint() const {
    auto const& bytes = texts_ ? *texts_->bytes : *fields_->bytes();
    std::string const how = texts_ ? column_ : alx::table_summary(*table_);
    constexpr std::string_view digits = "0123456789abcdef";
    auto const hash = alx::detail::murmur_hash(bytes, alx::detail::murmur_hash(how));
    std::string text;
    for (int shift = 28; shift >= 0; shift -= 4) text += digits[hash >> shift & 15U];
    return text;
  }

  /// Everything that labelling does with these rows. `settled` and `team` must live as long.
  ///
  /// **Throws.** `option_error` for a learner that does not learn from such rows.
  [[nodiscard]] subject prepare(learning_options const& how,
                                plan const& settled,
                                alx::thread_team& team) const {
    // The dimensions of many texts take long to find.
    std::string const usual = !is_text()         ? "gradient_boosting"
                              : rows() <= 20'000 ? "lsa"
                                                 : "logistic";
    auto const learner = how.learner.empty() ? usual : how.learner;
    bool const learns_texts = learner == "logistic" || learner == "lsa";
    if (learns_texts != is_text()) {
      throw alx::option_error(
          "--learner " + learner + ": does not learn from " +
          (is_text() ? "texts (logistic and lsa do)" : "tables (gradient_boosting does)"));
    }
    auto made = learner == "lsa" ? of_texts<lsa_text_model>(how, settled, team)
                : is_text()      ? of_texts<plain_text_model>(how, settled, team)
                                 : of_table(how, settled);
    made.fingerprint = fingerprint();
    if (is_text()) made.summary = program::count(rows(), "text") + ": " + kind_ + "\n";
    return made;
  }

 private:
  static std::string bytes_of(source_options const& from) {
    auto bytes = alx::detail::file_bytes(from.data);
    return from.encoding == "latin1" ? alx::latin1_to_utf8(bytes) : bytes;
  }

  void read_table(source_options const& from) {
    auto bytes = bytes_of(from);
    bool const is_tab = from.separator == "\\t" || from.separator == "tab";
    if (from.separator.size() > 1 && !is_tab) {
      throw alx::option_error("--separator: '" + from.separator + "' is not one character or tab");
    }
    char const separator = from.separator.empty() ? alx::guess_separator(bytes)
                           : is_tab               ? '\t'
                                                  : from.separator.front();
    fields_ = alx::csv_table::parse(std::move(bytes), from.data, {.separator = separator});
    column_ = from.text_column;
    if (column_.empty()) {
      table_ = alx::make_table(*fields_, {.types = from.types, .leave_out = from.leave_out});
      column_ = only_text(*table_);
      if (column_.empty()) return;
    }
    texts_ = alx::texts_of_column(*fields_, column_);
    kind_ = "column '" + column_ + "'";
  }

  /// The text column of a table that has nothing else to learn from.
  static std::string only_text(alx::data_table const& table) {
    if (!table.feature_columns.empty()) return {};
    std::string found;
    for (auto const& column : table.columns) {
      if (column.type != alx::column_type::text) continue;
      if (!found.empty()) return {};
      found = column.name;
    }
    return found;
  }

  template <class Model>
  [[nodiscard]] subject of_texts(learning_options const& how,
                                 plan const& settled,
                                 alx::thread_team& team) const {
    return text_subject(
        *texts_, column_.empty() ? "text" : column_, settled, [&](weighted_texts const& weights) {
          return Model(weights, how.strategy, settled, team);
        });
  }

  [[nodiscard]] subject of_table(learning_options const& how, plan const& settled) const {
    if (table_->feature_columns.empty()) {
      throw alx::data_error(fields_->name() +
                            ": no column to learn from (--text-column names a column of texts):\n" +
                            alx::table_summary(*table_));
    }
    return table_subject(
        std::make_shared<table_rows>(*fields_, *table_, how.strategy, settled, how.threads),
        settled);
  }

  std::optional<alx::text_rows> texts_;
  std::optional<alx::csv_table> fields_;
  std::optional<alx::data_table> table_;
  std::string column_;
  std::string kind_;
};

}  // namespace label
