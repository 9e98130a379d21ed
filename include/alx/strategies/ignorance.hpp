// SPDX-License-Identifier: Apache-2.0
/// @file
/// Strategies: ask the rows that fit neither of two predicted classes, by the silhouette.
#pragma once

#include <alx/concepts/strategy.hpp>
#include <alx/detail/feature_rows.hpp>
#include <alx/gpu/buffer.hpp>
#include <alx/gpu/rows.hpp>
#include <alx/metrics/predicted_labels.hpp>
#include <alx/metrics/silhouette.hpp>

#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0 {

namespace detail {

/// Silhouettes of all pool rows under the classes the model predicts. What it keeps from round to
/// round, the sums of distances, costs n · (labels that changed) to bring up to date and has the
/// bits of a fresh computation.
class predicted_silhouette {
 public:
  explicit predicted_silhouette(silhouette own) : own_(std::move(own)) {}

  explicit predicted_silhouette(silhouette* shared) : shared_(shared) {}

  std::span<double const> operator()(round_view const& round) {
    check_table("ignorance", round);
    labels_.resize(static_cast<std::size_t>(round.probability.rows));
    predicted_labels(round.probability, labels_);
    return (shared_ != nullptr ? *shared_ : own_).samples(round.features, labels_);
  }

  /// The same on a GPU, turned into 1 − s² or −s.
  void operator()(gpu_round_view const& round, vector_view<double, device> out, bool squared) {
    gpu_buffer<label_t> labels(round.probability.rows);
    vector_view<label_t, device> const view{labels.data(), labels.size()};
    label_on_gpu(round.probability, view);
    auto const classes = static_cast<label_t>(round.probability.cols);
    (shared_ != nullptr ? *shared_ : own_)
        .samples(round.features, {view.data, view.size}, classes, out);
    turn_silhouettes_on_gpu(out, squared);
  }

 private:
  silhouette own_;
  silhouette* shared_ = nullptr;  // asked instead where there is one
  std::vector<label_t> labels_;
};

}  // namespace detail

/// How little a row belongs to the cluster of rows that are predicted to have its class.
///
/// **Formula.** u(x) = 1 − s(x)², s the silhouette of x under the predicted classes, over all pool
/// rows. A row on the border (s = 0) has 1; a row deep inside a cluster, or deep inside the other
/// one, has less. Where one class is predicted for all rows every s is 0.
///
/// **When.** Multiplied with `entropy` in the published blobs experiment; alone it asks along the
/// border between the clusters, whatever the model is unsure of.
///
/// **Cost.** First round n²/2 distances, later n · (labels that changed); memory n · (features +
/// classes) values of 8 bytes.
///
/// **Throws.** `shape_error` where the pool is no table.
///
/// **Reference.** P. J. Rousseeuw (1987) for the silhouette.
class ignorance {
 public:
  explicit ignorance(distance metric = distance::euclidean, cpu backend = {})
      : silhouette_(silhouette(metric, backend)) {}

  ignorance(distance metric, gpu where, precision digits = precision::float64)
      : silhouette_(silhouette(metric, where, digits)) {}

  explicit ignorance(gpu where) : ignorance(distance::euclidean, where) {}

  /// Asks `shared`, and keeps no sums itself: who else asks it in a round, for the same rows and
  /// labels, computes them once. A reference, which copies share.
  explicit ignorance(silhouette& shared) : silhouette_(&shared) {}

  void score(round_view const& round, std::span<double> utility) {
    auto const s = silhouette_(round);
    for (std::size_t i = 0; i < utility.size(); ++i) {
      double const of_row = s[static_cast<std::size_t>(round.candidates[i])];
      utility[i] = 1.0 - rounded(of_row * of_row);
    }
  }

  /// Of every row of a pool on a GPU, where the silhouette is too.
  void score(gpu_round_view const& round, vector_view<double, device> utility) {
    silhouette_(round, utility, true);
  }

  [[nodiscard]] static std::string_view name() { return "ignorance"; }

 private:
  detail::predicted_silhouette silhouette_;
};

/// How far a row is from the cluster of rows that are predicted to have its class.
///
/// **Formula.** u(x) = −s(x). Unlike `ignorance` it goes on rising for rows that lie inside the
/// other cluster, so it asks what the model seems to have wrong.
///
/// **Cost.** and **Throws.** as `ignorance`.
class modified_ignorance {
 public:
  explicit modified_ignorance(distance metric = distance::euclidean, cpu backend = {})
      : silhouette_(silhouette(metric, backend)) {}

  modified_ignorance(distance metric, gpu where, precision digits = precision::float64)
      : silhouette_(silhouette(metric, where, digits)) {}

  explicit modified_ignorance(gpu where) : modified_ignorance(distance::euclidean, where) {}

  /// As `ignorance` does.
  explicit modified_ignorance(silhouette& shared) : silhouette_(&shared) {}

  void score(round_view const& round, std::span<double> utility) {
    auto const s = silhouette_(round);
    for (std::size_t i = 0; i < utility.size(); ++i) {
      utility[i] = -s[static_cast<std::size_t>(round.candidates[i])];
    }
  }

  /// Of every row of a pool on a GPU, where the silhouette is too.
  void score(gpu_round_view const& round, vector_view<double, device> utility) {
    silhouette_(round, utility, false);
  }

  [[nodiscard]] static std::string_view name() { return "modified_ignorance"; }

 private:
  detail::predicted_silhouette silhouette_;
};

static_assert(strategy<ignorance>);
static_assert(strategy<modified_ignorance>);

}  // namespace alx::inline v0
