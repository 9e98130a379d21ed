// SPDX-License-Identifier: Apache-2.0
// A program with kernels, which includes nothing of CUDA and is compiled by the host's compiler.
#include <alx/alx.hpp>

int main(int count, char** /*words*/) {
  if (count < 2) return 0;  // there may be no GPU
  alx::gradient_boosting learner(alx::gpu{});
  alx::silhouette silhouette(alx::gpu{});
  alx::lstm_classifier<> reader(alx::gpu{});
}
