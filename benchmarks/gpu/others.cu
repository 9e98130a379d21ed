// SPDX-License-Identifier: Apache-2.0
// What CUDA's own libraries take for work of the kernels, and what an LSTM's layer takes alone,
// which no call of the library does: one JSON object a line, for script/gpu-check.
#include <cub/device/device_radix_sort.cuh>
#include <cub/version.cuh>
#include <cublas_v2.h>

#include "cuda_timing.cuh"
#include <cstdio>
#include <string>

#if defined(ALX_CHECK_CUDNN)
#include <cudnn.h>
#endif

namespace {

using cuda_timing::check;
using cuda_timing::room_for;

template <class F>
void time(char const* work, std::string const& peer, int calls, F&& call) {
  cuda_timing::say(work, peer, cuda_timing::median(calls, nullptr, call));
}

__global__ void entropies(float2 const* p, float* entropy, int* id, int rows) {
  int const i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= rows) return;
  entropy[i] = -p[i].x * __logf(p[i].x) - p[i].y * __logf(p[i].y);
  id[i] = i;
}

/// All rows sorted, of which the first are wanted.
void time_sort() {
  constexpr int rows = 10'000'000;
  auto* const p = room_for<float2>(rows);
  auto* const keys = room_for<float>(rows);
  auto* const sorted_keys = room_for<float>(rows);
  auto* const ids = room_for<int>(rows);
  auto* const sorted_ids = room_for<int>(rows);
  std::size_t bytes = 0;
  auto const sort = [&](void* memory) {
    auto const answer = cub::DeviceRadixSort::SortPairsDescending(
        memory, bytes, keys, sorted_keys, ids, sorted_ids, rows);
    check(answer == cudaSuccess, "DeviceRadixSort");
  };
  sort(nullptr);
  auto* const memory = room_for<char>(bytes);
  std::string const name = "CUB " + std::to_string(CUB_MAJOR_VERSION) + "." +
                           std::to_string(CUB_MINOR_VERSION) + ", all sorted";
  time("top 100 by entropy of 10,000,000 x 2 float32, there already", name, 20, [&] {
    entropies<<<(rows + 255) / 256, 256>>>(p, keys, ids, rows);
    sort(memory);
  });
  for (void* used : {static_cast<void*>(p),
                     static_cast<void*>(keys),
                     static_cast<void*>(sorted_keys),
                     static_cast<void*>(ids),
                     static_cast<void*>(sorted_ids),
                     static_cast<void*>(memory)}) {
    cudaFree(used);
  }
}

/// The products of all pairs of rows, from which distances would be made, and sums of them.
void time_products() {
  constexpr int rows = 100'000;
  constexpr int chunk = 10'000;
  constexpr int features = 10;
  auto* const x = room_for<float>(std::size_t{rows} * features);
  auto* const products = room_for<float>(std::size_t{rows} * chunk);
  cublasHandle_t handle;
  check(cublasCreate(&handle) == CUBLAS_STATUS_SUCCESS, "cublasCreate");
  float const one = 1.0F;
  float const zero = 0.0F;
  time("silhouette 100000 x 10, float32", "cuBLAS, the products only", 5, [&] {
    for (int first = 0; first < rows; first += chunk) {
      auto const answer = cublasSgemm(handle,
                                      CUBLAS_OP_T,
                                      CUBLAS_OP_N,
                                      rows,
                                      chunk,
                                      features,
                                      &one,
                                      x,
                                      features,
                                      x + std::size_t{features} * first,
                                      features,
                                      &zero,
                                      products,
                                      rows);
      check(answer == CUBLAS_STATUS_SUCCESS, "cublasSgemm");
    }
  });
  cublasDestroy(handle);
  cudaFree(products);
  cudaFree(x);
}

void say_version(char const* library, std::size_t version) {
  std::printf("{\"version\": \"%s %zu\"}\n", library, version);
}

}  // namespace

int main() {
  int driver = 0;
  check(cudaDriverGetVersion(&driver) == cudaSuccess && driver > 0, "cudaDriverGetVersion");
  say_version("driver for CUDA", static_cast<std::size_t>(driver));
  say_version("cuBLAS", CUBLAS_VERSION);
#if defined(ALX_CHECK_CUDNN)
  say_version("cuDNN", cudnnGetVersion());
#endif
  time_sort();
  time_products();
  cuda_timing::time_own_layers();
#if defined(ALX_CHECK_CUDNN)
  cuda_timing::time_cudnn_layers();
#endif
}
