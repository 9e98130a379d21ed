// SPDX-License-Identifier: Apache-2.0
/// @file
/// Bytes that are no UTF-8 text: what they look like, and Windows-1252 as UTF-8.
///
/// **Reference.** WHATWG Encoding Standard, index windows-1252.
#pragma once

#include <alx/error.hpp>
#include <alx/text/detail/unicode.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace alx::inline v0 {

/// Latin-1 as Windows has it (Windows-1252) as UTF-8: 0x80 to 0x9F are the euro sign, curly quotes
/// and their like; the five of them that mean nothing stay control characters. Every byte is some
/// character, so nothing is refused: bytes that are UTF-8 already come out garbled.
[[nodiscard]] inline std::string latin1_to_utf8(std::string_view bytes) {
  constexpr std::array<std::int32_t, 32> from_0x80 = {
      0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
      0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
      0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (char const one : bytes) {
    std::int32_t point = static_cast<unsigned char>(one);
    if (point >= 0x80 && point < 0xA0) point = from_0x80[static_cast<std::size_t>(point - 0x80)];
    std::array<char, 4> encoded{};
    out.append(encoded.data(), detail::unicode::encode(point, encoded.data()));
  }
  return out;
}

}  // namespace alx::inline v0

namespace alx::inline v0::detail {

/// **Throws.** `data_error` where the first bytes are those of something that has no lines of text:
/// packed data, a spreadsheet, UTF-16.
inline void expect_plain_text(std::string_view bytes, std::string const& name) {
  auto const begins = [&](std::string_view mark) { return bytes.substr(0, mark.size()) == mark; };
  if (begins("\x1F\x8B") || begins("\xFD\x37zXZ")) {
    throw data_error(name + ": is compressed; unpack it first");
  }
  if (begins("PK\x03\x04")) {
    throw data_error(name + ": is a .zip archive or a spreadsheet; unpack it, or save it as CSV");
  }
  if (begins("\xFF\xFE") || begins("\xFE\xFF")) {
    throw data_error(name +
                     ": is UTF-16 and UTF-8 is wanted; convert it: iconv -f UTF-16 -t UTF-8");
  }
}

inline std::string_view without_byte_order_mark(std::string_view bytes) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (bytes.substr(0, mark.size()) == mark) bytes.remove_prefix(mark.size());
  return bytes;
}

/// What is wrong with a text that is not UTF-8: "is not UTF-8 (byte 0xE9 after 'caf'); …".
inline std::string not_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    auto const [point, bytes] = unicode::decode(text, at);
    if (point == unicode::replacement && bytes == 1) break;
    at += bytes;
  }
  std::size_t from = at > 20 ? at - 20 : 0;
  while (from < at && unicode::is_continuation(unicode::byte_at(text, from))) ++from;
  constexpr std::string_view digits = "0123456789ABCDEF";
  auto const byte = at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  std::string why = "is not UTF-8 (byte 0x";
  why += digits[byte / 16];
  why += digits[byte % 16];
  if (from < at) {
    why += " after '";
    why += text.substr(from, at - from);
    why += '\'';
  }
  return why +
         "); it looks like Latin-1 or Windows-1252: convert the file with iconv -f WINDOWS-1252 "
         "-t UTF-8";
}

}  // namespace alx::inline v0::detail
