// SPDX-License-Identifier: Apache-2.0
/// @file
/// Oracle: a function that is called for each row.
#pragma once

#include <alx/concepts/oracle.hpp>

#include <type_traits>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// Answers each id of a query with `ask(id)`: a label, or `abstain`.
///
/// **Example.** `alx::callback{[&](alx::index_t row) -> alx::answer { return look_up(row); }}`
template <class Function>
requires std::is_invocable_r_v<answer, Function&, index_t>

class callback {
 public:
  explicit callback(Function ask) : ask_(std::move(ask)) {}

  [[nodiscard]] std::vector<answer> operator()(query const& asked) {
    std::vector<answer> answers;
    answers.reserve(asked.ids.size());
    for (index_t const id : asked.ids) answers.push_back(ask_(id));
    return answers;
  }

 private:
  Function ask_;
};

static_assert(oracle<callback<answer (*)(index_t)>>);

}  // namespace alx::inline v0
