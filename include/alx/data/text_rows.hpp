// SPDX-License-Identifier: Apache-2.0
/// @file
/// Texts to label: from a column of a table, the files of a folder, or the lines of a file.
#pragma once

#include <alx/data/csv.hpp>
#include <alx/data/detail/file_bytes.hpp>
#include <alx/data/detail/utf8.hpp>
#include <alx/data/encoding.hpp>
#include <alx/error.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// UTF-8 texts and what messages call each. Copies share the bytes; the views live as long as any
/// of them.
struct text_rows {
  std::shared_ptr<std::string const> bytes;  ///< what `texts` are views of
  std::vector<std::string_view> texts;
  std::vector<std::string> names;  ///< "row 16", "line 17", "letter.txt"
};

/// One text a row of the table, in its order; empty ones are kept.
///
/// **Throws.** `data_error` naming the columns that are there where it is none of them, the place
/// of a field that is not UTF-8; a table without rows.
[[nodiscard]] inline text_rows texts_of_column(csv_table const& table, std::string_view column) {
  index_t const wanted = table.column(column);
  if (table.rows() == 0) throw data_error(table.name() + ": a header and no row");
  text_rows out{table.bytes(), table.values(wanted), {}};
  for (index_t r = 0; r < table.rows(); ++r) {
    auto const text = out.texts[static_cast<std::size_t>(r)];
    if (!detail::is_utf8(text)) table.refuse(r, wanted, detail::not_utf8(text));
    out.names.push_back("row " + std::to_string(r + 1));
  }
  return out;
}

/// One text a line; lines of blanks only are skipped, and a byte-order mark and the \r of \r\n are
/// part of none. `name` stands for the file in messages, which number lines from 1.
///
/// **Throws.** `data_error` naming the line that is not UTF-8; a file that is empty, compressed,
/// UTF-16 or has only blank lines.
[[nodiscard]] inline text_rows texts_of_lines(std::string bytes, std::string const& name) {
  detail::expect_plain_text(bytes, name);
  text_rows out{std::make_shared<std::string const>(std::move(bytes)), {}, {}};
  auto left = detail::without_byte_order_mark(*out.bytes);
  if (left.empty()) throw data_error(name + ": an empty file");
  for (index_t line = 1; !left.empty(); ++line) {
    auto const end = std::min(left.find('\n'), left.size());
    auto text = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
    if (text.find_first_not_of(" \t\r\f\v") == std::string_view::npos) continue;
    std::string called = "line " + std::to_string(line);
    if (!detail::is_utf8(text)) {
      throw data_error(called.insert(0, name + ": ") + " " + detail::not_utf8(text));
    }
    out.texts.push_back(text);
    out.names.push_back(std::move(called));
  }
  if (out.texts.empty()) throw data_error(name + ": only blank lines");
  return out;
}

/// One text a line of a file that is not compressed; for the others, `read_file`
/// (data/compressed.hpp) gives the bytes to `texts_of_lines`.
[[nodiscard]] inline text_rows read_text_lines(std::filesystem::path const& path) {
  return texts_of_lines(detail::file_bytes(path), path.string());
}

}  // namespace alx::inline v0

namespace alx::inline v0::detail {

/// The files right in a folder that are regular and not hidden, sorted by the bytes of their names.
inline std::vector<std::filesystem::path> text_files(std::filesystem::path const& folder) {
  std::error_code failed;
  std::vector<std::filesystem::path> files;
  std::filesystem::directory_iterator at(folder, failed);
  for (; !failed && at != std::filesystem::directory_iterator(); at.increment(failed)) {
    bool const hidden = at->path().filename().native().front() == '.';
    std::error_code unknown;
    if (!hidden && at->is_regular_file(unknown)) files.push_back(at->path());
  }
  if (failed) refuse_file(folder.string(), failed.message());
  if (files.empty()) refuse_file(folder.string(), "no file in this folder");
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0 {

/// One text a file of a folder, sorted by the names, which are kept. Hidden files, folders within
/// it and what is no regular file are skipped; a byte-order mark is part of no text.
///
/// **Throws.** `data_error` naming the file that cannot be read, is empty, compressed, UTF-16 or
/// not UTF-8; a folder that cannot be read or has no file.
[[nodiscard]] inline text_rows read_text_folder(std::filesystem::path const& folder) {
  text_rows out;
  std::string bytes;
  std::vector<std::pair<std::size_t, std::size_t>> places;
  for (auto const& file : detail::text_files(folder)) {
    std::size_t const begin = bytes.size();
    detail::append_file(file, bytes);
    auto const whole = std::string_view(bytes).substr(begin);
    if (whole.empty()) detail::refuse_file(file.string(), "an empty file");
    detail::expect_plain_text(whole, file.string());
    auto const text = detail::without_byte_order_mark(whole);
    if (!detail::is_utf8(text)) detail::refuse_file(file.string(), detail::not_utf8(text));
    places.emplace_back(bytes.size() - text.size(), text.size());
    out.names.push_back(file.filename().string());
  }
  out.bytes = std::make_shared<std::string const>(std::move(bytes));
  for (auto const& [begin, size] : places) {
    out.texts.push_back(std::string_view(*out.bytes).substr(begin, size));
  }
  return out;
}

}  // namespace alx::inline v0
