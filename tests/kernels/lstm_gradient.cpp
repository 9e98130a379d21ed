// SPDX-License-Identifier: Apache-2.0
#include <alx/error.hpp>

#include <doctest/doctest.h>

#include "learners/nn/golden.hpp"
#include "lstm.hpp"
#include "orders.hpp"
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using alx::nn::embedding_gradient;
using lstm::gradient_there;
using lstm::index_t;

void compare_parts(alx::lstm_network const& host,
                   std::span<float const> found,
                   std::span<float const> wanted,
                   double most) {
  std::size_t at = 0;
  for (alx::nn::tensor const& part : host.tensors()) {
    CAPTURE(part.layer);
    CAPTURE(part.name);
    auto const size = static_cast<std::size_t>(part.size());
    CHECK(lstm::distance(found.subspan(at, size), wanted.subspan(at, size)) < most);
    at += size;
  }
}

/// Beside the host's, whose own is beside Keras' and float64.
void compare(alx::lstm_shape const& shape, lstm::texts const& rows, alx::nn::activations how) {
  alx::thread_team team(1);
  auto host = lstm::network(shape, team);
  alx::nn::step_key const key{77, 3};
  alx::nn::batch_gradient wanted;
  host.gradient(rows.all(), embedding_gradient::per_occurrence, key, team, wanted);
  alx::gpu_lstm_network there(shape, alx::gpu{}, how);
  there.set_weights(host.weights());
  gradient_there const found(there, rows, host.weights().size(), shape, key);
  bool const exact = how == alx::nn::activations::exact;
  double const most = exact ? 2e-5 : 5e-4;
  compare_parts(host, found.of_weights, wanted.of_weights, most);
  CHECK(lstm::distance(found.of_weights, wanted.of_weights) < (exact ? 5e-6 : 3e-4));
  CHECK(lstm::distance(found.squares, wanted.of_squares) < 2 * most);
  CHECK(std::abs(found.sums.loss - wanted.sums.loss) < (exact ? 1e-6 : 1e-4) * wanted.sums.loss);
  CHECK(found.sums.correct == wanted.sums.correct);
  CHECK(found.sums.false_negatives == wanted.sums.false_negatives);
  CHECK(found.sums.rows == rows.tokens.rows());
}

TEST_CASE("LSTM on a GPU: gradients beside the host's, for every size of the network and batch") {
  for (index_t const units : {1, 32, 40, 70}) {
    alx::lstm_shape const shape{
        .max_tokens = 90, .width = 9, .units = units, .hidden = 7, .dropout = 0.4};
    // Some rows, of which the last shard has few; and one step.
    for (auto const& size : {std::pair{3, 11}, std::pair{70, 3}, std::pair{131, 1}}) {
      CAPTURE(units);
      CAPTURE(size.first);
      lstm::texts some(size.first, size.second, 90);
      compare(shape, some, alx::nn::activations::exact);
      compare(shape, some, alx::nn::activations::approx);
    }
  }
}

TEST_CASE("LSTM on a GPU: gradients with rows that weigh, wide layers, a token in many chunks") {
  alx::lstm_shape const shape{
      .max_tokens = 700, .width = 40, .units = 20, .hidden = 37, .dropout = 0.0};
  lstm::texts some(40, 30, 3);
  for (int i = 0; i < 40; ++i) some.weights.push_back(static_cast<float>(i % 4) / 2.0F);
  compare(shape, some, alx::nn::activations::exact);
  lstm::texts const rare(2, 30, 700);
  compare(shape, rare, alx::nn::activations::exact);
}

TEST_CASE("LSTM on a GPU: Keras' gradients, also where steps share the greatest value") {
  alx::thread_team team(1);
  golden::rows const rows;
  lstm::texts some(12, 9, 23);
  for (index_t i = 0; i < 12 * 9; ++i) some.tokens.data()[i] = rows.tokens.data()[i];
  some.labels = rows.labels;
  alx::lstm_shape const shape{
      .max_tokens = 23, .width = 6, .units = 5, .hidden = 4, .dropout = 0.0};
  for (std::string const name : {"initial", "tied"}) {
    CAPTURE(name);
    auto const host = golden::network(name + "/weights", team);
    alx::gpu_lstm_network there(shape, alx::gpu{});
    there.set_weights(host.weights());
    gradient_there const found(there, some, host.weights().size(), shape);
    auto const wanted = golden::values<double>(name + "/gradients_float64");
    CHECK(golden::distance(found.of_weights, wanted) < 2e-6);
    auto const squares = golden::values<double>(name + "/embedding_squares_float64");
    CHECK(golden::distance(found.squares, squares) < 4e-6);
    auto const loss = golden::small().at(name + "/loss_float64").get<double>();
    CHECK(std::abs(found.sums.mean_loss() - loss) < 1e-6);
  }
}

TEST_CASE("LSTM on a GPU: gradients have the same bits in every order of threads") {
  alx::thread_team team(1);
  for (auto const& size :
       {std::pair{32, 3}, std::pair{32, 66}, std::pair{64, 3}, std::pair{70, 3}}) {
    index_t const units = size.first;
    index_t const rows = size.second;
    CAPTURE(units);
    CAPTURE(rows);
    alx::lstm_shape const shape{
        .max_tokens = 30, .width = 33, .units = units, .hidden = 9, .dropout = 0.3};
    auto const host = lstm::network(shape, team);
    alx::gpu_lstm_network there(shape, alx::gpu{});
    there.set_weights(host.weights());
    lstm::texts const some(rows, rows > 5 ? 3 : 40, 30);
    auto const run = [&] { return gradient_there(there, some, host.weights().size(), shape); };
    auto const first = run();
    orders::for_ten([&] {
      auto const again = run();
      CHECK(again.of_weights == first.of_weights);
      CHECK(again.squares == first.squares);
      CHECK(again.sums.loss == first.sums.loss);
    });
  }
}

TEST_CASE("LSTM on a GPU: a batch in another order has the same gradient") {
  alx::thread_team team(1);
  alx::lstm_shape const shape{
      .max_tokens = 30, .width = 8, .units = 12, .hidden = 9, .dropout = 0.0};
  auto const host = lstm::network(shape, team);
  alx::gpu_lstm_network there(shape, alx::gpu{});
  there.set_weights(host.weights());
  lstm::texts const some(10, 12, 30);
  lstm::texts turned(10, 12, 30);
  for (index_t r = 0; r < 10; ++r) {
    for (index_t t = 0; t < 12; ++t) turned.tokens(9 - r, t) = some.tokens(r, t);
    turned.labels[static_cast<std::size_t>(9 - r)] = some.labels[static_cast<std::size_t>(r)];
  }
  gradient_there const one(there, some, host.weights().size(), shape);
  gradient_there const other(there, turned, host.weights().size(), shape);
  CHECK(lstm::distance(other.of_weights, one.of_weights) < 1e-6);
  CHECK(lstm::distance(other.squares, one.squares) < 1e-6);
}

}  // namespace
