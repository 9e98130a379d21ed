// SPDX-License-Identifier: Apache-2.0
// Results are promised to the bit, so the library refuses to be built without IEEE arithmetic.
// fault: -ffast-math
// says: alx promises the bits of its results: build without -ffast-math
#include <alx/config.hpp>
