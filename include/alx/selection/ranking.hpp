// SPDX-License-Identifier: Apache-2.0
/// @file
/// Rows in order of their utility.
#pragma once

#include <alx/view.hpp>

#include <vector>

namespace alx::inline v0 {

/// Rows in the order in which they are to be asked.
struct ranking {
  std::vector<index_t> ids;
  std::vector<double> utility;  ///< of each of them
};

}  // namespace alx::inline v0
