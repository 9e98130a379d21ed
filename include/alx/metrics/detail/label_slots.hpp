// SPDX-License-Identifier: Apache-2.0
/// @file
/// Which rows have which label, where labels are any numbers ≥ 0 and come and go.
#pragma once

#include <alx/view.hpp>

#include <cstddef>
#include <map>
#include <span>
#include <vector>

namespace alx::inline v0::detail {

/// A row that went from one cluster to another.
struct moved_row {
  index_t row = 0;
  index_t from = 0;
  index_t to = 0;
};

/// Gives each label in use a slot, 0 … slots() - 1. A slot without rows is given to the next new
/// label, so there are never more than there were labels in use at once.
///
/// Rows are moved one after the other and each is in one slot at any time: a sum per slot that
/// follows move by move never holds a row twice.
class label_slots {
 public:
  /// Forgets what was known; labels ≥ 0.
  void assign(std::span<label_t const> labels) {
    slot_.assign(labels.size(), 0);
    label_.assign(labels.begin(), labels.end());
    count_.clear();
    free_.clear();
    slot_of_label_.clear();
    for (std::size_t row = 0; row < labels.size(); ++row) slot_[row] = enter(labels[row]);
  }

  /// How many labels differ from those known.
  [[nodiscard]] index_t changes(std::span<label_t const> labels) const {
    index_t changed = 0;
    for (std::size_t row = 0; row < labels.size(); ++row) {
      changed += static_cast<index_t>(labels[row] != label_[row]);
    }
    return changed;
  }

  /// Takes the new labels over and says which rows moved, in the order of the rows.
  std::vector<moved_row> update(std::span<label_t const> labels) {
    std::vector<moved_row> moved;
    for (std::size_t row = 0; row < labels.size(); ++row) {
      if (labels[row] == label_[row]) continue;
      index_t const from = slot_[row];
      leave(label_[row], from);
      label_[row] = labels[row];
      slot_[row] = enter(labels[row]);
      if (slot_[row] != from) moved.push_back({static_cast<index_t>(row), from, slot_[row]});
    }
    return moved;
  }

  [[nodiscard]] index_t rows() const { return static_cast<index_t>(slot_.size()); }

  [[nodiscard]] index_t slots() const { return static_cast<index_t>(count_.size()); }

  /// Labels that have rows.
  [[nodiscard]] index_t labels_in_use() const {
    return static_cast<index_t>(slot_of_label_.size());
  }

  [[nodiscard]] index_t slot(index_t row) const { return slot_[static_cast<std::size_t>(row)]; }

  /// Of the rows from `first` on.
  [[nodiscard]] std::span<index_t const> slots_of(index_t first, std::size_t rows) const {
    return std::span(slot_).subspan(static_cast<std::size_t>(first), rows);
  }

  /// How many rows the slot has.
  [[nodiscard]] index_t count(index_t slot) const { return count_[static_cast<std::size_t>(slot)]; }

 private:
  index_t enter(label_t label) {
    auto const [at, is_new] = slot_of_label_.try_emplace(label, 0);
    if (is_new) at->second = free_slot();
    ++count_[static_cast<std::size_t>(at->second)];
    return at->second;
  }

  void leave(label_t label, index_t slot) {
    if (--count_[static_cast<std::size_t>(slot)] > 0) return;
    slot_of_label_.erase(label);
    free_.push_back(slot);
  }

  index_t free_slot() {
    if (free_.empty()) {
      count_.push_back(0);
      return slots() - 1;
    }
    index_t const slot = free_.back();
    free_.pop_back();
    return slot;
  }

  std::vector<index_t> slot_;   // of each row
  std::vector<label_t> label_;  // of each row
  std::vector<index_t> count_;  // of each slot
  std::vector<index_t> free_;   // slots without rows
  std::map<label_t, index_t> slot_of_label_;
};

}  // namespace alx::inline v0::detail
