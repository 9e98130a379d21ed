// SPDX-License-Identifier: Apache-2.0
/// @file
/// The options of gradient boosting, by LightGBM's names, and reading them from
/// `name=value`.
#pragma once

#include <alx/detail/shortest.hpp>
#include <alx/error.hpp>
#include <alx/learners/boosting/numbers.hpp>
#include <alx/learners/boosting/random.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <variant>
#include <vector>

namespace alx::inline v0 {

/// What LightGBM calls by the same names, with its defaults and ranges.
struct boosting_parameters {
  std::int32_t num_iterations = 100;      ///< trees
  double learning_rate = 0.1;             ///< what each tree's values are multiplied with
  std::int32_t num_leaves = 31;           ///< at most, per tree
  std::int32_t max_depth = -1;            ///< of a tree; 0 and less mean no limit
  std::int32_t min_data_in_leaf = 20;     ///< rows, estimated from hessians as LightGBM does
  double min_sum_hessian_in_leaf = 1e-3;  ///< sum of p (1 - p) over the rows of a leaf
  double min_gain_to_split = 0;           ///< splits that gain no more are not made
  double lambda_l1 = 0;                   ///< taken off every sum of gradients, towards 0
  double lambda_l2 = 0;                   ///< added to every sum of hessians
  std::int32_t max_bin = 255;             ///< distinct values told apart per column
  std::int32_t min_data_in_bin = 3;       ///< rows
  std::int32_t bin_construct_sample_cnt = 200000;  ///< rows that the bins are made from, at most
  std::optional<std::int32_t> seed{};  ///< makes the seeds that are not given themselves
  std::optional<std::int32_t> data_random_seed{};  ///< chooses the rows that bins are made from
  bool feature_pre_filter = true;  ///< leave out columns that min_data_in_leaf makes useless
  bool use_missing = true;         ///< NaN is missing; else it is 0

  double bagging_fraction = 1;                 ///< rows a tree is grown on, each drawn by itself
  std::int32_t bagging_freq = 0;               ///< iterations a bag is kept; 0 and less: no bags
  double pos_bagging_fraction = 1;             ///< for two classes: of the rows of class 1
  double neg_bagging_fraction = 1;             ///< … and of class 0
  std::optional<std::int32_t> bagging_seed{};  ///< draws the rows
  double feature_fraction = 1;                 ///< columns a tree may use
  std::optional<std::int32_t> feature_fraction_seed{};  ///< draws the columns

  double scale_pos_weight = 1;  ///< for two classes: weight of class 1
  bool is_unbalance = false;    ///< for two classes: the rarer one weighs as much as the other

  std::vector<std::int32_t> categorical_feature{};  ///< columns whose values are only names
  double cat_smooth = 10;                 ///< added to a category's hessian where they are ranked
  double cat_l2 = 10;                     ///< added to lambda_l2 where categories are ranked
  std::int32_t max_cat_threshold = 32;    ///< categories on the smaller side, at most
  std::int32_t max_cat_to_onehot = 4;     ///< up to so many bins each category is tried alone
  std::int32_t min_data_per_group = 100;  ///< rows (estimated) a group of categories needs
  std::int32_t early_stopping_round = 0;  ///< iterations without a lower loss that end training

  friend bool operator==(boosting_parameters const &, boosting_parameters const &) = default;
};

namespace detail {

using boosting_field = std::variant<std::int32_t boosting_parameters::*,
                                    double boosting_parameters::*,
                                    bool boosting_parameters::*,
                                    std::optional<std::int32_t> boosting_parameters::*,
                                    std::vector<std::int32_t> boosting_parameters::*>;

struct boosting_option {
  std::string_view name;
  std::string_view aliases;  ///< between spaces
  boosting_field field;
  double low;
  double high;
  bool open = false;  ///< `low` itself is outside
};

inline constexpr double int32_max = 2147483647.0;

inline constexpr double real_max = 1.7976931348623157e308;

inline constexpr std::array<boosting_option, 32> boosting_options{{
    {"num_iterations",
     " n_estimators num_iteration n_iter num_tree num_trees num_round "
     "num_rounds nrounds"
     " num_boost_round max_iter ",
     &boosting_parameters::num_iterations,
     0,
     int32_max},
    {"learning_rate",
     " eta shrinkage_rate ",
     &boosting_parameters::learning_rate,
     0,
     real_max,
     true},
    {"num_leaves",
     " num_leaf max_leaves max_leaf max_leaf_nodes ",
     &boosting_parameters::num_leaves,
     2,
     131072},
    {"max_depth", "", &boosting_parameters::max_depth, -int32_max, int32_max},
    {"min_data_in_leaf",
     " min_child_samples min_data min_data_per_leaf min_samples_leaf ",
     &boosting_parameters::min_data_in_leaf,
     0,
     int32_max / 2},
    {"min_sum_hessian_in_leaf",
     " min_child_weight min_hessian min_sum_hessian "
     "min_sum_hessian_per_leaf ",
     &boosting_parameters::min_sum_hessian_in_leaf,
     0,
     real_max},
    {"min_gain_to_split", " min_split_gain ", &boosting_parameters::min_gain_to_split, 0, real_max},
    {"lambda_l1", " reg_alpha l1_regularization ", &boosting_parameters::lambda_l1, 0, real_max},
    {"lambda_l2",
     " reg_lambda lambda l2_regularization ",
     &boosting_parameters::lambda_l2,
     0,
     real_max},
    {"max_bin", " max_bins ", &boosting_parameters::max_bin, 2, 65535},
    {"min_data_in_bin", "", &boosting_parameters::min_data_in_bin, 1, int32_max},
    {"bin_construct_sample_cnt",
     " subsample_for_bin ",
     &boosting_parameters::bin_construct_sample_cnt,
     1,
     int32_max},
    {"seed", " random_state random_seed ", &boosting_parameters::seed, -int32_max - 1, int32_max},
    {"data_random_seed",
     " data_seed ",
     &boosting_parameters::data_random_seed,
     -int32_max - 1,
     int32_max},
    {"feature_pre_filter", "", &boosting_parameters::feature_pre_filter, 0, 1},
    {"use_missing", "", &boosting_parameters::use_missing, 0, 1},
    {"bagging_fraction",
     " sub_row subsample bagging ",
     &boosting_parameters::bagging_fraction,
     0,
     1,
     true},
    {"bagging_freq",
     " subsample_freq ",
     &boosting_parameters::bagging_freq,
     -int32_max - 1,
     int32_max},
    {"pos_bagging_fraction",
     " pos_sub_row pos_subsample pos_bagging ",
     &boosting_parameters::pos_bagging_fraction,
     0,
     1,
     true},
    {"neg_bagging_fraction",
     " neg_sub_row neg_subsample neg_bagging ",
     &boosting_parameters::neg_bagging_fraction,
     0,
     1,
     true},
    {"bagging_seed",
     " bagging_fraction_seed ",
     &boosting_parameters::bagging_seed,
     -int32_max - 1,
     int32_max},
    {"feature_fraction",
     " sub_feature colsample_bytree ",
     &boosting_parameters::feature_fraction,
     0,
     1,
     true},
    {"feature_fraction_seed",
     "",
     &boosting_parameters::feature_fraction_seed,
     -int32_max - 1,
     int32_max},
    {"scale_pos_weight", "", &boosting_parameters::scale_pos_weight, 0, real_max, true},
    {"is_unbalance", " unbalance unbalanced_sets ", &boosting_parameters::is_unbalance, 0, 1},
    {"categorical_feature",
     " cat_feature categorical_column cat_column categorical_features ",
     &boosting_parameters::categorical_feature,
     0,
     int32_max},
    {"cat_smooth", "", &boosting_parameters::cat_smooth, 0, real_max},
    {"cat_l2", "", &boosting_parameters::cat_l2, 0, real_max},
    {"max_cat_threshold", "", &boosting_parameters::max_cat_threshold, 1, int32_max},
    {"max_cat_to_onehot", "", &boosting_parameters::max_cat_to_onehot, 1, int32_max},
    {"min_data_per_group", "", &boosting_parameters::min_data_per_group, 1, int32_max},
    {"early_stopping_round",
     " early_stopping_rounds early_stopping n_iter_no_change ",
     &boosting_parameters::early_stopping_round,
     -int32_max - 1,
     int32_max},
}};

/// LightGBM's options that change a model and that this library does not have:
/// named apart, so that nobody is told to take a similar name of another
/// meaning.
inline constexpr std::string_view boosting_options_not_offered =
    " boosting objective num_class feature_fraction_bynode max_delta_step "
    "path_smooth linear_tree"
    " extra_trees sigmoid boost_from_average zero_as_missing "
    "monotone_constraints"
    " interaction_constraints enable_bundle drop_rate data_sample_strategy "
    "use_quantized_grad"
    " forcedsplits_filename class_weight ";

inline bool is_among(std::string_view names, std::string_view name) {
  bool const word = !name.empty() && name.find(' ') == std::string_view::npos;
  return word && names.find(" " + std::string(name) + " ") != std::string_view::npos;
}

/// Insertions, deletions and replacements that make one word of the other.
inline std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      std::size_t const replaced = diagonal + (from[i - 1] == to[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

/// The option whose name, or one of whose aliases, is nearest to what was
/// typed.
inline std::string nearest_boosting_option(std::string_view typed) {
  std::string_view nearest;
  std::size_t least = std::string_view::npos;
  for (auto const &option : boosting_options) {
    auto const offer = [&](std::string_view name) {
      std::size_t const distance = edit_distance(typed, name);
      if (distance < least) {
        least = distance;
        nearest = option.name;
      }
    };
    offer(option.name);
    for (auto rest = option.aliases; rest.size() > 1;) {
      std::size_t const end = rest.find(' ', 1);
      offer(rest.substr(1, end - 1));
      rest.remove_prefix(end);
    }
  }
  return std::string(nearest);
}

inline std::string range_text(boosting_option const &option) {
  bool const whole = !std::holds_alternative<double boosting_parameters::*>(option.field);
  std::string const low = shortest(option.low);
  bool const bounded = option.high == 1;
  if (option.open) return "a number above " + low + (bounded ? " and up to 1" : "");
  if (!whole) return "a number from " + low + " on";
  return "a whole number from " + std::to_string(static_cast<long long>(option.low)) + " to " +
         std::to_string(static_cast<long long>(option.high));
}

inline void check_range(boosting_option const &option, double value, std::string_view text) {
  bool const above = option.open ? value > option.low : value >= option.low;
  if (!above || !(value <= option.high)) {  // NaN is outside as well
    throw option_error("gradient_boosting: " + std::string(option.name) + " = " +
                       std::string(text) + " is not " + range_text(option));
  }
}

/// **Throws.** `option_error` where `text` is no number of type `T`, or no
/// number alone.
template <class T>
T read_number(boosting_option const &option, std::string_view text) {
  T value{};
  auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) {
    throw option_error("gradient_boosting: " + std::string(option.name) + " = '" +
                       std::string(text) + "' is not " + range_text(option));
  }
  check_range(option, static_cast<double>(value), text);
  return value;
}

inline bool read_flag(boosting_option const &option, std::string_view text) {
  if (is_among(" true + 1 ", text)) return true;
  if (is_among(" false - 0 ", text)) return false;
  throw option_error("gradient_boosting: " + std::string(option.name) + " = '" + std::string(text) +
                     "' is neither true nor false");
}

/// Whole numbers between commas, ascending, each once; none in an empty text.
inline std::vector<std::int32_t> read_columns(boosting_option const &option,
                                              std::string_view text) {
  std::vector<std::int32_t> columns;
  while (!text.empty()) {
    std::size_t const comma = std::min(text.find(','), text.size());
    columns.push_back(read_number<std::int32_t>(option, text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  return columns;
}

/// An option's value as text, empty where it has none.
inline std::string boosting_value(boosting_parameters const &parameters,
                                  boosting_option const &option) {
  return std::visit(
      [&](auto field) -> std::string {
        auto const &value = parameters.*field;
        using type = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<type, std::vector<std::int32_t>>) {
          std::string text;
          for (auto const number : value) {
            if (!text.empty()) text += ',';
            text += std::to_string(number);
          }
          return text;
        } else if constexpr (std::is_same_v<type, std::optional<std::int32_t>>) {
          return value ? std::to_string(*value) : std::string{};
        } else if constexpr (std::is_same_v<type, double>) {
          return shortest(value);
        } else {
          return std::to_string(static_cast<std::int32_t>(value));
        }
      },
      option.field);
}

/// What LightGBM draws with: the seed that is given, else the one in `place` of
/// those that `seed` makes, else a constant.
inline std::int32_t seed_of(std::optional<std::int32_t> given,
                            std::optional<std::int32_t> seed,
                            int place,
                            std::int32_t otherwise) {
  if (given || !seed) return given.value_or(otherwise);
  lightgbm_random random(*seed);
  std::int32_t drawn = 0;
  for (int i = 0; i <= place; ++i) drawn = random.int16() % 32767;
  return drawn;
}

/// The seed of the sample of rows that bins are made from.
inline std::int32_t data_seed(boosting_parameters const &p) {
  return seed_of(p.data_random_seed, p.seed, 0, 1);
}

inline std::int32_t bagging_seed(boosting_parameters const &p) {
  return seed_of(p.bagging_seed, p.seed, 1, 3);
}

inline std::int32_t feature_fraction_seed(boosting_parameters const &p) {
  return seed_of(p.feature_fraction_seed, p.seed, 3, 2);
}

/// **Throws.** `option_error` where a value is outside its range, nothing
/// limits a leaf (where LightGBM changes the options), or two options say
/// different things.
inline void check(boosting_parameters const &parameters) {
  for (auto const &option : boosting_options) {
    std::string const text = boosting_value(parameters, option);
    double value = option.low;
    if (auto const *real = std::get_if<double boosting_parameters::*>(&option.field)) {
      value = parameters.**real;
    } else if (auto const *whole =
                   std::get_if<std::int32_t boosting_parameters::*>(&option.field)) {
      value = static_cast<double>(parameters.**whole);
    } else if (auto const *columns =
                   std::get_if<std::vector<std::int32_t> boosting_parameters::*>(&option.field)) {
      for (auto const column : parameters.**columns) value = std::min<double>(value, column);
    }
    check_range(option, value, text);
  }
  if (parameters.min_data_in_leaf == 0 && parameters.min_sum_hessian_in_leaf <= boosting_epsilon) {
    throw option_error(
        "gradient_boosting: min_data_in_leaf = 0 needs "
        "min_sum_hessian_in_leaf above 1e-15, not " +
        shortest(parameters.min_sum_hessian_in_leaf));
  }
  if (parameters.is_unbalance && parameters.scale_pos_weight != 1) {
    throw option_error("gradient_boosting: is_unbalance and scale_pos_weight = " +
                       shortest(parameters.scale_pos_weight) + " exclude each other");
  }
}

}  // namespace detail

/// Sets an option by LightGBM's name or one of its aliases: `set(p,
/// "n_estimators", "200")`.
///
/// **Throws.** `option_error` for a name that is unknown (with the nearest one
/// that is known) or not offered, and for a value that cannot be read or is
/// outside its range.
inline void set(boosting_parameters &parameters, std::string_view name, std::string_view value) {
  for (auto const &option : detail::boosting_options) {
    if (option.name != name && !detail::is_among(option.aliases, name)) continue;
    std::visit(
        [&](auto field) {
          using type = std::remove_reference_t<decltype(parameters.*field)>;
          if constexpr (std::is_same_v<type, bool>) {
            parameters.*field = detail::read_flag(option, value);
          } else if constexpr (std::is_same_v<type, double>) {
            parameters.*field = detail::read_number<double>(option, value);
          } else if constexpr (std::is_same_v<type, std::vector<std::int32_t>>) {
            parameters.*field = detail::read_columns(option, value);
          } else {
            parameters.*field = detail::read_number<std::int32_t>(option, value);
          }
        },
        option.field);
    return;
  }
  std::string const quoted = "gradient_boosting: '" + std::string(name) + "'";
  if (detail::is_among(detail::boosting_options_not_offered, name)) {
    throw option_error(quoted + " is an option of LightGBM that is not offered here");
  }
  throw option_error(quoted + " is no option; the nearest is '" +
                     detail::nearest_boosting_option(name) + "'");
}

}  // namespace alx::inline v0
