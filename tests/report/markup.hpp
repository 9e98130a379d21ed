// SPDX-License-Identifier: Apache-2.0
/// @file
/// What tests ask of markup: is it well formed, what does it say, how often.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace markup {

inline std::size_t count(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++n;
  }
  return n;
}

inline bool has(std::string_view text, std::string_view part) {
  return count(text, part) > 0;
}

/// The first thing wrong with the nesting of tags, or nothing. `<!…>`, `<meta …>` and `<…/>` stand
/// alone; attributes are quoted with ".
inline std::string fault(std::string_view text) {
  std::vector<std::string> open;
  for (auto at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    auto end = at;
    for (bool quoted = false; end < text.size() && (quoted || text[end] != '>'); ++end) {
      quoted = quoted != (text[end] == '"');
    }
    if (end == text.size()) {
      return "a tag without an end";
    }
    std::string_view const tag = text.substr(at + 1, end - at - 1);
    if (tag.find('<') != std::string_view::npos) {
      return "a < inside of " + std::string(tag);
    }
    std::string const name(tag.substr(0, tag.find_first_of(" /\n", 1)));
    if (tag.front() == '/') {
      if (open.empty() || "/" + open.back() != tag) {
        return std::string(tag) + " closes " + (open.empty() ? "nothing" : open.back());
      }
      open.pop_back();
    } else if (tag.front() != '!' && name != "meta" && tag.back() != '/') {
      open.push_back(name);
    }
    at = end;
  }
  return open.empty() ? "" : open.back() + " stays open";
}

/// The values of an attribute, in order.
inline std::vector<std::string> values(std::string_view text, std::string const& attribute) {
  std::string const start = " " + attribute + "=\"";
  std::vector<std::string> found;
  for (auto at = text.find(start); at != std::string_view::npos; at = text.find(start, at + 1)) {
    auto const from = at + start.size();
    found.emplace_back(text.substr(from, text.find('"', from) - from));
  }
  return found;
}

}  // namespace markup
