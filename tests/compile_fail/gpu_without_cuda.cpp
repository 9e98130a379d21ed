// SPDX-License-Identifier: Apache-2.0
// Without the target alx::gpu, computing on a GPU is refused by the compiler, which says what is
// missing; the headers that mention it compile.
// fault: -DALX_FAULT
// says: alx::gpu is used without CUDA: link the CMake target alx::gpu
#include <alx/matrix.hpp>
#include <alx/selection/top_by.hpp>

int main() {
  alx::matrix<double> const p(3, 2);
#ifdef ALX_FAULT
  auto const best = alx::top_by(alx::margin{}, p, 1, alx::gpu{});
#else
  auto const best = alx::top_by(alx::margin{}, p, 1, alx::cpu{});
#endif
  return static_cast<int>(best.ids.size());
}
