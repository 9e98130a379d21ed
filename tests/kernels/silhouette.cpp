// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/gpu/buffer.hpp>
#include <alx/gpu/matrix.hpp>
#include <alx/matrix.hpp>
#include <alx/metrics/silhouette.hpp>
#include <alx/random.hpp>
#include <alx/strategies/ignorance.hpp>

#include <doctest/doctest.h>

#include "orders.hpp"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace {

using alx::distance;
using alx::index_t;
using alx::label_t;
using alx::precision;

struct labelled {
  alx::matrix<double> rows;
  std::vector<label_t> labels;
};

labelled blobs(index_t rows, index_t features, label_t clusters, std::uint32_t seed = 1) {
  alx::philox random{seed, static_cast<std::uint32_t>(rows), static_cast<std::uint32_t>(features)};
  labelled made{alx::matrix<double>(rows, features), {}};
  for (index_t r = 0; r < rows; ++r) {
    auto const label = static_cast<label_t>(random.below(clusters));
    for (index_t f = 0; f < features; ++f) {
      made.rows(r, f) = 0.7 * label + random.uniform() + (f == 0 ? 100.0 : 0.0);
    }
    made.labels.push_back(label);
  }
  return made;
}

std::vector<double> values(alx::silhouette& of, labelled const& data) {
  auto const s = of.samples(data.rows, data.labels);
  return {s.begin(), s.end()};
}

double largest_difference(std::span<double const> a, std::span<double const> b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

/// In double the CPU's bits; in float as near as the bound says, and the same bits in any order.
void check(labelled const& data, distance between) {
  CAPTURE(data.rows.rows());
  CAPTURE(data.rows.cols());
  alx::silhouette on_cpu(between);
  auto const expected = values(on_cpu, data);
  alx::silhouette exact(between, alx::gpu{});
  CHECK(values(exact, data) == expected);
  CHECK(exact.mean() == on_cpu.mean());
  CHECK(exact.unit() == on_cpu.unit());
  CHECK(exact.error_bound() == on_cpu.error_bound());
  alx::silhouette in_float(between, alx::gpu{}, precision::float32);
  auto const nearly = values(in_float, data);
  CHECK(largest_difference(nearly, expected) <= in_float.error_bound());
}

TEST_CASE("silhouette on a GPU: the CPU's bits, at the edges of tiles") {
  orders::for_ten([] {
    for (index_t const rows : {1, 2, 7, 8, 9, 63, 65, 131})
      check(blobs(rows, 3, 2), distance::euclidean);
  });
  for (index_t const rows : {64, 127, 128, 129, 255, 257, 401}) {
    check(blobs(rows, 5, 3), distance::euclidean);
    check(blobs(rows, 5, 3), distance::manhattan);
  }
}

TEST_CASE("silhouette on a GPU: numbers of features and of clusters") {
  for (index_t const features : {1, 2, 15, 16, 17, 33}) {
    check(blobs(150, features, 2), distance::euclidean);
    check(blobs(150, features, 2), distance::manhattan);
  }
  for (label_t const clusters : {1, 5, 40, 150})
    check(blobs(150, 2, clusters), distance::euclidean);
}

TEST_CASE("silhouette on a GPU: distances that need no pairs") {
  for (auto const between : {distance::sqeuclidean, distance::cosine}) {
    orders::for_ten([between] {
      for (index_t const rows : {1, 2, 31, 33}) check(blobs(rows, 3, 2), between);
    });
    for (index_t const rows : {64, 255, 257, 401}) check(blobs(rows, 5, 3), between);
    for (index_t const features : {1, 2, 33, 400}) check(blobs(100, features, 2), between);
    for (label_t const clusters : {1, 40, 150}) check(blobs(150, 2, clusters), between);
    check(blobs(120, 200, 30), between);  // more sums than a block holds
  }
}

TEST_CASE("silhouette on a GPU: directions of zeros, of the smallest and the largest numbers") {
  auto data = blobs(60, 3, 2);
  alx::philox random{8, 0, 0};
  for (index_t r = 0; r < 60; ++r) {
    double const scale = r % 3 == 0 ? 0x1p-1060 : (r % 3 == 1 ? 0x1p1000 : -1.0);
    for (index_t f = 0; f < 3; ++f) data.rows(r, f) = r % 7 == 0 ? 0.0 : scale * random.uniform();
  }
  check(data, distance::cosine);
}

TEST_CASE("silhouette on a GPU: a float is as near as it can be") {
  auto const data = blobs(400, 6, 3);
  alx::silhouette exact(distance::euclidean);
  alx::silhouette in_float(distance::euclidean, alx::gpu{}, precision::float32);
  CHECK(largest_difference(values(in_float, data), values(exact, data)) < 1e-6);
  CHECK(in_float.error_bound() < 1e-5);
}

TEST_CASE("silhouette on a GPU: labels that change, clusters that come and go") {
  orders::for_ten([] {
    auto data = blobs(140, 3, 3);
    alx::silhouette kept(distance::euclidean, alx::gpu{});
    alx::silhouette squares(distance::sqeuclidean, alx::gpu{});
    alx::silhouette directions(distance::cosine, alx::gpu{});
    alx::silhouette in_float(distance::euclidean, alx::gpu{}, precision::float32);
    alx::philox random{5, 0, 0};
    for (int round = 0; round < 6; ++round) {
      CHECK(values(kept, data) == alx::silhouette_samples(data.rows, data.labels));
      CHECK(values(squares, data) ==
            alx::silhouette_samples(data.rows, data.labels, distance::sqeuclidean));
      CHECK(values(directions, data) ==
            alx::silhouette_samples(data.rows, data.labels, distance::cosine));
      alx::silhouette fresh(distance::euclidean, alx::gpu{}, precision::float32);
      CHECK(values(in_float, data) == values(fresh, data));
      auto const moved = round == 3 ? 100 : 1 + 9 * round;
      for (int i = 0; i < moved; ++i) {
        data.labels[static_cast<std::size_t>(random.below(140))] =
            static_cast<label_t>(random.below(round < 2 ? 3 : 7));
      }
    }
  });
}

TEST_CASE("silhouette on a GPU: the same labels again, other rows, no rows, and copies") {
  auto const data = blobs(90, 2, 2);
  auto const others = blobs(90, 2, 2, 9);
  alx::silhouette on_cpu;
  alx::silhouette of(alx::gpu{});
  auto const expected = values(on_cpu, data);
  CHECK(values(of, data) == expected);
  CHECK(values(of, data) == expected);
  alx::silhouette copy = of;
  CHECK(values(of, others) == values(on_cpu, others));
  auto changed = data;
  changed.labels[3] = 1 - changed.labels[3];
  CHECK(values(copy, changed) == values(on_cpu, changed));
  CHECK(of.samples({}, {}).empty());
  CHECK(of.mean() == 0.0);
  CHECK(values(of, data) == expected);
  copy = of;
  CHECK(values(copy, changed) == values(on_cpu, changed));
}

TEST_CASE("silhouette on a GPU: duplicates, columns of one value, far outliers") {
  auto data = blobs(70, 3, 2);
  for (index_t r = 0; r < 70; ++r) data.rows(r, 1) = 1e9;
  check(data, distance::euclidean);
  check(data, distance::sqeuclidean);
  data.rows(13, 0) = -1e7;
  check(data, distance::sqeuclidean);
  check(data, distance::cosine);
  alx::silhouette exact(alx::gpu{});
  alx::silhouette on_cpu;
  CHECK(values(exact, data) == values(on_cpu, data));
  for (index_t r = 0; r < 70; ++r) {
    for (index_t f = 0; f < 3; ++f) data.rows(r, f) = 4.0;
  }
  check(data, distance::euclidean);
  check(data, distance::manhattan);
}

TEST_CASE("silhouette on a GPU: what is refused, in the CPU's words") {
  auto const complaint = [](auto of, labelled const& data) -> std::string {
    try {
      of.samples(data.rows, data.labels);
    } catch (alx::error const& e) {
      return e.what();
    }
    return "";
  };
  auto const same = [&](labelled const& data) {
    auto const on_cpu = complaint(alx::silhouette(), data);
    CHECK(!on_cpu.empty());
    CHECK(complaint(alx::silhouette(alx::gpu{}), data) == on_cpu);
  };
  auto data = blobs(50, 2, 2);
  data.rows(31, 1) = std::nan("");
  same(data);
  data = blobs(50, 2, 2);
  data.labels[4] = -1;
  same(data);
  data.labels.pop_back();
  same(data);
  data = blobs(50, 2, 2);
  data.rows(0, 0) = 1e200;
  same(data);
}

TEST_CASE("silhouette on a GPU: of rows there, the first that is not finite is named") {
  auto data = blobs(300, 2, 2);
  for (index_t r = 7; r < 300; r += 3) data.rows(r, 1) = std::nan("");
  alx::gpu_matrix<double> const rows(data.rows.view(), alx::gpu{});
  alx::gpu_buffer<label_t> labels(data.labels);
  alx::gpu_buffer<double> found(300);
  orders::for_ten([&] {
    std::string words;
    try {
      alx::silhouette(alx::gpu{})
          .samples(rows.view(), {labels.data(), 300}, 2, {found.data(), 300});
    } catch (alx::data_error const& e) {
      words = e.what();
    }
    CHECK(words == "silhouette: row 7, column 1 is not finite");
  });
}

TEST_CASE("silhouette on a GPU: labels there that are none, and then right ones") {
  auto data = blobs(90, 2, 2);
  alx::gpu_matrix<double> const rows(data.rows.view(), alx::gpu{});
  alx::gpu_buffer<double> found(90);
  for (auto const between : {distance::euclidean, distance::cosine}) {
    alx::silhouette of(between, alx::gpu{});
    auto const samples = [&](std::vector<label_t> const& labels) {
      alx::gpu_buffer<label_t> const there(labels);
      of.samples(rows.view(), {there.data(), 90}, 2, {found.data(), 90});
      return found.to_host();
    };
    auto const expected = alx::silhouette_samples(data.rows, data.labels, between);
    for (label_t const wrong : {-1, 2}) {
      CHECK(samples(data.labels) == expected);
      auto labels = data.labels;
      labels[3] = wrong;
      CHECK_THROWS_WITH_AS(static_cast<void>(samples(labels)),
                           "silhouette: 1 labels on the GPU are not in 0 … 1",
                           alx::data_error);
    }
    CHECK(samples(data.labels) == expected);
  }
}

TEST_CASE("ignorance on a GPU") {
  auto const data = blobs(120, 4, 2);
  alx::matrix<double> p(120, 2);
  std::vector<index_t> ids;
  for (index_t r = 0; r < 120; ++r) {
    p(r, 0) = data.labels[static_cast<std::size_t>(r)] == 0 ? 0.8 : 0.3;
    p(r, 1) = 1.0 - p(r, 0);
    if (r % 3 == 0) ids.push_back(r);
  }
  alx::round_view round;
  round.features = data.rows;
  round.probability = p;
  round.candidates = ids;
  std::vector<double> on_gpu(ids.size());
  std::vector<double> on_cpu(ids.size());
  alx::ignorance(alx::gpu{}).score(round, on_gpu);
  alx::ignorance().score(round, on_cpu);
  CHECK(on_gpu == on_cpu);
}

}  // namespace
