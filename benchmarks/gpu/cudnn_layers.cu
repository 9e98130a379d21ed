// SPDX-License-Identifier: Apache-2.0
// The same layer by cuDNN, from the embedded vectors to all outputs, and back to the derivatives by
// the vectors and all weights: each of its algorithms that takes the size, in float32 and with the
// products of tensor cores, in a graph where it can be recorded.
#if defined(ALX_CHECK_CUDNN)
#include <cudnn.h>

#include "cuda_timing.cuh"
#include <string>
#include <utility>
#include <vector>

namespace {

using cuda_timing::check;
using cuda_timing::room_for;

bool good(cudnnStatus_t answer) {
  return answer == CUDNN_STATUS_SUCCESS;
}

class layer {
 public:
  layer(cuda_timing::layer_size const& size, cudnnRNNAlgo_t algorithm, cudnnMathType_t math)
      : size_(size) {
    check(cudaStreamCreate(&stream_) == cudaSuccess, "cudaStreamCreate");
    check(good(cudnnCreate(&handle_)) && good(cudnnSetStream(handle_, stream_)), "cudnnCreate");
    check(good(cudnnCreateRNNDescriptor(&rnn_)), "cudnnCreateRNNDescriptor");
    check(good(cudnnCreateDropoutDescriptor(&dropout_)), "cudnnCreateDropoutDescriptor");
    check(good(cudnnSetDropoutDescriptor(dropout_, handle_, 0.0F, nullptr, 0, 0)),
          "cudnnSetDropoutDescriptor");
    check(good(cudnnCreateRNNDataDescriptor(&inputs_)), "cudnnCreateRNNDataDescriptor");
    check(good(cudnnCreateRNNDataDescriptor(&outputs_)), "cudnnCreateRNNDataDescriptor");
    check(good(cudnnCreateTensorDescriptor(&state_)), "cudnnCreateTensorDescriptor");
    takes_ = good(cudnnSetRNNDescriptor_v8(rnn_,
                                           algorithm,
                                           CUDNN_LSTM,
                                           CUDNN_RNN_SINGLE_INP_BIAS,
                                           CUDNN_BIDIRECTIONAL,
                                           CUDNN_LINEAR_INPUT,
                                           CUDNN_DATA_FLOAT,
                                           CUDNN_DATA_FLOAT,
                                           math,
                                           size.width,
                                           size.units,
                                           size.units,
                                           1,
                                           dropout_,
                                           CUDNN_RNN_PADDED_IO_DISABLED)) &&
             describe() && find_room();
  }

  layer(layer const&) = delete;
  layer& operator=(layer const&) = delete;

  ~layer() {
    for (void* used : memory_) cudaFree(used);
    cudnnDestroyTensorDescriptor(state_);
    cudnnDestroyRNNDataDescriptor(outputs_);
    cudnnDestroyRNNDataDescriptor(inputs_);
    cudnnDestroyDropoutDescriptor(dropout_);
    cudnnDestroyRNNDescriptor(rnn_);
    cudnnDestroy(handle_);
    cudaStreamDestroy(stream_);
  }

  [[nodiscard]] bool takes() const { return takes_; }

  [[nodiscard]] cudaStream_t stream() const { return stream_; }

  /// Whether it was done.
  bool run(bool back) {
    bool done = good(cudnnRNNForward(handle_,
                                     rnn_,
                                     CUDNN_FWD_MODE_TRAINING,
                                     lengths_,
                                     inputs_,
                                     x_,
                                     outputs_,
                                     y_,
                                     state_,
                                     nullptr,
                                     nullptr,
                                     state_,
                                     nullptr,
                                     nullptr,
                                     weight_bytes_,
                                     weights_,
                                     work_bytes_,
                                     work_,
                                     reserve_bytes_,
                                     reserve_));
    if (back) done = done && run_back();
    return done;
  }

 private:
  bool run_back() {
    return good(cudnnRNNBackwardData_v8(handle_,
                                        rnn_,
                                        lengths_,
                                        outputs_,
                                        y_,
                                        y_,
                                        inputs_,
                                        of_x_,
                                        state_,
                                        nullptr,
                                        nullptr,
                                        nullptr,
                                        state_,
                                        nullptr,
                                        nullptr,
                                        nullptr,
                                        weight_bytes_,
                                        weights_,
                                        work_bytes_,
                                        work_,
                                        reserve_bytes_,
                                        reserve_)) &&
           good(cudnnRNNBackwardWeights_v8(handle_,
                                           rnn_,
                                           CUDNN_WGRAD_MODE_ADD,
                                           lengths_,
                                           inputs_,
                                           x_,
                                           state_,
                                           nullptr,
                                           outputs_,
                                           y_,
                                           weight_bytes_,
                                           of_weights_,
                                           work_bytes_,
                                           work_,
                                           reserve_bytes_,
                                           reserve_));
  }

  bool describe() {
    std::vector<int> const lengths(static_cast<std::size_t>(size_.batch), size_.length);
    int const sizes[3] = {2, size_.batch, size_.units};
    int const strides[3] = {size_.batch * size_.units, size_.units, 1};
    auto const data = [&](cudnnRNNDataDescriptor_t of, int columns) {
      return good(cudnnSetRNNDataDescriptor(of,
                                            CUDNN_DATA_FLOAT,
                                            CUDNN_RNN_DATA_LAYOUT_SEQ_MAJOR_PACKED,
                                            size_.length,
                                            size_.batch,
                                            columns,
                                            lengths.data(),
                                            nullptr));
    };
    lengths_ = take<int>(lengths.size());
    check(cudaMemcpy(
              lengths_, lengths.data(), lengths.size() * sizeof(int), cudaMemcpyHostToDevice) ==
              cudaSuccess,
          "cudaMemcpy");
    return data(inputs_, size_.width) && data(outputs_, 2 * size_.units) &&
           good(cudnnSetTensorNdDescriptor(state_, CUDNN_DATA_FLOAT, 3, sizes, strides));
  }

  bool find_room() {
    if (!good(cudnnGetRNNWeightSpaceSize(handle_, rnn_, &weight_bytes_)) ||
        !good(cudnnGetRNNTempSpaceSizes(
            handle_, rnn_, CUDNN_FWD_MODE_TRAINING, inputs_, &work_bytes_, &reserve_bytes_))) {
      return false;
    }
    auto const steps = static_cast<std::size_t>(size_.batch) * size_.length;
    x_ = take<float>(steps * size_.width);
    of_x_ = take<float>(steps * size_.width);
    y_ = take<float>(steps * 2 * size_.units);
    weights_ = take<char>(weight_bytes_);
    of_weights_ = take<char>(weight_bytes_);
    work_ = take<char>(work_bytes_);
    reserve_ = take<char>(reserve_bytes_);
    return true;
  }

  template <class T>
  T* take(std::size_t count) {
    T* const taken = room_for<T>(count == 0 ? 1 : count);
    memory_.push_back(taken);
    return taken;
  }

  cuda_timing::layer_size size_;
  cudaStream_t stream_ = nullptr;
  cudnnHandle_t handle_ = nullptr;
  cudnnRNNDescriptor_t rnn_ = nullptr;
  cudnnDropoutDescriptor_t dropout_ = nullptr;
  cudnnRNNDataDescriptor_t inputs_ = nullptr;
  cudnnRNNDataDescriptor_t outputs_ = nullptr;
  cudnnTensorDescriptor_t state_ = nullptr;
  std::vector<void*> memory_;
  int* lengths_ = nullptr;
  float* x_ = nullptr;
  float* of_x_ = nullptr;
  float* y_ = nullptr;
  void* weights_ = nullptr;
  void* of_weights_ = nullptr;
  void* work_ = nullptr;
  void* reserve_ = nullptr;
  std::size_t weight_bytes_ = 0;
  std::size_t work_bytes_ = 0;
  std::size_t reserve_bytes_ = 0;
  bool takes_ = false;
};

/// What a layer does as a graph; null where it cannot be recorded.
cudaGraphExec_t record(layer& of, bool back) {
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t made = nullptr;
  bool done = cudaStreamBeginCapture(of.stream(), cudaStreamCaptureModeThreadLocal) == cudaSuccess;
  done = done && of.run(back);
  bool const ended = cudaStreamEndCapture(of.stream(), &graph) == cudaSuccess && graph != nullptr;
  if (done && ended && cudaGraphInstantiate(&made, graph, 0) != cudaSuccess) made = nullptr;
  if (graph != nullptr) cudaGraphDestroy(graph);
  static_cast<void>(cudaGetLastError());
  return made;
}

void time_layer(cuda_timing::layer_size const& size,
                std::pair<cudnnRNNAlgo_t, char const*> algorithm,
                std::pair<cudnnMathType_t, char const*> math) {
  layer one(size, algorithm.first, math.first);
  if (!one.takes() || !one.run(true)) {
    static_cast<void>(cudaGetLastError());
    return;
  }
  for (bool const back : {false, true}) {
    cudaGraphExec_t const graph = record(one, back);
    auto const call = [&] {
      bool const done =
          graph != nullptr ? cudaGraphLaunch(graph, one.stream()) == cudaSuccess : one.run(back);
      check(done, "a layer of cuDNN");
    };
    std::string const name = std::string("cuDNN ") + algorithm.second + math.second +
                             (graph == nullptr ? ", no graph" : "");
    cuda_timing::say(size.name(back), name, cuda_timing::median(20, one.stream(), call));
    if (graph != nullptr) cudaGraphExecDestroy(graph);
  }
}

}  // namespace

namespace cuda_timing {

void time_cudnn_layers() {
  for (auto const& size : layer_sizes()) {
    for (auto const& algorithm : {std::pair{CUDNN_RNN_ALGO_STANDARD, "standard"},
                                  std::pair{CUDNN_RNN_ALGO_PERSIST_STATIC, "persistent"},
                                  std::pair{CUDNN_RNN_ALGO_PERSIST_DYNAMIC, "dynamic"},
                                  std::pair{CUDNN_RNN_ALGO_PERSIST_STATIC_SMALL_H, "small H"}}) {
      for (auto const& math :
           {std::pair{CUDNN_FMA_MATH, ""}, std::pair{CUDNN_TENSOR_OP_MATH, ", tensor cores"}}) {
        time_layer(size, algorithm, math);
      }
    }
  }
}

}  // namespace cuda_timing
#endif
