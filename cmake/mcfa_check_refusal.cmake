# cmake -Dcompiler=.. -Dsource=.. -Dmessage=<regex> -Donce=<bool> -Dincludes=<list> [-Doptions=<list>] -P mcfa_check_refusal.cmake
# Succeeds if the source does not compile and the compiler's output matches the message; if `once`, there is no other error.

cmake_minimum_required(VERSION 3.22)
if(NOT compiler)
    message("skipped: there is no second compiler")
    return()
endif()
list(TRANSFORM includes PREPEND "-I")
execute_process(COMMAND "${compiler}" -std=c++20 -fsyntax-only ${options} ${includes} "${source}"
                RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(status EQUAL 0)
    message(FATAL_ERROR "${source} compiles, but it must be refused")
endif()
if(NOT output MATCHES "${message}")
    message(FATAL_ERROR "${source} is refused, but not with '${message}':\n${output}")
endif()
string(REGEX MATCHALL " error: " errors "${output}")
list(LENGTH errors count)
if(once AND NOT count EQUAL 1)
    message(FATAL_ERROR "${source} is refused with ${count} errors instead of one:\n${output}")
endif()
