// SPDX-License-Identifier: Apache-2.0
/// @file
/// Layer: values left out at random while a network trains.
#pragma once

#include <alx/config.hpp>
#include <alx/error.hpp>
#include <alx/learners/nn/detail/dropout_words.hpp>
#include <alx/learners/nn/layer.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

namespace alx::inline v0::nn {

/// Each value is left out with probability `rate` in training, and the others are divided by
/// 1 − rate; in prediction nothing happens.
///
/// Which are left out depends on the seed, the step, the layer, the row's place in the batch and
/// the unit alone, so threads and blocks do not change it.
struct dropout {
  double rate = 0.5;

  /// **Throws.** `option_error` where `rate` is not in [0, 1).
  [[nodiscard]] index_t outputs(index_t inputs) const {
    if (!(rate >= 0.0 && rate < 1.0)) {
      throw option_error("dropout: rate " + std::to_string(rate) + " is not in [0, 1)");
    }
    return inputs;
  }

  void forward(layer_call const& call, float const* in, float* out) const { apply(call, in, out); }

  /// The gradient passes where the value did.
  void backward(layer_call const& call,
                float const* /*in*/,
                float const* /*out*/,
                float const* of_out,
                float* /*of_weights*/,
                float* of_in) const {
    apply(call, of_out, of_in);
  }

 private:
  void apply(layer_call const& call, float const* from, float* to) const {
    if (!call.training || rate == 0.0) {
      std::copy(from, from + call.rows * call.inputs, to);
      return;
    }
    alx::detail::dropout_rule const rule(rate);
    for (index_t r = 0; r < call.rows; ++r) {
      for (index_t unit = 0; unit < call.inputs; unit += 4) {
        auto const words = call.random_words(r, unit / 4);
        for (index_t u = unit; u < std::min(unit + 4, call.inputs); ++u) {
          index_t const at = r * call.inputs + u;
          to[at] = rule.apply(words[static_cast<std::size_t>(u - unit)], from[at]);
        }
      }
    }
  }
};

static_assert(row_layer<dropout>);

}  // namespace alx::inline v0::nn
