// SPDX-License-Identifier: Apache-2.0
#include <alx/metrics/log_loss.hpp>

#include <doctest/doctest.h>

#include "golden_scores.hpp"
#include <cmath>

TEST_CASE("log_loss is scikit-learn's, up to the logarithm's last bit") {
  CHECK(golden::compare(alx::log_loss{}, "log_loss", 4e-15) == 17);
}

TEST_CASE("log_loss counts certainty that was right or wrong as the machine epsilon") {
  double const epsilon = 0x1p-52;
  auto const certain = golden::two_classes({0.0, 1.0});
  CHECK(alx::log_loss{}(std::vector<alx::label_t>{0, 1}, certain) == -std::log(1.0 - epsilon));
  CHECK(alx::log_loss{}(std::vector<alx::label_t>{1, 0}, certain) == -std::log(epsilon));
}
