// SPDX-License-Identifier: Apache-2.0
/// @file
/// What was published, and what Keras makes of it.
#pragma once

#include <alx/view.hpp>

#include <array>
#include <cstdint>

namespace reviews::reporting {

/// A model of the publication on its 5,000 test rows.
struct published_model {
  alx::index_t labels;
  double accuracy;
  alx::index_t fn;
  alx::index_t fp;
};

inline constexpr published_model published_full{40'000, .8508, 397, 349};
inline constexpr double published_full_loss = .3373;
inline constexpr published_model published_active{29'997, .8424, 491, 297};

/// The share of class 1 that its rule aimed at in each round.
inline constexpr std::array<double, 3> published_shares{.6498, .5403, .5018};

/// One seed of Keras 3.15 (TensorFlow 2.21) under the published protocol.
struct keras_seed {
  std::uint64_t seed;
  double full_accuracy;
  double full_fn;
  double full_fp;
  double active_accuracy;
  double active_fn;
  double active_fp;
  double full_loss;
};

inline constexpr std::array<keras_seed, 4> keras_seeds{{
    {0, .8422, 423, 366, .8362, 297, 522, .34331},
    {1, .8532, 333, 401, .8406, 401, 396, .34001},
    {2, .8614, 372, 321, .8484, 333, 425, .34278},
    {3, .8540, 405, 325, .8396, 559, 243, .33683},
}};

}  // namespace reviews::reporting
