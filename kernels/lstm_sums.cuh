// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sums over all rows of a batch, or over a token's occurrences, in an order that does not change:
/// no sum is made by atomic operations.
#pragma once

#include <alx/view.hpp>

#include "device.cuh"
#include "lstm_cell.cuh"

namespace alx {
inline namespace v0 {
namespace kernels {

// Sums of products over many rows. ----------------------------------------------------------------

inline constexpr int product_tile = 32;           // columns of either side
inline constexpr int product_rows = 16;           // of a step through shared memory
inline constexpr unsigned product_threads = 128;  // 8 × 4 sums each

/// Rows of a step that take part: those whose range is not empty. Others may hold what is no
/// number.
struct occurring_rows {
  int const* begin = nullptr;  ///< of each row, and their end, step after step; null: all take part
  int const* step = nullptr;
  index_t rows = 0;

  [[nodiscard]] __device__ bool has(index_t row) const {
    if (begin == nullptr) return true;
    int const* const range = begin + *step * (rows + 1) + row;
    return range[0] < range[1];
  }
};

/// xᵀ · z over rows that are shared out among `chunks` blocks; each writes its own sum. Under it,
/// where asked for, the sum of z's rows.
struct product_problem {
  float const* x;  ///< rows × x_columns
  int x_stride;
  int x_columns;
  float4 const* z;  ///< rows × z_columns, a multiple of 32
  int z_stride;
  int z_columns;
  index_t rows;
  occurring_rows occurring;
  int chunks;
  bool sums_z;
  float4* sums;    ///< chunks × `size`, there x_columns (and one more) × z_columns
  index_t size;    ///< of all that a chunk sums, in `sums`
  int directions;  ///< such products side by side
};

struct product_room {
  float4 z[product_rows][product_tile];  // NOLINT(*-avoid-c-arrays)
  float x[product_rows][product_tile];   // NOLINT(*-avoid-c-arrays)
};

/// What a thread brings of each tile of rows: four values of z and a row's four of x.
struct product_piece {
  float4 z[4];  // NOLINT(*-avoid-c-arrays)
  float x[4];   // NOLINT(*-avoid-c-arrays)

  __device__ void read(product_problem const& p, index_t row, index_t end, int x0, int z0) {
    auto const thread = static_cast<int>(threadIdx.x);
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      index_t const r = row + 4 * i + thread / 32;
      int const column = thread % 32;
      bool const there = r < end && p.occurring.has(r);
      z[i] = there ? p.z[r * p.z_stride + z0 + column] : make_float4(0.0F, 0.0F, 0.0F, 0.0F);
      x[i] = there && x0 + column < p.x_columns ? p.x[r * p.x_stride + x0 + column] : 0.0F;
    }
  }

  __device__ void write(product_room& room) const {
    auto const thread = static_cast<int>(threadIdx.x);
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      room.z[4 * i + thread / 32][thread % 32] = z[i];
      room.x[4 * i + thread / 32][thread % 32] = x[i];
    }
  }
};

/// A launch of (chunks, tiles of x × tiles of z, directions) blocks.
///
/// **Limit.** 32 multiply-adds a thread for 3 loads of 16 bytes from shared memory: 10 µs for the
/// 315 M of a step of 256 reviews; 49 MB come from the second cache meanwhile.
template <unsigned Threads>
__global__ void __launch_bounds__(Threads) sum_products(product_problem p) {
  static_assert(Threads == product_threads);
  auto& room = shared_memory<product_room>();
  int const z_tiles = p.z_columns / product_tile;
  int const x0 = static_cast<int>(blockIdx.y) / z_tiles * product_tile;
  int const z0 = static_cast<int>(blockIdx.y) % z_tiles * product_tile;
  int const direction = static_cast<int>(blockIdx.z);
  p.x += direction * p.x_columns;
  p.z += direction * p.z_columns;
  index_t const chunk = blockIdx.x;
  index_t const each = (p.rows + p.chunks - 1) / p.chunks;
  index_t const first = chunk * each;
  index_t const end = first + each < p.rows ? first + each : p.rows;
  int const column = static_cast<int>(threadIdx.x % 32);
  int const own_x = static_cast<int>(threadIdx.x / 32) * 8;
  float4 sums[8] = {};  // NOLINT(*-avoid-c-arrays)
  float4 sum_of_z = make_float4(0.0F, 0.0F, 0.0F, 0.0F);
  product_piece piece;
  piece.read(p, first, end, x0, z0);
  for (index_t row = first; row < end; row += product_rows) {
    piece.write(room);
    __syncthreads();
    piece.read(p, row + product_rows, end, x0, z0);
    for (int r = 0; r < product_rows; ++r) {
      float4 const z = room.z[r][column];
      add(sum_of_z, z);
#pragma unroll
      for (int i = 0; i < 8; ++i) add_product(sums[i], z, room.x[r][own_x + i]);
    }
    __syncthreads();
  }
  int const own_rows = p.x_columns + (p.sums_z ? 1 : 0);
  float4* const to = p.sums + chunk * p.size +
                     static_cast<index_t>(direction) * own_rows * p.z_columns + z0 + column;
#pragma unroll
  for (int i = 0; i < 8; ++i) {
    int const x = x0 + own_x + i;
    if (x < p.x_columns) to[static_cast<index_t>(x) * p.z_columns] = sums[i];
  }
  if (p.sums_z && x0 == 0 && own_x == 0) {
    to[static_cast<index_t>(p.x_columns) * p.z_columns] = sum_of_z;
  }
}

/// Sums of parts: out[i] = Σ parts[part · size + i].
struct parts_to_add {
  float const* parts;
  int count;
  index_t size;
  float* out;

  /// Blocks that do it.
  [[nodiscard]] ALX_HOST_DEVICE unsigned blocks() const {
    return static_cast<unsigned>((size + 31) / 32);
  }
};

struct all_parts_to_add {
  parts_to_add first;
  parts_to_add second;
  parts_to_add third;
};

inline constexpr unsigned adding_threads = 256;

/// The blocks of all three in turn: 8 threads a value, and 32 values a block.
template <unsigned Threads>
__global__ void __launch_bounds__(Threads) add_parts(all_parts_to_add all) {
  static_assert(Threads == adding_threads);
  using sums = float[8][32];  // NOLINT(*-avoid-c-arrays)
  auto& room = shared_memory<sums>();
  unsigned block = blockIdx.x;
  parts_to_add job = all.first;
  if (block >= all.first.blocks()) {
    block -= all.first.blocks();
    job = all.second;
    if (block >= all.second.blocks()) {
      block -= all.second.blocks();
      job = all.third;
    }
  }
  auto const lane = static_cast<int>(threadIdx.x % 32);
  auto const slice = static_cast<int>(threadIdx.x / 32);
  index_t const i = static_cast<index_t>(block) * 32 + lane;
  int const each = (job.count + 7) / 8;
  float sum = 0.0F;
  if (i < job.size) {
    int const end = (slice + 1) * each < job.count ? (slice + 1) * each : job.count;
    for (int part = slice * each; part < end; ++part) sum += job.parts[part * job.size + i];
  }
  room[slice][lane] = sum;
  __syncthreads();
  if (slice > 0 || i >= job.size) return;
  for (int other = 1; other < 8; ++other) sum += room[other][lane];
  job.out[i] = sum;
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
