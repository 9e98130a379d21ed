// SPDX-License-Identifier: Apache-2.0
/// @file
/// Works whose instructions are counted (script/count-instructions): what is inside `counted`.
#include <alx/data/blobs.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/metrics/silhouette.hpp>

#include <cstdio>
#include <numeric>
#include <string_view>
#include <vector>

namespace {

template <class F>
[[gnu::noinline]] double counted(F&& work) {
  return work();
}

alx::blobs rows(alx::index_t samples) {
  return alx::make_blobs({.samples = samples,
                          .centers = 2,
                          .features = 4,
                          .cluster_std = 2.0,
                          .center_box = {-5.0, 5.0}});
}

/// 100 trees.
double fit() {
  auto const pool = rows(1040);
  std::vector<alx::index_t> ids(pool.labels.size());
  std::iota(ids.begin(), ids.end(), 0);
  alx::gradient_boosting model;
  return counted([&] {
    model.fit(pool.features, {ids, pool.labels});
    return static_cast<double>(model.model().trees.size());
  });
}

double silhouette() {
  auto const pool = rows(2000);
  alx::silhouette of;
  return counted([&] {
    of.samples(pool.features, pool.labels);
    return of.mean();
  });
}

}  // namespace

int main(int argc, char** argv) {
  std::string_view const work = argc == 2 ? argv[1] : "";
  if (work != "fit" && work != "silhouette") {
    std::fputs("usage: count_tabular fit|silhouette\n", stderr);
    return 2;
  }
  std::printf("%.17g\n", work == "fit" ? fit() : silhouette());
}
