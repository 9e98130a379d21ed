// SPDX-License-Identifier: Apache-2.0
/// @file
/// The report's charts.
#pragma once

#include <alx/metrics/calibration.hpp>
#include <alx/metrics/proportion.hpp>
#include <alx/report/line_chart.hpp>
#include <alx/report/svg.hpp>
#include <alx/view.hpp>

#include "report_outcome.hpp"
#include "report_text.hpp"
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace label::reporting {

using alx::report::attribute;
using alx::report::element;
using alx::report::hue;

/// Accuracy over labels, with the 95 % interval of each point and the target.
inline alx::report::line_chart accuracy_chart(findings const& found) {
  alx::report::line_chart chart;
  chart.text = {"accuracy",
                "Accuracy by labels learnt from",
                "A curve of the accuracy on the rows kept apart, with its 95 % intervals, and the "
                "target as a line. The table below has the numbers."};
  chart.x_label = "labels learnt from";
  chart.y_label = "rows kept apart that it gets right, %";
  chart.last_heading = "now ± half the interval";
  chart.digits = 1;
  alx::report::line_series line;
  line.name = "accuracy, with its 95 % interval";
  for (auto const& point : found.curve) {
    auto const range = alx::wilson(point.right, point.scored);
    line.x.push_back(static_cast<double>(point.labels));
    line.y.push_back(100.0 * static_cast<double>(point.right) / static_cast<double>(point.scored));
    line.lower.push_back(100.0 * range.lower);
    line.upper.push_back(100.0 * range.upper);
  }
  chart.series.push_back(std::move(line));
  chart.references.push_back({"target", 100.0 * found.from->target});
  return chart;
}

/// Seconds an answer took, in blocks of answers.
struct time_block {
  double last = 0.0;  ///< number of its last answer
  double lower = 0.0;
  double median = 0.0;
  double upper = 0.0;
};

inline alx::report::line_chart time_chart(std::vector<time_block> const& blocks) {
  alx::report::line_chart chart;
  chart.text = {"time",
                "Seconds an answer",
                "A curve of the median time of neighbouring answers, from the first to the last, "
                "with the middle half as a band. The table below has the numbers."};
  chart.x_label = "answers";
  chart.y_label = "seconds from showing the row to the answer";
  chart.last_heading = "last ± half the band";
  chart.digits = 1;
  alx::report::line_series line;
  line.name = "median; the band holds the middle half";
  for (auto const& block : blocks) {
    line.x.push_back(block.last);
    line.y.push_back(block.median);
    line.lower.push_back(block.lower);
    line.upper.push_back(block.upper);
  }
  chart.series.push_back(std::move(line));
  return chart;
}

inline std::string bar(double x, double y, double width, double height, hue colour) {
  return element("rect",
                 attribute("x", x, 1) + attribute("y", y, 1) +
                     attribute("width", std::max(width, 0.0), 1) + attribute("height", height, 1) +
                     alx::report::painted("fill", colour));
}

/// What bars stand for, one a class, as shares of all.
struct bar_series {
  std::string name;
  hue colour = hue::blue;
  std::vector<alx::index_t> counts;
};

/// Bars of each class, one a series.
inline std::string bars_svg(std::string_view title,
                            std::vector<std::string> const& classes,
                            std::vector<bar_series> const& series) {
  constexpr double left = 140.0;
  constexpr double room = 255.0;
  constexpr double thick = 14.0;
  std::string body = alx::report::svg_text(4.0, 19.0, "head", title);
  double y = 40.0;
  std::vector<double> total;
  double most = 0.0;
  for (auto const& one : series) {
    body += bar(left, y - 10.0, 12.0, 12.0, one.colour);
    body += alx::report::svg_text(left + 18.0, y, "", one.name);
    y += 20.0;
    double sum = 0.0;
    for (auto const count : one.counts) sum += static_cast<double>(count);
    total.push_back(std::max(sum, 1.0));
    for (auto const count : one.counts) {
      most = std::max(most, static_cast<double>(count) / total.back());
    }
  }
  for (std::size_t c = 0; c < classes.size(); ++c) {
    double const height = thick * static_cast<double>(series.size());
    body += alx::report::svg_text(left - 8.0, y + height / 2.0 + 5.0, "end", clip(classes[c], 16));
    for (std::size_t s = 0; s < series.size(); ++s) {
      double const share = static_cast<double>(series[s].counts[c]) / total[s];
      double const width = most > 0.0 ? room * share / most : 0.0;
      body += bar(left, y, width, thick - 2.0, series[s].colour);
      body += alx::report::svg_text(left + width + 5.0, y + 11.0, "soft figures", percent(share));
      y += thick;
    }
    y += 10.0;
  }
  alx::report::chart_text const text{
      "balance", std::string(title), "Bars of each class; the table below has the numbers."};
  return svg_document(text, 460, static_cast<int>(y), body, alx::report::placement::in_page);
}

/// Shares that are right over what the model said, with 95 % intervals; on the diagonal both are
/// the same.
inline std::string calibration_svg(std::vector<alx::reliability_bin> const& bins) {
  double least = 1.0;
  for (auto const& bin : bins) least = std::min({least, bin.probability, bin.of_share.lower});
  least = std::max(0.0, std::floor(10.0 * least) / 10.0);
  alx::interval const range{100.0 * least, 100.0};
  auto const wide = alx::report::widened(range, 0.02);
  alx::report::plot_area const area{
      48.0, 58.0, 400.0, 300.0, alx::report::make_axis(wide, 5), alx::report::make_axis(wide, 5)};
  auto const at = [&](double x, double y) {
    return alx::report::plain_number(area.at_x(x), 1) + " " +
           alx::report::plain_number(area.at_y(y), 1);
  };
  std::string body = alx::report::svg_text(4.0, 19.0, "head", "Does it know what it knows?");
  body += svg_axes(area, "probability of the class it names, mean, %", "of these it gets right, %");
  body += alx::report::detail::svg_reference(
      "M" + at(range.lower, range.lower) + "L" + at(range.upper, range.upper), 1);
  for (auto const& bin : bins) {
    double const x = 100.0 * bin.probability;
    std::string const whisker =
        "M" + at(x, 100.0 * bin.of_share.lower) + "L" + at(x, 100.0 * bin.of_share.upper);
    body += alx::report::detail::svg_stroke(whisker, hue::blue, 2.0, "");
    body += element("circle",
                    attribute("cx", area.at_x(x), 1) +
                        attribute("cy", area.at_y(100.0 * bin.share), 1) + attribute("r", "5") +
                        alx::report::painted("fill", hue::blue));
  }
  alx::report::chart_text const text{
      "calibration",
      "Does it know what it knows?",
      "Points: of rows that were given about the same probability, the share that is right, with "
      "its 95 % interval. On the dashed diagonal probabilities mean what they say."};
  return svg_document(text, 460, 404, body, alx::report::placement::in_page);
}

}  // namespace label::reporting
