// SPDX-License-Identifier: Apache-2.0
// Products of matrices: the only file that knows cuBLAS.
#include <alx/gpu/buffer.hpp>

#include "device.cuh"
#include "products.hpp"
#include <cstddef>
#include <memory>
#include <string>

#if defined(__CUDACC__)
#include <cublas_v2.h>
#endif

namespace alx {
inline namespace v0 {
namespace kernels {

#if defined(__CUDACC__)

namespace {

void check_product(cublasStatus_t answer, char const* call) {
  if (answer == CUBLAS_STATUS_SUCCESS) return;
  throw gpu_error(std::string(call) + ": " + cublasGetStatusString(answer));
}

/// What NVIDIA recommends for an H100: recorded work may not allocate.
constexpr index_t workspace_bytes = index_t{32} << 20;

}  // namespace

struct products::library {
  gpu_buffer<std::byte> workspace{workspace_bytes};
  std::unique_ptr<cublasContext, cublasStatus_t (*)(cublasHandle_t)> handle{made(), cublasDestroy};

  library() {
    check_product(cublasSetStream(handle.get(), cudaStreamPerThread), "cublasSetStream");
    check_product(cublasSetWorkspace(handle.get(), workspace.data(), workspace_bytes),
                  "cublasSetWorkspace");
  }

 private:
  static cublasHandle_t made() {
    cublasHandle_t handle = nullptr;
    check_product(cublasCreate(&handle), "cublasCreate");
    return handle;
  }
};

// cuBLAS has columns one after the other: what it takes for a matrix is ours transposed. One
// product alone it may share out along its depth.
void products::run(matrix_product const& p) const {
  float const one = 1.0F;
  float const zero = 0.0F;
  auto* const handle = library_->handle.get();
  auto const of_b = p.b_transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
  auto const of_a = CUBLAS_OP_N;
  if (p.count == 1) {
    check_product(cublasSgemm(handle,
                              of_b,
                              of_a,
                              p.columns,
                              p.rows,
                              p.depth,
                              &one,
                              p.b,
                              p.b_stride,
                              p.a,
                              p.a_stride,
                              &zero,
                              p.result,
                              p.result_stride),
                  "cublasSgemm");
    return;
  }
  check_product(cublasSgemmStridedBatched(handle,
                                          of_b,
                                          of_a,
                                          p.columns,
                                          p.rows,
                                          p.depth,
                                          &one,
                                          p.b,
                                          p.b_stride,
                                          p.b_step,
                                          p.a,
                                          p.a_stride,
                                          p.a_step,
                                          &zero,
                                          p.result,
                                          p.result_stride,
                                          p.result_step,
                                          p.count),
                "cublasSgemmStridedBatched");
}

#else

struct products::library {};

namespace {

void multiply(matrix_product const& p) {
  for (int i = 0; i < p.count; ++i) {
    float const* const b = p.b + i * p.b_step;
    for (int r = 0; r < p.rows; ++r) {
      float const* const a = p.a + i * p.a_step + static_cast<index_t>(r) * p.a_stride;
      float* const to = p.result + i * p.result_step + static_cast<index_t>(r) * p.result_stride;
      for (int c = 0; c < p.columns; ++c) {
        index_t const first = p.b_transposed ? static_cast<index_t>(c) * p.b_stride : c;
        index_t const next = p.b_transposed ? 1 : p.b_stride;
        float sum = 0.0F;
        for (int k = 0; k < p.depth; ++k) sum += a[k] * b[first + k * next];
        to[c] = sum;
      }
    }
  }
}

}  // namespace

void products::run(matrix_product const& p) const {
  host_execution::do_or_record([p] { multiply(p); });
}
#endif

products::products() : library_(std::make_unique<library>()) {}

products::~products() = default;

}  // namespace kernels
}  // namespace v0
}  // namespace alx
