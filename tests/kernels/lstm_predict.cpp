// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>
#include <alx/gpu/matrix.hpp>

#include <doctest/doctest.h>

#include "learners/nn/golden.hpp"
#include "learners/nn/reference.hpp"
#include "lstm.hpp"
#include "orders.hpp"
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace {

using lstm::index_t;

alx::matrix<double> predicted(alx::gpu_lstm_network const& there,
                              alx::matrix_view<std::int32_t const> tokens) {
  alx::matrix<double> p(tokens.rows, 2);
  there.predict(tokens, p.view());
  return p;
}

/// The sums of the last layer in float64, and of what they are made without the signs.
struct exact_sums {
  std::vector<double> odds;
  std::vector<double> sizes;

  exact_sums(alx::lstm_shape const& shape,
             std::span<float const> weights,
             alx::matrix_view<std::int32_t const> tokens) {
    reference::model m{shape.max_tokens, shape.width, shape.units, 2, reference::pooling::max, {}};
    m.weights.assign(weights.begin(), weights.end());
    auto const encoded = reference::encode(m, tokens).pooled;
    index_t const inputs = 2 * shape.units;
    index_t const head = m.kernel(2);
    for (index_t row = 0; row < tokens.rows; ++row) {
      double z = m.at(head + (inputs + 2) * shape.hidden);
      double size = std::abs(z);
      for (index_t u = 0; u < shape.hidden; ++u) {
        double y = m.at(head + inputs * shape.hidden + u);
        double of_y = std::abs(y);
        for (index_t i = 0; i < inputs; ++i) {
          double const part = encoded[static_cast<std::size_t>(row * inputs + i)] *
                              m.at(head + i * shape.hidden + u);
          y += part;
          of_y += std::abs(part);
        }
        double const last = m.at(head + (inputs + 1) * shape.hidden + u);
        z += std::max(y, 0.0) * last;
        size += of_y * std::abs(last);
      }
      odds.push_back(z);
      sizes.push_back(size);
    }
  }

  /// ‖found − exact‖ / ‖sizes‖
  [[nodiscard]] double distance(alx::matrix<double> const& p) const {
    auto const found = lstm::odds(p);
    double apart = 0.0;
    double length = 0.0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      apart += (found[i] - odds[i]) * (found[i] - odds[i]);
      length += sizes[i] * sizes[i];
    }
    return std::sqrt(apart / length);
  }
};

/// The most that `distance` may be.
double most(alx::nn::activations how) {
  return how == alx::nn::activations::exact ? 3e-7 : 3e-5;
}

/// Shapes that go through every kernel: one warp, warps that are not full, two tiles of units, and
/// step by step.
std::vector<alx::lstm_shape> shapes() {
  std::vector<alx::lstm_shape> all;
  for (index_t const units : {1, 5, 32, 33, 64, 70}) {
    all.push_back({.max_tokens = 40, .width = 9, .units = units, .hidden = 7});
  }
  all.push_back({.max_tokens = 40, .width = 32, .units = 8, .hidden = 35});
  return all;
}

TEST_CASE("LSTM on a GPU: probabilities beside float64, for every size of the network") {
  alx::thread_team team(1);
  for (auto const& shape : shapes()) {
    CAPTURE(shape.units);
    auto const host = lstm::network(shape, team);
    for (auto const& [rows, length] : {std::pair{5, 9}, std::pair{1, 1}, std::pair{33, 4}}) {
      lstm::texts const some(rows, length, 40);
      exact_sums const exact(shape, host.weights(), some.tokens.view());
      for (auto const how : {alx::nn::activations::exact, alx::nn::activations::approx}) {
        alx::gpu_lstm_network there(shape, alx::gpu{}, how);
        there.set_weights(host.weights());
        CHECK(exact.distance(predicted(there, some.tokens.view())) < most(how));
      }
    }
  }
}

/// The encoder's outputs of some rows, each told by a head that passes it on: y = h + 1, z = y.
std::vector<double> encoded(alx::lstm_shape shape,
                            std::span<float const> of_host,
                            alx::matrix_view<std::int32_t const> tokens,
                            alx::nn::activations how) {
  index_t const outputs = 2 * shape.units;
  auto const encoder = of_host.size() - static_cast<std::size_t>((outputs + 2) * shape.hidden + 1);
  shape.hidden = 1;
  std::vector<float> weights(of_host.begin(),
                             of_host.begin() + static_cast<std::ptrdiff_t>(encoder));
  weights.resize(encoder + static_cast<std::size_t>(outputs), 0.0F);
  weights.insert(weights.end(), {1.0F, 1.0F, 0.0F});
  alx::gpu_lstm_network there(shape, alx::gpu{}, how);
  std::vector<double> found(static_cast<std::size_t>(tokens.rows * outputs));
  for (index_t output = 0; output < outputs; ++output) {
    auto own = weights;
    own[encoder + static_cast<std::size_t>(output)] = 1.0F;
    there.set_weights(own);
    auto const values = lstm::odds(predicted(there, tokens));
    for (index_t r = 0; r < tokens.rows; ++r) {
      found[static_cast<std::size_t>(r * outputs + output)] =
          values[static_cast<std::size_t>(r)] - 1.0;
    }
  }
  return found;
}

TEST_CASE("LSTM on a GPU: the encoder's outputs beside float64") {
  alx::thread_team team(1);
  for (index_t const units : {5, 40, 70}) {
    CAPTURE(units);
    alx::lstm_shape const shape{.max_tokens = 40, .width = 9, .units = units, .hidden = 3};
    auto const host = lstm::network(shape, team);
    lstm::texts const some(3, 12, 40);
    reference::model m{40, 9, units, 2, reference::pooling::max, {}};
    m.weights.assign(host.weights().begin(), host.weights().end());
    auto const exact = reference::encode(m, some.tokens.view()).pooled;
    for (auto const& [how, most] : {std::pair{alx::nn::activations::exact, 1e-6},
                                    std::pair{alx::nn::activations::approx, 1e-4}}) {
      auto const found = encoded(shape, host.weights(), some.tokens.view(), how);
      CHECK(lstm::distance(found, exact) < most);
    }
  }
}

TEST_CASE("LSTM on a GPU: Keras' probabilities and scores") {
  alx::thread_team team(1);
  golden::rows const rows;
  alx::lstm_shape const shape{
      .max_tokens = 23, .width = 6, .units = 5, .hidden = 4, .dropout = 0.0};
  auto const host = golden::network("initial/weights", team);
  alx::gpu_lstm_network there(shape, alx::gpu{});
  there.set_weights(host.weights());
  CHECK(there.weights() == std::vector<float>(host.weights().begin(), host.weights().end()));
  auto const p = predicted(there, rows.tokens.view());
  auto const wanted = golden::values<double>("initial/predictions_float64");
  for (index_t r = 0; r < 12; ++r) {
    CHECK(std::abs(p(r, 1) - wanted[static_cast<std::size_t>(r)]) < 1e-6);
    CHECK(p(r, 0) + p(r, 1) == doctest::Approx(1.0).epsilon(1e-15));
  }
  auto const scores = there.score(rows.all());
  CHECK(scores.mean_loss() == doctest::Approx(golden::small().at("evaluate/loss").get<double>()));
  CHECK(scores.rows == 12);
  CHECK(scores.false_negatives == golden::small().at("evaluate/false_negatives"));
  CHECK(scores.false_positives == golden::small().at("evaluate/false_positives"));
}

TEST_CASE("LSTM on a GPU: a row's bits do not depend on the others, nor on the order of threads") {
  alx::thread_team team(1);
  for (index_t const units : {32, 40, 70}) {
    alx::lstm_shape const shape{.max_tokens = 30, .width = 8, .units = units, .hidden = 5};
    auto const host = lstm::network(shape, team);
    alx::gpu_lstm_network there(shape, alx::gpu{});
    there.set_weights(host.weights());
    lstm::texts const some(6, 7, 30);
    alx::matrix<std::int32_t> turned(6, 7);
    for (index_t r = 0; r < 6; ++r) {
      for (index_t t = 0; t < 7; ++t) turned(5 - r, t) = some.tokens(r, t);
    }
    auto const first = predicted(there, some.tokens.view());
    orders::for_ten([&] {
      auto const again = predicted(there, some.tokens.view());
      auto const other = predicted(there, turned.view());
      for (index_t r = 0; r < 6; ++r) {
        CHECK(again(r, 1) == first(r, 1));
        CHECK(other(5 - r, 1) == first(r, 1));
      }
    });
  }
}

TEST_CASE("LSTM on a GPU: a text read backward swaps the directions") {
  alx::thread_team team(1);
  alx::lstm_shape const shape{.max_tokens = 30, .width = 6, .units = 6, .hidden = 12};
  auto host = lstm::network(shape, team);
  // The head sees the directions' outputs with swapped weights, too.
  std::vector<float> swapped(host.weights().begin(), host.weights().end());
  auto const cell = static_cast<std::size_t>((6 + 6 + 1) * 24);
  auto const begin = swapped.begin() + 30 * 6;
  std::swap_ranges(
      begin, begin + static_cast<std::ptrdiff_t>(cell), begin + static_cast<std::ptrdiff_t>(cell));
  auto const head = begin + static_cast<std::ptrdiff_t>(2 * cell);
  std::swap_ranges(head, head + 6 * 12, head + 6 * 12);
  lstm::texts const some(5, 8, 30);
  alx::matrix<std::int32_t> reversed(5, 8);
  for (index_t r = 0; r < 5; ++r) {
    for (index_t t = 0; t < 8; ++t) reversed(r, 7 - t) = some.tokens(r, t);
  }
  alx::gpu_lstm_network there(shape, alx::gpu{});
  there.set_weights(host.weights());
  auto const p = lstm::odds(predicted(there, some.tokens.view()));
  there.set_weights(swapped);
  auto const q = lstm::odds(predicted(there, reversed.view()));
  CHECK(lstm::distance(q, p) < 1e-6);
}

TEST_CASE("LSTM on a GPU: NaN stays, saturated gates are sure, one token everywhere") {
  alx::thread_team team(1);
  for (index_t const units : {4, 40, 70}) {
    alx::lstm_shape const shape{.max_tokens = 10, .width = 4, .units = units, .hidden = 3};
    auto const host = lstm::network(shape, team);
    std::vector<float> weights(host.weights().begin(), host.weights().end());
    alx::matrix<std::int32_t> same(3, 20);
    for (index_t i = 0; i < 60; ++i) same.data()[i] = 4;
    for (auto const how : {alx::nn::activations::exact, alx::nn::activations::approx}) {
      alx::gpu_lstm_network there(shape, alx::gpu{}, how);
      there.set_weights(weights);
      auto const p = predicted(there, same.view());
      CHECK(p(0, 1) == p(2, 1));
      CHECK(exact_sums(shape, weights, same.view()).distance(p) < most(how));
      auto saturated = weights;
      auto const head = saturated.end() - (2 * units + 2) * 3 - 1;
      std::for_each(saturated.begin(), head, [](float& w) { w *= 300.0F; });
      there.set_weights(saturated);
      auto const sure = predicted(there, same.view());
      CHECK(exact_sums(shape, saturated, same.view()).distance(sure) < most(how));
      auto spoilt = weights;
      spoilt[4 * 4] = std::numeric_limits<float>::quiet_NaN();  // of token 4
      there.set_weights(spoilt);
      CHECK(std::isnan(predicted(there, same.view())(1, 1)));
      same(1, 3) = 5;
    }
  }
}

TEST_CASE("LSTM on a GPU: rows that are there") {
  alx::thread_team team(1);
  alx::lstm_shape const shape{.max_tokens = 30, .width = 6, .units = 6, .hidden = 12};
  alx::gpu_lstm_network there(shape, alx::gpu{});
  there.set_weights(lstm::network(shape, team).weights());
  lstm::texts some(70, 5, 30);
  auto const p = predicted(there, some.tokens.view());
  alx::gpu_matrix<std::int32_t> const tokens(some.tokens.view(), alx::gpu{});
  alx::gpu_matrix<double> out(70, 2, alx::gpu{});
  there.predict(tokens.view(), out.view());
  CHECK(out.to_host() == std::vector<double>(p.data(), p.data() + 140));
  some.tokens(61, 2) = 30;
  some.tokens(63, 0) = -1;
  alx::gpu_matrix<std::int32_t> const unknown(some.tokens.view(), alx::gpu{});
  orders::for_ten([&] {
    CHECK_THROWS_WITH_AS(there.predict(unknown.view(), out.view()),
                         "tokens: row 61, place 2: the token is not among 0 ... 29",
                         alx::data_error);
  });
  alx::matrix<double> on_host(70, 2);
  CHECK_THROWS_WITH_AS(there.predict(some.tokens.view(), on_host.view()),
                       "tokens: row 61, place 2: token 30 is not among 0 ... 29",
                       alx::data_error);
  alx::gpu_matrix<double> narrow(70, 1, alx::gpu{});
  CHECK_THROWS_AS(there.predict(tokens.view(), narrow.view()), alx::shape_error);
  CHECK_THROWS_WITH_AS(
      there.set_weights(std::vector<float>(3)), "network: 3 weights for 973", alx::shape_error);
}

}  // namespace
