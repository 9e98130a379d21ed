// SPDX-License-Identifier: Apache-2.0
/// @file
/// Rows whose classes are known, split into those that are labelled again and fresh ones.
#pragma once

#include <alx/data/blobs.hpp>
#include <alx/data/csv.hpp>
#include <alx/data/table.hpp>
#include <alx/error.hpp>
#include <alx/random.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace people {

/// Streams of random numbers, apart from those of label/plan.hpp.
enum class draw : std::uint32_t { split = 2000, mistake, first };

[[nodiscard]] inline alx::philox stream(std::uint64_t seed, draw what) {
  return {seed, 0, static_cast<std::uint32_t>(what)};
}

struct pool_options {
  std::string data = "blobs";  ///< or a file
  std::string text_column;     ///< empty: a table
  std::string label_column = "label";
  std::string leave_out = "split";
  alx::index_t pool = 5000;  ///< rows
  alx::index_t test = 5000;  ///< at most
  double rare = 0.0;         ///< share of the last class in the pool; 0: as it is
};

/// Everything a file has.
struct known_rows {
  std::string name;
  alx::csv_table fields;
  std::optional<alx::data_table> table;
  std::vector<std::string_view> texts;
  std::vector<std::string> classes;
  std::vector<alx::label_t> labels;
};

/// Rows of the two blobs of docs/reproduction.md as a file would have them.
[[nodiscard]] inline alx::csv_table blobs_table() {
  auto const made = alx::make_blobs({.samples = 5000,
                                     .centers = 2,
                                     .features = 4,
                                     .cluster_std = 2.0,
                                     .center_box = {-5.0, 5.0}});
  auto const fresh = made.draw(20'000, 1);
  std::string text = "x0,x1,x2,x3,label\n";
  for (alx::index_t r = 0; r < fresh.features.rows(); ++r) {
    for (alx::index_t c = 0; c < 4; ++c) text += std::to_string(fresh.features(r, c)) + ",";
    text += std::to_string(fresh.labels[static_cast<std::size_t>(r)]) + "\n";
  }
  return alx::csv_table::parse(std::move(text), "blobs");
}

/// **Throws.** `data_error` for a file that cannot be read or has no such column.
[[nodiscard]] inline known_rows read_rows(pool_options const& from) {
  auto fields = from.data == "blobs" ? blobs_table() : alx::read_csv(from.data);
  known_rows all{std::filesystem::path(from.data).stem().string(), fields, {}, {}, {}, {}};
  auto const said = fields.values(fields.column(from.label_column));
  all.classes.assign(said.begin(), said.end());
  std::sort(all.classes.begin(), all.classes.end());
  all.classes.erase(std::unique(all.classes.begin(), all.classes.end()), all.classes.end());
  for (auto const one : said) {
    auto const at = std::lower_bound(all.classes.begin(), all.classes.end(), one);
    all.labels.push_back(static_cast<alx::label_t>(at - all.classes.begin()));
  }
  if (!from.text_column.empty()) {
    all.texts = fields.values(fields.column(from.text_column));
  } else {
    std::vector<std::string> leave_out = {from.label_column};
    if (fields.find_column(from.leave_out)) leave_out.push_back(from.leave_out);
    all.table = alx::make_table(fields, {.leave_out = leave_out});
  }
  return all;
}

struct parts {
  std::vector<alx::index_t> pool;
  std::vector<alx::index_t> test;
};

/// Drawn by the seed; no row is in both.
[[nodiscard]] inline parts split(known_rows const& all,
                                 pool_options const& how,
                                 std::uint64_t seed) {
  std::vector<alx::index_t> ids(all.labels.size());
  std::iota(ids.begin(), ids.end(), 0);
  auto random = stream(seed, draw::split);
  auto const last = static_cast<alx::label_t>(all.classes.size()) - 1;
  auto rare = static_cast<alx::index_t>(how.rare * static_cast<double>(how.pool));
  auto common = how.pool - rare;
  parts made;
  for (auto const id : alx::sample(ids, std::ssize(ids), random)) {
    bool const is_rare = how.rare > 0.0 && all.labels[static_cast<std::size_t>(id)] == last;
    auto& left = is_rare ? rare : common;
    if (left > 0) {
      --left;
      made.pool.push_back(id);
    } else if (std::ssize(made.test) < how.test) {
      made.test.push_back(id);
    }
  }
  if (made.test.empty()) {
    throw alx::option_error("--pool " + std::to_string(how.pool) + ": no row of " +
                            std::to_string(ids.size()) + " is left to test on");
  }
  return made;
}

}  // namespace people
