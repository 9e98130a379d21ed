// SPDX-License-Identifier: Apache-2.0
#include <alx/learners/boosting/parameters.hpp>
#include <alx/learners/gradient_boosting.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace {

alx::boosting_parameters with(std::string const& name, std::string const& value) {
  alx::boosting_parameters parameters;
  alx::set(parameters, name, value);
  return parameters;
}

}  // namespace

TEST_CASE("boosting parameters are set by LightGBM's names and aliases") {
  CHECK(with("num_iterations", "7").num_iterations == 7);
  CHECK(with("n_estimators", "7").num_iterations == 7);
  CHECK(with("max_iter", "7").num_iterations == 7);
  CHECK(with("eta", "0.25").learning_rate == 0.25);
  CHECK(with("min_child_samples", "1").min_data_in_leaf == 1);
  CHECK(with("min_child_weight", "2e-3").min_sum_hessian_in_leaf == 0.002);
  CHECK(with("reg_lambda", "3").lambda_l2 == 3);
  CHECK(with("lambda", "3").lambda_l2 == 3);
  CHECK(with("random_state", "-5").seed == -5);
  CHECK(with("feature_pre_filter", "false").feature_pre_filter == false);
  CHECK(with("use_missing", "0").use_missing == false);
  CHECK(with("reg_alpha", "3").lambda_l1 == 3);
  CHECK(with("subsample", "0.5").bagging_fraction == 0.5);
  CHECK(with("colsample_bytree", "0.5").feature_fraction == 0.5);
  CHECK(with("cat_feature", "3,0,3").categorical_feature == std::vector<std::int32_t>{0, 3});
  CHECK(with("early_stopping_rounds", "9").early_stopping_round == 9);
  CHECK(with("max_depth", "-1") == alx::boosting_parameters{});
}

TEST_CASE("boosting parameters say what is wrong with a name or a value") {
  using alx::option_error;
  CHECK_THROWS_WITH_AS(with("num_leafs", "7"),
                       "gradient_boosting: 'num_leafs' is no option; the nearest is 'num_leaves'",
                       option_error);
  CHECK_THROWS_WITH_AS(with("learning_rat", "7"),
                       "gradient_boosting: 'learning_rat' is no option; the nearest is "
                       "'learning_rate'",
                       option_error);
  CHECK_THROWS_WITH_AS(with("path_smooth", "1"),
                       "gradient_boosting: 'path_smooth' is an option of LightGBM that is not "
                       "offered here",
                       option_error);
  CHECK_THROWS_WITH_AS(with("num_leaves", "1"),
                       "gradient_boosting: num_leaves = 1 is not a whole number from 2 to 131072",
                       option_error);
  CHECK_THROWS_WITH_AS(with("eta", "0"),
                       "gradient_boosting: learning_rate = 0 is not a number above 0",
                       option_error);
  CHECK_THROWS_WITH_AS(with("use_missing", "maybe"),
                       "gradient_boosting: use_missing = 'maybe' is neither true nor false",
                       option_error);
  CHECK_THROWS_WITH_AS(with("bagging_fraction", "1.5"),
                       "gradient_boosting: bagging_fraction = 1.5 is not a number above 0 and up "
                       "to 1",
                       option_error);
  for (auto const* bad : {"-1", "1,x", "1,,2", "1;2"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(with("categorical_feature", bad), option_error);
  }
  for (auto const* bad : {"", " 3", "3 ", "3x", "1e3", "0x10", "99999999999", "nan"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(with("num_leaves", bad), option_error);
  }
  for (auto const* bad : {"", "-1", "nan", "inf", "1,5", "1 2", "1e999"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(with("lambda_l2", bad), option_error);
  }
  for (auto const* bad :
       {"", " ", "e", " num_leaves", "num_leaves ", "n_estimators num_iteration"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(with(bad, "1"), option_error);
  }
}

TEST_CASE("seeds are those LightGBM makes of one") {
  alx::boosting_parameters parameters{.seed = 42};
  CHECK(alx::detail::data_seed(parameters) == 175);
  CHECK(alx::detail::bagging_seed(parameters) == 400);
  CHECK(alx::detail::feature_fraction_seed(parameters) == 30056);
  parameters.bagging_seed = 7;
  CHECK(alx::detail::bagging_seed(parameters) == 7);
  CHECK(alx::detail::data_seed({}) == 1);
  CHECK(alx::detail::bagging_seed({}) == 3);
  CHECK(alx::detail::feature_fraction_seed({}) == 2);
}

TEST_CASE("gradient boosting refuses parameters outside their ranges") {
  using alx::gradient_boosting;
  using alx::option_error;
  CHECK_NOTHROW(gradient_boosting({.max_bin = 65535}));
  CHECK_THROWS_WITH_AS(gradient_boosting({.max_bin = 65536}),
                       "gradient_boosting: max_bin = 65536 is not a whole number from 2 to 65535",
                       option_error);
  CHECK_THROWS_AS(gradient_boosting({.num_iterations = -1}), option_error);
  CHECK_THROWS_AS(gradient_boosting({.learning_rate = -0.1}), option_error);
  CHECK_THROWS_AS(gradient_boosting({.lambda_l2 = std::numeric_limits<double>::quiet_NaN()}),
                  option_error);
  CHECK_THROWS_AS(gradient_boosting({.min_data_in_bin = 0}), option_error);
  CHECK_THROWS_AS(gradient_boosting({.feature_fraction = 0}), option_error);
  CHECK_THROWS_AS(gradient_boosting({.categorical_feature = {2, -1}}), option_error);
  CHECK_THROWS_AS(gradient_boosting({.min_data_in_leaf = 0, .min_sum_hessian_in_leaf = 0}),
                  option_error);
  CHECK_NOTHROW(gradient_boosting({.min_data_in_leaf = 0}));
}
