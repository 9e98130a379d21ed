// SPDX-License-Identifier: Apache-2.0
/// @file
/// The whole library, for programs. What needs Eigen or nlohmann-json is not in it: include
/// learners/logistic_regression.hpp, experiment/store.hpp by name. The light entry is loop.hpp.
#pragma once

#include <alx/data/blobs.hpp>
#include <alx/data/npy.hpp>
#include <alx/data/split.hpp>
#include <alx/experiment/cells.hpp>
#include <alx/experiment/meter.hpp>
#include <alx/experiment/statistics.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/loop.hpp>
#include <alx/metrics/accuracy.hpp>
#include <alx/metrics/confusion.hpp>
#include <alx/metrics/curves.hpp>
#include <alx/metrics/f1.hpp>
#include <alx/metrics/log_loss.hpp>
#include <alx/metrics/roc_auc.hpp>
#include <alx/metrics/silhouette.hpp>
#include <alx/observers/csv.hpp>
#include <alx/observers/jsonl.hpp>
#include <alx/observers/progress.hpp>
#include <alx/oracles/callback.hpp>
#include <alx/oracles/noisy.hpp>
#include <alx/selection/numpy_choice.hpp>
#include <alx/selection/top_by.hpp>
#include <alx/session_text.hpp>
#include <alx/stopping/certainty.hpp>
#include <alx/stopping/pool_empty.hpp>
#include <alx/stopping/rounds.hpp>
#include <alx/stopping/stop_now.hpp>
#include <alx/stopping/target_score.hpp>
#include <alx/stopping/wall_time.hpp>
#include <alx/stopping/when.hpp>
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/ignorance.hpp>
#include <alx/strategies/least_confident.hpp>
#include <alx/strategies/margin.hpp>
#include <alx/strategies/product.hpp>
#include <alx/strategies/random.hpp>
#include <alx/version.hpp>
