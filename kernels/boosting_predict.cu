// SPDX-License-Identifier: Apache-2.0
// Prediction with boosted trees, for <alx/learners/boosting/on_gpu.hpp>.
#include <alx/gpu/buffer.hpp>
#include <alx/learners/boosting/on_gpu.hpp>

#include "boosting_predict.cuh"
#include <cstdint>
#include <memory>

namespace alx {
inline namespace v0 {
namespace kernels {

inline constexpr unsigned predict_threads = 128;

/// A model's trees on a GPU.
class forest_on_gpu {
 public:
  forest_on_gpu(detail::gpu_forest const& forest, int device)
      : device_(device),
        sums_(forest.sums),
        nodes_(forest.nodes),
        sets_(forest.sets),
        leaf_values_(forest.leaf_values),
        first_node_(forest.first_node),
        first_leaf_(forest.first_leaf) {}

  [[nodiscard]] forest_problem problem() const {
    return {nodes_.data(),
            sets_.data(),
            leaf_values_.data(),
            first_node_.data(),
            first_leaf_.data(),
            static_cast<int>(first_leaf_.size()),
            sums_};
  }

  [[nodiscard]] int device() const { return device_; }

 private:
  int device_;
  int sums_;
  gpu_buffer<gpu_node> nodes_;
  gpu_buffer<std::uint32_t> sets_;
  gpu_buffer<double> leaf_values_;
  gpu_buffer<int> first_node_;
  gpu_buffer<int> first_leaf_;
};

}  // namespace kernels

namespace detail {

std::shared_ptr<void const> forest_to_gpu(gpu_forest const& forest, int device) {
  use_gpu(device);
  return std::make_shared<kernels::forest_on_gpu const>(forest, device);
}

void predict_on_gpu(void const* forest,
                    double sigmoid,
                    bool probabilities,
                    matrix_view<double const, device> rows,
                    matrix_view<double, device> out) {
  using namespace kernels;
  auto const& of = *static_cast<forest_on_gpu const*>(forest);
  use_gpu(of.device());
  if (probabilities) {
    launch(shape_for(rows.rows, predict_threads, 16),
           find_probabilities<predict_threads>,
           of.problem(),
           sigmoid,
           rows,
           out);
  } else {
    launch(shape_for(rows.rows, predict_threads, 16),
           add_up_trees<predict_threads>,
           of.problem(),
           rows,
           out);
  }
}

}  // namespace detail
}  // namespace v0
}  // namespace alx
