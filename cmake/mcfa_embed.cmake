# mcfa_embed(<target> <file> <name>)
#
# Makes the bytes of a weights file part of a program: `#include <name.hpp>` declares `std::span<std::byte const> mcfa::embedded::name()`, which
# zoo::pretrained::slim and io::safetensors_file::in_memory take. <file> is a path, or the name of a file that comes with the library, slim.safetensors.
# The object is made by the assembler of g++ and Clang, for ELF.
function(mcfa_embed target file name)
    if(NOT name MATCHES "^[a-zA-Z][a-zA-Z0-9_]*$")
        message(FATAL_ERROR "mcfa_embed: '${name}' is no name of a C++ function")
    endif()
    if(NOT CMAKE_EXECUTABLE_FORMAT STREQUAL "ELF" OR NOT CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
        message(FATAL_ERROR "mcfa_embed: needs g++ or Clang, and programs in ELF; load ${file} from where it lies instead")
    endif()
    set(places "${CMAKE_CURRENT_SOURCE_DIR}/${file}" "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../examples/models/${file}"
        "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../../mcfa/models/${file}")
    if(IS_ABSOLUTE "${file}")
        set(places "${file}")
    endif()
    set(path "")
    foreach(place IN LISTS places)
        if(NOT path AND EXISTS "${place}" AND NOT IS_DIRECTORY "${place}")
            cmake_path(SET path NORMALIZE "${place}")
        endif()
    endforeach()
    if(NOT path)
        message(FATAL_ERROR "mcfa_embed: there is no ${file}")
    endif()
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/mcfa_embedded")
    file(CONFIGURE OUTPUT "${folder}/${name}.hpp" @ONLY CONTENT [[
#pragma once

#include <cstddef>
#include <span>

namespace mcfa::embedded {

/// The bytes of @file@.
std::span<std::byte const> @name@();

} // namespace mcfa::embedded
]])
    file(CONFIGURE OUTPUT "${folder}/${name}.cpp" @ONLY CONTENT [[
#include "@name@.hpp"

asm(".pushsection .rodata\n"
    ".balign 64\n"
    "mcfa_embedded_@name@: .incbin \"@path@\"\n"
    "mcfa_embedded_@name@_end: .byte 0\n"
    ".globl mcfa_embedded_@name@, mcfa_embedded_@name@_end\n"
    ".hidden mcfa_embedded_@name@, mcfa_embedded_@name@_end\n"
    ".popsection\n");
extern "C" std::byte const mcfa_embedded_@name@[], mcfa_embedded_@name@_end[];

std::span<std::byte const> mcfa::embedded::@name@() { return {mcfa_embedded_@name@, mcfa_embedded_@name@_end}; }
]])
    set_source_files_properties("${folder}/${name}.cpp" PROPERTIES OBJECT_DEPENDS "${path}" SKIP_UNITY_BUILD_INCLUSION ON)
    target_sources(${target} PRIVATE "${folder}/${name}.cpp")
    target_include_directories(${target} PRIVATE "${folder}")
endfunction()
