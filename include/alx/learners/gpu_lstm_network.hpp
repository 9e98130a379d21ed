// SPDX-License-Identifier: Apache-2.0
/// @file
/// The network of the published review experiment on a GPU.
#pragma once

#include <alx/backend.hpp>
#include <alx/error.hpp>
#include <alx/learners/lstm_network.hpp>
#include <alx/learners/nn/batch.hpp>
#include <alx/learners/nn/on_gpu.hpp>
#include <alx/learners/nn/scores.hpp>
#include <alx/text/tokens_check.hpp>
#include <alx/view.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace alx::inline v0 {

/// A GPU and what it does for networks.
struct gpu_lstm_place {
  detail::lstm_functions const* functions;
  gpu where;
  nn::activations how;
};

namespace detail {

inline known_tokens known(nn::batch const& rows) {
  return {rows.tokens, rows.labels.data(), rows.weights.empty() ? nullptr : rows.weights.data()};
}

}  // namespace detail

/// What `make_lstm_network` makes, on a GPU. Weights are in the host's order.
///
/// **Threads.** As `gpu` says.
class gpu_lstm_network {
 public:
  /// Its weights are not said before they are set.
  ///
  /// **Throws.** `gpu_error` where there is no such GPU, or no room on it; so do all below.
  gpu_lstm_network(lstm_shape const& shape, gpu_lstm_place const& place)
      : place_(place),
        tokens_(shape.max_tokens),
        weights_(make_lstm_network(shape).weights().size()),
        self_(place.functions->make(
                  {shape.max_tokens, shape.width, shape.units, shape.hidden, shape.dropout},
                  place.how,
                  place.where.device),
              place.functions->destroy) {}

  gpu_lstm_network(lstm_shape const& shape, gpu where, nn::activations how = nn::activations::exact)
      : gpu_lstm_network(shape, {detail::lstm_on_gpu(), where, how}) {}

  [[nodiscard]] static label_t classes() { return 2; }

  [[nodiscard]] index_t tokens() const { return tokens_; }

  [[nodiscard]] std::vector<float> weights() const {
    std::vector<float> all(weights_);
    functions().get_weights(self_.get(), all.data());
    return all;
  }

  /// **Throws.** `shape_error` for another number of weights.
  void set_weights(std::span<float const> weights) {
    if (weights.size() != weights_) {
      throw shape_error("network: " + std::to_string(weights.size()) + " weights for " +
                        std::to_string(weights_));
    }
    functions().set_weights(self_.get(), weights.data());
  }

  /// Fills rows × 2. Up to 64 units, a row's bits do not depend on the other rows.
  ///
  /// **Throws.** `data_error` naming the row and place of a token that is not 0 … tokens() - 1.
  void predict(matrix_view<std::int32_t const> rows, matrix_view<double> out) const {
    check_tokens(rows, 0, tokens_);
    functions().predict(self_.get(), rows, out);
  }

  /// The same of rows that are there, without gaps, into memory that is there.
  void predict(matrix_view<std::int32_t const, device> rows,
               matrix_view<double, device> out) const {
    if (rows.cols < 1 || rows.col_stride != 1 || rows.row_stride != rows.cols) {
      throw shape_error("network: rows on a GPU have a token, and lie side by side");
    }
    if (out.rows != rows.rows || out.cols != 2) {
      throw shape_error("network: " + std::to_string(out.rows) + " x " + std::to_string(out.cols) +
                        " probabilities for " + std::to_string(rows.rows) + " rows of 2 classes");
    }
    index_t const unknown = functions().find_unknown(self_.get(), rows);
    if (unknown < rows.rows * rows.cols) {
      throw data_error("tokens: row " + std::to_string(unknown / rows.cols) + ", place " +
                       std::to_string(unknown % rows.cols) + ": the token is not among 0 ... " +
                       std::to_string(tokens_ - 1));
    }
    functions().predict_there(self_.get(), rows, out);
  }

  /// How the model does on rows whose classes are known.
  [[nodiscard]] nn::scores score(nn::batch const& rows) const {
    nn::detail::check_batch("network: scored part", rows, classes(), tokens_);
    return functions().score(self_.get(), detail::known(rows));
  }

  [[nodiscard]] gpu_lstm_place const& place() const { return place_; }

  /// What the functions of `place` know it by.
  [[nodiscard]] void* handle() const { return self_.get(); }

 private:
  [[nodiscard]] detail::lstm_functions const& functions() const { return *place_.functions; }

  gpu_lstm_place place_;
  index_t tokens_;
  std::size_t weights_;
  std::unique_ptr<void, void (*)(void*) noexcept> self_;
};

}  // namespace alx::inline v0
