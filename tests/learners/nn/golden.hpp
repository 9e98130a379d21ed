// SPDX-License-Identifier: Apache-2.0
/// @file
/// What Keras made of a small network (tests/golden/nn/make.py).
#pragma once

#include <alx/learners/lstm_classifier.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace golden {

inline nlohmann::json const& small() {
  static nlohmann::json const all =
      nlohmann::json::parse(std::ifstream(ALX_GOLDEN_DIR "/nn/small.json"));
  return all;
}

template <class T>
std::vector<T> values(std::string const& name) {
  return small().at(name).get<std::vector<T>>();
}

struct rows {
  alx::matrix<std::int32_t> tokens{values<std::int32_t>("tokens"), 12, 9};
  std::vector<alx::label_t> labels = values<alx::label_t>("labels");

  [[nodiscard]] alx::nn::batch all() const { return {tokens.view(), labels}; }
};

/// The network of the fixture, with its weights named so.
inline alx::lstm_network network(std::string const& weights, alx::thread_team& team) {
  auto net = alx::make_lstm_network(
      {.max_tokens = 23, .width = 6, .units = 5, .hidden = 4, .dropout = 0.0});
  net.set_weights(values<float>(weights), team);
  return net;
}

/// ‖a − b‖ / ‖b‖; 0 of the same.
template <class A, class B>
double distance(A const& a, B const& b) {
  REQUIRE(a.size() == b.size());
  double apart = 0.0;
  double length = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    double const d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    apart += d * d;
    length += static_cast<double>(b[i]) * static_cast<double>(b[i]);
  }
  return apart == 0.0 ? 0.0 : std::sqrt(apart / length);
}

}  // namespace golden
