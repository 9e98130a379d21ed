// SPDX-License-Identifier: Apache-2.0
/// @file
/// Cuts a column into bins as LightGBM does: at most `max_bin` of about equally many rows, zero in
/// a bin of its own, missing values in the last.
#pragma once

#include <alx/detail/radix_sort.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
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

  /// Writes the bins of `values` to `out`; NaN among the former may be overwritten.
  ///
  /// The steps of the search depend on the number of bins alone, so each is taken for all values
  /// before the next: compilers make vectors of them.
  void find(std::span<double> values, std::int32_t* out) const {
    if (categorical()) {
      for (double const value : values) *out++ = bin_of_category(value);
      return;
    }
    if (!missing) {
      for (double& value : values) value = value == value ? value : 0.0;
    }
    double const* const bound = upper.data();
    std::fill_n(out, values.size(), 0);
    std::int32_t count = bins() - (missing ? 1 : 0);  // from `out` on; one of them is the value's
    while (count > 1) {
      std::int32_t const half = count / 2;
      for (std::size_t i = 0; i < values.size(); ++i) {
        out[i] += bound[out[i] + half - 1] < values[i] ? half : 0;
      }
      count -= half;
    }
    if (!missing) return;
    std::int32_t const last = bins() - 1;
    for (std::size_t i = 0; i < values.size(); ++i) {
      out[i] = values[i] == values[i] ? out[i] : last;
    }
  }

  [[nodiscard]] std::int32_t bin_of(double value) const {
    std::int32_t bin = 0;
    find({&value, 1}, &bin);
    return bin;
  }
};

/// Distinct values, ascending, and how often each occurs.
struct distinct_values {
  std::span<double const> value;
  std::span<index_t const> count;

  /// Those from position `from` on, `size` of them.
  [[nodiscard]] distinct_values part(std::size_t from, std::size_t size) const {
    return {value.subspan(from, size), count.subspan(from, size)};
  }

  [[nodiscard]] index_t rows() const {
    index_t sum = 0;
    for (index_t const n : count) sum += n;
    return sum;
  }
};

/// What std::nextafter says of the direction of infinity.
inline double next_up(double value) {
  if (value == 0) return std::numeric_limits<double>::denorm_min();
  return value < std::numeric_limits<double>::infinity() ? value_of_key(ordered_key(value) + 1)
                                                         : value;
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
  auto const big = [&d, mean](std::size_t i) { return static_cast<double>(d.count[i]) >= mean; };
  for (std::size_t i = 0; i < n; ++i) {
    rest_bins -= big(i) ? 1 : 0;
    rest_rows -= big(i) ? d.count[i] : 0;
  }
  // Nothing may be left to share out: dividing by 0 then gives the infinity or NaN it should.
  mean = static_cast<double>(rest_rows) / static_cast<double>(rest_bins);
  bin_bounds bounds;
  index_t chosen = 0;
  index_t rows = 0;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    if (!big(i)) rest_rows -= d.count[i];
    rows += d.count[i];
    auto const filled = static_cast<double>(rows);
    if (!big(i) && !(filled >= mean) && !(big(i + 1) && filled >= std::max(1.0, mean * 0.5))) {
      continue;
    }
    bounds.add_between(d.value[i], d.value[i + 1]);
    if (++chosen >= max_bin - 1) break;
    rows = 0;
    if (!big(i)) {
      --rest_bins;
      mean = static_cast<double>(rest_rows) / static_cast<double>(rest_bins);
    }
  }
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
  auto const right = d.part(positives_from, v.size() - positives_from);
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
  std::size_t const last = rows.size() - (bins.missing ? 2 : 1);
  std::size_t bin = 0;
  for (std::size_t i = 0; i < d.value.size(); ++i) {
    while (bin < last && bins.upper[bin] < d.value[i]) ++bin;
    rows[bin] += d.count[i];
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

/// What is known of a column from a sample of its values.
class column_sample_values {
 public:
  column_sample_values(std::span<double const> sample, bool use_missing)
      : rows_(static_cast<index_t>(sample.size())) {
    std::vector<std::uint64_t> keys(sample.size());
    std::size_t kept = 0;
    std::size_t negatives = 0;
    for (double const value : sample) {
      keys[kept] = ordered_key(value);
      bool const negative = value < -zero_threshold;
      bool const positive = value > zero_threshold;
      kept += negative || positive ? 1U : 0U;
      negatives += negative ? 1U : 0U;
      missing_ += value != value && use_missing ? 1 : 0;
    }
    keys.resize(kept);
    radix_sort(keys, [](std::uint64_t key) { return key; });
    count(keys, negatives, rows_ - missing_ - static_cast<index_t>(kept));
  }

  [[nodiscard]] index_t rows() const { return rows_; }

  [[nodiscard]] index_t missing() const { return missing_; }

  /// Neighbours one unit in the last place apart are one value, represented by the greatest; all
  /// that count as zero are zero.
  [[nodiscard]] distinct_values distinct() const { return {value_, count_}; }

 private:
  /// Between a negative and a positive value zero is counted even if it never occurs.
  void count(std::span<std::uint64_t const> sorted, std::size_t negatives, index_t zeros) {
    value_.resize(sorted.size() + 1);
    count_.resize(sorted.size() + 1);
    std::size_t distinct = add(sorted.first(negatives), 0);
    bool const both_signs = negatives > 0 && negatives < sorted.size();
    if (sorted.empty() || both_signs || zeros > 0) count_[distinct++] = zeros;
    distinct = add(sorted.subspan(negatives), distinct);
    value_.resize(distinct);
    count_.resize(distinct);
  }

  /// Adds values of one sign to the `distinct` before them; how many there are then.
  std::size_t add(std::span<std::uint64_t const> sorted, std::size_t distinct) {
    if (sorted.empty()) return distinct;
    std::uint64_t before = sorted.front();
    for (std::uint64_t const key : sorted) {
      distinct += key - before > 1 ? 1U : 0U;
      value_[distinct] = value_of_key(key);
      ++count_[distinct];
      before = key;
    }
    return distinct + 1;
  }

  index_t rows_;
  index_t missing_ = 0;
  std::vector<double> value_;
  std::vector<index_t> count_;
};

/// How to cut a column of which `sample` is known; `min_split_rows` is the least number of rows on
/// each side of a split for the column to be of use.
inline feature_bins find_bins(std::vector<double> const& sample,
                              boosting_parameters const& parameters,
                              index_t min_split_rows) {
  column_sample_values const known(sample, parameters.use_missing);
  auto const distinct = known.distinct();

  feature_bins bins;
  bins.missing = known.missing() > 0;
  bins.least = distinct.value.front();
  bins.greatest = distinct.value.back();
  bins.upper = bounds_around_zero(
      distinct, parameters.max_bin - (bins.missing ? 1 : 0), parameters.min_data_in_bin);
  if (bins.missing) bins.upper.push_back(std::numeric_limits<double>::quiet_NaN());

  auto const rows_of_bin = rows_of_bins(bins, distinct, known.missing());
  bins.usable = bins.bins() > 1 && (!parameters.feature_pre_filter ||
                                    can_split(rows_of_bin, known.rows(), min_split_rows));
  bins.most_frequent = choose_most_frequent(bins, rows_of_bin, known.rows());
  return bins;
}

/// Categories and how often each occurs, the most frequent first; negative ones count as missing.
inline std::vector<std::pair<std::int32_t, index_t>> count_categories(distinct_values const& d) {
  std::vector<std::pair<std::int32_t, index_t>> counted;
  for (std::size_t i = 0; i < d.value.size(); ++i) {
    std::int32_t const category = to_int32(d.value[i]);
    if (category < 0) continue;
    if (!counted.empty() && counted.back().first == category) {
      counted.back().second += d.count[i];
    } else {
      counted.emplace_back(category, d.count[i]);
    }
  }
  std::stable_sort(counted.begin(), counted.end(), [](auto const& a, auto const& b) {
    return a.second > b.second;
  });
  return counted;
}

/// Bins of a column of categories: one each, those of few rows together with the missing in bin 0.
inline feature_bins find_category_bins(std::vector<double> const& sample,
                                       boosting_parameters const& parameters,
                                       index_t min_split_rows) {
  column_sample_values const known(sample, parameters.use_missing);
  auto const counted = count_categories(known.distinct());
  index_t present = 0;
  for (auto const& category : counted) present += category.second;
  index_t const enough = to_int32(static_cast<double>(static_cast<float>(present) * 0.99F) + 0.5);
  auto const most_bins = std::min<index_t>(
      static_cast<index_t>(counted.size()) + (present < known.rows() ? 1 : 0), parameters.max_bin);
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
  bins.missing = !all || present < known.rows();
  rows_of_bin[0] = known.rows() - covered;
  std::sort(bins.by_category.begin(), bins.by_category.end(), [&](auto a, auto b) {
    return bins.categories[static_cast<std::size_t>(a)] <
           bins.categories[static_cast<std::size_t>(b)];
  });
  bool const filtered = parameters.feature_pre_filter && bins.bins() == 2;
  bins.usable =
      bins.bins() > 1 && (!filtered || can_split(rows_of_bin, known.rows(), min_split_rows));
  bins.most_frequent = choose_most_frequent(bins, rows_of_bin, known.rows());
  return bins;
}

}  // namespace alx::inline v0::detail
