// SPDX-License-Identifier: Apache-2.0
#include <alx/learners/nn/detail/gemm.hpp>
#include <alx/random.hpp>
#include <alx/view.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using alx::index_t;
constexpr index_t lane_count = alx::detail::float_lane_count;

/// Small whole numbers: sums of their products are exact in float, whatever the order.
std::vector<float> whole_numbers(index_t count, alx::philox& random) {
  std::vector<float> all(static_cast<std::size_t>(count));
  for (float& value : all) value = static_cast<float>(random.below(9)) - 4.0F;
  return all;
}

enum class begins { with_one_row, with_itself };

/// A product of this shape by the definition and by both functions; rows of `b` and of the result
/// have something after them that is not to be touched.
void check(index_t rows, index_t depth, index_t columns, bool transposed, begins how) {
  CAPTURE(rows);
  CAPTURE(depth);
  CAPTURE(columns);
  alx::philox random(static_cast<std::uint64_t>(rows + 7 * depth + 1000 * columns), 0, 1000);
  index_t const stride = columns + lane_count;
  auto const a = whole_numbers(rows * depth + 1, random);
  auto const b = whole_numbers(depth * stride + 1, random);
  auto const before = whole_numbers(rows * stride + 1, random);
  auto const first = whole_numbers(columns, random);
  alx::matrix_view<float const> const a_view =
      transposed ? alx::matrix_view<float const>{a.data(), rows, depth, 1, rows}
                 : alx::matrix_view<float const>{a.data(), rows, depth, depth, 1};
  auto wanted = before;
  for (index_t r = 0; r < rows; ++r) {
    for (index_t c = 0; c < columns; ++c) {
      auto const at = static_cast<std::size_t>(r * stride + c);
      float sum = how == begins::with_itself ? before[at] : first[static_cast<std::size_t>(c)];
      for (index_t k = 0; k < depth; ++k) {
        sum += a_view(r, k) * b[static_cast<std::size_t>(k * stride + c)];
      }
      wanted[at] = sum;
    }
  }
  auto const run = [&](auto multiply) {
    auto result = before;
    bool const adds = how == begins::with_itself;
    multiply(alx::detail::float_product{.a = a_view,
                                        .b = b.data(),
                                        .b_stride = stride,
                                        .start = adds ? result.data() : first.data(),
                                        .start_stride = adds ? stride : 0,
                                        .result = result.data(),
                                        .result_stride = stride,
                                        .columns = columns});
    CHECK(result == wanted);
  };
  run([](auto const& p) { alx::detail::multiply_into(p); });
  run([](auto const& p) { alx::detail::multiply_small(p); });
}

}  // namespace

TEST_CASE("products of every shape of tile, by rows and transposed") {
  for (index_t const rows : {0, 1, 3, 4, 7, 8, 9, 17}) {
    for (index_t const vectors : {1, 2, 3, 5}) {
      for (bool const transposed : {false, true}) {
        check(rows, 5, vectors * lane_count, transposed, begins::with_one_row);
        check(rows, 5, vectors * lane_count, transposed, begins::with_itself);
      }
    }
  }
}

TEST_CASE("products deeper than a panel") {
  for (index_t const depth : {0, 1, 127, 128, 129, 256, 300}) {
    check(9, depth, 3 * lane_count, false, begins::with_one_row);
    check(9, depth, 3 * lane_count, true, begins::with_itself);
  }
}
