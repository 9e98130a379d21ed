// SPDX-License-Identifier: Apache-2.0
/// @file
/// Where a learner or a metric computes: a value it carries.
#pragma once

namespace alx::inline v0 {

/// On the host. `threads` ≤ 0 means all that the machine has; results do not depend on it.
struct cpu {
  int threads = 1;
};

}  // namespace alx::inline v0
