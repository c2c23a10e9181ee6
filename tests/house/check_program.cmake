# cmake -Dreadme=<README.md> -Dprogram=<program.cpp> -P check_program.cmake
# The README's block "cpp program" is, letter by letter, the program that benchmarks/compile_budget compiles.

cmake_minimum_required(VERSION 3.22)
file(READ "${readme}" text)
file(READ "${program}" expected)

set(opening "\n```cpp program\n")
string(FIND "${text}" "${opening}" begin)
if(begin EQUAL -1)
    message(FATAL_ERROR "README.md has no block 'cpp program'")
endif()
string(LENGTH "${opening}" length)
math(EXPR begin "${begin} + ${length}")
string(SUBSTRING "${text}" ${begin} -1 text)
string(FIND "${text}" "```\n" end)
string(SUBSTRING "${text}" 0 ${end} found)
if(NOT found STREQUAL expected)
    message(FATAL_ERROR "README.md: the program differs from program.cpp")
endif()
