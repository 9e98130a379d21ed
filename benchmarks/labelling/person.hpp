// SPDX-License-Identifier: Apache-2.0
/// @file
/// A simulated person at examples/label: how the model does on fresh rows as answers come in, and
/// what the program says of it.
#pragma once

#include <alx/journal/journal.hpp>
#include <alx/metrics/proportion.hpp>
#include <alx/parallel.hpp>

#include "label/desk.hpp"
#include "label/status.hpp"
#include "pupil.hpp"
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace people {

struct run_options {
  pool_options from;
  std::vector<std::string> strategies = {"entropy", "random"};
  std::vector<double> wrong = {0.0, 0.05, 0.2};  ///< shares of wrong answers
  std::string learner = "lsa";                   ///< of texts
  alx::index_t seeds = 20;
  alx::index_t answers = 400;
  alx::index_t every = 10;  ///< answers between two lines
  alx::index_t batch = 4;
  int threads = 1;
};

/// The class that a person gives who errs so often: of a row always the same.
[[nodiscard]] inline alx::label_t answer_of(known_rows const& all,
                                            alx::index_t id,
                                            double wrong,
                                            std::uint64_t seed) {
  auto const truth = all.labels[static_cast<std::size_t>(id)];
  alx::philox random(seed, 0, static_cast<std::uint32_t>(draw::mistake), id);
  if (!(random.uniform() < wrong)) return truth;
  auto const other = static_cast<alx::label_t>(random.below(std::ssize(all.classes) - 1));
  return other < truth ? other : other + 1;
}

/// A file in a folder of its own that goes when this does.
class passing_file {
 public:
  explicit passing_file(std::string const& name)
      : folder_(std::filesystem::temp_directory_path() /
                ("people-" + std::to_string(getpid()) + "-" + name)) {
    std::filesystem::create_directories(folder_);
  }

  passing_file(passing_file const&) = delete;
  passing_file& operator=(passing_file const&) = delete;

  ~passing_file() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] std::filesystem::path path() const { return folder_ / "answers.journal"; }

 private:
  std::filesystem::path folder_;
};

/// Share of fresh rows on which the model says the true class.
[[nodiscard]] inline double accuracy_of(alx::matrix<double> const& said,
                                        known_rows const& all,
                                        std::vector<alx::index_t> const& test) {
  alx::index_t right = 0;
  for (alx::index_t r = 0; r < said.rows(); ++r) {
    alx::index_t best = 0;
    for (alx::index_t c = 1; c < said.cols(); ++c) {
      if (said(r, c) > said(r, best)) best = c;
    }
    auto const id = static_cast<std::size_t>(test[static_cast<std::size_t>(r)]);
    if (best == all.labels[id]) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(said.rows());
}

struct run_name {
  std::string strategy;
  double wrong;
  std::uint64_t seed;

  [[nodiscard]] std::string text() const {
    std::ostringstream out;
    out << strategy << ',' << wrong << ',' << seed;
    return out.str();
  }
};

constexpr char const* header =
    "data,strategy,wrong,seed,answers,labels,accuracy,agreement,right,scored,lower,upper\n";

/// A line of the results; none before the first model.
[[nodiscard]] inline std::string line_of(known_rows const& all,
                                         parts const& part,
                                         run_name const& run,
                                         label::desk const& desk,
                                         pupil const& learner) {
  auto const model = desk.newest();
  if (!model) return {};
  double const right = accuracy_of(learner.predict_test(), all, part.test);
  // Where the model is wrong, a wrong answer is what it says one time in classes - 1.
  auto const others = static_cast<double>(all.classes.size()) - 1.0;
  double const agreement = right * (1.0 - run.wrong) + (1.0 - right) * run.wrong / others;
  auto const hits = label::estimate(desk.known(), *model);
  auto const range = hits.of > 0 ? alx::wilson(hits.right, hits.of) : alx::interval{0.0, 1.0};
  std::ostringstream line;
  line << all.name << ',' << run.text() << ',' << desk.kept().entries().size() << ','
       << model->labels << ',' << right << ',' << agreement << ',' << hits.right << ',' << hits.of
       << ',' << range.lower << ',' << range.upper << '\n';
  return line.str();
}

/// One person from the first answer to the last.
[[nodiscard]] inline std::string run_person(known_rows const& all,
                                            parts const& part,
                                            run_options const& how,
                                            run_name const& run) {
  label::plan settled;
  settled.rows = std::ssize(part.pool);
  settled.classes = all.classes;
  settled.seed = run.seed;
  settled.batch = how.batch;
  auto const learner = make_pupil(all, part, run.strategy, how.learner, settled);
  passing_file const file(all.name + "-" + run.text());
  alx::journal kept(file.path(), {.rows = settled.rows, .classes = settled.classes});
  label::desk desk(learner.subject, settled, kept, "simulated", label::patience::always);
  std::string lines;
  while (desk.open() && std::ssize(kept.entries()) < how.answers) {
    auto const id = part.pool[static_cast<std::size_t>(desk.open()->row)];
    desk.decide(alx::deed::answer, answer_of(all, id, run.wrong, run.seed), 1.0);
    if (std::ssize(kept.entries()) % how.every == 0) {
      lines += line_of(all, part, run, desk, learner);
    }
  }
  return lines;
}

/// All runs, to the standard output; those of a seed share rows, order and mistakes.
inline void run_people(run_options const& how) {
  auto const all = read_rows(how.from);
  alx::thread_team team(how.threads);
  std::mutex mutex;
  std::cout << header;
  team.for_each_chunk(how.seeds, [&](alx::index_t chunk) {
    auto const seed = static_cast<std::uint64_t>(chunk);
    auto const part = split(all, how.from, seed);
    for (double const wrong : how.wrong) {
      for (auto const& strategy : how.strategies) {
        auto const lines = run_person(all, part, how, {strategy, wrong, seed});
        std::scoped_lock const lock(mutex);
        std::cout << lines << std::flush;
      }
    }
  });
}

}  // namespace people
