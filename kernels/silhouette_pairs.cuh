// SPDX-License-Identifier: Apache-2.0
/// @file
/// Sums of distances from every row to the rows of every cluster, in whole units of a grid.
///
/// Rows lie cluster after cluster, each cluster filled up to a multiple of 8 places. `pair_tiles`
/// computes a tile of distances a block: 16 × 16 threads with a square of them each in registers.
/// Of a table with itself only tiles on and above the diagonal are computed, and each distance goes
/// to both its rows. Sums are integers, so neither the order of blocks nor of additions shows.
///
/// **Traffic.** 2 · tile · features values a tile from L2; two 64-bit additions to memory for each
/// row of a tile. The limit is arithmetic: n²/2 · (2 features + 4) operations in float, and as many
/// square roots; in double n²/2 · (3 features + 20).
#pragma once

#include <alx/metrics/detail/root.hpp>
#include <alx/op/distance.hpp>
#include <alx/view.hpp>

#include "silhouette_clusters.cuh"
#include <cmath>
#include <cstdint>

namespace alx {
inline namespace v0 {
namespace kernels {

inline constexpr index_t group_places = 8;  // of one cluster
inline constexpr unsigned tile_side_threads = 16;
inline constexpr unsigned tile_threads = tile_side_threads * tile_side_threads;
inline constexpr unsigned features_at_once = 16;

/// The CPU's arithmetic: the same distances to the bit.
template <class Distance>
struct exact_pairs {
  using real = double;
  using units = word;                  // of a few distances
  static constexpr unsigned side = 4;  // of a thread's square
  static constexpr double rounding = detail::pair_rounding<Distance>;

  __device__ static double add_term(double sum, double difference) {
    return sum + Distance::rounded_term(difference);
  }

  __device__ static void take_roots(double* sums) {
    if constexpr (Distance::has_squares) {
      detail::take_roots<detail::scalar_products, side>(sums);
    }
  }
};

/// √x within 2^-23 of it, relatively.
__device__ __forceinline__ float about_root(float x) {
#if defined(__CUDA_ARCH__)
  float root;
  asm("sqrt.approx.f32 %0, %1;" : "=f"(root) : "f"(x));
  return root;
#else
  return std::sqrt(x);
#endif
}

/// In float: about seven digits.
template <class Distance>
struct single_pairs {
  using real = float;
  using units = unsigned;  // below 2^22 each: a tile's fit
  static constexpr unsigned side = 8;
  static constexpr float rounding = 0x1p23F;

  __device__ static float add_term(float sum, float difference) {
    return Distance::has_squares ? fmaf(difference, difference, sum)
                                 : sum + Distance::term(difference);
  }

  __device__ static void take_roots(float* sums) {
    if constexpr (Distance::has_squares) {
      for (unsigned i = 0; i < side; ++i) sums[i] = about_root(sums[i]);
    }
  }
};

/// Where the distances to 8 columns go: taken away from one cluster's sums and added to another's.
/// -1: to none.
struct group_target {
  int from;
  int to;

  [[nodiscard]] __device__ bool is(group_target other) const {
    return from == other.from && to == other.to;
  }
};

/// Places of rows, feature after feature, in whole tiles.
template <class Real>
struct placed_rows {
  Real const* values;
  index_t places;
  int const* row;               ///< at each place; -1: nobody's
  group_target const* targets;  ///< of each 8 places
};

template <class Real>
struct tile_problem {
  placed_rows<Real> rows;
  placed_rows<Real> columns;
  index_t features;
  bool symmetric;  ///< columns are the rows: the tiles below the diagonal are not computed
  index_t first;   ///< tile of the launch
  word* sums;      ///< of each cluster, for the places of the rows
};

template <class Pairs>
struct tile_memory {
  static constexpr unsigned tile = tile_side_threads * Pairs::side;
  typename Pairs::real rows[features_at_once][tile];
  typename Pairs::real columns[features_at_once][tile];
  typename Pairs::units of_columns[tile_threads / 32][tile];
};

/// Which tile a block has.
struct tile_place {
  index_t row;
  index_t column;
};

__device__ __forceinline__ tile_place tile_of(index_t block, bool symmetric, index_t column_tiles) {
  if (!symmetric) return {block / column_tiles, block % column_tiles};
  auto column = static_cast<index_t>((sqrt(8.0 * static_cast<double>(block) + 1.0) - 1.0) / 2.0);
  while (column * (column + 1) / 2 > block) --column;
  while ((column + 1) * (column + 2) / 2 <= block) ++column;
  return {block - column * (column + 1) / 2, column};
}

template <class Real>
__device__ void add_to(tile_problem<Real> const& p, group_target to, index_t place, word sum) {
  if (to.from >= 0) atomicAdd(&p.sums[to.from * p.rows.places + place], ~sum + 1);
  if (to.to >= 0) atomicAdd(&p.sums[to.to * p.rows.places + place], sum);
}

/// A thread's square: `side` rows from row_at, `side` columns from column_at, in a tile.
template <class Pairs>
class tile_square {
 public:
  static constexpr unsigned side = Pairs::side;
  static constexpr unsigned tile = tile_memory<Pairs>::tile;
  using real = typename Pairs::real;
  using units = typename Pairs::units;

  __device__ tile_square(tile_problem<real> const& p, tile_place at)
      : p_(p),
        at_(at),
        row_at_(static_cast<index_t>(threadIdx.x) / tile_side_threads * side),
        column_at_(static_cast<index_t>(threadIdx.x) % tile_side_threads * side) {}

  __device__ void add_features(tile_memory<Pairs>& memory) {
    for (index_t first = 0; first < p_.features; first += features_at_once) {
      index_t const count =
          p_.features - first < features_at_once ? p_.features - first : features_at_once;
      __syncthreads();
      for (index_t i = threadIdx.x; i < count * tile; i += tile_threads) {
        index_t const f = i / tile;
        index_t const place = i % tile;
        memory.rows[f][place] =
            p_.rows.values[(first + f) * p_.rows.places + at_.row * tile + place];
        memory.columns[f][place] =
            p_.columns.values[(first + f) * p_.columns.places + at_.column * tile + place];
      }
      __syncthreads();
      for (index_t f = 0; f < count; ++f) {
        real column[side];
        for (unsigned j = 0; j < side; ++j) column[j] = memory.columns[f][column_at_ + j];
        for (unsigned i = 0; i < side; ++i) {
          real const row = memory.rows[f][row_at_ + i];
          for (unsigned j = 0; j < side; ++j) {
            distance_[i][j] = Pairs::add_term(distance_[i][j], row - column[j]);
          }
        }
      }
    }
  }

  /// Sums of the square's rows and of its columns, over places that are somebody's.
  __device__ void add_up() {
    real const rounding = Pairs::rounding;
    auto const of_rounding = static_cast<units>(bits_of_real(rounding));
    bool column_there[side];
    for (unsigned j = 0; j < side; ++j) {
      column_there[j] = p_.columns.row[at_.column * tile + column_at_ + j] >= 0;
    }
    for (unsigned i = 0; i < side; ++i) {
      bool const row_there = p_.rows.row[at_.row * tile + row_at_ + i] >= 0;
      Pairs::take_roots(distance_[i]);
      for (unsigned j = 0; j < side; ++j) {
        auto const own = static_cast<units>(bits_of_real(distance_[i][j] + rounding)) - of_rounding;
        of_row_[i] += column_there[j] ? own : 0;
        of_column_[j] += row_there ? own : 0;
      }
    }
  }

  /// Where all columns of the tile go to the same sums, 16 threads put together what they have.
  __device__ void give_rows() {
    group_target const own = target(p_.columns, at_.column, column_at_);
    if (!is_uniform(p_.columns, at_.column)) {
      for (unsigned i = 0; i < side; ++i) add_to(p_, own, at_.row * tile + row_at_ + i, of_row_[i]);
      return;
    }
    for (unsigned i = 0; i < side; ++i) {
      for (int by = static_cast<int>(tile_side_threads) / 2; by > 0; by /= 2) {
        of_row_[i] += __shfl_xor_sync(whole_warp, of_row_[i], by);
      }
      if (column_at_ == 0) add_to(p_, own, at_.row * tile + row_at_ + i, of_row_[i]);
    }
  }

  /// The same for the columns, whose sums are to the rows' clusters.
  __device__ void give_columns(tile_memory<Pairs>& memory) {
    group_target const own = target(p_.rows, at_.row, row_at_);
    if (!is_uniform(p_.rows, at_.row)) {
      for (unsigned j = 0; j < side; ++j) {
        add_to(p_, own, at_.column * tile + column_at_ + j, of_column_[j]);
      }
      return;
    }
    for (unsigned j = 0; j < side; ++j) {
      of_column_[j] += __shfl_xor_sync(whole_warp, of_column_[j], tile_side_threads);
      if (threadIdx.x % 32 < tile_side_threads) {
        memory.of_columns[threadIdx.x / 32][column_at_ + j] = of_column_[j];
      }
    }
    __syncthreads();
    if (threadIdx.x < tile) {
      units sum = 0;
      for (unsigned w = 0; w < tile_threads / 32; ++w) sum += memory.of_columns[w][threadIdx.x];
      add_to(p_, own, at_.column * tile + threadIdx.x, sum);
    }
  }

 private:
  __device__ static group_target target(placed_rows<real> const& of, index_t tile_at, index_t at) {
    return of.targets[(tile_at * tile + at) / group_places];
  }

  __device__ static bool is_uniform(placed_rows<real> const& of, index_t tile_at) {
    return target(of, tile_at, 0).is(target(of, tile_at, tile - 1));
  }

  tile_problem<real> const& p_;
  tile_place at_;
  index_t row_at_;
  index_t column_at_;
  real distance_[side][side] = {};
  units of_row_[side] = {};
  units of_column_[side] = {};
};

template <class Pairs>
__global__ void __launch_bounds__(tile_threads)
    pair_tiles(tile_problem<typename Pairs::real> problem) {
  auto& memory = shared_memory<tile_memory<Pairs>>();
  index_t const column_tiles = problem.columns.places / tile_memory<Pairs>::tile;
  tile_place const at = tile_of(problem.first + blockIdx.x, problem.symmetric, column_tiles);
  tile_square<Pairs> square(problem, at);
  square.add_features(memory);
  square.add_up();
  square.give_rows();
  if (problem.symmetric && at.row != at.column) square.give_columns(memory);
}

// ---- rows to their places -----------------------------------------------------------------------

/// Gives rows the next place of their kind: all rows where `before` is null, else those that move.
/// Of a row that has one `place_of_row` (null: not wanted) tells it.
template <class Slot>
__global__ void take_places(Slot const* before,
                            Slot const* after,
                            index_t rows,
                            int clusters,
                            int* next_place,
                            int* row_at_place,
                            int* place_of_row) {
  for (index_t r = thread_number(); r < rows; r += thread_count()) {
    if (before != nullptr && before[r] == after[r]) continue;
    int const from = before == nullptr ? 0 : before[r] * clusters;
    int const place = atomicAdd(&next_place[from + after[r]], 1);
    row_at_place[place] = static_cast<int>(r);
    if (place_of_row != nullptr) place_of_row[r] = place;
  }
}

/// Features in grid units, feature after feature; 0 at places that are nobody's.
template <class Real>
__global__ void fill_places(matrix_view<double const, device> rows,
                            int const* row_at_place,
                            index_t places,
                            double const* low,
                            double scale,
                            Real* values) {
  for (index_t i = thread_number(); i < places * rows.cols; i += thread_count()) {
    index_t const f = i / places;
    int const row = row_at_place[i % places];
    values[i] = row < 0 ? Real{0} : static_cast<Real>((rows(row, f) - low[f]) * scale);
  }
}

/// The sums of one row.
struct pair_sums_there {
  word const* sums;  ///< of each cluster, for each place
  index_t places;
  int const* place_of_row;

  [[nodiscard]] __device__ double operator()(index_t row,
                                             int slot,
                                             int /*rows*/,
                                             bool /*own*/) const {
    return static_cast<double>(static_cast<long long>(sums[slot * places + place_of_row[row]]));
  }
};

}  // namespace kernels
}  // namespace v0
}  // namespace alx
