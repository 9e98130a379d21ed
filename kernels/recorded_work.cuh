// SPDX-License-Identifier: Apache-2.0
/// @file
/// Kernels that are called again and again in the same order, with the same arguments: a CUDA
/// graph. (C++17.)
#pragma once

#include "device.cuh"
#include <functional>
#include <vector>

namespace alx {
inline namespace v0 {
namespace kernels {

#if defined(__CUDACC__)

class recorded_work {
 public:
  recorded_work() = default;
  recorded_work(recorded_work const&) = delete;
  recorded_work& operator=(recorded_work const&) = delete;

  ~recorded_work() { forget(); }

  [[nodiscard]] bool empty() const { return graph_ == nullptr; }

  void forget() {
    if (graph_ != nullptr) static_cast<void>(cudaGraphExecDestroy(graph_));
    graph_ = nullptr;
  }

  /// What `work` launches is kept, and not run. It must allocate nothing and wait for nothing, and
  /// what it was given the addresses of must stay where it is.
  template <class Work>
  void record(Work&& work) {
    check(cudaStreamBeginCapture(cudaStreamPerThread, cudaStreamCaptureModeThreadLocal),
          "cudaStreamBeginCapture");
    cudaGraph_t graph = nullptr;
    try {
      work();
    } catch (...) {
      static_cast<void>(cudaStreamEndCapture(cudaStreamPerThread, &graph));
      if (graph != nullptr) static_cast<void>(cudaGraphDestroy(graph));
      throw;
    }
    check(cudaStreamEndCapture(cudaStreamPerThread, &graph), "cudaStreamEndCapture");
    auto const answer = cudaGraphInstantiate(&graph_, graph, 0);
    static_cast<void>(cudaGraphDestroy(graph));
    check(answer, "cudaGraphInstantiate");
  }

  void run() { check(cudaGraphLaunch(graph_, cudaStreamPerThread), "cudaGraphLaunch"); }

 private:
  cudaGraphExec_t graph_ = nullptr;
};

#else

/// Under host execution the launches themselves are kept, with their arguments.
class recorded_work {
 public:
  recorded_work() = default;
  recorded_work(recorded_work const&) = delete;
  recorded_work& operator=(recorded_work const&) = delete;

  [[nodiscard]] bool empty() const { return work_.empty(); }

  void forget() { work_.clear(); }

  template <class Work>
  void record(Work&& work) {
    host_execution::recording = &work_;
    try {
      work();
    } catch (...) {
      host_execution::recording = nullptr;
      forget();
      throw;
    }
    host_execution::recording = nullptr;
  }

  void run() {
    for (auto const& one : work_) one();
  }

 private:
  std::vector<std::function<void()> > work_;
};

#endif

}  // namespace kernels
}  // namespace v0
}  // namespace alx
