// SPDX-License-Identifier: Apache-2.0
/// @file
/// Curves with bands: several series over one x axis, and a legend below that tells their last
/// values.
#pragma once

#include <alx/report/svg.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace alx::inline v0::report {

/// One curve. A value that is not finite leaves a gap.
struct line_series {
  std::string name;
  hue colour = hue::blue;
  dash pattern = dash::solid;
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> lower;     ///< the band around `y`; empty for none
  std::vector<double> upper;     ///< likewise
  std::optional<double> marker;  ///< a value from elsewhere to compare the curve's end with
};

/// A value that holds for every x, drawn as a thin line.
struct reference_line {
  std::string name;
  double y = 0.0;
};

/// A chart of curves; `to_svg` draws it.
struct line_chart {
  chart_text text;
  std::string x_label;
  std::string y_label;
  std::vector<line_series> series;
  std::vector<reference_line> references;
  std::string last_heading = "last value";  ///< heads the legend's column of last values
  std::string marker_heading;               ///< heads the legend's column of markers
  int digits = 3;                           ///< decimals in the legend
};

}  // namespace alx::inline v0::report

namespace alx::inline v0::report::detail {

/// A chart's measures, in units of its view box.
struct line_layout {
  static constexpr int width = 460;
  static constexpr double left = 48.0;
  static constexpr double top = 58.0;
  static constexpr double plot_height = 236.0;
  static constexpr double row = 20.0;
  static constexpr double legend = top + plot_height + 58.0;  ///< baseline of its headings
  static constexpr double last_column = 352.0;                ///< right end of the numbers
  static constexpr double marker_column = 452.0;

  /// The right end of the curves: markers stand beyond it, where they cover nothing.
  [[nodiscard]] static double right(line_chart const& chart) {
    return chart.marker_heading.empty() ? 448.0 : 424.0;
  }
};

inline void include(interval& range, double value) {
  if (std::isfinite(value)) {
    range.lower = std::fmin(range.lower, value);
    range.upper = std::fmax(range.upper, value);
  }
}

inline void check(line_chart const& chart, line_series const& line) {
  std::size_t const n = line.x.size();
  bool const band = !line.lower.empty() || !line.upper.empty();
  if (line.y.size() != n || (band && (line.lower.size() != n || line.upper.size() != n))) {
    throw shape_error("line_chart \"" + chart.text.title + "\", series \"" + line.name +
                      "\": " + std::to_string(n) + " x, " + std::to_string(line.y.size()) + " y, " +
                      std::to_string(line.lower.size()) + " lower and " +
                      std::to_string(line.upper.size()) + " upper values");
  }
}

/// The axes that everything finite in the chart fits on.
inline plot_area fit_axes(line_chart const& chart) {
  double const infinity = std::numeric_limits<double>::infinity();
  interval x{infinity, -infinity};
  interval y{infinity, -infinity};
  for (auto const& line : chart.series) {
    check(chart, line);
    for (std::size_t i = 0; i < line.x.size(); ++i) {
      include(x, line.x[i]);
      include(y, line.y[i]);
      if (!line.lower.empty()) {
        include(y, line.lower[i]);
        include(y, line.upper[i]);
      }
    }
    include(y, line.marker.value_or(infinity));
  }
  for (auto const& reference : chart.references) {
    include(y, reference.y);
  }
  if (x.lower > x.upper || y.lower > y.upper) {
    throw data_error("line_chart \"" + chart.text.title + "\": no finite value to draw");
  }
  return {line_layout::left,
          line_layout::top,
          line_layout::right(chart) - line_layout::left,
          line_layout::plot_height,
          make_axis(x, 6),
          make_axis(widened(y, 0.04), 4)};
}

inline std::string point(plot_area const& area, double x, double y) {
  return plain_number(area.at_x(x), 1) + " " + plain_number(area.at_y(y), 1);
}

/// The commands of a path through `y`, begun anew after each gap.
inline std::string path_through(plot_area const& area, line_series const& line) {
  std::string path;
  bool pen_down = false;
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    bool const drawn = std::isfinite(line.x[i]) && std::isfinite(line.y[i]);
    if (drawn) {
      path += (pen_down ? "L" : "M") + point(area, line.x[i], line.y[i]);
    }
    pen_down = drawn;
  }
  return path;
}

/// The outlines of the band: along the upper ends, back along the lower ones, for each stretch
/// without a gap.
inline std::string path_around(plot_area const& area, line_series const& line) {
  std::string path;
  std::string back;
  auto const close = [&] {
    path += back.empty() ? "" : back + "Z";
    back.clear();
  };
  for (std::size_t i = 0; i < line.lower.size(); ++i) {
    double const x = line.x[i];
    if (!std::isfinite(x) || !std::isfinite(line.lower[i]) || !std::isfinite(line.upper[i])) {
      close();
      continue;
    }
    path += (back.empty() ? "M" : "L") + point(area, x, line.upper[i]);
    back.insert(0, "L" + point(area, x, line.lower[i]));
  }
  close();
  return path;
}

inline std::string svg_band(std::string_view path, hue colour) {
  return path.empty() ? ""
                      : element("path",
                                attribute("d", path) + painted("fill", colour) +
                                    attribute("fill-opacity", ".16"));
}

/// A line without filling; `pattern` is empty where it is whole.
inline std::string svg_stroke(std::string_view path,
                              hue colour,
                              double width,
                              std::string_view pattern) {
  return element("path",
                 attribute("d", path) + attribute("fill", "none") + painted("stroke", colour) +
                     attribute("stroke-width", width, 1) +
                     (pattern.empty() ? "" : attribute("stroke-dasharray", pattern)));
}

inline std::string svg_line(std::string_view path, line_series const& line) {
  return svg_stroke(path, line.colour, 2.0, dasharray(line.pattern));
}

/// References differ from curves (thin, in the text's colour) and from each other (dashes).
inline std::string svg_reference(std::string_view path, std::size_t which) {
  static constexpr std::array<std::string_view, 3> patterns{"", "6 4", "2 3"};
  return svg_stroke(path, hue::ink, 1.0, patterns[which % patterns.size()]);
}

inline std::string svg_diamond(double x, double y, hue colour) {
  std::string const start = "M" + plain_number(x - 4.5, 1) + " " + plain_number(y, 1);
  return svg_stroke(start + "l4.5-4.5 4.5 4.5-4.5 4.5Z", colour, 1.8, "");
}

/// The markers, in a margin of two columns: the second takes those that would lie on another.
inline std::string svg_markers(line_chart const& chart, plot_area const& area) {
  std::vector<line_series const*> marked;
  for (auto const& line : chart.series) {
    if (line.marker && std::isfinite(*line.marker)) {
      marked.push_back(&line);
    }
  }
  std::stable_sort(marked.begin(), marked.end(), [](auto const* a, auto const* b) {
    return *a->marker > *b->marker;
  });
  std::string out;
  double column = 0.0;
  double above = -1e9;
  for (auto const* line : marked) {
    double const y = area.at_y(*line->marker);
    column = y - above < 10.0 ? 1.0 - column : 0.0;
    out += svg_diamond(area.left + area.width + 8.0 + 12.0 * column, y, line->colour);
    above = y;
  }
  return out;
}

/// The last finite value of a curve, with half its band where there is one.
inline std::string last_value(line_series const& line, int digits) {
  for (std::size_t i = line.y.size(); i-- > 0;) {
    if (std::isfinite(line.y[i])) {
      double const half = line.upper.empty() ? -1.0 : (line.upper[i] - line.lower[i]) / 2.0;
      std::string const text = number(line.y[i], digits);
      return std::isfinite(half) && half >= 0.0 ? text + " ± " + number(half, digits) : text;
    }
  }
  return "–";
}

inline std::string svg_legend(line_chart const& chart) {
  double y = line_layout::legend;
  std::string out = svg_text(line_layout::last_column, y, "soft end", chart.last_heading);
  if (!chart.marker_heading.empty()) {
    out += svg_text(line_layout::marker_column, y, "soft end", chart.marker_heading);
  }
  auto const row = [&](std::string_view name, std::string_view last) {
    return svg_text(46.0, y, "", name) + svg_text(line_layout::last_column, y, "end figures", last);
  };
  auto const sample = [&](double up) { return "M4 " + plain_number(y - up, 1) + "h36"; };
  for (auto const& line : chart.series) {
    y += line_layout::row;
    if (!line.lower.empty()) {
      out += svg_band(sample(10.0) + "v11h-36Z", line.colour);
    }
    out += svg_line(sample(4.5), line);
    out += row(line.name, last_value(line, chart.digits));
    if (line.marker && std::isfinite(*line.marker)) {
      out += svg_diamond(line_layout::marker_column - 64.0, y - 4.5, line.colour);
      out += svg_text(
          line_layout::marker_column, y, "end figures", number(*line.marker, chart.digits));
    }
  }
  for (std::size_t i = 0; i < chart.references.size(); ++i) {
    y += line_layout::row;
    out += svg_reference(sample(4.5), i);
    out += row(chart.references[i].name, number(chart.references[i].y, chart.digits));
  }
  return out;
}

}  // namespace alx::inline v0::report::detail

namespace alx::inline v0::report {

/// Draws the curves over their bands, the references below both, and the legend under the plot.
///
/// **Throws.** `shape_error` naming the series whose lengths differ, `data_error` where no value is
/// finite.
inline std::string to_svg(line_chart const& chart, placement where = placement::in_page) {
  auto const area = detail::fit_axes(chart);
  std::string body = svg_text(4.0, 19.0, "head", chart.text.title);
  body += svg_axes(area, chart.x_label, chart.y_label);
  for (std::size_t i = 0; i < chart.references.size(); ++i) {
    double const y = chart.references[i].y;
    if (std::isfinite(y)) {
      std::string const from = detail::point(area, area.x.low, y);
      body += detail::svg_reference("M" + from + "h" + plain_number(area.width, 1), i);
    }
  }
  for (auto const& line : chart.series) {
    body += detail::svg_band(detail::path_around(area, line), line.colour);
  }
  for (auto const& line : chart.series) {
    body += detail::svg_line(detail::path_through(area, line), line);
  }
  body += detail::svg_markers(chart, area);
  body += detail::svg_legend(chart);
  auto const rows = static_cast<double>(chart.series.size() + chart.references.size());
  double const height = detail::line_layout::legend + rows * detail::line_layout::row + 10.0;
  return svg_document(
      chart.text, detail::line_layout::width, static_cast<int>(height), body, where);
}

}  // namespace alx::inline v0::report
