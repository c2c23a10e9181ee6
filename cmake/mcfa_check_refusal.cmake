# cmake -Dcompiler=.. -Dsource=.. -Dmessage=<regex> -Dincludes=<list> -P mcfa_check_refusal.cmake
# Succeeds if the source does not compile and the compiler's output matches the message.

cmake_minimum_required(VERSION 3.22)
list(TRANSFORM includes PREPEND "-I")
execute_process(COMMAND "${compiler}" -std=c++20 -fsyntax-only ${includes} "${source}"
                RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(status EQUAL 0)
    message(FATAL_ERROR "${source} compiles, but it must be refused")
endif()
if(NOT output MATCHES "${message}")
    message(FATAL_ERROR "${source} is refused, but not with '${message}':\n${output}")
endif()
