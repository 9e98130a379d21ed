// SPDX-License-Identifier: Apache-2.0
/// @file
/// What is thrown, by cause. Finished, abstained and empty are values, never errors. (C++17: nvcc
/// reads it.)
#pragma once

#include <stdexcept>

namespace alx {
inline namespace v0 {

/// Everything this library throws derives from it; `what()` carries the numbers that matter.
struct error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Sizes that do not fit each other; the message gives both.
struct shape_error : error {
  using error::error;
};

/// A call that this moment does not allow: predicting before fitting, answering a closed query.
struct state_error : error {
  using error::error;
};

/// Data that cannot be what it is said to be; the message names the file, row or field.
struct data_error : error {
  using error::error;
};

/// An option outside its range; the message names the option, its value and the range.
struct option_error : error {
  using error::error;
};

/// A computation that left the finite numbers.
struct numeric_error : error {
  using error::error;
};

/// What a GPU, or its driver, answered; the message names the call.
struct gpu_error : error {
  using error::error;
};

}  // namespace v0
}  // namespace alx
