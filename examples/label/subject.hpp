// SPDX-License-Identifier: Apache-2.0
/// @file
/// What is labelled, texts or rows of a table: how it is shown, learnt from and kept.
#pragma once

#include <alx/view.hpp>

#include "book.hpp"
#include "lesson.hpp"
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace label {

/// A row as a person sees it: names and values; a text has one field without a name.
using shown_row = std::vector<std::pair<std::string, std::string>>;

struct subject {
  alx::index_t rows = 0;
  bool is_text = false;     ///< rows may be edited
  std::string fingerprint;  ///< of all rows
  std::string summary;      ///< what was read, lines for a person
  std::string field;        ///< of a text: what files call it

  /// The row, as edited. Columns that matter most to the model come first.
  std::function<shown_row(alx::index_t row, book const& known, lesson const* model)> show;

  /// What messages and files call a row.
  std::function<std::string(alx::index_t row)> name;

  /// Squared distances of all rows to one.
  std::function<void(alx::index_t row, std::span<double> out)> distances;

  /// Fits, predicts and ranks.
  std::function<std::shared_ptr<lesson const>(book const& known)> learn;

  /// Writes the model of the last lesson into a folder; returns what it wrote. `threshold`: class 1
  /// of two where its probability is more.
  std::function<std::vector<std::string>(std::filesystem::path const& folder, double threshold)>
      save;
};

}  // namespace label
