// SPDX-License-Identifier: Apache-2.0
/// @file
/// Learns in the background while a person reads.
#pragma once

#include "book.hpp"
#include "lesson.hpp"
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace label {

/// One thread that learns from the newest book it was given.
///
/// A book that a newer one has replaced before its turn is not learnt from, unless somebody waits
/// for it. What learning throws is thrown again by whoever waits.
class teacher {
 public:
  using shared_lesson = std::shared_ptr<lesson const>;
  using shared_book = std::shared_ptr<book const>;

  /// `learn` is called in the thread alone; `learnt` after each lesson.
  teacher(std::function<shared_lesson(book const&)> learn, std::function<void()> learnt)
      : learn_(std::move(learn)),
        learnt_(std::move(learnt)),
        thread_([this](auto stop) { work(stop); }) {}

  ~teacher() {
    thread_.request_stop();
    changed_.notify_all();
  }

  teacher(teacher const&) = delete;
  teacher& operator=(teacher const&) = delete;

  /// Asks for a lesson and does not wait.
  void request(shared_book wanted) {
    {
      std::scoped_lock const lock(mutex_);
      wanted_ = std::move(wanted);
    }
    changed_.notify_all();
  }

  /// The lesson of this very book.
  shared_lesson wait_for(shared_book const& wanted) {
    std::unique_lock lock(mutex_);
    failure_ = nullptr;  // of a book that nobody waited for
    auto const there = [&] { return newest_ && newest_->model == wanted->size(); };
    while (!there() && !failure_) {
      bool const underway = busy_with_ == wanted->size();
      if (!underway) wanted_ = wanted;
      changed_.notify_all();
      changed_.wait(lock);
    }
    if (failure_) std::rethrow_exception(failure_);
    return newest_;
  }

  /// The last lesson; empty before the first.
  [[nodiscard]] shared_lesson newest() const {
    std::scoped_lock const lock(mutex_);
    return newest_;
  }

 private:
  void work(std::stop_token const& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      if (!wanted_) {
        changed_.wait(lock, stop, [&] { return wanted_ != nullptr; });
        continue;
      }
      auto const now = std::exchange(wanted_, nullptr);
      busy_with_ = now->size();
      lock.unlock();
      shared_lesson made;
      std::exception_ptr failure;
      try {
        made = learn_(*now);
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      busy_with_ = -1;
      failure_ = failure;
      if (made) newest_ = std::move(made);
      changed_.notify_all();
      if (learnt_) learnt_();
    }
  }

  std::function<shared_lesson(book const&)> learn_;
  std::function<void()> learnt_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  shared_book wanted_;
  shared_lesson newest_;
  std::int64_t busy_with_ = -1;
  std::exception_ptr failure_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace label
