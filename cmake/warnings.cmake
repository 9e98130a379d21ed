# SPDX-License-Identifier: Apache-2.0
# The warnings that the library's own targets are built with. Whether they are errors is the
# presets' business (CMAKE_COMPILE_WARNING_AS_ERROR): a newer compiler must not stop a user's build.
add_compile_options(
  -Wall
  -Wextra
  -Wpedantic
  -Wconversion
  -Wsign-conversion
  -Wshadow
  -Wold-style-cast
  -Wnon-virtual-dtor)
