// SPDX-License-Identifier: Apache-2.0
/// @file
/// A network for texts: an encoder that turns a row of tokens into numbers, and layers that turn
/// the numbers into probabilities of classes.
#pragma once

#include <alx/error.hpp>
#include <alx/learners/nn/batch.hpp>
#include <alx/learners/nn/cross_entropy.hpp>
#include <alx/learners/nn/detail/shelf.hpp>
#include <alx/learners/nn/encoder.hpp>
#include <alx/learners/nn/layer.hpp>
#include <alx/learners/nn/tensor.hpp>
#include <alx/parallel.hpp>
#include <alx/random.hpp>
#include <alx/text/tokens_check.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace alx::inline v0::nn {

/// The loss of a batch and its derivatives.
struct batch_gradient {
  scores sums;                    ///< over the rows
  std::vector<float> of_weights;  ///< of the mean loss
  std::vector<float> of_squares;  ///< what counts as squares of the first weights; may be empty
};

/// `encoder`, then `layers`, the last of which is `dense{1, sigmoid{}}` (two classes) or
/// `dense{classes, softmax{}}`: its probabilities, and cross-entropy as the loss.
///
/// **Example.** The published review model:
/// ```
/// nn::network model{nn::encoder{nn::embedding{3000, 128}, nn::bidirectional{nn::lstm{32}}},
///                   nn::dense{20, nn::relu{}}, nn::dropout{0.5}, nn::dense{1, nn::sigmoid{}}};
/// ```
///
/// A value: a copy has the same weights. Weights lie in one vector, in the order of `tensors()`.
/// The bits of what is computed do not depend on the number of threads.
template <class Encoder, row_layer... Layers>
class network {
  static constexpr std::size_t depth = sizeof...(Layers);
  using last_layer = std::tuple_element_t<depth - 1, std::tuple<Layers...>>;
  using output = cross_entropy<decltype(last_layer::activation)>;

 public:
  /// Has no weights yet. **Throws.** `option_error` for a layer that cannot be.
  explicit network(Encoder encoder, Layers... layers)
      : encoder_(std::move(encoder)), layers_(std::move(layers)...) {
    width_[0] = encoder_.outputs();
    place_[0] = encoder_.parameters();
    each_layer([&](auto i, auto const& layer) {
      width_[i + 1] = layer.outputs(width_[i]);
      place_[i + 1] = place_[i] + parameters_of(layer, width_[i]);
    });
    classes_ = output::classes(width_[depth]);
    weights_.resize(static_cast<std::size_t>(place_[depth]));
  }

  [[nodiscard]] label_t classes() const { return classes_; }

  /// How many tokens the embedding knows: ids are 0 … tokens() - 1.
  [[nodiscard]] index_t tokens() const { return encoder_.table().tokens; }

  /// What the weights are, in their order.
  [[nodiscard]] std::vector<tensor> tensors() const {
    std::vector<tensor> all = encoder_.tensors();
    each_layer([&](auto i, auto const& layer) {
      if constexpr (requires { layer.tensors(index_t{}); }) {
        for (tensor& one : layer.tensors(width_[i])) all.push_back(std::move(one));
      }
    });
    return all;
  }

  [[nodiscard]] std::span<float const> weights() const { return weights_; }

  /// **Throws.** `shape_error` for another number of weights.
  void set_weights(std::span<float const> weights, thread_team& team) {
    if (weights.size() != weights_.size()) {
      throw shape_error("network: " + std::to_string(weights.size()) + " weights for " +
                        std::to_string(weights_.size()));
    }
    change_weights(team, [&](std::span<float> own) {
      std::copy(weights.begin(), weights.end(), own.begin());
    });
  }

  /// Draws weights as Keras does: they depend on the seed alone.
  void initialise(std::uint64_t seed, thread_team& team) {
    change_weights(team, [&](std::span<float> own) {
      philox first(seed, 0, purpose::weights);
      encoder_.initialise(own.first(static_cast<std::size_t>(place_[0])), first);
      each_layer([&](auto i, auto const& layer) {
        philox random(seed, static_cast<std::uint32_t>(i + 1), purpose::weights);
        if constexpr (requires { layer.initialise(index_t{}, own, random); }) {
          auto const begin = static_cast<std::size_t>(place_[i]);
          auto const size = static_cast<std::size_t>(place_[i + 1] - place_[i]);
          layer.initialise(width_[i], own.subspan(begin, size), random);
        }
      });
    });
  }

  /// Calls `change(weights)`, which may write them, and makes ready to compute with them.
  template <class Change>
  void change_weights(thread_team& team, Change&& change) {
    change(std::span<float>(weights_));
    encoder_.prepare(std::span<float const>(weights_).first(static_cast<std::size_t>(place_[0])),
                     team);
    ready_ = true;
  }

  /// Fills rows × classes.
  ///
  /// **Throws.** `state_error` where weights were neither set nor drawn, here and below;
  /// `data_error` naming the row and place of a token that is not 0 … tokens() - 1.
  void predict(matrix_view<std::int32_t const> rows,
               matrix_view<double> probability,
               thread_team& team) const {
    predict_sums(rows, team, [&](index_t row, float const* z) {
      output::probabilities(z, width_[depth], probability.row(row));
    });
  }

  /// How the model does on rows whose classes are known.
  [[nodiscard]] scores score(batch const& rows, thread_team& team) const {
    std::vector<scores> of_row(rows.labels.size());
    predict_sums(rows.tokens, team, [&](index_t row, float const* z) {
      add_score(rows, row, z, of_row[static_cast<std::size_t>(row)]);
    });
    scores sum;
    for (scores const& one : of_row) sum += one;
    return sum;
  }

  /// The loss on a batch in training, with dropout, and its derivatives.
  void gradient(batch const& rows,
                embedding_gradient how,
                step_key key,
                thread_team& team,
                batch_gradient& result) {
    require_weights();
    index_t const count = rows.tokens.rows;
    index_t const shards = (count + shard_rows - 1) / shard_rows;
    encoder_sums_.resize(static_cast<std::size_t>(shards));
    head_sums_.resize(static_cast<std::size_t>(shards));
    team.for_each_chunk(shards, [&](index_t s) {
      rooms_.use([&](shard_room& mine) { train_shard(rows, s, how, key, mine); });
    });
    result.of_weights.assign(weights_.size(), 0.0F);
    auto const place = static_cast<std::size_t>(place_[0]);
    bool const apart = how == embedding_gradient::per_occurrence;
    auto const table = encoder_.table();
    result.of_squares.resize(apart ? static_cast<std::size_t>(table.tokens * table.width) : 0);
    encoder_.collect(std::span(std::as_const(encoder_sums_)),
                     std::span(result.of_weights).first(place),
                     result.of_squares,
                     team);
    result.sums = {};
    for (head_sum const& shard : head_sums_) {
      result.sums += shard.sums;
      for (std::size_t i = 0; i < shard.of_weights.size(); ++i) {
        result.of_weights[place + i] += shard.of_weights[i];
      }
    }
  }

 private:
  static constexpr index_t shard_rows = 32;    // of a batch: reduced in their order
  static constexpr index_t predict_rows = 64;  // at once

  /// The values before and after each layer, and the loss's derivatives by them.
  struct head_room {
    std::array<std::vector<float>, depth + 1> value;
    std::array<std::vector<float>, depth + 1> of_value;
  };

  struct shard_room {
    workspace encoder;
    head_room head;
  };

  struct head_sum {
    std::vector<float> of_weights;
    scores sums;
  };

  template <class F>
  void each_layer(F&& f) const {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (f(std::integral_constant<std::size_t, I>{}, std::get<I>(layers_)), ...);
    }
    (std::make_index_sequence<depth>{});
  }

  template <class Layer>
  static index_t parameters_of(Layer const& layer, index_t inputs) {
    if constexpr (requires { layer.parameters(inputs); }) {
      return layer.parameters(inputs);
    } else {
      return 0;
    }
  }

  [[nodiscard]] layer_call call_of(std::size_t layer, layer_call call) const {
    call.weights = weights_.data() + place_[layer];
    call.inputs = width_[layer];
    call.layer = static_cast<std::uint32_t>(layer);
    return call;
  }

  /// From the encoder's outputs to the last layer's sums, room.value[depth].
  void head_forward(layer_call const& call, float const* encoded, head_room& room) const {
    for (std::size_t i = 0; i <= depth; ++i) {
      room.value[i].resize(static_cast<std::size_t>(call.rows * width_[i]));
    }
    std::copy(encoded, encoded + call.rows * width_[0], room.value[0].begin());
    each_layer([&](auto i, auto const& layer) {
      float const* const in = room.value[i].data();
      float* const out = room.value[i + 1].data();
      if constexpr (i + 1 == depth) {
        layer.linear_part(call_of(i, call), in, out);
      } else {
        layer.forward(call_of(i, call), in, out);
      }
    });
  }

  /// From the derivatives by the last layer's sums to those by the encoder's outputs.
  void head_backward(layer_call const& call, head_room& room, float* of_weights) const {
    auto const back = [&](auto i) {
      auto const& layer = std::get<i>(layers_);
      room.of_value[i].resize(room.value[i].size());
      float const* const in = room.value[i].data();
      float const* const of_out = room.of_value[i + 1].data();
      float* const of_own = of_weights + (place_[i] - place_[0]);
      if constexpr (i + 1 == depth) {
        layer.linear_backward(call_of(i, call), in, of_out, of_own, room.of_value[i].data());
      } else {
        layer.backward(call_of(i, call),
                       in,
                       room.value[i + 1].data(),
                       of_out,
                       of_own,
                       room.of_value[i].data());
      }
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (back(std::integral_constant<std::size_t, depth - 1 - I>{}), ...);
    }
    (std::make_index_sequence<depth>{});
  }

  void require_weights() const {
    if (!ready_) throw state_error("network: it has no weights yet; draw or set some");
  }

  static double weight_of(batch const& rows, index_t row) {
    return rows.weights.empty() ? 1.0 : double{rows.weights[static_cast<std::size_t>(row)]};
  }

  void add_score(batch const& rows, index_t row, float const* z, scores& sums) const {
    label_t const label = rows.labels[static_cast<std::size_t>(row)];
    sums.loss += weight_of(rows, row) * output::loss(z, width_[depth], label);
    sums.count(label, output::predicted(z, width_[depth]));
  }

  void train_shard(
      batch const& rows, index_t shard, embedding_gradient how, step_key key, shard_room& mine) {
    index_t const first = shard * shard_rows;
    index_t const count = std::min(shard_rows, rows.tokens.rows - first);
    head_sum& sum = head_sums_[static_cast<std::size_t>(shard)];
    sum.sums = {};
    sum.of_weights.assign(weights_.size() - static_cast<std::size_t>(place_[0]), 0.0F);
    auto const head = [&](index_t at, index_t n, float const* encoded, float* of_encoded) {
      layer_call call{};
      call.rows = n;
      call.first_row = first + at;
      call.training = true;
      call.key = key;
      head_forward(call, encoded, mine.head);
      head_loss(rows, call, mine.head, sum.sums);
      head_backward(call, mine.head, sum.of_weights.data());
      std::copy(mine.head.of_value[0].begin(), mine.head.of_value[0].end(), of_encoded);
    };
    encoder_.train(rows_of(rows.tokens, first, count),
                   how,
                   mine.encoder,
                   encoder_sums_[static_cast<std::size_t>(shard)],
                   head);
  }

  /// The derivatives of the batch's mean loss by the last layer's sums.
  void head_loss(batch const& rows, layer_call const& call, head_room& room, scores& sums) const {
    index_t const units = width_[depth];
    auto& of_sums = room.of_value[depth];
    of_sums.resize(room.value[depth].size());
    for (index_t r = 0; r < call.rows; ++r) {
      index_t const row = call.first_row + r;
      float const* const z = room.value[depth].data() + r * units;
      add_score(rows, row, z, sums);
      double const share = weight_of(rows, row) / static_cast<double>(rows.tokens.rows);
      label_t const label = rows.labels[static_cast<std::size_t>(row)];
      output::derivative(z, units, label, share, of_sums.data() + r * units);
    }
  }

  /// Calls `take(row, sums)` with each row's sums of the last layer.
  template <class Take>
  void predict_sums(matrix_view<std::int32_t const> rows, thread_team& team, Take&& take) const {
    require_weights();
    team.for_each_chunk((rows.rows + predict_rows - 1) / predict_rows, [&](index_t c) {
      index_t const first = c * predict_rows;
      layer_call call{};
      call.rows = std::min(predict_rows, rows.rows - first);
      auto const some = rows_of(rows, first, call.rows);
      check_tokens(some, first, tokens());
      std::vector<float> encoded(static_cast<std::size_t>(call.rows * width_[0]));
      encoder_.infer(some, encoded.data());
      head_room room;
      head_forward(call, encoded.data(), room);
      for (index_t r = 0; r < call.rows; ++r) {
        take(first + r, room.value[depth].data() + r * width_[depth]);
      }
    });
  }

  static matrix_view<std::int32_t const> rows_of(matrix_view<std::int32_t const> all,
                                                 index_t first,
                                                 index_t count) {
    return {all.data + first * all.row_stride, count, all.cols, all.row_stride, all.col_stride};
  }

  Encoder encoder_;
  std::tuple<Layers...> layers_;
  std::array<index_t, depth + 1> width_{};  // values a row before layer i; after the last one
  std::array<index_t, depth + 1> place_{};  // where layer i's weights begin; their end
  label_t classes_ = 2;
  std::vector<float> weights_;
  bool ready_ = false;  // the encoder knows the weights

  // What a step works with, kept so that steps allocate nothing.
  std::vector<shard_gradient> encoder_sums_;
  std::vector<head_sum> head_sums_;
  detail::shelf<shard_room> rooms_;
};

}  // namespace alx::inline v0::nn
