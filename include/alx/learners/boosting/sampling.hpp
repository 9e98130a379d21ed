// SPDX-License-Identifier: Apache-2.0
/// @file
/// Which rows and which columns a tree is grown on, drawn as LightGBM draws them.
#pragma once

#include <alx/learners/boosting/objective.hpp>
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/boosting/random.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

/// A part of the rows, kept for `bagging_freq` iterations. Every 1024 rows have a generator of
/// their own, which goes on from bag to bag.
class row_bag {
 public:
  row_bag(boosting_loss const& loss, boosting_parameters const& parameters)
      : loss_(loss), parameters_(parameters) {
    auto const& p = parameters;
    by_class_ = (p.pos_bagging_fraction < 1 || p.neg_bagging_fraction < 1) && loss.positives() > 0;
    active_ = p.bagging_freq > 0 && (by_class_ || p.bagging_fraction < 1);
    if (!active_) return;
    std::size_t const rows = loss.targets().rows();
    for (std::size_t block = 0; block * block_rows < rows; ++block) {
      auto const seed =
          static_cast<std::uint32_t>(bagging_seed(p)) + static_cast<std::uint32_t>(block);
      random_.emplace_back(static_cast<std::int32_t>(seed));
    }
    in_.reserve(rows);
  }

  [[nodiscard]] bool active() const { return active_; }

  /// Whether `draw` would draw a new bag.
  [[nodiscard]] bool due(std::int32_t iteration) const {
    if (!active_) return false;
    return first_ || (!out_.empty() && iteration % parameters_.bagging_freq == 0);
  }

  void draw() {
    first_ = false;
    in_.clear();
    out_.clear();
    for (std::size_t i = 0; i < loss_.targets().rows(); ++i) {
      auto const drawn = static_cast<double>(random_[i / block_rows].uniform());
      (drawn < fraction(i) ? in_ : out_).push_back(static_cast<std::int32_t>(i));
    }
  }

  /// The rows to grow on, ascending; none: all.
  [[nodiscard]] std::span<std::int32_t const> in() const {
    return out_.empty() ? std::span<std::int32_t const>{} : in_;
  }

  /// The others.
  [[nodiscard]] std::span<std::int32_t const> out() const { return out_; }

  /// All rows are outside.
  [[nodiscard]] bool empty() const { return in_.empty() && !out_.empty(); }

 private:
  static constexpr std::size_t block_rows = 1024;

  [[nodiscard]] double fraction(std::size_t row) const {
    if (!by_class_) return parameters_.bagging_fraction;
    return loss_.targets().labels[row] > 0 ? parameters_.pos_bagging_fraction
                                           : parameters_.neg_bagging_fraction;
  }

  boosting_loss const& loss_;
  boosting_parameters const& parameters_;
  bool by_class_ = false;
  bool active_ = false;
  bool first_ = true;
  std::vector<lightgbm_random> random_;
  std::vector<std::int32_t> in_, out_;
};

/// A part of the columns of use, drawn for each tree.
class column_sample {
 public:
  column_sample(index_t columns, boosting_parameters const& parameters)
      : random_(feature_fraction_seed(parameters)), columns_(static_cast<std::int32_t>(columns)) {
    active_ = parameters.feature_fraction < 1;
    std::int32_t const wanted =
        to_int32(rounded(static_cast<double>(columns) * parameters.feature_fraction) + 0.5);
    taken_ = std::max(wanted, std::min(columns_, 1));
    if (active_) draw();  // LightGBM's first draw is not used
  }

  [[nodiscard]] bool active() const { return active_; }

  void draw() {
    flags_.assign(static_cast<std::size_t>(columns_), 0);
    for (auto const c : random_.sample(columns_, taken_)) flags_[static_cast<std::size_t>(c)] = 1;
  }

  /// One a column of use: whether the next tree may use it; none: all.
  [[nodiscard]] std::span<std::uint8_t const> flags() const { return flags_; }

 private:
  lightgbm_random random_;
  std::int32_t columns_;
  std::int32_t taken_ = 0;
  bool active_ = false;
  std::vector<std::uint8_t> flags_;
};

}  // namespace alx::inline v0::detail
