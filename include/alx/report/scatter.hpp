// SPDX-License-Identifier: Apache-2.0
/// @file
/// Clouds of points by group, small enough that a page can hold dozens of them.
#pragma once

#include <alx/report/svg.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0::report {

/// The form of a group's points, so that it is known without its colour.
enum class mark { dot, square };

/// Points that look alike. Those with a coordinate that is not finite are not drawn (the chart's
/// description counts them).
struct point_group {
  std::string name;
  hue colour = hue::blue;
  mark form = mark::dot;
  double size = 2.0;     ///< across, in units of a view box 320 wide
  double opacity = 1.0;  ///< of the whole group: its own points do not add up
  std::vector<double> x;
  std::vector<double> y;
};

/// A chart of points; later groups lie over earlier ones. `to_svg` draws it.
struct scatter {
  chart_text text;
  std::string x_label;
  std::string y_label;
  std::vector<point_group> groups;
  std::optional<interval> x_range;  ///< instead of the data's; points outside are not drawn
  std::optional<interval> y_range;  ///< likewise
};

}  // namespace alx::inline v0::report

namespace alx::inline v0::report::detail {

/// A chart's measures, in units of its view box.
struct scatter_layout {
  static constexpr int width = 320;
  static constexpr double left = 38.0;
  static constexpr double top = 58.0;
  static constexpr double plot_width = 266.0;
  static constexpr double plot_height = 236.0;
  static constexpr double legend = top + plot_height + 54.0;
  static constexpr double row = 18.0;
};

/// Adds the range that holds every finite value. **Throws.** `shape_error` naming the group.
inline plot_area fit_axes(scatter const& chart) {
  double const infinity = std::numeric_limits<double>::infinity();
  interval x{infinity, -infinity};
  interval y{infinity, -infinity};
  for (auto const& group : chart.groups) {
    if (group.x.size() != group.y.size()) {
      throw shape_error("scatter \"" + chart.text.title + "\", group \"" + group.name +
                        "\": " + std::to_string(group.x.size()) + " x and " +
                        std::to_string(group.y.size()) + " y values");
    }
    for (std::size_t i = 0; i < group.x.size(); ++i) {
      if (std::isfinite(group.x[i]) && std::isfinite(group.y[i])) {
        x = {std::fmin(x.lower, group.x[i]), std::fmax(x.upper, group.x[i])};
        y = {std::fmin(y.lower, group.y[i]), std::fmax(y.upper, group.y[i])};
      }
    }
  }
  interval const nothing{0.0, 1.0};
  x = chart.x_range.value_or(x.lower <= x.upper ? x : nothing);
  y = chart.y_range.value_or(y.lower <= y.upper ? y : nothing);
  return {scatter_layout::left,
          scatter_layout::top,
          scatter_layout::plot_width,
          scatter_layout::plot_height,
          make_axis(widened(x, 0.02), 4),
          make_axis(widened(y, 0.02), 4)};
}

/// The distinct whole coordinates that a group's points fall on, in order.
inline std::vector<std::pair<int, int>> pixels(plot_area const& area, point_group const& group) {
  std::vector<std::pair<int, int>> at;
  at.reserve(group.x.size());
  for (std::size_t i = 0; i < group.x.size(); ++i) {
    double const x = group.x[i];
    double const y = group.y[i];
    if (area.x.low <= x && x <= area.x.high && area.y.low <= y && y <= area.y.high) {
      at.emplace_back(static_cast<int>(std::lround(area.at_x(x))),
                      static_cast<int>(std::lround(area.at_y(y))));
    }
  }
  std::sort(at.begin(), at.end());
  at.erase(std::unique(at.begin(), at.end()), at.end());
  return at;
}

/// One path for the whole group: moves relative to the point before, lines of length 0 whose caps
/// are the marks.
inline std::string svg_points(std::vector<std::pair<int, int>> const& at,
                              point_group const& group) {
  std::string path;
  std::pair<int, int> before{0, 0};
  for (auto const& p : at) {
    std::string const dy = std::to_string(p.second - before.second);
    path += "m" + std::to_string(p.first - before.first);
    path += dy.starts_with('-') ? dy : " " + dy;
    path += "h0";
    before = p;
  }
  std::string_view const cap = group.form == mark::dot ? "round" : "square";
  return element("path",
                 attribute("d", path) + attribute("fill", "none") +
                     painted("stroke", group.colour) + attribute("stroke-width", group.size, 1) +
                     attribute("stroke-opacity", group.opacity, 2) +
                     attribute("stroke-linecap", cap));
}

inline std::size_t legend_columns(scatter const& chart) {
  return chart.groups.size() % 3 == 0 ? 3 : 2;
}

/// Below the plot, two groups a row, or three.
inline std::string svg_legend(scatter const& chart) {
  std::string out;
  std::size_t const columns = legend_columns(chart);
  for (std::size_t i = 0; i < chart.groups.size(); ++i) {
    auto sample = chart.groups[i];
    auto const x = 12 + static_cast<int>(i % columns * 312 / columns);
    std::size_t const row = i / columns;
    double const y = scatter_layout::legend + scatter_layout::row * static_cast<double>(row);
    sample.size = std::fmax(sample.size, 6.0);
    sample.opacity = std::fmax(sample.opacity, 0.8);
    out += svg_points({{x, static_cast<int>(y) - 5}}, sample);
    out += svg_text(x + 10.0, y, "", sample.name);
  }
  return out;
}

inline std::size_t undrawable(scatter const& chart) {
  std::size_t count = 0;
  for (auto const& group : chart.groups) {
    for (std::size_t i = 0; i < group.x.size(); ++i) {
      count += std::isfinite(group.x[i]) && std::isfinite(group.y[i]) ? 0U : 1U;
    }
  }
  return count;
}

}  // namespace alx::inline v0::report::detail

namespace alx::inline v0::report {

/// Draws the groups one over the other, and their names under the plot.
///
/// **Cost.** About 7 characters for each distinct point of a grid of 266 × 236.
/// **Throws.** `shape_error` naming a group whose x and y differ in length; `data_error` where a
/// given range is none.
inline std::string to_svg(scatter const& chart, placement where = placement::in_page) {
  auto const area = detail::fit_axes(chart);
  std::string body = svg_text(4.0, 19.0, "head", chart.text.title);
  body += svg_axes(area, chart.x_label, chart.y_label);
  for (auto const& group : chart.groups) {
    body += detail::svg_points(detail::pixels(area, group), group);
  }
  body += detail::svg_legend(chart);
  auto text = chart.text;
  if (auto const missing = detail::undrawable(chart); missing > 0) {
    text.description +=
        " " + std::to_string(missing) + " points with a missing value are not drawn.";
  }
  std::size_t const columns = detail::legend_columns(chart);
  std::size_t const rows = (chart.groups.size() + columns - 1) / columns;
  double const height = detail::scatter_layout::legend + 10.0 +
                        detail::scatter_layout::row * (static_cast<double>(rows) - 1.0);
  return svg_document(text, detail::scatter_layout::width, static_cast<int>(height), body, where);
}

}  // namespace alx::inline v0::report
