// SPDX-License-Identifier: Apache-2.0
/// @file
/// What an optimizer remembers, and its steps on the host.
#pragma once

#include <alx/detail/lanes.hpp>
#include <alx/learners/nn/optimizer_rules.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace alx::inline v0::nn {

/// A rule that changes each weight by its gradient, its square and what the rule remembers.
template <class O>
concept optimizer = std::copy_constructible<O> && O::memories >= 1 && O::memories <= 2 &&
                    requires(O const& rule,
                             weight_lanes<alx::detail::float_lanes>& some,
                             index_t step) {
  { rule.rate(step) } -> std::same_as<double>;
  rule.update(some, 0.0F);
};

static_assert(optimizer<rmsprop> && optimizer<adam>);

/// What an optimizer remembers of each weight, and how many steps it has made.
template <optimizer Optimizer>
class optimizer_state {
 public:
  optimizer_state(Optimizer rule, index_t weights) : rule_(rule) {
    for (auto& memory : memory_) memory.resize(static_cast<std::size_t>(weights));
  }

  /// One step. `squares` belongs to the first weights; where it ends, gradients are squared.
  void step(std::span<float> weights,
            std::span<float const> gradient,
            std::span<float const> squares,
            thread_team& team) {
    constexpr index_t chunk = 1 << 14;
    rate_ = static_cast<float>(rule_.rate(++steps_));
    auto const count = static_cast<index_t>(weights.size());
    team.for_each_chunk((count + chunk - 1) / chunk, [&](index_t c) {
      index_t const end = std::min(count, (c + 1) * chunk);
      index_t at = c * chunk;
      for (; at + width <= end; at += width) update_lanes(at, width, weights, gradient, squares);
      if (at < end) update_lanes(at, end - at, weights, gradient, squares);
    });
  }

  [[nodiscard]] Optimizer const& rule() const { return rule_; }

 private:
  using lanes = alx::detail::float_lanes;
  static constexpr auto width = static_cast<index_t>(alx::detail::lane_count<float>);

  /// `count` ≤ width weights from `at` on.
  void update_lanes(index_t at,
                    index_t count,
                    std::span<float> weights,
                    std::span<float const> gradient,
                    std::span<float const> squares) {
    auto const load = [&](float const* from) {
      if (count == width) return alx::detail::load_lanes<lanes>(from + at);
      lanes part{};
      for (index_t i = 0; i < count; ++i) part[i] = from[at + i];
      return part;
    };
    auto const store = [&](float* to, lanes const& value) {
      if (count == width) return alx::detail::store_lanes(to + at, value);
      for (index_t i = 0; i < count; ++i) to[at + i] = value[i];
    };
    weight_lanes<lanes> some{load(weights.data()), load(gradient.data()), {}, {}};
    some.square = some.gradient * some.gradient;
    auto const given = static_cast<index_t>(squares.size());
    if (at + count <= given) {
      some.square = load(squares.data());
    } else {
      for (index_t i = at; i < given; ++i)
        some.square[i - at] = squares[static_cast<std::size_t>(i)];
    }
    for (std::size_t m = 0; m < Optimizer::memories; ++m) some.memory[m] = load(memory_[m].data());
    rule_.update(some, rate_);
    for (std::size_t m = 0; m < Optimizer::memories; ++m) store(memory_[m].data(), some.memory[m]);
    store(weights.data(), some.weight);
  }

  Optimizer rule_;
  std::array<std::vector<float>, Optimizer::memories> memory_;
  index_t steps_ = 0;
  float rate_ = 0.0F;  // of this step
};

}  // namespace alx::inline v0::nn
