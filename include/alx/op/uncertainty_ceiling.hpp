// SPDX-License-Identifier: Apache-2.0
/// @file
/// What a row's uncertainty cannot be above, cheaper than the uncertainty itself: by it a search
/// for the most uncertain rows passes over nearly all. (C++17: nvcc reads it.)
#pragma once

#include <alx/config.hpp>
#include <alx/view.hpp>

#include <cmath>
#include <limits>

namespace alx {
inline namespace v0 {
namespace op {

template <class T>
ALX_HOST_DEVICE constexpr T smaller_of(T a, T b) {
  return b < a ? b : a;
}

template <class T>
ALX_HOST_DEVICE constexpr T larger_of(T a, T b) {
  return a < b ? b : a;
}

/// What ceilings are made of.
template <class T>
struct row_summary {
  T sum = 0;
  T largest = 0;
  T second = 0;
  T from_uniform = 0;  ///< Σ (p − 1/C)²

  ALX_HOST_DEVICE void add(T p, T uniform) {
    sum += p;
    second = larger_of(second, smaller_of(largest, p));
    largest = larger_of(largest, p);
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

  /// A negative epsilon could lift an entropy above the ceiling: then there is none.
  static entropy_ceiling of(index_t classes, double epsilon) {
    auto const count = static_cast<double>(classes);
    return {epsilon >= 0.0 ? std::log(count) : std::numeric_limits<double>::infinity(),
            1.0 / count};
  }

  template <class T>
  ALX_HOST_DEVICE T operator()(row_summary<T> const& row) const {
    auto const q = static_cast<T>(uniform);
    T const m = row.largest > q ? row.largest : q;
    return static_cast<T>(level - 1.0) * (row.sum - T{1}) - row.from_uniform / (m + m);
  }

  /// Of two classes, without a division: with s = a + b and d = a − b the entropy is
  /// s ln 2 − s ln s − s Σ_n (d/s)^2n / 2n(2n − 1), of which the first two lie below their tangent
  /// at s = 1 and the sum begins with d²/2s; no s is above 1.001.
  template <class T>
  ALX_HOST_DEVICE T of_two(T a, T b) const {
    return static_cast<T>(level - 1.0) * (a + b - T{1}) - T(0.4995) * ((a - b) * (a - b));
  }
};

struct margin_ceiling {
  static constexpr double level = 0.0;

  template <class T>
  ALX_HOST_DEVICE T operator()(row_summary<T> const& row) const {
    return row.second - row.largest;
  }

  template <class T>
  ALX_HOST_DEVICE T of_two(T a, T b) const {
    return smaller_of(a, b) - larger_of(a, b);
  }
};

struct least_confident_ceiling {
  static constexpr double level = 0.0;

  template <class T>
  ALX_HOST_DEVICE T operator()(row_summary<T> const& row) const {
    return T{1} - row.largest;
  }

  template <class T>
  ALX_HOST_DEVICE T of_two(T a, T b) const {
    return T{1} - larger_of(a, b);
  }
};

/// How far rounding can take ceilings and utilities from what they would be.
struct ceiling_slack {
  double classes = 1.0;
  double of_utility =
      0.0;  ///< by how many epsilons, generously: C sums of terms up to max(1, ln C)

  static ceiling_slack of(index_t classes) {
    auto const count = static_cast<double>(classes);
    return {count, 2.0 * (count * (std::log(count) + 1.0) + 4.0)};
  }

  /// `least`, told from the ceiling's level, less what rounding can take from a ceiling in T: the
  /// sum of C probabilities times its slope, and C + 4 steps of what is of the size of `least`
  /// itself.
  template <class T>
  ALX_HOST_DEVICE T lowered(double least, double level) const {
    double const in_sum = classes * std::abs(level - 1.0);
    double const steps = (classes + 4.0) * std::abs(least);
    return static_cast<T>(least - (in_sum + steps) * static_cast<double>(epsilon_of(T{})) -
                          of_utility * epsilon_of(double{}));
  }

  /// What a sum of a row may be off from 1 before it has to be looked at in double.
  template <class T>
  ALX_HOST_DEVICE T tolerated() const {
    return static_cast<T>(1e-3 - of_utility * static_cast<double>(epsilon_of(T{})));
  }

 private:
  ALX_HOST_DEVICE static constexpr float epsilon_of(float) { return 0x1p-23F; }

  ALX_HOST_DEVICE static constexpr double epsilon_of(double) { return 0x1p-52; }
};

}  // namespace op
}  // namespace v0
}  // namespace alx
