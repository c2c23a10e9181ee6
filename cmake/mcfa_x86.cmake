# The target mcfa::x86: backend::x86, whose kernels are compiled for each level of MCFA_X86_LEVELS, as a static library of the project that
# links it. It is built only where something links it.
#
# A level's object is compiled with instructions that an older processor lacks, and carries copies of inline functions of the standard library
# and of Eigen. Of functions of one name a linker keeps one, for the whole program. So all names of an object are made local to it but one,
# mcfa_x86_level_<level>, and the names of types, by which exceptions are caught.
set(MCFA_X86_LEVELS "baseline;avx2;avx512;avx512_bf16;amx" CACHE STRING "Levels of processors that programs with mcfa::x86 have kernels for")

set(mcfa_x86_problem "")
if(TARGET mcfa_x86)
    return()
elseif(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" OR NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
    set(mcfa_x86_problem "an x86-64 processor and Linux")
elseif(NOT CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    set(mcfa_x86_problem "g++ or Clang")
elseif(NOT TARGET mcfa::eigen)
    set(mcfa_x86_problem "mcfa::eigen")
else()
    find_program(MCFA_LD NAMES ld.bfd ld HINTS ENV PATH)
    find_program(MCFA_OBJCOPY NAMES objcopy)
    mark_as_advanced(MCFA_LD MCFA_OBJCOPY)
    if(MCFA_LD)
        execute_process(COMMAND "${MCFA_LD}" --help OUTPUT_VARIABLE mcfa_ld_help ERROR_QUIET)
    endif()
    if(NOT MCFA_OBJCOPY OR NOT mcfa_ld_help MATCHES "--force-group-allocation")
        set(mcfa_x86_problem "GNU ld and objcopy (on Debian: binutils)")
    endif()
endif()
if(mcfa_x86_problem)
    if(NOT mcfa_FIND_QUIETLY)
        message(STATUS "mcfa::x86 is left out: it needs ${mcfa_x86_problem}")
    endif()
    return()
endif()

# The source files lie in include/ of the source tree, or among the installed headers.
get_target_property(mcfa_x86_include mcfa::mcfa INTERFACE_INCLUDE_DIRECTORIES)
if(EXISTS "${CMAKE_CURRENT_LIST_DIR}/../include/mcfa/backend/x86/kernels.cpp")
    cmake_path(SET mcfa_x86_sources NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../include/mcfa/backend/x86")
else()
    set(mcfa_x86_sources "")
    foreach(directory IN LISTS mcfa_x86_include)
        if(EXISTS "${directory}/mcfa/backend/x86/kernels.cpp")
            set(mcfa_x86_sources "${directory}/mcfa/backend/x86")
        endif()
    endforeach()
endif()
set(mcfa_x86_folder "${CMAKE_CURRENT_BINARY_DIR}/mcfa_x86")

set(mcfa_x86_for_baseline "")
set(mcfa_x86_for_avx2 -mavx2 -mfma -mf16c)
set(mcfa_x86_for_avx512 ${mcfa_x86_for_avx2} -mavx512f -mavx512bw -mavx512cd -mavx512dq -mavx512vl)
set(mcfa_x86_for_avx512_bf16 ${mcfa_x86_for_avx512} -mavx512bf16 -mavx512vnni)
set(mcfa_x86_for_amx ${mcfa_x86_for_avx512_bf16} -mamx-tile -mamx-int8 -mamx-bf16)

set(mcfa_x86_declared "")
set(mcfa_x86_cases "")
set(mcfa_x86_objects "")
foreach(level IN LISTS MCFA_X86_LEVELS)
    if(NOT DEFINED mcfa_x86_for_${level})
        message(FATAL_ERROR "MCFA_X86_LEVELS: there is no level '${level}' (there are baseline, avx2, avx512, avx512_bf16 and amx)")
    endif()
    add_library(mcfa_x86_${level} OBJECT EXCLUDE_FROM_ALL "${mcfa_x86_sources}/kernels.cpp")
    set_target_properties(mcfa_x86_${level} PROPERTIES POSITION_INDEPENDENT_CODE ON INTERPROCEDURAL_OPTIMIZATION OFF UNITY_BUILD OFF)
    # -march= takes back what the project's own flags ask for.
    target_compile_options(mcfa_x86_${level} PRIVATE -march=x86-64 -mtune=generic ${mcfa_x86_for_${level}} -fno-lto
        $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>) # objcopy leaves unique names as they are
    if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
        target_compile_options(mcfa_x86_${level} PRIVATE -O3)
    endif()
    target_link_libraries(mcfa_x86_${level} PRIVATE mcfa::eigen)
    set(object "${mcfa_x86_folder}/${level}.o")
    add_custom_command(OUTPUT "${object}"
        COMMAND "${CMAKE_COMMAND}" -E make_directory "${mcfa_x86_folder}"
        COMMAND "${MCFA_LD}" -r --force-group-allocation -o "${object}.whole" "$<TARGET_OBJECTS:mcfa_x86_${level}>"
        COMMAND "${MCFA_OBJCOPY}" --redefine-sym mcfa_x86_level=mcfa_x86_level_${level} --wildcard
                --keep-global-symbol=mcfa_x86_level_${level} "--keep-global-symbol=_ZT[IS]*" "${object}.whole" "${object}"
        COMMAND "${CMAKE_COMMAND}" -E rm "${object}.whole"
        DEPENDS mcfa_x86_${level} "$<TARGET_OBJECTS:mcfa_x86_${level}>" COMMENT "Keeping the names of mcfa::x86's level ${level} apart" VERBATIM)
    list(APPEND mcfa_x86_objects "${object}")
    string(APPEND mcfa_x86_declared "extern \"C\" mcfa::backend::x86_engine::level_table const* mcfa_x86_level_${level}();\n")
    string(APPEND mcfa_x86_cases "    if (level == x86_level::${level}) return mcfa_x86_level_${level}();\n")
endforeach()
set(MCFA_X86_OBJECTS "${mcfa_x86_objects}")
set_source_files_properties(${mcfa_x86_objects} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)

file(CONFIGURE OUTPUT "${mcfa_x86_folder}/levels.cpp" @ONLY CONTENT [[
// The levels of MCFA_X86_LEVELS.
#include <mcfa/backend/x86/level_table.hpp>

@mcfa_x86_declared@
namespace mcfa::backend::x86_engine {

level_table const* table_of(x86_level level) {
@mcfa_x86_cases@    return nullptr;
}

} // namespace mcfa::backend::x86_engine
]])
add_library(mcfa_x86 STATIC EXCLUDE_FROM_ALL "${mcfa_x86_sources}/choice.cpp" "${mcfa_x86_folder}/levels.cpp" ${mcfa_x86_objects})
set_target_properties(mcfa_x86 PROPERTIES POSITION_INDEPENDENT_CODE ON UNITY_BUILD OFF)
target_compile_options(mcfa_x86 PRIVATE -march=x86-64 -fno-lto)
target_link_libraries(mcfa_x86 PUBLIC mcfa::mcfa Threads::Threads)
add_library(mcfa::x86 ALIAS mcfa_x86)
