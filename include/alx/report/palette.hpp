// SPDX-License-Identifier: Apache-2.0
/// @file
/// Colours and dashes that everyone can tell apart, on light and on dark paper.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace alx::inline v0::report {

/// The hues of a chart: those of Okabe & Ito (chosen for every kind of colour blindness), the
/// text's own colour, and a grey for what stays in the background.
///
/// **Reference.** M. Okabe, K. Ito: Color Universal Design (2008).
enum class hue { blue, orange, green, vermillion, purple, sky, yellow, ink, grey };

/// How a line is drawn, so that it is known without its colour.
enum class dash { solid, long_dash, dot, dash_dot, short_dash, dash_dot_dot };

/// One colour as its CSS variable and its values on light and on dark paper.
struct paint {
  std::string_view variable;
  std::string_view light;
  std::string_view dark;
};

}  // namespace alx::inline v0::report

namespace alx::inline v0::report::detail {

/// In the order of `hue`. The dark blue of the original set vanishes on dark paper: it is lightened
/// there.
inline constexpr std::array<paint, 9> hues{{{"--alx-blue", "#0072B2", "#4DA3E0"},
                                            {"--alx-orange", "#E69F00", "#E69F00"},
                                            {"--alx-green", "#009E73", "#1DB98E"},
                                            {"--alx-vermillion", "#D55E00", "#F0772B"},
                                            {"--alx-purple", "#CC79A7", "#DB8DB9"},
                                            {"--alx-sky", "#56B4E9", "#56B4E9"},
                                            {"--alx-yellow", "#F0E442", "#F0E442"},
                                            {"--alx-ink", "#1B1F24", "#E8EAED"},
                                            {"--alx-grey", "#8A9099", "#7C838C"}}};

/// What a page and a chart are drawn on and with.
inline constexpr std::array<paint, 4> surfaces{{{"--alx-paper", "#FFFFFF", "#16191D"},
                                                {"--alx-panel", "#F5F6F8", "#20242A"},
                                                {"--alx-rule", "#DADDE2", "#3A4048"},
                                                {"--alx-soft", "#555C66", "#A9B0BA"}}};

/// In the order of `dash`, as SVG's stroke-dasharray.
inline constexpr std::array<std::string_view, 6> dashes{
    "", "9 3", "1.5 3", "8 3 1.5 3", "4 2.5", "8 2.5 1.5 2.5 1.5 2.5"};

inline std::string declarations(std::string_view paint::*value) {
  std::string css;
  auto const add = [&](paint const& p) {
    css.append(p.variable).append(":").append(p.*value).append(";");
  };
  for (auto const& p : hues) {
    add(p);
  }
  for (auto const& p : surfaces) {
    add(p);
  }
  return css;
}

}  // namespace alx::inline v0::report::detail

namespace alx::inline v0::report {

/// The paint of a hue.
constexpr paint const& paint_of(hue which) {
  return detail::hues[static_cast<std::size_t>(which)];
}

/// The stroke-dasharray of a dash; empty where the line is whole.
constexpr std::string_view dasharray(dash which) {
  return detail::dashes[static_cast<std::size_t>(which)];
}

/// CSS that defines every colour as a variable, for light paper and, where the reader's system
/// asks for it, for dark paper; printers get the light one.
inline std::string palette_css() {
  return ":root{color-scheme:light dark;" + detail::declarations(&paint::light) +
         "}@media screen and (prefers-color-scheme:dark){:root{" +
         detail::declarations(&paint::dark) + "}}";
}

}  // namespace alx::inline v0::report
