// SPDX-License-Identifier: Apache-2.0
// A learner whose header needs Eigen.
#include <alx/learners/logistic_regression.hpp>
#include <alx/loop.hpp>

static_assert(alx::learner<alx::logistic_regression, alx::matrix_view<double const>>);

int main() {}
