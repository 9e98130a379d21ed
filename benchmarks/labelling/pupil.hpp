// SPDX-License-Identifier: Apache-2.0
/// @file
/// What examples/label learns with, and what it makes of rows that it was never shown.
#pragma once

#include <alx/data/labelled_table.hpp>
#include <alx/data/text_rows.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>
#include <alx/sparse.hpp>

#include "label/table_subject.hpp"
#include "label/text_subject.hpp"
#include "pools.hpp"
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace people {

struct pupil {
  label::subject subject;
  std::function<alx::matrix<double>()> predict_test;  ///< by the last model, while none learns
};

[[nodiscard]] inline pupil table_pupil(known_rows const& all,
                                       parts const& part,
                                       std::string const& strategy,
                                       label::plan const& settled) {
  auto const features = all.table->features.view();
  alx::data_table pool = *all.table;
  pool.features = alx::take(features, all.labels, part.pool).features;
  auto const rows =
      std::make_shared<label::table_rows>(all.fields, std::move(pool), strategy, settled, 1);
  auto const test = std::make_shared<alx::matrix<double> const>(
      alx::take(features, all.labels, part.test).features);
  auto const classes = static_cast<alx::index_t>(all.classes.size());
  return {label::table_subject(rows, settled), [rows, test, classes] {
            alx::matrix<double> out(test->rows(), classes);
            rows->model().predict_proba(test->view(), out.view());
            return out;
          }};
}

inline std::vector<std::string_view> texts_of(known_rows const& all,
                                              std::vector<alx::index_t> const& ids) {
  std::vector<std::string_view> texts;
  for (auto const id : ids) texts.push_back(all.texts[static_cast<std::size_t>(id)]);
  return texts;
}

inline alx::sparse_view<float> view_of(alx::sparse_view<float> rows) {
  return rows;
}

inline alx::matrix_view<double const> view_of(alx::matrix<double> const& rows) {
  return rows.view();
}

/// `Model` is one of label/text_subject.hpp.
template <class Model>
[[nodiscard]] pupil text_pupil(known_rows const& all,
                               parts const& part,
                               std::string const& strategy,
                               label::plan const& settled) {
  struct state {
    alx::thread_team team{1};
    label::weighted_texts weights;
    Model model;
    alx::sparse_matrix<float> test;
    decltype(model.features(test.view())) features;

    state(alx::text_rows pool,
          std::vector<std::string_view> const& fresh,
          std::string const& how,
          label::plan const& plan)
        : weights(std::move(pool)),
          model(weights, how, plan, team),
          test(weights.terms().template transform<float>(fresh)),
          features(model.features(test.view())) {}
  };

  alx::text_rows pool{all.fields.bytes(), texts_of(all, part.pool), {}};
  pool.names.resize(pool.texts.size());
  auto const kept =
      std::make_shared<state>(std::move(pool), texts_of(all, part.test), strategy, settled);
  auto const classes = static_cast<alx::index_t>(all.classes.size());
  pupil made;
  made.subject.rows = settled.rows;
  made.subject.distances = [kept](alx::index_t row, std::span<double> out) {
    kept->weights.distances(row, out);
  };
  made.subject.learn = [kept](label::book const& known) { return kept->model.learn(known); };
  made.predict_test = [kept, classes] {
    alx::matrix<double> out(kept->test.rows(), classes);
    kept->model.model().predict_proba(view_of(kept->features), out.view());
    return out;
  };
  return made;
}

/// `learner`: of texts, lsa or logistic.
[[nodiscard]] inline pupil make_pupil(known_rows const& all,
                                      parts const& part,
                                      std::string const& strategy,
                                      std::string const& learner,
                                      label::plan const& settled) {
  if (all.table) return table_pupil(all, part, strategy, settled);
  return learner == "logistic" ? text_pupil<label::plain_text_model>(all, part, strategy, settled)
                               : text_pupil<label::lsa_text_model>(all, part, strategy, settled);
}

}  // namespace people
