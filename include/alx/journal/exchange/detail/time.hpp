// SPDX-License-Identifier: Apache-2.0
/// @file
/// Moments as ISO 8601 writes them.
#pragma once

#include <alx/error.hpp>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace alx::inline v0::detail {

/// "2026-11-23T09:42:15.123Z" of milliseconds since 1970 began.
///
/// **Throws.** `data_error` outside the years 0 to 9999.
inline std::string iso_time(std::int64_t milliseconds) {
  constexpr std::int64_t year_0 = -62'167'219'200'000;
  constexpr std::int64_t year_10000 = 253'402'300'800'000;
  if (milliseconds < year_0 || milliseconds >= year_10000) {
    throw data_error("a time of " + std::to_string(milliseconds) +
                     " milliseconds is outside the years 0 to 9999");
  }
  std::chrono::sys_time<std::chrono::milliseconds> const at{
      std::chrono::milliseconds(milliseconds)};
  auto const day = std::chrono::floor<std::chrono::days>(at);
  std::chrono::year_month_day const date(day);
  auto const within = (at - day).count();
  std::array<char, 64> text{};
  int const size = std::snprintf(text.data(),
                                 text.size(),
                                 "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                                 static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()),
                                 static_cast<unsigned>(date.day()),
                                 static_cast<int>(within / 3'600'000),
                                 static_cast<int>(within / 60'000 % 60),
                                 static_cast<int>(within / 1000 % 60),
                                 static_cast<int>(within % 1000));
  return {text.data(), static_cast<std::size_t>(size)};
}

/// Reads a moment off the front of a text.
class time_reader {
 public:
  explicit time_reader(std::string_view text) : rest_(text) {}

  /// Takes `count` digits; -1 where they are not there.
  int digits(std::size_t count) {
    if (rest_.size() < count) return -1;
    int value = 0;
    for (char const c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return -1;
      value = 10 * value + (c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  /// Takes one of `any`; '\0' where none is there.
  char one_of(std::string_view any) {
    if (rest_.empty() || any.find(rest_.front()) == std::string_view::npos) return '\0';
    char const taken = rest_.front();
    rest_.remove_prefix(1);
    return taken;
  }

  /// Takes the digits after a point, of which three count.
  int thousandths() {
    int value = 0;
    int taken = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++taken) {
      if (taken < 3) value = 10 * value + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    for (; taken < 3; ++taken) value *= 10;
    return value;
  }

  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

/// Milliseconds since 1970 began of "2020-04-01T12:00:00.000000Z": a blank can stand for the T, the
/// fraction and the zone can be left out, a zone is Z or +02:00. Nothing where it is no such text.
inline std::optional<std::int64_t> parse_time(std::string_view text) {
  time_reader in(text);
  int const year = in.digits(4);
  bool well = in.one_of("-") != '\0';
  int const month = in.digits(2);
  well = well && in.one_of("-") != '\0';
  int const day = in.digits(2);
  well = well && in.one_of("T t") != '\0';
  int const hour = in.digits(2);
  well = well && in.one_of(":") != '\0';
  int const minute = in.digits(2);
  well = well && in.one_of(":") != '\0';
  int const second = in.digits(2);
  int const fraction = in.one_of(".,") != '\0' ? in.thousandths() : 0;
  int east = 0;  // minutes
  if (char const zone = in.one_of("Zz+-"); zone == '+' || zone == '-') {
    int const hours = in.digits(2);
    in.one_of(":");
    int const minutes = in.digits(2);
    well = well && hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
    east = (zone == '+' ? 1 : -1) * (60 * hours + minutes);
  }
  bool const clock =
      hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60;
  if (!well || !clock || !in.done() || year < 0 || month < 1 || day < 1) return std::nullopt;
  std::chrono::year_month_day const date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  std::int64_t const days = std::chrono::sys_days(date).time_since_epoch().count();
  return ((days * 24 + hour) * 60 + minute - east) * 60'000 + std::int64_t{1000} * second +
         fraction;
}

}  // namespace alx::inline v0::detail
