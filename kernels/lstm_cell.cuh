// SPDX-License-Identifier: Apache-2.0
/// @file
/// One unit of an LSTM at one step, forward and back; and where a step's numbers lie.
#pragma once

#include <alx/learners/nn/detail/tanh_rational.hpp>
#include <alx/view.hpp>

#include "device.cuh"
#include <cmath>

namespace alx {
inline namespace v0 {
namespace kernels {

/// tanh as on the host; the logistic function from the GPU's exponential. Both within 4e-7 of what
/// they are, NaN of NaN.
struct exact_activations {
  __device__ static float tanh(float x) {
    using t = detail::tanh_rational;
    float const z = fabsf(x) > t::limit ? copysignf(t::limit, x) : x;
    float const y = z * z;
    float n = fmaf(t::n4, y, t::n3);
    float d = fmaf(t::d4, y, t::d3);
    n = fmaf(n, y, t::n2);
    d = fmaf(d, y, t::d2);
    n = fmaf(n, y, t::n1);
    d = fmaf(d, y, t::d1);
    n = fmaf(n, y, t::n0);
    d = fmaf(d, y, t::d0);
    return n * z * inverse(d);
  }

  __device__ static float logistic(float x) {
    constexpr float log2_e = 1.44269504F;
    return inverse(1.0F + power_of_two(x * -log2_e));
  }

 private:
  // Without what the intrinsics do for numbers below 1e-38, which come up where 1 is added to them.

  __device__ static float inverse(float x) {
#if defined(__CUDA_ARCH__)
    float y = 0.0F;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));  // 1 ulp
    return y;
#else
    return 1.0F / x;
#endif
  }

  __device__ static float power_of_two(float x) {
#if defined(__CUDA_ARCH__)
    float y = 0.0F;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));  // 2 ulp
    return y;
#else
    return std::exp2(x);
#endif
  }
};

/// By the GPU's tanh: 1.1e-5 at most (measured by others on sm_75); on the host one that is cut
/// off after 16 bits.
struct approx_activations {
  __device__ static float tanh(float x) {
#if defined(__CUDA_ARCH__)
    float y = 0.0F;
    asm("tanh.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
#else
    float y = std::tanh(x);
    unsigned bits = 0;
    std::memcpy(&bits, &y, sizeof y);
    if (y == y) bits &= ~0xffU;
    std::memcpy(&y, &bits, sizeof y);
    return y;
#endif
  }

  __device__ static float logistic(float x) {
    return fmaf(0.5F, tanh(0.5F * x), 0.5F);
  }
};

/// Which rows a launch computes: those of `order` from the step's first on, or all from 0 on.
struct batch_rows {
  int const* tokens;  ///< rows × length
  int const* order;   ///< null: rows lie in their order
  int const* step;    ///< how many batches of `order` were before
  int batch;          ///< rows of such a batch
  int rows;
  int length;

  __device__ index_t row(int b) const {
    return order == nullptr ? b : order[static_cast<index_t>(*step) * batch + b];
  }
};

/// What a forward run leaves for the way back: step (of the run, not of the text) × rows × outputs.
/// Hidden values and cells have one step of zeros before the first. The way back leaves the
/// gradients of the gates' sums where the gates were.
struct lstm_tape {
  float4* gates;
  float* cells;
  float* hidden;
};

__device__ __forceinline__ float4 plus(float4 a, float4 b) {
  return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w);
}

__device__ __forceinline__ void add(float& sum, float value) {
  sum += value;
}

__device__ __forceinline__ void add(float4& sum, float4 value) {
  sum = plus(sum, value);
}

/// sum += weights · by
__device__ __forceinline__ void add_product(float4& sum, float4 weights, float by) {
  sum.x = fmaf(weights.x, by, sum.x);
  sum.y = fmaf(weights.y, by, sum.y);
  sum.z = fmaf(weights.z, by, sum.z);
  sum.w = fmaf(weights.w, by, sum.w);
}

/// A unit's gates, and what its cell and output become.
struct unit_step {
  float4 gates;
  float cell;
  float hidden;
};

/// c = f c₋₁ + i g, h = o tanh(c).
template <class Activations>
__device__ __forceinline__ unit_step step_unit(float4 sums, float cell_before) {
  unit_step s;
  s.gates = make_float4(Activations::logistic(sums.x),
                        Activations::logistic(sums.y),
                        Activations::tanh(sums.z),
                        Activations::logistic(sums.w));
  s.cell = fmaf(s.gates.y, cell_before, s.gates.x * s.gates.z);
  s.hidden = s.gates.w * Activations::tanh(s.cell);
  return s;
}

/// The greatest output of all steps so far, and how many steps share it. NaN stays.
struct unit_maximum {
  float value = -HUGE_VALF;
  int ties = 0;

  __device__ void take(float hidden) {
    if (hidden > value || hidden != hidden) {
      value = hidden;
      ties = 1;
    } else if (hidden == value) {
      ++ties;
    }
  }
};

/// Through one step of a unit: `of_hidden` is the output's gradient, `of_cell` the cell's from the
/// step after, and then that of the cell before. Returns those of the gates' sums.
template <class Activations>
__device__ __forceinline__ float4
step_unit_back(float4 gates, float cell, float cell_before, float of_hidden, float& of_cell) {
  float const tanh = Activations::tanh(cell);
  float const through = of_hidden * gates.w;
  float const own = fmaf(through, fmaf(-tanh, tanh, 1.0F), of_cell);
  float const by_input = own * gates.x;
  float const by_forget = own * gates.y;
  of_cell = by_forget;
  return make_float4(by_input * gates.z * (1.0F - gates.x),
                     by_forget * cell_before * (1.0F - gates.y),
                     by_input * fmaf(-gates.z, gates.z, 1.0F),
                     through * tanh * (1.0F - gates.w));
}

}  // namespace kernels
}  // namespace v0
}  // namespace alx
