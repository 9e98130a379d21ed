// SPDX-License-Identifier: Apache-2.0
#include <alx/detail/lanes.hpp>
#include <alx/metrics/detail/root.hpp>
#include <alx/random.hpp>

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace {

struct lane_products {
  using whole = alx::detail::lanes<std::uint64_t>;

  static alx::detail::real_lanes product(alx::detail::real_lanes a, alx::detail::real_lanes b) {
    return alx::detail::rounded_lanes(a * b);
  }
};

}  // namespace

TEST_CASE("roots, 16 times, are within 2^-52 of the exact ones, at all sizes; 0 has 0") {
  using reals = alx::detail::lanes<double>;
  constexpr std::size_t width = alx::detail::lane_count<double>;
  alx::philox random(1, 0, 0);
  for (int i = 0; i < 20'000; ++i) {
    std::array<reals, 3> x;
    for (auto& values : x) {
      for (std::size_t lane = 0; lane < width; ++lane) {
        values[lane] =
            std::ldexp(1.0 + random.uniform(), static_cast<int>(random.below(2000)) - 1000);
      }
    }
    x[1][0] = 0.0;
    auto roots = x;
    alx::detail::take_roots<lane_products, 3>(roots.data());
    std::array<double, width> single{};
    for (std::size_t lane = 0; lane < width; ++lane) single[lane] = x[2][lane];
    alx::detail::take_roots<alx::detail::scalar_products, width>(single.data());
    for (std::size_t lane = 0; lane < width; ++lane) CHECK(single[lane] == double{roots[2][lane]});
    for (std::size_t v = 0; v < x.size(); ++v) {
      for (std::size_t lane = 0; lane < width; ++lane) {
        auto const exact =
            alx::detail::root_scale * std::sqrt(static_cast<long double>(x[v][lane]));
        REQUIRE(std::fabs(roots[v][lane] - exact) <= 0x1p-52L * exact);
      }
    }
    REQUIRE(std::bit_cast<std::uint64_t>(static_cast<double>(roots[1][0])) == 0);
  }
}
