# cmake -Dheader=<version.hpp> -Dversion=<x.y.z> -P check_version.cmake
# The four constants of version.hpp must say the version of the CMake project.

cmake_minimum_required(VERSION 3.22)
file(READ "${header}" text)
string(REPLACE "." ";" parts "${version}")
list(GET parts 0 major)
list(GET parts 1 minor)
list(GET parts 2 patch)
foreach(line "version_major = ${major}" "version_minor = ${minor}" "version_patch = ${patch}" "version = \"${version}\"")
    if(NOT text MATCHES " ${line}[;]")
        message(FATAL_ERROR "${header}: the project's version is ${version}, but there is no '${line}'")
    endif()
endforeach()
