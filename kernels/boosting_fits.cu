// SPDX-License-Identifier: Apache-2.0
// Many models at once, for <alx/learners/boosting/on_gpu.hpp>.
#include <alx/gpu/buffer.hpp>
#include <alx/learners/boosting/on_gpu.hpp>

#include "boosting_columns.cuh"
#include "boosting_fits.cuh"
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace alx {
inline namespace v0 {
namespace kernels {

/// Values of many kinds in one piece of memory: one copy takes them to the device.
class packed_values {
 public:
  /// Where they will lie, from the beginning.
  template <class T>
  index_t add(T const* values, index_t count) {
    bytes_.resize((bytes_.size() + 15) / 16 * 16);
    auto const at = bytes_.size();
    bytes_.resize(at + static_cast<std::size_t>(count) * sizeof(T));
    if (count > 0)
      std::memcpy(bytes_.data() + at, values, static_cast<std::size_t>(count) * sizeof(T));
    return static_cast<index_t>(at);
  }

  template <class T>
  index_t add(std::vector<T> const& values) {
    return add(values.data(), static_cast<index_t>(values.size()));
  }

  [[nodiscard]] std::vector<unsigned char> const& bytes() const { return bytes_; }

 private:
  std::vector<unsigned char> bytes_;
};

/// Models whose bins are all bytes, or all two bytes, fitted in one launch.
template <class Bin>
class fit_batch {
 public:
  fit_batch(std::vector<detail::gpu_fit> const& fits,
            std::vector<std::size_t> numbers,
            fit_options const& options)
      : fits_(fits), numbers_(std::move(numbers)), options_(options) {}

  void run(std::vector<detail::grown_model>& models) {
    for (auto const number : numbers_) prepare(fits_[number]);
    gpu_buffer<unsigned char> const values(values_.bytes());
    trees_ = gpu_buffer<fitted_tree>(tree_count_);
    splits_ = gpu_buffer<boosting_split>(tree_count_ * options_.num_leaves);
    sets_ = gpu_buffer<unsigned>(set_count_);
    trees_.fill(0xff);
    splits_.fill(0);  // all of them come back, also what no tree has
    sets_.fill(0);
    for (auto& problem : problems_) place(problem, values.data());
    auto const count = static_cast<index_t>(problems_.size());
    gpu_buffer<fit_problem> const problems(problems_);
    auto const blocks = static_cast<unsigned>(
        std::min<index_t>(count, index_t{2} * static_cast<index_t>(multiprocessors())));
    index_t const room = fit_room<Bin>{}.cut(sizes_, nullptr);
    gpu_buffer<unsigned char> rooms(room * static_cast<index_t>(blocks));
    launch({blocks, tree_threads, shared_bytes},
           fit_models<Bin>,
           problems.data(),
           static_cast<int>(count),
           options_,
           sizes_,
           rooms.data(),
           room,
           cells_room);
    collect(models);
  }

 private:
  static constexpr int cells_room = 2500;
  static constexpr std::size_t shared_bytes =
      offsetof(fit_memory<Bin>, tree) + tree_memory::bytes_for(cells_room);

  /// A pointer that is still a distance from where the values will lie.
  template <class T>
  static T const* offset(index_t at) {
    return reinterpret_cast<T const*>(static_cast<std::uintptr_t>(at));
  }

  template <class T>
  static void shift(T const*& pointer, unsigned char const* begin) {
    pointer = reinterpret_cast<T const*>(begin + reinterpret_cast<std::uintptr_t>(pointer));
  }

  void prepare(detail::gpu_fit const& fit) {
    auto const& from = fit.rows;
    auto const columns = columns_of(fit.columns.column);
    auto const count = static_cast<index_t>(columns.size());
    fit_problem problem{};
    problem.columns = static_cast<int>(count);
    problem.cells = columns.back().first_cell + columns.back().bins;
    problem.set_words = set_words_of(fit.columns.column);
    problem.features = {
        offset<double>(values_.add(from.features, from.rows * count)), from.rows, count};
    problem.bounds = {offset<boosting_column>(values_.add(columns)),
                      offset<index_t>(values_.add(fit.columns.first_bound)),
                      offset<double>(values_.add(fit.columns.bounds)),
                      offset<int>(values_.add(fit.columns.categories)),
                      offset<int>(values_.add(fit.columns.bin_of_category))};
    problem.targets = {from.objective,
                       from.sums,
                       from.rows,
                       offset<label_t>(keep(from.labels, from.rows)),
                       offset<float>(keep(from.values, from.rows)),
                       offset<float>(keep(from.weights, from.rows)),
                       from.zero_weight,
                       from.one_weight,
                       nullptr,
                       nullptr};
    weighted_.push_back(from.weights != nullptr);
    problem.bias = offset<double>(values_.add(fit.bias));
    problem.trains = offset<std::uint8_t>(values_.add(fit.trains));
    index_t const trees = index_t{options_.iterations} * from.sums;
    first_tree_.push_back(tree_count_);
    first_set_.push_back(set_count_);
    tree_count_ += trees;
    set_count_ += trees * options_.num_leaves * problem.set_words;
    grow(problem);
    problems_.push_back(problem);
  }

  template <class T>
  index_t keep(T const* values, index_t rows) {
    return values_.add(values, values == nullptr ? 0 : rows);
  }

  void grow(fit_problem const& p) {
    auto const larger = [](index_t& of, index_t value) { of = std::max(of, value); };
    larger(sizes_.rows, p.targets.rows);
    larger(sizes_.scores, p.targets.rows * p.targets.sums);
    larger(sizes_.sums, p.targets.sums);
    larger(sizes_.stride, (index_t{p.columns} + group_columns - 1) / group_columns * group_columns);
    larger(sizes_.columns, p.columns);
    larger(sizes_.cells, p.cells);
    larger(sizes_.set_words, p.set_words);
    larger(sizes_.num_leaves, options_.num_leaves);
  }

  void place(fit_problem& p, unsigned char const* values) {
    auto const i = static_cast<std::size_t>(&p - problems_.data());
    shift(p.features.data, values);
    shift(p.bounds.column, values);
    shift(p.bounds.first, values);
    shift(p.bounds.upper, values);
    shift(p.bounds.categories, values);
    shift(p.bounds.bin_of_category, values);
    shift(p.targets.labels, values);
    shift(p.targets.values, values);
    shift(p.targets.weights, values);
    if (!weighted_[i]) p.targets.weights = nullptr;
    shift(p.bias, values);
    shift(p.trains, values);
    p.trees = trees_.data() + first_tree_[i];
    p.splits = splits_.data() + first_tree_[i] * options_.num_leaves;
    p.split_sets = sets_.data() + first_set_[i];
  }

  void collect(std::vector<detail::grown_model>& models) {
    auto const trees = trees_.to_host();
    auto const splits = splits_.to_host();
    auto const sets = sets_.to_host();
    for (std::size_t i = 0; i < problems_.size(); ++i) {
      auto const& p = problems_[i];
      auto& model = models[numbers_[i]];
      for (index_t t = 0; t < index_t{options_.iterations} * p.targets.sums; ++t) {
        auto const at = static_cast<std::size_t>(first_tree_[i] + t);
        if (!asked_for(trees[at])) break;
        model.push_back({trees[at].total, p.targets.rows, {}, {}, p.set_words});
        auto const* const from = splits.data() + at * static_cast<std::size_t>(options_.num_leaves);
        int const count = std::max(trees[at].splits, 0);
        for (int s = 0; s < count; ++s) {
          model.back().splits.push_back({from[s].best, from[s].leaf, from[s].left_rows});
        }
        auto const words = static_cast<index_t>(options_.num_leaves) * p.set_words;
        auto const* const set = sets.data() + first_set_[i] + t * words;
        model.back().sets.assign(set, set + count * index_t{p.set_words});
      }
    }
  }

  /// What was not written is still as it was filled.
  static bool asked_for(fitted_tree const& tree) {
    return !(tree.splits == -1 && tree.total.gradient != tree.total.gradient);
  }

  std::vector<detail::gpu_fit> const& fits_;
  std::vector<std::size_t> numbers_;
  fit_options options_;
  packed_values values_;
  std::vector<fit_problem> problems_;
  std::vector<bool> weighted_;
  std::vector<index_t> first_tree_;
  std::vector<index_t> first_set_;
  index_t tree_count_ = 0;
  index_t set_count_ = 0;
  fit_sizes sizes_{};
  gpu_buffer<fitted_tree> trees_;
  gpu_buffer<boosting_split> splits_;
  gpu_buffer<unsigned> sets_;
};

}  // namespace kernels

namespace detail {

std::vector<grown_model> fit_many_on_gpu(std::vector<gpu_fit> const& fits,
                                         gpu_tree_options const& options,
                                         std::int32_t iterations,
                                         double learning_rate,
                                         int device) {
  using namespace kernels;
  use_gpu(device);
  constexpr std::size_t at_once = 1024;  // so that what comes back has room
  fit_options const shared{options.limits,
                           options.categories,
                           options.min_gain,
                           options.num_leaves,
                           options.max_depth,
                           iterations,
                           learning_rate};
  std::vector<grown_model> models(fits.size());
  for (std::size_t first = 0; first < fits.size(); first += at_once) {
    std::vector<std::size_t> narrow;
    std::vector<std::size_t> wide;
    for (std::size_t i = first; i < std::min(fits.size(), first + at_once); ++i) {
      (most_bins(fits[i].columns.column) <= 256 ? narrow : wide).push_back(i);
    }
    if (!narrow.empty()) fit_batch<std::uint8_t>(fits, narrow, shared).run(models);
    if (!wide.empty()) fit_batch<std::uint16_t>(fits, wide, shared).run(models);
  }
  return models;
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
