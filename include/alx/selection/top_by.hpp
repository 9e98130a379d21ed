// SPDX-License-Identifier: Apache-2.0
/// @file
/// The most uncertain rows of a large pool, straight from its probabilities.
#pragma once

#include <alx/backend.hpp>
#include <alx/detail/check_row.hpp>
#include <alx/error.hpp>
#include <alx/gpu/matrix.hpp>
#include <alx/op/uncertainty_ceiling.hpp>
#include <alx/parallel.hpp>
#include <alx/round_view.hpp>
#include <alx/selection/detail/best_rows.hpp>
#include <alx/selection/detail/near_best_on_gpu.hpp>
#include <alx/selection/ranking.hpp>
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/least_confident.hpp>
#include <alx/strategies/margin.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// A strategy whose utility of a row is a formula of the row's probabilities, with a ceiling that
/// is cheaper than the formula.
template <class S>
concept uncertainty =
    std::same_as<S, entropy> || std::same_as<S, margin> || std::same_as<S, least_confident>;

namespace detail {

/// The utility of one row of probabilities, which is row `id` of the pool.
template <class Strategy>
double utility_of(Strategy const& strategy,
                  std::vector<double> const& row,
                  index_t id,
                  double unit) {
  static constexpr std::array<index_t, 1> only_row{0};
  round_view round;
  round.candidates = only_row;
  round.probability = {row.data(), 1, static_cast<index_t>(row.size())};
  double value = 0.0;
  strategy.score(round, {&value, 1});
  value /= unit;
  if (std::isfinite(value)) return value;
  throw data_error("top_by: row " + std::to_string(id) + " has a utility that is not finite");
}

/// One pass over probabilities. A row whose ceiling is below the last of `count` rows already found
/// is passed over; whatever is in doubt is computed by the strategy itself, in double, so that the
/// result does not depend on how much was passed over.
template <class Strategy, class Ceiling, class T>
class uncertainty_scan {
 public:
  uncertainty_scan(Strategy strategy, Ceiling ceiling, matrix_view<T const> p, double unit)
      : strategy_(std::move(strategy)), ceiling_(ceiling), p_(p), unit_(unit) {}

  std::vector<ranked_row> best(index_t count, thread_team& team) {
    std::vector<best_rows> found(static_cast<std::size_t>(chunks), best_rows(0, 0));
    team.for_each_chunk(chunks, [&](index_t chunk) {
      index_t const first = p_.rows * chunk / chunks;
      index_t const last = p_.rows * (chunk + 1) / chunks;
      auto& best = found[static_cast<std::size_t>(chunk)];
      best = best_rows(count, last - first);
      scan(first, last, count, best);
    });
    best_rows all(count, p_.rows);
    for (auto const& best : found) {
      for (auto const& row : best.in_any_order()) all.offer(row);
    }
    return std::move(all).in_order();
  }

 private:
  static constexpr index_t chunks = 16;
  static constexpr index_t rows_at_once = 64;

  /// Of two classes, in a cache line, and how far ahead memory is asked for: processors do not look
  /// beyond a page.
  static constexpr auto rows_in_line = static_cast<index_t>(32 / sizeof(T));
  static constexpr auto rows_ahead = static_cast<index_t>(2048 / sizeof(T));

  using ceilings = std::array<T, rows_at_once>;

  void scan(index_t first, index_t last, index_t count, best_rows& best) {
    ceilings ceiling;  // NOLINT(*-member-init)
    std::vector<double> row(static_cast<std::size_t>(p_.cols));
    for (index_t at = first; at < last; at += rows_at_once) {
      index_t const rows = std::min(rows_at_once, last - at);
      T const least = slack_.template lowered<T>(least_ceiling(), ceiling_.level);
      auto const seen = look(at, rows, least, ceiling);
      if (seen.suspect > 0) {
        for (index_t r = at; r < at + rows; ++r) check_row("top_by", p_.row(r), r);
      }
      if (seen.candidates == 0) continue;
      for (index_t i = 0; i < rows; ++i) {
        if (!(ceiling[static_cast<std::size_t>(i)] < least)) consider(at + i, row, best);
      }
      if (best.is_full() && 0 < count && count <= last - first) raise(best.last().utility);
    }
  }

  struct counts {
    int suspect = 0;  ///< rows that may have to be refused: by what sums round, too many
    int candidates = 0;
  };

  /// At rows first … first + rows - 1. Two classes side by side have a loop of which compilers make
  /// vectors.
  counts look(index_t first, index_t rows, T least, ceilings& ceiling) const {
    auto const uniform = T{1} / static_cast<T>(p_.cols);
    T const tolerance = slack_.template tolerated<T>();
    counts seen;
    auto const close = [&](index_t i, T value, T sum, T smallest) {
      ceiling[static_cast<std::size_t>(i)] = value;
      seen.suspect += static_cast<int>(!(std::abs(sum - T{1}) <= tolerance)) |
                      static_cast<int>(smallest < T{0});
      seen.candidates += static_cast<int>(!(value < least));  // NaN counts: the strategy will say
    };
    if (p_.cols == 2 && p_.col_stride == 1 && p_.row_stride == 2) {
      T const* const from = p_.data + 2 * first;
      if (first + rows_ahead + rows <= p_.rows) {
        for (index_t i = 0; i < rows; i += rows_in_line) {
          __builtin_prefetch(from + 2 * (i + rows_ahead));
        }
      }
      for (index_t i = 0; i < rows; ++i) {
        T const a = from[2 * i];
        T const b = from[2 * i + 1];
        close(i, ceiling_.of_two(a, b), a + b, std::min(a, b));
      }
    } else {
      for (index_t i = 0; i < rows; ++i) {
        auto const p = p_.row(first + i);
        op::row_summary<T> row;
        T smallest{0};
        for (index_t c = 0; c < p.size; ++c) {
          row.add(p[c], uniform);
          smallest = std::min(smallest, p[c]);
        }
        close(i, ceiling_(row), row.sum, smallest);
      }
    }
    return seen;
  }

  /// Offers a row that may be good enough, once its ceiling in double agrees.
  void consider(index_t id, std::vector<double>& row, best_rows& best) const {
    double const uniform = 1.0 / static_cast<double>(p_.cols);
    auto const p = p_.row(id);
    op::row_summary<double> exact;
    for (index_t c = 0; c < p.size; ++c) {
      row[static_cast<std::size_t>(c)] = static_cast<double>(p[c]);
      exact.add(row[static_cast<std::size_t>(c)], uniform);
    }
    double const slack = slack_.of_utility * std::numeric_limits<double>::epsilon();
    bool const passed_over = ceiling_(exact) < least_ceiling() - slack;
    if (!passed_over) best.offer({utility_of(strategy_, row, id, unit_), id});
  }

  /// No row with a ceiling further below it than rounding explains has a chance.
  [[nodiscard]] double least_ceiling() const {
    return threshold_.load(std::memory_order_relaxed) * unit_ - ceiling_.level;
  }

  void raise(double utility) {
    double known = threshold_.load(std::memory_order_relaxed);
    while (utility > known && !threshold_.compare_exchange_weak(known, utility)) {
    }
  }

  Strategy strategy_;
  Ceiling ceiling_;
  matrix_view<T const> p_;
  double unit_;
  op::ceiling_slack slack_ = op::ceiling_slack::of(p_.cols);
  /// `count` rows are known to have as much.
  std::atomic<double> threshold_{-std::numeric_limits<double>::infinity()};
};

/// Fewer probabilities than this are not worth waking a thread for.
inline constexpr index_t small_work = 1 << 17;

/// Calls `use` with the ceiling that goes with a strategy.
template <uncertainty Strategy, class F>
auto with_ceiling(Strategy const& strategy, index_t classes, F&& use) {
  if constexpr (std::same_as<Strategy, entropy>) {
    return use(op::entropy_ceiling::of(classes, strategy.epsilon));
  } else if constexpr (std::same_as<Strategy, margin>) {
    return use(op::margin_ceiling{});
  } else {
    return use(op::least_confident_ceiling{});
  }
}

/// `best(strategy, count, unit)` gives the `count` best by a strategy whose utilities are divided
/// by `unit`; this asks it for those of an entropy of any scale.
template <uncertainty Strategy, class F>
ranking rank(Strategy strategy, index_t classes, index_t count, F&& best) {
  double unit = 1.0;
  if constexpr (std::same_as<Strategy, entropy>) {
    auto const scale = std::exchange(strategy.scale, entropy_scale::nats);
    if (scale == entropy_scale::log_classes) {
      unit = std::log(static_cast<double>(classes));
    } else if (scale == entropy_scale::pool_maximum) {
      double const largest = best(strategy, 1, 1.0).front().utility;
      unit = largest > 0.0 ? largest : 1.0;
    }
  }
  return ranking_of(best(strategy, count, unit));
}

template <uncertainty Strategy, class T>
ranking top_by(Strategy const& strategy, matrix_view<T const> p, index_t count, cpu backend) {
  if (p.rows == 0) return {};
  thread_team team(p.rows * p.cols < small_work ? 1 : backend.threads);
  return rank(strategy, p.cols, count, [&](Strategy const& by, index_t wanted, double unit) {
    return with_ceiling(by, p.cols, [&](auto ceiling) {
      return uncertainty_scan(by, ceiling, p, unit).best(wanted, team);
    });
  });
}

/// What the GPU is asked for. Its logarithms are not the host's to the last bit, and a unit can
/// make two utilities one: rows that near to the last of the batch are left to the host.
template <uncertainty Strategy>
near_best_request request_of(Strategy const& strategy, index_t classes, index_t count) {
  if constexpr (std::same_as<Strategy, entropy>) {
    return {.formula = uncertainty_formula::entropy,
            .epsilon = strategy.epsilon,
            .tolerance = 0x1p-46 * (1.0 + std::log(static_cast<double>(classes))),
            .count = count,
            .spare = std::max<index_t>(1024, count)};
  } else if constexpr (std::same_as<Strategy, margin>) {
    return {.formula = uncertainty_formula::margin, .count = count};
  } else {
    return {.formula = uncertainty_formula::least_confident, .count = count};
  }
}

template <uncertainty Strategy, class T>
ranking top_by(Strategy const& strategy, matrix_view<T const, device> p, index_t count, gpu where) {
  if (p.rows == 0 || count <= 0) return {};
  auto const cols = static_cast<std::size_t>(p.cols);
  return rank(strategy, p.cols, count, [&](Strategy const& by, index_t wanted, double unit) {
    auto request = request_of(by, p.cols, std::min(wanted, p.rows));
    request.device = where.device;
    auto const near = near_best_on_gpu(p, request);
    best_rows best(wanted, static_cast<index_t>(near.ids.size()));
    for (std::size_t i = 0; i < near.ids.size(); ++i) {
      auto const* const from = near.probability.data() + i * cols;
      check_row("top_by", vector_view<T const>{from, p.cols}, near.ids[i]);
      std::vector<double> const row(from, from + cols);
      best.offer({utility_of(by, row, near.ids[i], unit), near.ids[i]});
    }
    return std::move(best).in_order();
  });
}

template <uncertainty Strategy, class T>
ranking top_by(Strategy const& strategy, matrix_view<T const> p, index_t count, gpu where) {
  gpu_matrix<T> const there(p, where);
  return top_by(strategy, there.view(), count, where);
}

}  // namespace detail

/// The `count` rows of the highest utility by `strategy`, straight from probabilities of rows ×
/// classes.
///
/// **Semantics.** Ids and utilities are those of computing every utility in double and sorting, to
/// the bit, on any number of threads: utility descending, id ascending. Fewer rows than `count`:
/// all of them.
///
/// **Cost.** One pass over the probabilities (entropy by `pool_maximum`: two); the formula itself
/// for few rows, those whose ceiling from sum, largest value and squares could reach the batch.
/// Memory: 256 bytes · `count`, and a few KB a thread.
///
/// **When.** Pools so large that a utility for every row, or a copy of the probabilities in double,
/// is too much.
///
/// **Throws.** `data_error` naming the lowest row with probabilities that are negative, not finite,
/// or do not sum to 1 within 1e-3.
template <uncertainty Strategy>
ranking top_by(Strategy const& strategy,
               matrix_view<double const> probability,
               index_t count,
               cpu backend = {}) {
  return detail::top_by(strategy, probability, count, backend);
}

/// As above; each probability counts as the double that it is.
template <uncertainty Strategy>
ranking top_by(Strategy const& strategy,
               matrix_view<float const> probability,
               index_t count,
               cpu backend = {}) {
  return detail::top_by(strategy, probability, count, backend);
}

/// On a GPU, of probabilities that are there or are copied there: only the batch comes back.
///
/// **Semantics.** As above; where more than max(1024, count) rows have an entropy within 2^-46 (1 +
/// ln C) of the last one's of the batch, the GPU's logarithms decide between those that are not
/// equal.
///
/// **Throws.** `data_error` as above, `gpu_error`.
template <uncertainty Strategy>
ranking top_by(Strategy const& strategy,
               matrix_view<double const, device> probability,
               index_t count,
               gpu where) {
  return detail::top_by(strategy, probability, count, where);
}

template <uncertainty Strategy>
ranking top_by(Strategy const& strategy,
               matrix_view<float const, device> probability,
               index_t count,
               gpu where) {
  return detail::top_by(strategy, probability, count, where);
}

template <uncertainty Strategy>
ranking top_by(Strategy const& strategy,
               matrix_view<double const> probability,
               index_t count,
               gpu where) {
  return detail::top_by(strategy, probability, count, where);
}

template <uncertainty Strategy>
ranking top_by(Strategy const& strategy,
               matrix_view<float const> probability,
               index_t count,
               gpu where) {
  return detail::top_by(strategy, probability, count, where);
}

}  // namespace alx::inline v0
