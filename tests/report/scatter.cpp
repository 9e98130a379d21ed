// SPDX-License-Identifier: Apache-2.0
#include <alx/report/scatter.hpp>

#include <doctest/doctest.h>

#include "markup.hpp"
#include <limits>

using namespace alx::report;

namespace {

scatter cloud(std::size_t points) {
  scatter chart;
  chart.text = {"s", "Cloud", "Points."};
  chart.x_label = "x";
  chart.y_label = "y";
  point_group even{"even", hue::blue, mark::dot, 2.0, 0.5, {}, {}};
  point_group odd{"odd", hue::orange, mark::square, 2.0, 0.5, {}, {}};
  std::uint32_t state = 1;
  auto const next = [&] {
    state = state * 1664525U + 1013904223U;
    return static_cast<double>(state >> 8U) / 16777216.0;
  };
  for (std::size_t i = 0; i < points; ++i) {
    auto& group = i % 2 == 0 ? even : odd;
    group.x.push_back(next());
    group.y.push_back(next());
  }
  chart.groups = {even, odd};
  return chart;
}

/// The points a path draws, moves added up.
std::vector<std::pair<int, int>> drawn(std::string const& path) {
  std::vector<std::pair<int, int>> at;
  std::pair<int, int> here{0, 0};
  char const* text = path.c_str();
  while (*text == 'm') {
    char* end = nullptr;
    here.first += static_cast<int>(std::strtol(text + 1, &end, 10));
    here.second += static_cast<int>(std::strtol(end, &end, 10));
    at.push_back(here);
    text = end + 2;  // h0
  }
  return at;
}

}  // namespace

TEST_CASE("a cloud is well formed, the same every time, one path a group") {
  auto const svg = to_svg(cloud(500));
  CHECK(markup::fault(svg).empty());
  CHECK(svg == to_svg(cloud(500)));
  CHECK(markup::count(svg, "stroke-linecap=\"round\"") == 2);  // the group, its legend
  CHECK(markup::count(svg, "stroke-linecap=\"square\"") == 2);
  CHECK(markup::has(svg, ">even<"));
}

TEST_CASE("each point is drawn where it is, whatever the path's shorthand") {
  auto const chart = cloud(200);
  auto const area = detail::fit_axes(chart);
  auto const at = detail::pixels(area, chart.groups[0]);
  CHECK(drawn(markup::values(detail::svg_points(at, chart.groups[0]), "d")[0]) == at);
  for (std::size_t i = 0; i < chart.groups[0].x.size(); ++i) {
    std::pair<int, int> const expected{
        static_cast<int>(std::lround(area.at_x(chart.groups[0].x[i]))),
        static_cast<int>(std::lround(area.at_y(chart.groups[0].y[i])))};
    CHECK(std::find(at.begin(), at.end(), expected) != at.end());
  }
}

TEST_CASE("points on one pixel are drawn once") {
  auto chart = cloud(0);
  chart.groups[0].x.assign(1000, 0.5);
  chart.groups[0].y.assign(1000, 0.5);
  chart.groups[0].x.push_back(0.9);
  chart.groups[0].y.push_back(0.1);
  CHECK(detail::pixels(detail::fit_axes(chart), chart.groups[0]).size() == 2);
}

TEST_CASE("5000 points stay small") {
  CHECK(to_svg(cloud(5000)).size() < 48'000);
}

TEST_CASE("a given range leaves out what lies outside") {
  auto chart = cloud(0);
  chart.groups[0].x = {0.5, 2.0};
  chart.groups[0].y = {0.5, 0.5};
  chart.x_range = alx::interval{0.0, 1.0};
  chart.y_range = alx::interval{0.0, 1.0};
  CHECK(detail::pixels(detail::fit_axes(chart), chart.groups[0]).size() == 1);
}

TEST_CASE("missing values are counted, not drawn; no points are a chart all the same") {
  auto chart = cloud(10);
  chart.groups[1].y[0] = std::numeric_limits<double>::quiet_NaN();
  auto const svg = to_svg(chart);
  CHECK(markup::has(svg, "Points. 1 points with a missing value are not drawn.</desc>"));
  CHECK(markup::fault(to_svg(cloud(0))).empty());
  auto one = cloud(1);
  CHECK(detail::pixels(detail::fit_axes(one), one.groups[0]).size() == 1);
}

TEST_CASE("a group whose coordinates are no pairs is refused by name") {
  auto chart = cloud(10);
  chart.groups[1].y.pop_back();
  CHECK_THROWS_WITH_AS(
      to_svg(chart), "scatter \"Cloud\", group \"odd\": 5 x and 4 y values", alx::shape_error);
}
