// SPDX-License-Identifier: Apache-2.0
/// @file
/// Learner: a bidirectional LSTM over token rows, the network of the published review experiment.
#pragma once

#include <alx/backend.hpp>
#include <alx/concepts/learner.hpp>
#include <alx/error.hpp>
#include <alx/learners/gpu_lstm_network.hpp>
#include <alx/learners/lstm_network.hpp>
#include <alx/learners/nn/batch.hpp>
#include <alx/learners/nn/fit_options.hpp>
#include <alx/learners/nn/history.hpp>
#include <alx/learners/nn/on_gpu.hpp>
#include <alx/learners/nn/optimizers.hpp>
#include <alx/learners/nn/steps_on_gpu.hpp>
#include <alx/learners/nn/trainer.hpp>
#include <alx/parallel.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alx::inline v0 {

/// What a fit of an `lstm_classifier` begins with.
enum class lstm_start {
  anew,          ///< weights drawn from the seed
  last_weights,  ///< those of the last fit; the optimizer begins anew
};

struct lstm_options {
  lstm_shape shape{};
  nn::fit_options training{};
  lstm_start start = lstm_start::anew;
};

/// Tells two classes of texts apart, given as rows of tokens (`text_vectorizer`).
///
/// With validation rows a fit ends early and leaves the weights of the least validation loss;
/// without, those of its last epoch. The same seed gives the same bits on any number of threads.
///
/// **On a GPU.** Weights, tokens and what the optimizer remembers are there while it fits;
/// `network` has the weights afterwards. The order of sums is another one, so bits differ from the
/// host's, and are the same each time on the same GPU and cuBLAS.
///
/// **Cost.** An epoch: rows × length × some 30,000 multiplications at the published sizes; a fit
/// holds three times the weights, and about 2 MB a thread.
///
/// **Reference.** Keras' example "Review classification using active learning" (Diamanti, 2021).
template <nn::optimizer Optimizer = nn::rmsprop>
class lstm_classifier {
 public:
  /// **Throws.** `option_error` for a size below 1 or a dropout that is not in [0, 1).
  explicit lstm_classifier(lstm_options const& options = {}, Optimizer rule = {}, cpu backend = {})
      : options_(options),
        rule_(rule),
        backend_(backend),
        network_(make_lstm_network(options.shape)) {}

  /// Trains and predicts on a GPU, with its functions for tanh and the logistic one.
  ///
  /// **Throws.** As above; `gpu_error` where there is no such GPU, from `fit` on.
  lstm_classifier(lstm_options const& options,
                  Optimizer rule,
                  gpu where,
                  nn::activations how = nn::activations::exact) requires nn::runs_on_gpu<Optimizer>
      : lstm_classifier(options, rule, cpu{.threads = 0}) {
    place_ = {detail::lstm_on_gpu(), where, how};
  }

  explicit lstm_classifier(gpu where) : lstm_classifier(lstm_options{}, Optimizer{}, where) {}

  /// Rows that fits judge their epochs by. Keeps views.
  ///
  /// **Throws.** `shape_error` where there is not one label a row.
  void validate_on(matrix_view<std::int32_t const> tokens, std::span<label_t const> labels) {
    if (static_cast<index_t>(labels.size()) != tokens.rows) {
      throw shape_error("lstm_classifier: " + std::to_string(tokens.rows) +
                        " validation rows and " + std::to_string(labels.size()) + " labels");
    }
    validation_ = {tokens, labels};
  }

  /// Vectors of words that the embedding has where a fit begins anew, instead of drawn ones
  /// (`word_vectors`); training changes them.
  ///
  /// **Throws.** `shape_error` where they are not max_tokens × width.
  void begin_with(matrix_view<float const> embedding) {
    index_t const tokens = options_.shape.max_tokens;
    index_t const width = options_.shape.width;
    if (embedding.rows != tokens || embedding.cols != width) {
      throw shape_error("lstm_classifier: an embedding of " + std::to_string(embedding.rows) +
                        " x " + std::to_string(embedding.cols) + " for " + std::to_string(tokens) +
                        " tokens of width " + std::to_string(width));
    }
    embedding_.clear();
    embedding_.reserve(static_cast<std::size_t>(tokens * width));
    for (index_t token = 0; token < tokens; ++token) {
      for (index_t d = 0; d < width; ++d) embedding_.push_back(embedding(token, d));
    }
  }

  /// **Throws.** What `nn::trainer::fit` throws; `option_error` for more than two classes.
  void fit(matrix_view<std::int32_t const> pool, labelled_rows rows) {
    if (rows.classes > 2) {
      throw option_error("lstm_classifier: " + std::to_string(rows.classes) +
                         " classes; it is for two");
    }
    thread_team team(backend_.threads);
    if (options_.start == lstm_start::anew || !fitted_) {
      network_.initialise(options_.training.seed, team);
      if (!embedding_.empty()) {
        network_.change_weights(team, [&](std::span<float> weights) {
          std::copy(embedding_.begin(), embedding_.end(), weights.begin());
        });
      }
    }
    nn::gathered_rows gathered;
    nn::batch const all{gathered.take_tokens(pool, rows.ids), rows.labels, rows.weights};
    nn::checkpoint best;
    history_ = train(all, best, team);
    if (!best.weights.empty()) {
      network_.set_weights(best.weights, team);
      if (there_ != nullptr) there_->set_weights(best.weights);
    }
    fitted_ = true;
  }

  void predict_proba(matrix_view<std::int32_t const> pool, matrix_view<double> out) const {
    if (!fitted_) throw state_error("lstm_classifier: predict_proba before fit");
    if (there_ != nullptr) return there_->predict(pool, out);
    thread_team team(backend_.threads);
    network_.predict(pool, out, team);
  }

  /// Probabilities of a pool on the learner's GPU, into memory that is there.
  ///
  /// **Throws.** `state_error` before a fit, or where the learner has no GPU; `data_error` naming
  /// the first token that it does not know.
  void predict_proba(matrix_view<std::int32_t const, device> pool,
                     matrix_view<double, device> out) const {
    if (!fitted_ || there_ == nullptr) {
      throw state_error("lstm_classifier: a pool on a GPU, and no fit on one before");
    }
    there_->predict(pool, out);
  }

  /// Of the last fit.
  [[nodiscard]] nn::training_history const& history() const { return history_; }

  [[nodiscard]] lstm_network const& network() const { return network_; }

 private:
  nn::training_history train(nn::batch const& rows, nn::checkpoint& best, thread_team& team) {
    auto const silent = [](auto const& /*event*/) {};
    if constexpr (nn::runs_on_gpu<Optimizer>) {
      if (place_) {
        there_.reset();  // its room is that of the next
        auto there = std::make_shared<gpu_lstm_network>(options_.shape, *place_);
        there->set_weights(network_.weights());
        there_ = std::move(there);
        nn::trainer trainer(network_, rule_, team, *there_);
        return trainer.fit(rows, validation_, options_.training, best, silent);
      }
    }
    nn::trainer trainer(network_, rule_, team);
    return trainer.fit(rows, validation_, options_.training, best, silent);
  }

  lstm_options options_;
  Optimizer rule_;
  cpu backend_;
  std::optional<gpu_lstm_place> place_;      // none: on the host
  std::shared_ptr<gpu_lstm_network> there_;  // of the last fit: copies of the learner share it
  lstm_network network_;
  nn::batch validation_{};
  std::vector<float> embedding_;  // to begin with; drawn where empty
  nn::training_history history_;
  bool fitted_ = false;
};

static_assert(learner<lstm_classifier<>, matrix_view<std::int32_t const>>);

}  // namespace alx::inline v0
