// SPDX-License-Identifier: Apache-2.0
/// @file
/// The charts of the blobs experiment.
#pragma once

#include <alx/report/line_chart.hpp>
#include <alx/report/scatter.hpp>
#include <alx/view.hpp>

#include "curves.hpp"
#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace notebook::reporting {

/// A curve over the labels known, with its 95 % band where there are repeats.
inline alx::report::line_series line_of(experiment_record const& all,
                                        std::vector<alx::summary> const& curve) {
  alx::report::line_series line;
  line.x = labels_known(all);
  for (auto const& at : curve) {
    line.y.push_back(at.mean);
    if (all.repeats > 1) {
      line.lower.push_back(at.of_mean.lower);
      line.upper.push_back(at.of_mean.upper);
    }
  }
  return line;
}

/// The curves of one quantity: mean and 95 % band of every rule that shares its definition.
inline alx::report::line_chart curves_chart(experiment_record const& all, quantity const& what) {
  bool const compared = all.published_setting && what.published != nullptr;
  alx::report::line_chart chart;
  chart.text = {std::string(what.id),
                std::string(what.title),
                "Curves over the labels known, one a rule: mean of " + std::to_string(all.repeats) +
                    " repeats with its 95 % band. The legend tells the final values; the table "
                    "beside the figure tells more."};
  chart.x_label = "labels known at the fit";
  chart.y_label = what.label;
  chart.digits = what.digits;
  chart.last_heading = all.repeats > 1 ? "final mean ± 95 %" : "final value";
  chart.marker_heading = compared ? "published" : "";
  for (auto const* rule : rules_run(all)) {
    if (!shares_definition(*rule, what)) {
      continue;
    }
    auto line = line_of(all, curve_of(all, rule->name, what));
    line.name = rule->title;
    line.colour = rule->colour;
    line.pattern = rule->pattern;
    if (compared) {
      line.marker = rule->published.*what.published;
    }
    chart.series.push_back(std::move(line));
  }
  if (&what == &quantities::fresh) {
    if (!all.rival_auc_fresh.empty()) {
      auto line = line_of(all, rival_curve(all));
      line.name = rival_title;
      line.colour = alx::report::hue::sky;
      line.pattern = alx::report::dash::solid;
      chart.series.push_back(std::move(line));
    }
    chart.references = {{"all labels", all.auc_fresh_all_labels},
                        {"best possible", all.auc_fresh_best_possible}};
    std::erase_if(chart.references, [](auto const& line) { return !std::isfinite(line.y); });
  }
  return chart;
}

/// The quantities that were recorded, in the order of the page.
inline std::vector<quantity const*> quantities_shown(experiment_record const& all) {
  std::vector<quantity const*> shown(published_quantities.begin(), published_quantities.end());
  for (auto const* what : {&quantities::fresh, &quantities::unlabelled}) {
    if (is_known(all, *what)) {
      shown.push_back(what);
    }
  }
  std::erase_if(shown, [&](quantity const* what) {
    auto const rules = rules_run(all);
    return std::none_of(rules.begin(), rules.end(), [&](auto const* rule) {
      return shares_definition(*rule, *what);
    });
  });
  return shown;
}

/// The pool as a scatter needs it.
struct pool_view {
  alx::matrix_view<double const> features;
  std::span<alx::label_t const> labels;

  /// Every how-manieth row is drawn: 5000 points are what an eye and a page can take.
  [[nodiscard]] alx::index_t step() const { return (features.rows + 4999) / 5000; }
};

/// Points by class: blue dots and orange squares, half transparent so that neither hides the other.
inline std::vector<alx::report::point_group> class_groups(std::string_view prefix) {
  return {
      {std::string(prefix) + " 0", alx::report::hue::blue, alx::report::mark::dot, 2.4, .7, {}, {}},
      {std::string(prefix) + " 1",
       alx::report::hue::orange,
       alx::report::mark::square,
       2.0,
       .6,
       {},
       {}}};
}

inline void add_point(alx::report::point_group& group, double x, double y) {
  group.x.push_back(x);
  group.y.push_back(y);
}

/// An empty scatter over two features; a table with fewer of them repeats its last.
struct feature_pair {
  alx::index_t x;
  alx::index_t y;

  feature_pair(pool_view const& pool, alx::index_t first, alx::index_t second)
      : x(std::min(first, pool.features.cols - 1)), y(std::min(second, pool.features.cols - 1)) {}

  [[nodiscard]] std::string name() const {
    return std::to_string(x + 1) + " × " + std::to_string(y + 1);
  }

  [[nodiscard]] alx::report::scatter chart(alx::report::chart_text text) const {
    alx::report::scatter s;
    s.text = std::move(text);
    s.x_label = "feature " + std::to_string(x + 1);
    s.y_label = "feature " + std::to_string(y + 1);
    return s;
  }
};

/// The first look: two features, coloured by true class.
inline alx::report::scatter data_chart(pool_view const& pool, alx::index_t x, alx::index_t y) {
  feature_pair const pair(pool, x, y);
  auto chart =
      pair.chart({"data-" + std::to_string(x + 1) + "x" + std::to_string(y + 1),
                  "Features " + pair.name(),
                  "The pool's rows as points over features " + pair.name() + ", by true class."});
  chart.groups = class_groups("class");
  for (alx::index_t i = 0; i < pool.features.rows; i += pool.step()) {
    auto const label = static_cast<std::size_t>(pool.labels[static_cast<std::size_t>(i)]);
    add_point(chart.groups[label], pool.features(i, pair.x), pool.features(i, pair.y));
  }
  return chart;
}

/// Which rows are known: small grey points for the others, large ones by class.
inline alx::report::scatter known_chart(pool_view const& pool,
                                        evolution const& seen,
                                        std::string const& id) {
  feature_pair const pair(pool, 0, 3);
  auto chart =
      pair.chart({id + "-known",
                  "Known labels",
                  "Rows over features " + pair.name() + "; labelled ones large, by class."});
  chart.groups = class_groups("class");
  chart.groups[0].size = 4.0;
  chart.groups[1].size = 3.4;
  for (auto& group : chart.groups) {
    group.opacity = .8;
  }
  chart.groups.insert(
      chart.groups.begin(),
      {"unlabelled", alx::report::hue::grey, alx::report::mark::dot, 1.6, .6, {}, {}});
  for (alx::index_t i = 0; i < pool.features.rows; ++i) {
    auto const at = static_cast<std::size_t>(i);
    if (seen.labelled[at] || i % pool.step() == 0) {
      auto const group = seen.labelled[at] ? static_cast<std::size_t>(pool.labels[at] + 1) : 0;
      add_point(chart.groups[group], pool.features(i, pair.x), pool.features(i, pair.y));
    }
  }
  return chart;
}

/// What the model says of every row.
inline alx::report::scatter predicted_chart(pool_view const& pool,
                                            evolution const& seen,
                                            std::string const& id) {
  feature_pair const pair(pool, 0, 3);
  auto chart = pair.chart({id + "-predicted",
                           "Predicted labels",
                           "Rows over features " + pair.name() + ", by predicted class."});
  chart.groups = class_groups("predicted");
  for (alx::index_t i = 0; i < pool.features.rows; i += pool.step()) {
    auto const label = static_cast<std::size_t>(seen.predicted[static_cast<std::size_t>(i)]);
    add_point(chart.groups[label], pool.features(i, pair.x), pool.features(i, pair.y));
  }
  return chart;
}

/// The ranges of ignorance and entropy over all panels, so that they can be compared.
struct uncertainty_range {
  alx::interval ignorance{1.0, 1.0};
  alx::interval entropy{0.0, 0.7};

  explicit uncertainty_range(std::span<evolution const> evolutions) {
    auto const hold = [](alx::interval& range, double value) {
      range = {std::fmin(range.lower, value), std::fmax(range.upper, value)};
    };
    for (auto const& seen : evolutions) {
      for (std::size_t i = 0; i < seen.entropy.size(); ++i) {
        hold(ignorance, seen.ignorance[i]);
        hold(entropy, seen.entropy[i]);
      }
    }
  }
};

/// Where the rules look: ignorance against entropy.
inline alx::report::scatter uncertainty_chart(pool_view const& pool,
                                              evolution const& seen,
                                              uncertainty_range const& range,
                                              std::string const& id) {
  alx::report::scatter chart;
  chart.text = {id + "-uncertainty",
                "Ignorance × entropy",
                "Rows over ignorance and entropy, by true class."};
  chart.x_label = "ignorance, 1 − s²";
  chart.y_label = "entropy, nats";
  chart.groups = class_groups("class");
  chart.x_range = range.ignorance;
  chart.y_range = range.entropy;
  for (alx::index_t i = 0; i < pool.features.rows; i += pool.step()) {
    auto const at = static_cast<std::size_t>(i);
    auto& group = chart.groups[static_cast<std::size_t>(pool.labels[at])];
    add_point(group, seen.ignorance[at], seen.entropy[at]);
  }
  return chart;
}

/// The three panels of one round, left to right.
inline std::vector<alx::report::scatter> evolution_charts(pool_view const& pool,
                                                          evolution const& seen,
                                                          uncertainty_range const& range) {
  std::string const id = "evolution-" + seen.rule + "-" + std::to_string(seen.round);
  return {known_chart(pool, seen, id),
          predicted_chart(pool, seen, id),
          uncertainty_chart(pool, seen, range, id)};
}

}  // namespace notebook::reporting
