// SPDX-License-Identifier: Apache-2.0
/// @file
/// Oracle: the known answer, for simulations.
#pragma once

#include <alx/concepts/oracle.hpp>
#include <alx/error.hpp>

#include <span>
#include <string>
#include <vector>

namespace alx::inline v0 {

/// Answers with `labels[id]`. Keeps a view: the labels must live as long as the oracle.
///
/// **Throws.** `shape_error` where an id has no label.
class truth {
 public:
  explicit truth(std::span<label_t const> labels) : labels_(labels) {}

  [[nodiscard]] std::vector<answer> operator()(query const& asked) const {
    std::vector<answer> answers;
    answers.reserve(asked.ids.size());
    for (index_t const id : asked.ids) {
      if (id < 0 || id >= static_cast<index_t>(labels_.size())) {
        throw shape_error("truth: row " + std::to_string(id) + " was asked, but there are " +
                          std::to_string(labels_.size()) + " labels");
      }
      answers.emplace_back(labels_[static_cast<std::size_t>(id)]);
    }
    return answers;
  }

 private:
  std::span<label_t const> labels_;
};

static_assert(oracle<truth>);

}  // namespace alx::inline v0
