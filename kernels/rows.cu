// SPDX-License-Identifier: Apache-2.0
// What is done to every row, for <alx/gpu/rows.hpp>.
#include <alx/gpu/buffer.hpp>
#include <alx/gpu/rows.hpp>

#include "rows.cuh"

namespace alx {
inline namespace v0 {
namespace kernels {

inline constexpr unsigned row_threads = 256;

template <class Work>
void run_for_rows(Work const& work, index_t rows) {
  launch(shape_for(rows, row_threads), for_rows<Work>, work, rows);
}

template <class Formula>
void run_score(Formula const& formula, vector_view<double, device> out) {
  run_for_rows(write_score<Formula>{formula, out}, out.size);
}

}  // namespace kernels

namespace detail {

void score_on_gpu(uncertainty_formula formula,
                  double epsilon,
                  matrix_view<double const, device> probability,
                  vector_view<double, device> out) {
  using kernels::run_score;
  switch (formula) {
    case uncertainty_formula::margin:
      run_score(op::margin_of_row<double, device>{probability}, out);
      break;
    case uncertainty_formula::least_confident:
      run_score(op::least_confidence_of_row<double, device>{probability}, out);
      break;
    case uncertainty_formula::entropy:
      run_score(op::entropy_of_row<double, device>{probability, epsilon}, out);
      break;
  }
}

void divide_on_gpu(vector_view<double, device> values, double by) {
  kernels::run_for_rows(kernels::divide{values, by}, values.size);
}

double largest_on_gpu(vector_view<double const, device> values) {
  using namespace kernels;
  gpu_buffer<word> largest(1);
  largest.fill(0);
  launch(
      shape_for(values.size, row_threads), find_largest_value<row_threads>, values, largest.data());
  return from_ordered_bits(largest.to_host().front());
}

void exclude_on_gpu(vector_view<double, device> utility, vector_view<index_t const, device> ids) {
  kernels::run_for_rows(kernels::exclude{utility, ids}, ids.size);
}

void multiply_on_gpu(vector_view<double, device> values, vector_view<double const, device> by) {
  kernels::run_for_rows(kernels::multiply{values, by}, values.size);
}

void turn_silhouettes_on_gpu(vector_view<double, device> values, bool squared) {
  kernels::run_for_rows(kernels::turn_silhouette{values, squared}, values.size);
}

void label_on_gpu(matrix_view<double const, device> probability, vector_view<label_t, device> out) {
  kernels::run_for_rows(kernels::label_row{probability, out}, out.size);
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
