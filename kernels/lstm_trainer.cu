// SPDX-License-Identifier: Apache-2.0
// Training steps of a network, for <alx/learners/nn/on_gpu.hpp>.
#include <alx/gpu/buffer.hpp>
#include <alx/learners/nn/on_gpu.hpp>

#include "device.cuh"
#include "lstm_head.cuh"
#include "lstm_network.cuh"
#include "lstm_occurrences.cuh"
#include "lstm_sums.cuh"
#include "lstm_update.cuh"
#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

namespace alx {
inline namespace v0 {
namespace kernels {

namespace {

inline constexpr unsigned wide_threads = 256;
inline constexpr unsigned narrow_threads = 64;
inline constexpr unsigned warp_threads = 32;

template <class T>
index_t parts_of(index_t items, T size) {
  return (items + size - 1) / size;
}

/// Blocks that a sum of products is shared out among, so that a GPU is busy.
inline constexpr int product_blocks = 256;

/// The steps of one order that are prepared at a time.
struct step_group {
  index_t most = 0;    ///< steps
  index_t slices = 0;  ///< of a batch's occurrences

  step_group() = default;

  explicit step_group(index_t occurrences)
      : most(std::clamp<index_t>((index_t{1} << 24) / occurrences, 1, 128)),
        slices(parts_of(occurrences, slice_size)) {}
};

/// What a group of steps reads: where its tokens occur, learning rates; and what it leaves.
struct group_room {
  gpu_buffer<int> order;
  gpu_buffer<int> counts;
  gpu_buffer<int> begin;
  gpu_buffer<int> places;
  gpu_buffer<float> rates;
  gpu_buffer<nn::scores> scores;
  gpu_buffer<training_place> place;

  group_room() = default;

  group_room(step_group const& group, index_t batch, index_t length, index_t vocabulary)
      : order(group.most * batch),
        counts(group.most * group.slices * vocabulary),
        begin(group.most * (vocabulary + 1)),
        places(group.most * batch * length),
        rates(group.most),
        scores(group.most),
        place(1) {}
};

/// What a step computes in.
struct step_room {
  gpu_buffer<float4> gates;
  gpu_buffer<float> cells;
  gpu_buffer<float> hidden;
  gpu_buffer<float> pooled;
  gpu_buffer<float> of_pooled;
  gpu_buffer<int> ties;
  gpu_buffer<float4> transposed;
  gpu_buffer<float> head_values;
  gpu_buffer<float> of_head_values;
  gpu_buffer<float> head_parts;
  gpu_buffer<nn::scores> shard_scores;
  gpu_buffer<float4> inputs;  ///< each token's gradient
  gpu_buffer<float4> input_parts;
  gpu_buffer<float4> kernel_parts;
  gpu_buffer<float4> recurrent_parts;
  gpu_buffer<float> vectors;  ///< gradients of the occurrences' vectors, forward and backward
  gpu_buffer<float> vector_parts;

  step_room() = default;

  /// `kernel_size`, `recurrent_size`: of the parts that their gradients are summed in.
  step_room(lstm_layout const& layout,
            index_t batch,
            index_t length,
            index_t kernel_size,
            index_t recurrent_size)
      : gates(batch * length * layout.outputs),
        cells(batch * (length + 1) * layout.outputs),
        hidden(cells.size()),
        pooled(batch * layout.outputs),
        of_pooled(pooled.size()),
        ties(pooled.size()),
        transposed(static_cast<index_t>(layout.outputs) * layout.units),
        head_values(batch * layout.hidden),
        of_head_values(head_values.size()),
        head_parts(parts_of(batch, shard_rows) * layout.head_size),
        shard_scores(parts_of(batch, shard_rows)),
        inputs(static_cast<index_t>(layout.tokens) * layout.outputs),
        input_parts(parts_of(batch * length, chunk_size) * 2 * layout.outputs),
        kernel_parts(kernel_size),
        recurrent_parts(recurrent_size) {
    cells.fill(0);  // before the first step, where nobody writes
    hidden.fill(0);
  }

  /// For squares of the occurrences' gradients.
  void add_vectors(index_t occurrences, index_t width) {
    vectors = gpu_buffer<float>(2 * occurrences * width);
    vector_parts = gpu_buffer<float>(parts_of(occurrences, chunk_size) * 2 * width);
  }

  /// Of fewer rows than a batch has the zeros before the first step are at its end.
  [[nodiscard]] encoder_record record(index_t rows, index_t batch, int outputs) {
    index_t const skipped = (batch - rows) * outputs;
    return {{gates.data(), cells.data() + skipped, hidden.data() + skipped},
            pooled.data(),
            ties.data()};
  }
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

  void begin(detail::gpu_training const& how) {
    full_.forget();
    last_.forget();
    rows_ = copied_rows(how.rows);
    validation_ = copied_rows(how.validation);
    length_ = how.rows.tokens.cols;
    batch_ = std::min(how.batch, how.rows.tokens.rows);
    seed_ = how.seed;
    squares_ = gpu_buffer<float>(
        how.squares ? static_cast<index_t>(layout_.tokens) * layout_.width : 0);
    group_ = step_group(batch_ * length_);
    at_group_ = group_room(group_, batch_, length_, layout_.tokens);
    kernel_chunks_ = chunks(
        layout_.tokens, parts_of(layout_.width, product_tile) * layout_.outputs / product_tile);
    index_t const unit_tiles = layout_.units / product_tile;
    recurrent_chunks_ = chunks(batch_ * length_, 2 * unit_tiles * unit_tiles);
    room_ = step_room(layout_,
                      batch_,
                      length_,
                      kernel_chunks_ * kernel_size(),
                      recurrent_chunks_ * recurrent_size());
    if (how.squares) room_.add_vectors(batch_ * length_, layout_.width);
    network_->encoder().reserve(static_cast<int>(batch_));
  }

  [[nodiscard]] nn::scores validate() { return network_->score(validation_.view()); }

  index_t train(std::int32_t const* order, index_t rows, std::uint32_t first, nn::scores* of_steps) {
    index_t done = 0;
    for (index_t at = 0; at < rows;) {
      index_t const count = std::min(group_.most * batch_, rows - at);
      index_t const steps = parts_of(count, batch_);
      prepare(order + at, count, first + static_cast<std::uint32_t>(done));
      for (index_t step = 0; step < steps; ++step) {
        run_step(static_cast<int>(std::min(batch_, count - step * batch_)));
      }
      network_->weights_changed();
      at_group_.scores.download(of_steps + done, steps);
      for (index_t end = done + steps; done < end; ++done) {
        if (!std::isfinite(of_steps[done].loss)) return done + 1;
      }
      at += count;
    }
    return done;
  }

  void get_gradient(float* of_weights, float* squares) const {
    layout_.to_host(gradient_.to_host(), of_weights);
    if (squares != nullptr) squares_.download(squares, squares_.size());
  }

 private:
  [[nodiscard]] index_t kernel_size() const {
    return static_cast<index_t>(layout_.width + 1) * layout_.outputs;
  }

  [[nodiscard]] index_t recurrent_size() const {
    return static_cast<index_t>(layout_.outputs) * layout_.units;
  }

  /// Parts that sums over rows are made in, where a part has `tiles` blocks.
  static int chunks(index_t rows, index_t tiles) {
    index_t const wanted = std::max<index_t>(product_blocks / tiles, 8);
    return static_cast<int>(std::min(wanted, parts_of(rows, product_rows)));
  }

  [[nodiscard]] batch_rows rows_of_step(int rows) {
    return {rows_.view().tokens,
            at_group_.order.data(),
            &at_group_.place.data()->step,
            static_cast<int>(batch_),
            rows,
            static_cast<int>(length_)};
  }

  /// The steps of `rows` rows of an order, which begin with number `first`.
  void prepare(std::int32_t const* order, index_t rows, std::uint32_t first) {
    auto const steps = static_cast<unsigned>(parts_of(rows, batch_));
    at_group_.order.upload(order, rows);
    std::vector<float> rates;
    for (unsigned i = 0; i < steps; ++i) {
      ++steps_;
      rates.push_back(std::visit([&](auto const& r) { return static_cast<float>(r.rate(steps_)); }, rule_));
    }
    at_group_.rates.upload(rates.data(), steps);
    training_place const before{-1, first - 1, 0};
    at_group_.place.upload(&before, 1);
    at_group_.counts.fill(0);
    occurrence_problem const p{rows_.view().tokens,
                               at_group_.order.data(),
                               static_cast<int>(batch_),
                               static_cast<int>(rows),
                               static_cast<int>(length_),
                               layout_.tokens,
                               static_cast<int>(group_.slices),
                               at_group_.counts.data(),
                               at_group_.begin.data(),
                               at_group_.places.data()};
    dim3 const slices(static_cast<unsigned>(group_.slices), steps);
    launch({slices, wide_threads}, count_occurrences<wide_threads>, p);
    launch({steps, wide_threads, wide_threads * sizeof(int)}, place_tokens<wide_threads>, p);
    launch({slices, warp_threads}, place_occurrences<warp_threads>, p);
  }

  /// A graph for batches that are whole and one for an order's last. The first step is run as it
  /// comes: libraries make ready in it.
  void run_step(int rows) {
    if (!warm_) {
      warm_ = true;
      return step(rows);
    }
    bool const whole = rows == batch_;
    auto& graph = whole ? full_ : last_;
    if (!whole && last_rows_ != rows) last_.forget();
    if (!whole) last_rows_ = rows;
    if (graph.empty()) graph.record([this, rows] { step(rows); });
    graph.run();
  }

  void step(int rows) {
    auto& encoder = network_->encoder();
    float const* const weights = network_->weights();
    auto const of_step = rows_of_step(rows);
    auto const record = room_.record(rows, batch_, layout_.outputs);
    launch(shape_for(recurrent_size(), wide_threads),
           begin_step<wide_threads>,
           at_group_.place.data(),
           reinterpret_cast<float4 const*>(weights + layout_.recurrent),
           room_.transposed.data(),
           layout_.units);
    encoder.project(weights);
    encoder.record(weights, of_step, record);
    run_head(of_step);
    encoder.go_back(
        weights, room_.transposed.data(), of_step, record, room_.of_pooled.data());
    sum_inputs(rows);
    sum_weights(rows, record.tape.hidden);
    add_all_parts(rows);
    find_vectors();
    if (squares_.size() > 0) sum_squares(rows);
    update();
  }

  void run_head(batch_rows const& rows) {
    head_problem const p{
        {network_->weights() + layout_.head, layout_.outputs, layout_.hidden},
        rows,
        {rows_.view().labels, rows_.view().weights},
        detail::dropout_rule(network_->dropout()),
        seed_,
        &at_group_.place.data()->key,
        room_.pooled.data(),
        room_.head_values.data(),
        room_.of_head_values.data(),
        room_.of_pooled.data(),
        room_.head_parts.data(),
        room_.shard_scores.data()};
    auto const shards = static_cast<unsigned>(parts_of(rows.rows, shard_rows));
    launch({shards, wide_threads, sizeof(head_room)}, train_head<wide_threads>, p);
    launch({1, warp_threads},
           end_scores<warp_threads>,
           at_group_.place.data(),
           room_.shard_scores.data(),
           static_cast<int>(shards),
           at_group_.scores.data());
  }

  [[nodiscard]] sorted_occurrences occurrences(int rows) {
    return {at_group_.begin.data(),
            at_group_.places.data(),
            &at_group_.place.data()->step,
            static_cast<int>(batch_),
            rows,
            static_cast<int>(length_),
            layout_.tokens};
  }

  /// Sums over each token's occurrences.
  template <class Source>
  void sum_by_token(token_sums_problem<Source> const& p) {
    auto const columns = static_cast<unsigned>(parts_of(p.source.columns, narrow_threads));
    index_t const all = static_cast<index_t>(p.occurrences.rows) * p.occurrences.length;
    dim3 const chunks(static_cast<unsigned>(parts_of(all, chunk_size)), columns);
    launch({chunks, narrow_threads, sizeof(chunk_room)}, sum_chunks<Source, narrow_threads>, p);
    dim3 const tokens(static_cast<unsigned>(layout_.tokens), columns);
    launch({tokens, narrow_threads}, sum_tokens<Source, narrow_threads>, p);
  }

  void sum_inputs(int rows) {
    sum_by_token(token_sums_problem<input_gradients>{occurrences(rows),
                                                     {room_.gates.data(), layout_.outputs},
                                                     room_.inputs.data(),
                                                     room_.input_parts.data()});
  }

  void run_product_sums(product_problem const& p) {
    auto const tiles = parts_of(p.x_columns, product_tile) * p.z_columns / product_tile;
    dim3 const blocks(static_cast<unsigned>(p.chunks),
                      static_cast<unsigned>(tiles),
                      static_cast<unsigned>(p.directions));
    launch({blocks, product_threads, sizeof(product_room)}, sum_products<product_threads>, p);
  }

  /// Parts of the kernel's gradient, with the bias, and of the recurrent kernel's.
  void sum_weights(int rows, float const* hidden) {
    run_product_sums({network_->weights(),
                      layout_.width,
                      layout_.width,
                      room_.inputs.data(),
                      layout_.outputs,
                      layout_.outputs,
                      layout_.tokens,
                      {at_group_.begin.data(), &at_group_.place.data()->step, layout_.tokens},
                      kernel_chunks_,
                      true,
                      room_.kernel_parts.data(),
                      kernel_size(),
                      1});
    run_product_sums({hidden,
                      layout_.outputs,
                      layout_.units,
                      room_.gates.data(),
                      layout_.outputs,
                      layout_.units,
                      static_cast<index_t>(rows) * length_,
                      {},
                      recurrent_chunks_,
                      false,
                      room_.recurrent_parts.data(),
                      recurrent_size(),
                      2});
  }

  void add_all_parts(int rows) {
    float* const gradient = gradient_.data();
    all_parts_to_add const all{{reinterpret_cast<float const*>(room_.kernel_parts.data()),
                                 kernel_chunks_,
                                 4 * kernel_size(),
                                 gradient + layout_.kernel},
                                {reinterpret_cast<float const*>(room_.recurrent_parts.data()),
                                 recurrent_chunks_,
                                 4 * recurrent_size(),
                                 gradient + layout_.recurrent},
                                {room_.head_parts.data(),
                                 static_cast<int>(parts_of(rows, shard_rows)),
                                 layout_.head_size,
                                 gradient + layout_.head}};
    launch({all.first.blocks() + all.second.blocks() + all.third.blocks(),
            adding_threads,
            adding_threads * sizeof(float)},
           add_parts<adding_threads>,
           all);
  }

  /// The embedding's gradient, from its tokens' inputs'.
  void find_vectors() {
    matrix_product p;
    p.rows = layout_.tokens;
    p.columns = layout_.width;
    p.depth = layout_.columns;
    p.a = reinterpret_cast<float const*>(room_.inputs.data());
    p.a_stride = layout_.columns;
    p.b = network_->weights() + layout_.kernel;
    p.b_stride = layout_.columns;
    p.b_transposed = true;
    p.result = gradient_.data();
    p.result_stride = layout_.width;
    network_->encoder().multiply().run(p);
  }

  /// Of each occurrence's vector the gradient, a direction's after the other's, and their squares.
  void sum_squares(int rows) {
    index_t const all = static_cast<index_t>(rows) * length_;
    matrix_product p;
    p.rows = static_cast<int>(all);
    p.columns = layout_.width;
    p.depth = layout_.columns / 2;
    p.a = reinterpret_cast<float const*>(room_.gates.data());
    p.a_stride = layout_.columns;
    p.a_step = layout_.columns / 2;
    p.b = network_->weights() + layout_.kernel;
    p.b_stride = layout_.columns;
    p.b_transposed = true;
    p.b_step = layout_.columns / 2;
    p.result = room_.vectors.data();
    p.result_stride = layout_.width;
    p.result_step = all * layout_.width;
    p.count = 2;
    network_->encoder().multiply().run(p);
    sum_by_token(token_sums_problem<vector_squares>{
        occurrences(rows),
        {p.result, p.result + p.result_step, layout_.width},
        squares_.data(),
        room_.vector_parts.data()});
  }

  void update() {
    update_problem const p{at_group_.place.data(),
                           at_group_.rates.data(),
                           layout_.size,
                           network_->weights(),
                           gradient_.data(),
                           squares_.data(),
                           squares_.size(),
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
  copied_rows rows_;
  copied_rows validation_;
  index_t length_ = 0;
  index_t batch_ = 0;
  std::uint64_t seed_ = 0;
  step_group group_;
  int kernel_chunks_ = 1;
  int recurrent_chunks_ = 1;
  gpu_buffer<float> gradient_;
  gpu_buffer<float> squares_;
  gpu_buffer<float> memory_;
  group_room at_group_;
  step_room room_;
  bool warm_ = false;
  recorded_work full_;
  recorded_work last_;
  int last_rows_ = 0;
};

token_rows rows_there(matrix_view<std::int32_t const, device> tokens) {
  return {tokens.data, tokens.rows, tokens.cols, nullptr, nullptr};
}

lstm_network_on_gpu& network_at(void* self) {
  auto& network = *static_cast<lstm_network_on_gpu*>(self);
  detail::use_gpu(network.device());
  return network;
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
      [](void* network) noexcept { delete static_cast<lstm_network_on_gpu*>(network); },
      [](void* network, float const* weights) { network_at(network).set_weights(weights); },
      [](void* network, float* weights) { network_at(network).get_weights(weights); },
      [](void* network,
         matrix_view<std::int32_t const> tokens,
         matrix_view<double> probability) { network_at(network).predict(tokens, probability); },
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
      [](void* trainer) noexcept { delete static_cast<lstm_trainer_on_gpu*>(trainer); },
      [](void* trainer, gpu_training const& how) {
        static_cast<lstm_trainer_on_gpu*>(trainer)->begin(how);
      },
      [](void* trainer,
         std::int32_t const* order,
         index_t rows,
         std::uint32_t first,
         nn::scores* of_steps) {
        return static_cast<lstm_trainer_on_gpu*>(trainer)->train(order, rows, first, of_steps);
      },
      [](void* trainer) { return static_cast<lstm_trainer_on_gpu*>(trainer)->validate(); },
      [](void* trainer, float* of_weights, float* squares) {
        static_cast<lstm_trainer_on_gpu*>(trainer)->get_gradient(of_weights, squares);
      }};
  return &functions;
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
