// SPDX-License-Identifier: Apache-2.0
/// @file
/// The frame around every chart: the `<svg>` element with its text alternatives and style, axes
/// with round ticks, and the mapping from values to coordinates.
#pragma once

#include <alx/error.hpp>
#include <alx/experiment/statistics.hpp>
#include <alx/report/palette.hpp>
#include <alx/report/text.hpp>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace alx::inline v0::report {

/// Where a chart will stand: a file of its own carries its colours, a page has them already.
enum class placement { in_page, own_file };

/// The name of a chart (unique on its page, it becomes part of ids) and its text alternatives.
struct chart_text {
  std::string id;
  std::string title;
  std::string description;  ///< what a reader who does not see the chart should know
};

/// Values from `low` to `high`, with round ticks among them and the decimals they need.
struct axis {
  double low = 0.0;
  double high = 1.0;
  std::vector<double> ticks;
  int digits = 0;
};

/// An axis over `range` with about `wanted` ticks 1, 2 or 5 times a power of ten apart; an empty
/// range is widened around its value.
///
/// **Throws.** `data_error` where an end is not finite or the ends are the wrong way round.
inline axis make_axis(interval range, int wanted) {
  if (!std::isfinite(range.lower) || !std::isfinite(range.upper) || range.lower > range.upper) {
    throw data_error("make_axis: no axis from " + number(range.lower, 6) + " to " +
                     number(range.upper, 6));
  }
  if (range.upper - range.lower < 1e-9 * std::fabs(range.lower) || range.lower == range.upper) {
    double const by = range.lower == 0.0 ? 0.5 : std::fabs(range.lower) / 2.0;
    range = {range.lower - by, range.upper + by};
  }
  double const rough = (range.upper - range.lower) / wanted;
  double const power = std::floor(std::log10(rough));
  double const base = std::pow(10.0, power);
  double const share = rough / base;
  double const factor = share < 1.5 ? 1.0 : share < 3.5 ? 2.0 : share < 7.5 ? 5.0 : 10.0;
  double const step = factor * base;
  axis result{range.lower, range.upper, {}, 0};
  result.digits = static_cast<int>(std::fmax(0.0, -power - (factor == 10.0 ? 1.0 : 0.0)));
  double const slack = step * 1e-6;
  double const last = std::floor((range.upper + slack) / step);
  for (double k = std::ceil((range.lower - slack) / step); k <= last; k += 1.0) {
    result.ticks.push_back(k * step);
  }
  return result;
}

/// `range`, wider by `share` of itself at both ends, so that no mark touches the frame.
inline interval widened(interval range, double share) {
  double const by = rounded((range.upper - range.lower) * share);
  return {range.lower - by, range.upper + by};
}

/// The rectangle that data are drawn in, and its two axes.
struct plot_area {
  double left = 0.0;
  double top = 0.0;
  double width = 0.0;
  double height = 0.0;
  axis x;
  axis y;

  [[nodiscard]] double at_x(double value) const {
    return left + width * (value - x.low) / (x.high - x.low);
  }

  [[nodiscard]] double at_y(double value) const {
    return top + height * (y.high - value) / (y.high - y.low);
  }
};

/// One line of text. `style` names classes of `chart_css`.
inline std::string svg_text(double x, double y, std::string_view style, std::string_view text) {
  std::string attributes = attribute("x", x, 1) + attribute("y", y, 1);
  if (!style.empty()) {
    attributes += attribute("class", style);
  }
  return element("text", attributes, escape(text));
}

/// The attribute that paints `which` ("stroke" or "fill"): the variable of the page, and the light
/// value where there is none or where a program knows no variables.
inline std::string painted(std::string_view which, hue colour) {
  auto const& p = paint_of(colour);
  std::string style(which);
  style.append(":var(").append(p.variable).append(",").append(p.light).append(")");
  return attribute(which, p.light) + attribute("style", style);
}

/// Grid, ticks, and the names of the axes: y's stands above the axis, where it needs no turned
/// letters.
inline std::string svg_axes(plot_area const& area,
                            std::string_view x_label,
                            std::string_view y_label) {
  double const right = area.left + area.width;
  double const bottom = area.top + area.height;
  std::string grid;
  std::string labels;
  for (double const tick : area.y.ticks) {
    double const y = area.at_y(tick);
    grid += "M" + plain_number(area.left, 1) + " " + plain_number(y, 1);
    grid += "H" + plain_number(right, 1);
    labels += svg_text(area.left - 5.0, y + 4.0, "end", number(tick, area.y.digits));
  }
  for (double const tick : area.x.ticks) {
    double const x = area.at_x(tick);
    grid += "M" + plain_number(x, 1) + " " + plain_number(area.top, 1);
    grid += "V" + plain_number(bottom, 1);
    labels += svg_text(x, bottom + 15.0, "mid", number(tick, area.x.digits));
  }
  return element("path", attribute("class", "grid") + attribute("d", grid)) +
         element("g", attribute("class", "tick"), labels) +
         svg_text(area.left + area.width / 2.0, bottom + 32.0, "soft mid", x_label) +
         svg_text(4.0, area.top - 13.0, "soft", y_label);
}

/// The style of every chart's own parts; `palette_css` has the colours.
inline std::string chart_css() {
  return R"css(
.alx { display: block; width: 100%; height: auto;
  font: 14px system-ui, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; }
.alx text { fill: var(--alx-ink); }
.alx .head { font-weight: 650; font-size: 16px; }
.alx .soft, .alx .tick text { fill: var(--alx-soft); }
.alx .tick text { font-size: 13px; }
.alx .mid { text-anchor: middle; }
.alx .end { text-anchor: end; }
.alx .figures { font-variant-numeric: tabular-nums; }
.alx .grid { stroke: #DADDE2; stroke: var(--alx-rule); fill: none; }
.alx .paper { fill: #FFFFFF; fill: var(--alx-paper); }
)css";
}

/// `body` as an `<svg>` of `width` × `height` units that scales with the space it is given.
inline std::string svg_document(
    chart_text const& text, int width, int height, std::string_view body, placement where) {
  std::string const w = std::to_string(width);
  std::string const h = std::to_string(height);
  std::string attributes = attribute("class", "alx") + attribute("viewBox", "0 0 " + w + " " + h) +
                           attribute("role", "img") +
                           attribute("aria-labelledby", text.id + "-title " + text.id + "-desc");
  std::string content =
      element("title", attribute("id", text.id + "-title"), escape(text.title)) +
      element("desc", attribute("id", text.id + "-desc"), escape(text.description));
  if (where == placement::own_file) {  // a size of its own, which shrinks where room is short
    std::string const shown = std::to_string(width * 3 / 2);
    attributes += attribute("xmlns", "http://www.w3.org/2000/svg") + attribute("width", shown) +
                  attribute("height", std::to_string(height * 3 / 2));
    content +=
        element("style",
                "",
                palette_css() + chart_css() + ".alx { width: " + shown + "px; max-width: 100%; }");
    content += element(
        "rect", attribute("class", "paper") + attribute("width", w) + attribute("height", h));
  }
  return element("svg", attributes, content.append(body)) + "\n";
}

}  // namespace alx::inline v0::report
