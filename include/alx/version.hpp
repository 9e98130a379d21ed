// SPDX-License-Identifier: Apache-2.0
/// @file
/// The version of the library: stated here and nowhere else (CMake reads this file).
#pragma once

// NOLINTBEGIN(cppcoreguidelines-macro-usage): the preprocessor must be able to compare versions
#define ALX_VERSION_MAJOR 0
#define ALX_VERSION_MINOR 1
#define ALX_VERSION_PATCH 0
// NOLINTEND(cppcoreguidelines-macro-usage)
