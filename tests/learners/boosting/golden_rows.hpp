// SPDX-License-Identifier: Apache-2.0
/// @file
/// The rows of tests/golden/boosting/cases.txt, drawn as make.py there draws them.
#pragma once

#include <alx/concepts/learner.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/rows_check.hpp>
#include <alx/matrix.hpp>
#include <alx/view.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace golden {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

inline std::string file(std::string const& name) {
  std::ifstream in(std::string(ALX_GOLDEN_DIR "/boosting/") + name, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class generator {
 public:
  explicit generator(std::uint64_t seed) : state_(seed) {}

  double operator()() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state_ >> 11U) * 0x1p-53;
  }

 private:
  std::uint64_t state_;
};

inline double value(std::string_view kind, double u, double chance, alx::index_t column) {
  auto const share = [&](std::size_t from) {
    return std::stoi(std::string(kind.substr(from))) / 100.0;
  };
  if (kind.starts_with("nan")) return chance < share(3) ? missing : u - 0.5;
  if (kind.starts_with("zeros")) return chance < share(5) ? 0.0 : u - 0.5;
  if (kind == "mixed") return chance < 0.25 ? missing : chance < 0.5 ? 0.0 : std::floor(u * 16) - 8;
  if (kind == "steps") return std::floor(u * 8) / 4 - 1;
  if (kind == "spike") return chance < 0.75 ? 1.25 : u;
  if (kind == "positive") return column % 2 == 0 ? u + 1 : -u - 1;
  if (kind == "above") return chance < 0.1 ? missing : std::floor(u * 256) / 256 + 1;
  if (kind == "heavy") return chance < 0.4 ? std::floor(u * 8) / 8 + 0.0625 : u;
  if (kind == "flags") return u > 0.25 ? 1.0 : column % 2 != 0 ? missing : 0.0;
  if (kind == "constant") return column == 1 ? 3.5 : column == 2 ? missing : u;
  if (kind == "extreme") {
    constexpr std::array extremes{
        infinity, -infinity, 1e300, -1e300, 1e-36, -1e-36, -0.0, 1.7e308, 5e-324, 1e-35, -1e-35};
    if (chance < 0.25) return extremes.at(static_cast<std::size_t>(u * double{extremes.size()}));
    return chance < 0.3 ? missing : u - 0.5;
  }
  if (kind == "categories" && column % 2 == 0) {
    if (chance < 0.08) return chance < 0.05 ? missing : -1.0;
    return std::floor(u * u * static_cast<double>(4 + 8 * column));
  }
  return u - 0.5;
}

/// A pool whose rows are all labelled.
struct table {
  alx::matrix<double> features;
  std::vector<alx::label_t> labels;
  std::vector<float> weights;  ///< or none
  std::vector<alx::index_t> ids;
  alx::label_t classes = 2;
  std::vector<float> values{};  ///< of the objective regression, besides the labels

  [[nodiscard]] alx::labelled_rows rows() const {
    return {.ids = ids, .labels = labels, .classes = classes, .weights = weights};
  }

  [[nodiscard]] alx::regression_rows known_values() const {
    return {.ids = ids, .values = values, .weights = weights};
  }

  /// Rows `from` to `to - 1`, their features still those of all rows.
  [[nodiscard]] table part(std::size_t from, std::size_t to) const {
    auto const cut = [&](auto const& all) {
      using list = std::remove_cvref_t<decltype(all)>;
      if (all.empty()) return list{};
      return list(all.begin() + static_cast<alx::index_t>(from),
                  all.begin() + static_cast<alx::index_t>(to));
    };
    return {features, cut(labels), cut(weights), cut(ids), classes, cut(values)};
  }
};

inline table draw(std::string_view kind,
                  alx::index_t rows,
                  alx::index_t cols,
                  std::uint64_t seed,
                  std::string_view weights = "none",
                  std::string_view objective = "binary") {
  generator next(seed);
  table t{alx::matrix<double>(rows, cols), {}, {}, {}};
  if (objective == "multiclass") t.classes = 3;
  for (alx::index_t r = 0; r < rows; ++r) {
    std::array<double, 2> first{};
    for (alx::index_t c = 0; c < cols; ++c) {
      double const u = next();
      if (c < 2) first.at(static_cast<std::size_t>(c)) = u;
      t.features(r, c) = value(kind, u, next(), c);
    }
    double score = first[0] + first[cols > 1 ? 1 : 0];
    score += next();
    score += next();
    bool const one = kind == "separable" ? first[0] > 0.5 : score > 2;
    t.labels.push_back(kind == "all0" ? 0 : kind == "all1" ? 1 : one ? 1 : 0);
    if (objective == "multiclass") t.labels.back() = (score > 1.6 ? 1 : 0) + (score > 2.2 ? 1 : 0);
    if (objective == "regression") t.values.push_back(static_cast<float>(score));
    auto const weight = static_cast<float>(next());
    if (weights != "none") {
      t.weights.push_back(weights == "some_zero" && weight < 0.5F ? 0.0F : weight);
    }
    t.ids.push_back(r);
  }
  return t;
}

inline std::uint64_t fnv1a(std::string_view bytes) {
  std::uint64_t state = 0xCBF29CE484222325U;
  for (char const byte : bytes) {
    state = (state ^ static_cast<unsigned char>(byte)) * 0x100000001B3U;
  }
  return state;
}

inline std::uint64_t fnv1a(std::vector<double> const& values) {
  std::string bytes(values.size() * sizeof(double), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return fnv1a(bytes);
}

/// A model's text without what differs between programs: importances and parameters.
inline std::string_view trees_of(std::string_view text) {
  constexpr std::string_view end = "end of trees\n";
  return text.substr(0, text.find(end) + end.size());
}

/// A line of cases.txt.
struct boosting_case {
  std::string line;
  table rows;
  alx::boosting_parameters parameters;
  std::uint64_t text_hash = 0;  ///< of `trees_of` the text of LightGBM's model
  std::uint64_t raw_hash = 0;   ///< of its raw scores
};

template <class F>
void for_each_case(F&& use) {
  std::istringstream cases(file("cases.txt"));
  for (std::string line; std::getline(cases, line);) {
    std::istringstream words(line);
    std::string name, kind, weights, text_hash, raw_hash;
    alx::index_t rows = 0, cols = 0;
    std::uint64_t seed = 0;
    words >> name >> kind >> rows >> cols >> seed >> weights >> text_hash >> raw_hash;
    alx::boosting_parameters parameters;
    std::string objective = "binary";
    for (std::string word; words >> word;) {
      std::size_t const equals = word.find('=');
      if (word.starts_with("objective=")) {
        objective = word.substr(equals + 1);
      } else {
        alx::set(parameters, word.substr(0, equals), word.substr(equals + 1));
      }
    }
    use(boosting_case{line,
                      draw(kind, rows, cols, seed, weights, objective),
                      parameters,
                      std::stoull(text_hash, nullptr, 16),
                      std::stoull(raw_hash, nullptr, 16)});
  }
}

}  // namespace golden
