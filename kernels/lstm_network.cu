// SPDX-License-Identifier: Apache-2.0
#include "device.cuh"
#include "lstm_head.cuh"
#include "lstm_network.cuh"
#include "rows.cuh"
#include <algorithm>
#include <vector>

namespace alx {
inline namespace v0 {
namespace kernels {

namespace {

inline constexpr unsigned head_threads = 128;

/// Rows at once: their pooled outputs, and of wide networks their sums.
index_t rows_at_once(lstm_layout const& layout) {
  return layout.units <= lstm_encoder::most_units_of_block ? 1 << 16 : 1 << 13;
}

}  // namespace

copied_rows::copied_rows(detail::known_tokens const& rows)
    : rows_(rows.tokens.rows),
      length_(rows.tokens.cols),
      tokens_(rows_ * length_),
      labels_(rows.labels == nullptr ? 0 : rows_),
      weights_(rows.weights == nullptr ? 0 : rows_) {
  if (rows.tokens.row_stride == length_) {
    tokens_.upload(rows.tokens.data, tokens_.size());
  } else {
    std::vector<std::int32_t> side_by_side;
    side_by_side.reserve(static_cast<std::size_t>(tokens_.size()));
    for (index_t r = 0; r < rows_; ++r) {
      auto const* const row = rows.tokens.data + r * rows.tokens.row_stride;
      side_by_side.insert(side_by_side.end(), row, row + length_);
    }
    tokens_.upload(side_by_side.data(), tokens_.size());
  }
  labels_.upload(rows.labels, labels_.size());
  weights_.upload(rows.weights, weights_.size());
}

lstm_network_on_gpu::lstm_network_on_gpu(detail::gpu_lstm_shape const& shape,
                                         nn::activations how,
                                         int device)
    : layout_(shape),
      dropout_(shape.dropout),
      device_(device),
      weights_(layout_.size),
      encoder_(layout_, how) {}

void lstm_network_on_gpu::set_weights(float const* from_host) {
  auto const own = layout_.from_host(from_host);
  weights_.upload(own.data(), layout_.size);
  projected_ = false;
}

void lstm_network_on_gpu::get_weights(float* to_host) const {
  layout_.to_host(weights_.to_host(), to_host);
}

template <class Take>
void lstm_network_on_gpu::for_sums(token_rows const& rows, Take&& take) {
  if (!projected_) encoder_.project(weights_.data());
  projected_ = true;
  index_t const most = std::min(rows_at_once(layout_), rows.rows);
  if (sums_.size() < most) {
    pooled_ = gpu_buffer<float>(most * layout_.outputs);
    sums_ = gpu_buffer<float>(most);
  }
  head_weights const head{weights_.data() + layout_.head, layout_.outputs, layout_.hidden};
  for (index_t first = 0; first < rows.rows; first += most) {
    index_t const count = std::min(most, rows.rows - first);
    batch_rows const some{rows.tokens + first * rows.length,
                          nullptr,
                          nullptr,
                          0,
                          static_cast<int>(count),
                          static_cast<int>(rows.length)};
    encoder_.infer(weights_.data(), some, pooled_.data());
    launch(shape_for(32 * count, head_threads),
           sum_rows<head_threads>,
           head,
           pooled_.data(),
           sums_.data(),
           count);
    take(first, count, sums_.data());
  }
}

void lstm_network_on_gpu::predict(matrix_view<std::int32_t const> rows, matrix_view<double> out) {
  index_t const most = std::min(rows_at_once(layout_), rows.rows);
  gpu_buffer<double> probability(2 * most);
  std::vector<double> found(static_cast<std::size_t>(2 * most));
  for (index_t first = 0; first < rows.rows; first += most) {
    index_t const count = std::min(most, rows.rows - first);
    matrix_view<std::int32_t const> const some{
        rows.data + first * rows.row_stride, count, rows.cols, rows.row_stride, rows.col_stride};
    copied_rows const there({some, nullptr, nullptr});
    predict(there.view(), {probability.data(), count, 2});
    probability.download(found.data(), 2 * count);
    for (index_t i = 0; i < 2 * count; ++i) {
      out(first + i / 2, i % 2) = found[static_cast<std::size_t>(i)];
    }
  }
}

void lstm_network_on_gpu::predict(token_rows const& rows, matrix_view<double, alx::device> out) {
  for_sums(rows, [&](index_t first, index_t count, float const* sums) {
    matrix_view<double, alx::device> const some{
        out.data + first * out.row_stride, count, out.cols, out.row_stride, out.col_stride};
    launch(shape_for(count, head_threads), turn_to_probabilities<head_threads>, sums, some);
  });
}

nn::scores lstm_network_on_gpu::score(token_rows const& rows) {
  nn::scores total;
  for_sums(rows, [&](index_t first, index_t count, float const* sums) {
    row_truth const truth{rows.labels + first,
                          rows.weights == nullptr ? nullptr : rows.weights + first};
    gpu_buffer<nn::scores> of_blocks(blocks_for(count, head_threads));
    launch(
        {static_cast<unsigned>(of_blocks.size()), head_threads, head_threads * sizeof(nn::scores)},
        score_rows<head_threads>,
        sums,
        truth,
        count,
        of_blocks.data());
    for (auto const& one : of_blocks.to_host()) total += one;
  });
  return total;
}

index_t lstm_network_on_gpu::find_unknown(token_rows const& rows) const {
  index_t const all = rows.rows * rows.length;
  gpu_buffer<word> first(1);
  first.fill(0xff);
  launch(shape_for(all, 256),
         for_rows<find_outside>,
         find_outside{rows.tokens, layout_.tokens, first.data()},
         all);
  auto const found = first.to_host().front();
  return found < static_cast<word>(all) ? static_cast<index_t>(found) : all;
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
