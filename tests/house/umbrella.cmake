# cmake -Dinclude_dir=<dir> [-Dwrite=ON] -P umbrella.cmake
#
# mcfa.hpp includes every header that a user may name and that needs neither a backend nor an image library: all of the rooms
# below. Without write=ON a difference fails; with it the file is written anew.

cmake_minimum_required(VERSION 3.22)
cmake_path(ABSOLUTE_PATH include_dir)
set(rooms core layer task weighting cascade model io train)

set(text "#pragma once\n\n// The whole library but a backend, photos and data sets: include those beside it. Written by tests/house/umbrella.cmake.\n\n")
foreach(room IN LISTS rooms)
    file(GLOB_RECURSE headers RELATIVE "${include_dir}" "${include_dir}/mcfa/${room}/*.hpp")
    list(SORT headers)
    foreach(header IN LISTS headers)
        string(APPEND text "#include <${header}>\n")
    endforeach()
endforeach()
string(APPEND text "#include <mcfa/version.hpp>\n")

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
