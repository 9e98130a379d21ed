// SPDX-License-Identifier: Apache-2.0
/// @file
/// Texts to label: weights of their words, and a logistic regression on those or on a few hundred
/// dimensions of them.
#pragma once

#include <alx/data/text_rows.hpp>
#include <alx/error.hpp>
#include <alx/learners/logistic_regression.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>
#include <alx/sparse.hpp>
#include <alx/text/lsa.hpp>
#include <alx/text/tf_idf.hpp>
#include <alx/text_model.hpp>

#include "rounds.hpp"
#include "subject.hpp"
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace label {

/// Rows of weights, as edited.
class weighted_texts {
 public:
  explicit weighted_texts(alx::text_rows texts) : texts_(std::move(texts)) {
    auto const size = std::ssize(texts_.texts);
    // A word of one text alone says nothing of another, where there are texts enough.
    alx::tf_idf_options how{.ngrams = {1, 2},
                            .min_df = size >= 1000 ? 2 : 1,
                            .frequency = alx::term_frequency::sublinear};
    if (size >= 20'000) how.ngrams = {1, 1};
    terms_ = alx::tf_idf(how);
    try {
      original_ = weigh();
    } catch (alx::data_error const&) {  // no word is in two texts
      how.min_df = 1;
      terms_ = alx::tf_idf(how);
      original_ = weigh();
    }
    rows_ = original_;
  }

  [[nodiscard]] alx::text_rows const& texts() const { return texts_; }

  [[nodiscard]] alx::tf_idf const& terms() const { return terms_; }

  [[nodiscard]] alx::sparse_view<float> rows() const { return rows_->view(); }

  /// Takes over the texts that `known` says were changed; whether any was.
  bool edit(book const& known) {
    if (known.edits() == edits_) return false;
    alx::sparse_matrix<float> next(rows_->cols());
    for (alx::index_t r = 0; r < rows_->rows(); ++r) {
      auto const text = known.edits().find(r);
      bool const was_edited = edits_.count(r) > 0;
      if (text == known.edits().end() && !was_edited) {
        auto const row = rows_->view().row(r);
        next.add_row(row.columns, row.values);
        continue;
      }
      auto const words = text == known.edits().end() ? texts_.texts[static_cast<std::size_t>(r)]
                                                     : std::string_view(text->second);
      auto const again = terms_.transform<float>(words);
      auto const row = again.view().row(0);
      next.add_row(row.columns, row.values);
    }
    rows_ = std::make_shared<alx::sparse_matrix<float> const>(std::move(next));
    edits_ = known.edits();
    return true;
  }

  /// Squared distances of all rows to one, of rows of norm 1: 2 - 2 cos. Of the texts as they were
  /// read: another thread may be at `edit`.
  void distances(alx::index_t from, std::span<double> out) const {
    auto const all = original_->view();
    std::vector<float> dense(static_cast<std::size_t>(all.cols));
    auto const one = all.row(from);
    for (std::size_t k = 0; k < one.columns.size(); ++k) {
      dense[static_cast<std::size_t>(one.columns[k])] = one.values[k];
    }
    for (alx::index_t r = 0; r < all.rows; ++r) {
      auto const row = all.row(r);
      float cosine = 0.0F;
      for (std::size_t k = 0; k < row.columns.size(); ++k) {
        cosine += row.values[k] * dense[static_cast<std::size_t>(row.columns[k])];
      }
      out[static_cast<std::size_t>(r)] = std::max(0.0, 2.0 - 2.0 * double{cosine});
    }
    out[static_cast<std::size_t>(from)] = 0.0;
  }

 private:
  [[nodiscard]] std::shared_ptr<alx::sparse_matrix<float> const> weigh() {
    return std::make_shared<alx::sparse_matrix<float> const>(
        terms_.fit_transform<float>(texts_.texts));
  }

  alx::text_rows texts_;
  alx::tf_idf terms_{};
  std::shared_ptr<alx::sparse_matrix<float> const> original_;
  std::shared_ptr<alx::sparse_matrix<float> const> rows_;  ///< as edited
  std::map<alx::index_t, std::string> edits_;
};

/// Logistic regression on the weights.
class plain_text_model {
 public:
  plain_text_model(weighted_texts const& from,
                   std::string strategy,
                   plan const& settled,
                   alx::thread_team& /*team*/)
      : from_(&from), strategy_(std::move(strategy)), plan_(&settled) {
    refresh();
  }

  /// After the rows have changed.
  void refresh() {
    rounds_.emplace(alx::logistic_regression{{.c = 10.0}}, from_->rows(), strategy_, *plan_);
  }

  std::shared_ptr<lesson> learn(book const& known) { return rounds_->learn(known); }

  [[nodiscard]] alx::logistic_regression const& model() const { return rounds_->model(); }

  /// What the model reads of rows of weights.
  [[nodiscard]] alx::sparse_view<float> features(alx::sparse_view<float> rows) const {
    return rows;
  }

  [[nodiscard]] alx::text_model bundle(alx::text_model_options options) const {
    return {from_->terms(), rounds_->model(), std::move(options)};
  }

 private:
  weighted_texts const* from_;
  std::string strategy_;
  plan const* plan_;
  std::optional<rounds<alx::logistic_regression, alx::sparse_view<float>>> rounds_;
};

/// Logistic regression on dimensions of latent semantic analysis, which no label is needed for.
class lsa_text_model {
 public:
  lsa_text_model(weighted_texts const& from,
                 std::string strategy,
                 plan const& settled,
                 alx::thread_team& team)
      : from_(&from), strategy_(std::move(strategy)), plan_(&settled), team_(&team) {
    auto const least = std::min(from.rows().rows, from.rows().cols);
    topics_ = alx::lsa({.dimensions = std::min<alx::index_t>(100, least)});
    topics_.fit(from.rows(), team);
    refresh();
  }

  void refresh() {
    dense_ = topics_.transform(from_->rows(), *team_);
    rounds_.emplace(alx::logistic_regression{{.c = 10.0}}, dense_.view(), strategy_, *plan_);
  }

  std::shared_ptr<lesson> learn(book const& known) { return rounds_->learn(known); }

  [[nodiscard]] alx::logistic_regression const& model() const { return rounds_->model(); }

  /// What the model reads of rows of weights.
  [[nodiscard]] alx::matrix<double> features(alx::sparse_view<float> rows) const {
    return topics_.transform(rows, *team_);
  }

  [[nodiscard]] alx::text_model bundle(alx::text_model_options options) const {
    return {from_->terms(), topics_, rounds_->model(), std::move(options)};
  }

 private:
  weighted_texts const* from_;
  std::string strategy_;
  plan const* plan_;
  alx::thread_team* team_;
  alx::lsa topics_;
  alx::matrix<double> dense_;
  std::optional<rounds<alx::logistic_regression, alx::matrix_view<double const>>> rounds_;
};

/// What texts are labelled with; `Model` is one of the two above, made by `make(weights)`.
template <class Make>
subject text_subject(alx::text_rows texts,
                     std::string field,
                     plan const& settled,
                     Make const& make) {
  auto const weights = std::make_shared<weighted_texts>(std::move(texts));
  using model_type = decltype(make(*weights));
  std::shared_ptr<model_type> const model(new model_type(make(*weights)));
  subject made;
  made.rows = weights->rows().rows;
  made.is_text = true;
  made.field = std::move(field);
  made.show = [weights](alx::index_t row, book const& known, lesson const* /*model*/) {
    auto const edited = known.edits().find(row);
    auto const text = weights->texts().texts[static_cast<std::size_t>(row)];
    return shown_row{{"", edited == known.edits().end() ? std::string(text) : edited->second}};
  };
  made.name = [weights](alx::index_t row) {
    return weights->texts().names[static_cast<std::size_t>(row)];
  };
  made.distances = [weights](alx::index_t row, std::span<double> out) {
    weights->distances(row, out);
  };
  made.learn = [weights, model](book const& known) {
    if (weights->edit(known)) model->refresh();
    return model->learn(known);
  };
  made.save = [model, classes = settled.classes](std::filesystem::path const& folder,
                                                 double threshold) {
    auto const to = folder / "model";
    model->bundle({classes, threshold}).save(to);
    return std::vector<std::string>{to.string()};
  };
  return made;
}

}  // namespace label
