// SPDX-License-Identifier: Apache-2.0
/// @file
/// The rules as the report shows them, the quantities it shows, and the published final values.
#pragma once

#include <alx/report/palette.hpp>

#include "results.hpp"
#include <array>
#include <limits>
#include <string>
#include <string_view>

namespace notebook::reporting {

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// A row of the published table of final means.
struct published_row {
  std::string_view name;
  double auc;
  double entropy;
  double ignorance;
  double fp;
  double fn;
};

/// A rule, how it is drawn, and what it is compared with.
struct rule_info {
  std::string_view name;   ///< in results.json and on the command line
  std::string_view title;  ///< in the report
  alx::report::hue colour;
  alx::report::dash pattern;
  published_row published;
  double original_auc;  ///< the Python original, run again: mean of five seeds
};

/// The published program ran its last two rules the other way round from their names: each of ours
/// stands beside the row that its formula made, not the row that bears its name.
inline constexpr std::array<rule_info, 6> rule_infos{{
    {"entropy",
     "entropy",
     alx::report::hue::blue,
     alx::report::dash::long_dash,
     {"entropy", .9160, 738.6, 4644.4, 207, 213},
     .9156},
    {"ignorance",
     "ignorance",
     alx::report::hue::green,
     alx::report::dash::short_dash,
     {"ignorance", .9105, 1472.6, 4660.9, 244, 204},
     .9103},
    {"prioritisation",
     "prioritisation",
     alx::report::hue::vermillion,
     alx::report::dash::solid,
     {"both", .9193, 778.4, 4643.6, 197, 206},
     .9201},
    {"random",
     "random",
     alx::report::hue::ink,
     alx::report::dash::dot,
     {"random", .8586, 958.7, 4666.4, 346, 361},
     .8601},
    {"modified_ignorance",
     "modified ignorance",
     alx::report::hue::orange,
     alx::report::dash::dash_dot,
     {"entropy + modified ignorance", .9149, 871.7, unknown, 207, 217},
     .9167},
    {"modified_prioritisation",
     "modified prioritisation",
     alx::report::hue::purple,
     alx::report::dash::dash_dot_dot,
     {"modified ignorance", .9093, 833.5, unknown, 225, 228},
     .9099},
}};

/// The rule of this name; null where there is none.
constexpr rule_info const* find_rule(std::string_view name) {
  for (auto const& rule : rule_infos) {
    if (rule.name == name) {
      return &rule;
    }
  }
  return nullptr;
}

/// Something recorded every round.
struct quantity {
  std::string_view id;     ///< names the figure's file
  std::string_view title;  ///< heads the figure
  std::string_view label;  ///< names the axis, with its unit
  double (*value)(round_record const&);
  double published_row::*published;  ///< null where nothing was published
  int digits;
  bool all_rules;  ///< false: only for the rules that share its definition
  std::string_view caption;
};

namespace quantities {

inline constexpr quantity auc{"auc",
                              "ROC AUC on all rows (labelled ones included)",
                              "ROC AUC of the hard labels",
                              [](round_record const& r) { return r.auc; },
                              &published_row::auc,
                              4,
                              true,
                              "Labelled rows count here, and the trees have memorised them: an "
                              "upper bound on what the model knows."};
inline constexpr quantity entropy{"entropy",
                                  "Entropy summed over all rows",
                                  "sum of entropy, nats",
                                  [](round_record const& r) { return r.entropy; },
                                  &published_row::entropy,
                                  1,
                                  true,
                                  "How unsure the model is, before the division by the largest "
                                  "value. Sure is not the same as right."};
inline constexpr quantity ignorance{"ignorance",
                                    "Ignorance summed over all rows",
                                    "sum of 1 − s²",
                                    [](round_record const& r) { return r.ignorance; },
                                    &published_row::ignorance,
                                    1,
                                    false,
                                    "How little the predicted classes are apart. Only the four "
                                    "rules that share the definition 1 − s²."};
inline constexpr quantity fp{
    "false-positives",
    "False positives among all rows",
    "rows",
    [](round_record const& r) { return static_cast<double>(r.fp); },
    &published_row::fp,
    0,
    true,
    "Rows of class 0 that are predicted to be of class 1, labelled rows included."};
inline constexpr quantity fn{
    "false-negatives",
    "False negatives among all rows",
    "rows",
    [](round_record const& r) { return static_cast<double>(r.fn); },
    &published_row::fn,
    0,
    true,
    "Rows of class 1 that are predicted to be of class 0, labelled rows included."};
inline constexpr quantity fresh{
    "auc-fresh",
    "ROC AUC on rows the model has not seen",
    "ROC AUC of the hard labels",
    [](round_record const& r) { return r.auc_fresh; },
    nullptr,
    4,
    true,
    "Rows that are not in the pool: what a model is worth where it will be used."};
inline constexpr quantity unlabelled{
    "auc-unlabelled",
    "ROC AUC on the rows still unlabelled",
    "ROC AUC of the hard labels",
    [](round_record const& r) { return r.auc_unlabelled; },
    nullptr,
    4,
    true,
    "Nothing is memorised here, but each rule is scored on other rows: those it has not asked. "
    "Rules that ask for the difficult rows keep the easy ones, and this curve flatters them."};

}  // namespace quantities

/// The curves of the published figure, in its order.
inline constexpr std::array<quantity const*, 5> published_quantities{&quantities::auc,
                                                                     &quantities::entropy,
                                                                     &quantities::ignorance,
                                                                     &quantities::fp,
                                                                     &quantities::fn};

/// True where `rule` records `what` by the definition that the other rules share.
constexpr bool shares_definition(rule_info const& rule, quantity const& what) {
  return what.all_rules || !rule.name.starts_with("modified");
}

}  // namespace notebook::reporting
