# SPDX-License-Identifier: Apache-2.0
# cmake --install: headers, find_package(alx CONFIG [COMPONENTS eigen]) and pkg-config.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(alx_cmake_dir ${CMAKE_INSTALL_DATAROOTDIR}/cmake/alx)
set(alx_pkgconfig_dir ${CMAKE_INSTALL_DATAROOTDIR}/pkgconfig)

install(TARGETS alx EXPORT alxTargets FILE_SET HEADERS)
install(EXPORT alxTargets NAMESPACE alx:: DESTINATION ${alx_cmake_dir})
if(TARGET alx_eigen)
  install(TARGETS alx_eigen EXPORT alxEigenTargets FILE_SET HEADERS)
  install(
    EXPORT alxEigenTargets
    FILE alx-eigen.cmake
    NAMESPACE alx::
    DESTINATION ${alx_cmake_dir})
endif()

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/alxConfig.cmake.in ${PROJECT_BINARY_DIR}/alxConfig.cmake
  INSTALL_DESTINATION ${alx_cmake_dir})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/alxConfigVersion.cmake
  COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT)
install(
  FILES ${PROJECT_BINARY_DIR}/alxConfig.cmake ${PROJECT_BINARY_DIR}/alxConfigVersion.cmake
  DESTINATION ${alx_cmake_dir})

# The prefix is told from where the file lies, so that an installed tree can be moved.
file(RELATIVE_PATH alx_prefix_from_pc /${alx_pkgconfig_dir} /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/alx.pc.in ${PROJECT_BINARY_DIR}/alx.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/alx.pc DESTINATION ${alx_pkgconfig_dir})
