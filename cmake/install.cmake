# SPDX-License-Identifier: Apache-2.0
# cmake --install: headers, find_package(alx CONFIG [COMPONENTS eigen xtensor compressed journal hdf5 gpu]) and pkg-config.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(alx_cmake_dir ${CMAKE_INSTALL_DATAROOTDIR}/cmake/alx)
set(alx_pkgconfig_dir ${CMAKE_INSTALL_DATAROOTDIR}/pkgconfig)

install(TARGETS alx EXPORT alxTargets FILE_SET HEADERS)
install(EXPORT alxTargets NAMESPACE alx:: DESTINATION ${alx_cmake_dir})
foreach(component IN LISTS alx_components)
  set(alx_headers_dir ${CMAKE_INSTALL_INCLUDEDIR})
  if(component STREQUAL "gpu") # kernels/ among the library's own
    set(alx_headers_dir ${CMAKE_INSTALL_INCLUDEDIR}/alx)
  endif()
  install(
    TARGETS alx_${component}
    EXPORT alx_${component}_targets
    FILE_SET HEADERS
    DESTINATION ${alx_headers_dir})
  install(
    EXPORT alx_${component}_targets
    FILE alx-${component}.cmake
    NAMESPACE alx::
    DESTINATION ${alx_cmake_dir})
endforeach()

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/alxConfig.cmake.in ${PROJECT_BINARY_DIR}/alxConfig.cmake
  INSTALL_DESTINATION ${alx_cmake_dir})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/alxConfigVersion.cmake
  COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT)
install(
  FILES ${PROJECT_BINARY_DIR}/alxConfig.cmake ${PROJECT_BINARY_DIR}/alxConfigVersion.cmake
        ${PROJECT_SOURCE_DIR}/cmake/FindHDF5C.cmake
  DESTINATION ${alx_cmake_dir})

# The prefix is told from where the file lies, so that an installed tree can be moved.
file(RELATIVE_PATH alx_prefix_from_pc /${alx_pkgconfig_dir} /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/alx.pc.in ${PROJECT_BINARY_DIR}/alx.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/alx.pc DESTINATION ${alx_pkgconfig_dir})
