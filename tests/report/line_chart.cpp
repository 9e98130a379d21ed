// SPDX-License-Identifier: Apache-2.0
#include <alx/report/line_chart.hpp>

#include <doctest/doctest.h>

#include "markup.hpp"
#include <limits>

using namespace alx::report;

namespace {

double const nan_value = std::numeric_limits<double>::quiet_NaN();

line_chart two_lines() {
  line_chart chart;
  chart.text = {"c", "Chart & title", "Two lines."};
  chart.x_label = "labels <n>";
  chart.y_label = "score";
  line_series first{"a<b", hue::blue, dash::solid, {0, 1, 2}, {0.0, 0.5, 1.0}, {}, {}, {}};
  line_series second{"second",
                     hue::orange,
                     dash::dot,
                     {0, 1, 2},
                     {1.0, 0.5, 0.25},
                     {0.9, 0.4, 0.2},
                     {1.1, 0.6, 0.3},
                     0.2};
  chart.series = {first, second};
  chart.references = {{"best possible", 1.5}};
  chart.last_heading = "final";
  chart.marker_heading = "published";
  chart.digits = 2;
  return chart;
}

std::vector<std::string> paths(std::string const& svg) {
  return markup::values(svg, "d");
}

}  // namespace

TEST_CASE("a chart is well formed, escaped, and the same every time") {
  auto const svg = to_svg(two_lines());
  CHECK(markup::fault(svg).empty());
  CHECK(svg == to_svg(two_lines()));
  CHECK(markup::has(svg, ">Chart &amp; title<"));
  CHECK(markup::has(svg, ">a&lt;b<"));
  CHECK(markup::has(svg, ">labels &lt;n&gt;<"));
  CHECK(markup::fault(to_svg(two_lines(), placement::own_file)).empty());
}

TEST_CASE("the legend tells last values, bands, markers and references") {
  auto const svg = to_svg(two_lines());
  CHECK(markup::has(svg, ">1.00<"));
  CHECK(markup::has(svg, ">0.25 ± 0.05<"));
  CHECK(markup::has(svg, ">published<"));
  CHECK(markup::has(svg, ">0.20<"));
  CHECK(markup::has(svg, ">best possible<"));
  CHECK(markup::has(svg, ">1.50<"));
}

TEST_CASE("a line runs through its points, in a colour and a dash of its own") {
  auto chart = two_lines();
  chart.series.resize(1);
  chart.references.clear();
  chart.marker_heading.clear();
  auto const svg = to_svg(chart);
  // y from -0.04 to 1.04 over 236 units below 58, x from 0 to 2 over 400 units right of 48
  CHECK(paths(svg)[1] == "M48.0 285.3L248.0 176.0L448.0 66.7");
  CHECK(markup::has(svg, "stroke=\"#0072B2\" style=\"stroke:var(--alx-blue,#0072B2)\""));
  CHECK_FALSE(markup::has(svg, "stroke-dasharray"));
  chart.series[0].pattern = dash::dot;
  CHECK(markup::count(to_svg(chart), "stroke-dasharray=\"1.5 3\"") == 2);  // the line, the legend
}

TEST_CASE("a value that is not finite leaves a gap in line and band") {
  auto chart = two_lines();
  auto& line = chart.series[1];
  line.x = {0, 1, 2, 3, 4};
  line.y = {1, 2, nan_value, 4, 5};
  line.lower = {0, 1, nan_value, 3, 4};
  line.upper = {2, 3, nan_value, 5, 6};
  auto const area = detail::fit_axes(chart);
  CHECK(markup::count(detail::path_through(area, line), "M") == 2);
  CHECK(markup::count(detail::path_around(area, line), "Z") == 2);
  CHECK(markup::count(detail::path_around(area, line), "L") == 6);
  CHECK(markup::fault(to_svg(chart)).empty());
}

TEST_CASE("an unbounded band is not drawn and does not stretch the axis") {
  auto chart = two_lines();
  double const infinity = std::numeric_limits<double>::infinity();
  chart.series[1].lower.assign(3, -infinity);
  chart.series[1].upper.assign(3, infinity);
  CHECK(detail::path_around(detail::fit_axes(chart), chart.series[1]).empty());
  CHECK(markup::has(to_svg(chart), ">0.25<"));
}

TEST_CASE("nothing is drawn outside of the plot: markers stand in the margin, apart") {
  auto chart = two_lines();
  chart.series[0].marker = 0.2;
  auto const area = detail::fit_axes(chart);
  CHECK(area.left + area.width < detail::line_layout::width - 20.0);
  auto const drawn = paths(detail::svg_markers(chart, area));
  REQUIRE(drawn.size() == 2);
  CHECK(drawn[0] != drawn[1]);
  chart.series[0].marker = nan_value;
  CHECK(paths(detail::svg_markers(chart, area)).size() == 1);
}

TEST_CASE("references belong to the range") {
  auto const area = detail::fit_axes(two_lines());
  CHECK(area.y.high > 1.5);
  CHECK(area.at_y(1.5) > area.top);
}

TEST_CASE("what cannot be drawn is refused by name") {
  auto chart = two_lines();
  chart.series[1].y.pop_back();
  CHECK_THROWS_WITH_AS(to_svg(chart),
                       "line_chart \"Chart & title\", series \"second\": 3 x, 2 y, 3 lower and 3 "
                       "upper values",
                       alx::shape_error);
  chart = two_lines();
  chart.series[1].upper.clear();
  CHECK_THROWS_AS(to_svg(chart), alx::shape_error);
  CHECK_THROWS_WITH_AS(to_svg(line_chart{{"e", "empty", ""}, "", "", {}, {}, "", "", 1}),
                       "line_chart \"empty\": no finite value to draw",
                       alx::data_error);
}
