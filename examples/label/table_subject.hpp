// SPDX-License-Identifier: Apache-2.0
/// @file
/// Rows of a table to label, and boosted trees that learn from them.
#pragma once

#include <alx/data/csv.hpp>
#include <alx/data/table.hpp>
#include <alx/learners/boosting/model_text.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/matrix.hpp>
#include <alx/report/text.hpp>

#include "../support/data_file.hpp"
#include "few_label_boosting.hpp"
#include "rounds.hpp"
#include "subject.hpp"
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace label {

class table_rows {
 public:
  table_rows(alx::csv_table fields,
             alx::data_table table,
             std::string_view strategy,
             plan const& settled,
             int threads)
      : fields_(std::move(fields)),
        table_(std::move(table)),
        rounds_(few_label_boosting(table_.categorical_features(), threads),
                table_.features.view(),
                strategy,
                settled) {
    scale();
  }

  [[nodiscard]] alx::data_table const& table() const { return table_; }

  /// The table with names that a model of LightGBM may have: other characters are underscores, and
  /// a name that is there already has its column's number at its end.
  [[nodiscard]] alx::data_table with_plain_names() const {
    alx::data_table table = table_;
    std::set<std::string> taken;
    for (auto& column : table.columns) {
      for (char& c : column.name) {
        bool const control = static_cast<unsigned char>(c) < 0x20;
        if (control || std::string_view(" \",:[]{}").find(c) != std::string_view::npos) c = '_';
      }
      if (column.name.empty() || !taken.insert(column.name).second) {
        column.name += "_" + std::to_string(column.source + 1);
        taken.insert(column.name);
      }
    }
    return table;
  }

  [[nodiscard]] few_label_boosting const& model() const { return rounds_.model(); }

  [[nodiscard]] std::shared_ptr<lesson const> learn(book const& known) {
    auto said = rounds_.learn(known);
    said->importance = alx::feature_importance(model().model().model(), alx::importance_type::gain);
    return said;
  }

  /// The columns of a row, ignored ones too: by importance to the model, then as in the file.
  [[nodiscard]] shown_row show(alx::index_t row, lesson const* said) const {
    std::vector<double> weight(table_.columns.size());
    for (std::size_t f = 0; said != nullptr && f < said->importance.size(); ++f) {
      weight[static_cast<std::size_t>(table_.feature_columns[f])] = said->importance[f];
    }
    std::vector<std::size_t> order(weight.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(
        order.begin(), order.end(), [&](auto a, auto b) { return weight[a] > weight[b]; });
    shown_row shown;
    for (auto const c : order) {
      auto const& column = table_.columns[c];
      shown.emplace_back(column.name, std::string(fields_(row, column.source)));
    }
    return shown;
  }

  /// Numbers differ by so many standard deviations, categories by one, a missing value from one
  /// that is there by one.
  void distances(alx::index_t from, std::span<double> out) const {
    auto const all = table_.features.view();
    for (alx::index_t r = 0; r < all.rows; ++r) {
      double sum = 0.0;
      for (alx::index_t c = 0; c < all.cols; ++c) {
        double const a = all(from, c);
        double const b = all(r, c);
        double const scale = scale_[static_cast<std::size_t>(c)];
        bool const both = !std::isnan(a) && !std::isnan(b);
        if (both && scale > 0.0) {
          sum += (a - b) * (a - b) * scale;
        } else if (both ? a != b : std::isnan(a) != std::isnan(b)) {
          sum += 1.0;
        }
      }
      out[static_cast<std::size_t>(r)] = sum;
    }
  }

 private:
  /// 1 / variance of each column of numbers, 0 of categories.
  void scale() {
    auto const all = table_.features.view();
    for (alx::index_t c = 0; c < all.cols; ++c) {
      auto const& column = table_.columns[static_cast<std::size_t>(
          table_.feature_columns[static_cast<std::size_t>(c)])];
      double count = 0.0;
      double mean = 0.0;
      double squares = 0.0;
      for (alx::index_t r = 0; r < all.rows; ++r) {
        if (std::isnan(all(r, c))) continue;
        count += 1.0;
        double const before = all(r, c) - mean;
        mean += before / count;
        squares += before * (all(r, c) - mean);
      }
      bool const number = column.type == alx::column_type::number && squares > 0.0;
      scale_.push_back(number ? count / squares : 0.0);
    }
  }

  alx::csv_table fields_;
  alx::data_table table_;
  rounds<few_label_boosting, alx::matrix_view<double const>> rounds_;
  std::vector<double> scale_;
};

inline subject table_subject(std::shared_ptr<table_rows> const& rows, plan const& settled) {
  subject made;
  made.rows = settled.rows;
  made.summary = alx::table_summary(rows->table());
  made.show = [rows](alx::index_t row, book const& /*known*/, lesson const* model) {
    return rows->show(row, model);
  };
  made.name = [](alx::index_t row) { return "row " + std::to_string(row + 1); };
  made.distances = [rows](alx::index_t row, std::span<double> out) { rows->distances(row, out); };
  made.learn = [rows](book const& known) { return rows->learn(known); };
  made.save = [rows, classes = settled.classes](std::filesystem::path const& folder,
                                                double /*threshold*/) {
    auto model = rows->model().model().model();
    program::keep_columns(model, rows->with_plain_names());
    auto const to = (folder / "model.txt").string();
    alx::report::write_text(to, alx::model_text(model));
    std::string names;
    auto const& seen = rows->model().seen();
    for (std::size_t k = 0; k < seen.size(); ++k) {
      names += (k == 0 ? " (class " : ", ") + std::to_string(k) + " is " +
               classes[static_cast<std::size_t>(seen[k])];
    }
    return std::vector<std::string>{to + names + ")"};
  };
  return made;
}

}  // namespace label
