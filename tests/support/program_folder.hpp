// SPDX-License-Identifier: Apache-2.0
/// @file
/// A folder in which the example programs are run as a user runs them.
#pragma once

#include <doctest/doctest.h>

#include "scratch_folder.hpp"
#include <cstdlib>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <vector>

namespace support {

class program_folder {
 public:
  [[nodiscard]] std::string at(std::string const& name) const {
    return (folder_.path() / name).string();
  }

  [[nodiscard]] std::string content(std::string const& name) const {
    std::ifstream in(at(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// The exit status of a program; what it wrote is in `said` (standard output and error). It reads
  /// the file `input`.
  int run(std::string const& command, std::string const& input = "/dev/null") {
    std::string const line = "cd '" + folder_.path().string() + "' && '" ALX_EXAMPLES_DIR "/" +
                             command.substr(0, command.find(' ')) + "'" +
                             command.substr(command.find(' ')) + " > said 2>&1 < " + input;
    int const status = std::system(line.c_str());  // NOLINT(cert-env33-c,concurrency-mt-unsafe)
    said = content("said");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  /// Is it refused with status 1 and one line that has all of these words?
  [[nodiscard]] bool refuses(std::string const& command, std::vector<std::string> const& words) {
    int const status = run(command);
    INFO(command << "\n" << status << "\n" << said);
    bool fine = status == 1 && said.find("error: ") != std::string::npos;
    for (auto const& word : words) fine = fine && said.find(word) != std::string::npos;
    CHECK(fine);
    return fine;
  }

  std::string said;

 private:
  scratch_folder folder_;
};

}  // namespace support
