// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the blobs experiment leaves behind: every round of every run, and how a few rounds looked.
#pragma once

#include <alx/view.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace notebook {

/// One round: what was asked just before the fit, and how good the fitted model is.
struct round_record {
  std::vector<alx::index_t> asked;  ///< ids labelled just before this fit, in order
  double entropy = 0.0;             ///< Σ over all rows, before the division by the maximum
  double ignorance = 0.0;           ///< Σ 1 − s² over all rows
  double modified_ignorance = 0.0;  ///< Σ −s over all rows
  alx::index_t fp = 0;              ///< false positives among all rows
  alx::index_t fn = 0;              ///< false negatives among all rows
  double auc = 0.0;                 ///< ROC AUC of the hard labels on all rows, labelled ones too
  double auc_fresh = 0.0;           ///< on rows outside the pool; NaN where there are none
  double auc_unlabelled = 0.0;      ///< on the rows still unlabelled; NaN where undefined
};

/// One rule, one seed, all rounds.
struct run_record {
  std::string rule;
  std::uint64_t seed = 0;
  std::vector<round_record> rounds;
};

/// How the pool looked at one round of one run: one value per row of the pool.
struct evolution {
  std::string rule;
  std::uint64_t seed = 0;
  alx::index_t round = 0;
  std::vector<bool> labelled;
  std::vector<alx::label_t> predicted;
  std::vector<double> entropy;
  std::vector<double> ignorance;
};

/// The whole experiment.
struct experiment_record {
  std::vector<run_record> runs;
  alx::index_t initial = 0;
  alx::index_t batch = 0;
  alx::index_t rounds = 0;
  alx::index_t repeats = 0;
  std::uint64_t seed = 0;
  double auc_fresh_all_labels = 0.0;     ///< with every label of the pool; NaN where unknown
  double auc_fresh_best_possible = 0.0;  ///< of the best rule there is; NaN where unknown
  /// Logistic regression on the labels that `random` asked, ROC AUC on rows outside the pool: one
  /// list a repeat, one value a round. Empty where it was not measured.
  std::vector<std::vector<double>> rival_auc_fresh;
  bool published_setting = false;  ///< the published configuration: its values are comparable
  std::string fresh_name;          ///< "fresh rows" or "holdout"
};

}  // namespace notebook
