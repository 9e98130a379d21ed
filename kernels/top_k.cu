// SPDX-License-Identifier: Apache-2.0
// The most uncertain rows, for <alx/selection/detail/near_best_on_gpu.hpp>.
#include <alx/gpu/buffer.hpp>
#include <alx/selection/detail/near_best_on_gpu.hpp>

#include "top_k.cuh"
#include <cmath>
#include <cstring>
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
        wanted_(ask.count + ask.spare > 0 ? ask.count + ask.spare : 1),
        entries_(wanted_ * 8 > least_room ? wanted_ * 8 : least_room),
        result_(values_at() + (is_utilities ? 0 : wanted_ * columns() * index_t{sizeof(T)})) {}

  /// Asks for all at once and looks at what came of it then: hardly ever is there more to do.
  detail::near_best_rows<T> run() {
    begin();
    bool sampled = take_sample();
    for (;;) {
      scan({rows(), 1});
      select({word(ask_.count), word(ask_.spare), ask_.tolerance}, chosen());
      gather();
      auto const result = result_.to_host();
      top_state found;
      std::memcpy(&found, result.data(), sizeof found);
      if (found.refused != no_row) return refusal(found);
      if (found.passed > room()) {
        select({word(wanted_), 0, 0.0}, nullptr);
        sampled = false;
        continue;
      }
      bool const enough = found.passed >= word(op::smaller_of(ask_.count, rows()));
      if (enough && (!sampled || found.last.key >= found.threshold.key)) {
        return rows_in(result, static_cast<index_t>(found.chosen));
      }
      begin();  // the sample promised too much
      sampled = false;
    }
  }

 private:
  static constexpr bool is_utilities = std::is_same_v<Formula, utility_of_row>;

  // The result, in one piece: the state, then room for the chosen entries and for their rows.
  static constexpr index_t chosen_at = 64;
  static_assert(sizeof(top_state) <= chosen_at);

  [[nodiscard]] index_t values_at() const {
    return chosen_at + wanted_ * index_t{sizeof(top_entry)};
  }

  [[nodiscard]] top_state* state() { return reinterpret_cast<top_state*>(result_.data()); }

  [[nodiscard]] top_entry* chosen() {
    return reinterpret_cast<top_entry*>(result_.data() + chosen_at);
  }

  [[nodiscard]] index_t rows() const { return formula_.probability.rows; }

  [[nodiscard]] index_t columns() const { return formula_.probability.cols; }

  [[nodiscard]] word room() const { return static_cast<word>(entries_.size()); }

  void begin() {
    result_.fill(0);
    launch({1, 32}, begin_search<top_state>, state());
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
    // Two values are read at once.
    bool const aligned = reinterpret_cast<std::uintptr_t>(p.data) % (2 * sizeof(T)) == 0;
    bool const pairs = p.cols == 2 && p.col_stride == 1 && p.row_stride == 2 && aligned;
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
           state());
  }

  void select(selection_wish wish, top_entry* chosen) {
    launch({1, select_threads, sizeof(select_memory)},
           select_entries<select_threads>,
           entries_.data(),
           room(),
           wish,
           chosen,
           state());
  }

  /// The rows of the chosen entries.
  void gather() {
    if constexpr (!is_utilities) {
      launch(shape_for(wanted_ * columns(), 256),
             gather_rows<T>,
             formula_.probability,
             static_cast<top_entry const*>(chosen()),
             static_cast<top_state const*>(state()),
             reinterpret_cast<T*>(result_.data() + values_at()));
    }
  }

  [[nodiscard]] detail::near_best_rows<T> rows_in(std::vector<unsigned char> const& result,
                                                  index_t count) const {
    detail::near_best_rows<T> found;
    for (index_t i = 0; i < count; ++i) {
      top_entry entry;
      std::memcpy(&entry, result.data() + chosen_at + i * index_t{sizeof entry}, sizeof entry);
      found.ids.push_back(static_cast<index_t>(entry.id));
      if (is_utilities) found.probability.push_back(static_cast<T>(from_ordered_bits(entry.key)));
    }
    if (is_utilities) return found;
    found.probability.resize(static_cast<std::size_t>(count * columns()));
    if (count > 0) {
      std::memcpy(found.probability.data(),
                  result.data() + values_at(),
                  found.probability.size() * sizeof(T));
    }
    return found;
  }

  /// The row that was refused, as if it alone had been chosen.
  detail::near_best_rows<T> refusal(top_state found) {
    found.chosen = 1;
    top_entry const entry{0, found.refused};
    detail::gpu_upload(state(), &found, sizeof found);
    detail::gpu_upload(chosen(), &entry, sizeof entry);
    gather();
    auto rows = rows_in(result_.to_host(), 1);
    rows.refused = true;
    return rows;
  }

  Formula formula_;
  Ceiling ceiling_;
  detail::near_best_request ask_;
  index_t wanted_;
  gpu_buffer<top_entry> entries_;
  gpu_buffer<unsigned char> result_;
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
