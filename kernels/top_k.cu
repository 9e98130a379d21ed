// SPDX-License-Identifier: Apache-2.0
// The most uncertain rows, for <alx/selection/detail/near_best_on_gpu.hpp>.
#include <alx/gpu/buffer.hpp>
#include <alx/selection/detail/near_best_on_gpu.hpp>

#include "top_k.cuh"
#include <cmath>
#include <type_traits>
#include <utility>
#include <vector>

namespace alx {
inline namespace v0 {
namespace kernels {

inline constexpr index_t sampled_rows = 8192;
inline constexpr index_t least_room = 65536;

/// The search of one formula in one pool.
template <class Formula, class Ceiling, class T>
class top_search {
 public:
  top_search(Formula formula, Ceiling ceiling, detail::near_best_request const& ask)
      : formula_(formula),
        ceiling_(ceiling),
        ask_(ask),
        wanted_(ask.count + ask.spare),
        entries_(wanted_ * 8 > least_room ? wanted_ * 8 : least_room),
        chosen_(wanted_),
        state_(1) {}

  detail::near_best_rows<T> run() {
    state_.upload(&begin, 1);
    bool sampled = take_sample();
    for (;;) {
      top_entry const threshold = now().last;
      scan({rows(), 1});
      top_state const state = now();
      if (state.refused != no_row) return refusal(state);
      if (state.passed > room()) {
        select({word(wanted_), 0, 0.0}, nullptr);
        sampled = false;
        continue;
      }
      if (state.passed >= word(op::smaller_of(ask_.count, rows()))) {
        select({word(ask_.count), word(ask_.spare), ask_.tolerance}, chosen_.data());
        top_state const done = now();
        if (!sampled || done.last.key >= threshold.key) return gathered(done);
      }
      state_.upload(&begin, 1);  // the sample promised too much
      sampled = false;
    }
  }

 private:
  static constexpr top_state begin{{0, no_row}, 0, no_row, 0};
  static constexpr bool is_utilities = std::is_same_v<Formula, utility_of_row>;

  [[nodiscard]] index_t rows() const { return formula_.probability.rows; }

  [[nodiscard]] word room() const { return static_cast<word>(entries_.size()); }

  [[nodiscard]] top_state now() const {
    top_state state;
    state_.download(&state, 1);
    return state;
  }

  /// A threshold that hardly ever lets too few rows pass: as many of the best rows are in a sample
  /// as a binomial distribution allows for, and 6 deviations.
  bool take_sample() {
    if (rows() < 4 * sampled_rows) return false;
    double const share = static_cast<double>(ask_.count) * static_cast<double>(sampled_rows) /
                         static_cast<double>(rows());
    auto const rank = static_cast<index_t>(share + 6.0 * std::sqrt(share) + 4.0);
    if (2 * rank > sampled_rows) return false;
    scan({sampled_rows, rows() / sampled_rows});
    select({word(rank), 0, ask_.tolerance}, nullptr);
    return true;
  }

  static auto* kernel_for(bool pairs) {
    if constexpr (is_utilities) {
      static_cast<void>(pairs);
      return scan_rows<Formula, Ceiling, T, row_kind::utilities>;
    } else {
      return pairs ? scan_rows<Formula, Ceiling, T, row_kind::pairs>
                   : scan_rows<Formula, Ceiling, T, row_kind::any>;
    }
  }

  void scan(row_steps steps) {
    auto const& p = formula_.probability;
    bool const pairs = p.cols == 2 && p.col_stride == 1 && p.row_stride == 2;
    auto const slack = op::ceiling_slack::of(p.cols);
    launch_shape const shape{
        blocks_for(steps.count, scan_threads * rows_at_once, 8 * multiprocessors()),
        static_cast<unsigned>(scan_threads)};
    launch(shape,
           kernel_for(pairs),
           formula_,
           ceiling_,
           slack,
           steps,
           entries_.data(),
           room(),
           state_.data());
  }

  void select(selection_wish wish, top_entry* chosen) {
    launch({1, select_threads, sizeof(select_memory)},
           select_entries<select_threads>,
           entries_.data(),
           room(),
           wish,
           chosen,
           state_.data());
  }

  detail::near_best_rows<T> gathered(top_state const& state) {
    std::vector<top_entry> chosen(static_cast<std::size_t>(state.chosen));
    auto const count = static_cast<index_t>(chosen.size());
    chosen_.download(chosen.data(), count);
    detail::near_best_rows<T> found;
    for (auto const& entry : chosen) found.ids.push_back(static_cast<index_t>(entry.id));
    if constexpr (is_utilities) {
      for (auto const& entry : chosen) found.probability.push_back(from_ordered_bits(entry.key));
    } else {
      found.probability = rows_of(count);
    }
    return found;
  }

  detail::near_best_rows<T> refusal(top_state const& state) {
    top_entry const entry{0, state.refused};
    chosen_.upload(&entry, 1);
    return {{static_cast<index_t>(state.refused)}, rows_of(1), true};
  }

  std::vector<T> rows_of(index_t count) {
    auto const& p = formula_.probability;
    gpu_buffer<T> values(count * p.cols);
    launch({blocks_for(count * p.cols, 256, 1024), 256},
           gather_rows<T>,
           p,
           chosen_.data(),
           count,
           values.data());
    return values.to_host();
  }

  Formula formula_;
  Ceiling ceiling_;
  detail::near_best_request ask_;
  index_t wanted_;
  gpu_buffer<top_entry> entries_;
  gpu_buffer<top_entry> chosen_;
  gpu_buffer<top_state> state_;
};

template <class T>
detail::near_best_rows<T> near_best(matrix_view<T const, device> p,
                                    detail::near_best_request const& ask) {
  detail::use_gpu(ask.device);
  auto const search = [&](auto formula, auto ceiling) {
    return top_search<decltype(formula), decltype(ceiling), T>(formula, ceiling, ask).run();
  };
  switch (ask.formula) {
    case detail::uncertainty_formula::margin:
      return search(op::margin_of_row<T, device>{p}, op::margin_ceiling{});
    case detail::uncertainty_formula::least_confident:
      return search(op::least_confidence_of_row<T, device>{p}, op::least_confident_ceiling{});
    case detail::uncertainty_formula::entropy:
      break;
  }
  return search(op::entropy_of_row<T, device>{p, ask.epsilon},
                op::entropy_ceiling::of(p.cols, ask.epsilon));
}

}  // namespace kernels

namespace detail {

best_utilities best_on_gpu(vector_view<double const, device> utility, index_t count) {
  near_best_request ask;
  ask.count = count;
  kernels::utility_of_row const formula{{utility.data, utility.size, 1, utility.stride, 1}};
  auto found = kernels::top_search<kernels::utility_of_row, kernels::no_ceiling, double>(
                   formula, kernels::no_ceiling{}, ask)
                   .run();
  return {std::move(found.ids), std::move(found.probability)};
}

near_best_rows<float> near_best_on_gpu(matrix_view<float const, device> p, near_best_request ask) {
  return kernels::near_best(p, ask);
}

near_best_rows<double> near_best_on_gpu(matrix_view<double const, device> p,
                                        near_best_request ask) {
  return kernels::near_best(p, ask);
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
