// SPDX-License-Identifier: Apache-2.0
/// @file
/// Oracle: another one, with mistakes.
#pragma once

#include <alx/concepts/oracle.hpp>
#include <alx/error.hpp>
#include <alx/random.hpp>

#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0 {

struct noise_options {
  double rate = 0.1;       ///< share of answers that are wrong, 0 … 1
  label_t classes = 2;     ///< a wrong answer is any of the others, each as likely
  std::uint64_t seed = 0;  ///< with the row's id decides whether, and which
};

/// Gives the answers of another oracle, a share of them wrong. Whether a row is answered wrongly
/// depends on the seed and the row's id alone: asked again, it gets the same answer.
///
/// **Throws.** `option_error` where rate or classes are out of range; `data_error` where a label of
/// the other oracle is not one of the classes.
template <oracle Oracle>
class noisy {
 public:
  explicit noisy(Oracle inner, noise_options options = {})
      : inner_(std::move(inner)), options_(options) {
    if (!(options_.rate >= 0.0 && options_.rate <= 1.0)) {
      throw option_error("noisy: rate " + std::to_string(options_.rate) + " is not in 0 … 1");
    }
    if (options_.classes < 2) {
      throw option_error("noisy: classes " + std::to_string(options_.classes) + " is below 2");
    }
  }

  [[nodiscard]] std::vector<answer> operator()(query const& asked) {
    std::vector<answer> answers = inner_(asked);
    for (std::size_t i = 0; i < answers.size() && i < asked.ids.size(); ++i) {
      if (!answers[i]) continue;
      if (*answers[i] < 0 || *answers[i] >= options_.classes) {
        throw data_error("noisy: row " + std::to_string(asked.ids[i]) + " has label " +
                         std::to_string(*answers[i]) + ", not one of " +
                         std::to_string(options_.classes) + " classes");
      }
      philox random{options_.seed, 0, purpose::oracle, asked.ids[i]};
      if (random.uniform() >= options_.rate) continue;
      auto const step = static_cast<label_t>(1 + random.below(options_.classes - 1));
      *answers[i] = (*answers[i] + step) % options_.classes;
    }
    return answers;
  }

 private:
  Oracle inner_;
  noise_options options_;
};

static_assert(oracle<noisy<oracle_archetype>>);

}  // namespace alx::inline v0
