# SPDX-License-Identifier: Apache-2.0
# The warnings that the library's own targets are built with. Whether they are errors is the
# presets' business (CMAKE_COMPILE_WARNING_AS_ERROR): a newer compiler must not stop a user's build.
# (nvcc has its own: cmake/cuda.cmake.)
add_compile_options(
  "$<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wconversion;-Wsign-conversion;-Wshadow;-Wold-style-cast;-Wnon-virtual-dtor>")

# g++ 12 warns of its own AVX-512 header where Eigen uses it (GCC bug 105593), and of "literal" + string
# (105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(
    "$<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized;-Wno-uninitialized;-Wno-restrict>")
endif()
