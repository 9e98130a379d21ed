// SPDX-License-Identifier: Apache-2.0
/// @file
/// What is known of each row of a pool.
#pragma once

#include <alx/error.hpp>
#include <alx/query.hpp>
#include <alx/session_state.hpp>
#include <alx/view.hpp>

#include <span>
#include <string>
#include <vector>

namespace alx::inline v0::detail {

/// The rows by what is known of them, each list in ascending order of ids.
struct sorted_rows {
  std::vector<index_t> labelled;
  std::vector<label_t> labels;
  std::vector<index_t> candidates;
};

/// Which rows are labelled, in which order the labels came, and which are set aside.
class ledger {
 public:
  explicit ledger(index_t rows) : label_(static_cast<std::size_t>(rows), unknown) {}

  /// Rebuilds what a state says; `data_error` where it contradicts itself.
  ledger(session_state const& state, label_t classes) : ledger(state.rows) {
    if (state.labelled.size() != state.labels.size()) {
      throw data_error("session state: " + std::to_string(state.labelled.size()) +
                       " labelled rows and " + std::to_string(state.labels.size()) + " labels");
    }
    for (std::size_t i = 0; i < state.labelled.size(); ++i) {
      require_unknown(state.labelled[i]);
      if (state.labels[i] < 0 || state.labels[i] >= classes) {
        throw data_error("session state: row " + std::to_string(state.labelled[i]) + " has label " +
                         std::to_string(state.labels[i]));
      }
      answered(state.labelled[i], state.labels[i]);
    }
    for (index_t const id : state.set_aside) {
      require_unknown(id);
      answered(id, abstain);
    }
    for (index_t const id : state.open) require_unknown(id);
    if (state.open.empty() != (state.open_ticket == 0)) {
      throw data_error("session state: an open query without rows, or rows without a query");
    }
  }

  void answered(index_t id, answer given) {
    label_[static_cast<std::size_t>(id)] = given ? *given : aside;
    if (given) {
      labelled_.push_back(id);
      labels_.push_back(*given);
    } else {
      set_aside_.push_back(id);
    }
  }

  [[nodiscard]] bool has_row(index_t id) const {
    return id >= 0 && id < static_cast<index_t>(label_.size());
  }

  [[nodiscard]] bool is_labelled(index_t id) const { return at(id) >= 0; }

  /// Nobody has labelled the row or declined to.
  [[nodiscard]] bool is_unknown(index_t id) const { return at(id) == unknown; }

  [[nodiscard]] index_t labelled_count() const { return static_cast<index_t>(labelled_.size()); }

  [[nodiscard]] std::span<index_t const> labelled() const { return labelled_; }

  [[nodiscard]] std::span<label_t const> labels() const { return labels_; }

  void sort(sorted_rows& out) const {
    out.labelled.clear();
    out.labels.clear();
    out.candidates.clear();
    for (std::size_t i = 0; i < label_.size(); ++i) {
      if (label_[i] >= 0) {
        out.labelled.push_back(static_cast<index_t>(i));
        out.labels.push_back(label_[i]);
      } else if (label_[i] == unknown) {
        out.candidates.push_back(static_cast<index_t>(i));
      }
    }
  }

  [[nodiscard]] session_state state() const {
    session_state state;
    state.rows = static_cast<index_t>(label_.size());
    state.labelled = labelled_;
    state.labels = labels_;
    state.set_aside = set_aside_;
    return state;
  }

 private:
  static constexpr label_t unknown = -1;
  static constexpr label_t aside = -2;

  [[nodiscard]] label_t at(index_t id) const { return label_[static_cast<std::size_t>(id)]; }

  void require_unknown(index_t id) const {
    if (!has_row(id) || !is_unknown(id)) {
      throw data_error("session state: row " + std::to_string(id) +
                       (has_row(id) ? " appears twice" : " is not in the pool"));
    }
  }

  std::vector<label_t> label_;  // one a row: its class, unknown or aside
  std::vector<index_t> labelled_;
  std::vector<label_t> labels_;
  std::vector<index_t> set_aside_;
};

}  // namespace alx::inline v0::detail
