// SPDX-License-Identifier: Apache-2.0
/// @file
/// Where questions are asked and answers kept: the journal, the book, the model that learns and the
/// question that is open, whoever answers and however it is shown.
#pragma once

#include <alx/error.hpp>
#include <alx/journal/journal.hpp>
#include <alx/view.hpp>

#include "book.hpp"
#include "lesson.hpp"
#include "plan.hpp"
#include "question.hpp"
#include "spread.hpp"
#include "subject.hpp"
#include "teacher.hpp"
#include <algorithm>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace label {

/// Whether the next question waits for the model that knows the last answer.
enum class patience {
  always,   ///< yes: the same answers lead to the same questions, however fast they come
  a_while,  ///< where it learns quickly; else the last model there is chooses, and the newer one
            ///< learns in the background
};

class desk {
 public:
  /// `subject`, `settled` and `kept` must live as long; `learnt` is called in another thread after
  /// each model.
  ///
  /// **Throws.** What learning throws, and the journal.
  desk(subject const& what,
       plan const& settled,
       alx::journal& kept,
       std::string user,
       patience waits,
       std::function<void()> learnt = {})
      : what_(&what),
        plan_(&settled),
        kept_(&kept),
        user_(std::move(user)),
        waits_(waits),
        reserved_(estimation_rows(settled)),
        spread_(settled.rows, what.distances),
        teacher_(what.learn, std::move(learnt)) {
    advance(nullptr);
  }

  /// The question that is open; nothing where every row was decided.
  [[nodiscard]] std::optional<question> const& open() const { return open_; }

  [[nodiscard]] book const& known() const { return *book_; }

  [[nodiscard]] subject const& what() const { return *what_; }

  [[nodiscard]] alx::journal const& kept() const { return *kept_; }

  [[nodiscard]] std::string const& user() const { return user_; }

  /// The newest model; none before the first.
  [[nodiscard]] std::shared_ptr<lesson const> newest() const {
    auto const last = teacher_.newest();
    return last ? last : chooser_;
  }

  /// The model that chose the open question, or would have.
  [[nodiscard]] std::shared_ptr<lesson const> const& chooser() const { return chooser_; }

  /// A decision about the open row, which is on disk when this returns.
  ///
  /// **Throws.** What `journal::append` throws: the question is still open then. `state_error`
  /// where the answer is kept and no next question can be found.
  void decide(alx::deed what, alx::label_t label, double seconds) {
    auto entry = about_open(seconds);
    entry.what = what;
    entry.label = what == alx::deed::answer ? label : -1;
    keep(std::move(entry));
  }

  /// Another text for the open row, which stays open.
  void edit(std::string text, double seconds) {
    auto entry = about_open(seconds);
    entry.what = alx::deed::edit;
    entry.text = std::move(text);
    keep(std::move(entry));
  }

  /// Takes back the last thing that this person did and that still holds; false where there is
  /// nothing.
  bool undo() {
    auto const& live = book_->live();
    auto const last = std::find_if(live.rbegin(), live.rend(), [&](auto const& entry) {
      return entry.user == user_ && entry.why != alx::asked_for::import;
    });
    if (last == live.rend()) return false;
    alx::journal_entry entry;
    entry.what = alx::deed::undo;
    entry.row = last->row;
    entry.why = last->why;
    entry.undone = last->number;
    keep(std::move(entry));
    return true;
  }

  /// The model of all that is known now, waiting for it; none where there is nothing to learn from.
  std::shared_ptr<lesson const> finish() {
    if (!book_->can_learn()) return nullptr;
    return teacher_.wait_for(book_);
  }

 private:
  /// Models that take longer to learn are not waited for.
  static constexpr double soon = 0.06;

  [[nodiscard]] alx::journal_entry about_open(double seconds) const {
    alx::journal_entry entry;
    entry.row = open_->row;
    entry.seconds = seconds;
    entry.why = open_->why;
    entry.ticket = static_cast<std::uint64_t>(kept_->entries().size()) + 1;
    entry.model = open_->model;
    entry.utility = open_->utility;
    entry.parts = open_->parts;
    return entry;
  }

  /// A model by its name, and itself where it is there.
  struct named_model {
    std::int64_t name = 0;
    std::shared_ptr<lesson const> made{};
  };

  void keep(alx::journal_entry entry) {
    entry.user = user_;
    if (chooser_ && entry.what != alx::deed::undo) {
      for (alx::index_t c = 0; c < chooser_->probability.cols(); ++c) {
        entry.opinion.push_back(chooser_->probability(entry.row, c));
      }
    }
    auto const next = next_model(entry);
    entry.next = next.name;
    kept_->append(std::move(entry));
    open_.reset();
    try {
      advance(next.made);
    } catch (std::exception const& why) {
      throw alx::state_error("the answer is kept, but no next row can be found: " +
                             std::string(why.what()));
    }
  }

  /// The model that chooses the row after `entry`: the last one until a batch of labels is new,
  /// then the one that knows `entry`, or, where that would take long, the newest there is.
  [[nodiscard]] named_model next_model(alx::journal_entry entry) const {
    auto entries = kept_->entries();
    entry.number = std::ssize(entries) + 1;
    entries.push_back(std::move(entry));
    book const then(*plan_, reserved_, entries);
    if (!then.has_begun()) return {};
    if (!chooser_) return {then.size()};
    auto const more = std::ssize(then.learnt().ids) - chooser_->labels;
    bool const few = more > 0 && more < plan_->batch;
    bool const relearn = then.content() != chooser_->content && !few;
    if (!relearn && ask_model(then, *chooser_)) return {chooser_->model, chooser_};
    auto const last = newest();
    bool const quick = waits_ == patience::always || last->seconds < soon;
    if (quick || !ask_model(then, *last)) return {then.size()};
    return {last->model, last};
  }

  [[nodiscard]] std::shared_ptr<book const> book_of(std::int64_t entries) const {
    std::span<alx::journal_entry const> const all = kept_->entries();
    return std::make_shared<book const>(
        *plan_, reserved_, all.first(static_cast<std::size_t>(entries)));
  }

  /// Finds the next question; `made` is the model that chooses it, where it is there.
  void advance(std::shared_ptr<lesson const> made) {
    book_ = book_of(std::ssize(kept_->entries()));
    if (book_->has_begun()) {
      auto const wanted = book_->next_model() > 0 ? book_->next_model() : book_->size();
      if (!made || made->model != wanted) made = teacher_.wait_for(book_of(wanted));
      chooser_ = std::move(made);
      bool const is_old = newest()->content != book_->content();
      if (is_old && waits_ == patience::a_while) teacher_.request(book_);
    } else {
      chooser_ = nullptr;
    }
    open_ = next_question(*book_, chooser_.get(), user_, spread_);
  }

  subject const* what_;
  plan const* plan_;
  alx::journal* kept_;
  std::string user_;
  patience waits_;
  std::vector<alx::index_t> reserved_;
  spread_rows spread_;
  std::shared_ptr<book const> book_;
  std::shared_ptr<lesson const> chooser_;
  std::optional<question> open_;
  teacher teacher_;
};

}  // namespace label
