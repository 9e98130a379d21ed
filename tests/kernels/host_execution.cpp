// SPDX-License-Identifier: Apache-2.0
// Host execution itself: does it see what it is there to see? Not run on a GPU.
#include <doctest/doctest.h>

#include <cmath>
#include <kernels/device.cuh>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace alx;
using kernels::launch;
using kernels::shared_memory;
using kernels::whole_warp;

struct row_of_ints {
  int value[64];
};

/// Each thread writes its number and reads its neighbour's.
template <bool Barrier>
__global__ void rotate(int* out) {
  auto& shared = shared_memory<row_of_ints>();
  shared.value[threadIdx.x] = static_cast<int>(threadIdx.x);
  if constexpr (Barrier) __syncthreads();
  out[threadIdx.x] = shared.value[(threadIdx.x + 1) % 64];
}

template <bool Barrier>
int right_after_rotation(std::uint64_t seed) {
  host_execution::seed = seed;
  std::vector<int> out(64, -2);
  launch({1, 64, sizeof(row_of_ints)}, rotate<Barrier>, out.data());
  int right = 0;
  for (int i = 0; i < 64; ++i) right += out[static_cast<std::size_t>(i)] == (i + 1) % 64 ? 1 : 0;
  return right;
}

__global__ void count_up(int* total) {
  atomicAdd(total, 1);
}

__global__ void count_up_weakly(int* total) {
  weakened::atomicAdd(total, 1);
}

__global__ void leave_early(int* out) {
  if (threadIdx.x == 7) return;
  __syncthreads();
  out[threadIdx.x] = 1;
}

__global__ void part_ways(int* out) {
  if (threadIdx.x < 32) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  out[threadIdx.x] = 1;
}

__global__ void part_of_warp(int* out) {
  if (threadIdx.x % 32 < 5) out[threadIdx.x] = __shfl_sync(whole_warp, 1, 0);
}

__global__ void sum_of_warp(int* out) {
  auto sum = static_cast<int>(threadIdx.x);
  for (int by = 16; by > 0; by /= 2) sum += __shfl_xor_sync(whole_warp, sum, by);
  unsigned const odd = __ballot_sync(whole_warp, threadIdx.x % 2);
  out[threadIdx.x] = odd == 0xaaaaaaaaU ? sum : -1;
}

__global__ void who_was_here(int* order, int* next) {
  order[atomicAdd(next, 1)] = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
}

struct one_float {
  float value;
};

__global__ void read_what_nobody_wrote(float* out) {
  out[threadIdx.x] = shared_memory<one_float>().value;
}

template <class F>
std::string complaint_of(F&& run) {
  try {
    run();
  } catch (host_execution::kernel_error const& e) {
    return e.what();
  }
  return "";
}

TEST_CASE("host execution: a missing barrier shows under every seed") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CHECK(right_after_rotation<true>(seed) == 64);
    CHECK(right_after_rotation<false>(seed) < 64);
  }
}

TEST_CASE("host execution: an addition that is not atomic loses some") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    host_execution::seed = seed;
    int total = 0;
    launch({5, 64}, count_up, &total);
    CHECK(total == 320);
    total = 0;
    launch({5, 64}, count_up_weakly, &total);
    CHECK(total < 320);
  }
}

TEST_CASE("host execution: what a seed decides, and that it is the same twice") {
  auto const order_of = [](std::uint64_t seed) {
    host_execution::seed = seed;
    std::vector<int> order(192, -1);
    int next = 0;
    launch({3, 64}, who_was_here, order.data(), &next);
    CHECK(std::set<int>(order.begin(), order.end()).size() == 192);
    return order;
  };
  CHECK(order_of(1) == order_of(1));
  CHECK(order_of(1) != order_of(2));
}

TEST_CASE("host execution: barriers that not all reach are told with their line") {
  std::vector<int> out(64);
  auto const early = complaint_of([&] { launch({1, 64}, leave_early, out.data()); });
  CHECK(early.find("host_execution.cpp:") != std::string::npos);
  CHECK(early.find("thread 7 of block (0, 0, 0) has come to its end") != std::string::npos);
  auto const apart = complaint_of([&] { launch({1, 64}, part_ways, out.data()); });
  CHECK(apart.find("waits at") != std::string::npos);
  CHECK(apart.find(", thread 32 of block (0, 0, 0) at ") != std::string::npos);
  auto const part = complaint_of([&] { launch({1, 64}, part_of_warp, out.data()); });
  CHECK(part.find("has come to its end") != std::string::npos);
}

TEST_CASE("host execution: after an error the next launch is as good as new") {
  std::vector<int> out(64);
  CHECK(!complaint_of([&] { launch({1, 64}, part_of_warp, out.data()); }).empty());
  CHECK(right_after_rotation<true>(1) == 64);
}

TEST_CASE("host execution: warp operations") {
  std::vector<int> out(64);
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    host_execution::seed = seed;
    launch({1, 64}, sum_of_warp, out.data());
    CHECK(out[0] == 496);
    CHECK(out[63] == 496 + 32 * 32);
  }
}

TEST_CASE("host execution: shared memory is poisoned, and no more than was asked for") {
  std::vector<float> out(32);
  launch({1, 32, sizeof(one_float)}, read_what_nobody_wrote, out.data());
  CHECK(std::isnan(out[5]));
  auto const less = complaint_of([&] { launch({1, 32, 2}, read_what_nobody_wrote, out.data()); });
  CHECK(less == "kernel: a block uses 4 bytes of shared memory and was given 2");
}

TEST_CASE("host execution: blocks are whole warps") {
  int total = 0;
  auto const refused = complaint_of([&] { launch({1, 33}, count_up, &total); });
  CHECK(refused == "kernel: a block of 33 threads: 1 to 32 whole warps are allowed");
}

}  // namespace
