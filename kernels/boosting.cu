// SPDX-License-Identifier: Apache-2.0
// Gradient boosting, for <alx/learners/boosting/on_gpu.hpp>.
#include <alx/gpu/buffer.hpp>
#include <alx/learners/boosting/on_gpu.hpp>

#include "boosting.cuh"
#include "boosting_columns.cuh"
#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace alx {
inline namespace v0 {
namespace kernels {

/// Up to so many cells of the table of bins one block grows a tree: launches cost more than it
/// saves.
inline constexpr index_t cells_for_one_block = 20'000;

/// Of 8 columns of 255 bins, and a few more: 48 KB are there on every GPU.
inline constexpr int cells_room = 3000;

/// What a tree grows in: memory that all trees of a fit use.
template <class Bin>
class tree_room {
 public:
  tree_room(index_t rows,
            std::vector<detail::gpu_column> const& columns,
            detail::gpu_tree_options const& options)
      : usable_(static_cast<index_t>(columns.size())) {
    auto const count = static_cast<index_t>(columns.size());
    auto const leaves = static_cast<index_t>(options.num_leaves);
    auto const made = columns_of(columns);
    auto const last = made.back();
    column_ = gpu_buffer<boosting_column>(made);
    p_.stride = (count + group_columns - 1) / group_columns * group_columns;
    p_.columns = static_cast<int>(count);
    p_.column = column_.data();
    p_.cells = last.first_cell + last.bins;
    p_.limits = options.limits;
    p_.categories = options.categories;
    p_.min_gain = options.min_gain;
    p_.num_leaves = options.num_leaves;
    p_.max_depth = options.max_depth;
    p_.set_words = set_words_of(columns);
    bins_ = gpu_buffer<Bin>(rows * p_.stride);
    lists_ = gpu_buffer<int>(2 * rows);
    leaves_ = gpu_buffer<boosting_leaf>(leaves);
    sums_ = gpu_buffer<cell_sums>(p_.cells);
    sums_.fill(0);
    histograms_ = gpu_buffer<histogram_cell>(leaves * p_.cells);
    splittable_ = gpu_buffer<std::uint8_t>(leaves * count);
    results_ = gpu_buffer<column_result>(2 * count);
    splits_ = gpu_buffer<boosting_split>(leaves);
    splits_.fill(0);  // padding too: it is copied to the host
    state_ = gpu_buffer<tree_state>(1);
    state_.fill(0);
    if (p_.set_words > 0) {
      ranked_ = gpu_buffer<ranked_category>(2 * p_.cells);
      result_sets_ = gpu_buffer<unsigned>(2 * count * p_.set_words);
      result_sets_.fill(0);
      leaf_sets_ = gpu_buffer<unsigned>(leaves * p_.set_words);
      leaf_sets_.fill(0);
      split_sets_ = gpu_buffer<unsigned>(leaves * p_.set_words);
    }
    p_.bins = bins_.data();
    p_.rows[0] = lists_.data();
    p_.rows[1] = lists_.data() + rows;
    p_.leaves = leaves_.data();
    p_.sums = sums_.data();
    p_.histograms = histograms_.data();
    p_.splittable = splittable_.data();
    p_.results = results_.data();
    p_.ranked = ranked_.data();
    p_.result_sets = result_sets_.data();
    p_.leaf_sets = leaf_sets_.data();
    p_.split_sets = split_sets_.data();
    p_.splits = splits_.data();
    p_.state = state_.data();
  }

  [[nodiscard]] Bin* bins() { return bins_.data(); }

  /// Of the columns of use; null: all.
  void set_usable(std::uint8_t const* flags) {
    p_.usable = flags == nullptr ? nullptr : usable_.data();
    if (flags != nullptr) usable_.upload(flags, usable_.size());
  }

  [[nodiscard]] tree_problem<Bin> problem(gradient_pair const* gradients,
                                          sum_units const* units) const {
    auto p = p_;
    p.gradients = gradients;
    p.units = units;
    return p;
  }

  [[nodiscard]] detail::grown_tree to_host(index_t rows) const {
    tree_state state;
    state_.download(&state, 1);
    std::vector<boosting_split> splits(static_cast<std::size_t>(state.splits));
    splits_.download(splits.data(), state.splits);
    detail::grown_tree tree{state.total, rows, {}, {}, p_.set_words};
    for (auto const& s : splits) tree.splits.push_back({s.best, s.leaf, s.left_rows});
    tree.sets.resize(splits.size() * static_cast<std::size_t>(p_.set_words));
    split_sets_.download(tree.sets.data(), static_cast<index_t>(tree.sets.size()));
    return tree;
  }

 private:
  gpu_buffer<boosting_column> column_;
  gpu_buffer<std::uint8_t> usable_;
  gpu_buffer<Bin> bins_;
  gpu_buffer<int> lists_;
  gpu_buffer<boosting_leaf> leaves_;
  gpu_buffer<cell_sums> sums_;
  gpu_buffer<histogram_cell> histograms_;
  gpu_buffer<std::uint8_t> splittable_;
  gpu_buffer<column_result> results_;
  gpu_buffer<ranked_category> ranked_;
  gpu_buffer<unsigned> result_sets_;
  gpu_buffer<unsigned> leaf_sets_;
  gpu_buffer<unsigned> split_sets_;
  gpu_buffer<boosting_split> splits_;
  gpu_buffer<tree_state> state_;
  tree_problem<Bin> p_{};
};

/// A fit under way.
template <class Bin>
class booster {
 public:
  booster(detail::gpu_rows const& rows,
          detail::gpu_columns const& columns,
          detail::gpu_tree_options const& options,
          int device)
      : device_(device),
        rows_(rows.rows),
        columns_(static_cast<index_t>(columns.column.size())),
        room_(rows.rows, columns.column, options),
        scores_(rows.rows * rows.sums),
        gradients_(rows.rows * rows.sums),
        range_(rows.sums),
        units_(rows.sums),
        total_(1) {
    std::vector<gradient_range> const none(static_cast<std::size_t>(rows.sums),
                                           {{0, ~0U}, {0, ~0U}});
    range_.upload(none.data(), rows.sums);
    bin(rows, columns);
    targets_ = {rows.objective,
                rows.sums,
                rows.rows,
                keep(labels_, rows.labels),
                keep(values_, rows.values),
                keep(weights_, rows.weights),
                rows.zero_weight,
                rows.one_weight,
                scores_.data(),
                gradients_.data()};
  }

  void begin(std::int32_t k, double bias) {
    detail::use_gpu(device_);
    std::vector<double> const scores(static_cast<std::size_t>(rows_), bias);
    detail::gpu_upload(scores_.data() + k * rows_, scores.data(), scores.size() * sizeof(double));
  }

  void find_gradients() {
    detail::use_gpu(device_);
    launch(shape_for(rows_, tree_threads),
           kernels::find_gradients<tree_threads>,
           targets_,
           range_.data());
    launch({1, 32}, find_units<32>, targets_.sums, rows_, range_.data(), units_.data());
  }

  detail::grown_tree grow(std::int32_t k, detail::gpu_bag const& bag, std::uint8_t const* columns) {
    detail::use_gpu(device_);
    room_.set_usable(columns);
    auto const p = problem(k);
    index_t const rows = begin_tree(p, bag);
    if (rows_ * columns_ <= cells_for_one_block) {
      launch({1, tree_threads, tree_memory::bytes_for(cells_room)}, grow_tree<Bin>, p, cells_room);
    } else {
      search(p, rows);
      for (int split = 1; split < p.num_leaves; ++split) {
        launch(many_blocks(rows, 1), divide_leaf<Bin>, p);
        search(p, rows / 2);
      }
    }
    return room_.to_host(rows);
  }

  void add_to_scores(std::int32_t k,
                     std::vector<double> const& leaf_values,
                     detail::gpu_bag const& bag) {
    detail::use_gpu(device_);
    gpu_buffer<double> const values(leaf_values);
    auto const p = problem(k);
    double* const scores = scores_.data() + k * rows_;
    auto const leaves = static_cast<index_t>(leaf_values.size());
    launch(many_blocks(rows_ / leaves, leaves),
           kernels::add_to_scores<Bin>,
           p,
           static_cast<int>(leaves),
           values.data(),
           scores);
    if (bag.out_count == 0) return;
    gpu_buffer<int> outside(bag.out_count);
    outside.upload(bag.out, bag.out_count);
    launch(shape_for(bag.out_count, tree_threads),
           add_outside<Bin>,
           p,
           outside.data(),
           bag.out_count,
           values.data(),
           scores);
  }

 private:
  [[nodiscard]] tree_problem<Bin> problem(std::int32_t k) const {
    return room_.problem(gradients_.data() + k * rows_, units_.data() + k);
  }

  /// Blocks of `tree_threads` for about so many rows, in each of `layers` or of as many as there
  /// may be.
  static launch_shape many_blocks(index_t rows, index_t layers) {
    auto const side_by_side = static_cast<unsigned>(std::min<index_t>(layers, 65'535));
    unsigned const most = 4 * multiprocessors() / side_by_side + 1;
    return {{blocks_for(rows + 1, 4 * index_t{tree_threads}, most), side_by_side},
            tree_threads,
            sizeof(tree_memory)};
  }

  template <class T>
  T const* keep(gpu_buffer<T>& in, T const* values) {
    if (values == nullptr) return nullptr;
    in = gpu_buffer<T>(rows_);
    in.upload(values, rows_);
    return in.data();
  }

  void bin(detail::gpu_rows const& rows, detail::gpu_columns const& columns) {
    gpu_buffer<double> features(rows_ * columns_);
    features.upload(rows.features, rows_ * columns_);
    gpu_buffer<index_t> const first(columns.first_bound);
    gpu_buffer<double> const upper(columns.bounds);
    gpu_buffer<int> const categories(columns.categories);
    gpu_buffer<int> const bin_of_category(columns.bin_of_category);
    launch(shape_for(rows_ * columns_, tree_threads),
           bin_rows<Bin>,
           matrix_view<double const, device>(features.data(), rows_, columns_),
           bin_bounds{problem(0).column,
                      first.data(),
                      upper.data(),
                      categories.data(),
                      bin_of_category.data()},
           problem(0).stride,
           room_.bins());
  }

  /// Returns how many rows the tree has.
  index_t begin_tree(tree_problem<Bin> const& p, detail::gpu_bag const& bag) {
    index_t const rows = bag.in == nullptr ? rows_ : bag.in_count;
    if (bag.in == nullptr) {
      launch(shape_for(rows, tree_threads), number_rows<tree_threads>, p.rows[0], rows);
    } else {
      detail::gpu_upload(p.rows[0], bag.in, static_cast<std::size_t>(rows) * sizeof(int));
    }
    cell_sums* sums = nullptr;
    if (rows > rows_in_turn) {
      sums = total_.data();
      total_.fill(0);
      launch(shape_for(rows, tree_threads),
             sum_gradients<tree_threads>,
             p.gradients,
             p.rows[0],
             rows,
             p.units,
             sums);
    }
    launch({1, tree_threads, sizeof(total_memory)}, kernels::begin_tree<Bin>, p, rows, sums);
    return rows;
  }

  void search(tree_problem<Bin> const& p, index_t rows) {
    index_t const groups = parts_of(p.columns, group_columns);
    auto shape = many_blocks(rows, groups);
    shape.shared_bytes = tree_memory::bytes_for(cells_room);
    launch(shape, sum_side<Bin>, p, cells_room);
    launch({blocks_for(p.columns, tree_warps), tree_threads, sizeof(tree_memory)},
           search_sides<Bin>,
           p);
  }

  int device_;
  index_t rows_;
  index_t columns_;
  tree_room<Bin> room_;
  gpu_buffer<double> scores_;
  gpu_buffer<gradient_pair> gradients_;
  gpu_buffer<gradient_range> range_;
  gpu_buffer<sum_units> units_;
  gpu_buffer<cell_sums> total_;
  gpu_buffer<label_t> labels_;
  gpu_buffer<float> values_;
  gpu_buffer<float> weights_;
  target_rows targets_{};
};

/// A booster of either kind of bins.
using any_booster = std::variant<booster<std::uint8_t>, booster<std::uint16_t>>;

/// Calls `use` with the booster that `self` points at.
template <class F>
auto with_booster(void* self, F&& use) {
  return std::visit(use, *static_cast<any_booster*>(self));
}

}  // namespace kernels

namespace detail {

boosting_functions const* boosting_on_gpu() {
  using namespace kernels;
  static constexpr boosting_functions functions{
      [](gpu_rows const& rows,
         gpu_columns const& columns,
         gpu_tree_options const& options,
         int device) -> void* {
        use_gpu(device);
        if (most_bins(columns.column) <= 256) {
          using narrow = booster<std::uint8_t>;
          return new any_booster(std::in_place_type<narrow>, rows, columns, options, device);
        }
        using wide = booster<std::uint16_t>;
        return new any_booster(std::in_place_type<wide>, rows, columns, options, device);
      },
      [](void* self) noexcept { delete static_cast<any_booster*>(self); },
      [](void* self, std::int32_t k, double bias) {
        with_booster(self, [&](auto& b) { b.begin(k, bias); });
      },
      [](void* self) { with_booster(self, [](auto& b) { b.find_gradients(); }); },
      [](void* self, std::int32_t k, gpu_bag const& bag, std::uint8_t const* columns) {
        return with_booster(self, [&](auto& b) { return b.grow(k, bag, columns); });
      },
      [](void* self, std::int32_t k, std::vector<double> const& leaf_values, gpu_bag const& bag) {
        with_booster(self, [&](auto& b) { b.add_to_scores(k, leaf_values, bag); });
      },
      fit_many_on_gpu,
      forest_to_gpu,
      predict_on_gpu};
  return &functions;
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
