# mcfa_add_refusal(<name> SOURCE <file> MESSAGE <regex> [ONCE] [LIBRARIES <target>...] [OPTIONS <option>...])
#
# Adds to ctest, as refusal_<name>, a source that must not compile and whose errors must match MESSAGE; with ONCE it must be the only
# error. The compiler parses the file with the include paths of mcfa::mcfa and LIBRARIES, and OPTIONS. The same on the other of g++ and Clang is
# refusal_<name>_on_clang or refusal_<name>_on_gnu; it is skipped if that compiler is not found.

set(mcfa_refusal_script "${CMAKE_CURRENT_LIST_DIR}/mcfa_check_refusal.cmake")
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    set(mcfa_refusal_other gnu)
    find_program(MCFA_REFUSAL_COMPILER NAMES g++ DOC "The second compiler of the refusal tests")
else()
    set(mcfa_refusal_other clang)
    find_program(MCFA_REFUSAL_COMPILER NAMES clang++-19 clang++ DOC "The second compiler of the refusal tests")
endif()
mark_as_advanced(MCFA_REFUSAL_COMPILER)

function(mcfa_add_refusal name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "ONCE" "SOURCE;MESSAGE" "LIBRARIES;OPTIONS")
    if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCE OR NOT arg_MESSAGE)
        message(FATAL_ERROR "mcfa_add_refusal(${name}): expected SOURCE, MESSAGE, ONCE, LIBRARIES and OPTIONS, found '${arg_UNPARSED_ARGUMENTS}'")
    endif()
    cmake_path(ABSOLUTE_PATH arg_SOURCE)
    set(includes "")
    foreach(target mcfa::mcfa ${arg_LIBRARIES})
        list(APPEND includes "$<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>")
    endforeach()
    foreach(compiler "${CMAKE_CXX_COMPILER}" "${MCFA_REFUSAL_COMPILER}")
        add_test(NAME refusal_${name} COMMAND ${CMAKE_COMMAND}
            "-Dcompiler=${compiler}" "-Dsource=${arg_SOURCE}" "-Dmessage=${arg_MESSAGE}" "-Donce=${arg_ONCE}" "-Dincludes=${includes}"
            "-Doptions=${arg_OPTIONS}" -P "${mcfa_refusal_script}")
        set_tests_properties(refusal_${name} PROPERTIES SKIP_REGULAR_EXPRESSION "skipped: there is no second compiler")
        string(APPEND name "_on_${mcfa_refusal_other}")
    endforeach()
endfunction()
