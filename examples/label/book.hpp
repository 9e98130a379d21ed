// SPDX-License-Identifier: Apache-2.0
/// @file
/// What a journal's entries amount to: the label of each row, who said what, and what was taken
/// back and waits to be answered again.
#pragma once

#include <alx/journal/entry.hpp>
#include <alx/journal/live_entries.hpp>
#include <alx/metrics/agreement.hpp>
#include <alx/view.hpp>

#include "plan.hpp"
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace label {

/// What is known of a row.
enum class row_state : std::uint8_t {
  unknown,
  skipped,  ///< asked again when nothing else is left
  open,     ///< answered, but the answers differ: to be adjudicated
  labelled,
  abstained,
  discarded,
};

/// Rows and the label of each.
struct labelled_ids {
  std::vector<alx::index_t> ids;
  std::vector<alx::label_t> labels;
};

/// The state of a labelling, a function of the plan and the entries alone.
class book {
 public:
  /// `entries`: the first of a journal's, to any number of them. `reserved`: `estimation_rows`.
  book(plan const& settled,
       std::vector<alx::index_t> const& reserved,
       std::span<alx::journal_entry const> entries)
      : plan_(&settled), reserved_(&reserved), size_(std::ssize(entries)) {
    if (!entries.empty()) next_model_ = entries.back().next;
    read_live(entries);
    resolve();
    sort_rows();
    find_undone(entries);
  }

  [[nodiscard]] plan const& settled() const { return *plan_; }

  /// How many entries were read: the name of a model that learns from this book.
  [[nodiscard]] std::int64_t size() const { return size_; }

  /// The model that the last entry says chooses the next row.
  [[nodiscard]] std::int64_t next_model() const { return next_model_; }

  [[nodiscard]] std::vector<alx::journal_entry> const& live() const { return live_; }

  [[nodiscard]] row_state state(alx::index_t row) const {
    return states_[static_cast<std::size_t>(row)];
  }

  [[nodiscard]] std::vector<alx::index_t> const& reserved() const { return *reserved_; }

  /// What models learn from, in the order of first answers.
  [[nodiscard]] labelled_ids const& learnt() const { return learnt_; }

  /// What they are scored on.
  [[nodiscard]] labelled_ids const& scored() const { return scored_; }

  /// Every answer to a row, in their order, and the people that raters stand for.
  [[nodiscard]] std::vector<alx::rating> const& ratings() const { return ratings_; }

  [[nodiscard]] std::vector<std::string> const& people() const { return people_; }

  /// Texts that were changed.
  [[nodiscard]] std::map<alx::index_t, std::string> const& edits() const { return edits_; }

  /// Entries that were taken back and whose rows were not answered again since, by number.
  [[nodiscard]] std::vector<alx::journal_entry> const& undone() const { return undone_; }

  /// Rows on which answers differ and nobody has decided.
  [[nodiscard]] std::vector<alx::index_t> const& disagreements() const { return disagreements_; }

  /// The decisions that were asked for because of a model or an estimate.
  [[nodiscard]] std::int64_t turns() const { return turns_; }

  /// The decisions about rows that were answered before.
  [[nodiscard]] std::int64_t repetitions() const { return repetitions_; }

  /// The decisions before any model, and those of imports.
  [[nodiscard]] std::int64_t first_turns() const { return first_turns_; }

  /// A number for what a model learns from: other labels, rows or texts have another one.
  [[nodiscard]] std::uint64_t content() const { return content_; }

  /// Of each class, how many rows to learn from have it.
  [[nodiscard]] std::vector<alx::index_t> counts() const {
    std::vector<alx::index_t> of(plan_->classes.size());
    for (auto const label : learnt_.labels) ++of[static_cast<std::size_t>(label)];
    return of;
  }

  /// Two classes at least have a row to learn from.
  [[nodiscard]] bool can_learn() const {
    auto const of = counts();
    return std::count(of.begin(), of.end(), 0) + 2 <= std::ssize(of);
  }

  /// A model may choose: ten rows were looked at and all classes seen, or ten rows a class were
  /// looked at and two classes seen.
  [[nodiscard]] bool has_begun() const {
    auto const of = counts();
    bool const all = std::count(of.begin(), of.end(), 0) == 0;
    std::ptrdiff_t const enough = all ? 10 : 10 * std::ssize(of);
    return can_learn() && first_turns_ >= enough;
  }

 private:
  static bool decides(alx::journal_entry const& entry) {
    return entry.what != alx::deed::edit && entry.what != alx::deed::undo;
  }

  void read_live(std::span<alx::journal_entry const> entries) {
    live_ = alx::live_entries(entries);
    states_.resize(static_cast<std::size_t>(plan_->rows), row_state::unknown);
    for (auto const& entry : live_) {
      if (entry.what == alx::deed::edit) edits_[entry.row] = entry.text;
      if (!decides(entry)) continue;
      using enum alx::asked_for;
      if (entry.why == beginning || entry.why == import) ++first_turns_;
      if (entry.why == learning || entry.why == estimation) ++turns_;
      if (entry.why == repetition) ++repetitions_;
      if (entry.why == estimation) drawn_.insert(entry.row);
      if (entry.what == alx::deed::answer) {
        answer(entry);
      } else {
        set_aside(entry);
      }
    }
  }

  void answer(alx::journal_entry const& entry) {
    if (first_.emplace(entry.row, entry.label).second) order_.push_back(entry.row);
    if (entry.why == alx::asked_for::adjudication) {
      adjudicated_[entry.row] = entry.label;
      return;
    }
    auto person = std::find(people_.begin(), people_.end(), entry.user);
    if (person == people_.end()) person = people_.insert(person, entry.user);
    ratings_.push_back({entry.row, person - people_.begin(), entry.label});
  }

  /// Who says that a row is none to learn from has the last word; an answer counts more than a
  /// skip or a shrug, unless that is to decide.
  void set_aside(alx::journal_entry const& entry) {
    auto& state = states_[static_cast<std::size_t>(entry.row)];
    if (entry.what == alx::deed::discard) {
      state = row_state::discarded;
    } else if (state != row_state::discarded) {
      state = entry.what == alx::deed::abstain ? row_state::abstained : row_state::skipped;
    }
    bool const decides = entry.why == alx::asked_for::adjudication;
    if (decides && entry.what == alx::deed::abstain) adjudicated_[entry.row] = -1;
  }

  /// What the answers to each row come to.
  void resolve() {
    auto const made = plan_->how == resolution::weighted
                          ? alx::weighted_labels(ratings_, plan_->rows, plan_->class_count()).rows
                          : alx::majority_labels(ratings_, plan_->rows, plan_->class_count());
    for (auto const row : order_) {
      auto const at = static_cast<std::size_t>(row);
      if (states_[at] == row_state::discarded) continue;
      auto const decided = adjudicated_.find(row);
      bool const is_decided = decided != adjudicated_.end();
      alx::label_t const label = is_decided ? decided->second : made[at].label;
      states_[at] = label >= 0   ? row_state::labelled
                    : is_decided ? row_state::abstained
                                 : row_state::open;
      if (label >= 0) labels_[row] = label;
    }
    for (auto const& one : ratings_) {
      bool const differs = one.label != first_.at(one.row) && adjudicated_.count(one.row) == 0 &&
                           state(one.row) != row_state::discarded;
      auto const there = std::find(disagreements_.begin(), disagreements_.end(), one.row);
      if (differs && there == disagreements_.end()) disagreements_.push_back(one.row);
    }
  }

  /// Reserved rows that were asked to estimate are scored; one whose label came from elsewhere was
  /// not drawn at random among those that have one, and is learnt from.
  void sort_rows() {
    for (auto const row : order_) {
      if (state(row) != row_state::labelled) continue;
      auto& into = drawn_.count(row) > 0 ? scored_ : learnt_;
      into.ids.push_back(row);
      into.labels.push_back(labels_.at(row));
    }
    auto const mix = [this](std::uint64_t value) {
      content_ = (content_ ^ value) * 0x100000001B3U;
      content_ ^= content_ >> 29U;
    };
    for (std::size_t i = 0; i < learnt_.ids.size(); ++i) {
      mix(static_cast<std::uint64_t>(learnt_.ids[i]));
      mix(static_cast<std::uint64_t>(learnt_.labels[i]));
    }
    for (auto const& [row, text] : edits_) {
      mix(static_cast<std::uint64_t>(row));
      for (char const c : text) mix(static_cast<unsigned char>(c));
    }
  }

  void find_undone(std::span<alx::journal_entry const> entries) {
    if (live_.size() == entries.size()) return;
    std::map<alx::index_t, std::int64_t> last;
    for (auto const& entry : live_) {
      if (decides(entry)) last[entry.row] = entry.number;
    }
    std::map<alx::index_t, alx::journal_entry const*> waiting;
    for (auto const& entry : entries) {
      if (entry.what != alx::deed::undo) continue;
      auto const& target = entries[static_cast<std::size_t>(entry.undone) - 1];
      auto const again = last.find(target.row);
      if (target.why == alx::asked_for::import) continue;
      if (again == last.end() || again->second < target.number) waiting[target.row] = &target;
    }
    for (auto const& [row, entry] : waiting) undone_.push_back(*entry);
    std::sort(undone_.begin(), undone_.end(), [](auto const& a, auto const& b) {
      return a.number < b.number;
    });
  }

  plan const* plan_;
  std::vector<alx::index_t> const* reserved_;
  std::int64_t size_;
  std::int64_t next_model_ = 0;
  std::vector<alx::journal_entry> live_;
  std::vector<row_state> states_;
  std::vector<alx::rating> ratings_;
  std::vector<std::string> people_;
  std::vector<alx::index_t> order_;                   ///< of first answers
  std::map<alx::index_t, alx::label_t> first_;        ///< of each row
  std::map<alx::index_t, alx::label_t> adjudicated_;  ///< -1: nobody can tell
  std::set<alx::index_t> drawn_;                      ///< asked to estimate
  std::map<alx::index_t, alx::label_t> labels_;
  std::map<alx::index_t, std::string> edits_;
  std::vector<alx::index_t> disagreements_;
  std::vector<alx::journal_entry> undone_;
  labelled_ids learnt_;
  labelled_ids scored_;
  std::int64_t turns_ = 0;
  std::int64_t repetitions_ = 0;
  std::int64_t first_turns_ = 0;
  std::uint64_t content_ = 0xCBF29CE484222325U;
};

}  // namespace label
