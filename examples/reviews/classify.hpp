// SPDX-License-Identifier: Apache-2.0
/// @file
/// `reviews classify`: what a trained model says of texts.
#pragma once

#include <alx/error.hpp>
#include <alx/matrix.hpp>
#include <alx/parallel.hpp>
#include <alx/text_model.hpp>
#include <alx/view.hpp>

#include "support/program.hpp"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <iostream>
#include <span>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

namespace reviews {

/// Lines of a stream, as many at a time as have arrived: whoever types, or asks through a pipe and
/// waits, has each line's answer at once, and files go in large pieces.
class arriving_lines {
 public:
  explicit arriving_lines(std::streambuf& in) : in_(&in) {}

  /// The lines that are there, waiting for one; none at the end. Gone at the next call. What
  /// follows the last end of line is one more line, unless it is empty.
  std::vector<std::string_view> next() {
    bytes_.erase(0, taken_);
    std::size_t end = bytes_.npos;
    bool more = true;
    while (more && end == bytes_.npos) {
      std::size_t const before = bytes_.size();
      more = read_some();
      end = bytes_.substr(before).rfind('\n');
      if (end != bytes_.npos) end += before;
    }
    taken_ = more ? end + 1 : bytes_.size();
    std::vector<std::string_view> lines;
    for (std::string_view rest(bytes_.data(), taken_); !rest.empty();) {
      std::size_t const size = std::min(rest.find('\n'), rest.size());
      lines.push_back(rest.substr(0, size));
      rest.remove_prefix(std::min(size + 1, rest.size()));
    }
    return lines;
  }

 private:
  /// Appends what is there, at least a byte; false at the end.
  bool read_some() {
    constexpr std::streamsize most = 1 << 20;
    using traits = std::streambuf::traits_type;
    if (traits::eq_int_type(in_->sgetc(), traits::eof())) return false;
    std::size_t const begin = bytes_.size();
    for (auto there = in_->in_avail(); there > 0; there = in_->in_avail()) {
      auto const read = static_cast<std::streamsize>(bytes_.size() - begin);
      if (read >= most) break;
      auto const size = bytes_.size();
      bytes_.resize(size + static_cast<std::size_t>(std::min(there, most - read)));
      auto const got =
          in_->sgetn(bytes_.data() + size, static_cast<std::streamsize>(bytes_.size() - size));
      bytes_.resize(size + static_cast<std::size_t>(got));
      if (got == 0) break;
    }
    return true;
  }

  std::streambuf* in_;
  std::string bytes_;
  std::size_t taken_ = 0;
};

class classify {
 public:
  static constexpr char const* name = "classify";
  static constexpr char const* purpose =
      "A probability and the class of each text, a line each, with a tab between: of two classes\n"
      "the probability of class 1, of more that of the class which is named.\n"
      "Texts are the arguments or, where there are none, the lines of the standard input.";

  void describe(CLI::App& app) {
    app.add_option("--bundle",
                   bundle_,
                   "a trained model, of two classes or more, as train, full and active write it")
        ->type_name("DIR")
        ->required();
    app.add_option("TEXT", texts_, "what to classify");
    program::add_threads(app, threads_);
  }

  void work() const {
    std::ios::sync_with_stdio(false);  // else the input has a byte at a time
    auto const model = alx::text_model::load(bundle_);
    alx::thread_team team(threads_);
    if (!texts_.empty()) {
      answer(model, std::vector<std::string_view>(texts_.begin(), texts_.end()), team);
      return;
    }
    arriving_lines arriving(*std::cin.rdbuf());
    for (auto lines = arriving.next(); !lines.empty(); lines = arriving.next()) {
      answer(model, lines, team);
    }
  }

 private:
  static void answer(alx::text_model const& model,
                     std::span<std::string_view const> texts,
                     alx::thread_team& team) {
    auto const classes = model.classes().size();
    alx::matrix<double> all(std::ssize(texts), std::ssize(model.classes()));
    model.predict_proba(texts, all.view(), team);
    for (alx::index_t i = 0; i < all.rows(); ++i) {
      std::span<double const> const p(&all(i, 0), classes);
      auto const found = model.class_of(p);
      auto const shown = classes == 2 ? 1 : static_cast<std::size_t>(found);
      std::cout << program::text("%.6f", p[shown]) << '\t' << model.class_name(found) << '\n';
    }
    if (!std::cout.flush()) throw alx::data_error("the standard output cannot be written");
  }

  std::string bundle_;
  std::vector<std::string> texts_;
  int threads_ = 0;
};

}  // namespace reviews
