// SPDX-License-Identifier: Apache-2.0
/// @file
/// Texts and the class of each, from the columns of a table.
#pragma once

#include <alx/data/csv.hpp>
#include <alx/data/detail/utf8.hpp>
#include <alx/data/labels.hpp>
#include <alx/error.hpp>
#include <alx/view.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// Texts with a label each. Copies share the bytes; the views live as long as any of them.
struct labelled_texts {
  std::shared_ptr<std::string const> bytes;  ///< what `texts` are views of
  std::vector<std::string_view> texts;
  std::vector<label_t> labels;
  std::vector<label_t> half;         ///< 0: train, 1: test; empty where that is not known
  std::vector<std::string> classes;  ///< the names of classes 0, 1, …
};

/// Which columns of a table hold what.
struct text_columns {
  std::string text = "text";
  std::string label = "label";
  /// Its values are "train" and "test". Nothing: the column `split`, if there is one.
  std::optional<std::string> split = std::nullopt;
};

}  // namespace alx::inline v0

namespace alx::inline v0::detail {

inline std::vector<label_t> read_halves(csv_table const& table, index_t column) {
  std::vector<label_t> half;
  half.reserve(static_cast<std::size_t>(table.rows()));
  for (index_t r = 0; r < table.rows(); ++r) {
    auto const value = table(r, column);
    if (value != "train" && value != "test") {
      table.refuse(r, column, in_quotes(value) + " is neither 'train' nor 'test'");
    }
    half.push_back(value == "test" ? 1 : 0);
  }
  return half;
}

}  // namespace alx::inline v0::detail

namespace alx::inline v0 {

/// One text a row of the table, in its order.
///
/// Labels are numbered as `labels_of` does. Texts are bytes: see `first_invalid_utf8`.
///
/// **Throws.** `data_error` naming the columns that are there where one is missing, the place of an
/// empty label, of more than 1,000 different ones, of a half that is neither "train" nor "test"; a
/// table without rows.
[[nodiscard]] inline labelled_texts texts_of(csv_table const& table,
                                             text_columns const& columns = {}) {
  labelled_texts out;
  out.bytes = table.bytes();
  index_t const text = table.column(columns.text);
  index_t const label = table.column(columns.label);
  auto const split =
      columns.split ? std::optional(table.column(*columns.split)) : table.find_column("split");
  if (table.rows() == 0) throw data_error(table.name() + ": a header and no row");
  out.texts = table.values(text);
  auto labels = labels_of(table, label);
  out.labels = std::move(labels.labels);
  out.classes = std::move(labels.classes);
  if (split) out.half = detail::read_halves(table, *split);
  return out;
}

/// The first text that is not valid UTF-8, if one is not.
[[nodiscard]] inline std::optional<index_t> first_invalid_utf8(
    std::span<std::string_view const> texts) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!detail::is_utf8(texts[i])) return static_cast<index_t>(i);
  }
  return std::nullopt;
}

}  // namespace alx::inline v0
