// SPDX-License-Identifier: Apache-2.0
/// @file
/// How often words stand near each other.
#pragma once

#include <alx/parallel.hpp>
#include <alx/sparse.hpp>
#include <alx/text/vocabulary.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

/// For each word how often each other one stands at most `window` words from it. Words are counted
/// apart from each other, so that threads share nothing and no order matters.
class neighbour_counts {
 public:
  neighbour_counts(matrix_view<std::int32_t const> rows,
                   index_t tokens,
                   index_t window,
                   thread_team& team)
      : rows_(rows), window_(window), words_(static_cast<std::size_t>(tokens)) {
    find_places();
    each_word(team, [&](index_t w, std::vector<std::int64_t>& tally) { count(w, tally); });
  }

  /// Positive pointwise mutual information, words × words.
  [[nodiscard]] sparse_matrix<float> information(double smoothing, thread_team& team) const {
    double all = 0.0;
    std::vector<double> smooth;  // neighbours' counts; the table is symmetric
    smooth.reserve(words_.size());
    for (auto const& word : words_) {
      smooth.push_back(std::pow(static_cast<double>(word.sum), smoothing));
      all += smooth.back();
    }
    std::vector<sparse_values> found(words_.size());
    each_word(team, [&](index_t w, auto const& /*tally*/) {
      auto const& word = words_[static_cast<std::size_t>(w)];
      auto& kept = found[static_cast<std::size_t>(w)];
      for (std::size_t i = 0; i < word.columns.size(); ++i) {
        double const expected =
            static_cast<double>(word.sum) * smooth[static_cast<std::size_t>(word.columns[i])] / all;
        double const value = std::log(static_cast<double>(word.counts[i]) / expected);
        if (!(value > 0.0)) continue;
        kept.columns.push_back(word.columns[i]);
        kept.values.push_back(static_cast<float>(value));
      }
    });
    sparse_matrix<float> table(std::ssize(words_));
    for (auto& row : found) {
      table.add_row(row.columns, row.values);
      row = {};
    }
    return table;
  }

 private:
  struct sparse_values {
    std::vector<std::int32_t> columns;
    std::vector<float> values;
  };

  struct neighbours {
    std::vector<std::int32_t> columns;
    std::vector<std::int64_t> counts;
    std::int64_t sum = 0;
  };

  static bool counts_as_word(std::int32_t token) { return token > vocabulary::unknown; }

  /// All places of each word, word after word.
  void find_places() {
    begin_.assign(words_.size() + 1, 0);
    each_place([&](std::size_t token, index_t /*place*/) { ++begin_[token + 1]; });
    for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
    places_.resize(static_cast<std::size_t>(begin_.back()));
    auto next = begin_;
    each_place([&](std::size_t token, index_t place) {
      places_[static_cast<std::size_t>(next[token]++)] = place;
    });
  }

  template <class F>
  void each_place(F&& f) const {
    for (index_t r = 0; r < rows_.rows; ++r) {
      for (index_t t = 0; t < rows_.cols; ++t) {
        std::int32_t const token = rows_(r, t);
        if (counts_as_word(token)) f(static_cast<std::size_t>(token), r * rows_.cols + t);
      }
    }
  }

  /// Calls `f(word, tally)`; `tally` has a 0 for each word and is given back so.
  template <class F>
  void each_word(thread_team& team, F&& f) const {
    constexpr index_t chunk = 64;  // words
    auto const words = std::ssize(words_);
    team.for_each_chunk((words + chunk - 1) / chunk, [&](index_t c) {
      std::vector<std::int64_t> tally(words_.size());
      for (index_t w = c * chunk; w < std::min(words, (c + 1) * chunk); ++w) f(w, tally);
    });
  }

  void count(index_t w, std::vector<std::int64_t>& tally) {
    neighbours& here = words_[static_cast<std::size_t>(w)];
    auto const at = static_cast<std::size_t>(w);
    for (index_t i = begin_[at]; i < begin_[at + 1]; ++i) {
      index_t const place = places_[static_cast<std::size_t>(i)];
      index_t const r = place / rows_.cols;
      index_t const own = place % rows_.cols;
      index_t const last = std::min(rows_.cols - 1, own + window_);
      for (index_t t = std::max<index_t>(0, own - window_); t <= last; ++t) {
        std::int32_t const token = rows_(r, t);
        if (t == own || !counts_as_word(token)) continue;
        if (tally[static_cast<std::size_t>(token)]++ == 0) here.columns.push_back(token);
      }
    }
    std::sort(here.columns.begin(), here.columns.end());
    here.counts.reserve(here.columns.size());
    for (std::int32_t const token : here.columns) {
      auto& count = tally[static_cast<std::size_t>(token)];
      here.counts.push_back(count);
      here.sum += count;
      count = 0;
    }
  }

  matrix_view<std::int32_t const> rows_;
  index_t window_;
  std::vector<neighbours> words_;
  std::vector<index_t> begin_;   // of each word in places_
  std::vector<index_t> places_;  // row · columns + column
};

}  // namespace alx::inline v0::detail
