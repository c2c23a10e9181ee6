# cmake -Dtree=... -Dfile=... -P write_source_commit.cmake
#
# Writes the definition of `source_commit()`, and leaves the file alone where it would say the same. It runs at every build: what is asked at
# configuration goes stale with the next commit.
set(commit unknown)
find_program(git git)
if(git)
    execute_process(COMMAND ${git} -C "${tree}" rev-parse --show-toplevel OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    file(REAL_PATH "${tree}" own)
    if(top STREQUAL own) # an unpacked archive may lie in the checkout of another project
        execute_process(COMMAND ${git} -C "${tree}" describe --always --dirty --abbrev=12 "--exclude=*"
            OUTPUT_VARIABLE said OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
        if(NOT failed)
            set(commit "${said}")
        endif()
    endif()
endif()
file(CONFIGURE OUTPUT "${file}" CONTENT [[
#include "ablation/source_commit.hpp"

std::string_view source_commit() { return "@commit@"; }
]] @ONLY)
