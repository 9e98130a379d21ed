// SPDX-License-Identifier: Apache-2.0
/// @file
/// Selection of a replica: rows drawn by chance as a published Python program draws them.
#pragma once

#include <alx/concepts/selection.hpp>
#include <alx/error.hpp>
#include <alx/numpy/random_state.hpp>

#include <span>
#include <string>
#include <vector>

namespace alx::inline v0::replica {

/// Draws from the candidates with the generator that drew the first query, as NumPy does in
/// `rng = RandomState(seed); rng.choice(n, initial, replace=False)`, then once a round
/// `rng.choice(candidates, batch, replace=False)`. Utilities are not looked at.
///
/// **When.** To repeat a published run draw for draw; else take the strategy `random`.
///
/// **Cost.** A permutation of the candidates a round. The generator is kept from round to round to
/// save time; a copy that has not seen the rounds before repeats their draws.
///
/// **Throws.** `state_error` where rows were set aside or known from elsewhere: the published
/// program knows no such thing, so what it would draw is not defined.
class numpy_choice {
 public:
  numpy_choice(std::uint32_t seed, index_t initial)
      : seed_(seed), initial_(initial), generator_(seed) {}

  [[nodiscard]] std::vector<index_t> select(round_view const& round,
                                            std::span<double const> /*utility*/,
                                            index_t count) {
    auto const free = static_cast<index_t>(round.candidates.size());
    if (next_round_ != round.round || next_round_ == 0) {
      replay(free + initial_ + count * round.round, count, round);
    }
    next_round_ = round.round + 1;
    return generator_.choice(round.candidates, count < free ? count : free);
  }

 private:
  /// The draws before this round, in a pool of `rows`.
  void replay(index_t rows, index_t count, round_view const& round) {
    if (rows != round.probability.rows) {
      throw state_error("numpy_choice: " + std::to_string(round.candidates.size()) +
                        " rows may be asked in round " + std::to_string(round.round) + " of " +
                        std::to_string(round.probability.rows) + " rows: not " +
                        std::to_string(initial_) + " and then " + std::to_string(count) +
                        " a round were labelled");
    }
    generator_ = numpy::random_state(seed_);
    static_cast<void>(generator_.choice(rows, initial_));
    for (index_t r = 0; r < round.round; ++r) {
      static_cast<void>(generator_.choice(rows - initial_ - count * r, count));
    }
  }

  std::uint32_t seed_;
  index_t initial_;
  numpy::random_state generator_;
  index_t next_round_ = 0;
};

static_assert(selection<numpy_choice>);

}  // namespace alx::inline v0::replica
