// SPDX-License-Identifier: Apache-2.0
#include <alx/data/csv.hpp>
#include <alx/data/one_hot.hpp>
#include <alx/data/table.hpp>

#include <doctest/doctest.h>

#include <vector>

TEST_CASE("one-hot: a column for each category, medians where numbers are missing") {
  auto const file = alx::csv_table::parse(
      "n,c,e,t\n5,red,,one\n,blue,,two\n1,,,three\n9,red,,four\n7,blue,,five\n", "t.csv");
  auto const table = alx::make_table(file, {.types = {{"e", alx::column_type::number}}});
  auto const out = alx::one_hot(table);
  REQUIRE(out.cols() == 4);
  std::vector<double> const all(out.data(), out.data() + out.rows() * out.cols());
  CHECK(all == std::vector<double>{5, 0, 1, 0,  //
                                   5, 1, 0, 0,  // of 1, 5, 7, 9 the lower of the middle two
                                   1, 0, 0, 0,  //
                                   9, 0, 1, 0,  //
                                   7, 1, 0, 0});
}
