// SPDX-License-Identifier: Apache-2.0
// Silhouettes, for <alx/metrics/detail/pairs_on_gpu.hpp>.
#include <alx/error.hpp>
#include <alx/gpu/buffer.hpp>
#include <alx/metrics/detail/pairs_on_gpu.hpp>

#include "silhouette.cuh"
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace alx {
inline namespace v0 {
namespace kernels {

using detail::clustered_rows;
using detail::column_ranges;
using detail::pair_scale;

inline constexpr unsigned plain_threads = 256;

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

  explicit pairs(int device) : device_(device) {}

  pairs(pairs const& other)
      : device_(other.device_),
        rows_(other.rows_),
        features_(other.features_),
        clusters_(other.clusters_),
        counts_(other.counts_) {
    detail::use_gpu(device_);
    table_ = other.table_.copy();
    low_ = other.low_.copy();
    factor_ = other.factor_.copy();
    values_ = other.values_.copy();
    place_.row_at_place = other.place_.row_at_place.copy();
    place_.targets = other.place_.targets.copy();
    place_.places = other.place_.places;
    place_of_row_ = other.place_of_row_.copy();
    slots_ = other.slots_.copy();
    sums_ = other.sums_.copy();
  }

  pairs& operator=(pairs const&) = delete;
  pairs(pairs&&) = delete;
  pairs& operator=(pairs&&) = delete;
  ~pairs() = default;

  column_ranges bind(matrix_view<double const> rows) {
    make_room(rows.rows, rows.cols);
    table_.upload(rows.data, rows_ * features_);
    return ranges();
  }

  column_ranges bind_there(matrix_view<double const, device> rows) {
    make_room(rows.rows, rows.cols);
    launch(shape_for(rows_ * features_, plain_threads), copy_rows<double>, rows, table_.data());
    return ranges();
  }

  [[nodiscard]] bool holds(matrix_view<double const, device> rows) const {
    detail::use_gpu(device_);
    if (rows.rows != rows_ || rows.cols != features_) return false;
    gpu_buffer<int> differ(1);
    differ.fill(0);
    launch(shape_for(rows_ * features_, plain_threads),
           compare_rows<double>,
           rows,
           table_.data(),
           differ.data());
    return differ.to_host().front() == 0;
  }

  void set_scale(pair_scale const& scale) {
    detail::use_gpu(device_);
    low_ = gpu_buffer<double>(scale.low);
    factor_ = gpu_buffer<double>(scale.scale);
  }

  double follow(clustered_rows const& rows, bool from_nothing, double* values) {
    detail::use_gpu(device_);
    gpu_buffer<int> after(rows_);
    after.upload(rows.slots, rows_);
    gpu_buffer<double> found(rows_);
    double const smallest =
        follow_slots(std::move(after), rows.clusters, from_nothing, found.data());
    found.download(values, rows_);
    return smallest;
  }

  double follow_there(vector_view<int const, device> slots,
                      index_t clusters,
                      vector_view<double, device> values) {
    detail::use_gpu(device_);
    gpu_buffer<int> after(rows_);
    after.take(slots.data, rows_);
    return follow_slots(std::move(after), clusters, false, values.data);
  }

 private:
  void make_room(index_t rows, index_t features) {
    detail::use_gpu(device_);
    if (rows > (index_t{1} << 30)) {
      throw shape_error("silhouette: " + std::to_string(rows) +
                        " rows are more than a GPU is asked to compare, 2^30");
    }
    rows_ = rows;
    features_ = features;
    clusters_ = 0;
    table_ = gpu_buffer<double>(rows_ * features_);
  }

  /// Sums that follow what moved, or from nothing where that is more than half of the rows.
  double follow_slots(gpu_buffer<int> after, index_t clusters, bool from_nothing, double* values) {
    bool fresh = from_nothing || clusters_ == 0 || clusters > most_moving;
    std::vector<int> moves = count(fresh ? after : slots_, after, clusters);
    counts_.assign(static_cast<std::size_t>(clusters), 0);
    index_t stay = 0;
    for (std::size_t i = 0; i < moves.size(); ++i) {
      counts_[i % counts_.size()] += moves[i];
      stay += !fresh && i / counts_.size() == i % counts_.size() ? moves[i] : 0;
    }
    if (!fresh && rows_ - stay > rows_ / 2) {
      fresh = true;
      moves = counts_;
    }
    if (fresh) {
      compute(after, moves);
    } else {
      move(slots_, after, moves);
    }
    slots_ = std::move(after);
    auto const in_use = [](int rows) { return rows > 0; };
    bool const several = std::count_if(counts_.begin(), counts_.end(), in_use) > 1;
    return silhouettes(several, values);
  }

  /// With more clusters there are too many kinds of moves.
  static constexpr index_t most_moving = 64;

  static constexpr index_t tile = tile_memory<Pairs>::tile;

  [[nodiscard]] matrix_view<double const, device> table() const {
    return {table_.data(), rows_, features_};
  }

  column_ranges ranges() {
    gpu_buffer<word> least(features_);
    gpu_buffer<word> greatest(features_);
    gpu_buffer<word> not_finite(1);
    least.fill(0xff);
    greatest.fill(0);
    not_finite.fill(0xff);
    launch(shape_for(rows_ * features_, plain_threads),
           find_ranges<double>,
           table(),
           least.data(),
           greatest.data(),
           not_finite.data());
    column_ranges found;
    found.not_finite = static_cast<index_t>(not_finite.to_host().front());
    for (word const key : least.to_host()) found.low.push_back(from_ordered_bits(key));
    for (word const key : greatest.to_host()) found.high.push_back(from_ordered_bits(key));
    return found;
  }

  /// Rows of each kind: from · clusters + to. The clusters fit a square, or none moves.
  std::vector<int> count(gpu_buffer<int> const& before,
                         gpu_buffer<int> const& after,
                         index_t clusters) {
    gpu_buffer<int> counts(kinds_of(before, after, clusters));
    counts.fill(0);
    launch(shape_for(rows_, plain_threads),
           count_moves<int>,
           before.data(),
           after.data(),
           rows_,
           step_of(before, after, clusters),
           counts.data());
    return counts.to_host();
  }

  /// What one cluster before is apart from the next among the kinds: with the same rows before and
  /// after there are as many kinds as clusters.
  static int step_of(gpu_buffer<int> const& before,
                     gpu_buffer<int> const& after,
                     index_t clusters) {
    return before.data() == after.data() ? 0 : static_cast<int>(clusters);
  }

  static index_t kinds_of(gpu_buffer<int> const& before,
                          gpu_buffer<int> const& after,
                          index_t clusters) {
    return before.data() == after.data() ? clusters : clusters * clusters;
  }

  /// Places for the rows of each kind that `target_of` wants.
  template <class F>
  placement place(gpu_buffer<int> const& before,
                  gpu_buffer<int> const& after,
                  std::vector<int> const& counts,
                  int* place_of_row,
                  F target_of) {
    std::vector<int> next;
    std::vector<group_target> targets;
    for (std::size_t kind = 0; kind < counts.size(); ++kind) {
      next.push_back(static_cast<int>(targets.size() * group_places));
      group_target const target = target_of(static_cast<int>(kind));
      if (target.to < 0) continue;
      index_t const groups = (counts[kind] + group_places - 1) / group_places;
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
    bool const moving = before.data() != after.data();
    launch(shape_for(rows_, plain_threads),
           take_places<int>,
           before.data(),
           after.data(),
           rows_,
           moving ? static_cast<int>(counts_.size()) : 0,
           moving,
           next_place.data(),
           made.row_at_place.data(),
           place_of_row);
    return made;
  }

  gpu_buffer<real> filled(placement const& at) {
    gpu_buffer<real> values(at.places * features_);
    launch(shape_for(values.size(), plain_threads),
           fill_places<real>,
           table(),
           at.row_at_place.data(),
           at.places,
           low_.data(),
           factor_.data(),
           values.data());
    return values;
  }

  void compute(gpu_buffer<int> const& slots, std::vector<int> const& counts) {
    clusters_ = static_cast<index_t>(counts.size());
    place_of_row_ = gpu_buffer<int>(rows_);
    place_ = place(slots, slots, counts, place_of_row_.data(), [](int kind) {
      return group_target{-1, kind};
    });
    values_ = filled(place_);
    sums_ = gpu_buffer<word>(clusters_ * place_.places);
    sums_.fill(0);
    auto const rows = placed(place_, values_);
    index_t const tiles = place_.places / tile;
    add_tiles({rows, rows, features_, true, sums_.data()}, tiles * (tiles + 1) / 2);
  }

  void move(gpu_buffer<int> const& before,
            gpu_buffer<int> const& after,
            std::vector<int> const& counts) {
    grow();
    auto const clusters = static_cast<int>(counts_.size());
    placement const moved =
        place(before, after, counts, nullptr, [clusters](int kind) -> group_target {
          group_target const target{kind / clusters, kind % clusters};
          if (target.from == target.to) return {-1, -1};
          return target;
        });
    auto const values = filled(moved);
    add_tiles({placed(place_, values_), placed(moved, values), features_, false, sums_.data()},
              place_.places / tile * (moved.places / tile));
  }

  /// Makes room for clusters that are new.
  void grow() {
    auto const clusters = static_cast<index_t>(counts_.size());
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

  static void add_tiles(tile_problem<real> const& problem, index_t tiles) {
    launch({static_cast<unsigned>(tiles),
            static_cast<unsigned>(tile_threads),
            sizeof(tile_memory<Pairs>)},
           pair_tiles<Pairs>,
           problem);
  }

  double silhouettes(bool several, double* values) {
    gpu_buffer<int> const counts(counts_);
    gpu_buffer<word> smallest(1);
    smallest.fill(0xff);
    silhouette_problem const problem{sums_.data(),
                                     place_.places,
                                     place_of_row_.data(),
                                     slots_.data(),
                                     counts.data(),
                                     static_cast<int>(counts_.size()),
                                     several,
                                     rows_,
                                     values,
                                     smallest.data()};
    launch(shape_for(rows_, plain_threads), find_silhouettes<plain_threads>, problem);
    word const key = smallest.to_host().front();
    return key == ~word{0} ? HUGE_VAL : from_ordered_bits(key);
  }

  int device_;
  index_t rows_ = 0;
  index_t features_ = 0;
  index_t clusters_ = 0;     // that have sums; 0: none has
  std::vector<int> counts_;  // rows of each cluster
  gpu_buffer<double> table_;
  gpu_buffer<double> low_;
  gpu_buffer<double> factor_;
  gpu_buffer<real> values_;  // feature after feature, at the rows' places
  placement place_;
  gpu_buffer<int> place_of_row_;
  gpu_buffer<int> slots_;
  gpu_buffer<word> sums_;
};

template <class Pairs>
detail::pairs_object make_pairs(int number) {
  using object = pairs<Pairs>;
  static constexpr detail::pairs_functions functions{
      [](void const* self) -> void* { return new object(*static_cast<object const*>(self)); },
      [](void* self) noexcept { delete static_cast<object*>(self); },
      [](void* self, matrix_view<double const> rows) {
        return static_cast<object*>(self)->bind(rows);
      },
      [](void* self, pair_scale const& scale) { static_cast<object*>(self)->set_scale(scale); },
      [](void* self, clustered_rows const& rows, bool from_nothing, double* values) {
        return static_cast<object*>(self)->follow(rows, from_nothing, values);
      },
      [](void* self, matrix_view<double const, device> rows) {
        return static_cast<object*>(self)->holds(rows);
      },
      [](void* self, matrix_view<double const, device> rows) {
        return static_cast<object*>(self)->bind_there(rows);
      },
      [](void* self,
         vector_view<int const, device> slots,
         index_t clusters,
         vector_view<double, device> values) {
        return static_cast<object*>(self)->follow_there(slots, clusters, values);
      }};
  return {new object(number), &functions};
}

}  // namespace kernels

namespace detail {

pairs_object make_pairs_on_gpu(pair_distance distance, bool in_float, int device) {
  using namespace kernels;
  if (distance == pair_distance::manhattan) {
    return in_float ? make_pairs<single_pairs<op::manhattan>>(device)
                    : make_pairs<exact_pairs<op::manhattan>>(device);
  }
  return in_float ? make_pairs<single_pairs<op::euclidean>>(device)
                  : make_pairs<exact_pairs<op::euclidean>>(device);
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
