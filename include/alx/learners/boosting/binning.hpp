// SPDX-License-Identifier: Apache-2.0
/// @file
/// Cuts a column into bins as LightGBM does: at most `max_bin` of about equally many rows, zero in
/// a bin of its own, missing values in the last.
#pragma once

#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace alx::inline v0::detail {

/// How one column is cut.
struct feature_bins {
  std::vector<double> upper;       ///< greatest value of each bin; NaN for the bin of the missing
  bool missing = false;            ///< the last bin holds the missing values
  bool usable = false;             ///< some threshold could be split at
  std::int32_t most_frequent = 0;  ///< the bin whose histogram cell is made from the others
  double least = 0;
  double greatest = 0;
  std::vector<std::int32_t> categories{};   ///< instead of `upper`: of each bin; of bin 0 none: -1
  std::vector<std::int32_t> by_category{};  ///< bins but 0, ascending by category

  [[nodiscard]] bool categorical() const { return !categories.empty(); }

  [[nodiscard]] std::int32_t bins() const {
    return static_cast<std::int32_t>(categorical() ? categories.size() : upper.size());
  }

  /// Bin 0 where the category is missing, negative or not known.
  [[nodiscard]] std::int32_t bin_of_category(double value) const {
    std::int32_t const wanted = std::isnan(value) ? -1 : to_int32(value);
    auto const category = [this](std::int32_t bin) {
      return categories[static_cast<std::size_t>(bin)];
    };
    auto const found = std::lower_bound(
        by_category.begin(), by_category.end(), wanted, [&](std::int32_t bin, std::int32_t c) {
          return category(bin) < c;
        });
    return found != by_category.end() && category(*found) == wanted ? *found : 0;
  }

  [[nodiscard]] std::int32_t bin_of(double value) const {
    if (std::isnan(value)) {
      if (missing) return bins() - 1;
      value = 0.0;
    }
    std::size_t first = 0;  // of `count` bins, one of which is the value's
    std::size_t count = upper.size() - (missing ? 1U : 0U);
    while (count > 1) {
      std::size_t const half = count / 2;
      first += upper[first + half - 1] < value ? half : 0U;
      count -= half;
    }
    return static_cast<std::int32_t>(first);
  }
};

/// Distinct values, ascending, and how often each occurs.
struct distinct_values {
  std::vector<double> value;
  std::vector<index_t> count;

  void add(double v, index_t n) {
    value.push_back(v);
    count.push_back(n);
  }

  /// Those of positions `from` to `to - 1`.
  [[nodiscard]] distinct_values part(std::size_t from, std::size_t to) const {
    distinct_values p;
    for (std::size_t i = from; i < to; ++i) p.add(value[i], count[i]);
    return p;
  }

  [[nodiscard]] index_t rows() const {
    index_t sum = 0;
    for (index_t const n : count) sum += n;
    return sum;
  }
};

inline double next_up(double value) {
  return std::nextafter(value, std::numeric_limits<double>::infinity());
}

/// Neighbours one unit in the last place apart are one value, represented by the greatest.
///
/// `sorted` holds no zeros: there are `zeros` of them besides. Between a negative and a positive
/// value zero is counted even if it never occurs.
inline distinct_values count_distinct(std::span<double const> sorted, index_t zeros) {
  distinct_values d;
  if (sorted.empty() || (sorted.front() > 0 && zeros > 0)) d.add(0.0, zeros);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    double const value = sorted[i];
    if (i > 0 && value <= next_up(sorted[i - 1])) {
      d.value.back() = value;
      ++d.count.back();
      continue;
    }
    if (i > 0 && sorted[i - 1] < 0 && value > 0) d.add(0.0, zeros);
    d.add(value, 1);
  }
  if (!sorted.empty() && sorted.back() < 0 && zeros > 0) d.add(0.0, zeros);
  return d;
}

/// Upper bounds that grow; one that hardly does is left out.
struct bin_bounds {
  std::vector<double> upper;

  /// Adds a bound between two values; false where it is left out.
  bool add_between(double below, double above) {
    double const bound = next_up((below + above) / 2.0);
    if (!upper.empty() && bound <= next_up(upper.back())) return false;
    upper.push_back(bound);
    return true;
  }
};

/// Every distinct value its own bin, except that bins of fewer than `min_rows` rows grow to the
/// right.
inline bin_bounds bounds_of_few(distinct_values const& d, index_t min_rows) {
  bin_bounds bounds;
  index_t rows = 0;
  for (std::size_t i = 0; i + 1 < d.value.size(); ++i) {
    rows += d.count[i];
    if (rows >= min_rows && bounds.add_between(d.value[i], d.value[i + 1])) rows = 0;
  }
  return bounds;
}

/// Bins of about equally many rows; a value that alone has as many gets a bin of its own.
inline bin_bounds bounds_of_many(distinct_values const& d, index_t max_bin) {
  std::size_t const n = d.value.size();
  index_t rest_rows = d.rows();
  index_t rest_bins = max_bin;
  double mean = static_cast<double>(rest_rows) / static_cast<double>(max_bin);
  std::vector<bool> big(n);
  for (std::size_t i = 0; i < n; ++i) {
    big[i] = static_cast<double>(d.count[i]) >= mean;
    if (big[i]) {
      --rest_bins;
      rest_rows -= d.count[i];
    }
  }
  // Nothing may be left to share out: dividing by 0 then gives the infinity or NaN it should.
  mean = static_cast<double>(rest_rows) / static_cast<double>(rest_bins);
  std::vector<std::size_t> last_of_bin;
  index_t rows = 0;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    if (!big[i]) rest_rows -= d.count[i];
    rows += d.count[i];
    auto const filled = static_cast<double>(rows);
    if (!big[i] && !(filled >= mean) && !(big[i + 1] && filled >= std::max(1.0, mean * 0.5))) {
      continue;
    }
    last_of_bin.push_back(i);
    if (static_cast<index_t>(last_of_bin.size()) >= max_bin - 1) break;
    rows = 0;
    if (!big[i]) {
      --rest_bins;
      mean = static_cast<double>(rest_rows) / static_cast<double>(rest_bins);
    }
  }
  bin_bounds bounds;
  for (std::size_t const i : last_of_bin) bounds.add_between(d.value[i], d.value[i + 1]);
  return bounds;
}

/// At most `max_bin` bins (two where that is 1), the last without end.
inline std::vector<double> bounds_of(distinct_values const& d, index_t max_bin, index_t min_rows) {
  auto bounds =
      static_cast<index_t>(d.value.size()) <= max_bin
          ? bounds_of_few(d, min_rows)
          : bounds_of_many(d, std::max<index_t>(1, std::min(max_bin, d.rows() / min_rows)));
  bounds.upper.push_back(std::numeric_limits<double>::infinity());
  return std::move(bounds.upper);
}

/// Bins of the negative values, of zero, and of the positive values.
inline std::vector<double> bounds_around_zero(distinct_values const& d,
                                              index_t max_bin,
                                              index_t min_rows) {
  auto const& v = d.value;
  auto const negatives =
      static_cast<std::size_t>(std::upper_bound(v.begin(), v.end(), -zero_threshold) - v.begin());
  auto const positives_from =
      static_cast<std::size_t>(std::upper_bound(v.begin(), v.end(), zero_threshold) - v.begin());
  auto const left = d.part(0, negatives);
  auto const right = d.part(positives_from, v.size());
  std::vector<double> upper;
  if (negatives > 0 && max_bin > 1) {
    double const share =
        static_cast<double>(left.rows()) / static_cast<double>(left.rows() + right.rows());
    auto const bins = static_cast<index_t>(share * static_cast<double>(max_bin - 1));
    upper = bounds_of(left, std::max<index_t>(1, bins), min_rows);
    upper.back() = -zero_threshold;
  }
  index_t const bins_left = max_bin - 1 - static_cast<index_t>(upper.size());
  if (right.value.empty() || bins_left <= 0) {
    upper.push_back(std::numeric_limits<double>::infinity());
    return upper;
  }
  upper.push_back(zero_threshold);
  auto const bounds = bounds_of(right, bins_left, min_rows);
  upper.insert(upper.end(), bounds.begin(), bounds.end());
  return upper;
}

inline std::vector<index_t> rows_of_bins(feature_bins const& bins,
                                         distinct_values const& d,
                                         index_t missing) {
  std::vector<index_t> rows(bins.upper.size());
  for (std::size_t i = 0; i < d.value.size(); ++i) {
    rows[static_cast<std::size_t>(bins.bin_of(d.value[i]))] += d.count[i];
  }
  if (bins.missing) rows.back() = missing;
  return rows;
}

/// Some threshold leaves at least `min_rows` rows on both sides.
inline bool can_split(std::vector<index_t> const& rows_of_bin, index_t rows, index_t min_rows) {
  index_t left = 0;
  for (std::size_t b = 0; b + 1 < rows_of_bin.size(); ++b) {
    left += rows_of_bin[b];
    if (left >= min_rows && rows - left >= min_rows) return true;
  }
  return false;
}

/// The bin of zero, unless another one has 70 % of the rows.
inline std::int32_t choose_most_frequent(feature_bins const& bins,
                                         std::vector<index_t> const& rows_of_bin,
                                         index_t rows) {
  auto const most = std::max_element(rows_of_bin.begin(), rows_of_bin.end());
  bool const dominant = static_cast<double>(*most) / static_cast<double>(rows) >= 0.7;
  if (dominant) return static_cast<std::int32_t>(most - rows_of_bin.begin());
  return bins.categorical() ? bins.bin_of_category(0.0) : bins.bin_of(0.0);
}

/// A sample of a column's values.
struct column_sample_values {
  index_t rows = 0;
  index_t missing = 0;
  distinct_values distinct;

  column_sample_values(std::vector<double> sample, bool use_missing)
      : rows(static_cast<index_t>(sample.size())) {
    auto const drop = [&](auto condition) {
      sample.erase(std::remove_if(sample.begin(), sample.end(), condition), sample.end());
      return static_cast<index_t>(sample.size());
    };
    index_t const without_nan = drop([](double v) { return std::isnan(v); });
    missing = use_missing ? rows - without_nan : 0;
    index_t const zeros = rows - missing - drop(counts_as_zero);
    std::sort(sample.begin(), sample.end());
    distinct = count_distinct(sample, zeros);
  }
};

/// How to cut a column of which `sample` is known; `min_split_rows` is the least number of rows on
/// each side of a split for the column to be of use.
inline feature_bins find_bins(std::vector<double> sample,
                              boosting_parameters const& parameters,
                              index_t min_split_rows) {
  column_sample_values const known(std::move(sample), parameters.use_missing);
  auto const& distinct = known.distinct;

  feature_bins bins;
  bins.missing = known.missing > 0;
  bins.least = distinct.value.front();
  bins.greatest = distinct.value.back();
  bins.upper = bounds_around_zero(
      distinct, parameters.max_bin - (bins.missing ? 1 : 0), parameters.min_data_in_bin);
  if (bins.missing) bins.upper.push_back(std::numeric_limits<double>::quiet_NaN());

  auto const rows_of_bin = rows_of_bins(bins, distinct, known.missing);
  bins.usable = bins.bins() > 1 && (!parameters.feature_pre_filter ||
                                    can_split(rows_of_bin, known.rows, min_split_rows));
  bins.most_frequent = choose_most_frequent(bins, rows_of_bin, known.rows);
  return bins;
}

/// Categories and how often each occurs, the most frequent first; negative ones count as missing.
inline std::vector<std::pair<std::int32_t, index_t>> count_categories(column_sample_values& known) {
  std::vector<std::pair<std::int32_t, index_t>> counted;
  for (std::size_t i = 0; i < known.distinct.value.size(); ++i) {
    std::int32_t const category = to_int32(known.distinct.value[i]);
    index_t const rows = known.distinct.count[i];
    if (category < 0) {
      known.missing += rows;
    } else if (!counted.empty() && counted.back().first == category) {
      counted.back().second += rows;
    } else {
      counted.emplace_back(category, rows);
    }
  }
  std::stable_sort(counted.begin(), counted.end(), [](auto const& a, auto const& b) {
    return a.second > b.second;
  });
  return counted;
}

/// Bins of a column of categories: one each, those of few rows together with the missing in bin 0.
inline feature_bins find_category_bins(std::vector<double> sample,
                                       boosting_parameters const& parameters,
                                       index_t min_split_rows) {
  column_sample_values known(std::move(sample), parameters.use_missing);
  auto const counted = count_categories(known);
  index_t const present = known.rows - known.missing;
  index_t const enough = to_int32(static_cast<double>(static_cast<float>(present) * 0.99F) + 0.5);
  auto const most_bins = std::min<index_t>(
      static_cast<index_t>(counted.size()) + (known.missing > 0 ? 1 : 0), parameters.max_bin);
  feature_bins bins;
  bins.categories.push_back(-1);
  std::vector<index_t> rows_of_bin{0};
  index_t covered = 0;
  for (auto const& [category, rows] : counted) {
    bool const full = covered >= enough && bins.bins() >= most_bins;
    if (present == 0 || full || (rows < parameters.min_data_in_bin && bins.bins() > 2)) break;
    bins.by_category.push_back(bins.bins());
    bins.categories.push_back(category);
    rows_of_bin.push_back(rows);
    covered += rows;
  }
  bool const all = bins.by_category.size() == counted.size();
  bins.missing = !all || known.missing > 0;
  rows_of_bin[0] = known.rows - covered;
  std::sort(bins.by_category.begin(), bins.by_category.end(), [&](auto a, auto b) {
    return bins.categories[static_cast<std::size_t>(a)] <
           bins.categories[static_cast<std::size_t>(b)];
  });
  bool const filtered = parameters.feature_pre_filter && bins.bins() == 2;
  bins.usable =
      bins.bins() > 1 && (!filtered || can_split(rows_of_bin, known.rows, min_split_rows));
  bins.most_frequent = choose_most_frequent(bins, rows_of_bin, known.rows);
  return bins;
}

}  // namespace alx::inline v0::detail
