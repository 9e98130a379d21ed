// SPDX-License-Identifier: Apache-2.0
/// @file
/// The program of the README: entropy × ignorance on blobs, scored on rows nobody trained on.
#include <alx/data/blobs.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/loop.hpp>
#include <alx/metrics/roc_auc.hpp>
#include <alx/stopping/certainty.hpp>
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/ignorance.hpp>
#include <alx/strategies/product.hpp>

#include <cstdio>

int main() {
  auto const blobs = alx::make_blobs({.samples = 5000,
                                      .centers = 2,
                                      .features = 4,
                                      .cluster_std = 2.0,
                                      .center_box = {-5.0, 5.0}});
  auto const fresh = blobs.draw(20'000, 1);  // the same centres, rows nobody trained on
  auto const loop = alx::loop{alx::gradient_boosting{},
                              alx::entropy{} * alx::ignorance{},
                              alx::labels{200} || alx::mean_entropy_below{0.05},
                              {.initial = 50, .batch = 10, .seed = 0}};
  for (auto const& round :
       loop.run(blobs.features, alx::truth{blobs.labels}, alx::evaluate{fresh, alx::roc_auc{}})) {
    std::printf("%4td labels  AUC on fresh rows %.4f\n", round.labelled, round.score);
  }
}
