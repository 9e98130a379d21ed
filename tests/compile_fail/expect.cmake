# SPDX-License-Identifier: Apache-2.0
# cmake -D COMPILER=… -D INCLUDE=… -D SOURCE=… -P expect.cmake
#
# SOURCE says in two comments what its fault is and what the compiler must answer:
#   // fault: FLAGS     the flags that switch the fault on; without them SOURCE compiles
#   // says: REGEX      found in what the compiler prints when it refuses
foreach(key IN ITEMS fault says)
  file(STRINGS ${SOURCE} line REGEX "^// ${key}: ")
  string(REGEX REPLACE "^// ${key}: " "" ${key} "${line}")
  if(${key} STREQUAL "")
    message(FATAL_ERROR "${SOURCE}: no line '// ${key}: …'")
  endif()
endforeach()
separate_arguments(fault)

set(compile ${COMPILER} -std=c++20 -fsyntax-only -I${INCLUDE})
execute_process(
  COMMAND ${compile} ${SOURCE} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "does not compile without its fault either:\n${output}")
endif()

execute_process(
  COMMAND ${compile} ${fault} ${SOURCE}
  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(status EQUAL 0)
  message(FATAL_ERROR "compiles with ${fault}: it should be refused")
endif()
if(NOT output MATCHES "${says}")
  message(FATAL_ERROR "refused, but without saying '${says}':\n${output}")
endif()
