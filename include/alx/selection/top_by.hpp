// SPDX-License-Identifier: Apache-2.0
/// @file
/// The most uncertain rows of a large pool, straight from its probabilities.
#pragma once

#include <alx/backend.hpp>
#include <alx/detail/check_row.hpp>
#include <alx/error.hpp>
#include <alx/parallel.hpp>
#include <alx/round_view.hpp>
#include <alx/selection/detail/best_rows.hpp>
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

/// Rows in the order in which they are to be asked.
struct ranking {
  std::vector<index_t> ids;
  std::vector<double> utility;  ///< of each of them
};

namespace detail {

/// What ceilings are made of.
template <class T>
struct row_summary {
  T sum = 0;
  T largest = 0;
  T second = 0;
  T from_uniform = 0;  ///< Σ (p − 1/C)²

  void add(T p, T uniform) {
    sum += p;
    second = std::max(second, std::min(largest, p));
    largest = std::max(largest, p);
    from_uniform += (p - uniform) * (p - uniform);
  }
};

/// f(p) = −p ln p lies below its tangent at q = 1/C by (p − q)² / 2m and more, as f″ = −1/p and no
/// p is above m; summed over the classes that is ln C + (ln C − 1)(Σp − 1) − Σ(p − q)² / 2m. With
/// an epsilon the entropy is less.
///
/// Ceilings are told from `level` = ln C, near which the best rows are: there float has bits left.
struct entropy_ceiling {
  double level = 0.0;
  double uniform = 1.0;

  template <class T>
  T operator()(row_summary<T> const& row) const {
    auto const q = static_cast<T>(uniform);
    T const m = row.largest > q ? row.largest : q;
    return static_cast<T>(level - 1.0) * (row.sum - T{1}) - row.from_uniform / (m + m);
  }

  /// Of two classes, without a division: with s = a + b and d = a − b the entropy is
  /// s ln 2 − s ln s − s Σ_n (d/s)^2n / 2n(2n − 1), of which the first two lie below their tangent
  /// at s = 1 and the sum begins with d²/2s; no s is above 1.001.
  template <class T>
  T of_two(T a, T b) const {
    return static_cast<T>(level - 1.0) * (a + b - T{1}) - T(0.4995) * ((a - b) * (a - b));
  }
};

struct margin_ceiling {
  static constexpr double level = 0.0;

  template <class T>
  T operator()(row_summary<T> const& row) const {
    return row.second - row.largest;
  }

  template <class T>
  T of_two(T a, T b) const {
    return std::min(a, b) - std::max(a, b);
  }
};

struct least_confident_ceiling {
  static constexpr double level = 0.0;

  template <class T>
  T operator()(row_summary<T> const& row) const {
    return T{1} - row.largest;
  }

  template <class T>
  T of_two(T a, T b) const {
    return T{1} - std::max(a, b);
  }
};

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
      T const least = lowered(least_ceiling());
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
    auto const tolerance = static_cast<T>(1e-3 - slack_ * std::numeric_limits<T>::epsilon());
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
        row_summary<T> row;
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
    row_summary<double> exact;
    for (index_t c = 0; c < p.size; ++c) {
      row[static_cast<std::size_t>(c)] = static_cast<double>(p[c]);
      exact.add(row[static_cast<std::size_t>(c)], uniform);
    }
    bool const passed_over =
        ceiling_(exact) < least_ceiling() - slack_ * std::numeric_limits<double>::epsilon();
    if (!passed_over) best.offer({utility(id, row), id});
  }

  double utility(index_t id, std::vector<double> const& row) const {
    static constexpr std::array<index_t, 1> only_row{0};
    round_view round;
    round.candidates = only_row;
    round.probability = {row.data(), 1, p_.cols};
    double value = 0.0;
    strategy_.score(round, {&value, 1});
    value /= unit_;
    if (std::isfinite(value)) return value;
    throw data_error("top_by: row " + std::to_string(id) + " has a utility that is not finite");
  }

  /// No row with a ceiling further below it than rounding explains has a chance.
  [[nodiscard]] double least_ceiling() const {
    return threshold_.load(std::memory_order_relaxed) * unit_ - ceiling_.level;
  }

  /// `least` less what rounding can take from a ceiling in T, generously: the sum of C
  /// probabilities times its slope, and C + 4 steps of what is of the size of `least` itself.
  [[nodiscard]] T lowered(double least) const {
    auto const classes = static_cast<double>(p_.cols);
    double const in_sum = classes * std::abs(ceiling_.level - 1.0);
    double const steps = (classes + 4.0) * std::abs(least);
    return static_cast<T>(least - (in_sum + steps) * std::numeric_limits<T>::epsilon() -
                          slack_ * std::numeric_limits<double>::epsilon());
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
  /// By how many epsilons sums and utilities can be off by rounding, generously: C sums of terms up
  /// to max(1, ln C).
  double slack_ =
      2.0 * (static_cast<double>(p_.cols) * (std::log(static_cast<double>(p_.cols)) + 1.0) + 4.0);
  /// `count` rows are known to have as much.
  std::atomic<double> threshold_{-std::numeric_limits<double>::infinity()};
};

/// Fewer probabilities than this are not worth waking a thread for.
inline constexpr index_t small_work = 1 << 17;

template <uncertainty Strategy, class T>
std::vector<ranked_row> best_by(
    Strategy strategy, matrix_view<T const> p, index_t count, double unit, thread_team& team) {
  if constexpr (std::same_as<Strategy, entropy>) {
    // A negative epsilon could lift an entropy above the ceiling: then there is none.
    auto const classes = static_cast<double>(p.cols);
    double const log_classes =
        strategy.epsilon >= 0.0 ? std::log(classes) : std::numeric_limits<double>::infinity();
    entropy_ceiling const ceiling{log_classes, 1.0 / classes};
    return uncertainty_scan(strategy, ceiling, p, unit).best(count, team);
  } else if constexpr (std::same_as<Strategy, margin>) {
    return uncertainty_scan(strategy, margin_ceiling{}, p, unit).best(count, team);
  } else {
    return uncertainty_scan(strategy, least_confident_ceiling{}, p, unit).best(count, team);
  }
}

template <uncertainty Strategy, class T>
ranking top_by(Strategy strategy, matrix_view<T const> p, index_t count, cpu backend) {
  if (p.rows == 0) return {};
  thread_team team(p.rows * p.cols < small_work ? 1 : backend.threads);
  double unit = 1.0;
  if constexpr (std::same_as<Strategy, entropy>) {
    auto const scale = std::exchange(strategy.scale, entropy_scale::nats);
    if (scale == entropy_scale::log_classes) {
      unit = std::log(static_cast<double>(p.cols));
    } else if (scale == entropy_scale::pool_maximum) {
      double const largest = best_by(strategy, p, 1, 1.0, team).front().utility;
      unit = largest > 0.0 ? largest : 1.0;
    }
  }
  ranking found;
  for (auto const& row : best_by(strategy, p, count, unit, team)) {
    found.ids.push_back(row.id);
    found.utility.push_back(row.utility);
  }
  return found;
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

}  // namespace alx::inline v0
