// SPDX-License-Identifier: Apache-2.0
/// @file
/// Strategy: the product of two others, written `a * b`.
#pragma once

#include <alx/concepts/strategy.hpp>
#include <alx/gpu/buffer.hpp>
#include <alx/gpu/rows.hpp>

#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// Asks the rows that both strategies want.
///
/// **Formula.** u(x) = a(x) · b(x). Sensible where both are ≥ 0; a negative factor turns the
/// other's order round (the published "entropy × modified ignorance" lives with that).
///
/// **Cost.** Both factors; 16 bytes a candidate, kept so that a query can tell its parts.
template <strategy A, strategy B>
class product {
 public:
  product(A a, B b) : a_(std::move(a)), b_(std::move(b)) {}

  void score(round_view const& round, std::span<double> utility) {
    of_a_.resize(utility.size());
    of_b_.resize(utility.size());
    a_.score(round, of_a_);
    b_.score(round, of_b_);
    for (std::size_t i = 0; i < utility.size(); ++i) utility[i] = of_a_[i] * of_b_[i];
  }

  /// Of every row of a pool on a GPU, where both factors can score one.
  void score(gpu_round_view const& round, vector_view<double, device> utility) {
    gpu_buffer<double> of_b(utility.size);
    a_.score(round, utility);
    b_.score(round, vector_view<double, device>{of_b.data(), of_b.size()});
    detail::multiply_on_gpu(utility, {of_b.data(), of_b.size()});
  }

  [[nodiscard]] static std::string_view name() { return "product"; }

  /// Calls `visit(name, value)` for each factor of the candidate's last utility.
  template <class Visitor>
  void parts(std::size_t candidate, Visitor&& visit) const {
    visit_parts(a_, candidate, of_a_[candidate], visit);
    visit_parts(b_, candidate, of_b_[candidate], visit);
  }

 private:
  A a_;
  B b_;
  std::vector<double> of_a_;
  std::vector<double> of_b_;
};

template <strategy A, strategy B>
product<A, B> operator*(A a, B b) {
  return {std::move(a), std::move(b)};
}

static_assert(strategy<product<strategy_archetype, strategy_archetype>>);

}  // namespace alx::inline v0
