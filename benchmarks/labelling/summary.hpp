// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the lines of many simulated people say: answers needed, accuracies, and whether the
/// estimate's intervals hold what they promise.
#pragma once

#include <alx/data/csv.hpp>
#include <alx/experiment/statistics.hpp>
#include <alx/metrics/proportion.hpp>
#include <alx/view.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace people {

struct checkpoint {
  double answers;
  double accuracy;
  double agreement;
  alx::index_t scored;
  alx::interval range;
};

using curve = std::vector<checkpoint>;
using curves = std::map<std::string, curve>;        ///< by seed
using by_strategy = std::map<std::string, curves>;  ///< both with the same seeds
using results = std::map<std::pair<std::string, std::string>, by_strategy>;  ///< data, wrong

[[nodiscard]] inline results read_results(std::vector<std::string> const& files) {
  results all;
  for (auto const& file : files) {
    auto const table = alx::read_csv(file);
    auto const column = [&](char const* name) { return table.column(name); };
    auto const answers = table.numbers(column("answers"));
    auto const accuracy = table.numbers(column("accuracy"));
    auto const agreement = table.numbers(column("agreement"));
    auto const scored = table.numbers(column("scored"));
    auto const lower = table.numbers(column("lower"));
    auto const upper = table.numbers(column("upper"));
    for (alx::index_t r = 0; r < table.rows(); ++r) {
      auto const field = [&](char const* name) { return std::string(table(r, column(name))); };
      auto const i = static_cast<std::size_t>(r);
      auto& group = all[{field("data"), field("wrong")}];
      group[field("strategy")][field("seed")].push_back({answers[i],
                                                         accuracy[i],
                                                         agreement[i],
                                                         static_cast<alx::index_t>(scored[i]),
                                                         {lower[i], upper[i]}});
    }
  }
  return all;
}

/// Answers from which on the accuracy stays at `target`; nothing where it does not.
[[nodiscard]] inline std::optional<double> answers_needed(curve const& run, double target) {
  std::vector<double> accuracy;
  for (auto const& point : run) accuracy.push_back(point.accuracy);
  auto const at = static_cast<std::size_t>(alx::first_kept(accuracy, target));
  if (at == run.size()) return std::nullopt;
  return run[at].answers;
}

inline char const* verdict(alx::interval const& difference) {
  return difference.contains(0.0) ? "no difference shown" : "shown";
}

[[nodiscard]] inline std::vector<double> last_accuracies(curves const& runs) {
  std::vector<double> last;
  for (auto const& [seed, run] : runs) last.push_back(run.back().accuracy);
  return last;
}

inline void print_pair(std::vector<double> const& a, std::vector<double> const& b, int digits) {
  auto const first = alx::summarise(a);
  auto const second = alx::summarise(b);
  auto const less = alx::paired_difference(a, b);
  std::printf(" %.*f ± %.*f | %.*f ± %.*f | %+.*f (%+.*f to %+.*f)",
              digits,
              first.mean,
              digits,
              first.half_width(),
              digits,
              second.mean,
              digits,
              second.half_width(),
              digits,
              less.mean,
              digits,
              less.of_mean.lower,
              digits,
              less.of_mean.upper);
}

/// Where a run does not reach the target, one step more than it had counts, which is too few.
inline void print_needed(results const& all,
                         std::pair<std::string, std::string> const& strategies,
                         double share) {
  auto const& [one, other] = strategies;
  std::printf(
      "| data | wrong | target | %s | %s | difference | reached | |\n"
      "|---|---|---|---|---|---|---|---|\n",
      one.c_str(),
      other.c_str());
  for (auto const& [key, group] : all) {
    auto const target = share * alx::summarise(last_accuracies(group.at(other))).mean;
    std::map<std::string, std::vector<double>> needed;
    std::map<std::string, int> reached;
    for (auto const& name : {one, other}) {
      for (auto const& [seed, run] : group.at(name)) {
        auto const answers = answers_needed(run, target);
        auto const step = run.size() > 1 ? run[1].answers - run[0].answers : 1.0;
        needed[name].push_back(answers.value_or(run.back().answers + step));
        reached[name] += answers ? 1 : 0;
      }
    }
    std::printf("| %s | %s | %.3f |", key.first.c_str(), key.second.c_str(), target);
    print_pair(needed[one], needed[other], 0);
    std::printf(" | %d and %d of %zu | %s |\n",
                reached[one],
                reached[other],
                needed[one].size(),
                verdict(alx::paired_difference(needed[one], needed[other]).of_mean));
  }
}

inline void print_last(results const& all, std::pair<std::string, std::string> const& strategies) {
  auto const& [one, other] = strategies;
  std::printf(
      "\n| data | wrong | answers | %s | %s | difference | |\n|---|---|---|---|---|---|---|\n",
      one.c_str(),
      other.c_str());
  for (auto const& [key, group] : all) {
    auto const a = last_accuracies(group.at(one));
    auto const b = last_accuracies(group.at(other));
    auto const answers = group.at(one).begin()->second.back().answers;
    std::printf("| %s | %s | %.0f |", key.first.c_str(), key.second.c_str(), answers);
    print_pair(a, b, 3);
    std::printf(" | %s |\n", verdict(alx::paired_difference(a, b).of_mean));
  }
}

/// How often Wilson's interval of `trials` rows holds `share`, were they drawn independently.
[[nodiscard]] inline double promised(alx::index_t trials, double share) {
  double const n = static_cast<double>(trials);
  double held = 0.0;
  for (alx::index_t right = 0; right <= trials; ++right) {
    if (!alx::wilson(right, trials).contains(share)) continue;
    double const k = static_cast<double>(right);
    double const ways = std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0);
    held += std::exp(ways + k * std::log(share) + (n - k) * std::log1p(-share));
  }
  return held;
}

/// Sums of one repeat; repeats are independent, their checkpoints are not.
struct cover {
  double points = 0.0;
  double agreement = 0.0;
  double accuracy = 0.0;
  double promise = 0.0;

  void add(checkpoint const& point) {
    ++points;
    agreement += point.range.contains(point.agreement) ? 1.0 : 0.0;
    accuracy += point.range.contains(point.accuracy) ? 1.0 : 0.0;
    promise += promised(point.scored, point.agreement);
  }
};

using cover_by_seed = std::map<std::string, cover>;

inline void print_cover(std::string const& where, cover_by_seed const& seeds) {
  std::vector<double> agreement;
  std::vector<double> accuracy;
  double promise = 0.0;
  double points = 0.0;
  for (auto const& [seed, sum] : seeds) {
    agreement.push_back(100.0 * sum.agreement / sum.points);
    accuracy.push_back(100.0 * sum.accuracy / sum.points);
    promise += sum.promise;
    points += sum.points;
  }
  auto const held = alx::summarise(agreement);
  auto const truth = alx::summarise(accuracy);
  std::printf("| %s | %.1f ± %.1f | %.1f | %.1f ± %.1f |\n",
              where.c_str(),
              held.mean,
              held.half_width(),
              100.0 * promise / points,
              truth.mean,
              truth.half_width());
}

/// Of checkpoints with at least five rows looked at, which the program shows an estimate for.
inline void print_coverage(results const& all, std::vector<double> const& at) {
  std::map<std::string, std::map<std::string, cover_by_seed>> of;  // by wrong, then what
  for (auto const& [key, group] : all) {
    for (auto const& [strategy, runs] : group) {
      for (auto const& [seed, run] : runs) {
        for (auto const& point : run) {
          if (point.scored < 5) continue;
          auto& wrong = of[key.second];
          wrong["all"][seed].add(point);
          wrong["all, " + key.first][seed].add(point);
          if (std::find(at.begin(), at.end(), point.answers) == at.end()) continue;
          char name[32];
          std::snprintf(name, sizeof name, "%4.0f answers", point.answers);
          wrong[name][seed].add(point);
        }
      }
    }
  }
  std::printf(
      "\n| wrong, where | agreement within, %% | independent rows, %% | accuracy within, %% "
      "|\n|---|---|---|---|\n");
  for (auto const& [wrong, rows] : of) {
    for (auto const& [what, seeds] : rows) print_cover(wrong + ", " + what, seeds);
  }
}

/// Who looks often is told too much sooner or later: runs in which the lower limit was above the
/// agreement at least once.
inline void print_looks(results const& all) {
  std::map<std::string, std::map<std::string, std::vector<double>>> of;  // by wrong, then seed
  for (auto const& [key, group] : all) {
    for (auto const& [strategy, runs] : group) {
      for (auto const& [seed, run] : runs) {
        bool const ever = std::any_of(run.begin(), run.end(), [](checkpoint const& point) {
          return point.scored >= 5 && point.range.lower > point.agreement;
        });
        of[key.second][seed].push_back(ever ? 100.0 : 0.0);
      }
    }
  }
  std::printf("\n| wrong | runs whose lower limit was once too high, %% |\n|---|---|\n");
  for (auto const& [wrong, seeds] : of) {
    std::vector<double> means;
    for (auto const& [seed, runs] : seeds) means.push_back(alx::summarise(runs).mean);
    auto const mean = alx::summarise(means);
    std::printf("| %s | %.1f ± %.1f |\n", wrong.c_str(), mean.mean, mean.half_width());
  }
}

}  // namespace people
