// SPDX-License-Identifier: Apache-2.0
/// @file
/// Observer: one JSON object a round in a file, with the ids that were labelled.
#pragma once

#include <alx/concepts/observer.hpp>
#include <alx/detail/shortest.hpp>
#include <alx/observers/detail/round_file.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <string>

namespace alx::inline v0 {

/// Writes `{"round":…,"labelled":…,"added":[ids],"scores":{METRIC:…}}`, one line a round, each on
/// disk before the next round begins. Numbers read back to the same bits; NaN is null.
///
/// **Throws.** `data_error` naming the path where it cannot be written.
class jsonl {
 public:
  explicit jsonl(std::string path) : file_(std::move(path)) {}

  void operator()(round_scored const& event) {
    std::string line = "{\"round\":" + std::to_string(event.report.round) +
                       ",\"labelled\":" + std::to_string(event.report.labelled) + ",\"added\":[";
    char const* separator = "";
    for (index_t const id : event.report.added) {
      line += separator + std::to_string(id);
      separator = ",";
    }
    line += "],\"scores\":{";
    separator = "";
    for (score_of const& score : event.report.scores) {
      line += separator + quoted(score.metric) + ":" +
              (std::isfinite(score.value) ? detail::shortest(score.value) : "null");
      separator = ",";
    }
    file_.line(line + "}}");
  }

 private:
  /// The name as a JSON string.
  [[nodiscard]] static std::string quoted(std::string const& name) {
    std::string text = "\"";
    for (char const c : name) {
      if (static_cast<unsigned char>(c) < 0x20) {
        std::array<char, 8> escape{};
        std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
        text += escape.data();
        continue;
      }
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    return text + '"';
  }

  detail::round_file file_;
};

static_assert(observer<jsonl>);

}  // namespace alx::inline v0
