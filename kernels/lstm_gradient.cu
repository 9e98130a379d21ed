// SPDX-License-Identifier: Apache-2.0
#include "lstm_gradient.cuh"
#include <algorithm>

namespace alx {
inline namespace v0 {
namespace kernels {

namespace {

inline constexpr unsigned column_threads = 64;

/// Blocks that a sum of products is shared out among, so that a GPU is busy.
inline constexpr index_t product_blocks = 256;

/// Parts that a sum over rows is made in, where a part has `tiles` blocks.
int chunks(index_t rows, index_t tiles) {
  index_t const wanted = std::max<index_t>(product_blocks / tiles, 8);
  return static_cast<int>(std::min(wanted, parts_of(rows, product_rows)));
}

void sum_products_of(product_problem const& p) {
  auto const tiles = parts_of(p.x_columns, product_tile) * p.z_columns / product_tile;
  dim3 const blocks(static_cast<unsigned>(p.chunks),
                    static_cast<unsigned>(tiles),
                    static_cast<unsigned>(p.directions));
  launch({blocks, product_threads, sizeof(product_room)}, sum_products<product_threads>, p);
}

parts_to_add parts(gpu_buffer<float4> const& of, int count, index_t size, float* out) {
  return {reinterpret_cast<float const*>(of.data()), count, 4 * size, out};
}

}  // namespace

encoder_gradient::encoder_gradient(lstm_layout const& layout,
                                   index_t batch,
                                   index_t length,
                                   bool squares)
    : layout_(layout),
      batch_(batch),
      kernel_chunks_(chunks(layout.tokens,
                            parts_of(layout.width, product_tile) * layout.outputs / product_tile)),
      recurrent_chunks_(chunks(
          batch * length,
          static_cast<index_t>(layout.outputs / product_tile) * layout.units / product_tile)),
      gates_(batch * length * layout.outputs),
      cells_(batch * (length + 1) * layout.outputs),
      hidden_(cells_.size()),
      pooled_(batch * layout.outputs),
      of_pooled_(pooled_.size()),
      ties_(pooled_.size()),
      transposed_(recurrent_size()),
      inputs_(static_cast<index_t>(layout.tokens) * layout.outputs),
      input_parts_(parts_of(batch * length, chunk_size) * 2 * layout.outputs),
      kernel_parts_(kernel_chunks_ * kernel_size()),
      recurrent_parts_(recurrent_chunks_ * recurrent_size()),
      vectors_(squares ? 2 * batch * length * layout.width : 0),
      vector_parts_(squares ? parts_of(batch * length, chunk_size) * 2 * layout.width : 0),
      squares_(squares ? static_cast<index_t>(layout.tokens) * layout.width : 0) {
  cells_.fill(0);  // before the first step, where nobody writes
  hidden_.fill(0);
}

/// Of fewer rows than a batch has the zeros before the first step are at its end.
encoder_record encoder_gradient::record(int rows) {
  index_t const skipped = (batch_ - rows) * layout_.outputs;
  return {{gates_.data(), cells_.data() + skipped, hidden_.data() + skipped},
          pooled_.data(),
          ties_.data()};
}

void encoder_gradient::find(lstm_encoder& encoder,
                            float const* weights,
                            batch_rows const& rows,
                            sorted_occurrences const& occurrences,
                            parts_to_add const& more,
                            float* gradient) {
  auto const of = record(rows.rows);
  encoder.go_back(weights, transposed_.data(), rows, of, of_pooled_.data());
  sum_by_token(token_sums_problem<input_gradients>{
      occurrences, {gates_.data(), layout_.outputs}, inputs_.data(), input_parts_.data()});
  sum_kernel(weights, occurrences);
  sum_recurrent(of, static_cast<index_t>(rows.rows) * rows.length);
  all_parts_to_add const all{
      parts(kernel_parts_, kernel_chunks_, kernel_size(), gradient + layout_.kernel),
      parts(recurrent_parts_, recurrent_chunks_, recurrent_size(), gradient + layout_.recurrent),
      more};
  launch({all.first.blocks() + all.second.blocks() + all.third.blocks(),
          adding_threads,
          adding_threads * sizeof(float)},
         add_parts<adding_threads>,
         all);
  matrix_product vectors;  // the embedding's gradient, from its tokens' inputs'
  vectors.rows = layout_.tokens;
  vectors.columns = layout_.width;
  vectors.depth = layout_.columns;
  vectors.a = reinterpret_cast<float const*>(inputs_.data());
  vectors.a_stride = layout_.columns;
  vectors.b = weights + layout_.kernel;
  vectors.b_stride = layout_.columns;
  vectors.b_transposed = true;
  vectors.result = gradient;
  vectors.result_stride = layout_.width;
  encoder.multiply().run(vectors);
  if (squares_.size() > 0) sum_squares(encoder.multiply(), weights, occurrences);
}

/// Sums over each token's occurrences.
template <class Source>
void encoder_gradient::sum_by_token(token_sums_problem<Source> const& p) {
  auto const columns = static_cast<unsigned>(parts_of(p.source.columns, column_threads));
  index_t const all = static_cast<index_t>(p.occurrences.rows) * p.occurrences.length;
  dim3 const chunks(static_cast<unsigned>(parts_of(all, chunk_size)), columns);
  launch({chunks, column_threads, sizeof(chunk_room)}, sum_chunks<Source, column_threads>, p);
  dim3 const tokens(static_cast<unsigned>(layout_.tokens), columns);
  launch({tokens, column_threads}, sum_tokens<Source, column_threads>, p);
}

/// Parts of the kernel's gradient, with the bias.
void encoder_gradient::sum_kernel(float const* weights, sorted_occurrences const& occurrences) {
  sum_products_of({weights,
                   layout_.width,
                   layout_.width,
                   inputs_.data(),
                   layout_.outputs,
                   layout_.outputs,
                   layout_.tokens,
                   {occurrences.begin, occurrences.step, layout_.tokens},
                   kernel_chunks_,
                   true,
                   kernel_parts_.data(),
                   kernel_size(),
                   1});
}

/// Parts of the recurrent kernel's, over all rows' steps.
void encoder_gradient::sum_recurrent(encoder_record const& of, index_t steps) {
  sum_products_of({of.tape.hidden,
                   layout_.outputs,
                   layout_.units,
                   of.tape.gates,
                   layout_.outputs,
                   layout_.units,
                   steps,
                   {},
                   recurrent_chunks_,
                   false,
                   recurrent_parts_.data(),
                   recurrent_size(),
                   2});
}

/// Of each occurrence's vector the gradient, a direction's after the other's, and their squares.
void encoder_gradient::sum_squares(products const& multiply,
                                   float const* weights,
                                   sorted_occurrences const& occurrences) {
  index_t const all = static_cast<index_t>(occurrences.rows) * occurrences.length;
  matrix_product p;
  p.rows = static_cast<int>(all);
  p.columns = layout_.width;
  p.depth = layout_.columns / 2;
  p.a = reinterpret_cast<float const*>(gates_.data());
  p.a_stride = layout_.columns;
  p.a_step = layout_.columns / 2;
  p.b = weights + layout_.kernel;
  p.b_stride = layout_.columns;
  p.b_transposed = true;
  p.b_step = layout_.columns / 2;
  p.result = vectors_.data();
  p.result_stride = layout_.width;
  p.result_step = all * layout_.width;
  p.count = 2;
  multiply.run(p);
  sum_by_token(
      token_sums_problem<vector_squares>{occurrences,
                                         {p.result, p.result + p.result_step, layout_.width},
                                         squares_.data(),
                                         vector_parts_.data()});
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
