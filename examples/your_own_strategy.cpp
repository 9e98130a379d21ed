// SPDX-License-Identifier: Apache-2.0
/// @file
/// A strategy of one's own, a person's answers, and going on another day: a policy is a plain
/// struct, and a session is asked and told.
#include <alx/data/blobs.hpp>
#include <alx/learners/gradient_boosting.hpp>
#include <alx/loop.hpp>
#include <alx/session_text.hpp>
#include <alx/stopping/rounds.hpp>
#include <alx/strategies/entropy.hpp>
#include <alx/strategies/product.hpp>

#include <cmath>
#include <cstdio>
#include <span>
#include <string_view>

namespace {

/// Prefers rows near the origin: what a strategy needs is `score`, and `name` where it tells why.
struct near_origin {
  void score(alx::round_view const& round, std::span<double> utility) const {
    for (std::size_t i = 0; i < utility.size(); ++i) {
      double squares = 0.0;
      auto const row = round.features.row(round.candidates[i]);
      for (alx::index_t j = 0; j < row.size; ++j) squares += row[j] * row[j];
      utility[i] = std::exp(-squares / 50.0);
    }
  }

  [[nodiscard]] static std::string_view name() { return "near_origin"; }
};

}  // namespace

int main() {
  auto const blobs = alx::make_blobs({.samples = 1000, .centers = 2, .features = 2});
  alx::loop const loop{alx::gradient_boosting{},
                       alx::entropy{} * near_origin{},
                       alx::rounds{5},
                       {.initial = 50, .batch = 3, .seed = 7}};

  auto session = loop.begin(blobs.features);
  alx::truth const person{blobs.labels};  // who answers: here the truth, in life a person
  for (int day = 0; auto const query = session.ask(); ++day) {
    for (std::size_t i = 0; i < query->utility.size(); ++i) {
      std::printf("row %td  utility %.3f =", query->ids[i], query->utility[i]);
      for (auto const& part : query->parts)
        std::printf("  %s %.3f", part.name.c_str(), part.value[i]);
      std::printf("\n");
    }
    session.tell(*query, person(*query));
    if (day == 2) {  // the state is text: keep it in a file, and go on from it tomorrow
      std::string const text = alx::to_text(session.save());
      session = loop.resume(blobs.features, alx::parse_session_state(text, "session"));
    }
  }
  std::printf("%zu labels, finished: %s\n", session.labelled().size(), session.reason().c_str());
}
