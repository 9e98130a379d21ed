// SPDX-License-Identifier: Apache-2.0
/// @file
/// Times work on a GPU, between events: one JSON object a line.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace cuda_timing {

inline void check(bool done, char const* call) {
  if (done) return;
  std::fprintf(stderr, "error: %s failed\n", call);
  std::exit(2);
}

template <class T>
T* room_for(std::size_t values) {
  void* memory = nullptr;
  check(cudaMalloc(&memory, values * sizeof(T)) == cudaSuccess, "cudaMalloc");
  check(cudaMemset(memory, 0x3e, values * sizeof(T)) == cudaSuccess, "cudaMemset");
  return static_cast<T*>(memory);
}

/// Who it is said of; empty: of ours.
inline void say(std::string const& work, std::string const& peer, double seconds) {
  std::string const of = peer.empty() ? "" : "\"peer\": \"" + peer + "\", ";
  std::printf("{\"work\": \"%s\", %s\"seconds\": %.9f}\n", work.c_str(), of.c_str(), seconds);
  std::fflush(stdout);
}

/// The median of some calls after one to warm up, all on `stream`.
template <class F>
double median(int calls, cudaStream_t stream, F&& call) {
  cudaEvent_t begin;
  cudaEvent_t end;
  check(cudaEventCreate(&begin) == cudaSuccess, "cudaEventCreate");
  check(cudaEventCreate(&end) == cudaSuccess, "cudaEventCreate");
  std::vector<float> milliseconds;
  for (int i = 0; i <= calls; ++i) {
    check(cudaEventRecord(begin, stream) == cudaSuccess, "cudaEventRecord");
    call();
    check(cudaEventRecord(end, stream) == cudaSuccess, "cudaEventRecord");
    check(cudaEventSynchronize(end) == cudaSuccess, "cudaEventSynchronize");
    float taken = 0.0F;
    check(cudaEventElapsedTime(&taken, begin, end) == cudaSuccess, "cudaEventElapsedTime");
    if (i > 0) milliseconds.push_back(taken);
  }
  check(cudaEventDestroy(begin) == cudaSuccess, "cudaEventDestroy");
  check(cudaEventDestroy(end) == cudaSuccess, "cudaEventDestroy");
  std::sort(milliseconds.begin(), milliseconds.end());
  return static_cast<double>(milliseconds[milliseconds.size() / 2]) / 1e3;
}

/// A layer as both sides are asked for it: an embedding's 128 values, 150 steps, both directions.
struct layer_size {
  int units;
  int batch;

  static constexpr int width = 128;
  static constexpr int length = 150;
  static constexpr int tokens = 3000;

  [[nodiscard]] std::string name(bool back) const {
    return std::string("LSTM layer forward") + (back ? " and back, " : ", ") +
           std::to_string(batch) + " x 150, 128 to 2 x " + std::to_string(units);
  }
};

inline std::vector<layer_size> layer_sizes() {
  return {{32, 32}, {32, 256}, {32, 1024}, {32, 4096}, {64, 256}, {128, 256}};
}

// Each in the file of its name.
void time_own_layers();
void time_cudnn_layers();

}  // namespace cuda_timing
