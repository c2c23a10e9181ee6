# cmake -Dinclude_dir=<dir> [-Dwrite=ON] -P umbrella.cmake
#
# mcfa.hpp includes every header that a user may name and that needs neither a backend nor an image library nor nlohmann-json nor Eigen nor
# ONNX: all of the rooms below, but what includes that parser, Eigen, ONNX or xtensor's views, directly or through others, and would make
# every program wait for it; and but the many weighting rules that stand on weighting/labelled.hpp, of which a program includes the one that it names; and but what trains over ranks. Without
# write=ON a difference fails; with it the file is written anew.

cmake_minimum_required(VERSION 3.22)
cmake_path(ABSOLUTE_PATH include_dir)
set(rooms core layer task weighting cascade model io train)

set(candidates "")
foreach(room IN LISTS rooms)
    file(GLOB_RECURSE headers RELATIVE "${include_dir}" "${include_dir}/mcfa/${room}/*.hpp")
    list(SORT headers)
    list(APPEND candidates ${headers})
endforeach()

include("${CMAKE_CURRENT_LIST_DIR}/../../cmake/mcfa_headers_that_include.cmake")
mcfa_headers_that_include(left_out "${include_dir}" "${candidates}" "nlohmann/[a-z_]+\\.hpp|xtensor/xview\\.hpp|Eigen/[A-Za-z]+|onnx/[a-z_]+\\.h|mcfa/weighting/labelled\\.hpp")
list(REMOVE_ITEM candidates ${left_out} "")
list(FILTER candidates EXCLUDE REGEX "^mcfa/train/(ranks/|over_ranks)")
list(APPEND candidates mcfa/version.hpp)
list(SORT candidates) # as clang-format would

set(text "// SPDX-License-Identifier: MIT\n#pragma once\n\n// The whole library but a backend, photos, data sets, and what loads models or keeps the files of a training: include them beside it.\n// Written by tests/house/umbrella.cmake.\n\n")
foreach(header IN LISTS candidates)
    string(APPEND text "#include <${header}>\n")
endforeach()

set(umbrella "${include_dir}/mcfa/mcfa.hpp")
if(write)
    file(WRITE "${umbrella}" "${text}")
    return()
endif()
file(READ "${umbrella}" found)
if(NOT found STREQUAL text)
    message(FATAL_ERROR "mcfa.hpp does not include exactly the headers of ${rooms}; write it anew with\n"
                        "  cmake -Dinclude_dir=include -Dwrite=ON -P tests/house/umbrella.cmake")
endif()
