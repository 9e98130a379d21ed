// SPDX-License-Identifier: Apache-2.0
// Silhouettes by Euclidean and Manhattan distances, for <alx/metrics/detail/sums_on_gpu.hpp>.
#include "silhouette_pairs.cuh"
#include "silhouette_rows.cuh"

namespace alx {
inline namespace v0 {
namespace kernels {

/// Rows in places, kind after kind, each kind filled up to a multiple of `group_places`.
struct placement {
  gpu_buffer<int> row_at_place;
  gpu_buffer<group_target> targets;
  index_t places = 0;
};

template <class Pairs>
class pairs {
 public:
  using real = typename Pairs::real;

  explicit pairs(int number) : bound(number) {}

  pairs(pairs const& other) : bound(other.bound), clusters_(other.clusters_) {
    values_ = other.values_.copy();
    place_.row_at_place = other.place_.row_at_place.copy();
    place_.targets = other.place_.targets.copy();
    place_.places = other.place_.places;
    place_of_row_ = other.place_of_row_.copy();
    sums_ = other.sums_.copy();
  }

  pairs& operator=(pairs const&) = delete;
  pairs(pairs&&) = delete;
  pairs& operator=(pairs&&) = delete;
  ~pairs() = default;

  void forget() { clusters_ = 0; }

  /// Sums that follow what moved, or from nothing where that is more than half of the rows.
  double follow(gpu_buffer<int> after, index_t clusters, bool from_nothing, double* values) {
    bool fresh = from_nothing || clusters_ == 0 || clusters > most_moving;
    auto moves = bound.count(fresh ? nullptr : bound.slots().data(), after.data(), clusters);
    std::vector<int> counts(static_cast<std::size_t>(clusters));
    index_t stay = 0;
    for (std::size_t i = 0; i < moves.size(); ++i) {
      counts[i % counts.size()] += moves[i];
      stay += !fresh && i / counts.size() == i % counts.size() ? moves[i] : 0;
    }
    fresh = fresh || bound.rows() - stay > bound.rows() / 2;
    if (fresh) {
      compute(after.data(), counts);
    } else {
      move(after.data(), clusters, moves);
    }
    bound.take(std::move(after), std::move(counts));
    return bound.write_silhouettes(
        pair_sums_there{sums_.data(), place_.places, place_of_row_.data()}, values);
  }

  bound_rows bound;

 private:
  /// With more clusters there are too many kinds of moves.
  static constexpr index_t most_moving = 64;

  static constexpr index_t tile = tile_memory<Pairs>::tile;

  /// Places for the rows of each kind that `target_of` wants.
  template <class F>
  placement place(int const* before,
                  int const* after,
                  index_t clusters,
                  std::vector<int> const& counts,
                  int* place_of_row,
                  F target_of) {
    std::vector<int> next;
    std::vector<group_target> targets;
    for (std::size_t kind = 0; kind < counts.size(); ++kind) {
      next.push_back(static_cast<int>(targets.size() * group_places));
      group_target const target = target_of(static_cast<int>(kind));
      if (target.to < 0) continue;
      index_t const groups = parts_of(counts[kind], group_places);
      targets.insert(targets.end(), static_cast<std::size_t>(groups), target);
    }
    while (targets.empty() || targets.size() % (tile / group_places) != 0) {
      targets.push_back(targets.empty() ? group_target{-1, -1} : targets.back());
    }
    placement made;
    made.places = static_cast<index_t>(targets.size()) * group_places;
    made.targets = gpu_buffer<group_target>(targets);
    made.row_at_place = gpu_buffer<int>(made.places);
    made.row_at_place.fill(0xff);
    gpu_buffer<int> next_place(next);
    launch(shape_for(bound.rows(), plain_threads),
           take_places<int>,
           before,
           after,
           bound.rows(),
           static_cast<int>(clusters),
           next_place.data(),
           made.row_at_place.data(),
           place_of_row);
    return made;
  }

  gpu_buffer<real> filled(placement const& at) {
    gpu_buffer<real> values(at.places * bound.features());
    launch(shape_for(values.size(), plain_threads),
           fill_places<real>,
           bound.table(),
           at.row_at_place.data(),
           at.places,
           bound.low(),
           bound.scale(),
           values.data());
    return values;
  }

  void compute(int const* slots, std::vector<int> const& counts) {
    clusters_ = static_cast<index_t>(counts.size());
    place_of_row_ = gpu_buffer<int>(bound.rows());
    place_ = place(nullptr, slots, clusters_, counts, place_of_row_.data(), [](int kind) {
      return group_target{-1, kind};
    });
    values_ = filled(place_);
    sums_ = gpu_buffer<word>(clusters_ * place_.places);
    sums_.fill(0);
    auto const rows = placed(place_, values_);
    index_t const tiles = place_.places / tile;
    add_tiles({rows, rows, bound.features(), true, 0, sums_.data()}, tiles * (tiles + 1) / 2);
  }

  void move(int const* after, index_t clusters, std::vector<int> const& moves) {
    grow(clusters);
    auto const step = static_cast<int>(clusters);
    placement const moved = place(
        bound.slots().data(), after, clusters, moves, nullptr, [step](int kind) -> group_target {
          group_target const target{kind / step, kind % step};
          if (target.from == target.to) return {-1, -1};
          return target;
        });
    auto const values = filled(moved);
    add_tiles(
        {placed(place_, values_), placed(moved, values), bound.features(), false, 0, sums_.data()},
        place_.places / tile * (moved.places / tile));
  }

  /// Makes room for clusters that are new.
  void grow(index_t clusters) {
    if (clusters <= clusters_) return;
    gpu_buffer<word> more(clusters * place_.places);
    more.fill(0);
    more.take(sums_.data(), sums_.size());
    sums_ = std::move(more);
    clusters_ = clusters;
  }

  static placed_rows<real> placed(placement const& at, gpu_buffer<real> const& values) {
    return {values.data(), at.places, at.row_at_place.data(), at.targets.data()};
  }

  /// In launches of as many blocks as there may be.
  static void add_tiles(tile_problem<real> problem, index_t tiles) {
    constexpr index_t most = index_t{1} << 30;
    for (; problem.first < tiles; problem.first += most) {
      launch({blocks_for(tiles - problem.first, 1, static_cast<unsigned>(most)),
              static_cast<unsigned>(tile_threads),
              sizeof(tile_memory<Pairs>)},
             pair_tiles<Pairs>,
             problem);
    }
  }

  index_t clusters_ = 0;     // that have sums; 0: none has
  gpu_buffer<real> values_;  // feature after feature, at the rows' places
  placement place_;
  gpu_buffer<int> place_of_row_;
  gpu_buffer<word> sums_;
};

}  // namespace kernels

namespace detail {

sums_object make_sums_on_gpu(distance between, precision digits, int device) {
  using namespace kernels;
  bool const in_float = digits == precision::float32;
  switch (between) {
    case distance::sqeuclidean:
      return make_moments(false, device);
    case distance::cosine:
      return make_moments(true, device);
    case distance::manhattan:
      return in_float ? make_sums<pairs<single_pairs<op::manhattan>>>(device)
                      : make_sums<pairs<exact_pairs<op::manhattan>>>(device);
    case distance::euclidean:
      break;
  }
  return in_float ? make_sums<pairs<single_pairs<op::euclidean>>>(device)
                  : make_sums<pairs<exact_pairs<op::euclidean>>>(device);
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
