// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the experiment learns from and is scored on: the published blobs, or a user's own table.
#pragma once

#include <alx/data/blobs.hpp>
#include <alx/data/npy.hpp>
#include <alx/data/one_hot.hpp>
#include <alx/data/split.hpp>
#include <alx/error.hpp>
#include <alx/matrix.hpp>

#include "../support/data_file.hpp"
#include "../support/tables.hpp"
#include <cstdint>
#include <cstring>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace notebook {

/// The pool, the rows no model learns from, and what each pool row is called in the results.
struct data {
  alx::labelled_table pool;
  std::vector<alx::index_t> id;             ///< of each pool row, in the user's file
  alx::labelled_table fresh;                ///< no rows where there are none
  std::string fresh_name;                   ///< "fresh rows" or "holdout"
  std::vector<alx::label_t> best_on_fresh;  ///< by the best possible rule; empty where unknown
  std::string name;                         ///< with all that decides the values, for the config
};

/// 20,000 fresh rows of the published experiment's blobs, drawn with this seed.
inline constexpr alx::index_t fresh_rows = 20'000;
inline constexpr std::uint32_t fresh_seed = 1;

[[nodiscard]] inline data published_blobs() {
  alx::blobs const blobs = alx::make_blobs({.samples = 5000,
                                            .centers = 2,
                                            .features = 4,
                                            .cluster_std = 2.0,
                                            .center_box = {-5.0, 5.0},
                                            .random_state = 0});
  data all;
  all.pool = {blobs.features, blobs.labels};
  for (alx::index_t i = 0; i < blobs.features.rows(); ++i) all.id.push_back(i);
  all.fresh = blobs.draw(fresh_rows, fresh_seed);
  all.fresh_name = "fresh rows";
  all.best_on_fresh = alx::bayes_labels(blobs, all.fresh.features);
  all.name = "blobs";
  return all;
}

/// A hash of the values, so that a finished run is known by its data and not by a file's name.
[[nodiscard]] inline std::string fingerprint(alx::labelled_table const& table) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  auto const add = [&hash](void const* values, std::size_t bytes) {
    std::vector<unsigned char> copy(bytes);
    if (bytes > 0) std::memcpy(copy.data(), values, bytes);
    for (unsigned char const byte : copy) hash = (hash ^ byte) * 0x100000001b3U;
  };
  auto const values = static_cast<std::size_t>(table.features.rows() * table.features.cols());
  add(table.features.data(), values * sizeof(double));
  add(table.labels.data(), table.labels.size() * sizeof(alx::label_t));
  return std::to_string(table.features.rows()) + "x" + std::to_string(table.features.cols()) + "-" +
         std::to_string(hash);
}

/// A table and its labels from two .npy files.
[[nodiscard]] inline alx::labelled_table npy_table(std::string const& features,
                                                   std::string const& labels) {
  alx::labelled_table table{alx::read_npy_matrix(features), {}};
  table.labels = program::read_two_classes(labels);
  program::expect_same_rows(
      features, table.features.rows(), labels, static_cast<alx::index_t>(table.labels.size()));
  return table;
}

/// A table of text. Distances want neither categories nor missing numbers: see `alx::one_hot`.
[[nodiscard]] inline alx::labelled_table text_table(program::data_file const& file) {
  auto const table = program::read_table(file);
  auto const label = table.column(file.label);
  auto const classes = program::two_classes_of(table, label);
  alx::labelled_table read{alx::one_hot(program::features_of(table, file)), {}};
  read.labels = program::numbered(table, label, classes);
  program::say_classes(classes);
  std::cout << "read      " << program::size_text(read.features)
            << ": a category is one for each value, a missing number is the median\n";
  return read;
}

/// The user's table, a share of it held out.
[[nodiscard]] inline data user_table(alx::labelled_table table,
                                     double holdout,
                                     std::uint64_t seed) {
  data all;
  all.name = fingerprint(table);
  all.fresh_name = "holdout";
  if (holdout > 0.0) {
    auto const parts = alx::holdout(table.features, table.labels, holdout, seed);
    all.pool = alx::take(table.features, table.labels, parts.in);
    all.fresh = alx::take(table.features, table.labels, parts.out);
    all.id = parts.in;
    all.name += "-holdout-" + std::to_string(holdout);
  } else {
    for (alx::index_t i = 0; i < table.features.rows(); ++i) all.id.push_back(i);
    all.pool = std::move(table);
  }
  return all;
}

}  // namespace notebook
