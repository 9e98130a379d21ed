// SPDX-License-Identifier: Apache-2.0
// A view of a GPU's memory is no view of the host's.
// fault: -DALX_FAULT
// says: (could not convert|no known conversion).*host
#include <alx/view.hpp>

#ifdef ALX_FAULT
using space = alx::device;
#else
using space = alx::host;
#endif

double first(alx::matrix_view<double const> host_values) {
  return host_values(0, 0);
}

double read(alx::matrix_view<double const, space> values) {
  return first(values);
}
