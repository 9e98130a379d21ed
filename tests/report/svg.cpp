// SPDX-License-Identifier: Apache-2.0
#include <alx/report/svg.hpp>

#include <doctest/doctest.h>

#include "markup.hpp"
#include <limits>
#include <set>

using namespace alx::report;

TEST_CASE("ticks are round, inside of the range, and about as many as wanted") {
  auto const axis = make_axis({50.0, 1040.0}, 6);
  CHECK(axis.ticks == std::vector<double>{200.0, 400.0, 600.0, 800.0, 1000.0});
  CHECK(axis.digits == 0);
  auto const fine = make_axis({0.757, 0.8523}, 4);
  REQUIRE(fine.ticks.size() == 5);
  CHECK(number(fine.ticks.front(), fine.digits) == "0.76");
  CHECK(number(fine.ticks.back(), fine.digits) == "0.84");
  CHECK(make_axis({-1.0, 1.0}, 4).ticks == std::vector<double>{-1.0, -0.5, 0.0, 0.5, 1.0});
}

TEST_CASE("every scale has between 2 and 12 ticks that are told apart") {
  for (double low : {-7.3, 0.0, 12.5}) {
    for (double width = 1e-7; width < 1e9; width *= 1.37) {
      auto const axis = make_axis({low, low + width}, 5);
      CAPTURE(low);
      CAPTURE(width);
      CHECK(axis.ticks.size() >= 2);
      CHECK(axis.ticks.size() <= 12);
      std::set<std::string> names;
      for (double const tick : axis.ticks) {
        names.insert(number(tick, axis.digits));
        CHECK(tick >= low - 1e-5 * width);
        CHECK(tick <= low + width + 1e-5 * width);
      }
      CHECK(names.size() == axis.ticks.size());
    }
  }
}

TEST_CASE("an empty range is widened, an impossible one refused") {
  auto const axis = make_axis({3.0, 3.0}, 5);
  CHECK(axis.low < 3.0);
  CHECK(axis.high > 3.0);
  CHECK(make_axis({0.0, 0.0}, 5).ticks.size() > 1);
  CHECK_THROWS_AS(make_axis({1.0, 0.0}, 5), alx::data_error);
  CHECK_THROWS_AS(make_axis({0.0, std::numeric_limits<double>::infinity()}, 5), alx::data_error);
}

TEST_CASE("values map to coordinates, y upwards") {
  plot_area const area{
      10.0, 20.0, 100.0, 50.0, make_axis({0.0, 1.0}, 5), make_axis({-1.0, 1.0}, 5)};
  CHECK(area.at_x(0.0) == 10.0);
  CHECK(area.at_x(1.0) == 110.0);
  CHECK(area.at_y(1.0) == 20.0);
  CHECK(area.at_y(-1.0) == 70.0);
}

TEST_CASE("the grid fills the plot, and names stand around it") {
  plot_area const area{10.0, 20.0, 100.0, 50.0, {0.0, 1.0, {0.5}, 1}, {-1.0, 1.0, {-1.0, 1.0}, 0}};
  auto const svg = svg_axes(area, "across", "up");
  CHECK(markup::values(svg, "d") ==
        std::vector<std::string>{"M10.0 70.0H110.0M10.0 20.0H110.0M60.0 20.0V70.0"});
  CHECK(markup::values(svg, "y") ==
        std::vector<std::string>{"74.0", "24.0", "85.0", "102.0", "7.0"});
  CHECK(markup::has(svg, ">−1<"));
  CHECK(markup::has(svg, ">0.5<"));
}

TEST_CASE("hues and dashes are all different") {
  std::set<std::string_view> light;
  for (auto const& paint : detail::hues) {
    light.insert(paint.light);
  }
  CHECK(light.size() == detail::hues.size());
  CHECK(std::set<std::string_view>(detail::dashes.begin(), detail::dashes.end()).size() ==
        detail::dashes.size());
  CHECK(paint_of(hue::vermillion).light == "#D55E00");
  CHECK(paint_of(hue::grey).variable == "--alx-grey");
  CHECK(dasharray(dash::solid).empty());
}

TEST_CASE("the palette has a light and a dark value for every variable") {
  std::string const css = palette_css();
  CHECK(markup::has(css, "prefers-color-scheme:dark"));
  for (auto const& paint : detail::hues) {
    CHECK(markup::count(css, std::string(paint.variable) + ":") == 2);
  }
}

TEST_CASE("a document says what it shows; alone it brings its colours and its namespace") {
  chart_text const text{"a&b", "Title <1>", "What it shows"};
  auto const in_page = svg_document(text, 460, 300, "<g/>", placement::in_page);
  auto const alone = svg_document(text, 460, 300, "<g/>", placement::own_file);
  for (auto const& svg : {in_page, alone}) {
    CHECK(markup::fault(svg).empty());
    CHECK(markup::has(svg, "viewBox=\"0 0 460 300\""));
    CHECK(markup::has(svg, "role=\"img\" aria-labelledby=\"a&amp;b-title a&amp;b-desc\""));
    CHECK(markup::has(svg, "<title id=\"a&amp;b-title\">Title &lt;1&gt;</title>"));
    CHECK(markup::has(svg, "<desc id=\"a&amp;b-desc\">What it shows</desc>"));
  }
  CHECK_FALSE(markup::has(in_page, "xmlns"));
  CHECK_FALSE(markup::has(in_page, "<style>"));
  CHECK(markup::has(alone, "xmlns=\"http://www.w3.org/2000/svg\""));
  CHECK(markup::has(alone, "prefers-color-scheme:dark"));
}
