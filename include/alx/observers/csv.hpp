// SPDX-License-Identifier: Apache-2.0
/// @file
/// Observer: a table of the rounds in a file, for spreadsheets and plots.
#pragma once

#include <alx/concepts/observer.hpp>
#include <alx/detail/shortest.hpp>
#include <alx/observers/detail/round_file.hpp>

#include <string>

namespace alx::inline v0 {

/// Writes `round,labelled,METRIC…` and one line a round, each on disk before the next round begins.
/// Numbers read back to the same bits.
///
/// **Throws.** `data_error` naming the path where it cannot be written.
class csv {
 public:
  explicit csv(std::string path) : file_(std::move(path)) {}

  void operator()(round_scored const& event) {
    if (!headed_) {
      std::string heading = "round,labelled";
      for (score_of const& score : event.report.scores) heading += "," + quoted(score.metric);
      file_.line(heading);
      headed_ = true;
    }
    std::string line =
        std::to_string(event.report.round) + "," + std::to_string(event.report.labelled);
    for (score_of const& score : event.report.scores) {
      line += "," + detail::shortest(score.value);
    }
    file_.line(line);
  }

 private:
  /// The name as a CSV field: in quotes where it has a comma, a quote or a line's end.
  [[nodiscard]] static std::string quoted(std::string const& name) {
    if (name.find_first_of(",\"\r\n") == std::string::npos) return name;
    std::string field = "\"";
    for (char const c : name) field += c == '"' ? std::string("\"\"") : std::string(1, c);
    return field + '"';
  }

  detail::round_file file_;
  bool headed_ = false;
};

static_assert(observer<csv>);

}  // namespace alx::inline v0
