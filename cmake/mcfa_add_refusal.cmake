# mcfa_add_refusal(<name> SOURCE <file> MESSAGE <regex> [LIBRARIES <target>...])
#
# Adds to ctest, as refusal_<name>, a source that must not compile and whose errors must match MESSAGE. The compiler
# parses the file with the include paths and definitions of mcfa::mcfa and LIBRARIES.

set(mcfa_refusal_script "${CMAKE_CURRENT_LIST_DIR}/mcfa_check_refusal.cmake")

function(mcfa_add_refusal name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "SOURCE;MESSAGE" "LIBRARIES")
    if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCE OR NOT arg_MESSAGE)
        message(FATAL_ERROR "mcfa_add_refusal(${name}): expected SOURCE, MESSAGE and LIBRARIES, found '${arg_UNPARSED_ARGUMENTS}'")
    endif()
    cmake_path(ABSOLUTE_PATH arg_SOURCE)
    set(includes "")
    foreach(target mcfa::mcfa ${arg_LIBRARIES})
        list(APPEND includes "$<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>")
    endforeach()
    add_test(NAME refusal_${name} COMMAND ${CMAKE_COMMAND}
        "-Dcompiler=${CMAKE_CXX_COMPILER}" "-Dsource=${arg_SOURCE}" "-Dmessage=${arg_MESSAGE}" "-Dincludes=${includes}"
        -P "${mcfa_refusal_script}")
endfunction()
