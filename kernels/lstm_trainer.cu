// SPDX-License-Identifier: Apache-2.0
// Training steps of a network, for <alx/learners/nn/on_gpu.hpp>.
#include <alx/gpu/buffer.hpp>
#include <alx/learners/nn/on_gpu.hpp>

#include "device.cuh"
#include "lstm_gradient.cuh"
#include "lstm_head.cuh"
#include "lstm_network.cuh"
#include "lstm_order.cuh"
#include "lstm_update.cuh"
#include "recorded_work.cuh"
#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

namespace alx {
inline namespace v0 {
namespace kernels {

namespace {

inline constexpr unsigned wide_threads = 256;
inline constexpr unsigned warp_threads = 32;

/// What the head of a step computes in.
struct head_buffers {
  gpu_buffer<float> values;
  gpu_buffer<float> of_values;
  gpu_buffer<float> parts;  ///< of the gradient, a shard's after the other's
  gpu_buffer<nn::scores> scores;

  head_buffers() = default;

  head_buffers(lstm_layout const& layout, index_t batch)
      : values(batch * layout.hidden),
        of_values(values.size()),
        parts(parts_of(batch, shard_rows) * layout.head_size),
        scores(parts_of(batch, shard_rows)) {}
};

/// One optimizer and what it remembers. What it trains on stays where it is meanwhile.
class lstm_trainer_on_gpu {
 public:
  lstm_trainer_on_gpu(lstm_network_on_gpu& network, detail::gpu_optimizer const& rule)
      : network_(&network),
        layout_(network.layout()),
        rule_(rule),
        gradient_(layout_.size),
        memory_(layout_.size *
                std::visit([](auto const& r) { return static_cast<index_t>(r.memories); }, rule)) {
    gradient_.fill(0);
    memory_.fill(0);
  }

  [[nodiscard]] int device() const { return network_->device(); }

  void begin(detail::gpu_training const& how) {
    full_.forget();
    last_.forget();
    rows_ = copied_rows(how.rows);
    validation_ = copied_rows(how.validation);
    seed_ = how.seed;
    order_ = {};  // its room is that of the next
    of_encoder_ = {};
    order_ = batch_order(rows_.view(), how.batch, layout_.tokens);
    rates_ = gpu_buffer<float>(order_.most_steps());
    scores_ = gpu_buffer<nn::scores>(order_.most_steps());
    of_encoder_ = encoder_gradient(layout_, how.batch, how.rows.tokens.cols, how.squares);
    head_ = head_buffers(layout_, how.batch);
    network_->encoder().reserve(static_cast<int>(how.batch));
  }

  index_t train(std::int32_t const* order,
                index_t rows,
                std::uint32_t first,
                nn::scores* of_steps) {
    index_t done = 0;
    for (index_t at = 0; at < rows; at += order_.most_rows()) {
      index_t const count = std::min(order_.most_rows(), rows - at);
      index_t const steps = parts_of(count, order_.batch());
      order_.prepare(order + at, count, first + static_cast<std::uint32_t>(done));
      find_rates(steps);
      for (index_t step = 0; step < steps; ++step) {
        run_step(static_cast<int>(std::min(order_.batch(), count - step * order_.batch())));
      }
      network_->weights_changed();
      scores_.download(of_steps + done, steps);
      for (index_t const end = done + steps; done < end; ++done) {
        if (std::isfinite(of_steps[done].loss)) continue;
        steps_ -= end - done;  // which changed no weight
        return done + 1;
      }
    }
    return done;
  }

  [[nodiscard]] nn::scores validate() { return network_->score(validation_.view()); }

  void get_gradient(float* of_weights, float* squares) const {
    layout_.to_host(gradient_.to_host(), of_weights);
    auto const& found = of_encoder_.squares();
    found.download(squares, found.size());
  }

 private:
  void find_rates(index_t steps) {
    std::vector<float> rates;
    for (index_t i = 0; i < steps; ++i) {
      ++steps_;
      rates.push_back(std::visit(
          [&](auto const& rule) { return static_cast<float>(rule.rate(steps_)); }, rule_));
    }
    rates_.upload(rates.data(), steps);
  }

  /// A graph for batches that are whole and one for an order's last. The first step is run as it
  /// comes: libraries make ready in it.
  void run_step(int rows) {
    if (!warm_) {
      step(rows);
      warm_ = true;
      return;
    }
    bool const whole = rows == order_.batch();
    auto& graph = whole ? full_ : last_;
    if (!whole && last_rows_ != rows) {
      last_.forget();
      last_rows_ = rows;
    }
    if (graph.empty()) graph.record([this, rows] { step(rows); });
    graph.run();
  }

  void step(int rows) {
    auto& encoder = network_->encoder();
    float const* const weights = network_->weights();
    auto const of_step = order_.rows_of_step(rows);
    launch(shape_for(layout_.columns * layout_.units / 4, wide_threads),
           begin_step<wide_threads>,
           order_.place(),
           reinterpret_cast<float4 const*>(weights + layout_.recurrent),
           of_encoder_.transposed(),
           layout_.units);
    encoder.project(weights);
    encoder.record(weights, of_step, of_encoder_.record(rows));
    run_head(of_step);
    parts_to_add const head{head_.parts.data(),
                            static_cast<int>(parts_of(rows, shard_rows)),
                            layout_.head_size,
                            gradient_.data() + layout_.head};
    of_encoder_.find(encoder, weights, of_step, order_.occurrences(rows), head, gradient_.data());
    update();
  }

  void run_head(batch_rows const& rows) {
    head_problem const p{{network_->weights() + layout_.head, layout_.outputs, layout_.hidden},
                         rows,
                         {rows_.view().labels, rows_.view().weights},
                         detail::dropout_rule(network_->dropout()),
                         seed_,
                         &order_.place()->key,
                         of_encoder_.record(rows.rows).pooled,
                         head_.values.data(),
                         head_.of_values.data(),
                         of_encoder_.of_pooled(),
                         head_.parts.data(),
                         head_.scores.data()};
    auto const shards = static_cast<unsigned>(parts_of(rows.rows, shard_rows));
    launch({shards, wide_threads, sizeof(head_room)}, train_head<wide_threads>, p);
    launch({1, warp_threads},
           end_scores<warp_threads>,
           order_.place(),
           head_.scores.data(),
           static_cast<int>(shards),
           scores_.data());
  }

  void update() {
    auto const& squares = of_encoder_.squares();
    update_problem const p{order_.place(),
                           rates_.data(),
                           layout_.size,
                           network_->weights(),
                           gradient_.data(),
                           squares.data(),
                           squares.size(),
                           memory_.data()};
    std::visit(
        [&](auto const& rule) {
          launch({blocks_for(layout_.size, wide_threads), wide_threads},
                 update_weights<std::decay_t<decltype(rule)>, wide_threads>,
                 p,
                 rule);
        },
        rule_);
  }

  lstm_network_on_gpu* network_;
  lstm_layout layout_;
  detail::gpu_optimizer rule_;
  index_t steps_ = 0;
  std::uint64_t seed_ = 0;
  copied_rows rows_;
  copied_rows validation_;
  gpu_buffer<float> gradient_;
  gpu_buffer<float> memory_;
  gpu_buffer<float> rates_;  // of the steps that are ready
  gpu_buffer<nn::scores> scores_;
  batch_order order_;
  encoder_gradient of_encoder_;
  head_buffers head_;
  bool warm_ = false;
  recorded_work full_;
  recorded_work last_;
  int last_rows_ = 0;
};

/// On the GPU where it is: libraries want it so.
template <class T>
void destroy(void* self) noexcept {
  auto* const object = static_cast<T*>(self);
  try {
    detail::use_gpu(object->device());
  } catch (gpu_error const&) {  // then there is nothing to be freed either
  }
  delete object;
}

token_rows rows_there(matrix_view<std::int32_t const, device> tokens) {
  return {tokens.data, tokens.rows, tokens.cols, nullptr, nullptr};
}

lstm_network_on_gpu& network_at(void* self) {
  auto& network = *static_cast<lstm_network_on_gpu*>(self);
  detail::use_gpu(network.device());
  return network;
}

lstm_trainer_on_gpu& trainer_at(void* self) {
  auto& trainer = *static_cast<lstm_trainer_on_gpu*>(self);
  detail::use_gpu(trainer.device());
  return trainer;
}

}  // namespace

}  // namespace kernels

namespace detail {

lstm_functions const* lstm_on_gpu() {
  using namespace kernels;
  static constexpr lstm_functions functions{
      [](gpu_lstm_shape const& shape, nn::activations how, int device) -> void* {
        use_gpu(device);
        return new lstm_network_on_gpu(shape, how, device);
      },
      [](void* network) noexcept { destroy<lstm_network_on_gpu>(network); },
      [](void* network, float const* weights) { network_at(network).set_weights(weights); },
      [](void* network, float* weights) { network_at(network).get_weights(weights); },
      [](void* network, matrix_view<std::int32_t const> tokens, matrix_view<double> probability) {
        network_at(network).predict(tokens, probability);
      },
      [](void* network, known_tokens const& rows) {
        return network_at(network).score(copied_rows(rows).view());
      },
      [](void* network,
         matrix_view<std::int32_t const, device> tokens,
         matrix_view<double, device> probability) {
        network_at(network).predict(rows_there(tokens), probability);
      },
      [](void* network, matrix_view<std::int32_t const, device> tokens) {
        return network_at(network).find_unknown(rows_there(tokens));
      },
      [](void* network, gpu_optimizer const& rule) -> void* {
        return new lstm_trainer_on_gpu(network_at(network), rule);
      },
      [](void* trainer) noexcept { destroy<lstm_trainer_on_gpu>(trainer); },
      [](void* trainer, gpu_training const& how) { trainer_at(trainer).begin(how); },
      [](void* trainer,
         std::int32_t const* order,
         index_t rows,
         std::uint32_t first,
         nn::scores* of_steps) { return trainer_at(trainer).train(order, rows, first, of_steps); },
      [](void* trainer) { return trainer_at(trainer).validate(); },
      [](void* trainer, float* of_weights, float* squares) {
        trainer_at(trainer).get_gradient(of_weights, squares);
      }};
  return &functions;
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
