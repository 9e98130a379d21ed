// SPDX-License-Identifier: Apache-2.0
// NaN means a missing value: a compiler that assumes there is none would lose it.
// fault: -ffinite-math-only
// says: alx reads NaN as a missing value: build without -ffinite-math-only
#include <alx/config.hpp>
