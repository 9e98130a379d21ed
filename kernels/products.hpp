// SPDX-License-Identifier: Apache-2.0
/// @file
/// Products of matrices on a GPU: cuBLAS, in float32. (C++17.)
#pragma once

#include <alx/view.hpp>

#include <memory>

namespace alx {
inline namespace v0 {
namespace kernels {

/// result (rows × columns) = a (rows × depth) · b (depth × columns), each row by row in the memory
/// of a GPU; `count` such products side by side.
struct matrix_product {
  int rows = 0;
  int columns = 0;
  int depth = 0;
  float const* a = nullptr;
  int a_stride = 0;
  float const* b = nullptr;
  int b_stride = 0;
  bool b_transposed = false;  ///< b lies as columns × depth
  float* result = nullptr;
  int result_stride = 0;
  int count = 1;
  index_t a_step = 0;  ///< from one product to the next
  index_t b_step = 0;
  index_t result_step = 0;
};

/// What computes products, in the order of the host thread's other calls; may be recorded after the
/// first of its kind. The same calls give the same bits.
class products {
 public:
  /// **Throws.** `gpu_error`, as `run` does.
  products();
  ~products();
  products(products const&) = delete;
  products& operator=(products const&) = delete;

  void run(matrix_product const& p) const;

 private:
  struct library;
  std::unique_ptr<library> library_;
};

}  // namespace kernels
}  // namespace v0
}  // namespace alx
