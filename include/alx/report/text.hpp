// SPDX-License-Identifier: Apache-2.0
/// @file
/// Pieces of text: escaping, numbers without a locale, elements of HTML and SVG, a file.
#pragma once

#include <alx/error.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <string>
#include <string_view>

namespace alx::inline v0::report {

/// `text` as it can stand in HTML and SVG, between tags and in quoted attributes. Control
/// characters, which XML forbids, become U+FFFD.
inline std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char const c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default: {
        bool const forbidden = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
        out += forbidden ? std::string_view("\xEF\xBF\xBD") : std::string_view(&c, 1);
      }
    }
  }
  return out;
}

/// `value` with `digits` decimals and an ASCII minus, for coordinates and attributes; never "-0".
///
/// **Throws.** `data_error` where `value` is not finite: SVG has no word for it.
inline std::string plain_number(double value, int digits) {
  if (!std::isfinite(value)) {
    throw data_error("plain_number: a coordinate is not finite");
  }
  std::array<char, 400> buffer{};  // the longest double has 309 digits before the point
  char* const end = buffer.data() + buffer.size();
  auto const written = std::to_chars(buffer.data(), end, value, std::chars_format::fixed, digits);
  std::string_view text(buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data()));
  if (text.starts_with('-') && text.find_first_not_of("-0.") == std::string_view::npos) {
    text.remove_prefix(1);
  }
  return std::string(text);
}

/// `value` as people read it: `digits` decimals, a true minus sign, "–" where it is not finite.
inline std::string number(double value, int digits) {
  if (!std::isfinite(value)) {
    return "–";
  }
  std::string text = plain_number(value, digits);
  return text.starts_with('-') ? "−" + text.substr(1) : text;
}

/// Like `number`, with a plus sign before what is greater than zero.
inline std::string signed_number(double value, int digits) {
  std::string const text = number(value, digits);
  return value > 0.0 && std::isfinite(value) ? "+" + text : text;
}

/// ` name="value"`, escaped: a blank, so that attributes are put together with `+`.
inline std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + escape(value) + '"';
}

/// Like the above, with a coordinate or a size.
inline std::string attribute(std::string_view name, double value, int digits) {
  return attribute(name, plain_number(value, digits));
}

/// `<name attributes>content</name>`; the content is taken as it is.
inline std::string element(std::string_view name,
                           std::string_view attributes,
                           std::string_view content) {
  std::string out;
  out.reserve(content.size() + attributes.size() + 2 * name.size() + 5);
  out.append("<").append(name).append(attributes).append(">").append(content);
  return out.append("</").append(name).append(">");
}

/// `<name attributes/>`, an element of SVG without content.
inline std::string element(std::string_view name, std::string_view attributes) {
  return std::string("<").append(name).append(attributes).append("/>");
}

/// Writes `text` to the file `path`, over what was there.
///
/// **Throws.** `data_error` naming the path.
inline void write_text(std::string const& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) {
    throw data_error("write_text: cannot write " + path);
  }
}

}  // namespace alx::inline v0::report
