# SPDX-License-Identifier: Apache-2.0
# The target alx::gpu: our kernels and what calls them, for whoever uses the value alx::gpu{}. It is
# there where nvcc is found.
#
#   ALX_GPU = AUTO   where nvcc is found
#             ON     must be
#             OFF    not looked for
if(NOT ALX_GPU MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "ALX_GPU is '${ALX_GPU}': AUTO, ON and OFF are understood")
endif()
if(ALX_GPU STREQUAL "OFF")
  return()
endif()

# All that nvcc 13 knows and somebody has; the last one also as PTX, for what is to come.
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 75-real 80-real 86-real 89-real 90-real 100-real 120)
endif()
include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  if(ALX_GPU STREQUAL "ON")
    message(FATAL_ERROR "ALX_GPU is ON, and no CUDA compiler works here: put nvcc on PATH, or name it in CMAKE_CUDA_COMPILER")
  endif()
  message(STATUS "no CUDA compiler: alx::gpu is not built")
  return()
endif()
enable_language(CUDA)
find_package(CUDAToolkit REQUIRED)
if(NOT TARGET CUDA::cublas)
  if(ALX_GPU STREQUAL "ON")
    message(FATAL_ERROR "ALX_GPU is ON, and the CUDA toolkit here has no cuBLAS")
  endif()
  message(STATUS "no cuBLAS: alx::gpu is not built")
  return()
endif()

file(GLOB alx_kernels CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/kernels/*.cu)
add_library(alx_gpu STATIC ${alx_kernels})
add_library(alx::gpu ALIAS alx_gpu)
set_target_properties(
  alx_gpu
  PROPERTIES EXPORT_NAME gpu
             OUTPUT_NAME alx_gpu
             POSITION_INDEPENDENT_CODE ON
             CUDA_STANDARD 17
             CUDA_STANDARD_REQUIRED ON
             CUDA_EXTENSIONS OFF)
target_link_libraries(alx_gpu PUBLIC alx CUDA::cudart_static CUDA::cublas)
target_compile_definitions(alx_gpu INTERFACE ALX_HAS_GPU=1)
file(GLOB alx_kernel_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/kernels/*.cuh
     ${PROJECT_SOURCE_DIR}/kernels/*.hpp)
target_sources(alx_gpu PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${alx_kernel_headers})
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(alx_gpu PRIVATE -Xcompiler=-Wall,-Wextra)
endif()
list(APPEND alx_components gpu)
