# SPDX-License-Identifier: Apache-2.0
# NVIDIA's cuDNN, which has no CMake package of its own, as the target cuDNN::cudnn. Looked for beside
# the CUDA toolkit, in cuDNN_ROOT, and where Debian's packages, conda and PyPI put it.
if(CUDAToolkit_FOUND)
  set(cuDNN_hints ${CUDAToolkit_INCLUDE_DIRS} ${CUDAToolkit_LIBRARY_DIR})
endif()
list(APPEND cuDNN_hints $ENV{CONDA_PREFIX} ${Python3_SITELIB}/nvidia/cudnn)
find_path(cuDNN_INCLUDE_DIR cudnn_version.h HINTS ${cuDNN_hints} PATH_SUFFIXES include)
find_library(cuDNN_LIBRARY NAMES cudnn libcudnn.so.9 HINTS ${cuDNN_hints} PATH_SUFFIXES lib lib64)
mark_as_advanced(cuDNN_INCLUDE_DIR cuDNN_LIBRARY)

if(cuDNN_INCLUDE_DIR)
  file(STRINGS ${cuDNN_INCLUDE_DIR}/cudnn_version.h cuDNN_lines
       REGEX "^#define CUDNN_(MAJOR|MINOR|PATCHLEVEL) [0-9]+")
  string(REGEX REPLACE "[^;]*CUDNN_[A-Z]+ ([0-9]+)[^;]*" "\\1" cuDNN_VERSION "${cuDNN_lines}")
  list(JOIN cuDNN_VERSION "." cuDNN_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  cuDNN
  REQUIRED_VARS cuDNN_LIBRARY cuDNN_INCLUDE_DIR
  VERSION_VAR cuDNN_VERSION)
if(cuDNN_FOUND AND NOT TARGET cuDNN::cudnn)
  add_library(cuDNN::cudnn UNKNOWN IMPORTED)
  set_target_properties(cuDNN::cudnn PROPERTIES IMPORTED_LOCATION ${cuDNN_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES
                                                                               ${cuDNN_INCLUDE_DIR})
endif()
