// SPDX-License-Identifier: Apache-2.0
// A header that needs SQLite.
#include <alx/journal/journal.hpp>

int main(int count, char** words) {
  if (count > 1) alx::journal{words[1]};
}
