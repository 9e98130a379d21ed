// SPDX-License-Identifier: Apache-2.0
/// @file
/// Where a learner or a metric computes: a value it carries.
#pragma once

#include <alx/config.hpp>

namespace alx::inline v0 {

/// On the host. `threads` ≤ 0 means all that the machine has; results do not depend on it.
struct cpu {
  int threads = 1;
};

/// On an NVIDIA GPU, the one that CUDA gives this number.
///
/// A program that uses it links the target `alx::gpu`, which is there where alx was built with
/// CUDA; it includes nothing of CUDA itself. Whether a GPU is there is found out when it is asked
/// to compute: `gpu_error` says what is wrong.
///
/// **Threads.** What computes on a GPU, and what lies there, is used and destroyed by the host
/// thread that made it.
struct gpu {
  int device = 0;

  template <int Built = ALX_HAS_GPU>
  explicit gpu(int number = 0) : device(number) {
    static_assert(Built == 1,
                  "alx::gpu is used without CUDA: link the CMake target alx::gpu, which is built "
                  "where nvcc is found (ALX_GPU=ON says why it is not), or use alx::cpu");
  }
};

}  // namespace alx::inline v0
